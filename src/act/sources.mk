libact_a_SOURCES = src/act/actuator.h
