/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The daemon on a capture: what "rasctl capture" or tests/vm/record made, instead of this
 * machine's kernel. */

#include "rasd/daemon.h"

/*
 * Records, correlates and decides all that `directory` has, as it would have at the time;
 * nothing is done. options->database NULL: "rasd-replay.db" here; one that is there is
 * refused. Returns the exit status; the reason has been logged.
 */
enum rasd_exit replay_run(const struct daemon_options *options,
			  const struct config *config, const char *directory);
