# Tests without root: units, golden records, fuzz corpora, the layer table, the manuals.
# Each prints TAP lines; `make check` keeps them in tests/**/*.log.

AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP top_srcdir=$(top_srcdir) \
	top_builddir=$(top_builddir); export CMOCKA_MESSAGE_OUTPUT top_srcdir top_builddir;

dist_check_SCRIPTS = tests/layers tests/manuals
TESTS = $(dist_check_SCRIPTS)
check_PROGRAMS =

include tests/unit/unit.mk
include tests/unit/db.mk
include tests/unit/poison.mk
include tests/unit/corr.mk
include tests/unit/metrics.mk
include tests/unit/policy.mk
include tests/unit/acts.mk
include tests/unit/kmsg.mk
include tests/unit/act.mk
include tests/unit/hands.mk
include tests/unit/tools.mk
include tests/unit/sections.mk
include tests/unit/log.mk
include tests/unit/firmware.mk
include tests/unit/query.mk
include tests/unit/import.mk
include tests/unit/store.mk
include tests/unit/vendor.mk
include tests/unit/cxl.mk
include tests/unit/trace.mk
include tests/unit/cov.mk
include tests/power/power.mk
include tests/fuzz/fuzz.mk

include man/schema.mk

# The virtual arm64 server and what needs root are run by scripts/test.
EXTRA_DIST += tests/vm tests/golden tests/host tests/fuzz/corpus
noinst_PROGRAMS = tests/host/flood
tests_host_flood_SOURCES = tests/host/flood.c

EXTRA_DIST += tests/soak tests/coverage

# Hours of it; the results that were had are in tests/SOAK.md.
soak: all $(POWER_TESTS)
	RASD_BUILD=$(abs_top_builddir) $(srcdir)/tests/soak
.PHONY: soak
