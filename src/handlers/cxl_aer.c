// SPDX-License-Identifier: LGPL-2.1-or-later

#include "handlers/cxl_aer.h"

#include "util/macro.h"

static const struct cxl_words correctable_words[] = {
	{ CXL_AER_STATUS, CXL_AER_STATUS_TEXT, 0, 0, &cxl_correctable_words },
};

/* The kernel tells the first error as a bit of the status, not by its number. */
static const struct cxl_words uncorrectable_words[] = {
	{ CXL_AER_STATUS, CXL_AER_STATUS_TEXT, 0, 0, &cxl_uncorrectable_words },
	{ CXL_AER_FIRST, CXL_AER_FIRST_TEXT, 0, 0, &cxl_uncorrectable_words },
};

int cxl_aer_decode_correctable(const struct record *record, struct event *event)
{
	int r = cxl_words_fill(event, correctable_words, ARRAY_SIZE(correctable_words),
			       NULL, record->arena);

	event->severity = SEVERITY_CORRECTED;
	event->component = COMPONENT_CXL;
	event->device = event->detail[CXL_AER_DEVICE];
	return r < 0 ? r : 1;
}

/* Whether it was fatal, the kernel does not tell. */
int cxl_aer_decode_uncorrectable(const struct record *record, struct event *event)
{
	const struct value *raw = &event->detail[CXL_AER_HEADER_RAW];
	int r = cxl_words_fill(event, uncorrectable_words,
			       ARRAY_SIZE(uncorrectable_words), NULL, record->arena);

	event->severity = SEVERITY_UNCORRECTED;
	event->component = COMPONENT_CXL;
	event->device = event->detail[CXL_AER_DEVICE];
	event->detail[CXL_AER_HEADER_LOG] =
		value_bytes(raw->bytes, MIN(raw->len, (uint32_t)CXL_HEADER_LOG_BYTES));
	return r < 0 ? r : 1;
}

static void describe(const struct event *event, const char *what, struct text *out)
{
	text_add(out, "%s CXL protocol error", what);
	cxl_describe_text(" on ", &event->device, out);
	cxl_describe_text(" of ", &event->detail[CXL_AER_HOST], out);
	cxl_describe_text(": ", &event->detail[CXL_AER_STATUS_TEXT], out);
}

void cxl_aer_describe_correctable(const struct event *event, struct text *out)
{
	describe(event, "correctable", out);
}

void cxl_aer_describe_uncorrectable(const struct event *event, struct text *out)
{
	describe(event, "uncorrectable", out);
	cxl_describe_text(", first ", &event->detail[CXL_AER_FIRST_TEXT], out);
}
