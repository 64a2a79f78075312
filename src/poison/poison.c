// SPDX-License-Identifier: LGPL-2.1-or-later

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <link.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "poison/state.h"
#include "util/macro.h"
#include "util/text.h"

#define MEMFD_NAME	    "rasd-poison"
#define ALTERNATE_BYTES_MIN (64 * 1024UL)
#define MAPPING_BYTES_MAX   (64UL << 20) /* more is no memory of ours */
#define FRAMES		    4 /* of a signal that the alternate stack has room for */
#define STACK_BYTES_MAX	    (128UL << 20) /* below that, the kernel maps other things */

/* What a process before us wrote into our environment. */
struct resume {
	int fd;
	uint64_t execs;
	int64_t window_ns;
};

static const char *const role_names[] = {
	[POISON_CAPTURE] = "capture", [POISON_STORE] = "store", [POISON_ACT] = "act"
};

static const char *const place_names[] = {
	[PLACE_UNKNOWN] = "unknown", [PLACE_REGION] = "region", [PLACE_STACK] = "stack",
	[PLACE_HEAP] = "heap",	     [PLACE_DATA] = "data",	[PLACE_TEXT] = "text",
	[PLACE_OTHER] = "other",
};

_Static_assert(ARRAY_SIZE(role_names) == POISON_ROLE_MAX, "a name for each");
_Static_assert(ARRAY_SIZE(place_names) == PLACE_MAX, "a name for each");

/* "unknown" for numbers that are no role: a record may be of another version. */
const char *poison_role_name(enum poison_role role)
{
	return (unsigned int)role < POISON_ROLE_MAX ? role_names[role] : "unknown";
}

const char *poison_place_name(enum poison_place place)
{
	return (unsigned int)place < PLACE_MAX ? place_names[place] : "unknown";
}

static struct poison_state *copy_of(size_t i)
{
	return &poison_copies[i].state;
}

/* --- the memfd, and what the process before us said ------------------------------------
 */

