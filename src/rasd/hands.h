/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What capture makes of events beside recording them: who was hit, which events belong
 * together, what to do. Facts come from the pipeline and the kernel's log, go through the
 * correlator (locate/) and the policy (policy/), and leave as orders to the act process
 * and as messages to the store. Nothing here waits.
 */

#include <systemd/sd-event.h>

#include "locate/correlate.h"
#include "locate/twins.h"
#include "rasd/act_child.h"
#include "rasd/pipeline.h"
#include "rasd/rules.h"
#include "rasd/tally.h"
#include "rasd/told.h"

#define HANDS_OWNERS_MAX  64 /* processes that got a signal lately */
#define HANDS_VICTIMS_MAX 64 /* whose they were, while they lived */
#define HANDS_HITS_MAX	  32 /* hits whose unit is still looked for */
#define HANDS_PAGES_MAX	  32 /* pages with errors in one round, told once each */

/* Whose a thread was when it got a signal: it may be gone a moment later. */
struct owner {
	int32_t tid; /* 0: a free place */
	bool found;
	int64_t boottime_ns;
	char comm[DB_TEXT_BYTES];
	struct process process;
};

/* Whose a page was, looked up while it lived. */
struct noted_victim {
	struct process process; /* tgid 0: a free place */
	bool lives;		/* … as far as is known; then … */
	int fd;			/* … a pidfd */
	sd_event_source *source;
};

struct pending_hit {
	bool used;
	bool asked;
	uint64_t token;
	int64_t boottime_ns; /* of the event */
	int64_t queued_ns;   /* boot time */
	int64_t asked_ns;    /* boot time; 0: never */
	bool again;	     /* an act process has died over it */
	struct db_hit hit;
};

struct hands {
	struct pipeline *pipeline;
	struct policy_state *state; /* in the ring's file, as is … */
	struct tally *tally;
	struct twins *twins;
	struct told *told;
	struct scratch_memory *memory;
	struct rules rules;
	struct correlator *correlator;
	struct act_child child;
	char no_act[CONFIG_PATH_BYTES + 16]; /* while this file exists, nothing is done */
	struct owner owners[HANDS_OWNERS_MAX];
	size_t next_owner[2]; /* of those that any user can cause, and of the others */
	struct noted_victim victims[HANDS_VICTIMS_MAX]; /* that had a poisoned page */
	size_t next_victim;
	unsigned int lookups; /* left until the next settling */
	struct pending_hit pending[HANDS_HITS_MAX];
	uint64_t victims_wanted[ORDER_PFNS_MAX]; /* pfns to look for */
	size_t n_victims_wanted;
	bool victims_again; /* an act process has died over some of them */
	uint64_t pages_changed[HANDS_PAGES_MAX]; /* addresses, to be told at the end */
	size_t n_pages_changed;
	uint64_t next_token;
	uint64_t act_position[POLICY_ACTS_MAX]; /* in the ring: behind an act's cause */
	bool act_before_record[POLICY_ACTS_MAX];
	bool before_record; /* of the act whose outcome is being told */
	int64_t begun_ns;   /* boot time */
	int64_t stuck_said;
	int64_t child_started_ns;		/* boot time */
	void (*wake)(void *userdata);		/* the store has something to do */
	void (*on_child_death)(void *userdata); /* it may have met poison */
	void *wake_data;
	sd_event *event;
	sd_event_source *report_source, *timer_source;
};

int hands_init(struct hands *hands, struct pipeline *pipeline,
	       const struct config *config);
void hands_deinit(struct hands *hands);
int hands_attach(struct hands *hands, sd_event *event, const struct config *config);
void hands_configure(struct hands *hands, const struct config *config);

/* From the pipeline, see struct pipeline. */
void hands_see_event(void *userdata, const struct event *event, int32_t common_pid);
void hands_settle(void *userdata);
/* A line of the kernel's log, of facility 0. */
void hands_see_line(struct hands *hands, const char *line, size_t len,
		    int64_t boottime_ns);

/* Gives out what is due, and wakes up for what will be. */
void hands_work(struct hands *hands);

/* What hands.c, hands_facts.c and hands_victims.c share. */
void hands_tell_decision(struct hands *hands, const struct decision *decision);
void hands_note_page(struct hands *hands, uint64_t address);
void hands_tell_pages(struct hands *hands);
void hands_finish_hit(struct hands *hands, struct db_hit *hit, int64_t boottime_ns);
void hands_want_unit(struct hands *hands, const struct db_hit *hit, int64_t boottime_ns);
int hands_hear(struct hands *hands);
bool hands_next_unit(struct hands *hands, struct act_order *ret, int64_t now);
bool hands_want_unit_again(struct hands *hands, uint64_t token);
void hands_take_victims(struct hands *hands, const struct act_report *report);
const struct process *hands_find_victim(const struct hands *hands, int32_t tgid,
					int64_t start_ns);
void hands_forget_ended(struct hands *hands);
void hands_drop_victims(struct hands *hands);
void hands_take_report(struct hands *hands, const struct act_report *report);
void hands_take_finding_report(struct hands *hands, const struct act_report *report);
