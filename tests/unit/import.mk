# Ids that several writers take, and rows of rasdaemon's databases.

IMPORT_TESTS = tests/unit/test_db_ids tests/unit/test_import

if HAVE_CMOCKA
check_PROGRAMS += $(IMPORT_TESTS)
TESTS += $(IMPORT_TESTS)
endif

tests_unit_test_db_ids_SOURCES = tests/unit/test_db_ids.c
tests_unit_test_db_ids_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_import_SOURCES = tests/unit/test_import.c
tests_unit_test_import_LDADD = $(DB_TESTS_LIBS)
