# What is done about errors: scenarios on virtual time.

POLICY_TESTS = tests/unit/test_policy_page tests/unit/test_policy_budget \
	tests/unit/test_policy_service tests/unit/test_policy_judge \
	tests/unit/test_policy_queue tests/unit/test_policy_killed
POLICY_TESTS_LIBS = libpolicy.a libevent.a libutil.a $(CMOCKA_LIBS)

if HAVE_CMOCKA
check_PROGRAMS += $(POLICY_TESTS)
TESTS += $(POLICY_TESTS)
endif

tests_unit_test_policy_page_SOURCES = tests/unit/test_policy_page.c \
	tests/unit/policy_fixture.h
tests_unit_test_policy_page_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_policy_page_LDADD = $(POLICY_TESTS_LIBS)

tests_unit_test_policy_budget_SOURCES = tests/unit/test_policy_budget.c \
	tests/unit/policy_fixture.h
tests_unit_test_policy_budget_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_policy_budget_LDADD = $(POLICY_TESTS_LIBS)

tests_unit_test_policy_service_SOURCES = tests/unit/test_policy_service.c \
	tests/unit/policy_fixture.h
tests_unit_test_policy_service_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_policy_service_LDADD = $(POLICY_TESTS_LIBS)

tests_unit_test_policy_queue_SOURCES = tests/unit/test_policy_queue.c \
	tests/unit/policy_fixture.h
tests_unit_test_policy_queue_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_policy_queue_LDADD = $(POLICY_TESTS_LIBS)

tests_unit_test_policy_killed_SOURCES = tests/unit/test_policy_killed.c \
	tests/unit/policy_fixture.h
tests_unit_test_policy_killed_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_policy_killed_LDADD = $(POLICY_TESTS_LIBS)

tests_unit_test_policy_judge_SOURCES = tests/unit/test_policy_judge.c \
	tests/unit/policy_fixture.h
tests_unit_test_policy_judge_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_policy_judge_LDADD = $(POLICY_TESTS_LIBS)
