// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Facts: from events and lines of the kernel's log to links, hits and decisions. All of
 * it happens before a round is published, so what follows from an event becomes visible
 * with it. A capture that dies before that has its round walked again by the next one,
 * and an error may then count twice for its page: never not at all.
 */

#include "rasd/hands.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "handlers/sigbus.h"
#include "locate/log_line.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/text.h"

#define OWNER_NS    (5 * NS_PER_SEC)  /* a thread's number may be another's after that */
#define UNASKED_NS  (60 * NS_PER_SEC) /* for the act process to be free … */
#define ASKED_NS    (10 * NS_PER_SEC) /* … and then to find a unit */
#define LOOKUPS_MAX 16		      /* in /proc, for unconfirmed signals of one round */

static const char gone_text[] = "gone before rasd looked, and no failed unit's main one";
static const char unasked_text[] = "gone before rasd looked, and systemd was not asked";
static const char silent_text[] = "gone before rasd looked, and systemd did not answer";
static const char failed_text[] =
	"gone before rasd looked, and systemd could not be asked";

/* --- owners ---------------------------------------------------------------------------
 */

static struct owner *find_owner(struct hands *hands, int32_t tid, int64_t boottime_ns)
{
	for (size_t i = 0; i < ARRAY_SIZE(hands->owners); i++) {
		struct owner *owner = &hands->owners[i];

		if (owner->tid == tid &&
		    llabs(owner->boottime_ns - boottime_ns) < OWNER_NS)
			return owner;
	}
	return NULL;
}

/*
 * A place that keeps `tid`: its own, or that of whoever has been there longest. What any
 * user can cause has places of its own.
 */
static struct owner *place_for(struct hands *hands, int32_t tid, bool confirmed)
{
	const size_t half = ARRAY_SIZE(hands->owners) / 2;

	for (size_t i = 0; i < ARRAY_SIZE(hands->owners); i++)
		if (hands->owners[i].tid == tid)
			return &hands->owners[i];
	return &hands->owners[confirmed * half + hands->next_owner[confirmed]++ % half];
}

static struct owner *look_up(struct hands *hands, int32_t tid, int64_t boottime_ns,
			     bool confirmed)
{
	struct owner *owner = place_for(hands, tid, confirmed);

	*owner = (struct owner){ .tid = tid, .boottime_ns = boottime_ns };
	owner->found = process_find(hands->pipeline->proc_fd, SYSTEMD_UNITS, tid,
				    boottime_ns, &owner->process) >= 0;
	return owner;
}

static void name_owner(struct owner *owner, const char *comm, size_t len)
{
	struct text text = TEXT_IN(owner->comm);

	if (!owner->comm[0])
		text_add(&text, "%.*s", (int)len, comm);
}

/* What the pipeline found goes with the event; of a flood only some are looked up. */
static struct owner *note_owner(struct hands *hands, const struct event *event)
{
	struct owner *owner = find_owner(hands, event->pid, event->boottime_ns);
	bool confirmed = !(event->flags & EVENT_UNCONFIRMED);

	if (hands->pipeline->has_owner && (!owner || !owner->found)) {
		owner = place_for(hands, event->pid, confirmed);
		*owner = (struct owner){ .tid = event->pid,
					 .found = true,
					 .boottime_ns = event->boottime_ns,
					 .process = hands->pipeline->owner };
	} else if (!owner && hands->lookups) {
		hands->lookups--;
		owner = look_up(hands, event->pid, event->boottime_ns, confirmed);
	}
	if (owner && event->comm.kind == VALUE_TEXT)
		name_owner(owner, event->comm.text, event->comm.len);
	return owner;
}

/* --- events
 * ----------------------------------------------------------------------------- */

static void see_signal(struct hands *hands, const struct event *event)
{
	const struct owner *owner;
	struct signal_facts facts;

	signal_facts(event, &facts);
	if (!facts.is_memory || !event->pid)
		return;
	owner = note_owner(hands, event);
	correlate_signal(
		hands->correlator,
		&(struct seen_signal){
			.event = event->id,
			.boottime_ns = event->boottime_ns,
			.tid = event->pid,
			.tgid = owner && owner->found ? owner->process.tgid : 0,
			.sender = facts.sender,
			.start_ns = owner && owner->found ? owner->process.start_ns : 0,
			.is_memory = facts.number == SIGBUS,
			.is_kill = facts.number == SIGKILL,
			.confirmed = !(event->flags & EVENT_UNCONFIRMED) });
}

