// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/poison_scenes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include <linux/userfaultfd.h>

#include "poison/state.h"
#include "util/macro.h"

/* As in linux/userfaultfd.h since 6.6. */
#ifndef UFFDIO_POISON
#define UFFD_FEATURE_POISON (1 << 14)
struct uffdio_poison {
	struct uffdio_range range;
	uint64_t mode;
	int64_t updated;
};
#define UFFDIO_POISON _IOWR(UFFDIO, 0x08, struct uffdio_poison)
#endif

#define PAGE 4096

/* Says what was not so, and ends the scene. */
#define expect(condition_)                                                       \
	do {                                                                     \
		if (!(condition_)) {                                             \
			printf("# %s:%d: not so: %s (%s)\n", __FILE__, __LINE__, \
			       #condition_, strerror(errno));                    \
			fflush(stdout);                                          \
			_exit(SCENE_FAILED);                                     \
		}                                                                \
	} while (0)

static struct poison_start start;

/* A signal as the kernel would send it; any process may do that to itself. */
static void send_to_self(int number, int code, const void *address, int lsb)
{
	siginfo_t info = { .si_signo = number, .si_code = code };

	info.si_addr = (void *)address;
	info.si_addr_lsb = (short)lsb;
	syscall(SYS_rt_sigqueueinfo, getpid(), number, &info);
}

struct taken {
	struct poison_record records[32];
	int n;
	int refuse; /* from this one on */
};

static int take_one(const struct poison_record *record, void *arg)
{
	struct taken *taken = arg;

	if (taken->refuse && taken->n >= taken->refuse)
		return -ENOBUFS;
	taken->records[taken->n++] = *record;
	return 0;
}

static struct taken take_all(void)
{
	struct taken taken = { .n = 0 };

	expect(poison_take_records(take_one, &taken) == taken.n);
	return taken;
}

static struct poison_record take_single(void)
{
	struct taken taken = take_all();

	expect(taken.n == 1);
	return taken.records[0];
}

static int status_of(pid_t pid)
{
	int status;

	expect(pid > 0);
	expect(waitpid(pid, &status, 0) == pid);
	return status;
}

static int gave_way(pid_t pid)
{
	int status = status_of(pid);

	return WIFEXITED(status) && WEXITSTATUS(status) == POISON_EXIT;
}

/* A store that gets SIGBUS. */
static pid_t lose_in_store(int code, const void *address, int lsb)
{
	pid_t pid = fork();

	if (pid == 0) {
		poison_set_role(POISON_STORE);
		send_to_self(SIGBUS, code, address, lsb);
		_exit(0);
	}
	return pid;
}

static void every_code_is_a_record(void)
{
	static const int codes[] = { BUS_MCEERR_AR, BUS_MCEERR_AO, BUS_OBJERR,
				     SI_KERNEL };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		pid_t pid = lose_in_store(codes[i], (void *)0x12345678000, 12);
		struct timespec now;
		struct poison_record record;

		expect(gave_way(pid));
		record = take_single();
		clock_gettime(CLOCK_BOOTTIME, &now);
		expect(record.pid == pid);
		expect(record.role == POISON_STORE);
		expect(record.signal == SIGBUS);
		expect(record.code == codes[i]);
		expect(record.size == sizeof(record));
		expect(record.boottime_ns > 0);
		expect(record.boottime_ns <= now.tv_sec * 1000000000LL + now.tv_nsec);
		expect(record.region == POISON_REGION_NONE);
		expect(record.offset == 0);
		expect(record.address == (codes[i] == SI_KERNEL ? 0 : 0x12345678000));
		expect(record.lsb ==
		       (codes[i] == SI_KERNEL || codes[i] == BUS_OBJERR ? 0 : 12));
		expect(record.place ==
		       (codes[i] == SI_KERNEL ? PLACE_UNKNOWN : PLACE_OTHER));
		expect(codes[i] == SI_KERNEL || record.sender == 0);
	}
}

static int in_data = 1, in_bss;
static const int in_text = 1;

static enum poison_place place_of(const void *address)
{
	expect(gave_way(lose_in_store(BUS_MCEERR_AO, address, 12)));
	return take_single().place;
}

