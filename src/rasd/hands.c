// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Orders: what the policy wants done goes to the act process, one thing at a time, and
 * what came of it goes to the database. An event is on disk before it is acted on; but a
 * disk that does not take it stops nobody's hands for longer than a moment.
 */

#include "rasd/hands.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "rasd/scratch.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/text.h"

#define GRACE_NS       (200 * NS_PER_MSEC) /* for the cause to reach the disk */
#define LOOK_AGAIN_NS  (10 * NS_PER_MSEC)  /* whether it has */
#define MEMORY_NS      (10 * NS_PER_SEC)   /* for the database to say what it knows */
#define CHILD_AGAIN_NS (500 * NS_PER_MSEC)
#define STUCK_NS       (10 * NS_PER_SEC)
#define ACCURACY_USEC  1

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	hands_work(userdata);
	return 0;
}

/* --- telling --------------------------------------------------------------------------
 */

static size_t slot_of(const struct hands *hands, uint64_t id)
{
	size_t i = 0;

	while (i < POLICY_ACTS_MAX && hands->state->acts[i].id != id)
		i++;
	return i;
}

static void log_decision(const struct decision *decision)
{
	char address[32] = "";

	if (!decision->unit[0])
		snprintf(address, sizeof(address), "page %#" PRIx64, decision->address);
	log_line(decision->outcome == OUTCOME_FAILED ? LOG_WARNING : LOG_NOTICE,
		 "%s of %s: %s%s%s", act_kind_name(decision->kind),
		 decision->unit[0] ? decision->unit : address,
		 act_outcome_name(decision->outcome), decision->note[0] ? ", " : "",
		 decision->note);
}

/* The row of what was decided, and of each change to it. */
void hands_tell_decision(struct hands *hands, const struct decision *decision)
{
	int64_t offset = clock_realtime_offset_ns();
	size_t slot;
	struct db_action action;

	if (!decision->id)
		return;
	slot = slot_of(hands, decision->id);
	if (decision->id == hands->pipeline->next_id)
		pipeline_take_id(hands->pipeline);
	if (slot < POLICY_ACTS_MAX && decision->tries == 0)
		hands->act_position[slot] = hands->pipeline->ring->staged;
	action = (struct db_action){ .id = decision->id,
				     .event = decision->event,
				     .asked_ns = decision->asked_ns + offset,
				     .rule = decision->rule,
				     .kind = decision->kind,
				     .outcome = decision->outcome,
				     .error = decision->error,
				     .tries = decision->tries,
				     .verified = decision->verified,
				     .address = decision->address,
				     .before_record = hands->before_record };
	if (decision->outcome != OUTCOME_PENDING)
		action.done_ns = clock_now_ns(CLOCK_REALTIME);
	copy_text(action.unit, sizeof(action.unit), decision->unit);
	copy_text(action.invocation, sizeof(action.invocation), decision->invocation);
	copy_text(action.note, sizeof(action.note), decision->note);
	pipeline_tell_or_count(hands->pipeline, MESSAGE_ACTION, &action, sizeof(action));
	if (decision->outcome != OUTCOME_PENDING)
		tally_action(hands->tally, decision->rule, decision->kind,
			     decision->outcome);
	log_decision(decision);
}

/* What is known of a page now. */
static void tell_page(struct hands *hands, uint64_t address)
{
	const struct policy_page *page =
		policy_page(hands->state, &hands->rules.policy, address);
	int64_t offset = clock_realtime_offset_ns();
	struct db_page row;

	if (!page)
		return;
	row = (struct db_page){ .address = page->address,
				.corrected = page->corrected,
				.first_ns = page->last_ns + offset,
				.last_ns = page->last_ns + offset,
				.debt_ns = page->debt_ns,
				.state = page->state };
	pipeline_tell_or_count(hands->pipeline, MESSAGE_PAGE, &row, sizeof(row));
}

/* Something about a page has changed; of a flood of errors on it one row is told. */
void hands_note_page(struct hands *hands, uint64_t address)
{
	uint64_t page = address & ~(hands->rules.policy.page_size - 1);

	for (size_t i = 0; i < hands->n_pages_changed; i++)
		if (hands->pages_changed[i] == page)
			return;
	if (hands->n_pages_changed == ARRAY_SIZE(hands->pages_changed))
		hands_tell_pages(hands);
	hands->pages_changed[hands->n_pages_changed++] = page;
}

