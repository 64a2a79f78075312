libcper_a_SOURCES = \
	src/cper/aer.c src/cper/aer.h \
	src/cper/arm.c src/cper/arm.h \
	src/cper/arm_lists.c src/cper/arm_lists.h \
	src/cper/dump.c src/cper/dump.h \
	src/cper/error_status.c src/cper/error_status.h \
	src/cper/fields.c src/cper/fields.h \
	src/cper/log.c src/cper/log.h \
	src/cper/log_event.c src/cper/log_event.h \
	src/cper/section.c src/cper/section.h \
	src/cper/walk.c src/cper/walk.h
