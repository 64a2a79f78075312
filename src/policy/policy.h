/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What to do about errors. Pure: a state, an event and a time go in, decisions come out;
 * no file, clock or log. All times are of the boot clock in nanoseconds (and may be
 * negative: before this boot), so that a clock that is set moves no budget.
 *
 * The state is plain memory without pointers that outlives the process: it lies in the
 * ring's file. Whatever it holds is checked before it is used.
 *
 * An act goes: policy_*() decides, and gives a `struct decision` to be recorded. If it is
 * to be done, it waits in the state's queue until policy_next() gives it out, once its
 * time has come and its cause is on disk or has had its grace. policy_report() takes what
 * came of it, and may put it back for another try.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/acts.h"

#define POLICY_UNIT_BYTES	256
#define POLICY_INVOCATION_BYTES 33
#define POLICY_NOTE_BYTES	160
#define POLICY_PAGES_MAX	2048 /* watched at a time; the quietest gives way */
#define POLICY_ACTS_MAX		64   /* under way at a time */
#define POLICY_HISTORY_MAX	256  /* acts remembered for the budgets of an hour */
#define POLICY_PATTERNS_MAX	64
#define POLICY_TGIDS_MAX	8    /* processes of one unit that were hit */
#define POLICY_HINTS_MAX	4096 /* a power of two */

/* --- rules: from the configuration -------------------------------------------------- */

enum policy_mode { MODE_ACCOUNT, MODE_DRY_RUN, MODE_ACT };

struct page_rule {
	enum policy_mode mode;
	uint64_t corrected;	     /* errors on one page … */
	int64_t window_ns;	     /* … leaking away evenly over this time */
	uint64_t per_hour, per_boot; /* pages */
	uint64_t share_ppm;	     /* of memory taken out of use, at most, millionths */
};

struct service_rule {
	enum policy_mode mode;
	const char *patterns[POLICY_PATTERNS_MAX]; /* fnmatch(3), borrowed */
	size_t n_patterns;
	uint64_t per_unit_hour, per_hour; /* restarts */
};

struct policy_rules {
	struct page_rule page;
	struct service_rule service;
	uint64_t memory_bytes; /* of this machine */
	uint64_t page_size;
};

/* --- state --- */

struct policy_page {
	uint64_t address; /* of its first byte */
	uint64_t corrected;
	int64_t last_ns;
	int64_t debt_ns;
	int64_t seen_ns[2];   /* last by source, see policy_corrected() */
	uint32_t unpaired[2]; /* counted from one source, not yet told by the other */
	int64_t refused_ns;   /* when that was last said; only with TOLD_REFUSED */
	int64_t quiet_ns;     /* it asks for nothing before; only with pauses */
	int32_t state;	      /* enum page_state */
	uint32_t told;	      /* enum page_told, or-ed */
	uint32_t pauses;      /* ends that were not the page's doing, one after another */
	uint32_t used;	      /* 0: a free place */
};

/* What need not be said again for each further error. */
enum page_told { TOLD_ACCOUNTED = 1, TOLD_DRY_RUN = 2, TOLD_REFUSED = 4, TOLD_ALL = 7 };

struct policy_act {
	uint64_t id;	/* 0: a free place */
	uint64_t event; /* its cause, in the ring */
	uint64_t address;
	int64_t asked_ns; /* by us */
	int64_t due_ns;	  /* not before */
	int64_t given_ns; /* to the act process, set by who does it; 0: it waits */
	int64_t until_ns; /* a restart: given up when its unit is not dead by then */
	int32_t rule, kind;
	int32_t tries;
	int32_t dry_run; /* only look, and say what would be done */
	int32_t waits;	 /* a restart: looks that found its main process alive */
	int32_t again;	 /* a restart: hit once more since it was given out */
	int32_t n_tgids; /* a restart: the processes that were hit */
	int32_t tgids[POLICY_TGIDS_MAX];
	int32_t deaths;	  /* of act processes that were at it */
	int32_t lost;	  /* an earlier rasd gave it out and heard of no end */
	int32_t failures; /* a page: failed tries, also those before any effect */
	char unit[POLICY_UNIT_BYTES];
	char invocation[POLICY_INVOCATION_BYTES + 7];
};