/* Whoever sets the variable for us cannot have us write into another file. */
static bool is_records(int fd)
{
	char link[64], target[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, target, sizeof(target) - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	return !strncmp(target, "/memfd:" MEMFD_NAME, strlen("/memfd:" MEMFD_NAME));
}

/* As write_resume() wrote it. False: this process has none before it. */
static bool read_resume(const char *text, struct resume *ret)
{
	unsigned long long execs;
	long long window_ns;
	int fd, len = 0;

	if (!text || sscanf(text, "%d:%llu:%lld%n", &fd, &execs, &window_ns, &len) != 3 ||
	    text[len] || fd < 0 || !is_records(fd))
		return false;
	*ret = (struct resume){ .fd = fd, .execs = execs, .window_ns = window_ns };
	return true;
}

/*
 * A memfd, not one of the descriptors 0, 1, 2. It is our own writing end and that of our
 * children; each record is appended in one piece.
 */
static int open_records(void)
{
	_cleanup_(close_fd) int made = memfd_create(MEMFD_NAME, MFD_CLOEXEC);
	_cleanup_(close_fd) int fd = -1;

	if (made < 0)
		return -errno;
	fd = fcntl(made, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd < 0 || fcntl(fd, F_SETFL, O_APPEND) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/* --- the copies ------------------------------------------------------------------------
 */

static void *take_space(struct poison_state *state, size_t bytes)
{
	size_t at = ALIGN_UP(state->used, sizeof(void *));

	if (bytes > POISON_COPY_BYTES - sizeof(*state) - at)
		return NULL;
	state->used = at + bytes;
	return state->space + at;
}

static size_t count_texts(char **texts)
{
	size_t n = 0;

	while (texts[n])
		n++;
	return n;
}

/* A copy of the vector within the state; with `first` in front, if there is one. */
static char **flatten(struct poison_state *state, char *first, char **texts)
{
	size_t n = 0, room = count_texts(texts) + 2;
	char **vector = take_space(state, room * sizeof(char *));

	if (!vector)
		return NULL;
	if (first)
		vector[n++] = first;
	for (; *texts; texts++) {
		if (first && !strncmp(*texts, POISON_VARIABLE, strlen(POISON_VARIABLE)))
			continue;
		vector[n] = take_space(state, strlen(*texts) + 1);
		if (!vector[n])
			return NULL;
		strcpy(vector[n++], *texts);
	}
	vector[n] = NULL;
	return vector;
}

/*
 * A span that the handler may find at any moment: it is whole before it has a length.
 */
static void set_span(struct poison_span *span, const struct poison_span *to)
{
	atomic_signal_fence(memory_order_seq_cst);
	span->bytes = 0;
	atomic_signal_fence(memory_order_seq_cst);
	span->from = to->from;
	span->place = to->place;
	span->region = to->region;
	span->offset = to->offset;
	atomic_signal_fence(memory_order_seq_cst);
	span->bytes = to->bytes;
	atomic_signal_fence(memory_order_seq_cst);
}

/* Beyond the limit a place is "other": no reason not to start. */
static void add_span(struct poison_state *state, uintptr_t from, size_t bytes,
		     enum poison_place place)
{
	const struct poison_span to = { .from = from, .bytes = bytes, .place = place };

	for (size_t i = 0; i < POISON_SPANS_MAX; i++)
		if (!state->spans[i].bytes) {
			set_span(&state->spans[i], &to);
			return;
		}
}

static int add_object(struct dl_phdr_info *info, size_t size, void *userdata)
{
	struct poison_state *state = userdata;

	(void)size;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type == PT_LOAD)
			add_span(state, info->dlpi_addr + part->p_vaddr, part->p_memsz,
				 part->p_flags & PF_W ? PLACE_DATA : PLACE_TEXT);
	}
	return 0;
}

/* The kernel puts the program's name at the stack's very top. */
static void add_stack(struct poison_state *state)
{
	size_t page = 1UL << state->page_lsb, bytes = STACK_BYTES_MAX;
	uintptr_t top = ALIGN_UP((uintptr_t)getauxval(AT_EXECFN) + 1, page);
	struct rlimit limit;

	if (getrlimit(RLIMIT_STACK, &limit) == 0)
		bytes = MIN((size_t)limit.rlim_cur, bytes);
	add_span(state, top - bytes, bytes, PLACE_STACK);
}

static int prepare(struct poison_state *state, char **argv, char **envp,
		   const struct resume *resume)
{
	static const char variable[] = POISON_VARIABLE;
	extern char _end[];

	state->role = POISON_CAPTURE;
	state->fd = resume->fd;
	state->execs = resume->execs;
	state->window_ns = resume->window_ns;
	state->page_lsb = __builtin_ctzl((unsigned long)sysconf(_SC_PAGESIZE));
	state->heap = (uintptr_t)_end;
	memcpy(state->resume, variable, sizeof(variable));
	state->used = 0;
	state->argv = flatten(state, NULL, argv);
	state->envp = flatten(state, state->resume, envp);
	if (!state->argv || !state->envp)
		return -E2BIG;
	memset(state->spans, 0, sizeof(state->spans));
	memset(state->regions, 0, sizeof(state->regions));
	add_stack(state);
	dl_iterate_phdr(add_object, state);
	state->pid = getpid();
	return 0;
}

/* --- the handler's stack, the handler, the kernel --------------------------------------
 */

/* Not touching anything else of ours, below or above: a failed page is only one of them.
 */
static int make_alternate_stack(void)
{
	size_t guard = POISON_PAGE_MAX;
	size_t bytes = ALIGN_UP(
		MAX(ALTERNATE_BYTES_MIN, FRAMES * (size_t)getauxval(AT_MINSIGSTKSZ)),
		(size_t)POISON_PAGE_MAX);
	char *at = mmap(NULL, bytes + 2 * guard, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	const stack_t stack = { .ss_sp = at + guard, .ss_size = bytes };

	if (at == MAP_FAILED)
		return -errno;
	if (mprotect(at + guard, bytes, PROT_READ | PROT_WRITE) < 0 ||
	    sigaltstack(&stack, NULL) < 0) {
		int r = -errno;

		munmap(at, bytes + 2 * guard);
		return r;
	}
	madvise(at + guard, bytes, MADV_NOHUGEPAGE);
	memset(at + guard, 0, bytes); /* all its pages are there before they are needed */
	for (size_t i = 0; i < ARRAY_SIZE(poison_copies); i++) {
		copy_of(i)->alternate = (uintptr_t)stack.ss_sp;
		copy_of(i)->alternate_bytes = bytes;
		add_span(copy_of(i), (uintptr_t)stack.ss_sp, bytes, PLACE_STACK);
	}
	return 0;
}

/*
 * SIGSEGV is what remains when SIGBUS finds no room on a failed alternate stack, and so
 * is handled on the other one.
 */
static int install_handler(void)
{
	struct sigaction action = { .sa_sigaction = poison_on_signal,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };

	sigemptyset(&action.sa_mask);
	if (sigaction(SIGBUS, &action, NULL) < 0)
		return -errno;
	action.sa_flags = SA_SIGINFO;
	return sigaction(SIGSEGV, &action, NULL) < 0 ? -errno : 0;
}

/* -EINVAL: this kernel does not know of memory that fails. */
static int ask_for_early_notice(void)
{
	if (access("/proc/sys/vm", F_OK) == 0 &&
	    access("/proc/sys/vm/memory_failure_early_kill", F_OK) < 0)
		return -EINVAL;
	return prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0) < 0 ? -errno :
										  0;
}

static int begin(char **argv, char **envp, const struct resume *resume)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(poison_copies) && r >= 0; i++)
		r = prepare(copy_of(i), argv, envp, resume);
	r = r < 0 ? r : make_alternate_stack();
	return r < 0 ? r : install_handler();
}

