// SPDX-License-Identifier: LGPL-2.1-or-later

/* What aer_event's text has in words (include/ras/ras_event.h). */

#include "rasctl/trace_text_private.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "cper/aer.h"
#include "util/macro.h"

#define AER_CORRECTABLE 2 /* as the tracepoint has it, include/linux/aer.h */

/* "Uncorrected, non-fatal": the pattern has the second word. */
int trace_take_aer_severity(struct match *match, struct span span, struct value *ret)
{
	static const char *const words[] = { "Uncorrected,", "Fatal", "Corrected" };

	(void)match;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (span_is_word(span, words[i])) {
			*ret = value_int((int64_t)i);
			return 0;
		}
	return -EBADMSG;
}

static int64_t number_of(const struct match *match, const char *name)
{
	size_t i = match_index(match, name, strlen(name));

	return i < EVENT_FIELDS_MAX ? match->event->detail[i].i : 0;
}

/* The kernel's words and ours differ in case, in an "Error" at the end, and in a letter.
 */
static bool is_status_word(struct span word, const struct value *ours)
{
	static const char error[] = " error", relay[] = "RELAY";
	size_t len = (size_t)(word.end - word.at), ours_len = ours->len;
	size_t skip = 0;

	if (ours->kind != VALUE_TEXT)
		return false;
	if (len > 6 && !strncasecmp(word.end - 6, error, 6))
		len -= 6;
	if (ours_len > 6 && !strncasecmp(ours->text + ours_len - 6, error, 6))
		ours_len -= 6;
	if (len > 5 && !memcmp(word.at, relay, 5))
		skip = 5;
	return ours_len - (skip ? 1 : 0) == len &&
	       !strncasecmp(word.at + skip, ours->text + skip + (skip ? 1 : 0),
			    len - skip);
}

int trace_take_status(struct match *match, struct span span, struct value *ret)
{
	bool correctable = number_of(match, "severity") == AER_CORRECTABLE;
	struct span rest = span_trim(span), word;
	uint32_t status = 0;
	int64_t n;

	while (rest.at < rest.end) {
		const char *bar = memchr(rest.at, '|', (size_t)(rest.end - rest.at));
		unsigned int bit = 0;

		word = span_trim((struct span){ rest.at, bar ? bar : rest.end });
		rest.at = bar ? bar + 1 : rest.end;
		if (span_number(word, 16, &n)) { /* bits that have no word */
			status |= (uint32_t)n;
			continue;
		}
		for (; bit < 32; bit++) {
			struct value ours =
				aer_status_words(1u << bit, correctable, match->arena);

			if (is_status_word(word, &ours))
				break;
		}
		if (bit == 32)
			return -EBADMSG;
		status |= 1u << bit;
	}
	*ret = value_uint(status);
	return 0;
}

/* "{0x1,0x2,0x3,0x4}", or "Not available". */
int trace_take_tlp(struct match *match, struct span span, struct value *ret)
{
	size_t valid = match_index(match, "tlp_header_valid", strlen("tlp_header_valid"));
	uint32_t *header = arena_take(match->arena, AER_TLP_DWORDS * sizeof(*header));
	const char *at = span.at + 1;

	if (!header)
		return -ENOBUFS;
	if (span_is_word(span_trim(span), "Not available"))
		return 0;
	for (size_t i = 0; i < AER_TLP_DWORDS; i++) {
		const char *end = at;
		int64_t n;

		while (end < span.end && *end != ',' && *end != '}')
			end++;
		if (end >= span.end || !span_number((struct span){ at, end }, 16, &n))
			return -EBADMSG;
		header[i] = (uint32_t)n;
		at = end + 1;
	}
	if (valid < EVENT_FIELDS_MAX)
		match->event->detail[valid] = value_int(1);
	*ret = value_bytes(header, AER_TLP_DWORDS * sizeof(*header));
	return 0;
}
