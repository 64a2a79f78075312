// SPDX-License-Identifier: LGPL-2.1-or-later

/* Whose a thread is, in a directory that looks like /proc, and one like systemd's. */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "locate/process.h"
#include "unit/fixtures.h"
#include "util/clock.h"
#include "util/file.h"

#define START	  500 /* clock ticks after boot */
#define ID	  "0123456789abcdef0123456789abcdef"
#define LONG_NAME "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" /* 50 */
#define UNIT_247_S                              \
	LONG_NAME LONG_NAME LONG_NAME LONG_NAME \
		"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

struct fake {
	char *root;
	char units[PATH_MAX];
	int proc_fd;
};

static int64_t ns_of(int64_t ticks)
{
	return ticks * (NS_PER_SEC / sysconf(_SC_CLK_TCK));
}

static void put(const struct fake *fake, int32_t tid, const char *file, const char *text)
{
	char directory[PATH_MAX];

	snprintf(directory, sizeof(directory), "%s/proc/%d", fake->root, tid);
	assert_int_equal(make_directory(directory, 0755), 0);
	write_file(directory, file, text);
}

static void put_stat(const struct fake *fake, int32_t tid, const char *comm, char state,
		     uint64_t ticks)
{
	char stat[512];

	snprintf(stat, sizeof(stat),
		 "%d (%s) %c 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %llu 99 98\n",
		 tid, comm, state, (unsigned long long)ticks);
	put(fake, tid, "stat", stat);
}

static void put_process(const struct fake *fake, int32_t tid, int32_t tgid,
			const char *cgroup)
{
	char status[256];

	put_stat(fake, tid, "some name", 'S', START);
	snprintf(status, sizeof(status),
		 "Name:\tx\nUmask:\t0022\nState:\tS\nTgid:\t%d\nNgid:\t0\nPid:\t%d\n"
		 "Uid:\t1000\t1001\t1002\t1003\nGid:\t0\n",
		 tgid, tid);
	put(fake, tid, "status", status);
	put(fake, tid, "cgroup", cgroup);
}

static void put_invocation(const struct fake *fake, const char *unit, const char *id)
{
	char path[PATH_MAX + 512];

	snprintf(path, sizeof(path), "%s/invocation:%s", fake->units, unit);
	assert_int_equal(symlink(id, path), 0);
}

static int find(const struct fake *fake, int32_t tid, struct process *ret)
{
	return process_find(fake->proc_fd, fake->units, tid, ns_of(START), ret);
}

