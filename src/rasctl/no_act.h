/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The file that keeps rasd's hands still: while RUNTIME/no-act is there, whatever it is,
 * nothing is done. Its first line says, for people, who made it and why.
 */

#include <json-c/json.h>

#include "db/reader.h"
#include "rasctl/output.h"

#define NO_ACT "no-act"

struct no_act {
	bool is_there;
	int64_t since_ns; /* UTC */
	char note[512];	  /* its first line; "": it has none */
};

int no_act_look(const char *directory, struct no_act *ret);
int no_act_make(const char *directory, bool with_directory, const char *reason);
int no_act_remove(const char *directory);

/* Whether acting is paused, as an object; `reader` may be NULL. */
struct json_object *acting_to_json(struct db_reader *reader, const char *directory);
void format_acting(struct json_object *acting, const struct output *out,
		   struct text *text);
void runtime_directory(const char *ring, char ret[static DB_PATH_BYTES]);
