# The hands: pages, units, the act process, and the search for victims.

ACT_TESTS = tests/unit/test_act_page tests/unit/test_act_unit tests/unit/test_act_run \
	tests/unit/test_victims
ACT_TESTS_LIBS = libacttests.a librasd.a libact.a libpoison.a libpolicy.a liblocate.a $(TESTS_LIBS) \
	$(SYSTEMD_LIBS)

libacttests_a_SOURCES = tests/unit/act_fixture.c tests/unit/act_fixture.h \
	tests/unit/fake_systemd.c
libacttests_a_CPPFLAGS = $(TESTS_CPPFLAGS)

if HAVE_CMOCKA
check_LIBRARIES += libacttests.a
check_PROGRAMS += $(ACT_TESTS)
TESTS += $(ACT_TESTS)
endif

tests_unit_test_act_page_SOURCES = tests/unit/test_act_page.c
tests_unit_test_act_page_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_act_page_LDADD = $(ACT_TESTS_LIBS)

tests_unit_test_act_unit_SOURCES = tests/unit/test_act_unit.c
tests_unit_test_act_unit_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_act_unit_LDADD = $(ACT_TESTS_LIBS)

tests_unit_test_act_run_SOURCES = tests/unit/test_act_run.c
tests_unit_test_act_run_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_act_run_LDADD = $(ACT_TESTS_LIBS)

tests_unit_test_victims_SOURCES = tests/unit/test_victims.c
tests_unit_test_victims_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_victims_LDADD = $(ACT_TESTS_LIBS)