static int set_up(void **state)
{
	struct fake *fake = calloc(1, sizeof(*fake));
	char proc[PATH_MAX];

	fake->root = make_temp_directory();
	snprintf(proc, sizeof(proc), "%s/proc", fake->root);
	snprintf(fake->units, sizeof(fake->units), "%s/units", fake->root);
	*state = fake;
	if (make_directory(proc, 0755) < 0 || make_directory(fake->units, 0755) < 0)
		return -1;
	fake->proc_fd = open(proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fake->proc_fd < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	struct fake *fake = *state;

	close_fd(fake->proc_fd);
	remove_tree(fake->root);
	free(fake);
	return 0;
}

/* --- control groups ----------------------------------------------------------------- */

struct group_case {
	const char *file;
	const char *unit, *user_unit;
	bool is_unit;
};

static void the_unit_is_behind_the_leading_slices(_unused_ void **state)
{
	static const struct group_case cases[] = {
		{ "0::/system.slice/nginx.service\n", "nginx.service", "", true },
		{ "0::/system.slice/nginx.service", "nginx.service", "", true },
		{ "0::/init.scope\n", "init.scope", "", true },
		{ "0::/a.slice/a-b.slice/x@1:2_.service\n", "x@1:2_.service", "", true },
		{ "0::/system.slice/system-getty.slice/getty@tty1.service\n",
		  "getty@tty1.service", "", true },
		{ "0::/system.slice/dev-disk-by\\x2did.swap\n", "dev-disk-by\\x2did.swap",
		  "", true },
		{ "0::/system.slice/_cgroup.service\n", "cgroup.service", "", true },
		{ "0::/_system.slice/nginx.service\n", "nginx.service", "", true },
		{ "0::/system.slice/nginx.service (deleted)\n", "nginx.service", "",
		  true },
		/* below it: delegated, or what some manager makes there */
		{ "0::/system.slice/nginx.service/workers\n", "nginx.service", "",
		  false },
		{ "0::/system.slice/a.service/nginx.service\n", "a.service", "", false },
		{ "0::/system.slice/a.service/a.service\n", "a.service", "", false },
		{ "0::/system.slice/a.service/system.slice/nginx.service\n", "a.service",
		  "", false },
		{ "0::/system.slice/a.service/\n", "a.service", "", false },
		{ "0::/system.slice/a.service/ (deleted)\n", "a.service", "", false },
		{ "0::/system.slice/a.service/b (deleted)\n", "a.service", "", false },
		{ "0::/machine.slice/docker-0123.scope/system.slice/nginx.service\n",
		  "docker-0123.scope", "", false },
		{ "0::/kubepods.slice/kubepods-burstable.slice/kubepods-pod1.slice/"
		  "cri-containerd-0.scope\n",
		  "cri-containerd-0.scope", "", true },
		/* users */
		{ "0::/user.slice/user-1000.slice/session-3.scope\n", "session-3.scope",
		  "", true },
		{ "0::/user.slice/user-1000.slice/user@1000.service/app.slice/"
		  "nginx.service\n",
		  "user@1000.service", "nginx.service", false },
		{ "0::/user.slice/user-1000.slice/user@1000.service/app.slice/"
		  "app-a.slice/_b.scope/nginx.service\n",
		  "user@1000.service", "b.scope", false },
		{ "0::/user.slice/user-1000.slice/user@1000.service/init.scope\n",
		  "user@1000.service", "init.scope", false },
		{ "0::/user.slice/user-1000.slice/user@1000.service\n",
		  "user@1000.service", "", true },
		{ "0::/user.slice/user@1000.service/\xff.service\n", "user@1000.service",
		  "", false },
		{ "0::/system.slice/user@x.service/nginx.service\n", "user@x.service", "",
		  false },
		{ "0::/system.slice/superuser@1.service/nginx.service\n",
		  "superuser@1.service", "", false },
		/* nobody's */
		{ "0::/\n", "", "", false },
		{ "0::/ (deleted)\n", "", "", false },
		{ "0::/system.slice\n", "", "", false },
		{ "0::/system.slice/\n", "", "", false },
		{ "0::/docker/0123/system.slice/nginx.service\n", "", "", false },
		{ "0::/../system.slice/nginx.service\n", "", "", false },
		{ "0:://nginx.service\n", "", "", false },
		{ "0::nginx.service\n", "", "", false },
		{ "0::/.slice/nginx.service\n", "", "", false },
		{ "0::/nginx.target\n", "", "", false },
		{ "0::/.service\n", "", "", false },
		{ "0::/@.service\n", "", "", false },
		{ "0::/@a.service\n", "", "", false },
		{ "0::/a@.service\n", "", "", false },
		{ "0::/_\n", "", "", false },
		{ "", "", "", false },
		{ "\n\n", "", "", false },
		{ "0:/system.slice/nginx.service\n", "", "", false },
		{ "0\n:\n::\n0::\n", "", "", false },
	};
	struct cgroup cgroup;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cgroup_parse(cases[i].file, &cgroup);
		assert_string_equal(cgroup.unit, cases[i].unit);
		assert_string_equal(cgroup.user_unit, cases[i].user_unit);
		assert_int_equal(cgroup.is_unit, cases[i].is_unit);
	}
}

static void the_hierarchy_is_systemds(_unused_ void **state)
{
	static const char *const files[][2] = {
		/* version 1, with and without a version 2 that somebody else mounted */
		{ "12:memory:/a.service\n1:name=systemd:/system.slice/x.service\n",
		  "/system.slice/x.service" },
		{ "1:name=systemd:/system.slice/x.service\n0::/\n",
		  "/system.slice/x.service" },
		/* both: version 2 */
		{ "1:name=systemd:/a.service\n0::/system.slice/x.service\n",
		  "/system.slice/x.service" },
		{ "1:name=systemd:/\n0::/system.slice/x.service\n",
		  "/system.slice/x.service" },
		/* the end of a process that is dead */
		{ "1:name=systemd:/\n0::/system.slice/x.service (deleted)\n",
		  "/system.slice/x.service" },
		/* a name with colons; a controller that only looks like it */
		{ "2:xname=systemd:/a.service\n0::/system.slice/x:1:2.service\n",
		  "/system.slice/x:1:2.service" },
		{ "3:name=systemd,cpu:/a.service\n1:name=elogind:/b.service\n", "" },
		{ "0:cpu:/a.service\n1:name=systemd:/system.slice/x.service\n",
		  "/system.slice/x.service" },
		/* only the first of each counts */
		{ "0::/system.slice/x.service\n0::/system.slice/y.service\n",
		  "/system.slice/x.service" },
	};
	struct cgroup cgroup;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		cgroup_parse(files[i][0], &cgroup);
		assert_string_equal(cgroup.path, files[i][1]);
		assert_int_equal(cgroup.is_unit, files[i][1][0] != '\0');
	}
}