static void want_victims(struct hands *hands, uint64_t pfn)
{
	if (hands->n_victims_wanted < ARRAY_SIZE(hands->victims_wanted))
		hands->victims_wanted[hands->n_victims_wanted++] = pfn;
	else
		log_warning("too many pages at once: nobody looks whose %#" PRIx64 " was",
			    pfn * hands->rules.policy.page_size);
}

static void see_failure(struct hands *hands, const struct event *event,
			int32_t common_pid)
{
	const struct policy_rules *rules = &hands->rules.policy;
	uint64_t pfn = event->address / rules->page_size;

	if (event->flags & EVENT_RETOLD)
		return;
	correlate_failure(hands->correlator,
			  &(struct seen_failure){ .event = event->id,
						  .boottime_ns = event->boottime_ns,
						  .pfn = pfn,
						  .thread = common_pid });
	if (policy_page_failed(hands->state, rules, event->address, event->boottime_ns) ==
	    FAILURE_NEW) {
		want_victims(hands, pfn);
		hands_note_page(hands, event->address);
	}
}

static void see_memory_error(struct hands *hands, const struct event *event)
{
	const struct policy_rules *rules = &hands->rules.policy;
	struct corrected_error error = { .event = event->id,
					 .address = event->address,
					 .count = event->count,
					 .source = event->source == SOURCE_LOG ?
							   CORRECTED_LOG :
							   CORRECTED_TRACE,
					 .time_ns = event->boottime_ns };
	struct decision decision = { 0 };

	if (event->type->role == ROLE_REPORT)
		correlate_report(hands->correlator,
				 &(struct seen_report){ .event = event->id,
							.boottime_ns = event->boottime_ns,
							.pfn = event->address /
							       rules->page_size });
	if (event->severity != SEVERITY_CORRECTED || event->flags & EVENT_RETOLD)
		return;
	policy_corrected(hands->state, rules, &error, hands->pipeline->next_id,
			 &decision);
	hands_tell_decision(hands, &decision);
	hands_note_page(hands, event->address);
}

/* Corrected errors of caches and TLBs are their core's, whatever address they have. */
static bool is_memory_error(const struct event *event)
{
	return event->component == COMPONENT_MEMORY &&
	       event->address_kind == ADDRESS_PHYSICAL;
}

static unsigned int type_index(const struct hands *hands, const struct event *event)
{
	const struct handler_table *table = hands->pipeline->handlers;
	unsigned int i = 0;

	while (i < table->n_handlers && table->handlers[i]->type != event->type)
		i++;
	return i;
}

/* What was kept over a reboot moves no policy: its pages and processes are no more. */
static bool is_kept(const struct event *event)
{
	return event->flags & EVENT_PREVIOUS_BOOT || event->source == SOURCE_BERT ||
	       event->source == SOURCE_ERST || event->source == SOURCE_PSTORE;
}

void hands_see_event(void *userdata, const struct event *event, int32_t common_pid)
{
	struct hands *hands = userdata;

	if (!(event->flags & EVENT_RETOLD))
		tally_event(hands->tally, type_index(hands, event), event->severity,
			    event->count);
	if (event->flags & EVENT_SYNTHETIC || !event->type || is_kept(event))
		return;
	if (event->source == SOURCE_TRACE)
		twins_saw(hands->twins, event);
	if (event->type->role == ROLE_SIGNAL)
		see_signal(hands, event);
	else if (event->type->role == ROLE_MEMORY_FAILURE)
		see_failure(hands, event, common_pid);
	else if (is_memory_error(event))
		see_memory_error(hands, event);
}

void hands_see_line(struct hands *hands, const char *line, size_t len,
		    int64_t boottime_ns)
{
	struct victim_line victim;
	struct owner *owner;

	if (!victim_line_parse(line, len, &victim))
		return;
	/* before the thread is gone: its signal may be read only later */
	owner = find_owner(hands, victim.tid, boottime_ns);
	if (!owner)
		owner = look_up(hands, victim.tid, boottime_ns, true);
	name_owner(owner, victim.comm, victim.comm_len);
	correlate_victim_line(hands->correlator,
			      &(struct seen_victim_line){ .boottime_ns = boottime_ns,
							  .pfn = victim.pfn,
							  .tid = victim.tid,
							  .forced = victim.forced });
}

