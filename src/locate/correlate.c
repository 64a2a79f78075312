// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What has been told and may yet belong to something lies on shelves, one for each kind,
 * so that a flood of one kind costs nothing of another. Whatever comes is first put
 * beside what lies there, then it is laid there itself. Which of two came first makes no
 * difference: both ways end in the same questions (which line, which victim, which
 * failure is this signal's?), and those go by boot time and page alone.
 *
 * A signal that any user can have caused lies on a shelf of its own until a line or a
 * victim speaks for it. Each of these speaks for one signal, and is used up with it.
 */

#include "locate/correlate.h"

#include <stddef.h>
#include <stdlib.h>

#include "locate/findings.h"
#include "locate/shelf.h"
#include "util/clock.h"

#define FAILURE_NS     (10 * NS_PER_SEC) /* between a signal or line and its failure */
#define LINE_NS	       (2 * NS_PER_SEC)	 /* the log's clock against the boot clock */
#define BEFORE_LOOK_NS (5 * NS_PER_SEC)	 /* page tables are read after the failure */
#define ENDED_NS       (10 * NS_PER_SEC) /* its signal may be read only then */
#define REPORT_NS      (5 * NS_PER_SEC)
#define VICTIM_NS      (24 * 3600 * NS_PER_SEC) /* after that it is not missed */

enum shelf_kind {
	BELIEVED, /* signals for which something spoke */
	OWN,	  /* SIGBUS that a thread got in its own context; a thread's latest */
	KILLS, /* forced SIGKILL, as the OOM killer sends them too; a thread's latest */
	LINES,
	VICTIMS,
	FAILURES,
	REPORTS,
	SHELF_MAX
};

struct correlator {
	struct shelf shelves[SHELF_MAX];
	struct findings findings;
};

struct correlator *correlator_new(void)
{
	return calloc(1, sizeof(struct correlator));
}

/* Returns NULL; `c` may be NULL. */
struct correlator *correlator_free(struct correlator *c)
{
	free(c);
	return NULL;
}

bool correlate_next(struct correlator *c, struct finding *ret)
{
	return findings_take(&c->findings, ret);
}

uint64_t correlate_lost(const struct correlator *c)
{
	return c->findings.lost;
}

/* --- shelves ---------------------------------------------------------------------- */

static struct entry *next(struct correlator *c, enum shelf_kind kind, struct entry *after)
{
	return shelf_next(&c->shelves[kind], after);
}

static bool settle_line(struct correlator *c, struct entry *line);

/* `entry` gave way to one of `now_ns`: is something lost with it? */
static void push_out(struct correlator *c, enum shelf_kind kind, struct entry *entry,
		     int64_t now_ns)
{
	switch (kind) {
	case LINES:
		c->findings.lost += !settle_line(c, entry);
		break;
	case VICTIMS:
		c->findings.lost += within(entry->boottime_ns, now_ns, VICTIM_NS);
		break;
	case BELIEVED:
		c->findings.lost +=
			!entry->linked && within(entry->boottime_ns, now_ns, FAILURE_NS);
		break;
	case OWN:
	case KILLS:
	case FAILURES:
	case REPORTS:
	case SHELF_MAX:
		break;
	}
}

static struct entry *keep(struct correlator *c, enum shelf_kind kind,
			  const struct entry *entry)
{
	struct entry out;
	struct entry *kept = shelf_keep(&c->shelves[kind], entry, &out);

	if (out.used)
		push_out(c, kind, &out, entry->boottime_ns);
	return kept;
}

/* Of a thread only the latest: so one that sends itself many takes one place. */
static void keep_latest(struct correlator *c, enum shelf_kind kind,
			const struct entry *signal)
{
	for (struct entry *e = NULL; (e = next(c, kind, e));) {
		if (e->tid != signal->tid)
			continue;
		if (e->boottime_ns > signal->boottime_ns)
			return;
		e->used = false;
		break;
	}
	keep(c, kind, signal);
}

/* --- which failure ---------------------------------------------------------------- */

/*
 * The one that sent a confirmed signal: the next that was recorded, if the sender
 * recorded it. One of another thread in between says that the sender's own was lost.
 */
static struct entry *failure_of_sender(struct correlator *c, const struct entry *signal)
{
	struct entry *found = NULL;

	if (!signal->confirmed)
		return NULL;
	for (struct entry *e = NULL; (e = next(c, FAILURES, e));)
		if (e->boottime_ns >= signal->boottime_ns &&
		    (!found || e->boottime_ns < found->boottime_ns))
			found = e;
	if (!found || found->thread != signal->thread ||
	    !within(found->boottime_ns, signal->boottime_ns, FAILURE_NS))
		return NULL;
	return found;
}

/* The failure of a page that is nearest to a time, and not before `not_before_ns`. */
static struct entry *failure_of_page(struct correlator *c, uint64_t pfn, int64_t at_ns,
				     int64_t not_before_ns)
{
	struct entry *found = NULL;

	for (struct entry *e = NULL; (e = next(c, FAILURES, e));)
		if (is_of_page(e, pfn) && within(e->boottime_ns, at_ns, FAILURE_NS) &&
		    e->boottime_ns >= not_before_ns && is_nearer(e, found, at_ns))
			found = e;
	return found;
}

/* The last failure of a page whose victims were looked for at `look_ns`. */
static struct entry *failure_before_look(struct correlator *c, uint64_t pfn,
					 int64_t look_ns)
{
	struct entry *found = NULL;

	for (struct entry *e = NULL; (e = next(c, FAILURES, e));)
		if (is_of_page(e, pfn) &&
		    (e->boottime_ns <= look_ns ||
		     within(e->boottime_ns, look_ns, FAILURE_NS)) &&
		    (!found || e->boottime_ns > found->boottime_ns))
			found = e;
	return found;
}

static uint64_t failure_of_victim(struct correlator *c, uint64_t pfn, int64_t look_ns)
{
	struct entry *failure = failure_before_look(c, pfn, look_ns);

	return failure ? failure->event : 0;
}

/* --- which line, which victim --------------------------------------------------------
 */

static bool line_fits(const struct entry *line, const struct entry *signal)
{
	return !signal->has_line && line->tid == signal->tid &&
	       line->is_kill == signal->is_kill &&
	       within(line->boottime_ns, signal->boottime_ns, LINE_NS) &&
	       may_be_of_page(signal, line->pfn);
}

static struct entry *line_of(struct correlator *c, const struct entry *signal)
{
	struct entry *found = NULL;

	for (struct entry *e = NULL; (e = next(c, LINES, e));)
		if (line_fits(e, signal) && is_nearer(e, found, signal->boottime_ns))
			found = e;
	return found;
}

static struct entry *signal_of_line(struct correlator *c, enum shelf_kind kind,
				    const struct entry *line)
{
	struct entry *found = NULL;

	for (struct entry *e = NULL; (e = next(c, kind, e));)
		if (line_fits(line, e) && is_nearer(e, found, line->boottime_ns))
			found = e;
	return found;
}

/*
 * A number is used again: a process that began at another time is somebody else, and so
 * is one that nobody could look up and that got its signal when the victim was not yet or
 * no longer there.
 */
static bool is_process_of(const struct entry *victim, const struct entry *signal)
{
	if (victim->start_ns && signal->start_ns)
		return victim->start_ns == signal->start_ns;
	return signal->start_ns <= victim->boottime_ns &&
	       signal->boottime_ns >= victim->start_ns &&
	       (!victim->ended_ns || signal->boottime_ns <= victim->ended_ns);
}

/*
 * What the sender proves was sent at the failure, and leaves the page to be touched yet.
 */
static bool victim_fits(const struct entry *victim, const struct entry *signal)
{
	int32_t tgid = signal->tgid ? signal->tgid : signal->tid;

	return !signal->is_kill && !signal->has_victim && signal->thread == signal->tid &&
	       tgid == victim->tgid && is_process_of(victim, signal) &&
	       (signal->boottime_ns >= victim->boottime_ns ||
		within(signal->boottime_ns, victim->boottime_ns, BEFORE_LOOK_NS)) &&
	       (signal->boottime_ns <= victim->boottime_ns ||
		within(signal->boottime_ns, victim->boottime_ns, VICTIM_NS)) &&
	       may_be_of_page(signal, victim->pfn);
}

/* Of several pages that a process had, the one that was found last. */
static struct entry *victim_of(struct correlator *c, const struct entry *signal)
{
	struct entry *found = NULL;

	for (struct entry *e = NULL; (e = next(c, VICTIMS, e));)
		if (victim_fits(e, signal) &&
		    (!found || e->boottime_ns > found->boottime_ns))
			found = e;
	return found;
}

static struct entry *signal_of_victim(struct correlator *c, enum shelf_kind kind,
				      const struct entry *victim)
{
	struct entry *found = NULL;

	for (struct entry *e = NULL; (e = next(c, kind, e));)
		if (victim_fits(victim, e) &&
		    (!found || e->boottime_ns < found->boottime_ns))
			found = e;
	return found;
}

static void take_pfn(struct entry *signal, const struct entry *from)
{
	if (!signal->has_pfn)
		signal->pfn = from->pfn;
	signal->has_pfn = true;
}

static void take_line(struct entry *signal, const struct entry *line)
{
	signal->has_line = true;
	signal->line_ns = line->boottime_ns;
	take_pfn(signal, line);
}

static void take_kept_line(struct entry *signal, struct entry *line)
{
	take_line(signal, line);
	line->used = false;
}

static void take_victim(struct entry *signal, struct entry *victim)
{
	signal->has_victim = true;
	signal->failure = victim->failure;
	signal->look_ns = victim->boottime_ns;
	if (!signal->tgid)
		signal->tgid = victim->tgid;
	if (!signal->start_ns)
		signal->start_ns = victim->start_ns;
	take_pfn(signal, victim);
	victim->used = false;
}

static void tell_signal_link(struct correlator *c, struct entry *signal,
			     enum evidence evidence, uint64_t failure)
{
	signal->linked = true;
	findings_tell_link(&c->findings, LINK_SIGNAL, evidence, failure, signal);
}

static void take_free_line(struct correlator *c, const struct entry *line);

/*
 * The sender's failure tells the page for certain. A line of another page, which was only
 * near in time, is free again for whom it is about.
 */
static void link_to_sender(struct correlator *c, struct entry *signal,
			   const struct entry *failure)
{
	const struct entry freed = { .boottime_ns = signal->line_ns,
				     .pfn = signal->pfn,
				     .has_pfn = true,
				     .tid = signal->tid,
				     .is_kill = signal->is_kill };
	bool was_wrong = signal->has_line && signal->pfn != failure->pfn;
	struct entry *line;

	signal->pfn = failure->pfn;
	signal->has_pfn = true;
	signal->has_line &= !was_wrong;
	tell_signal_link(c, signal, EVIDENCE_SENDER, failure->event);
	line = line_of(c, signal);
	if (line)
		take_kept_line(signal, line);
	if (was_wrong)
		take_free_line(c, &freed);
}

/* By the page that a line or a victim told. */
static void link_to_page(struct correlator *c, struct entry *signal)
{
	int64_t not_before_ns = signal->confirmed ? signal->boottime_ns : INT64_MIN;
	struct entry *failure = NULL;
	uint64_t event = signal->failure;

	if (signal->has_line)
		failure = failure_of_page(c, signal->pfn, signal->boottime_ns,
					  not_before_ns);
	if (failure) {
		tell_signal_link(c, signal, EVIDENCE_LOG, failure->event);
		return;
	}
	if (signal->has_victim && !event)
		event = failure_of_victim(c, signal->pfn, signal->look_ns);
	if (event)
		tell_signal_link(c, signal, EVIDENCE_PAGEMAP, event);
}

/*
 * Tells which failure a signal came from, once, as soon as that is known. A failure sends
 * its signals before it is recorded; only who touches the page later gets one after it.
 */
static void link_signal(struct correlator *c, struct entry *signal)
{
	struct entry *failure = failure_of_sender(c, signal);
	struct entry *line;

	if (signal->linked)
		return;
	if (failure) {
		link_to_sender(c, signal, failure);
		return;
	}
	line = line_of(c, signal);
	if (line)
		take_kept_line(signal, line);
	link_to_page(c, signal);
}

/* Tells the hit if it is the first to speak for this signal, and the link if it can. */
static void believe(struct correlator *c, struct entry *signal, enum evidence evidence)
{
	if (signal->evidence == EVIDENCE_NONE) {
		signal->evidence = evidence;
		signal->used = false; /* where it was not believed */
		findings_tell_hit(&c->findings, signal);
		signal = keep(c, BELIEVED, signal);
	}
	link_signal(c, signal);
}

/* Finds the signal of a line that has none, or lays it where its signal will find it. */
static void take_free_line(struct correlator *c, const struct entry *line)
{
	struct entry *signal = signal_of_line(c, BELIEVED, line);

	if (!signal)
		signal = signal_of_line(c, line->is_kill ? KILLS : OWN, line);
	if (signal) {
		take_line(signal, line);
		believe(c, signal, EVIDENCE_LOG);
	} else {
		keep(c, LINES, line);
	}
}

/* --- what comes ------------------------------------------------------------------- */

/* Its sender tells the page with its failure; a line that is near in time, only perhaps.
 */
static void take_confirmed(struct correlator *c, struct entry *signal)
{
	struct entry *failure = failure_of_sender(c, signal);

	if (failure)
		take_pfn(signal, failure);
	believe(c, signal, EVIDENCE_SENDER);
}

/* Something spoke for it, or it waits for that. */
static void take_unconfirmed(struct correlator *c, struct entry *signal)
{
	struct entry *line = line_of(c, signal);
	struct entry *victim;

	if (line)
		take_kept_line(signal, line);
	victim = victim_of(c, signal);
	if (victim)
		take_victim(signal, victim);
	if (line || victim)
		believe(c, signal, line ? EVIDENCE_LOG : EVIDENCE_PAGEMAP);
	else
		keep_latest(c, signal->is_kill ? KILLS : OWN, signal);
}

/* Memory failures send SIGBUS with two codes only; other codes are somebody else's. */
void correlate_signal(struct correlator *c, const struct seen_signal *signal)
{
	struct entry entry = {
		.event = signal->event,
		.boottime_ns = signal->boottime_ns,
		.start_ns = signal->start_ns,
		.tid = signal->tid,
		.tgid = signal->tgid,
		.thread = signal->sender,
		.is_kill = signal->is_kill,
		.confirmed = signal->confirmed,
	};

	if (signal->confirmed)
		take_confirmed(c, &entry);
	else if (signal->is_kill || signal->is_memory)
		take_unconfirmed(c, &entry);
}

/* The nearest report explains the failure; the page's older ones led to nothing. */
static void link_report(struct correlator *c, struct entry *report, struct entry *failure)
{
	failure->linked = true;
	report->used = false;
	findings_tell_link(&c->findings, LINK_REPORT, EVIDENCE_NONE, report->event,
			   failure);
	for (struct entry *e = NULL; (e = next(c, REPORTS, e));)
		if (is_of_page(e, failure->pfn) && e->boottime_ns <= failure->boottime_ns)
			e->used = false;
}

/* The unlinked one of a page on the shelf that is nearest in time. */
static struct entry *other_of_report(struct correlator *c, enum shelf_kind kind,
				     const struct entry *entry)
{
	struct entry *found = NULL;

	for (struct entry *e = NULL; (e = next(c, kind, e));)
		if (!e->linked && is_of_page(e, entry->pfn) &&
		    within(e->boottime_ns, entry->boottime_ns, REPORT_NS) &&
		    is_nearer(e, found, entry->boottime_ns))
			found = e;
	return found;
}

void correlate_failure(struct correlator *c, const struct seen_failure *failure)
{
	struct entry *entry = keep(c, FAILURES,
				   &(struct entry){
					   .event = failure->event,
					   .boottime_ns = failure->boottime_ns,
					   .pfn = failure->pfn,
					   .has_pfn = true,
					   .thread = failure->thread,
				   });
	struct entry *report = other_of_report(c, REPORTS, entry);

	for (struct entry *e = NULL; (e = next(c, VICTIMS, e));)
		if (!e->failure && e->pfn == entry->pfn)
			e->failure = failure_of_victim(c, e->pfn, e->boottime_ns);
	for (struct entry *e = NULL; (e = next(c, BELIEVED, e));)
		link_signal(c, e);
	if (report)
		link_report(c, report, entry);
}

void correlate_victim_line(struct correlator *c, const struct seen_victim_line *line)
{
	struct entry entry = {
		.boottime_ns = line->boottime_ns,
		.pfn = line->pfn,
		.has_pfn = true,
		.tid = line->tid,
		.is_kill = line->forced,
	};

	take_free_line(c, &entry);
}

/* Found again, as when two failures are looked for together, it is the same one. */
static bool is_known_victim(struct correlator *c, const struct entry *victim)
{
	for (struct entry *e = NULL; (e = next(c, VICTIMS, e));)
		if (e->tgid == victim->tgid && e->start_ns == victim->start_ns &&
		    e->pfn == victim->pfn)
			return true;
	return false;
}

void correlate_page_victim(struct correlator *c, const struct seen_page_victim *victim)
{
	struct entry entry = {
		.boottime_ns = victim->boottime_ns,
		.pfn = victim->pfn,
		.has_pfn = true,
		.tgid = victim->tgid,
		.start_ns = victim->start_ns,
		.failure = failure_of_victim(c, victim->pfn, victim->boottime_ns),
	};
	struct entry *signal = signal_of_victim(c, BELIEVED, &entry);

	if (!signal)
		signal = signal_of_victim(c, OWN, &entry);
	if (signal) {
		take_victim(signal, &entry);
		believe(c, signal, EVIDENCE_PAGEMAP);
	} else if (!is_known_victim(c, &entry)) {
		keep(c, VICTIMS, &entry);
	}
}

void correlate_forget_victim(struct correlator *c, int32_t tgid, int64_t start_ns,
			     int64_t ended_ns)
{
	for (struct entry *e = NULL; (e = next(c, VICTIMS, e));)
		if (e->tgid == tgid && e->start_ns == start_ns && !e->ended_ns)
			e->ended_ns = ended_ns;
}

void correlate_report(struct correlator *c, const struct seen_report *report)
{
	struct entry *entry = keep(c, REPORTS,
				   &(struct entry){
					   .event = report->event,
					   .boottime_ns = report->boottime_ns,
					   .pfn = report->pfn,
					   .has_pfn = true,
				   });
	struct entry *failure = other_of_report(c, FAILURES, entry);

	if (failure)
		link_report(c, entry, failure);
}

/* False: nobody has told of the failure yet. */
static bool settle_line(struct correlator *c, struct entry *line)
{
	struct entry *failure =
		failure_of_page(c, line->pfn, line->boottime_ns, INT64_MIN);

	if (!failure)
		return false;
	line->event = failure->event;
	line->boottime_ns = failure->boottime_ns;
	line->evidence = EVIDENCE_LOG;
	line->used = false;
	findings_tell_hit(&c->findings, line);
	return true;
}

void correlate_settle(struct correlator *c, int64_t now_ns)
{
	for (struct entry *e = NULL; (e = next(c, LINES, e));)
		if (now_ns > e->boottime_ns && !within(e->boottime_ns, now_ns, LINE_NS))
			settle_line(c, e);
	for (struct entry *e = NULL; (e = next(c, VICTIMS, e));)
		if (e->ended_ns && now_ns > e->ended_ns &&
		    !within(e->ended_ns, now_ns, ENDED_NS))
			e->used = false;
}
