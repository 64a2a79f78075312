# The kernel's log.

KMSG_TESTS = tests/unit/test_kmsg tests/unit/test_cper_log tests/unit/test_log_line \
	tests/unit/test_golden_log

if HAVE_CMOCKA
check_PROGRAMS += $(KMSG_TESTS)
TESTS += $(KMSG_TESTS)
endif

# What read() gives is played there.
tests_unit_test_kmsg_SOURCES = tests/unit/test_kmsg.c
tests_unit_test_kmsg_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_kmsg_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=read
tests_unit_test_kmsg_LDADD = $(TESTS_LIBS)

tests_unit_test_cper_log_SOURCES = tests/unit/test_cper_log.c
tests_unit_test_cper_log_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_cper_log_LDADD = $(TESTS_LIBS)

tests_unit_test_log_line_SOURCES = tests/unit/test_log_line.c
tests_unit_test_log_line_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_log_line_LDADD = liblocate.a $(TESTS_LIBS)

tests_unit_test_golden_log_SOURCES = tests/unit/test_golden_log.c
tests_unit_test_golden_log_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_golden_log_LDADD = liblocate.a $(TESTS_LIBS)
