/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rasctl/output.h"

void record_print(const struct output *out, const struct view *view,
		  struct json_object *record);
