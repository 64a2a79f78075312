// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Whose main process a process was that nobody can look at any more. Only units that lost
 * theirs come into question: of one that is well, /proc tells.
 */

#include "act/act_private.h"

#include <errno.h>
#include <string.h>

#include "util/clock.h"
#include "util/text.h"

#define UNITS_MAX 256 /* looked at: a service that dies in numbers is no haystack */
#define EARLY_NS  NS_PER_SEC /* a death may be stamped so long before its cause */

struct candidate {
	char unit[POLICY_UNIT_BYTES];
	struct unit_look look;
	bool found;
};

static bool is_service(const char *unit)
{
	size_t len = strlen(unit), suffix = strlen(".service");

	return len > suffix && len < POLICY_UNIT_BYTES &&
	       !strcmp(unit + len - suffix, ".service");
}

struct wanted {
	int32_t pid;
	uint64_t since_usec; /* monotonic: what ended before is somebody else's */
};

/* systemd's times are monotonic: they lack the time that the machine slept. */
static uint64_t since_usec(int64_t event_boottime_ns)
{
	int64_t slept = clock_now_ns(CLOCK_BOOTTIME) - clock_now_ns(CLOCK_MONOTONIC);
	int64_t since_ns = event_boottime_ns - slept - EARLY_NS;

	return since_ns > 0 ? (uint64_t)since_ns / 1000 : 0;
}

static bool is_wanted(const struct wanted *wanted, const struct unit_look *look)
{
	return look->exec_main_pid == wanted->pid &&
	       (look->main_exit_usec == 0 || look->main_pid == wanted->pid ||
		look->main_exit_usec >= wanted->since_usec);
}

/* A number is used again, and units keep theirs: the one that died last is meant. */
static int consider(struct actuator *actuator, const struct wanted *wanted,
		    const char *unit, const char *path, struct candidate *candidate)
{
	struct unit_look look;
	int r = unit_look_at(actuator, path, &look);

	if (r < 0 || !is_wanted(wanted, &look))
		return r;
	if (candidate->found && look.main_exit_usec < candidate->look.main_exit_usec)
		return 0;
	candidate->found = true;
	candidate->look = look;
	copy_text(candidate->unit, sizeof(candidate->unit), unit);
	return 0;
}

/* Rows of ListUnits: name, description, states, following, path, job, its type, its path
 */
static int read_row(sd_bus_message *message, const char **ret_unit, const char **ret_path)
{
	return sd_bus_message_read(message, "(ssssssouso)", ret_unit, NULL, NULL, NULL,
				   NULL, NULL, ret_path, NULL, NULL, NULL);
}

static int search(struct actuator *actuator, const struct wanted *wanted,
		  sd_bus_message *list, struct candidate *candidate)
{
	const char *unit, *path;
	int r = sd_bus_message_enter_container(list, 'a', "(ssssssouso)");

	for (int n = 0; r >= 0 && (r = read_row(list, &unit, &path)) > 0;) {
		if (!is_service(unit))
			continue;
		if (n++ == UNITS_MAX)
			return candidate->found ? 0 : -E2BIG;
		r = consider(actuator, wanted, unit, path, candidate);
		/* it may have gone between the list and the look */
		if (r == -ENOENT || (r < 0 && actuator->bus))
			r = 0;
	}
	return r == -ENXIO ? -EBADMSG : r;
}

int unit_of_main_pid(struct actuator *actuator, int32_t pid, int64_t event_boottime_ns,
		     char ret_unit[static POLICY_UNIT_BYTES],
		     char ret_invocation[static POLICY_INVOCATION_BYTES],
		     bool *ret_delegated)
{
	_cleanup_(bus_message) sd_bus_message *list = NULL;
	_cleanup_(bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	struct candidate candidate = { .found = false };
	const struct wanted wanted = { .pid = pid,
				       .since_usec = since_usec(event_boottime_ns) };
	int r;

	if (pid <= 0)
		return -EINVAL;
	/* a unit that is being restarted is "activating", one that is mourned "failed" */
	r = systemd_call(actuator, SYSTEMD_PATH, SYSTEMD_MANAGER, "ListUnitsFiltered",
			 &error, &list, "as", 4, "failed", "activating", "deactivating",
			 "auto-restart");
	r = r < 0 ? r : search(actuator, &wanted, list, &candidate);
	if (r < 0)
		return r;
	if (!candidate.found)
		return -ENOENT;
	copy_text(ret_unit, POLICY_UNIT_BYTES, candidate.unit);
	copy_text(ret_invocation, POLICY_INVOCATION_BYTES, candidate.look.invocation);
	*ret_delegated = candidate.look.delegated != 0;
	return 0;
}
