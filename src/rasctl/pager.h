/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Long tables go through a pager, where there is a terminal. */

#include <stdbool.h>

void pager_open(void);
void pager_close(void);
