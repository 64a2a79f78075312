// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/tally.h"

#include <signal.h>
#include <string.h>

#include "util/macro.h"
#include "util/text.h"

#define TALLY_MAGIC 0x796c6c6174736172ULL /* "rastally" */

/* There from the start: a counter that appears with its first loss has never risen. */
static const char *const known_stages[] = { "kernel-ring", "kernel-nested", "event-ring",
					    "unstorable",  "kernel-log",    "poison",
					    "database" };
#define OTHER_STAGE "other"

_Static_assert(ARRAY_SIZE(known_stages) + 1 < TALLY_STAGES_MAX, "room for those to come");

static void make_empty(struct tally *tally)
{
	struct tally_stage *last = &tally->stages[TALLY_STAGES_MAX - 1];

	memset(tally, 0, sizeof(*tally));
	for (size_t i = 0; i < ARRAY_SIZE(known_stages); i++)
		copy_text(tally->stages[i].name, sizeof(tally->stages[i].name),
			  known_stages[i]);
	copy_text(last->name, sizeof(last->name), OTHER_STAGE);
	copy_text(tally->units[TALLY_OTHER].name, DB_UNIT_BYTES, "other");
	copy_text(tally->units[TALLY_NO_UNIT].name, DB_UNIT_BYTES, "unknown");
	tally->magic = TALLY_MAGIC;
	tally->layout = sizeof(*tally);
}

static bool all_end(const struct tally *tally)
{
	for (size_t i = 0; i < TALLY_STAGES_MAX; i++)
		if (!memchr(tally->stages[i].name, 0, sizeof(tally->stages[i].name)))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(tally->units); i++)
		if (!memchr(tally->units[i].name, 0, sizeof(tally->units[i].name)))
			return false;
	return true;
}

/* Two rows of one name would be one series twice, and the reader would take neither. */
static bool names_differ(const struct tally *tally)
{
	for (size_t i = 0; i < ARRAY_SIZE(tally->units); i++)
		for (size_t j = 0; j < i && tally->units[i].name[0]; j++)
			if (!strcmp(tally->units[i].name, tally->units[j].name))
				return false;
	for (size_t i = 0; i < TALLY_STAGES_MAX; i++)
		for (size_t j = 0; j < i && tally->stages[i].name[0]; j++)
			if (!strcmp(tally->stages[i].name, tally->stages[j].name))
				return false;
	return true;
}

static bool is_sound(const struct tally *tally)
{
	return tally->magic == TALLY_MAGIC && tally->layout == sizeof(*tally) &&
	       all_end(tally) && !strcmp(tally->units[TALLY_OTHER].name, "other") &&
	       !strcmp(tally->units[TALLY_NO_UNIT].name, "unknown") &&
	       !strcmp(tally->stages[TALLY_STAGES_MAX - 1].name, OTHER_STAGE) &&
	       names_differ(tally);
}

/*
 * Call once in the process that counts, with memory that holds what an earlier one left,
 * or anything else. False: what was there cannot be used, and all counters are 0.
 */
bool tally_begin(struct tally *tally)
{
	bool sound = is_sound(tally);

	if (!sound)
		make_empty(tally);
	tally->log_seen = 0;
	return sound;
}

/* Store counts what it gave up in the same memory. */
static void add(uint64_t *counter, uint64_t count)
{
	__atomic_fetch_add(counter, count, __ATOMIC_RELAXED);
}

/* `type` is the handler's place in the table; any larger one: no type. */
void tally_event(struct tally *tally, size_t type, enum severity severity, uint64_t count)
{
	if ((unsigned int)severity >= SEVERITY_MAX)
		severity = SEVERITY_UNKNOWN;
	add(&tally->events[MIN(type, (size_t)TALLY_TYPES_MAX)][severity], count);
}

/* The last place is "other": for one that is named so, and when there is no room. */
static struct tally_stage *find_stage(struct tally *tally, const char *name)
{
	struct tally_stage *other = &tally->stages[TALLY_STAGES_MAX - 1];
	struct tally_stage *stage = tally->stages;
	char key[sizeof(stage->name)] = "";

