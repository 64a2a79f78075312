# Programs that bench/ scripts build when they are run.

EXTRA_PROGRAMS = bench/decode bench/fill
CLEANFILES += $(EXTRA_PROGRAMS)
bench_decode_SOURCES = bench/decode.c
bench_decode_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
bench_decode_LDADD = libtests.a libhandlers.a libcper.a libsources.a libevent.a libutil.a $(TRACE_LIBS)

# Fills a database for bench/query.
bench_fill_SOURCES = bench/fill.c
bench_fill_LDADD = libhandlers.a libcper.a libdbwrite.a libdbread.a libevent.a libutil.a \
	$(SQLITE_LIBS)