static void names_are_made_harmless(_unused_ void **state)
{
	char file[8192] = "0::/system.slice/";
	struct cgroup cgroup;

	cgroup_parse("0::/a.service/\x1b[2J\xc3\xa4\xff\x7f\t\"'\n", &cgroup);
	assert_string_equal(cgroup.path,
			    "/a.service/\\x1b[2J\\xc3\\xa4\\xff\\x7f\\x09\"'");
	assert_string_equal(cgroup.unit, "a.service");
	cgroup_parse("0::/system.slice/\x1b.service\n", &cgroup);
	assert_string_equal(cgroup.unit, "");
	cgroup_parse("0::/system.slice/ng\xc3\xafnx.service\n", &cgroup);
	assert_string_equal(cgroup.unit, "");
	cgroup_parse("0::/system.slice/a b.service\n", &cgroup);
	assert_string_equal(cgroup.unit, "");
	/* a line end would make a line of its own, which is no first one */
	cgroup_parse("0::/user.slice/x\n0::/system.slice/nginx.service\n", &cgroup);
	assert_string_equal(cgroup.path, "/user.slice/x");
	assert_string_equal(cgroup.unit, "");
	/* of a long path the display is cut, the unit is not */
	for (size_t at = strlen(file); at < 4000; at = strlen(file))
		strcat(file, at < 20 ? "nginx.service" : "/very-long-names");
	cgroup_parse(file, &cgroup);
	assert_int_equal(strlen(cgroup.path), CGROUP_BYTES - 1);
	assert_string_equal(cgroup.unit, "nginx.service");
	assert_false(cgroup.is_unit);
}

static void a_unit_name_has_at_most_255_bytes(_unused_ void **state)
{
	static const char name[] = UNIT_247_S ".service";
	char file[512];
	struct cgroup cgroup;

	assert_int_equal(strlen(name), 255);
	snprintf(file, sizeof(file), "0::/%s\n", name);
	cgroup_parse(file, &cgroup);
	assert_string_equal(cgroup.unit, name);
	assert_true(cgroup.is_unit);
	snprintf(file, sizeof(file), "0::/n%s\n", name);
	cgroup_parse(file, &cgroup);
	assert_string_equal(cgroup.unit, "");
	snprintf(file, sizeof(file), "0::/_%s\n", name); /* 255 once it is unescaped */
	cgroup_parse(file, &cgroup);
	assert_string_equal(cgroup.unit, name);
}

/* --- processes ---------------------------------------------------------------------- */

static void a_main_process_and_all_that_is_told_of_it(void **state)
{
	struct fake *fake = *state;
	struct process process;

	put_process(fake, 100, 100, "0::/system.slice/nginx.service\n");
	put_invocation(fake, "nginx.service", ID);
	assert_int_equal(find(fake, 100, &process), 0);
	assert_int_equal(process.tgid, 100);
	assert_int_equal(process.uid, 1000);
	assert_int_equal(process.start_ns, ns_of(START));
	assert_string_equal(process.cgroup, "/system.slice/nginx.service");
	assert_string_equal(process.unit, "nginx.service");
	assert_string_equal(process.user_unit, "");
	assert_string_equal(process.invocation, ID);
	assert_true(process.is_unit);
	/* nobody asks for the invocation */
	assert_int_equal(process_find(fake->proc_fd, NULL, 100, ns_of(START), &process),
			 0);
	assert_string_equal(process.unit, "nginx.service");
	assert_string_equal(process.invocation, "");
}

