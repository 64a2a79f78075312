# Error records, their sections, and what handlers make of them.

SECTIONS_TESTS = tests/unit/test_walk

if HAVE_CMOCKA
check_PROGRAMS += $(SECTIONS_TESTS)
TESTS += $(SECTIONS_TESTS)
endif

libtests_a_SOURCES += tests/unit/cper_fixture.c tests/unit/cper_fixture.h

tests_unit_test_walk_SOURCES = tests/unit/test_walk.c
tests_unit_test_walk_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_walk_LDADD = $(TESTS_LIBS)