/*
 * What was done or decided lately. What counts is part of a budget for an hour. What does
 * not is there to say nothing twice: about one process for a minute, or, without a tgid,
 * about an invocation for an hour.
 */
struct policy_past {
	uint64_t id; /* of its act; 0: a free place */
	int64_t asked_ns;
	uint64_t unit_hash, invocation_hash;
	int32_t kind;
	int32_t tgid;
	int32_t counts;
	int32_t over; /* no act of it is in the queue any more */
};

struct policy_state {
	uint64_t magic;
	uint32_t layout;    /* its size: another program's state is not read */
	uint32_t ready;	    /* what the database remembers has been added */
	uint64_t offlined;  /* pages, by us, since boot */
	uint64_t poisoned;  /* pages, by the kernel, since boot */
	uint64_t forgotten; /* watched pages that gave way and had debt left */
	struct policy_past past[POLICY_HISTORY_MAX];
	struct policy_act acts[POLICY_ACTS_MAX];
	struct policy_page pages[POLICY_PAGES_MAX];
	uint16_t hints[POLICY_HINTS_MAX]; /* by address, where a page may be, plus 1 */
};

/* --- what comes out --- */

/* For the record: a row of what was, or would have been, done. */
struct decision {
	uint64_t id; /* 0: nothing was decided */
	uint64_t event;
	enum act_rule rule;
	enum act_kind kind;
	enum act_outcome outcome; /* OUTCOME_PENDING: it waits for policy_next() */
	int error;
	int tries;
	bool verified;
	int64_t asked_ns;
	uint64_t address;
	char unit[POLICY_UNIT_BYTES];
	char invocation[POLICY_INVOCATION_BYTES];
	char note[POLICY_NOTE_BYTES];
};

bool policy_is_sound(const struct policy_state *state);
void policy_init(struct policy_state *state);

/* --- pages --- */

/* Who told of a corrected memory error: where a memory controller driver runs, both do.
 */
enum corrected_source { CORRECTED_TRACE, CORRECTED_LOG, CORRECTED_SOURCE_MAX };

struct corrected_error {
	uint64_t event;
	uint64_t address; /* physical */
	uint64_t count;
	enum corrected_source source;
	int64_t time_ns;
};

void policy_corrected(struct policy_state *state, const struct policy_rules *rules,
		      const struct corrected_error *error, uint64_t id,
		      struct decision *ret);

enum failure_verdict {
	FAILURE_NEW,  /* the kernel took a page out of use */
	FAILURE_ECHO, /* of a page that was out of use already, by us or by the kernel */
};
enum failure_verdict policy_page_failed(struct policy_state *state,
					const struct policy_rules *rules,
					uint64_t address, int64_t now_ns);
const struct policy_page *policy_page(const struct policy_state *state,
				      const struct policy_rules *rules, uint64_t address);
int64_t policy_debt_ns(const struct policy_page *page, int64_t now_ns);

/* --- services --- */

struct unit_hit {
	uint64_t event;
	enum evidence evidence;
	const char *unit;	/* of the system's manager; NULL: none known */
	const char *user_unit;	/* NULL: none */
	const char *invocation; /* NULL: not known */
	bool is_unit;		/* it ran in the unit's own control group, not below it */
	int32_t tgid;
	int64_t time_ns; /* of the event */
};

void policy_hit(struct policy_state *state, const struct policy_rules *rules,
		const struct unit_hit *hit, uint64_t id, int64_t now_ns,
		struct decision *ret);

/* Why nobody restarts a unit of this name, whatever the patterns say; NULL: one may. */
const char *policy_denies(const char *unit);
/* A unit that `pattern` matches and that is denied, for the complaint; NULL: none known.
 */
