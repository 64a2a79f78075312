/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The configuration: /etc/rasd.conf and what lies in rasd.conf.d/ beside it. */

#include <stdbool.h>
#include <stdint.h>

#define CONFIG_PATH_BYTES     256
#define CONFIG_PATTERNS_BYTES 4096

struct config_rate {
	uint64_t count;
	int64_t window_ns;
};

struct config {
	char database[CONFIG_PATH_BYTES];	     /* [database] path */
	uint64_t keep_days, keep_events, keep_bytes; /* [database]; 0: no limit */
	char runtime_directory[CONFIG_PATH_BYTES];   /* [daemon] runtime-directory */
	char textfile[CONFIG_PATH_BYTES];	     /* [metrics] textfile; "": none */
	uint64_t buffer_bytes; /* [trace] buffer, over all possible CPUs and both rings */
	uint64_t sub_buffer_bytes; /* [trace] sub-buffer, where the kernel lets us choose
				    */
	uint64_t senders;   /* [signal] senders, rows for unconfirmed signals at a time */
	uint64_t log_lines; /* [log] burst: event lines in ten seconds */
	int log_level;	    /* [log] level, one of syslog's */
	bool dry_run;	    /* [policy] dry-run */
	int page_mode;	    /* [page] action, enum policy_mode */
	struct config_rate page_corrected; /* [page] corrected */
	uint64_t page_per_hour, page_per_boot, page_share_ppm;
	int service_mode;			      /* [service] action */
	char service_patterns[CONFIG_PATTERNS_BYTES]; /* [service] restart, by spaces */
	uint64_t service_per_unit, service_per_hour;
	bool bert, erst, pstore;	 /* [firmware] bert, erst, pstore */
	bool erst_delete, pstore_delete; /* [firmware] erst-delete, pstore-delete */
	uint64_t hash;			 /* of what the files said */
	unsigned int n_errors;
	unsigned int n_files;
};

/* Says one thing that is wrong, or surprising: `where` is FILE:LINE or FILE. */
typedef void (*config_complain_fn)(const char *where, const char *what);

void config_defaults(struct config *config);
int config_load(const char *path, config_complain_fn complain, struct config *ret);
void config_print_keys(void);
