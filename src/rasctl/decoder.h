/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the parts of "rasctl decode" share: where decoded events go, and what could not be
 * understood, which is told behind them.
 */

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "event/guid.h"
#include "event/handler.h"
#include "rasctl/ctl.h"
#include "rasctl/output.h"

#define DECODER_TOLD_MAX   8
#define DECODER_TOLD_BYTES 256

struct cper_section;

struct decoder {
	const struct handler_table *handlers;
	const struct options *options;
	struct output out;
	struct arena arena; /* of the event at hand */
	uint64_t n_events;
	uint64_t n_failures;
	size_t n_told, n_untold; /* of failures and notes the first … */
	char told[DECODER_TOLD_MAX][DECODER_TOLD_BYTES]; /* … are kept for the end */
	bool found; /* something that errors are told with, if only to say there was none
		     */
};

/* `where` it was, for people; `hits` become the decoder's. */
void decoder_show(struct decoder *decoder, struct event *event, const char *where,
		  struct json_object *hits);
void decoder_complain(struct decoder *decoder, const char *fmt, ...) _printf_(2, 3);
/* The same of what is no failure. */
void decoder_note(struct decoder *decoder, const char *fmt, ...) _printf_(2, 3);
/* Shows the event that a section is, or complains. */
void decoder_section(struct decoder *decoder, const struct cper_section *section,
		     const char *where);

/* decode_bytes.c. False: nothing there says what it is. */
bool decoder_take_bytes(struct decoder *decoder, const uint8_t *bytes, size_t len,
			const char *where);
void decoder_take_section(struct decoder *decoder, const struct guid *type,
			  const uint8_t *bytes, size_t len, const char *where);

/* decode_log.c: the kernel's log, and text of its tracepoints. */
bool decoder_is_log(struct decoder *decoder, const char *text, size_t len);
void decoder_take_log(struct decoder *decoder, const char *text, size_t len);

/* decode_dump.c: bytes as text. */
void decoder_take_dump(struct decoder *decoder, const char *text, size_t len);
