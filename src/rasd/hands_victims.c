// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Processes that had a poisoned page: they may touch it and be gone at any time, so whose
 * they are is asked as soon as they are known. Numbers of processes are used again, and
 * any user can send himself a signal that looks like the kernel's: each is watched until
 * it ends, for then its number is somebody else's.
 */

#include "rasd/hands.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>

#include "util/clock.h"
#include "util/log.h"

/* What happens from now on under its number is not its own. */
static void end_victim(struct hands *hands, struct noted_victim *noted, int64_t now)
{
	correlate_forget_victim(hands->correlator, noted->process.tgid,
				noted->process.start_ns, now);
	noted->source = sd_event_source_disable_unref(noted->source);
	close_fd(noted->fd);
	noted->lives = false;
}

/* Those that have ended; what they are known as stays, for signals that are yet to come.
 */
void hands_forget_ended(struct hands *hands)
{
	struct pollfd fds[HANDS_VICTIMS_MAX];
	struct noted_victim *polled[HANDS_VICTIMS_MAX];
	int64_t now = clock_now_ns(CLOCK_BOOTTIME);
	nfds_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(hands->victims); i++) {
		if (!hands->victims[i].lives)
			continue;
		polled[n] = &hands->victims[i];
		fds[n++] =
			(struct pollfd){ .fd = hands->victims[i].fd, .events = POLLIN };
	}
	if (!n || poll(fds, n, 0) <= 0)
		return;
	for (nfds_t i = 0; i < n; i++)
		if (fds[i].revents)
			end_victim(hands, polled[i], now);
}

static int on_end(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)fd;
	(void)revents;
	hands_forget_ended(userdata);
	return 0;
}

/* Its own, if it had another page; that of one that has ended; or of the oldest. */
static struct noted_victim *place_for(struct hands *hands, const struct process *process)
{
	const size_t n = ARRAY_SIZE(hands->victims);
	struct noted_victim *place = NULL;

	for (size_t i = 0; i < n; i++) {
		place = &hands->victims[i];
		if (place->process.tgid == process->tgid &&
		    place->process.start_ns == process->start_ns)
			return place;
	}
	for (size_t i = 0; i < n; i++) {
		place = &hands->victims[hands->next_victim++ % n];
		if (!place->lives)
			return place;
	}
	place = &hands->victims[hands->next_victim++ % n];
	log_warning("too many processes have poisoned pages: %d is watched no more",
		    place->process.tgid);
	end_victim(hands, place, clock_now_ns(CLOCK_BOOTTIME));
	return place;
}

/* Takes `fd`. */
static void watch(struct hands *hands, const struct process *process, int fd)
{
	struct noted_victim *place = place_for(hands, process);

	if (place->lives) {
		close(fd);
		return;
	}
	*place = (struct noted_victim){ .process = *process, .lives = true, .fd = fd };
	if (hands->event)
		sd_event_add_io(hands->event, &place->source, fd, EPOLLIN, on_end, hands);
}

/*
 * The pidfd comes first: if the number is still the victim's afterwards, it was when it
 * was opened. -ESTALE: the number is another process's; others: nobody can watch it.
 */
static int note_victim(struct hands *hands, const struct victim *victim)
{
	_cleanup_(close_fd) int fd = (int)syscall(SYS_pidfd_open, victim->tgid, 0);
	int error = errno;
	struct process process;
	int r = process_find(hands->pipeline->proc_fd, SYSTEMD_UNITS, victim->tgid,
			     clock_now_ns(CLOCK_BOOTTIME), &process);

	if (r >= 0 && process.start_ns != victim->start_ns)
		return -ESTALE;
	if (r >= 0 && fd < 0 && error != ESRCH)
		log_warning("cannot watch process %d: %s", victim->tgid, strerror(error));
	if (r < 0 || fd < 0)
		return r < 0 ? r : -error;
	watch(hands, &process, TAKE_FD(fd));
	return 0;
}

/* One that is gone already may have touched the page: its signal is still to be read. */
static void take_victim(struct hands *hands, const struct victim *victim, int64_t look_ns)
{
	int64_t now = clock_now_ns(CLOCK_BOOTTIME);
	struct seen_page_victim seen = { .boottime_ns = look_ns ? look_ns : now,
					 .pfn = victim->pfn,
					 .tgid = victim->tgid,
					 .start_ns = victim->start_ns };
	int r = note_victim(hands, victim);

	if (r == -ESTALE)
		return;
	correlate_page_victim(hands->correlator, &seen);
	if (r < 0)
		correlate_forget_victim(hands->correlator, victim->tgid, victim->start_ns,
					now);
}

void hands_take_victims(struct hands *hands, const struct act_report *report)
{
	uint32_t n = MIN(report->n_victims, (uint32_t)REPORT_VICTIMS_MAX);

	for (uint32_t i = 0; i < n; i++)
		take_victim(hands, &report->victims[i], report->look_ns);
}

/* NULL: it was gone before anybody looked, or others have taken its place. */
const struct process *hands_find_victim(const struct hands *hands, int32_t tgid,
					int64_t start_ns)
{
	for (size_t i = 0; tgid && i < ARRAY_SIZE(hands->victims); i++) {
		const struct process *process = &hands->victims[i].process;

		if (process->tgid == tgid && process->start_ns == start_ns)
			return process;
	}
	return NULL;
}

/* The end of all watching. */
void hands_drop_victims(struct hands *hands)
{
	for (size_t i = 0; i < ARRAY_SIZE(hands->victims); i++)
		if (hands->victims[i].lives)
			end_victim(hands, &hands->victims[i], 0);
}
