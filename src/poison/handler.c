// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What runs when memory of ours has failed. Nothing here calls a function of another file
 * (tests/poison-calls holds it to that), copies are loops, and what the two copies of the
 * state hold is read from the one that is not at the failed address. If that one has
 * failed as well, or an address was not told, the kernel calls the handler once more,
 * inside itself.
 */

#include "poison/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <time.h>

#define CLOSE_ON_EXEC	4 /* CLOSE_RANGE_CLOEXEC */
#define KERNEL_SET	8 /* bytes of the kernel's sigset_t */
#define BIT_OF(signal_) (1ULL << ((signal_)-1))

union poison_copy poison_copies[2];

/* By the largest page: the state is not asked, for it is what may be lost. */
_raw_inline_ struct poison_state *choose(uintptr_t address, int lsb)
{
	uintptr_t mask = (1ULL << (lsb > 0 && lsb < 48 ? lsb : 16)) - 1;
	uintptr_t first = (uintptr_t)&poison_copies[0];
	uintptr_t from = address & ~mask, last = from + mask;

	if (address && last >= first && from < first + POISON_COPY_BYTES)
		return &poison_copies[1].state;
	return &poison_copies[0].state;
}

_raw_inline_ int64_t now_ns(void)
{
	struct timespec now;

	if (raw_call(SYS_clock_gettime, CLOCK_BOOTTIME, (uintptr_t)&now, 0, 0, 0) < 0)
		return 0;
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

_raw_inline_ bool is_in(const volatile struct poison_span *span, uintptr_t address)
{
	return span->bytes && address >= span->from && address - span->from < span->bytes;
}

_raw_inline_ bool is_heap(const struct poison_state *state, uintptr_t address)
{
	return address >= state->heap &&
	       address < (uintptr_t)raw_call(SYS_brk, 0, 0, 0, 0, 0);
}

_raw_ static void find_place(const struct poison_state *state,
			     volatile struct poison_record *record)
{
	if (!record->address)
		return;
	record->place = PLACE_OTHER;
	for (size_t i = 0; i < POISON_REGIONS_MAX; i++)
		if (is_in(&state->regions[i], record->address)) {
			record->place = PLACE_REGION;
			record->region = state->regions[i].region;
			record->offset = state->regions[i].offset + record->address -
					 state->regions[i].from;
			return;
		}
	for (size_t i = 0; i < POISON_SPANS_MAX; i++)
		if (is_in(&state->spans[i], record->address)) {
			record->place = state->spans[i].place;
			return;
		}
	if (is_heap(state, record->address))
		record->place = PLACE_HEAP;
}

_raw_inline_ long write_slot(int fd, const volatile union poison_slot *slot)
{
	return raw_call(SYS_write, (uintptr_t)fd, (uintptr_t)slot, sizeof(*slot), 0, 0);
}

/*
 * The memfd's last page may have failed, too: then the record goes to a new one behind
 * it. The reader finds out and says so. Growing it by fallocate() never cuts off what
 * another process adds at the same time.
 */
_raw_ static void keep(const struct poison_state *state,
		       const volatile union poison_slot *slot)
{
	long end;

	if (write_slot(state->fd, slot) == sizeof(*slot))
		return;
	end = raw_call(SYS_lseek, (uintptr_t)state->fd, 0, SEEK_END, 0, 0);
	if (end < 0)
		return;
	end = (end | (POISON_PAGE_MAX - 1)) + 1;
	raw_call(SYS_fallocate, (uintptr_t)state->fd, 0, (uintptr_t)end,
		 POISON_SLOT_BYTES, 0);
	write_slot(state->fd, slot);
}

_raw_inline_ char *add_number(char *at, uint64_t number)
{
	volatile char *to = at;
	uint64_t scale = 1;

	while (number / scale >= 10)
		scale *= 10;
	for (; scale; scale /= 10)
		*to++ = (char)('0' + number / scale % 10);
	*to = '\0';
	return (char *)to;
}

/* RASD_POISON=fd:execs:since, see read_resume(). */
_raw_inline_ void write_resume(struct poison_state *state, int64_t now)
{
	char *at = state->resume + sizeof(POISON_VARIABLE) - 1;
	bool old = now - state->window_ns > POISON_WINDOW_NS;

	at = add_number(at, (uint64_t)state->fd);
	*at++ = ':';
	at = add_number(at, old ? 1 : state->execs + 1);
	*at++ = ':';
	add_number(at, (uint64_t)(old ? now : state->window_ns));
}

/* As the kernel has it. */
struct action {
	uintptr_t handler, flags, restorer;
	uint64_t mask;
};

_raw_inline_ long set_action(int number, const struct action *action,
			     struct action *ret_before)
{
	return raw_call(SYS_rt_sigaction, (uintptr_t)number, (uintptr_t)action,
			(uintptr_t)ret_before, KERNEL_SET, 0);
}

/*
 * The signal mask and PR_MCE_KILL go through execve(): a fresh process that had SIGBUS
 * blocked would be killed by the next page, one without a handler by any early notice.
 * And there may be one more: of a page that is mapped twice, as those of the ring are,
 * the kernel tells twice, some milliseconds apart, however we are to be told by then. So
 * the fresh process ignores SIGBUS until it has a handler; what it maps again is asked
 * for. All descriptors are closed but the memfd, with the locks on them.
 */
_raw_ static void replace_process(struct poison_state *state, int64_t now)
{
	const struct action ignore = { .handler = (uintptr_t)SIG_IGN };
	uint64_t set = BIT_OF(SIGBUS) | BIT_OF(SIGSEGV);
	struct action before = { 0 };

	raw_call(SYS_close_range, 3, ~0U, CLOSE_ON_EXEC, 0, 0);
	raw_call(SYS_fcntl, (uintptr_t)state->fd, F_SETFD, 0, 0, 0);
	raw_call(SYS_prctl, PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_LATE, 0, 0);
	raw_call(SYS_rt_sigprocmask, SIG_UNBLOCK, (uintptr_t)&set, 0, KERNEL_SET, 0);
	write_resume(state, now);
	set_action(SIGBUS, &ignore, &before);
	raw_call(SYS_execve, (uintptr_t) "/proc/self/exe", (uintptr_t)state->argv,
		 (uintptr_t)state->envp, 0, 0);
	set_action(SIGBUS, &before, NULL);
}

_raw_ static void give_way(struct poison_state *state, int64_t now)
{
	if (state->role != POISON_CAPTURE ||
	    state->pid != raw_call(SYS_getpid, 0, 0, 0, 0, 0))
		raw_exit(POISON_EXIT);
	replace_process(state, now);
	/* what execve() was to read may have failed as well: the kernel says EFAULT */
	replace_process(state == &poison_copies[0].state ? &poison_copies[1].state :
							   &poison_copies[0].state,
			now);
	raw_exit(POISON_EXIT_NO_EXEC);
}

/*
 * The kernel could not put SIGBUS onto our alternate stack: which of its pages is it?
 * rt_sigprocmask() reads the set before it finds that the first argument means nothing.
 * 0: it is a crash like any other.
 */
_raw_ static uintptr_t find_lost_stack(const struct poison_state *state)
{
	uintptr_t end = state->alternate + state->alternate_bytes;

	for (uintptr_t at = state->alternate; at < end; at += 1ULL << state->page_lsb)
		if (raw_call(SYS_rt_sigprocmask, ~0U, at, 0, KERNEL_SET, 0) == -EFAULT)
			return at;
	return 0;
}

/* Nested calls each take a piece of the stack: one that is nearly used up is the end. */
_raw_inline_ bool is_exhausted(const struct poison_state *state)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	return here >= state->alternate &&
	       here < state->alternate + state->alternate_bytes / 4;
}

