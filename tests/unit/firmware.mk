# What firmware and the kernel keep over a reboot.

FIRMWARE_TESTS = tests/unit/test_db_once tests/unit/test_kernel_dump tests/unit/test_kept \
	tests/unit/test_firmware

if HAVE_CMOCKA
check_PROGRAMS += $(FIRMWARE_TESTS)
TESTS += $(FIRMWARE_TESTS)
endif

tests_unit_test_db_once_SOURCES = tests/unit/test_db_once.c
tests_unit_test_db_once_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_db_once_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_kernel_dump_SOURCES = tests/unit/test_kernel_dump.c
tests_unit_test_kernel_dump_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_kernel_dump_LDADD = $(TESTS_LIBS)

# /dev/erst_dbg is played there.
tests_unit_test_kept_SOURCES = tests/unit/test_kept.c
tests_unit_test_kept_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_kept_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=read -Wl,--wrap=ioctl
tests_unit_test_kept_LDADD = $(TESTS_LIBS)

# What would go into the ring is caught there.
tests_unit_test_firmware_SOURCES = tests/unit/test_firmware.c
tests_unit_test_firmware_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_firmware_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pipeline_add \
	-Wl,--wrap=pipeline_publish
tests_unit_test_firmware_LDADD = $(ACT_TESTS_LIBS)