static void every_place_is_told(void)
{
	int on_stack = 0;

	expect(place_of(&on_stack) == PLACE_STACK);
	expect(place_of((void *)poison_copies[0].state.alternate) == PLACE_STACK);
	expect(place_of(sbrk(PAGE)) == PLACE_HEAP);
	expect(place_of(&in_data) == PLACE_DATA);
	expect(place_of(&in_bss) == PLACE_DATA);
	expect(place_of(&poison_copies[0]) == PLACE_DATA);
	expect(place_of(&poison_copies[1]) == PLACE_DATA);
	expect(place_of(stdout) == PLACE_DATA); /* libc's */
	expect(place_of(&in_text) == PLACE_TEXT);
	expect(place_of((void *)(uintptr_t)puts) == PLACE_TEXT);
	expect(place_of(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			     0)) == PLACE_OTHER);
	expect(place_of(NULL) == PLACE_UNKNOWN);
}

static struct poison_record lose_at(const void *address)
{
	expect(gave_way(lose_in_store(BUS_MCEERR_AO, address, 12)));
	return take_single();
}

static void a_region_tells_the_place_in_its_file(void)
{
	char *map = mmap(NULL, 8 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct poison_record record;

	expect(poison_add_region(7, map + PAGE, 2 * PAGE, 0x100000) == 0);
	expect(poison_add_region(7, map + 3 * PAGE, 2 * PAGE, 0x100000) == 0);
	expect(poison_add_region(8, map + 5 * PAGE, PAGE, 0) == 0);
	record = lose_at(map + PAGE);
	expect(record.place == PLACE_REGION && record.region == 7);
	expect(record.offset == 0x100000);
	record = lose_at(map + 2 * PAGE + 100);
	expect(record.region == 7 && record.offset == 0x100000 + PAGE + 100);
	record = lose_at(map + 4 * PAGE);
	expect(record.region == 7 && record.offset == 0x100000 + PAGE);
	record = lose_at(map + 5 * PAGE);
	expect(record.region == 8 && record.offset == 0);
	expect(lose_at(map).place == PLACE_OTHER);
	expect(lose_at(map + 6 * PAGE).place == PLACE_OTHER);
	poison_drop_region(7);
	expect(lose_at(map + PAGE).place == PLACE_OTHER);
	expect(lose_at(map + 4 * PAGE).region == POISON_REGION_NONE);
	expect(lose_at(map + 5 * PAGE).region == 8);
	for (int i = 1; i < POISON_REGIONS_MAX; i++)
		expect(poison_add_region(100 + i, map, PAGE, 0) == 0);
	expect(poison_add_region(9, map, PAGE, 0) == -ENOSPC);
}

static void one_just_forked_does_not_become_a_second_capture(void)
{
	struct poison_record record;
	pid_t pid = fork();

	if (pid == 0) {
		send_to_self(SIGBUS, BUS_MCEERR_AO, &in_data, 12);
		_exit(0);
	}
	expect(gave_way(pid));
	record = take_single();
	expect(record.pid == pid);
	expect(record.role == -1);
	expect(!strcmp(poison_role_name(record.role), "unknown"));
}

/* The handler must not so much as look at the copy that lies at the failed address. */
static void either_copy_may_be_lost(void)
{
	for (size_t i = 0; i < 2; i++)
		for (size_t at = 0; at < sizeof(poison_copies[0]); at += 65536) {
			const char *lost = poison_copies[i].bytes + at;
			pid_t pid = fork();

			if (pid == 0) {
				poison_set_role(POISON_ACT);
				mprotect(&poison_copies[i], sizeof(poison_copies[i]),
					 PROT_NONE);
				send_to_self(SIGBUS, BUS_MCEERR_AO, lost, 12);
				_exit(0);
			}
			expect(gave_way(pid));
			expect(take_single().role == POISON_ACT);
		}
}

static void what_is_refused_stays(void)
{
	struct taken taken = { .refuse = 1 };

	for (int i = 0; i < 3; i++)
		expect(gave_way(lose_in_store(BUS_MCEERR_AO, (void *)(0x1000L + i), 0)));
	expect(poison_take_records(take_one, &taken) == -ENOBUFS);
	expect(taken.n == 1 && taken.records[0].address == 0x1000);
	taken = take_all();
	expect(taken.n == 2);
	expect(taken.records[0].address == 0x1001 && taken.records[1].address == 0x1002);
	expect(take_all().n == 0);
}

static void what_is_read_stays_until_it_is_forgotten(void)
{
	struct taken first = { .n = 0 }, second = { .n = 0 };
	uint64_t end = 0, later = 0;

	expect(poison_read_records(take_one, &first, &end) == 0);
	expect(poison_forget_records(end) == 0);
	for (int i = 0; i < 3; i++)
		expect(gave_way(lose_in_store(BUS_MCEERR_AO, (void *)(0x1000L + i), 0)));
	expect(poison_read_records(take_one, &first, &end) == 3);
	expect(gave_way(lose_in_store(BUS_MCEERR_AO, (void *)0x1003, 0)));
	expect(poison_read_records(take_one, &second, &later) == 4);
	expect(second.records[0].address == 0x1000 && later > end);
	expect(poison_forget_records(end) == 0);
	expect(take_single().address == 0x1003);
}

static int append_and_take(const struct poison_record *record, void *arg)
{
	int *n = arg;

	if (++*n < 200) /* beyond a page, while it is read */
		expect(gave_way(lose_in_store(BUS_MCEERR_AO, (void *)(0x1000L + *n), 0)));
	expect(record->address == (uint64_t)(0x1000 + *n - 1));
	return 0;
}

static void what_is_added_while_it_is_read_is_not_lost(void)
{
	int n = 0;

	expect(gave_way(lose_in_store(BUS_MCEERR_AO, (void *)0x1000, 0)));
	expect(poison_take_records(append_and_take, &n) == 200);
	expect(n == 200);
	expect(take_all().n == 0);
}

/* Somebody wrote into the memfd: said, and passed over. */
static void what_is_no_record_is_said(void)
{
	union poison_slot junk;

	memset(&junk, 'x', sizeof(junk));
	expect(write(start.fd, &junk, sizeof(junk)) == sizeof(junk));
	expect(gave_way(lose_in_store(BUS_MCEERR_AO, (void *)0x1000, 0)));
	expect(write(start.fd, &junk, 50) == 50);
	struct taken taken = take_all();
	expect(taken.n == 3);
	expect(taken.records[0].region == POISON_REGION_RECORDS);
	expect(taken.records[0].signal == 0);
	expect(taken.records[1].address == 0x1000);
	expect(taken.records[2].region == POISON_REGION_RECORDS);
	expect(take_all().n == 0);
}

/* --- what is no memory
 * ------------------------------------------------------------------
 */

static int dies_of(void (*fn)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		poison_set_role(POISON_STORE);
		fn();
		_exit(0);
	}
	status = status_of(pid);
	expect(take_all().n == 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void touch_nothing(void)
{
	static char *volatile nowhere = (char *)8;

	*nowhere = 1;
}

static void touch_beyond_the_end(void)
{
	int fd = memfd_create("short", MFD_CLOEXEC);
	volatile char *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);

	(void)at[0];
}

/* A page that nobody has touched yet, and that cannot be. */
static void look_for_a_lost_page(void)
{
	int fd = memfd_create("short", MFD_CLOEXEC);

	mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	poison_touch();
}

static void bus_from_outside(void)
{
	kill(getpid(), SIGBUS);
}

static void segv_from_outside(void)
{
	kill(getpid(), SIGSEGV);
}

/* A general protection fault: SI_KERNEL, as when a stack has failed. */
static void segv_like_a_lost_stack(void)
{
	send_to_self(SIGSEGV, SI_KERNEL, NULL, 0);
	send_to_self(SIGSEGV, SI_KERNEL, NULL, 0);
}

static void bus_with_our_own_bug(void)
{
	send_to_self(SIGBUS, BUS_ADRALN, NULL, 0);
	send_to_self(SIGBUS, BUS_ADRERR, NULL, 0);
}

static void what_is_no_memory_kills_as_ever(void)
{
	expect(dies_of(touch_nothing) == SIGSEGV);
	expect(dies_of(touch_beyond_the_end) == SIGBUS);
	poison_touch();
	expect(dies_of(look_for_a_lost_page) == SIGBUS);
	expect(dies_of(bus_from_outside) == SIGBUS);
	expect(dies_of(segv_from_outside) == SIGSEGV);
	expect(dies_of(segv_like_a_lost_stack) == SIGSEGV);
	expect(dies_of(bus_with_our_own_bug) == SIGBUS);
}

/* --- the real thing, where userfaultfd can play it
 * --------------------------------------
 */

/* Makes a page of anonymous memory poisoned for this process, without any memory failing.
 */
static bool spoil_page(void *page)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_POISON };
	struct uffdio_register range = { .range = { (uintptr_t)page, PAGE },
					 .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_poison poison = { .range = range.range };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | 1);

	return fd >= 0 && sysconf(_SC_PAGESIZE) == PAGE &&
	       ioctl(fd, UFFDIO_API, &api) == 0 &&
	       madvise(page, PAGE, MADV_DONTNEED) == 0 &&
	       ioctl(fd, UFFDIO_REGISTER, &range) == 0 &&
	       ioctl(fd, UFFDIO_POISON, &poison) == 0;
}

