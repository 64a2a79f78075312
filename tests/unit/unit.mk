# Unit tests: no root, no running daemon, nothing outside of a temporary directory. What they
# and the fuzz targets share is in libtests.a.

check_LIBRARIES = libtests.a
libtests_a_SOURCES = tests/unit/fixtures.c tests/unit/fixtures.h tests/unit/formats.c \
	tests/unit/cxl_fixture.c tests/unit/cxl_fixture.h tests/unit/formats_cxl.c
libtests_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests

TESTS_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests $(CMOCKA_CFLAGS)
TESTS_LIBS = libtests.a libhandlers.a libcper.a libsources.a libipc.a libeventjson.a \
	libevent.a libutil.a $(TRACE_LIBS) $(JSON_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS = tests/unit/test_util tests/unit/test_event tests/unit/test_arm \
	tests/unit/test_handlers tests/unit/test_tracepoint tests/unit/test_golden \
	tests/unit/test_ring tests/unit/test_reader tests/unit/test_sums tests/unit/test_config

if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif

tests_unit_test_util_SOURCES = tests/unit/test_util.c tests/unit/check.h
tests_unit_test_util_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_util_LDADD = $(TESTS_LIBS)

tests_unit_test_event_SOURCES = tests/unit/test_event.c
tests_unit_test_event_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_event_LDADD = $(TESTS_LIBS)

tests_unit_test_arm_SOURCES = tests/unit/test_arm.c
tests_unit_test_arm_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_arm_LDADD = $(TESTS_LIBS)

tests_unit_test_handlers_SOURCES = tests/unit/test_handlers.c
tests_unit_test_handlers_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_handlers_LDADD = $(TESTS_LIBS)

tests_unit_test_tracepoint_SOURCES = tests/unit/test_tracepoint.c
tests_unit_test_tracepoint_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_tracepoint_LDADD = $(TESTS_LIBS)

tests_unit_test_golden_SOURCES = tests/unit/test_golden.c tests/unit/golden.c tests/unit/golden.h
tests_unit_test_golden_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_golden_LDADD = $(TESTS_LIBS)

tests_unit_test_ring_SOURCES = tests/unit/test_ring.c
tests_unit_test_ring_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_ring_LDADD = $(TESTS_LIBS)

tests_unit_test_reader_SOURCES = tests/unit/test_reader.c
tests_unit_test_reader_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_reader_LDADD = $(TESTS_LIBS)

tests_unit_test_sums_SOURCES = tests/unit/test_sums.c
tests_unit_test_sums_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_sums_LDADD = librasd.a libpolicy.a libpoison.a $(TESTS_LIBS) $(SYSTEMD_LIBS)

tests_unit_test_config_SOURCES = tests/unit/test_config.c
tests_unit_test_config_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_config_LDADD = librasd.a libpolicy.a libpoison.a $(TESTS_LIBS) $(INIH_LIBS) $(SYSTEMD_LIBS)
