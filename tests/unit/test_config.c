// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#include "rasd/config.h"
#include "unit/fixtures.h"

/* All that was complained about, "WHERE: WHAT" a line, WHERE without the directory. */
static struct here {
	char *directory;
	char path[PATH_MAX];
	char complaints[65536];
	struct text text;
	struct config config;
} here;

static void complain(const char *where, const char *what)
{
	size_t skip = strlen(here.directory) + 1;

	assert_true(!strncmp(where, here.directory, skip - 1));
	text_add(&here.text, "%s: %s\n", where + skip, what);
}

static int load(void)
{
	here.complaints[0] = '\0';
	here.text = (struct text)TEXT_IN(here.complaints);
	return config_load(here.path, complain, &here.config);
}

static void load_bytes(const char *bytes, size_t len)
{
	FILE *file = fopen(here.path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(load(), 0);
}

static void load_text(const char *text)
{
	load_bytes(text, strlen(text));
}

/* Whether something was said of this line; `about` is part of what. */
static void assert_complaint(const char *where, const char *about)
{
	char start[300];
	const char *line;

	snprintf(start, sizeof(start), "%s: ", where);
	for (line = here.complaints; line && *line;
	     line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		if (!strncmp(line, start, strlen(start))) {
			char text[1024];

			snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, "\n"),
				 line);
			if (strstr(text, about))
				return;
		}
	fail_msg("no complaint at %s about \"%s\" in:\n%s", where, about,
		 here.complaints);
}

static void assert_no_complaints(void)
{
	assert_string_equal(here.complaints, "");
	assert_int_equal(here.config.n_errors, 0);
}

static int set_up(void **state)
{
	(void)state;
	here.directory = make_temp_directory();
	snprintf(here.path, sizeof(here.path), "%s/rasd.conf", here.directory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	remove_tree(here.directory);
	return 0;
}

static void assert_defaults(const struct config *config)
{
	assert_string_equal(config->database, RASD_DB_PATH);
	assert_string_equal(config->runtime_directory, RASD_RUNTIME_DIRECTORY);
	assert_int_equal(config->buffer_bytes, 32 << 20);
	assert_int_equal(config->sub_buffer_bytes, 64 << 10);
	assert_int_equal(config->senders, 64);
	assert_int_equal(config->log_lines, 20);
	assert_int_equal(config->log_level, LOG_INFO);
}

static void everything_has_a_default(void **state)
{
	struct config config;

	(void)state;
	config_defaults(&config);
	assert_defaults(&config);
	load_text("");
	assert_no_complaints();
	assert_defaults(&here.config);
	assert_int_equal(here.config.n_files, 1);
	load_text("# only\n; comments\n\n   \n\t# indented\n[trace]\n[log]\n");
	assert_no_complaints();
	assert_defaults(&here.config);
}

enum member { DATABASE, RUNTIME, BUFFER, SUB_BUFFER, SENDERS, LEVEL, BURST };

static const struct {
	enum member member;
	const char *section, *key, *value;
	int64_t number; /* BAD: refused */
} values[] = {
#define BAD -1
	{ DATABASE, "database", "path", "/a/b.db", 0 },
	{ DATABASE, "database", "path", "relative", BAD },
	{ DATABASE, "database", "path", "", BAD },
	{ RUNTIME, "daemon", "runtime-directory", "/run/other", 0 },
	{ RUNTIME, "daemon", "runtime-directory", "./x", BAD },
	{ BUFFER, "trace", "buffer", "64K", 64 << 10 },
	{ BUFFER, "trace", "buffer", "4096M", 4096LL << 20 },
	{ BUFFER, "trace", "buffer", "4G", 4096LL << 20 },
	{ BUFFER, "trace", "buffer", "100000", 100000 },
	{ BUFFER, "trace", "buffer", "65535", BAD },
	{ BUFFER, "trace", "buffer", "4097M", BAD },
	{ BUFFER, "trace", "buffer", "lots", BAD },
	{ BUFFER, "trace", "buffer", "-1", BAD },
	{ BUFFER, "trace", "buffer", "", BAD },
	{ BUFFER, "trace", "buffer", "99999999999999999999M", BAD },
	{ SUB_BUFFER, "trace", "sub-buffer", "4K", 4096 },
	{ SUB_BUFFER, "trace", "sub-buffer", "65536", 65536 },
	{ SUB_BUFFER, "trace", "sub-buffer", "12K", BAD },
	{ SUB_BUFFER, "trace", "sub-buffer", "2K", BAD },
	{ SUB_BUFFER, "trace", "sub-buffer", "128K", BAD },
	{ SUB_BUFFER, "trace", "sub-buffer", "0", BAD },
	{ SENDERS, "signal", "senders", "1", 1 },
	{ SENDERS, "signal", "senders", "4096", 4096 },
	{ SENDERS, "signal", "senders", "0", BAD },
	{ SENDERS, "signal", "senders", "4097", BAD },
	{ SENDERS, "signal", "senders", "64K", BAD },
	{ LEVEL, "log", "level", "error", LOG_ERR },
	{ LEVEL, "log", "level", "warning", LOG_WARNING },
	{ LEVEL, "log", "level", "notice", LOG_NOTICE },
	{ LEVEL, "log", "level", "INFO", LOG_INFO },
	{ LEVEL, "log", "level", "debug", LOG_DEBUG },
	{ LEVEL, "log", "level", "7", BAD },
	{ LEVEL, "log", "level", "emerg", BAD },
	{ BURST, "log", "burst", "0", 0 },
	{ BURST, "log", "burst", "100000", 100000 },
	{ BURST, "log", "burst", "100001", BAD },
	{ BURST, "log", "burst", "many", BAD },
};

static void assert_member(enum member member, const char *value, int64_t number)
{
	const struct config *config = &here.config;

	switch (member) {
	case DATABASE:
		assert_string_equal(config->database, value);
		return;
	case RUNTIME:
		assert_string_equal(config->runtime_directory, value);
		return;
	case BUFFER:
		assert_int_equal(config->buffer_bytes, number);
		return;
	case SUB_BUFFER:
		assert_int_equal(config->sub_buffer_bytes, number);
		return;
	case SENDERS:
		assert_int_equal(config->senders, number);
		return;
	case LEVEL:
		assert_int_equal(config->log_level, number);
		return;
	case BURST:
		assert_int_equal(config->log_lines, number);
		return;
	}
}

static void every_key_good_and_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		char text[200], wants[80];

		snprintf(text, sizeof(text), "# comment\n[%s]\n%s = %s\n",
			 values[i].section, values[i].key, values[i].value);
		load_text(text);
		if (values[i].number != BAD) {
			assert_no_complaints();
			assert_member(values[i].member, values[i].value,
				      values[i].number);
			continue;
		}
		snprintf(wants, sizeof(wants), "[%s] %s wants ", values[i].section,
			 values[i].key);
		assert_complaint("rasd.conf:3", wants);
		assert_int_equal(here.config.n_errors, 1);
		assert_defaults(&here.config);
	}
}

