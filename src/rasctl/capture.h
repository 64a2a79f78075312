/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the parts of "rasctl capture" share: the directory, and what its manifest says. */

#include <json-c/json.h>

#include "rasctl/ctl.h"
#include "rasctl/mask.h"

struct capture {
	const struct options *options;
	int dirfd;
	struct json_object *files;   /* NAME: what it is, how long */
	struct json_object *missing; /* what: why */
	struct json_object *masked;  /* what was masked, and what was not, in words */
	struct mask mask;
	int error; /* the first there was in writing: negative errno */
};

/* Writes a file; directories in its name must be there. */
void capture_put(struct capture *capture, const char *name, const char *what,
		 const void *bytes, size_t len);
void capture_put_text(struct capture *capture, const char *name, const char *what,
		      const char *text);
void capture_copy(struct capture *capture, const char *from, const char *name,
		  const char *what);
void capture_miss(struct capture *capture, const char *what, const char *fmt, ...)
	_printf_(3, 4);
void capture_count(struct capture *capture, const char *name, const char *what,
		   uint64_t bytes);

/* capture_trace.c. An exit_code, after complaining. */
int capture_trace(struct capture *capture);
/* capture_log.c */
void capture_log(struct capture *capture);
