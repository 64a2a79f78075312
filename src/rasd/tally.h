/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What rasd has seen and done, in numbers that only grow: what its metrics are made of.
 * One struct of fixed size without pointers, in memory that outlives the process, so that
 * no counter goes back when the daemon begins anew; after a reboot they begin at 0. Each
 * function takes what it is given: numbers that none of us has count as "other".
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/rows.h"
#include "event/acts.h"
#include "event/kinds.h"
#include "ipc/status.h"
#include "poison/poison.h"

#define TALLY_TYPES_MAX	  STATUS_TYPES_MAX
#define TALLY_STAGES_MAX  16
#define TALLY_SOURCES_MAX 4  /* whose counters make up what one stage lost */
#define TALLY_UNITS_MAX	  64 /* with a row of their own; then two more: */
#define TALLY_OTHER	  TALLY_UNITS_MAX
#define TALLY_NO_UNIT	  (TALLY_UNITS_MAX + 1)

/* Of the signals that tell of our own poison. */
enum tally_code {
	CODE_AR,
	CODE_AO,
	CODE_OBJERR,
	CODE_KERNEL,
	CODE_OTHER,
	TALLY_CODE_MAX
};

struct tally_stage {
	char name[32]; /* as struct db_counter has it; "": a free place */
	uint64_t lost;
	uint64_t seen[TALLY_SOURCES_MAX]; /* what each source's own counter was */
};

struct tally_unit {
	char name[DB_UNIT_BYTES]; /* printable ASCII and line ends; "": a free place */
	uint64_t hits[EVIDENCE_MAX];
};

struct tally {
	uint64_t magic;
	uint64_t layout; /* its size: another program's is not read */
	uint64_t events[TALLY_TYPES_MAX + 1][SEVERITY_MAX]; /* the last: no type */
	uint64_t actions[ACT_RULE_MAX][ACT_KIND_MAX][ACT_OUTCOME_MAX];
	uint64_t poison[POISON_ROLE_MAX][TALLY_CODE_MAX];
	uint64_t pruned; /* rows of events, removed for age or number; by store */
	uint64_t log_dropped, log_seen; /* lines; `seen`: by the present process */
	struct tally_stage stages[TALLY_STAGES_MAX];
	struct tally_unit units[TALLY_UNITS_MAX + 2];
};

bool tally_begin(struct tally *tally);

void tally_event(struct tally *tally, size_t type, enum severity severity,
		 uint64_t count);
void tally_lost(struct tally *tally, const char *stage, uint64_t count);
void tally_lost_total(struct tally *tally, const char *stage, size_t source,
		      uint64_t total, bool fresh);
void tally_hit(struct tally *tally, const char *unit, enum evidence evidence);
void tally_action(struct tally *tally, enum act_rule rule, enum act_kind kind,
		  enum act_outcome outcome);
void tally_poison(struct tally *tally, enum poison_role role, int code);
void tally_log_dropped(struct tally *tally, uint64_t total);
