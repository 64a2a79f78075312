libcper_a_SOURCES = \
	src/cper/arm.c src/cper/arm.h \
	src/cper/arm_lists.c src/cper/arm_lists.h \
	src/cper/dump.c src/cper/dump.h \
	src/cper/log.c src/cper/log.h \
	src/cper/section.c src/cper/section.h \
	src/cper/walk.c src/cper/walk.h
