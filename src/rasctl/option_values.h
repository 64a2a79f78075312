/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * How each option's value is read. Each returns 0, or a negative errno for what is none;
 * what it keeps of the value is borrowed.
 */

#include "rasctl/ctl.h"

int set_output(struct options *options, const char *value);
int set_db(struct options *options, const char *value);
int set_lines(struct options *options, const char *value);
int set_reverse(struct options *options, const char *value);
int set_all(struct options *options, const char *value);
int set_type(struct options *options, const char *value);
int set_severity(struct options *options, const char *value);
int set_component(struct options *options, const char *value);
int set_since(struct options *options, const char *value);
int set_until(struct options *options, const char *value);
int set_boot(struct options *options, const char *value);
int set_page(struct options *options, const char *value);
int set_cpu(struct options *options, const char *value);
int set_dimm(struct options *options, const char *value);
int set_device(struct options *options, const char *value);
int set_follow(struct options *options, const char *value);
int set_after_cursor(struct options *options, const char *value);
int set_show_cursor(struct options *options, const char *value);
int set_cursor_file(struct options *options, const char *value);
int set_by(struct options *options, const char *value);
int set_for(struct options *options, const char *value);
int set_no_pager(struct options *options, const char *value);
int set_unit(struct options *options, const char *value);
int set_runtime(struct options *options, const char *value);
int set_instance(struct options *options, const char *value);
int set_tracefs(struct options *options, const char *value);
int set_timeout(struct options *options, const char *value);
int set_kind(struct options *options, const char *value);
int set_section(struct options *options, const char *value);
int set_page_size(struct options *options, const char *value);
int set_seconds(struct options *options, const char *value);
int set_mask(struct options *options, const char *value);
int set_all_log(struct options *options, const char *value);
int set_keep_days(struct options *options, const char *value);
int set_keep_events(struct options *options, const char *value);
int set_keep_size(struct options *options, const char *value);
int set_dry_run(struct options *options, const char *value);

bool is_boot_word(const char *word);

extern const char *const by_words[DB_BY_MAX];
