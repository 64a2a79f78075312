librasd_a_SOURCES = \
	src/rasd/act.c src/rasd/act.h src/rasd/act_child.c src/rasd/act_child.h src/rasd/capture_dir.c \
	src/rasd/capture_dir.h src/rasd/child.c \
	src/rasd/child.h src/rasd/config.c src/rasd/config.h src/rasd/config_keys.c \
	src/rasd/config_keys.h src/rasd/daemon.c src/rasd/daemon.h src/rasd/daemon_private.h \
	src/rasd/exports.c src/rasd/firmware.c src/rasd/firmware.h \
	src/rasd/firmware_child.c src/rasd/firmware_child.h src/rasd/firmware_dumps.c \
	src/rasd/firmware_take.c src/rasd/firmware_take.h src/rasd/hands.c src/rasd/hands.h src/rasd/hands_facts.c \
	src/rasd/hands_victims.c src/rasd/offline.c src/rasd/offline.h \
	src/rasd/kernel_log.c src/rasd/kernel_log.h src/rasd/lag.c src/rasd/lag.h \
	src/rasd/loop.c src/rasd/messages.h src/rasd/metrics.c src/rasd/metrics.h \
	src/rasd/replay.c src/rasd/replay.h \
	src/rasd/metrics_writer.c src/rasd/metrics_writer.h src/rasd/modules.c src/rasd/own_poison.c \
	src/rasd/pipeline.c src/rasd/pipeline.h src/rasd/routes.c src/rasd/rules.c src/rasd/rules.h \
	src/rasd/retention.c src/rasd/retention.h src/rasd/scratch.h src/rasd/store.c src/rasd/store.h src/rasd/store_open.c \
	src/rasd/store_private.h src/rasd/sums.c src/rasd/sums.h \
	src/rasd/takeover.c src/rasd/tally.c src/rasd/tally.h src/rasd/told.c src/rasd/told.h src/rasd/tracing.c \
	src/rasd/tracing.h \
	src/rasd/trouble.c \
	src/rasd/trouble.h \
	src/rasd/wal_child.c \
	src/rasd/wal_child.h