static bool spoil_stack(char *from, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += PAGE)
		if (!spoil_page(from + at))
			return false;
	return true;
}

static void the_alternate_stack_itself_is_lost(void)
{
	char *stack = (char *)poison_copies[0].state.alternate;
	size_t bytes = poison_copies[0].state.alternate_bytes;
	size_t lost = 4 * PAGE; /* more than a signal's frame */
	struct poison_record record;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		poison_set_role(POISON_STORE);
		if (!spoil_stack(stack + bytes - lost, lost))
			_exit(SCENE_SKIPPED);
		send_to_self(SIGBUS, BUS_MCEERR_AO, stack + bytes - PAGE, 12);
		_exit(0);
	}
	status = status_of(pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SCENE_SKIPPED)
		_exit(SCENE_SKIPPED);
	expect(WIFEXITED(status) && WEXITSTATUS(status) == POISON_EXIT);
	record = take_single();
	expect(record.signal == SIGSEGV && record.code == SI_KERNEL);
	expect(record.place == PLACE_STACK && record.lsb == 12);
	expect(record.address == (uintptr_t)stack + bytes - lost);
}

/* The copy that the handler would use, and nobody told it: it is called inside itself. */
static void a_copy_fails_when_the_handler_reads_it(void)
{
	struct poison_record record;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		poison_set_role(POISON_STORE);
		for (size_t at = 0; at < sizeof(poison_copies[0]); at += PAGE)
			if (!spoil_page(poison_copies[0].bytes + at))
				_exit(SCENE_SKIPPED);
		send_to_self(SIGBUS, SI_KERNEL, NULL, 0);
		_exit(0);
	}
	status = status_of(pid);
	if (WIFSIGNALED(status) || WEXITSTATUS(status) == SCENE_SKIPPED)
		_exit(SCENE_SKIPPED); /* without CONFIG_MEMORY_FAILURE it is BUS_ADRERR */
	expect(WEXITSTATUS(status) == POISON_EXIT);
	record = take_single();
	expect(record.code == BUS_MCEERR_AR && record.place == PLACE_DATA);
	expect(record.address >= (uintptr_t)&poison_copies[0] &&
	       record.address < (uintptr_t)&poison_copies[1]);
}

