# Fuzz targets. Without libFuzzer each replays its corpus (tests/fuzz/corpus/NAME) in
# `make check`; with `./configure CC=clang --enable-fuzzers` it is the fuzzer itself.

FUZZ_TARGETS = tests/fuzz/fuzz_arm \
	tests/fuzz/fuzz_config \
	tests/fuzz/fuzz_cper_log \
	tests/fuzz/fuzz_dump \
	tests/fuzz/fuzz_handlers \
	tests/fuzz/fuzz_kernel_dump \
	tests/fuzz/fuzz_kmsg \
	tests/fuzz/fuzz_sections \
	tests/fuzz/fuzz_subbuffer \
	tests/fuzz/fuzz_victim_line \
	tests/fuzz/fuzz_wire
FUZZ_COMMON = tests/fuzz/use.c tests/fuzz/fuzz.h
FUZZ_LIBS = libtests.a libhandlers.a libcper.a libsources.a libeventjson.a libevent.a libutil.a \
	$(TRACE_LIBS) $(JSON_LIBS)

check_PROGRAMS += $(FUZZ_TARGETS)
EXTRA_DIST += tests/fuzz/make-corpus tests/fuzz/planted tests/fuzz/run

if LIBFUZZER
FUZZ_MAIN =
else
FUZZ_MAIN = tests/fuzz/replay.c
TESTS += $(FUZZ_TARGETS)
endif

FUZZ_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
FUZZ_LINK = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

tests_fuzz_fuzz_arm_SOURCES = tests/fuzz/fuzz_arm.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_fuzz_arm_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_arm_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_arm_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_handlers_SOURCES = tests/fuzz/fuzz_handlers.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_fuzz_handlers_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_handlers_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_handlers_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_wire_SOURCES = tests/fuzz/fuzz_wire.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_fuzz_wire_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_wire_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_wire_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_subbuffer_SOURCES = tests/fuzz/fuzz_subbuffer.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_fuzz_subbuffer_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_subbuffer_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_subbuffer_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_fuzz_config_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_config_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_config_LDADD = librasd.a libpolicy.a libpoison.a $(FUZZ_LIBS) $(INIH_LIBS) $(SYSTEMD_LIBS)

tests_fuzz_fuzz_kmsg_SOURCES = tests/fuzz/fuzz_kmsg.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_fuzz_kmsg_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_kmsg_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_kmsg_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_cper_log_SOURCES = tests/fuzz/fuzz_cper_log.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_fuzz_cper_log_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_cper_log_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_cper_log_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_victim_line_SOURCES = tests/fuzz/fuzz_victim_line.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_fuzz_victim_line_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_victim_line_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_victim_line_LDADD = liblocate.a $(FUZZ_LIBS)

tests_fuzz_fuzz_dump_SOURCES = tests/fuzz/fuzz_dump.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_fuzz_dump_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_dump_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_dump_LDADD = librasctl.a liblocate.a libdbread.a libipc.a $(FUZZ_LIBS) \
	$(SQLITE_LIBS) $(SMARTCOLS_LIBS) $(SYSTEMD_LIBS)
tests_fuzz_fuzz_kernel_dump_SOURCES = tests/fuzz/fuzz_kernel_dump.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_fuzz_kernel_dump_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_kernel_dump_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_kernel_dump_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_sections_SOURCES = tests/fuzz/fuzz_sections.c $(FUZZ_COMMON) $(FUZZ_MAIN)
tests_fuzz_fuzz_sections_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_sections_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_sections_LDADD = $(FUZZ_LIBS)
