/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Writing into the trace ring that the daemon reads. */

#include "rasctl/ctl.h"

int marker_write(const struct options *options, const char *line);
