/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The command line. */

#include "rasctl/ctl.h"

struct command {
	const struct verb *verb; /* NULL: help or version was asked for, and given */
	struct options options;
	char **arguments; /* of the verb, ends with NULL */
};

int command_parse(int argc, char **argv, struct command *ret);
