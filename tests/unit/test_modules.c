// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Modules that come and go. This kernel has none, so that the messages that are heard
 * here are real ones of another device (its `uevent` file has the kernel send one), and
 * the tracepoints are files in a directory that looks like tracefs.
 */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/table.h"
#include "rasd/tracing.h"
#include "sources/modules.h"
#include "unit/formats_trace.h"
#include "util/file.h"

#define LOOPBACK "/sys/class/net/lo/uevent"

static void tell(const char *action)
{
	if (access(LOOPBACK, W_OK) < 0) {
		print_message("# needs root, and a loopback device\n");
		skip();
	}
	assert_int_equal(file_write(AT_FDCWD, LOOPBACK, action), 0);
}

static int open_watch(const char *devpath)
{
	int fd = module_watch_open(devpath);

	if (fd < 0) {
		print_message("# no kernel messages here: %s\n", strerror(-fd));
		skip();
	}
	return fd;
}

static bool is_awake(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) > 0;
}

/* The kernel has queued its message when the write returns. */
static void the_kernels_messages_are_heard(void **state)
{
	static const char *const actions[] = { "add", "remove" };
	int fd = open_watch("/devices/virtual/net/lo");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		assert_false(is_awake(fd));
		assert_false(module_watch_read(fd));
		tell(actions[i]);
		assert_true(is_awake(fd));
		assert_true(module_watch_read(fd));
		assert_false(is_awake(fd));
	}
	close(fd);
}

/* They would wake the daemon at every change of anything. */
static void others_are_dropped_by_the_kernel(void **state)
{
	int lo = open_watch("/devices/virtual/net/lo"), modules, path;

	(void)state;
	modules = open_watch(MODULES_DEVPATH);
	path = open_watch("/devices/virtual/net/lo0");
	tell("change");
	assert_false(is_awake(lo));
	tell("add");
	assert_true(is_awake(lo));
	assert_false(is_awake(modules));
	assert_false(is_awake(path));
	close(lo);
	close(modules);
	close(path);
}

static void a_long_path_is_refused(void **state)
{
	char path[100];

	(void)state;
	memset(path, 'x', sizeof(path));
	path[99] = '\0';
	assert_int_equal(module_watch_open(path), -ENAMETOOLONG);
}

/* --- tracepoints --- */

struct fake {
	char *root;
	char sysfs[PATH_MAX];
	struct tracing tracing;
	size_t handler; /* of nvme:nvme_async_event */
};

static void put_number(const char *directory, const char *file, unsigned int number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u\n", number);
	write_file(directory, file, text);
}

/* As the kernel has it when a module with the tracepoint is loaded. */
static void load(const struct fake *fake, const struct format *format, unsigned int id)
{
	char path[PATH_MAX], name[128], text[4096];
	const char *at = strstr(format->text, "ID: "), *behind = strchr(at, '\n');

	snprintf(name, sizeof(name), "%s", format->tracepoint);
	*strchr(name, ':') = '/';
	snprintf(path, sizeof(path), "%s/instances/mine/events/%s", fake->root, name);
	assert_int_equal(make_directory(path, 0755), 0);
	snprintf(text, sizeof(text), "%.*sID: %u%s", (int)(at - format->text),
		 format->text, id, behind);
	write_file(path, "format", text);
	put_number(path, "id", id);
	put_number(path, "enable", 0);
	write_file(path, "filter", "none\n");
}

static void unload(const struct fake *fake, const char *system)
{
	char *path = NULL;

	assert_true(asprintf(&path, "%s/instances/mine/events/%s", fake->root, system) >
		    0);
	remove_tree(path);
}

static void assert_file(const struct fake *fake, const char *file, const char *text)
{
	char path[PATH_MAX], line[TRACE_FILTER_BYTES];

	snprintf(path, sizeof(path), "%s/instances/mine/events/%s", fake->root, file);
	assert_int_equal(file_read_line(AT_FDCWD, path, line, sizeof(line)), 0);
	assert_string_equal(line, text);
}

static int setup(void **state)
{
	struct fake *fake = calloc(1, sizeof(*fake));
	char path[PATH_MAX], why_text[256] = "";
	struct text why = TEXT_IN(why_text);

	fake->root = make_temp_directory();
	fake_tracefs(fake->root);
	fake_instance(fake->root, "mine", 1);
	fake_instance(fake->root, "mine-signal", 1);
	snprintf(path, sizeof(path), "%s/sys/devices/system/cpu", fake->root);
	assert_int_equal(make_directory(path, 0755), 0);
	write_file(path, "possible", "0\n");
	snprintf(fake->sysfs, sizeof(fake->sysfs), "%s/sys", fake->root);
	if (tracing_open(&fake->tracing, &handlers_table, fake->root, fake->sysfs, "mine",
			 &why) < 0)
		fail_msg("%s", why_text);
	while (handlers_table.handlers[fake->handler] !=
	       handler_for("nvme:nvme_async_event"))
		fake->handler++;
	*state = fake;
	return 0;
}

