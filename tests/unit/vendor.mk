# Sections of vendors. The database's tests have a sample of each, too.

libtests_a_SOURCES += tests/unit/vendor_fixture.c tests/unit/vendor_fixture.h

VENDOR_TESTS = tests/unit/test_vendor

if HAVE_CMOCKA
check_PROGRAMS += $(VENDOR_TESTS)
TESTS += $(VENDOR_TESTS)
endif

tests_unit_test_vendor_SOURCES = tests/unit/test_vendor.c
tests_unit_test_vendor_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_vendor_LDADD = $(TESTS_LIBS)