static void one_bad_line_does_not_spoil_the_others(void **state)
{
	(void)state;
	load_text("[trace]\n"
		  "buffer = 1M\n"
		  "bufer = 2M\n"   /* 3 */
		  "what is this\n" /* 4 */
		  "[tracing]\n"
		  "buffer = 3M\n" /* 6 */
		  "[log\n"	  /* 7 */
		  "[log]\n"
		  "level = loud\n"    /* 9 */
		  "nor ; is = this\n" /* 10 */
		  "burst = 7 ; a comment\n"
		  "[signal]\n"
		  "senders : 8\n"
		  "= 9\n"); /* 14 */
	assert_complaint("rasd.conf:3", "[trace] has no key \"bufer\"");
	assert_complaint("rasd.conf:4", "neither");
	assert_complaint("rasd.conf:6", "there is no section [tracing]");
	assert_complaint("rasd.conf:7", "neither");
	assert_complaint("rasd.conf:9", "wants error, warning, notice, info or debug, "
					"not \"loud\"");
	assert_complaint("rasd.conf:10", "neither");
	assert_complaint("rasd.conf:14", "has no key \"\"");
	assert_int_equal(here.config.n_errors, 7);
	assert_int_equal(here.config.buffer_bytes, 1 << 20);
	assert_int_equal(here.config.log_level, LOG_INFO);
	assert_int_equal(here.config.log_lines, 7);
	assert_int_equal(here.config.senders, 8);
}

static void the_last_line_may_lack_its_end(void **state)
{
	(void)state;
	load_text("[log]\nburst = 5");
	assert_no_complaints();
	assert_int_equal(here.config.log_lines, 5);
	load_text("[log]\nburst = five");
	assert_complaint("rasd.conf:2", "burst wants");
	load_text("junk");
	assert_complaint("rasd.conf:1", "neither");
}

static void line_ends_and_blanks_of_all_kinds(void **state)
{
	(void)state;
	load_text("[log]\r\nburst = 5\r\n\r\nlevel=debug\r\n");
	assert_no_complaints();
	assert_int_equal(here.config.log_lines, 5);
	assert_int_equal(here.config.log_level, LOG_DEBUG);
	load_text("\xef\xbb\xbf[log]\n\tburst\t=\t6  \n    level = error\n\n [trace]\n"
		  "  buffer = 2M\n");
	assert_no_complaints();
	assert_int_equal(here.config.log_lines, 6);
	assert_int_equal(here.config.log_level, LOG_ERR);
	assert_int_equal(here.config.buffer_bytes, 2 << 20);
	load_text("[LOG]\nBurst = 9\n");
	assert_no_complaints();
	assert_int_equal(here.config.log_lines, 9);
}

