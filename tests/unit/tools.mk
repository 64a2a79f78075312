# What people send us: dumps, logs, captures.

TOOLS_TESTS = tests/unit/test_dump tests/unit/test_trace_text tests/unit/test_decode \
	tests/unit/test_replay tests/unit/test_mask

if HAVE_CMOCKA
check_PROGRAMS += $(TOOLS_TESTS)
TESTS += $(TOOLS_TESTS)
endif

tests_unit_test_dump_SOURCES = tests/unit/test_dump.c
tests_unit_test_dump_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_dump_LDADD = $(TESTS_LIBS)

tests_unit_test_trace_text_SOURCES = tests/unit/test_trace_text.c
tests_unit_test_trace_text_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_trace_text_LDADD = librasctl.a liblocate.a libdbread.a $(TESTS_LIBS) $(SQLITE_LIBS) \
	$(SMARTCOLS_LIBS) $(SYSTEMD_LIBS)

tests_unit_test_decode_SOURCES = tests/unit/test_decode.c
tests_unit_test_decode_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_decode_LDADD = $(DB_TESTS_LIBS)

tests_unit_test_replay_SOURCES = tests/unit/test_replay.c
tests_unit_test_replay_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_replay_LDADD = $(TESTS_LIBS)

tests_unit_test_mask_SOURCES = tests/unit/test_mask.c
tests_unit_test_mask_CPPFLAGS = $(TESTS_CPPFLAGS)
tests_unit_test_mask_LDADD = librasctl.a liblocate.a libdbread.a $(TESTS_LIBS) $(SQLITE_LIBS) $(SMARTCOLS_LIBS) $(SYSTEMD_LIBS)