/* --- hits
 * --------------------------------------------------------------------------------- */

static void describe_owner(struct db_hit *hit, const struct process *process)
{
	hit->tgid = process->tgid;
	hit->uid = process->uid;
	hit->start_ns = process->start_ns;
	hit->is_unit = process->is_unit;
	copy_text(hit->unit, sizeof(hit->unit), process->unit);
	copy_text(hit->user_unit, sizeof(hit->user_unit), process->user_unit);
	copy_text(hit->invocation, sizeof(hit->invocation), process->invocation);
	copy_text(hit->cgroup, sizeof(hit->cgroup), process->cgroup);
	if (!process->unit[0])
		copy_text(hit->why, sizeof(hit->why), "in no unit");
}

static void see_hit(struct hands *hands, const struct finding *finding)
{
	struct db_hit hit = { .event = finding->event,
			      .time_ns =
				      finding->boottime_ns + clock_realtime_offset_ns(),
			      .address = finding->pfn * hands->rules.policy.page_size,
			      .pid = finding->tid,
			      .tgid = finding->tgid,
			      .uid = -1,
			      .evidence = finding->evidence };
	struct owner *owner = find_owner(hands, finding->tid, finding->boottime_ns);
	const struct process *process = NULL;

	if (!owner)
		owner = look_up(hands, finding->tid, finding->boottime_ns, true);
	copy_text(hit.comm, sizeof(hit.comm), owner->comm);
	if (owner->found)
		process = &owner->process;
	else if (finding->evidence == EVIDENCE_PAGEMAP)
		process = hands_find_victim(hands, finding->tgid, finding->start_ns);
	if (process) {
		describe_owner(&hit, process);
		hands_finish_hit(hands, &hit, finding->boottime_ns);
	} else {
		hands_want_unit(hands, &hit, finding->boottime_ns);
	}
}

static void log_hit(const struct db_hit *hit)
{
	char comm[4 * DB_TEXT_BYTES] = "";
	struct text text = TEXT_IN(comm);

	text_add_escaped(&text, hit->comm, strnlen(hit->comm, sizeof(hit->comm)));
	log_warning("poison hit %s[%d] of %s (%s)%s%s", comm, hit->pid,
		    hit->unit[0] ? hit->unit : "no known unit",
		    evidence_name(hit->evidence), hit->why[0] ? ": " : "", hit->why);
}

/* All is known of it that can be known: recorded, and shown to the policy. */
void hands_finish_hit(struct hands *hands, struct db_hit *hit, int64_t boottime_ns)
{
	struct unit_hit unit = {
		.event = hit->event,
		.evidence = hit->evidence,
		.unit = hit->unit[0] ? hit->unit : NULL,
		.user_unit = hit->user_unit[0] ? hit->user_unit : NULL,
		.invocation = hit->invocation[0] ? hit->invocation : NULL,
		.is_unit = hit->is_unit,
		.tgid = hit->tgid,
		.time_ns = boottime_ns,
	};
	struct decision decision = { 0 };

	pipeline_tell_or_count(hands->pipeline, MESSAGE_HIT, hit, sizeof(*hit));
	tally_hit(hands->tally, hit->unit, hit->evidence);
	log_hit(hit);
	policy_hit(hands->state, &hands->rules.policy, &unit, hands->pipeline->next_id,
		   clock_now_ns(CLOCK_BOOTTIME), &decision);
	hands_tell_decision(hands, &decision);
}

/* Its process is gone: maybe systemd still knows whose main process it was. */
void hands_want_unit(struct hands *hands, const struct db_hit *hit, int64_t boottime_ns)
{
	struct db_hit unknown = *hit;

	for (size_t i = 0; i < ARRAY_SIZE(hands->pending); i++) {
		struct pending_hit *pending = &hands->pending[i];

		if (pending->used)
			continue;
		*pending =
			(struct pending_hit){ .used = true,
					      .token = ++hands->next_token,
					      .boottime_ns = boottime_ns,
					      .queued_ns = clock_now_ns(CLOCK_BOOTTIME),
					      .hit = *hit };
		return;
	}
	copy_text(unknown.why, sizeof(unknown.why), unasked_text);
	hands_finish_hit(hands, &unknown, boottime_ns);
}