/*
 * First thing in main(). From now on a failed page of this process is a record, and the
 * process starts anew with the same arguments and environment (without what was put into
 * it with setenv() since). -E2BIG: these are too long to be kept. With an error nothing
 * holds, and the process is as killable as any other. `ret->fd` is borrowed: a child that
 * closes what it does not know has to keep it.
 */
int poison_begin(char **argv, char **envp, struct poison_start *ret)
{
	struct resume resume = { .fd = -1 };
	bool again = read_resume(getenv("RASD_POISON"), &resume);
	int r;

	if (again) {
		fcntl(resume.fd, F_SETFD, FD_CLOEXEC);
		prctl(PR_SET_NAME, program_invocation_short_name); /* it was "exe" */
	} else {
		resume.fd = open_records();
	}
	if (resume.fd < 0)
		return resume.fd;
	r = begin(argv, envp, &resume);
	unsetenv("RASD_POISON");
	if (r < 0) {
		close(resume.fd);
		return r;
	}
	r = ask_for_early_notice();
	*ret = (struct poison_start){ .fd = resume.fd,
				      .again = again,
				      .deaf = r < 0,
				      .execs = (unsigned int)resume.execs };
	return 0;
}

/* The memfd with the records, for a child that closes what it does not need; -1: none. */
int poison_fd(void)
{
	return copy_of(0)->pid ? copy_of(0)->fd : -1;
}

/* For a child after fork(). Until then a failed page ends it without a role. */
void poison_set_role(enum poison_role role)
{
	for (size_t i = 0; i < ARRAY_SIZE(poison_copies); i++) {
		copy_of(i)->role = role;
		atomic_signal_fence(memory_order_seq_cst);
		copy_of(i)->pid = getpid();
	}
}

/*
 * [at, at + bytes) is a mapping of a file from `file_offset` on: a record of a page in it
 * has `id` and the page's place in the file. An id may have several mappings. -ENOSPC:
 * POISON_REGIONS_MAX are known.
 */
int poison_add_region(int id, const void *at, size_t bytes, uint64_t file_offset)
{
	const struct poison_span region = { .from = (uintptr_t)at,
					    .bytes = bytes,
					    .place = PLACE_REGION,
					    .region = id,
					    .offset = file_offset };

	for (size_t i = 0; i < POISON_REGIONS_MAX; i++) {
		if (copy_of(0)->regions[i].bytes)
			continue;
		set_span(&copy_of(0)->regions[i], &region);
		set_span(&copy_of(1)->regions[i], &region);
		return 0;
	}
	return -ENOSPC;
}

/* All mappings of this id are going to be unmapped. */
void poison_drop_region(int id)
{
	for (size_t c = 0; c < ARRAY_SIZE(poison_copies); c++)
		for (size_t i = 0; i < POISON_REGIONS_MAX; i++)
			if (copy_of(c)->regions[i].bytes &&
			    copy_of(c)->regions[i].region == id)
				copy_of(c)->regions[i].bytes = 0;
}

/* /proc/self/maps, as far as there is room. */
static size_t read_maps(char *to, size_t size)
{
	_cleanup_(close_fd) int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && len < size - 1) {
		n = read(fd, to + len, size - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	to[len] = '\0';
	return len;
}

/* Not for a sanitizer to judge, which has memory of its own in between. */
_raw_ static void touch(uintptr_t from, uintptr_t to)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	for (uintptr_t at = from; at < to; at += page)
		(void)*(const volatile char *)at;
}

/*
 * A system call that finds a failed page says EFAULT, or less than was asked for, and no
 * signal comes: the kernel sends those for what a process touches itself. So after an
 * error that may be one of these, all private memory is touched here; if a page of it has
 * failed, this does not return.
 */
void poison_touch(void)
{
	static char maps[65536];
	uintptr_t from, to;
	char rights[5];

	touch((uintptr_t)maps, (uintptr_t)maps + sizeof(maps));
	read_maps(maps, sizeof(maps));
	for (const char *line = maps; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &from, &to, rights) ==
			    3 &&
		    !strcmp(rights, "rw-p") && to - from <= MAPPING_BYTES_MAX)
			touch(from, to);
	}
}
