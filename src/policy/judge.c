// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Whether a unit is dead of what hit it, and nobody else is at it: only then is it
 * started again. Words and numbers are those of systemd's D-Bus properties
 * (org.freedesktop.systemd1, interfaces Unit and Service).
 */

#include "policy/policy_private.h"

#include <signal.h>
#include <string.h>

bool act_has_tgid(const struct policy_act *act, int32_t tgid)
{
	for (int32_t i = 0; i < act->n_tgids && i < POLICY_TGIDS_MAX; i++)
		if (tgid > 0 && act->tgids[i] == tgid)
			return true;
	return false;
}

struct word {
	const char *word, *why;
};

/* LoadState, other than "loaded" */
static const struct word load_words[] = { { "masked", "it is masked" },
					  { "not-found",
					    "systemd does not know it any more" },
					  { NULL, "systemd could not load it" } };

/* Result, other than "signal" and "core-dump" */
static const struct word result_words[] = {
	{ "success", "it was stopped" },
	{ "start-limit-hit", "systemd gave up on it: it was started too often" },
	{ "oom-kill", "it was killed for want of memory" },
	{ "timeout", "systemd killed it: it took too long" },
	{ "watchdog", "systemd killed it: its watchdog was not fed" },
	{ "exit-code", "it failed by itself" },
	{ NULL, "it failed of something else" }
};

static bool is(const char field[static UNIT_WORD_BYTES], const char *word)
{
	return strncmp(field, word, UNIT_WORD_BYTES) == 0;
}

static const char *look_up(const struct word *words,
			   const char field[static UNIT_WORD_BYTES])
{
	while (words->word && !is(field, words->word))
		words++;
	return words->why;
}

/* Why this is not the unit as it was when it was hit; NULL: it is. */
static const char *why_another(const struct unit_look *look, const struct policy_act *act)
{
	if (!is(look->load_state, "loaded"))
		return look_up(load_words, look->load_state);
	if (!look->invocation[0])
		return "systemd has forgotten that it ran";
	if (strncmp(look->invocation, act->invocation, sizeof(look->invocation)) != 0)
		return "it has been started again";
	return NULL;
}

/* Why its main process did not die of this hit; NULL: it did. */
static const char *why_no_victim(const struct unit_look *look)
{
	if (look->exec_main_code != CLD_KILLED && look->exec_main_code != CLD_DUMPED)
		return "its main process ended by itself";
	if (look->exec_main_status != SIGBUS && look->exec_main_status != SIGKILL)
		return "its main process died of another signal";
	if (!is(look->result, "signal") && !is(look->result, "core-dump"))
		return look_up(result_words, look->result);
	/* a unit that loses its main process leaves "active" after that, not before */
	if (look->active_exit_usec && look->main_exit_usec &&
	    look->active_exit_usec < look->main_exit_usec)
		return "somebody was stopping it";
	return NULL;
}

/* ActiveState, while something is still going to happen by itself */
static const struct word passing_words[] = {
	{ "active", "systemd has not missed its main process" },
	{ "reloading", "systemd has not missed its main process" },
	{ "refreshing", "systemd has not missed its main process" },
	{ "activating", "it is being started" },
	{ "deactivating", "it takes long to stop" },
	{ "maintenance", "it is being cleaned" },
	{ NULL, NULL }
};

static enum service_verdict judge_dead(const struct unit_look *look, const char **ret_why)
{
	const char *why;

	if (strnlen(look->sub_state, sizeof(look->sub_state)) < sizeof(look->sub_state) &&
	    strstr(look->sub_state, "auto-restart"))
		why = "systemd restarts it";
	else if (look->job)
		why = "systemd has a job for it";
	else if ((why = look_up(passing_words, look->active_state))) {
		*ret_why = why;
		return SERVICE_WAIT;
	} else if (!is(look->active_state, "failed") &&
		   !is(look->active_state, "inactive"))
		why = "it is in a state that rasd does not know";
	else
		why = why_no_victim(look);
	if (why) {
		*ret_why = why;
		return SERVICE_LEAVE;
	}
	*ret_why = "its main process died of it";
	return SERVICE_START;
}

enum service_verdict policy_judge(const struct unit_look *look,
				  const struct policy_act *act, const char **ret_why)
{
	*ret_why = why_another(look, act);
	if (*ret_why)
		return SERVICE_LEAVE;
	if (look->main_pid && act_has_tgid(act, look->main_pid)) {
		*ret_why = "its main process lives";
		return SERVICE_WAIT;
	}
	if (look->main_pid) {
		*ret_why = "a worker: its service lives";
		return SERVICE_LEAVE;
	}
	if (!act_has_tgid(act, look->exec_main_pid)) {
		*ret_why = "what was hit was not its main process";
		return SERVICE_LEAVE;
	}
	return judge_dead(look, ret_why);
}
