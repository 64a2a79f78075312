# Programs that bench/ scripts build when they are run.

EXTRA_PROGRAMS = bench/bare bench/decode bench/feed bench/fill bench/latency bench/settle
CLEANFILES += $(EXTRA_PROGRAMS)
bench_decode_SOURCES = bench/decode.c
bench_decode_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
bench_decode_LDADD = libtests.a libhandlers.a libcper.a libsources.a libevent.a libutil.a $(TRACE_LIBS)

# Fills a database for bench/query.
bench_fill_SOURCES = bench/fill.c
bench_fill_LDADD = libhandlers.a libcper.a libdbwrite.a libdbread.a libevent.a libutil.a \
	$(SQLITE_LIBS)

# For bench/compare: events, what is seen of them from outside, and SQLite alone.
bench_bare_SOURCES = bench/bare.c
bench_bare_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
bench_bare_LDADD = libutil.a $(SQLITE_LIBS)
bench_feed_SOURCES = bench/bad_disk.c bench/bad_disk.h bench/feed.c
bench_feed_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
bench_feed_LDADD = libutil.a -lpthread
bench_latency_SOURCES = bench/bad_disk.c bench/bad_disk.h bench/durable.c bench/durable.h \
	bench/latency.c
bench_latency_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
bench_latency_LDADD = libipc.a libutil.a
bench_settle_SOURCES = bench/durable.c bench/durable.h bench/settle.c
bench_settle_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
bench_settle_LDADD = libipc.a libutil.a

# For rasdaemon; nothing of it is in what we build.
bench/no-wait.so: bench/no_wait.c
	@$(MKDIR_P) bench
	$(AM_V_CC)$(CC) -shared -fPIC -O2 -o $@ $(srcdir)/bench/no_wait.c
CLEANFILES += bench/no-wait.so
