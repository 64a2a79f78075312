/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The configuration: /etc/rasd.conf and what lies in rasd.conf.d/ beside it. */

#include <stdbool.h>
#include <stdint.h>

struct config {
	char database[256];	     /* [database] path */
	char runtime_directory[256]; /* [daemon] runtime-directory */
	uint64_t buffer_bytes; /* [trace] buffer, over all possible CPUs and both rings */
	uint64_t sub_buffer_bytes; /* [trace] sub-buffer, where the kernel lets us choose
				    */
	uint64_t senders;   /* [signal] senders, rows for unconfirmed signals at a time */
	uint64_t log_lines; /* [log] burst: event lines in ten seconds */
	int log_level;	    /* [log] level, one of syslog's */
	uint64_t hash;	    /* of what the files said */
	unsigned int n_errors;
	unsigned int n_files;
};

/* Says one thing that is wrong: `where` is FILE:LINE or FILE. */
typedef void (*config_complain_fn)(const char *where, const char *what);

void config_defaults(struct config *config);
int config_load(const char *path, config_complain_fn complain, struct config *ret);
void config_print_keys(void);
