# The database for others: rasdaemon's names.

STORE_TESTS = tests/unit/test_db_views

if HAVE_CMOCKA
check_PROGRAMS += $(STORE_TESTS)
TESTS += $(STORE_TESTS)
endif

tests_unit_test_db_views_SOURCES = tests/unit/test_db_views.c
tests_unit_test_db_views_LDADD = $(DB_TESTS_LIBS)
