libpoison_a_SOURCES = src/poison/handler.c src/poison/poison.c src/poison/poison.h \
	src/poison/raw.h src/poison/records.c src/poison/state.h
# The handler must not read a canary that may have failed with its page.
libpoison_a_CFLAGS = $(AM_CFLAGS) -fno-stack-protector
