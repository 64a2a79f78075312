# Programs that bench/ scripts build when they are run.

EXTRA_PROGRAMS = bench/decode
CLEANFILES += $(EXTRA_PROGRAMS)
bench_decode_SOURCES = bench/decode.c
bench_decode_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
bench_decode_LDADD = libtests.a libhandlers.a libcper.a libsources.a libevent.a libutil.a $(TRACE_LIBS)