void hands_tell_pages(struct hands *hands)
{
	for (size_t i = 0; i < hands->n_pages_changed; i++)
		tell_page(hands, hands->pages_changed[i]);
	hands->n_pages_changed = 0;
}

static void publish(struct hands *hands)
{
	if (pipeline_publish(hands->pipeline) && hands->wake)
		hands->wake(hands->wake_data);
}

/* --- the act process
 * -------------------------------------------------------------------- */

static void take_outcome(struct hands *hands, const struct act_report *report)
{
	struct act_result result = { .id = report->id,
				     .outcome = report->effect.outcome,
				     .error = report->effect.error,
				     .verified = report->effect.verified,
				     .untried = report->effect.untried,
				     .note = report->effect.note };
	size_t slot = slot_of(hands, report->id);
	struct decision decision = { 0 };
	bool news;

	hands->before_record = slot < POLICY_ACTS_MAX && hands->act_before_record[slot];
	news = policy_report(hands->state, &hands->rules.policy, &result,
			     clock_now_ns(CLOCK_BOOTTIME), &decision);
	if (news) {
		hands_tell_decision(hands, &decision);
		if (decision.kind == ACT_SOFT_OFFLINE)
			hands_note_page(hands, decision.address);
	}
	hands->before_record = false;
}

void hands_take_report(struct hands *hands, const struct act_report *report)
{
	if (report->kind == ORDER_ACT)
		take_outcome(hands, report);
	else
		hands_take_finding_report(hands, report);
	hands_settle(hands);
}

/* The page that was looked for may have been one of its own: another one looks, once. */
static void want_victims_again(struct hands *hands, const struct act_order *order)
{
	size_t room = ARRAY_SIZE(hands->victims_wanted) - hands->n_victims_wanted;
	size_t n = MIN((size_t)order->n_pfns, room);

	if (order->again)
		return;
	memcpy(hands->victims_wanted + hands->n_victims_wanted, order->pfns,
	       n * sizeof(order->pfns[0]));
	hands->n_victims_wanted += n;
	hands->victims_again = true;
}

/* What it was at has no report: tried once more, for looking comes before each try. */
static void take_death(struct hands *hands, const struct act_order *order)
{
	struct act_report report = { .kind = order->kind,
				     .token = order->token,
				     .tid = order->tid,
				     .id = order->act.id,
				     .error = -EPIPE };

	log_warning("the act process died");
	if (order->kind == ORDER_FIND_VICTIMS) {
		want_victims_again(hands, order);
		return;
	}
	if (order->kind == ORDER_FIND_UNIT && hands_want_unit_again(hands, order->token))
		return;
	if (order->kind == ORDER_ACT) {
		if (policy_died(hands->state, order->act.id))
			return;
		report.effect.outcome = OUTCOME_UNKNOWN;
		copy_text(report.effect.note, sizeof(report.effect.note),
			  "the act process died over it");
	}
	hands_take_report(hands, &report);
}

static int watch_reports(struct hands *hands);

/*
 * Takes all reports there are. -EPIPE: the act process has died; what it had reported
 * before, it did not die over.
 */
int hands_hear(struct hands *hands)
{
	struct act_order order = hands->child.order;
	bool was_busy = hands->child.busy;
	struct act_report report;
	int r;

	while ((r = act_child_hear(&hands->child, &report)) > 0) {
		was_busy = was_busy && report.more;
		hands_take_report(hands, &report);
	}
	if (r < 0 && was_busy)
		take_death(hands, &order);
	return r;
}

static int on_report(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct hands *hands = userdata;

	(void)source;
	(void)fd;
	(void)revents;
	if (hands_hear(hands) < 0) {
		hands->report_source = sd_event_source_unref(hands->report_source);
		if (hands->on_child_death)
			hands->on_child_death(hands->wake_data);
	}
	publish(hands);
	hands_work(hands);
	return 0;
}

static int watch_reports(struct hands *hands)
{
	hands->report_source = sd_event_source_unref(hands->report_source);
	return sd_event_add_io(hands->event, &hands->report_source, hands->child.fd,
			       EPOLLIN, on_report, hands);
}

static bool ensure_child(struct hands *hands, int64_t now)
{
	int r;

	if (hands->child.pid)
		return true;
	if (now - hands->child_started_ns < CHILD_AGAIN_NS)
		return false; /* one that dies at once is no reason to do nothing else */
	hands->child_started_ns = now;
	r = act_child_start(&hands->child);
	r = r < 0 ? r : watch_reports(hands);
	if (r < 0)
		log_error("cannot start the act process: %s", strerror(-r));
	hands->pipeline->ring->status->act_pid = hands->child.pid;
	return r >= 0;
}

