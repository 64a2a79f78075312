# What the fuzz corpora and the other tests left untaken, by tests/coverage.

COV_TESTS = tests/unit/test_room tests/unit/test_edges

if HAVE_CMOCKA
check_PROGRAMS += $(COV_TESTS)
TESTS += $(COV_TESTS)
endif

tests_unit_test_room_SOURCES = tests/unit/test_room.c
tests_unit_test_room_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_room_LDADD = $(TESTS_LIBS)

tests_unit_test_edges_SOURCES = tests/unit/test_edges.c
tests_unit_test_edges_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_edges_LDADD = $(TESTS_LIBS)