/* The next hit whose unit is to be asked for; the process had its unit, not the thread.
 */
bool hands_next_unit(struct hands *hands, struct act_order *ret, int64_t now)
{
	for (size_t i = 0; i < ARRAY_SIZE(hands->pending); i++) {
		struct pending_hit *pending = &hands->pending[i];
		const struct db_hit *hit = &pending->hit;

		if (!pending->used || pending->asked)
			continue;
		pending->asked = true;
		pending->asked_ns = now;
		*ret = (struct act_order){ .kind = ORDER_FIND_UNIT,
					   .tid = hit->tgid ? hit->tgid : hit->pid,
					   .event_boottime_ns = pending->boottime_ns,
					   .token = pending->token };
		return true;
	}
	return false;
}

/* The act process died over it. True: another one will be asked, once. */
bool hands_want_unit_again(struct hands *hands, uint64_t token)
{
	for (size_t i = 0; i < ARRAY_SIZE(hands->pending); i++) {
		struct pending_hit *pending = &hands->pending[i];

		if (!pending->used || pending->token != token || pending->again)
			continue;
		pending->again = true;
		pending->asked = false;
		return true;
	}
	return false;
}

static bool is_in_time(const struct pending_hit *pending, int64_t now)
{
	if (pending->asked)
		return now - pending->asked_ns < ASKED_NS;
	return now - pending->queued_ns < UNASKED_NS;
}

static void give_up_on_units(struct hands *hands)
{
	int64_t now = clock_now_ns(CLOCK_BOOTTIME);

	for (size_t i = 0; i < ARRAY_SIZE(hands->pending); i++) {
		struct pending_hit *pending = &hands->pending[i];

		if (!pending->used || is_in_time(pending, now))
			continue;
		pending->used = false;
		copy_text(pending->hit.why, sizeof(pending->hit.why),
			  pending->asked_ns ? silent_text : unasked_text);
		hands_finish_hit(hands, &pending->hit, pending->boottime_ns);
	}
}

static const char *why_no_unit(const struct act_report *report)
{
	if (report->unit[0])
		return "";
	return report->error && report->error != -ENOENT ? failed_text : gone_text;
}

/* The act process has asked systemd. */
static void take_unit(struct hands *hands, const struct act_report *report)
{
	for (size_t i = 0; i < ARRAY_SIZE(hands->pending); i++) {
		struct pending_hit *pending = &hands->pending[i];

		if (!pending->used || pending->token != report->token)
			continue;
		pending->used = false;
		copy_text(pending->hit.unit, sizeof(pending->hit.unit), report->unit);
		copy_text(pending->hit.invocation, sizeof(pending->hit.invocation),
			  report->invocation);
		if (report->unit[0] && !pending->hit.tgid)
			pending->hit.tgid = report->tid;
		pending->hit.is_unit = report->unit[0] && !report->delegated;
		copy_text(pending->hit.why, sizeof(pending->hit.why),
			  why_no_unit(report));
		hands_finish_hit(hands, &pending->hit, pending->boottime_ns);
	}
}

static void see_finding(struct hands *hands, const struct finding *finding)
{
	struct db_link link = { .from = finding->from,
				.to = finding->to,
				.kind = finding->link,
				.evidence = finding->evidence };

	if (finding->kind == FINDING_HIT)
		see_hit(hands, finding);
	else
		pipeline_tell_or_count(hands->pipeline, MESSAGE_LINK, &link,
				       sizeof(link));
}

/* What has been read at once is complete: what follows from it. */
void hands_settle(void *userdata)
{
	struct hands *hands = userdata;
	struct finding finding;

	correlate_settle(hands->correlator, clock_now_ns(CLOCK_BOOTTIME));
	while (correlate_next(hands->correlator, &finding))
		see_finding(hands, &finding);
	hands_forget_ended(hands);
	give_up_on_units(hands);
	hands_tell_pages(hands);
	hands->lookups = LOOKUPS_MAX;
}

/* The report of an order that only looked. */
void hands_take_finding_report(struct hands *hands, const struct act_report *report)
{
	if (report->kind == ORDER_FIND_UNIT)
		take_unit(hands, report);
	else if (report->kind == ORDER_FIND_VICTIMS)
		hands_take_victims(hands, report);
}
