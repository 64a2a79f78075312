libact_a_SOURCES = src/act/actuator.c src/act/actuator.h src/act/act_private.h src/act/null.c \
	src/act/page.c src/act/systemd.c src/act/unit_find.c src/act/unit_look.c \
	src/act/unit_start.c
