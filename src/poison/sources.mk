libpoison_a_SOURCES = src/poison/poison.h
