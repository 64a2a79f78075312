# Sections of vendors: what reads their layouts, and what several handlers share.
libcper_a_SOURCES += src/cper/ampere.c src/cper/ampere.h src/cper/arm_ras.c \
	src/cper/arm_ras.h src/cper/guid_names.c \
	src/cper/guid_names.h src/cper/hip08.c src/cper/hip08.h src/cper/layout.c \
	src/cper/layout.h
