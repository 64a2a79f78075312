/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the control group of a process says of the unit that it belongs to. */

#include <stdbool.h>

#define UNIT_BYTES   256 /* systemd's names have at most 255 */
#define CGROUP_BYTES 256

struct cgroup {
	char path[CGROUP_BYTES];    /* printable ASCII, the rest as \xNN; long ones cut */
	char unit[UNIT_BYTES];	    /* of the system's manager; "": in none */
	char user_unit[UNIT_BYTES]; /* below user@UID.service; "": in none */
	bool is_unit;		    /* the unit's own control group, not one below it */
};

void cgroup_parse(const char *file, struct cgroup *ret);