/* --- capture, which becomes itself anew
 * -------------------------------------------------
 */

static bool is_blocked(int number)
{
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	return sigismember(&set, number);
}

static void capture_goes_on_in_a_new_process(void)
{
	char comm[16] = "";

	if (!start.again) {
		expect(start.execs == 0);
		expect(getenv("KEPT") && !strcmp(getenv("KEPT"), "as it was"));
		setenv("FD", "later", 1);
		expect(dup2(STDERR_FILENO, 100) == 100); /* goes through an execve() */
		expect(write(STDOUT_FILENO, "first\n", 6) == 6);
		send_to_self(SIGBUS, BUS_MCEERR_AR, &in_data, 12);
		_exit(SCENE_FAILED);
	}
	expect(start.execs == 1);
	struct poison_record record = take_single();
	expect(record.pid == getpid());
	expect(record.role == POISON_CAPTURE);
	expect(record.code == BUS_MCEERR_AR && record.place == PLACE_DATA);
	expect(!getenv("RASD_POISON"));
	expect(!getenv("FD"));
	expect(getenv("KEPT") && !strcmp(getenv("KEPT"), "as it was"));
	expect(fcntl(100, F_GETFD) < 0 && errno == EBADF);
	expect(fcntl(start.fd, F_GETFD) == FD_CLOEXEC);
	expect(!is_blocked(SIGBUS) && !is_blocked(SIGSEGV));
	prctl(PR_GET_NAME, comm);
	expect(!strncmp(comm, program_invocation_short_name, sizeof(comm) - 1));
	expect(write(STDOUT_FILENO, "second\n", 7) == 7);
}

/* From inside the SIGSEGV handler, which blocks SIGSEGV. */
static void capture_without_its_alternate_stack(void)
{
	char *stack = (char *)poison_copies[0].state.alternate;
	size_t bytes = poison_copies[0].state.alternate_bytes;

	if (!start.again) {
		if (!spoil_stack(stack, bytes))
			_exit(SCENE_SKIPPED);
		send_to_self(SIGBUS, BUS_MCEERR_AO, stack, 12);
		_exit(SCENE_FAILED);
	}
	expect(!is_blocked(SIGBUS) && !is_blocked(SIGSEGV));
	expect(take_single().signal == SIGSEGV);
}

