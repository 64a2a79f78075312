# What capture makes of reports of the act process.

HANDS_TESTS = tests/unit/test_hands

if HAVE_CMOCKA
check_PROGRAMS += $(HANDS_TESTS)
TESTS += $(HANDS_TESTS)
endif

# What would go into the ring is caught there.
tests_unit_test_hands_SOURCES = tests/unit/test_hands.c
tests_unit_test_hands_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_hands_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pipeline_tell_or_count
tests_unit_test_hands_LDADD = $(ACT_TESTS_LIBS)
