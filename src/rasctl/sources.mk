librasctl_a_SOURCES = \
	src/rasctl/ack.c src/rasctl/ack_file.c src/rasctl/ack_file.h src/rasctl/check.c \
	src/rasctl/cursor.c src/rasctl/cursor.h src/rasctl/export.c src/rasctl/follow.c \
	src/rasctl/follow.h src/rasctl/option_values.c src/rasctl/option_values.h \
	src/rasctl/output_csv.c src/rasctl/output_lines.c src/rasctl/pager.c src/rasctl/pager.h \
	src/rasctl/pages.c src/rasctl/query.c src/rasctl/query.h \
	src/rasctl/also_told.c src/rasctl/also_told.h src/rasctl/actions.c \
	src/rasctl/acts_view.c src/rasctl/acts_view.h src/rasctl/chain.c \
	src/rasctl/chain.h src/rasctl/ctl.h src/rasctl/database.c src/rasctl/database.h \
	src/rasctl/actions.c src/rasctl/acts_view.c src/rasctl/acts_view.h src/rasctl/chain.c \
	src/rasctl/chain.h src/rasctl/ctl.h src/rasctl/db.c src/rasctl/db_import.c src/rasctl/db_prune.c src/rasctl/database.c src/rasctl/database.h \
	src/rasctl/capture.c src/rasctl/capture.h src/rasctl/capture_log.c \
	src/rasctl/capture_trace.c src/rasctl/mask.c src/rasctl/mask.h \
	src/rasctl/decode.c src/rasctl/decode_bytes.c src/rasctl/decode_dump.c \
	src/rasctl/decode_log.c src/rasctl/decoder.h src/rasctl/log_prefix.c \
	src/rasctl/log_prefix.h src/rasctl/trace_text.c src/rasctl/trace_text.h \
	src/rasctl/trace_text_aer.c src/rasctl/trace_text_private.h \
	src/rasctl/event_view.c src/rasctl/event_view.h src/rasctl/events.c src/rasctl/grid.c \
	src/rasctl/grid.h src/rasctl/hardware.c src/rasctl/hardware.h src/rasctl/losses.c src/rasctl/losses.h src/rasctl/marker.c \
	src/rasctl/marker.h src/rasctl/no_act.c src/rasctl/no_act.h src/rasctl/options.c \
	src/rasctl/offline.c src/rasctl/offline.h src/rasctl/options.h src/rasctl/output.c src/rasctl/output.h src/rasctl/output_json.c \
	src/rasctl/output_table.c src/rasctl/policy.c src/rasctl/record.c src/rasctl/record.h \
	src/rasctl/show.c src/rasctl/status.c src/rasctl/status_daemon.c \
	src/rasctl/status_daemon.h src/rasctl/summary.c src/rasctl/table.c src/rasctl/table.h \
	src/rasctl/test_event.c src/rasctl/units.c src/rasctl/verbs.c