/* --- what comes next
 * ---------------------------------------------------------------------- */

static bool next_victims_order(struct hands *hands, struct act_order *order)
{
	if (!hands->n_victims_wanted)
		return false;
	*order = (struct act_order){ .kind = ORDER_FIND_VICTIMS,
				     .token = ++hands->next_token,
				     .again = hands->victims_again,
				     .n_pfns = (uint32_t)hands->n_victims_wanted };
	memcpy(order->pfns, hands->victims_wanted,
	       hands->n_victims_wanted * sizeof(order->pfns[0]));
	hands->n_victims_wanted = 0;
	hands->victims_again = false;
	return true;
}

/* Whether an act's cause is on disk, or the disk has had its time. */
static bool may_go(struct hands *hands, const struct policy_act *act, int64_t now)
{
	size_t slot = (size_t)(act - hands->state->acts);
	bool durable = ring_durable(hands->pipeline->ring) >= hands->act_position[slot];

	if (!durable && now - act->asked_ns < GRACE_NS)
		return false;
	hands->act_before_record[slot] = !durable;
	return true;
}

static bool next_act_order(struct hands *hands, struct act_order *order, int64_t now)
{
	struct policy_act *act;

	if (!hands->state->ready)
		return false;
	act = policy_next(hands->state, now);
	if (!act || !may_go(hands, act, now))
		return false;
	*order = (struct act_order){ .kind = ORDER_ACT, .act = *act };
	act->given_ns = now;
	return true;
}

static bool next_order(struct hands *hands, struct act_order *order, int64_t now)
{
	return hands_next_unit(hands, order, now) || next_victims_order(hands, order) ||
	       next_act_order(hands, order, now);
}

static void complain_if_stuck(struct hands *hands, int64_t now)
{
	struct ring_status *status = hands->pipeline->ring->status;

	status->act_busy_since_ns = hands->child.busy ? hands->child.busy_since_ns : 0;
	if (!hands->child.busy || now - hands->child.busy_since_ns < STUCK_NS ||
	    hands->stuck_said == hands->child.busy_since_ns)
		return;
	hands->stuck_said = hands->child.busy_since_ns;
	log_warning("the act process has been at its work for more than %lld s",
		    (long long)(STUCK_NS / NS_PER_SEC));
}

/* When to look again; INT64_MAX: when something happens. */
static int64_t next_look_ns(struct hands *hands, int64_t now)
{
	int64_t stuck = hands->child.busy_since_ns + STUCK_NS;
	int64_t due;

	if (hands->child.busy)
		due = stuck > now ? stuck : INT64_MAX;
	else
		due = policy_next_due(hands->state, now);
	if (!hands->child.busy && (!hands->child.pid || hands->n_victims_wanted))
		due = MIN(due, now + CHILD_AGAIN_NS);
	for (size_t i = 0; i < ARRAY_SIZE(hands->pending); i++)
		if (hands->pending[i].used)
			due = MIN(due, now + NS_PER_SEC);
	return due <= now ? now + LOOK_AGAIN_NS : due;
}