static int teardown(void **state)
{
	struct fake *fake = *state;

	tracing_close(&fake->tracing);
	remove_tree(fake->root);
	free(fake);
	return 0;
}

static size_t index_of(const char *tracepoint)
{
	size_t i = 0;

	while (handlers_table.handlers[i] != handler_for(tracepoint))
		i++;
	return i;
}

static void a_module_comes_late(void **state)
{
	struct fake *fake = *state;
	struct tracepoint *tp;

	assert_null(tracing_attach(&fake->tracing, fake->handler));
	assert_int_equal(fake->tracing.errors[fake->handler], -ENOENT);
	assert_false(tracing_is_recorded(&fake->tracing, fake->handler));
	load(fake, &format_nvme_async, 1541);
	tp = tracing_attach(&fake->tracing, fake->handler);
	assert_non_null(tp);
	assert_int_equal(tp->id, 1541);
	assert_file(fake, "nvme/nvme_async_event/enable", "1");
	assert_true(tracing_is_recorded(&fake->tracing, fake->handler));
	assert_null(tracing_attach(&fake->tracing, fake->handler));
}

static void a_module_goes_and_comes_back(void **state)
{
	struct fake *fake = *state;

	load(fake, &format_nvme_async, 1541);
	assert_non_null(tracing_attach(&fake->tracing, fake->handler));
	unload(fake, "nvme");
	assert_false(tracing_is_recorded(&fake->tracing, fake->handler));
	tracing_detach(&fake->tracing, fake->handler);
	assert_null(tracing_attach(&fake->tracing, fake->handler));
	load(fake, &format_nvme_async, 1600);
	assert_int_equal(tracing_attach(&fake->tracing, fake->handler)->id, 1600);
}

/* Between two looks: with another id, or with the same and switched off. */
static void a_module_is_loaded_anew(void **state)
{
	struct fake *fake = *state;

	load(fake, &format_nvme_async, 1541);
	assert_non_null(tracing_attach(&fake->tracing, fake->handler));
	load(fake, &format_nvme_async, 1542);
	assert_false(tracing_is_recorded(&fake->tracing, fake->handler));
	tracing_detach(&fake->tracing, fake->handler);
	assert_non_null(tracing_attach(&fake->tracing, fake->handler));
	assert_true(tracing_is_recorded(&fake->tracing, fake->handler));
	load(fake, &format_nvme_async, 1542);
	assert_false(tracing_is_recorded(&fake->tracing, fake->handler));
}

static void filters_reach_the_kernel(void **state)
{
	struct fake *fake = *state;

	load(fake, &format_migrate, 713);
	assert_non_null(
		tracing_attach(&fake->tracing, index_of("migrate:mm_migrate_pages")));
	assert_file(fake, "migrate/mm_migrate_pages/filter", "reason == 1");
	/* only the older tracepoint is there */
	load(fake, &format_block_complete, 2107);
	assert_non_null(
		tracing_attach(&fake->tracing, index_of("block:block_rq_complete")));
	assert_file(fake, "block/block_rq_complete/filter",
		    "error != 0 && error != -95 && error != -11");
}

/* The kernel records some only while somebody holds a file open. */
static void a_consumers_file_is_held_open(void **state)
{
	struct fake *fake = *state;
	size_t i = index_of("ras:extlog_mem_event");
	char path[PATH_MAX], link[64], held[PATH_MAX] = "";

	snprintf(path, sizeof(path), "%s/sys/kernel/debug/ras", fake->root);
	assert_int_equal(make_directory(path, 0755), 0);
	write_file(path, "daemon_active", "");
	load(fake, &format_extlog, 1091);
	assert_non_null(tracing_attach(&fake->tracing, i));
	snprintf(link, sizeof(link), "/proc/self/fd/%d",
		 fake->tracing.tracepoints[i]->consumer_fd);
	assert_true(readlink(link, held, sizeof(held) - 1) > 0);
	strcat(path, "/daemon_active");
	assert_string_equal(held, path);
	tracing_detach(&fake->tracing, i);
	assert_int_equal(readlink(link, held, sizeof(held)), -1);
}

/* The kernel does not take every filter: fields came with versions. Not to be had with
 * files: this says only that a tracepoint without any field of ours is not attached. */
static void a_format_without_our_fields_fails(void **state)
{
	struct fake *fake = *state;
	struct format other = format_nvme_async;

	other.text =
		"name: nvme_async_event\nID: 7\nformat:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\nprint fmt: \"-\"\n";
	load(fake, &other, 7);
	assert_null(tracing_attach(&fake->tracing, fake->handler));
	assert_int_not_equal(fake->tracing.errors[fake->handler], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernels_messages_are_heard),
		cmocka_unit_test(others_are_dropped_by_the_kernel),
		cmocka_unit_test(a_long_path_is_refused),
		TEST(a_module_comes_late),
		TEST(a_module_goes_and_comes_back),
		TEST(a_module_is_loaded_anew),
		TEST(filters_reach_the_kernel),
		TEST(a_consumers_file_is_held_open),
		TEST(a_format_without_our_fields_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
