/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What trace_text.c and its kinds of fields share. */

#include "event/handler.h"

/* A line against a pattern. */
struct match {
	const struct handler *handler;
	struct event *event;
	struct arena *arena;
	struct symbol symbols[EVENT_FIELDS_MAX];
	struct symbol_table tables[EVENT_FIELDS_MAX];
};

/* A piece of text that belongs to somebody else. */
struct span {
	const char *at, *end;
};

struct span span_trim(struct span span);
bool span_is_word(struct span span, const char *word);
/* False: it is no number, or not all of it. */
bool span_number(struct span span, int base, int64_t *ret);

/* Where the kernel's field goes; EVENT_FIELDS_MAX: nobody wants it. */
size_t match_index(const struct match *match, const char *name, size_t len);

/* Of aer_event. 0, -EBADMSG or -ENOBUFS. */
int trace_take_aer_severity(struct match *match, struct span span, struct value *ret);
int trace_take_status(struct match *match, struct span span, struct value *ret);
int trace_take_tlp(struct match *match, struct span span, struct value *ret);
