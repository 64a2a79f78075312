# Asking: times as people write them, searching, following, exporting, checking.

QUERY_TESTS = tests/unit/test_when tests/unit/test_query tests/unit/test_rasctl_query

if HAVE_CMOCKA
check_PROGRAMS += $(QUERY_TESTS)
TESTS += $(QUERY_TESTS)
endif

tests_unit_test_when_SOURCES = tests/unit/test_when.c
tests_unit_test_when_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_when_LDADD = $(TESTS_LIBS)

tests_unit_test_query_SOURCES = tests/unit/test_query.c
tests_unit_test_query_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_rasctl_query_SOURCES = tests/unit/test_rasctl_query.c tests/unit/says.h
tests_unit_test_rasctl_query_LDADD = $(DB_TESTS_LIBS)

dist_check_SCRIPTS += tests/completion
TESTS += tests/completion
EXTRA_DIST += completions
