# Our own poison: the handler, its records, and the mending of the ring.

dist_check_SCRIPTS += tests/poison-calls
TESTS += tests/poison-calls

POISON_TESTS = tests/unit/test_poison tests/unit/test_mend \
	tests/unit/test_store_lost
if HAVE_CMOCKA
check_PROGRAMS += $(POISON_TESTS)
TESTS += $(POISON_TESTS)
endif

tests_unit_test_poison_SOURCES = tests/unit/test_poison.c tests/unit/poison_scenes.c \
	tests/unit/poison_scenes.h
tests_unit_test_poison_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_poison_LDADD = libpoison.a $(TESTS_LIBS)

tests_unit_test_mend_SOURCES = tests/unit/test_mend.c
tests_unit_test_mend_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_mend_LDADD = $(TESTS_LIBS)

tests_unit_test_store_lost_SOURCES = tests/unit/test_store_lost.c
tests_unit_test_store_lost_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_store_lost_LDADD = libdbtests.a librasd.a libpoison.a libdbwrite.a libdbread.a $(TESTS_LIBS) \
	$(SQLITE_LIBS) $(SYSTEMD_LIBS)