static void set_timer(struct hands *hands, int64_t now)
{
	int64_t at = next_look_ns(hands, now);

	if (!hands->timer_source)
		return;
	if (at == INT64_MAX) {
		sd_event_source_set_enabled(hands->timer_source, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time_relative(hands->timer_source,
					  (uint64_t)(at - now) / 1000 + 1);
	sd_event_source_set_enabled(hands->timer_source, SD_EVENT_ONESHOT);
}

/* Budgets count what was done before this boot's first start, once it is known. */
static void remember(struct hands *hands, int64_t now)
{
	const struct db_memory *memory = &hands->memory->memory;
	int64_t offset = clock_realtime_offset_ns();

	if (hands->state->ready)
		return;
	if (!__atomic_load_n(&hands->memory->ready, __ATOMIC_ACQUIRE)) {
		if (now - hands->begun_ns < MEMORY_NS)
			return;
		log_warning("the database does not say what was done before: budgets "
			    "begin anew");
		hands->state->ready = 1;
		return;
	}
	for (uint32_t i = 0; i < MIN(memory->n_pages, (uint32_t)DB_MEMORY_PAGES_MAX);
	     i++) {
		const struct db_page *page = &memory->pages[i];

		policy_remember_page(hands->state, &hands->rules.policy, page->address,
				     page->corrected, page->debt_ns,
				     MIN(page->last_ns - offset, now),
				     (enum page_state)page->state);
	}
	for (uint32_t i = 0; i < MIN(memory->n_acts, (uint32_t)DB_MEMORY_ACTS_MAX); i++) {
		const struct db_memory_act *act = &memory->acts[i];
		char unit[DB_UNIT_BYTES];

		copy_text(unit, sizeof(unit), act->unit);
		policy_remember_act(hands->state, act->kind, unit,
				    MIN(act->asked_ns - offset, now));
	}
	hands->state->offlined += memory->offlined_this_boot;
	hands->state->ready = 1;
}

/* Restarts that nobody came to in time. */
static void end_stale(struct hands *hands, int64_t now)
{
	struct decision decision = { 0 };
	size_t i = 0;

	while (policy_expire(hands->state, now, &i, &decision))
		hands_tell_decision(hands, &decision);
}

void hands_work(struct hands *hands)
{
	int64_t now = clock_now_ns(CLOCK_BOOTTIME);
	struct act_order order;

	hands_settle(hands);
	remember(hands, now);
	end_stale(hands, now);
	if (!hands->child.busy && ensure_child(hands, now) &&
	    next_order(hands, &order, now)) {
		int r = act_child_give(&hands->child, &order, now);

		if (r < 0)
			take_death(hands, &order);
	}
	complain_if_stuck(hands, now);
	publish(hands);
	set_timer(hands, now);
}

/* --- life
 * ------------------------------------------------------------------------------- */

static uint64_t highest_act(const struct policy_state *state)
{
	uint64_t id = 0;

	for (size_t i = 0; i < POLICY_ACTS_MAX; i++)
		id = MAX(id, state->acts[i].id);
	return id;
}

/* New rules; what waits and would not be asked for by them comes to its end. */
void hands_configure(struct hands *hands, const struct config *config)
{
	struct decision decision = { 0 };
	size_t i = 0;

	rules_make(&hands->rules, config);
	while (policy_withdraw(hands->state, &hands->rules.policy, &i, &decision)) {
		hands_tell_decision(hands, &decision);
		if (decision.kind == ACT_SOFT_OFFLINE)
			hands_note_page(hands, decision.address);
	}
}

/*
 * The areas of the ring's scratch must be mapped, `pipeline` be ready. Call
 * hands_deinit() also after a failure.
 */
int hands_init(struct hands *hands, struct pipeline *pipeline,
	       const struct config *config)
{
	uint8_t *scratch = pipeline->ring->scratch;

	hands->pipeline = pipeline;
	hands->state = (void *)(scratch + SCRATCH_POLICY_AT);
	hands->memory = (void *)(scratch + SCRATCH_MEMORY_AT);
	hands->tally = (void *)(scratch + SCRATCH_TALLY_AT);
	hands->twins = (void *)(scratch + SCRATCH_TWINS_AT);
	hands->told = (void *)(scratch + SCRATCH_TOLD_AT);
	told_begin(hands->told);
	hands->begun_ns = clock_now_ns(CLOCK_BOOTTIME);
	snprintf(hands->no_act, sizeof(hands->no_act), "%s/no-act",
		 config->runtime_directory);
	act_child_init(&hands->child, hands->no_act);
	rules_make(&hands->rules, config);
	hands->correlator = correlator_new();
	if (!hands->correlator)
		return -ENOMEM;
	policy_take_back(hands->state);
	for (size_t i = 0; i < POLICY_ACTS_MAX; i++)
		hands->act_position[i] = ring_written(pipeline->ring);
	pipeline->next_id = MAX(pipeline->next_id, highest_act(hands->state) + 1);
	tally_begin(hands->tally);
	pipeline->tally = hands->tally;
	pipeline->observer = hands_see_event;
	pipeline->settle = hands_settle;
	pipeline->observer_data = hands;
	return 0;
}

int hands_attach(struct hands *hands, sd_event *event, const struct config *config)
{
	hands->event = event;
	hands_configure(hands, config);
	hands_work(hands);
	return sd_event_add_time_relative(event, &hands->timer_source, CLOCK_MONOTONIC, 0,
					  ACCURACY_USEC, on_timer, hands);
}

void hands_deinit(struct hands *hands)
{
	sd_event_source_unref(hands->report_source);
	sd_event_source_unref(hands->timer_source);
	act_child_deinit(&hands->child);
	hands_drop_victims(hands);
	correlator_free(hands->correlator);
}
