# Whose a thread is, and which of what the kernel told belongs together.

CORR_TESTS = tests/unit/test_correlate tests/unit/test_correlate_room tests/unit/test_process

if HAVE_CMOCKA
check_PROGRAMS += $(CORR_TESTS)
TESTS += $(CORR_TESTS)
endif

CORRELATE_FIXTURE = tests/unit/correlate_fixture.c tests/unit/correlate_fixture.h

tests_unit_test_correlate_SOURCES = tests/unit/test_correlate.c $(CORRELATE_FIXTURE)
tests_unit_test_correlate_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_correlate_LDADD = liblocate.a $(TESTS_LIBS)

tests_unit_test_correlate_room_SOURCES = tests/unit/test_correlate_room.c $(CORRELATE_FIXTURE)
tests_unit_test_correlate_room_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_correlate_room_LDADD = liblocate.a $(TESTS_LIBS)

tests_unit_test_process_SOURCES = tests/unit/test_process.c
tests_unit_test_process_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_process_LDADD = liblocate.a $(TESTS_LIBS)
