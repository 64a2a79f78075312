# Tracepoints beside ARM, memory and signals; modules that come and go; devices' names.

TRACE_TESTS = tests/unit/test_trace_handlers tests/unit/test_device tests/unit/test_modules

if HAVE_CMOCKA
check_PROGRAMS += $(TRACE_TESTS)
TESTS += $(TRACE_TESTS)
endif

tests_unit_test_trace_handlers_SOURCES = tests/unit/test_trace_handlers.c
tests_unit_test_trace_handlers_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_trace_handlers_LDADD = $(TESTS_LIBS)

tests_unit_test_device_SOURCES = tests/unit/test_device.c
tests_unit_test_device_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_device_LDADD = liblocate.a $(TESTS_LIBS)

tests_unit_test_modules_SOURCES = tests/unit/test_modules.c
tests_unit_test_modules_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_modules_LDADD = librasd.a $(TESTS_LIBS)

libtests_a_SOURCES += tests/unit/formats_trace.c tests/unit/formats_trace.h \
	tests/unit/format_text.h
