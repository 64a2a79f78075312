# What people send us: dumps, logs, captures.

TOOLS_TESTS = tests/unit/test_dump

if HAVE_CMOCKA
check_PROGRAMS += $(TOOLS_TESTS)
TESTS += $(TOOLS_TESTS)
endif

tests_unit_test_dump_SOURCES = tests/unit/test_dump.c
tests_unit_test_dump_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_dump_LDADD = $(TESTS_LIBS)