	copy_text(key, sizeof(key), name);
	if (!key[0] || !strcmp(key, other->name))
		return other;
	while (stage < other && stage->name[0] && strcmp(stage->name, key))
		stage++;
	if (stage < other)
		memcpy(stage->name, key, sizeof(key));
	return stage;
}

/* So many more were lost. Store may call it with the stages that are there from the
 * start.
 */
void tally_lost(struct tally *tally, const char *stage, uint64_t count)
{
	add(&find_stage(tally, stage)->lost, count);
}

/*
 * What a counter that belongs to somebody else says now: `source` tells the counters of
 * one stage apart (trace instances, each with the sum of its CPUs). `fresh`: it began at
 * 0 after whatever was seen before; so did one that is smaller than it was.
 */
void tally_lost_total(struct tally *tally, const char *stage, size_t source,
		      uint64_t total, bool fresh)
{
	struct tally_stage *row = find_stage(tally, stage);
	uint64_t *seen = &row->seen[MIN(source, (size_t)TALLY_SOURCES_MAX - 1)];

	add(&row->lost, fresh || total < *seen ? total : total - *seen);
	*seen = total;
}

/*
 * A name as it may stand in a label: no valid unit has bytes other than printable ASCII.
 * What others become they become here, so that no two rows have the same.
 */
static void copy_name(char to[static DB_UNIT_BYTES], const char *unit)
{
	copy_text(to, DB_UNIT_BYTES, unit);
	for (char *c = to; *c; c++)
		if (*c != '\n' && (*c < 0x20 || *c > 0x7e))
			*c = '?';
}

static struct tally_unit *find_unit(struct tally *tally, const char *unit)
{
	struct tally_unit *other = &tally->units[TALLY_OTHER], *row = tally->units;
	char name[DB_UNIT_BYTES] = "";

	if (!unit || !*unit)
		return &tally->units[TALLY_NO_UNIT];
	copy_name(name, unit);
	for (size_t i = 0; i < ARRAY_SIZE(tally->units); i++)
		if (!strcmp(tally->units[i].name, name))
			return &tally->units[i];
	while (row < other && row->name[0])
		row++;
	if (row < other)
		memcpy(row->name, name, sizeof(name));
	return row;
}

/*
 * Poison hit a process of a unit of the system's manager; NULL or "": of none that is
 * known. A hit without evidence is none: any user could fill the table with them.
 */
void tally_hit(struct tally *tally, const char *unit, enum evidence evidence)
{
	if (evidence <= EVIDENCE_NONE || evidence >= EVIDENCE_MAX)
		return;
	add(&find_unit(tally, unit)->hits[evidence], 1);
}

/* Once for each action, when its end is known: one that is pending is not counted yet. */
void tally_action(struct tally *tally, enum act_rule rule, enum act_kind kind,
		  enum act_outcome outcome)
{
	if ((unsigned int)rule >= ACT_RULE_MAX || (unsigned int)kind >= ACT_KIND_MAX ||
	    (unsigned int)outcome >= ACT_OUTCOME_MAX || outcome == OUTCOME_PENDING)
		return;
	add(&tally->actions[rule][kind][outcome], 1);
}

static enum tally_code code_of(int code)
{
	switch (code) {
	case BUS_MCEERR_AR:
		return CODE_AR;
	case BUS_MCEERR_AO:
		return CODE_AO;
	case BUS_OBJERR:
		return CODE_OBJERR;
	case SI_KERNEL:
		return CODE_KERNEL;
	default:
		return CODE_OTHER;
	}
}

/* Of our own processes; `code` is the signal's. */
void tally_poison(struct tally *tally, enum poison_role role, int code)
{
	if ((unsigned int)role < POISON_ROLE_MAX)
		add(&tally->poison[role][code_of(code)], 1);
}

/* As log_dropped() has it: lines of this process. */
void tally_log_dropped(struct tally *tally, uint64_t total)
{
	if (total > tally->log_seen)
		add(&tally->log_dropped, total - tally->log_seen);
	tally->log_seen = total;
}