const char *policy_denied_example(const char *pattern);
bool policy_matches(const struct service_rule *rule, const char *unit);

/* The longest that there is has 26 characters: failed-before-auto-restart. */
#define UNIT_WORD_BYTES 40

/* What systemd says of a unit, read at one moment. */
struct unit_look {
	char load_state[UNIT_WORD_BYTES], active_state[UNIT_WORD_BYTES];
	char sub_state[UNIT_WORD_BYTES], result[UNIT_WORD_BYTES];
	char invocation[POLICY_INVOCATION_BYTES];
	int32_t main_pid, exec_main_pid;
	int32_t exec_main_code;	   /* CLD_KILLED, CLD_DUMPED, … */
	int32_t exec_main_status;  /* the signal, with those */
	int32_t delegated;	   /* what runs in it has control groups of its own */
	uint32_t job;		   /* 0: none queued */
	uint64_t active_exit_usec; /* monotonic; when it left "active" */
	uint64_t main_exit_usec;   /* monotonic; when its main process ended */
};

enum service_verdict { SERVICE_WAIT, SERVICE_START, SERVICE_LEAVE };

/*
 * `ret_why` is a static string, for the note; also with SERVICE_WAIT, since it is the
 * last word if waiting comes to nothing: policy_report() sees to that.
 */
enum service_verdict policy_judge(const struct unit_look *look,
				  const struct policy_act *act, const char **ret_why);

/* --- the queue --- */

/*
 * Looks, and gives nothing out: who does sets given_ns. So a caller can leave an act
 * where it is whose cause is not on disk yet.
 */
struct policy_act *policy_next(struct policy_state *state, int64_t now_ns);
int64_t policy_next_due(const struct policy_state *state, int64_t now_ns);

/* What the act process said, or what looking told after its death. */
struct act_result {
	uint64_t id;
	enum act_outcome outcome; /* OUTCOME_PENDING: its unit has not died yet */
	int error;		  /* positive errno */
	bool verified;
	bool untried;	  /* it failed before anything was done: uses up no budget */
	const char *note; /* NULL: none */
};

/* False: there is nothing new to record, and `ret` stays as it is. */
bool policy_report(struct policy_state *state, const struct policy_rules *rules,
		   const struct act_result *result, int64_t now_ns, struct decision *ret);
/*
 * The act process died over an act. Nobody knows whether it had its effect: it counts
 * against the budgets from now on. True: it waits for the one other try that there is;
 * false: report OUTCOME_UNKNOWN.
 */
bool policy_died(struct policy_state *state, uint64_t id);
/*
 * After a start: what an earlier process gave out and heard of no end waits again. It may
 * have had its effect, so it counts; but no act process need have died over it.
 */
void policy_take_back(struct policy_state *state);
/* What is under way, one after another; NULL at the end. Start with *iterator 0. */
struct policy_act *policy_given(struct policy_state *state, size_t *iterator);
/*
 * After a start and with new rules: ends acts that wait and that these rules would not
 * have asked for. False at the end. Start with *iterator 0.
 */
bool policy_withdraw(struct policy_state *state, const struct policy_rules *rules,
		     size_t *iterator, struct decision *ret);
/*
 * Ends restarts that waited for too long: a unit may have been seen to since it was hit.
 * Before each policy_next(), which gives none of them out. False at the end. Start with
 * *iterator 0.
 */
bool policy_expire(struct policy_state *state, int64_t now_ns, size_t *iterator,
		   struct decision *ret);

/* --- what was before this boot, or before the state was lost --- */

/*
 * `last_ns` may be negative and is not later than now. `page_state` is of this boot:
 * PAGE_WATCHED for a page of an earlier one.
 */
void policy_remember_page(struct policy_state *state, const struct policy_rules *rules,
			  uint64_t address, uint64_t corrected, int64_t debt_ns,
			  int64_t last_ns, enum page_state page_state);
void policy_remember_act(struct policy_state *state, enum act_kind kind, const char *unit,
			 int64_t asked_ns);