/* What the kernel says of memory, and what is a bug of ours or a kill from outside. */
_raw_inline_ bool is_memory(int number, int code)
{
	if (number == SIGBUS)
		return code == BUS_MCEERR_AR || code == BUS_MCEERR_AO ||
		       code == BUS_OBJERR || code == SI_KERNEL;
	return code == SI_KERNEL;
}

/*
 * As if we had no handler. A fault happens again when we return; what was sent to us is
 * sent once more.
 */
_raw_ static void die_as_usual(int number, int code)
{
	const struct action usual = { 0 };
	long pid;

	set_action(number, &usual, NULL);
	if (code > 0)
		return;
	pid = raw_call(SYS_getpid, 0, 0, 0, 0, 0);
	raw_call(SYS_tgkill, (uintptr_t)pid,
		 (uintptr_t)raw_call(SYS_gettid, 0, 0, 0, 0, 0), (uintptr_t)number, 0, 0);
}

_raw_inline_ void fill(const struct poison_state *state,
		       volatile struct poison_record *record, int number,
		       const siginfo_t *info)
{
	bool own = state->pid == raw_call(SYS_getpid, 0, 0, 0, 0, 0);

	record->magic = POISON_MAGIC;
	record->size = sizeof(*record);
	record->boottime_ns = now_ns();
	record->pid = (int32_t)raw_call(SYS_getpid, 0, 0, 0, 0, 0);
	record->role = own ? state->role : -1;
	record->signal = number;
	record->code = info->si_code;
	record->region = POISON_REGION_NONE;
	if (info->si_code == SI_KERNEL) {
		record->sender = info->si_pid;
		return;
	}
	record->address = (uintptr_t)info->si_addr;
	if (info->si_code != BUS_OBJERR)
		record->lsb = info->si_addr_lsb;
}

/* The action of SIGBUS, and of SIGSEGV. */
_raw_ void poison_on_signal(int number, siginfo_t *info, void *context)
{
	bool addressed = number == SIGBUS && info->si_code != SI_KERNEL;
	union poison_slot slot;
	volatile union poison_slot *kept = &slot;
	struct poison_state *state;

	(void)context;
	if (!is_memory(number, info->si_code)) {
		die_as_usual(number, info->si_code);
		return;
	}
	for (size_t i = 0; i < sizeof(slot) / sizeof(slot.words[0]); i++)
		kept->words[i] = 0;
	state = choose(addressed ? (uintptr_t)info->si_addr : 0,
		       addressed ? info->si_addr_lsb : 0);
	if (is_exhausted(state))
		raw_exit(POISON_EXIT_NO_EXEC);
	fill(state, &kept->record, number, info);
	if (number == SIGSEGV) {
		kept->record.address = find_lost_stack(state);
		if (!kept->record.address) {
			die_as_usual(number, info->si_code);
			return;
		}
		kept->record.lsb = state->page_lsb;
	}
	find_place(state, &kept->record);
	keep(state, kept);
	give_way(state, kept->record.boottime_ns);
}