static void a_thread_is_its_processs(void **state)
{
	struct fake *fake = *state;
	struct process process;

	put_process(fake, 100, 100, "0::/system.slice/vm.service\n");
	put_process(fake, 101, 100, "0::/system.slice/vm.service/vcpu0\n");
	put_stat(fake, 100, "leader", 'Z', START - 100);
	assert_int_equal(find(fake, 101, &process), 0);
	assert_int_equal(process.tgid, 100);
	assert_int_equal(process.start_ns, ns_of(START - 100));
	assert_string_equal(process.unit, "vm.service");
	assert_false(process.is_unit);
}

static void users_and_containers_are_not_the_unit_they_name(void **state)
{
	struct fake *fake = *state;
	struct process process;

	put_invocation(fake, "nginx.service", ID);
	put_invocation(fake, "user@1000.service", "fedcba9876543210fedcba9876543210");
	put_process(fake, 100, 100,
		    "0::/user.slice/user-1000.slice/user@1000.service/app.slice/"
		    "nginx.service\n");
	assert_int_equal(find(fake, 100, &process), 0);
	assert_string_equal(process.unit, "user@1000.service");
	assert_string_equal(process.user_unit, "nginx.service");
	assert_string_equal(process.invocation, "fedcba9876543210fedcba9876543210");
	assert_false(process.is_unit);
	put_process(fake, 100, 100,
		    "0::/machine.slice/docker-01.scope/system.slice/nginx.service\n");
	assert_int_equal(find(fake, 100, &process), 0);
	assert_string_equal(process.unit, "docker-01.scope");
	assert_string_equal(process.user_unit, "");
	assert_string_equal(process.invocation, "");
	assert_false(process.is_unit);
	put_process(fake, 100, 100, "0::/docker/0123/nginx.service\n");
	assert_int_equal(find(fake, 100, &process), 0);
	assert_string_equal(process.unit, "");
	assert_string_equal(process.cgroup, "/docker/0123/nginx.service");
}

static void invocations_are_32_hex_digits(void **state)
{
	static const char *const bad[] = { "0123456789abcdef0123456789abcde", ID "0",
					   "0123456789abcdef0123456789abcdeg",
					   "../../../../etc/passwd" };
	struct fake *fake = *state;
	struct process process;
	char unit[32], cgroup[64];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(unit, sizeof(unit), "bad-%zu.service", i);
		snprintf(cgroup, sizeof(cgroup), "0::/%s\n", unit);
		put_invocation(fake, unit, bad[i]);
		put_process(fake, 100, 100, cgroup);
		assert_int_equal(find(fake, 100, &process), 0);
		assert_string_equal(process.unit, unit);
		assert_string_equal(process.invocation, "");
	}
	write_file(fake->units, "invocation:file.service", ID);
	put_process(fake, 100, 100, "0::/file.service\n");
	assert_int_equal(find(fake, 100, &process), 0);
	assert_string_equal(process.invocation, "");
}

static void a_zombie_still_tells_whose_it_was(void **state)
{
	struct fake *fake = *state;
	struct process process;

	put_process(fake, 100, 100,
		    "1:name=systemd:/\n0::/a.slice/a.service (deleted)\n");
	put_stat(fake, 100, "dead", 'Z', START);
	assert_int_equal(find(fake, 100, &process), 0);
	assert_string_equal(process.unit, "a.service");
	assert_string_equal(process.cgroup, "/a.slice/a.service");
	assert_true(process.is_unit);
}

static void a_number_that_is_used_again_is_nobody(void **state)
{
	struct fake *fake = *state;
	struct process process = { .tgid = -7 };

	put_process(fake, 100, 100, "0::/a.service\n");
	put_stat(fake, 100, "younger", 'S', START + 1);
	assert_int_equal(find(fake, 100, &process), -ESRCH);
	assert_int_equal(find(fake, 101, &process), -ESRCH);
	assert_int_equal(process_find(fake->proc_fd, NULL, 100, -1, &process), -ESRCH);
	assert_int_equal(process.tgid, -7); /* untouched */
	put_process(fake, 102, 100, "0::/a.service\n");
	put_stat(fake, 100, "leader", 'S', START);
	assert_int_equal(find(fake, 102, &process), 0);
	assert_int_equal(
		process_find(fake->proc_fd, NULL, 102, ns_of(START) - 1, &process),
		-ESRCH);
}

/* A child that does `change` while the control group is being read. */
static int find_while(struct fake *fake, void (*change)(const struct fake *),
		      struct process *ret)
{
	char path[PATH_MAX];
	int status, r;
	pid_t child;