static void the_same_page_again_and_again(void)
{
	char line[32];

	snprintf(line, sizeof(line), "%u\n", start.execs);
	expect(write(STDOUT_FILENO, line, strlen(line)) == (ssize_t)strlen(line));
	if (start.execs <= POISON_EXECS_MAX) {
		send_to_self(SIGBUS, BUS_MCEERR_AR, &in_data, 12);
		_exit(SCENE_FAILED);
	}
	expect(take_all().n == POISON_EXECS_MAX + 1);
}

static void a_minute_later_it_counts_anew(void)
{
	if (!start.again) {
		for (size_t i = 0; i < 2; i++) {
			poison_copies[i].state.execs = POISON_EXECS_MAX;
			poison_copies[i].state.window_ns -= POISON_WINDOW_NS + 1;
		}
		send_to_self(SIGBUS, BUS_MCEERR_AR, &in_data, 12);
		_exit(SCENE_FAILED);
	}
	expect(start.execs == 1);
}

/* What the handler would give to execve() cannot be read: the other copy can. */
static void arguments_that_are_lost(void)
{
	char *page =
		poison_copies[0].bytes + ALIGN_UP(sizeof(poison_copies[0].state), PAGE);

	if (!start.again) {
		expect(poison_copies[0].state.space + poison_copies[0].state.used > page);
		expect(mprotect(page, (size_t)(poison_copies[1].bytes - page),
				PROT_NONE) == 0);
		send_to_self(SIGBUS, BUS_MCEERR_AR, &in_data, 12);
		_exit(SCENE_FAILED);
	}
	expect(take_single().code == BUS_MCEERR_AR);
}

/* The second signal comes before poison_begin(), see play_scene(). */
static void a_page_is_told_twice(void)
{
	struct sigaction now;

	if (!start.again) {
		send_to_self(SIGBUS, BUS_MCEERR_AO, &in_data, 12);
		_exit(SCENE_FAILED);
	}
	expect(start.execs == 1);
	expect(take_single().code == BUS_MCEERR_AO);
	expect(sigaction(SIGBUS, NULL, &now) == 0 && now.sa_handler != SIG_IGN);
}

/* The variable is set by whoever starts us, and must not turn our writes elsewhere. */
static void a_foreign_variable(void)
{
	expect(!start.again);
	expect(start.execs == 0);
	expect(start.fd != 0);
	expect(!getenv("RASD_POISON"));
	expect(take_all().n == 0);
}

static void nothing_but_begin(void)
{
	expect(start.fd > STDERR_FILENO);
}

static const struct {
	const char *name;
	void (*play)(void);
} scenes[] = {
	{ "codes", every_code_is_a_record },
	{ "places", every_place_is_told },
	{ "regions", a_region_tells_the_place_in_its_file },
	{ "forked", one_just_forked_does_not_become_a_second_capture },
	{ "copies", either_copy_may_be_lost },
	{ "refused", what_is_refused_stays },
	{ "read", what_is_read_stays_until_it_is_forgotten },
	{ "added", what_is_added_while_it_is_read_is_not_lost },
	{ "junk", what_is_no_record_is_said },
	{ "no-memory", what_is_no_memory_kills_as_ever },
	{ "stack", the_alternate_stack_itself_is_lost },
	{ "nested", a_copy_fails_when_the_handler_reads_it },
	{ "capture", capture_goes_on_in_a_new_process },
	{ "capture-stack", capture_without_its_alternate_stack },
	{ "again", the_same_page_again_and_again },
	{ "later", a_minute_later_it_counts_anew },
	{ "arguments", arguments_that_are_lost },
	{ "twice", a_page_is_told_twice },
	{ "variable", a_foreign_variable },
	{ "begin", nothing_but_begin },
};

/* False: a sanitizer has a handler of its own before main(), which takes it for a bug. */
static bool tell_again(void)
{
	struct sigaction now;

	expect(sigaction(SIGBUS, NULL, &now) == 0);
	if (now.sa_handler != SIG_DFL && now.sa_handler != SIG_IGN)
		return false;
	send_to_self(SIGBUS, BUS_MCEERR_AO, &in_data, 12);
	return true;
}

int play_scene(const char *name, char **argv, char **envp)
{
	int r;

	if (!strcmp(name, "twice") && getenv("RASD_POISON") && !tell_again())
		return SCENE_SKIPPED;
	r = poison_begin(argv, envp, &start);
	if (r == -E2BIG)
		return SCENE_SKIPPED;
	expect(r == 0);
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		if (!strcmp(scenes[i].name, name)) {
			scenes[i].play();
			return 0;
		}
	return SCENE_FAILED;
}
