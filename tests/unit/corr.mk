# Whose a thread is, and which of what the kernel told belongs together.

CORR_TESTS = tests/unit/test_correlate tests/unit/test_process

if HAVE_CMOCKA
check_PROGRAMS += $(CORR_TESTS)
TESTS += $(CORR_TESTS)
endif

tests_unit_test_correlate_SOURCES = tests/unit/test_correlate.c
tests_unit_test_correlate_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_correlate_LDADD = liblocate.a $(TESTS_LIBS)

tests_unit_test_process_SOURCES = tests/unit/test_process.c
tests_unit_test_process_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_process_LDADD = liblocate.a $(TESTS_LIBS)
