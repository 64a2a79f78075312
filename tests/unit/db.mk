# The database and rasctl.

DB_TESTS = tests/unit/test_db tests/unit/test_db_files tests/unit/test_db_read \
	tests/unit/test_rasctl tests/unit/test_rasctl_live tests/unit/test_wal_index \
	tests/unit/test_migrations
DB_TESTS_LIBS = libdbtests.a librasctl.a liblocate.a libdbwrite.a libdbread.a $(TESTS_LIBS) \
	$(SQLITE_LIBS) $(SMARTCOLS_LIBS) $(SYSTEMD_LIBS)

libdbtests_a_SOURCES = tests/unit/db_fixture.c tests/unit/db_fixture.h \
	tests/unit/rasctl_fixture.c tests/unit/rasctl_fixture.h

if HAVE_CMOCKA
check_LIBRARIES += libdbtests.a
check_PROGRAMS += $(DB_TESTS) tests/unit/samples
TESTS += $(DB_TESTS)
endif

tests_unit_test_db_SOURCES = tests/unit/test_db.c
tests_unit_test_db_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_db_files_SOURCES = tests/unit/test_db_files.c
tests_unit_test_db_files_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_db_read_SOURCES = tests/unit/test_db_read.c
tests_unit_test_db_read_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_rasctl_SOURCES = tests/unit/test_rasctl.c
tests_unit_test_rasctl_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_rasctl_live_SOURCES = tests/unit/test_rasctl_live.c
tests_unit_test_rasctl_live_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_migrations_SOURCES = tests/unit/test_migrations.c
tests_unit_test_migrations_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_wal_index_SOURCES = tests/unit/test_wal_index.c
tests_unit_test_wal_index_LDADD = $(DB_TESTS_LIBS)

# No test: makes a database for those that are no programs, as tests/host.
tests_unit_samples_SOURCES = tests/unit/samples.c tests/unit/acts_fixture.c
tests_unit_samples_LDADD = $(DB_TESTS_LIBS)
