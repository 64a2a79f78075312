/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Effects. An actuator is three functions that may take long and are called in the act
 * process only; the null actuator looks and does nothing, and is the dry run.
 */

#include <stdbool.h>
#include <stdint.h>

#include "policy/policy.h"

struct actuator;

struct act_effect {
	enum act_outcome outcome;
	int error; /* positive errno; 0: none */
	bool verified;
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
	const char *sysfs;  /* "/sys" */
	const char *proc;   /* "/proc" */
	uint64_t page_size; /* bytes */
	struct sd_bus *bus; /* opened when it is needed; closed after an error */
};

void actuator_close(struct actuator *actuator);

/* 1: it is poisoned, 0: it is not; negative errno: nobody can tell. */
int page_is_poisoned(const struct actuator *actuator, uint64_t address);

int unit_look(struct actuator *actuator, const char *unit, struct unit_look *ret);
/* The unit that has (or had, and failed) this main process. -ENOENT: none. */
int unit_of_main_pid(struct actuator *actuator, int32_t pid,
		     char ret_unit[static POLICY_UNIT_BYTES],
		     char ret_invocation[static POLICY_INVOCATION_BYTES]);
