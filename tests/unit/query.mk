# Asking: times as people write them, searching, following, exporting, checking.

WHEN_TESTS = tests/unit/test_when

if HAVE_CMOCKA
check_PROGRAMS += $(WHEN_TESTS)
TESTS += $(WHEN_TESTS)
endif

tests_unit_test_when_SOURCES = tests/unit/test_when.c
tests_unit_test_when_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_when_LDADD = $(TESTS_LIBS)
