# The database for others: rasdaemon's names; what is removed from it.

STORE_TESTS = tests/unit/test_db_views tests/unit/test_prune tests/unit/test_care \
	tests/unit/test_guard tests/unit/test_trouble

if HAVE_CMOCKA
check_PROGRAMS += $(STORE_TESTS)
TESTS += $(STORE_TESTS)
endif

tests_unit_test_db_views_SOURCES = tests/unit/test_db_views.c
tests_unit_test_db_views_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_prune_SOURCES = tests/unit/test_prune.c
tests_unit_test_prune_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_care_SOURCES = tests/unit/test_care.c
tests_unit_test_care_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_guard_SOURCES = tests/unit/test_guard.c
tests_unit_test_guard_LDADD = $(DB_TESTS_LIBS)
tests_unit_test_guard_CPPFLAGS = $(TESTS_CPPFLAGS)

tests_unit_test_trouble_SOURCES = tests/unit/test_trouble.c
tests_unit_test_trouble_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_trouble_LDADD = librasd.a libdbwrite.a libdbread.a $(TESTS_LIBS) $(SQLITE_LIBS) \
	$(SYSTEMD_LIBS)
