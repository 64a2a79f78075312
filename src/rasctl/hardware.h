/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Devices in words, from systemd's hardware database. */

#include "rasctl/output.h"

const char *hardware_words(const char *modalias, char *buf, size_t size);
void format_device(struct json_object *row, const struct column *column,
		   const struct output *out, struct text *text);
