# Hits, links, actions, pages: in the database and in rasctl.

ACTS_TESTS = tests/unit/test_db_acts tests/unit/test_db_memory \
	tests/unit/test_rasctl_acts tests/unit/test_rasctl_policy

if HAVE_CMOCKA
check_PROGRAMS += $(ACTS_TESTS)
TESTS += $(ACTS_TESTS)
endif

tests_unit_test_db_acts_SOURCES = tests/unit/test_db_acts.c tests/unit/acts_fixture.c \
	tests/unit/acts_fixture.h tests/unit/schema_1000.h
tests_unit_test_db_acts_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_db_memory_SOURCES = tests/unit/test_db_memory.c tests/unit/acts_fixture.c
tests_unit_test_db_memory_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_rasctl_acts_SOURCES = tests/unit/test_rasctl_acts.c tests/unit/says.h
tests_unit_test_rasctl_acts_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_rasctl_policy_SOURCES = tests/unit/test_rasctl_policy.c
tests_unit_test_rasctl_policy_LDADD = $(DB_TESTS_LIBS)
