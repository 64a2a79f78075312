# What firmware and the kernel keep over a reboot.

FIRMWARE_TESTS = tests/unit/test_db_once

if HAVE_CMOCKA
check_PROGRAMS += $(FIRMWARE_TESTS)
TESTS += $(FIRMWARE_TESTS)
endif

tests_unit_test_db_once_SOURCES = tests/unit/test_db_once.c
tests_unit_test_db_once_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_db_once_LDADD = $(DB_TESTS_LIBS)
