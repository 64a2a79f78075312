# man/rasd-schema.7 is made of the database and kept in git, so that no build needs to run what
# it built: `make refresh-schema-page` makes it anew, and `make check` looks.

check_PROGRAMS += man/make-schema
man_make_schema_SOURCES = \
	man/make-schema.c \
	man/make-schema.h \
	man/schema_columns.c \
	man/schema_tables.c
man_make_schema_LDADD = libdbwrite.a libdbread.a libhandlers.a libcper.a libevent.a libutil.a \
	$(SQLITE_LIBS)

refresh-schema-page: man/make-schema
	$(AM_V_GEN)man/make-schema $(srcdir)/man/rasd-schema.in $(srcdir)/man/schema.txt > man/new-page && \
		mv man/new-page $(srcdir)/man/rasd-schema.7
.PHONY: refresh-schema-page

EXTRA_DIST += man/rasd-schema.in man/schema.txt
dist_check_SCRIPTS += tests/schema-page
TESTS += tests/schema-page
