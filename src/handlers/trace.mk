# What handlers of tracepoints share, and modules and devices beside them.
libhandlers_a_SOURCES += src/handlers/devlink.h src/handlers/mca.c src/handlers/mca.h \
	src/handlers/scsi.h src/handlers/scsi_words.c
libsources_a_SOURCES += src/sources/modules.c src/sources/modules.h
liblocate_a_SOURCES += src/locate/device.c src/locate/device.h
