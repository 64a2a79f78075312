# What the kernel's log tells beside records, and what of it a tracepoint told as well.

LOG_TESTS = tests/unit/test_log_lines tests/unit/test_twins tests/unit/test_kernel_log

if HAVE_CMOCKA
check_PROGRAMS += $(LOG_TESTS)
TESTS += $(LOG_TESTS)
endif

tests_unit_test_log_lines_SOURCES = tests/unit/test_log_lines.c
tests_unit_test_log_lines_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_log_lines_LDADD = $(TESTS_LIBS)

tests_unit_test_twins_SOURCES = tests/unit/test_twins.c
tests_unit_test_twins_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_twins_LDADD = liblocate.a $(TESTS_LIBS)

# The log is given line by line; what would go into the ring is caught there.
tests_unit_test_kernel_log_SOURCES = tests/unit/test_kernel_log.c
tests_unit_test_kernel_log_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_kernel_log_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pipeline_tell_or_count \
	-Wl,--wrap=pipeline_add -Wl,--wrap=hands_see_line -Wl,--wrap=kmsg_read \
	-Wl,--wrap=pipeline_publish
tests_unit_test_kernel_log_LDADD = $(ACT_TESTS_LIBS)