static void long_lines_are_refused_whole(void **state)
{
	char text[70000];
	struct text out = TEXT_IN(text);

	(void)state;
	text_add(&out, "[database]\npath = /");
	for (size_t i = 0; i < 30000; i++)
		text_add(&out, "%c", i % 100 ? 'x' : '=');
	text_add(&out, "\n[log]\nburst = 3\nlevel = loud\n");
	load_text(text);
	assert_complaint("rasd.conf:2", "too long");
	assert_complaint("rasd.conf:5", "level wants");
	assert_int_equal(here.config.n_errors, 2);
	assert_string_equal(here.config.database, RASD_DB_PATH);
	assert_int_equal(here.config.log_lines, 3);
}

static void nul_bytes_are_refused(void **state)
{
	static const char text[] = "[log]\nburst = 3\0 4\n\0\nlevel = debug\n\0\0\0\0";

	(void)state;
	load_bytes(text, sizeof(text));
	assert_complaint("rasd.conf:2", "NUL");
	assert_complaint("rasd.conf:3", "NUL");
	assert_complaint("rasd.conf:5", "NUL");
	assert_int_equal(here.config.n_errors, 3);
	assert_int_equal(here.config.log_lines, 20);
	assert_int_equal(here.config.log_level, LOG_DEBUG);
}

static void make_drop_in(const char *name, const char *text)
{
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s.d", here.path);
	mkdir(path, 0755);
	write_file(path, name, text);
}

static void later_files_win(void **state)
{
	(void)state;
	make_drop_in("90-last.conf", "[log]\nburst = 90\n");
	make_drop_in("10-first.conf", "[log]\nburst = 10\nlevel = error\n");
	make_drop_in("50-bad.conf", "[log]\n\nburst = bad\n");
	make_drop_in("99-other.txt", "[log]\nburst = 99\n");
	make_drop_in(".95-hidden.conf", "[log]\nburst = 95\n");
	make_drop_in(".conf", "[log]\nburst = 96\n");
	load_text("[log]\nburst = 1\nlevel = debug\n[signal]\nsenders = 5\n");
	assert_complaint("rasd.conf.d/50-bad.conf:3", "the value before it stands");
	assert_int_equal(here.config.n_errors, 1);
	assert_int_equal(here.config.n_files, 4);
	assert_int_equal(here.config.log_lines, 90);
	assert_int_equal(here.config.log_level, LOG_ERR);
	assert_int_equal(here.config.senders, 5);
}

/* In the order of their names, not in that of the directory. */
static void drop_ins_are_read_by_name(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 20; i++) {
		unsigned int number = 10 + i * 7 % 20;
		char name[32], text[64];

		snprintf(name, sizeof(name), "%u.conf", number);
		snprintf(text, sizeof(text), "[log]\nburst = %u\n", number);
		make_drop_in(name, text);
	}
	load_text("");
	assert_no_complaints();
	assert_int_equal(here.config.n_files, 21);
	assert_int_equal(here.config.log_lines, 29);
}

static void a_missing_file_is_the_callers_to_judge(void **state)
{
	(void)state;
	assert_int_equal(load(), -ENOENT);
	assert_no_complaints();
	assert_defaults(&here.config);
	assert_int_equal(here.config.n_files, 0);
	make_drop_in("a.conf", "[log]\nburst = 2\n");
	assert_int_equal(load(), -ENOENT);
	assert_int_equal(here.config.log_lines, 2);
}

static void what_cannot_be_read_is_said(void **state)
{
	char path[PATH_MAX + 32];

	(void)state;
	assert_int_equal(mkdir(here.path, 0755), 0);
	snprintf(path, sizeof(path), "%s.d", here.path);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s.d/directory.conf", here.path);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(load(), 0);
	assert_complaint("rasd.conf", "directory");
	assert_complaint("rasd.conf.d/directory.conf", "directory");
	assert_int_equal(here.config.n_errors, 2);
	assert_int_equal(rmdir(path), 0);
	snprintf(path, sizeof(path), "%s.d", here.path);
	assert_int_equal(rmdir(path), 0);
	write_file(here.directory, "rasd.conf.d", "not a directory");
	load();
	assert_complaint("rasd.conf.d", "directory");
}

static void the_hash_follows_what_is_said(void **state)
{
	uint64_t first;

	(void)state;
	load_text("[log]\nburst = 2\n");
	first = here.config.hash;
	load_text("# another comment\n[log]\n  burst=2\n");
	assert_int_equal(here.config.hash, first);
	load_text("[log]\nburst = 3\n");
	assert_int_not_equal(here.config.hash, first);
}

#define config_test(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		config_test(everything_has_a_default),
		config_test(every_key_good_and_bad),
		config_test(one_bad_line_does_not_spoil_the_others),
		config_test(the_last_line_may_lack_its_end),
		config_test(line_ends_and_blanks_of_all_kinds),
		config_test(long_lines_are_refused_whole),
		config_test(nul_bytes_are_refused),
		config_test(later_files_win),
		config_test(drop_ins_are_read_by_name),
		config_test(a_missing_file_is_the_callers_to_judge),
		config_test(what_cannot_be_read_is_said),
		config_test(the_hash_follows_what_is_said),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
