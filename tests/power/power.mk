# Power cuts, simulated between SQLite and the C library; kills of the act process. `make
# soak` has more of both.

POWER_TESTS = tests/power/test_powercut \
	tests/power/test_act_kill

if HAVE_CMOCKA
check_PROGRAMS += $(POWER_TESTS)
TESTS += $(POWER_TESTS)
endif

tests_power_test_powercut_SOURCES = tests/power/test_powercut.c \
	tests/power/cuts.h \
	tests/power/cuts_check.c \
	tests/power/cuts_write.c \
	tests/power/powercut.c \
	tests/power/powercut.h \
	tests/power/powercut_image.c \
	tests/power/powercut_private.h \
	tests/power/random.c
tests_power_test_powercut_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_power_test_powercut_LDADD = $(DB_TESTS_LIBS)

tests_power_test_act_kill_SOURCES = tests/power/test_act_kill.c \
	tests/power/powercut.h \
	tests/power/random.c
tests_power_test_act_kill_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_power_test_act_kill_LDADD = libdbtests.a librasd.a libact.a libpoison.a libpolicy.a \
	liblocate.a libdbwrite.a libdbread.a $(TESTS_LIBS) $(SQLITE_LIBS) $(INIH_LIBS) \
	$(SYSTEMD_LIBS)
