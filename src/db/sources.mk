libdbread_a_SOURCES = \
	src/db/care.c src/db/care.h src/db/id_map.h src/db/detail.c src/db/detail.h src/db/open.c src/db/open.h src/db/reader.c \
	src/db/reader.h src/db/reader_acts.c src/db/reader_acts.h src/db/reader_events.c src/db/reader_find.c src/db/reader_health.c \
	src/db/reader_plan.c src/db/reader_plan.h src/db/reader_private.h src/db/reader_summary.c src/db/reader_types.c src/db/reader_views.c \
	src/db/row_types.c src/db/row_types.h src/db/rows.h src/db/schema.c src/db/schema.h \
	src/db/sql.c src/db/sql.h src/db/tally.h src/db/views.c src/db/views.h \
	src/db/views_rasdaemon.c \
	src/db/views_rasdaemon.h \
	src/db/views_rasdaemon_cxl.c \
	src/db/views_rasdaemon_vendor.c
libdbwrite_a_SOURCES = \
	src/db/import.c src/db/import.h src/db/import_file.c src/db/import_file.h src/db/import_rows.c src/db/import_rows.h src/db/import_tables.c \
	src/db/import_tables.h src/db/import_values.c src/db/import_values.h \
	src/db/memory.c src/db/prune.c src/db/wal_index.c src/db/wal_index.h src/db/writer.c src/db/writer.h src/db/writer_acts.c \
	src/db/writer_batch.c src/db/writer_feed.c src/db/writer_feed.h \
	src/db/writer_feed_table.c src/db/writer_once.c src/db/writer_place.c src/db/writer_private.h src/db/writer_rows.c \
	src/db/guard.c src/db/guard.h src/db/memory.c src/db/prune.c src/db/wal_index.c src/db/wal_index.h src/db/writer.c src/db/writer.h src/db/writer_acts.c \
	src/db/guard.c src/db/guard.h src/db/memory.c src/db/prune.c src/db/unreadable.c src/db/wal_index.c src/db/wal_index.h src/db/writer.c src/db/writer.h src/db/writer_acts.c \
	src/db/writer_batch.c src/db/writer_guard.c src/db/writer_once.c src/db/writer_private.h src/db/writer_rows.c \
	src/db/writer_batch.c src/db/writer_ids.c src/db/writer_once.c src/db/writer_private.h src/db/writer_rows.c \
	src/db/writer_tally.c
