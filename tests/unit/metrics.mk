# The metrics file.

METRICS_TESTS = tests/unit/test_publish tests/unit/test_metrics tests/unit/test_metrics_writer \
	tests/unit/test_lag

dist_check_SCRIPTS += tests/prometheus

if HAVE_CMOCKA
check_PROGRAMS += $(METRICS_TESTS)
TESTS += $(METRICS_TESTS)
endif

tests_unit_test_publish_SOURCES = tests/unit/test_publish.c
tests_unit_test_publish_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_publish_LDADD = $(TESTS_LIBS)

tests_unit_test_metrics_SOURCES = tests/unit/test_metrics.c
tests_unit_test_metrics_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_metrics_LDADD = librasd.a libpolicy.a libpoison.a $(TESTS_LIBS)

tests_unit_test_metrics_writer_SOURCES = tests/unit/test_metrics_writer.c
tests_unit_test_metrics_writer_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_metrics_writer_LDADD = librasd.a libpolicy.a libpoison.a $(TESTS_LIBS)

tests_unit_test_lag_SOURCES = tests/unit/test_lag.c
tests_unit_test_lag_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_lag_LDADD = librasd.a libpolicy.a libpoison.a $(TESTS_LIBS)
