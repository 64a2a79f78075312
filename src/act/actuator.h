/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Effects. An actuator is three functions that may take long and are called in the act
 * process only; the null actuator looks and does nothing, and is the dry run.
 */

#include <stdbool.h>
#include <stdint.h>

#include "policy/policy.h"
#include "util/macro.h"

struct actuator;

struct act_effect {
	enum act_outcome outcome;
	int error; /* positive errno; 0: none */
	bool verified;
	bool untried; /* it failed before anything was done */
	char note[POLICY_NOTE_BYTES];
};

struct actuator_ops {
	const char *name;
	/* Takes the page at a physical address out of use, its data moved elsewhere. */
	void (*soft_offline)(struct actuator *actuator, uint64_t address,
			     struct act_effect *ret);
	/* Starts a unit whose main process is gone. */
	void (*start)(struct actuator *actuator, const char *unit,
		      struct act_effect *ret);
};

extern const struct actuator_ops actuator_real, actuator_null;

struct actuator {
	const char *sysfs;	     /* "/sys" */
	const char *proc;	     /* "/proc" */
	uint64_t page_size;	     /* bytes */
	struct sd_bus *bus;	     /* opened when it is needed; closed after an error */
	const char *systemd_address; /* asked where no bus answers; NULL: systemd's own */
	uint64_t call_usec;	     /* an answer comes within this time; 0: 5 s */
	uint64_t start_usec;	     /* and a start has ended; 0: 10 s */
};

/* Takes one that has opened nothing; it can be used again afterwards. */
void actuator_close(struct actuator *actuator);

/* An effect with this note, cut if it is too long; neither verified nor untried. */
void act_effect_set(struct act_effect *ret, enum act_outcome outcome, int error,
		    const char *fmt, ...) _printf_(4, 5);

/* 1: it is poisoned, 0: it is not; negative errno: nobody can tell. */
int page_is_poisoned(const struct actuator *actuator, uint64_t address);

/*
 * What systemd says of a unit, all of it at one moment. A unit that systemd has none of
 * has the load state "not-found". -EINVAL: no name of a unit. -EBADMSG: the answer lacks
 * something, or has it in a form that systemd never had. Others: it cannot be asked.
 */
int unit_look(struct actuator *actuator, const char *unit, struct unit_look *ret);
/*
 * The unit that has (or had, and failed) this main process, which did not end before
 * something that happened to it (boot time, nanoseconds): a number is used again. With
 * ret_delegated the process may have been in a control group below the unit's own.
 * -ENOENT: none. -E2BIG: none among the first of more units than anybody looks at.
 */
int unit_of_main_pid(struct actuator *actuator, int32_t pid, int64_t event_boottime_ns,
		     char ret_unit[static POLICY_UNIT_BYTES],
		     char ret_invocation[static POLICY_INVOCATION_BYTES],
		     bool *ret_delegated);
