/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Up to where somebody has dealt with what happened. It is a file beside the database,
 * DATABASE.ack, and not a row in it: rasd is the only writer of a database, and stays so;
 * and a note of a person is to be made while the disk, or rasd, has trouble.
 */

#include <stdint.h>

#include <json-c/json.h>

#include "db/reader.h"

struct ack {
	char db_id[DB_TEXT_BYTES];
	uint64_t id;   /* of the last event that was dealt with; 0: none */
	uint64_t lost; /* how much had been lost then */
	int64_t time_ns;
	char by[64];
	char note[512];
};

int ack_read(const char *db, struct ack *ret);
int ack_write(const char *db, const struct ack *ack);
struct json_object *ack_to_json(const struct ack *ack);
