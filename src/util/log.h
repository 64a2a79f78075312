/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * One line a message to standard error, with syslog's <N> in front where the journal
 * reads it. A line that would block is dropped and counted: logging never holds anybody
 * up.
 */

#include <stdint.h>
#include <syslog.h>

#include "util/macro.h"

void log_open(const char *process, int max_level);
void log_set_level(int max_level);
int log_level(void);
uint64_t log_dropped(void);
void log_line(int level, const char *fmt, ...) _printf_(2, 3);

#define log_error(...)	 log_line(LOG_ERR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)	 log_line(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)	 log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	 log_line(LOG_DEBUG, __VA_ARGS__)
