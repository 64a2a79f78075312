// SPDX-License-Identifier: LGPL-2.1-or-later

/* Units that rasd never starts again, whatever the configuration says. */

#include "policy/policy_private.h"

#include <fnmatch.h>
#include <string.h>

struct denial {
	const char *pattern, *why;
	const char *example; /* a unit that many machines have */
};

static const struct denial denials[] = {
	{ "dbus.service", "the system bus: what hangs on it would not come back with it",
	  "dbus.service" },
	{ "dbus-broker.service",
	  "the system bus: what hangs on it would not come back with it",
	  "dbus-broker.service" },
	{ "init.scope", "systemd itself", "init.scope" },
	{ "systemd-*", "a part of systemd, which looks after it",
	  "systemd-journald.service" },
	{ "rasd.service", "rasd itself", "rasd.service" },
	{ "rasdaemon.service", "it reads the same trace as rasd", "rasdaemon.service" },
	{ "user@*.service", "a user's manager: it is the user's", "user@1000.service" },
	{ "user-runtime-dir@*", "it comes and goes with a user's manager",
	  "user-runtime-dir@1000.service" },
	{ "getty@*", "somebody's terminal", "getty@tty1.service" },
	{ "serial-getty@*", "somebody's terminal", "serial-getty@ttyAMA0.service" },
	{ "console-getty.service", "somebody's terminal", "console-getty.service" },
	{ "container-getty@*", "somebody's terminal", "container-getty@1.service" },
	{ "emergency.service", "somebody is repairing the system", "emergency.service" },
	{ "rescue.service", "somebody is repairing the system", "rescue.service" },
	{ "initrd-*", "it has its place in booting only", "initrd-switch-root.service" },
	{ "plymouth*", "it has its place in booting only", "plymouth-quit.service" },
	/* what is no service; see below */
	{ NULL, NULL, "session-1.scope" },
	{ NULL, NULL, "user.slice" },
	{ NULL, NULL, "ssh.socket" },
	{ NULL, NULL, "fstrim.timer" },
	{ NULL, NULL, "boot.mount" },
	{ NULL, NULL, "dev-sda1.swap" },
	{ NULL, NULL, "multi-user.target" },
};

/* A pattern is taken as it stands: names of units have backslashes of their own. */
static bool is_match(const char *pattern, const char *unit)
{
	return fnmatch(pattern, unit, FNM_NOESCAPE) == 0;
}

static bool is_service(const char *unit)
{
	size_t len = strlen(unit), suffix = strlen(".service");

	return len > suffix && strcmp(unit + len - suffix, ".service") == 0;
}

const char *policy_denies(const char *unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(denials); i++)
		if (denials[i].pattern && is_match(denials[i].pattern, unit))
			return denials[i].why;
	return is_service(unit) ? NULL : "it is no service";
}

const char *policy_denied_example(const char *pattern)
{
	for (size_t i = 0; i < ARRAY_SIZE(denials); i++)
		if (is_match(pattern, denials[i].example))
			return denials[i].example;
	/* a plain name is its own example */
	return !strpbrk(pattern, "*?[") && policy_denies(pattern) ? pattern : NULL;
}

bool policy_matches(const struct service_rule *rule, const char *unit)
{
	for (size_t i = 0; i < rule->n_patterns && i < POLICY_PATTERNS_MAX; i++)
		if (is_match(rule->patterns[i], unit))
			return true;
	return false;
}
