// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Starting a unit: systemd takes a job, and whether that came to something is seen by the
 * unit having another invocation than before.
 */

#include "act/act_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "util/clock.h"
#include "util/text.h"

#define STEP_FIRST_MSEC 20
#define STEP_MOST_MSEC	500

static bool is_one_of(const char *state, const char *const *states)
{
	while (*states && strcmp(*states, state) != 0)
		states++;
	return *states;
}

static bool is_up(const struct unit_look *look)
{
	static const char *const up[] = { "active", "activating", "reloading",
					  "refreshing", NULL };

	return is_one_of(look->active_state, up);
}

/* Up, or, as a unit that has one thing to do, through with it. */
static bool has_come_up(const struct unit_look *look)
{
	static const char *const ending[] = { "inactive", "deactivating", NULL };

	return is_up(look) || (is_one_of(look->active_state, ending) &&
			       !strcmp(look->result, "success"));
}

static bool is_new(const struct unit_look *look, const struct unit_look *before)
{
	return look->invocation[0] && strcmp(look->invocation, before->invocation) != 0;
}

/* Looks until its job is gone or the time is over. Negative errno: the last look failed.
 */
static int wait_for_job(struct actuator *actuator, const char *unit,
			struct unit_look *ret)
{
	uint64_t limit_usec =
		actuator->start_usec ? actuator->start_usec : UNIT_START_LIMIT;
	int64_t end_ns = clock_now_ns(CLOCK_MONOTONIC) + (int64_t)limit_usec * 1000;

	for (int step_msec = STEP_FIRST_MSEC;;) {
		int r = unit_look(actuator, unit, ret);

		if (r < 0 || !ret->job || clock_now_ns(CLOCK_MONOTONIC) >= end_ns)
			return r;
		poll(NULL, 0, step_msec);
		step_msec = MIN(step_msec * 2, STEP_MOST_MSEC);
	}
}

/* `asked` is what StartUnit gave: without an answer, looking may still tell. */
static void tell(const struct unit_look *look, const struct unit_look *before, int asked,
		 struct act_effect *ret)
{
	if (is_new(look, before) && has_come_up(look)) {
		act_effect_set(ret, OUTCOME_DONE, 0, "%s",
			       look->job ? "it is still starting" : "it runs again");
		ret->verified = true;
	} else if (is_new(look, before)) {
		act_effect_set(ret, OUTCOME_FAILED, 0, "started again, and it is %s (%s)",
			       look->active_state, look->result);
	} else if (look->job) {
		act_effect_set(ret, OUTCOME_DONE, 0,
			       "systemd took the job and has not finished it");
	} else if (asked < 0) {
		act_effect_set(ret, OUTCOME_FAILED, -asked,
			       "systemd gave no answer: %s; it is %s", strerror(-asked),
			       look->active_state);
	} else {
		act_effect_set(ret, OUTCOME_FAILED, 0,
			       "systemd took the job, and it is %s (%s) as before",
			       look->active_state, look->result);
	}
}

static void follow(struct actuator *actuator, const char *unit,
		   const struct unit_look *before, int asked, struct act_effect *ret)
{
	struct unit_look look;
	int r = wait_for_job(actuator, unit, &look);

	if (r >= 0)
		tell(&look, before, asked, ret);
	else if (asked < 0)
		act_effect_set(ret, OUTCOME_FAILED, -asked,
			       "systemd gave no answer: %s; it may have started it",
			       strerror(-asked));
	else
		act_effect_set(ret, OUTCOME_DONE, -r,
			       "systemd took the job; what came of it cannot be seen: %s",
			       strerror(-r));
}

/* In systemd's own words. */
static void tell_refusal(const sd_bus_error *error, int r, struct act_effect *ret)
{
	char words[POLICY_NOTE_BYTES] = "";
	struct text text = TEXT_IN(words);
	const char *message = error->message ? error->message : strerror(-r);

	text_add_escaped(&text, message, strnlen(message, sizeof(words)));
	act_effect_set(ret, OUTCOME_FAILED, -r, "systemd refuses: %.100s", words);
}

void unit_start(struct actuator *actuator, const char *unit, struct act_effect *ret)
{
	_cleanup_(bus_message) sd_bus_message *reply = NULL;
	_cleanup_(bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	struct unit_look before;
	int r = unit_look(actuator, unit, &before);

	if (r < 0) {
		act_effect_set(ret, OUTCOME_FAILED, -r, "cannot ask systemd: %s",
			       strerror(-r));
		ret->untried = true;
		return;
	}
	if (is_up(&before)) {
		act_effect_set(ret, OUTCOME_ALREADY, 0, "it is %s", before.active_state);
		ret->verified = true;
		return;
	}
	/* "fail": where another job stands in the way, that one stays */
	r = systemd_call(actuator, SYSTEMD_PATH, SYSTEMD_MANAGER, "StartUnit", &error,
			 &reply, "ss", unit, "fail");
	if (r < 0 && actuator->bus)
		tell_refusal(&error, r, ret);
	else
		follow(actuator, unit, &before, r, ret);
}
