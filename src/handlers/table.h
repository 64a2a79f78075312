/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Every handler that was built in. */

#include "event/handler.h"

extern const struct handler_table handlers_table;
