# Ids that several writers take, and rows of rasdaemon's databases.

IMPORT_TESTS = tests/unit/test_db_ids

if HAVE_CMOCKA
check_PROGRAMS += $(IMPORT_TESTS)
TESTS += $(IMPORT_TESTS)
endif

tests_unit_test_db_ids_SOURCES = tests/unit/test_db_ids.c
tests_unit_test_db_ids_LDADD = $(DB_TESTS_LIBS)