	put_process(fake, 100, 100, "");
	snprintf(path, sizeof(path), "%s/proc/100/cgroup", fake->root);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int fd = open(path, O_WRONLY | O_CLOEXEC); /* once it is being read */
		static const char text[] = "0::/a.service\n";

		if (change)
			change(fake);
		_exit(write(fd, text, strlen(text)) != (ssize_t)strlen(text));
	}
	r = find(fake, 100, ret);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(unlink(path), 0);
	return r;
}

static void begin_anew(const struct fake *fake)
{
	put_stat(fake, 100, "new one", 'S', START + 1);
}

static void go(const struct fake *fake)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/proc/100/stat", fake->root);
	if (unlink(path) < 0)
		_exit(1);
}

static void who_goes_while_we_look_is_nobody(void **state)
{
	struct fake *fake = *state;
	struct process process = { .tgid = -7 };

	assert_int_equal(find_while(fake, begin_anew, &process), -ESRCH);
	assert_int_equal(find_while(fake, go, &process), -ESRCH);
	assert_int_equal(process.tgid, -7);
	assert_int_equal(find_while(fake, NULL, &process), 0);
	assert_string_equal(process.unit, "a.service");
}

static void a_hostile_name_moves_no_field(void **state)
{
	static const char *const names[] = {
		") Z 1 1 (",   "a) S 1 2 3 4 5 6 7 8 9 1 1 1 1 1 1",
		"(((",	       "",
		"\n1 (x) S 1", "\xff\xfe"
	};
	struct fake *fake = *state;
	struct process process;

	put_process(fake, 100, 100, "0::/a.service\n");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		put_stat(fake, 100, names[i], 'S', START);
		assert_int_equal(find(fake, 100, &process), 0);
		assert_int_equal(process.start_ns, ns_of(START));
		put_stat(fake, 100, names[i], 'S', START + 1);
		assert_int_equal(find(fake, 100, &process), -ESRCH);
	}
}

static void files_that_say_nothing(void **state)
{
	static const char *const stats[] = { "", "100 (x", "100 (x) S 1 2 3",
					     "100 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 "
					     "15 16 17 18 x\n" };
	struct fake *fake = *state;
	struct process process;
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(stats); i++) {
		put_process(fake, 100, 100, "0::/a.service\n");
		put(fake, 100, "stat", stats[i]);
		assert_int_equal(find(fake, 100, &process), -EBADMSG);
	}
	put_stat(fake, 100, "x", 'S', UINT64_MAX); /* more than any time */
	assert_int_equal(find(fake, 100, &process), -EBADMSG);
	put_process(fake, 100, 100, "0::/a.service\n");
	put(fake, 100, "status", "Name:\tx\nTgid:\t100\n");
	assert_int_equal(find(fake, 100, &process), -EBADMSG);
	/* without control groups it is in no unit, and is all the same */
	put_process(fake, 100, 100, "");
	assert_int_equal(find(fake, 100, &process), 0);
	assert_string_equal(process.unit, "");
	assert_string_equal(process.cgroup, "");
	snprintf(path, sizeof(path), "%s/proc/100/cgroup", fake->root);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(find(fake, 100, &process), 0);
	assert_string_equal(process.unit, "");
}

static void we_find_ourselves(_unused_ void **state)
{
	_cleanup_(close_fd) int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int64_t now = clock_now_ns(CLOCK_BOOTTIME);
	struct process process;

	assert_int_equal(process_find(fd, SYSTEMD_UNITS, getpid(), now, &process), 0);
	assert_int_equal(process.tgid, getpid());
	assert_int_equal(process.uid, getuid());
	assert_true(process.start_ns > 0 && process.start_ns <= now);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_unit_is_behind_the_leading_slices),
		cmocka_unit_test(the_hierarchy_is_systemds),
		cmocka_unit_test(names_are_made_harmless),
		cmocka_unit_test(a_unit_name_has_at_most_255_bytes),
		TEST(a_main_process_and_all_that_is_told_of_it),
		TEST(a_thread_is_its_processs),
		TEST(users_and_containers_are_not_the_unit_they_name),
		TEST(invocations_are_32_hex_digits),
		TEST(a_zombie_still_tells_whose_it_was),
		TEST(a_number_that_is_used_again_is_nobody),
		TEST(who_goes_while_we_look_is_nobody),
		TEST(a_hostile_name_moves_no_field),
		TEST(files_that_say_nothing),
		cmocka_unit_test(we_find_ourselves),
	};

	return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
