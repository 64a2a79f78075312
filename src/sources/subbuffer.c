// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Written here and not left to libtraceevent's kbuffer because it trusts the lengths:
 * what landed in memory may be a copy that a dying process could not finish, or a capture
 * that somebody sent us. This one stops at the first entry that is not whole.
 */

#include "sources/subbuffer.h"

#include <errno.h>
#include <string.h>

#include "util/macro.h"

#define COMMIT_LENGTH_MASK 0x7ffffffULL /* flags are above */
#define COMMIT_MISSED	   (1ULL << 31)
#define TIME_LOW_BITS	   59 /* of an absolute time stamp; the rest comes from before */

enum entry_type {
	ENTRY_LONG = 0, /* the length is in the next word; 1 to 28: in words, here */
	ENTRY_SHORT_MAX = 28,
	ENTRY_PADDING = 29,
	ENTRY_TIME_EXTEND = 30,
	ENTRY_TIME_STAMP = 31,
};

struct entry {
	uint32_t type;
	uint32_t delta; /* 27 bits, in nanoseconds */
	uint32_t word;	/* the one behind the head, where there is one */
};

/* `bytes` are borrowed. -EBADMSG: not a sub-buffer of this size. */
int subbuffer_open(const uint8_t *bytes, size_t size, struct subbuffer *ret)
{
	uint64_t ts, commit;

	if (size <= SUBBUFFER_HEADER_BYTES)
		return -EBADMSG;
	memcpy(&ts, bytes, sizeof(ts));
	memcpy(&commit, bytes + sizeof(ts), sizeof(commit));
	if ((commit & COMMIT_LENGTH_MASK) > size - SUBBUFFER_HEADER_BYTES)
		return -EBADMSG;
	*ret = (struct subbuffer){ .data = bytes + SUBBUFFER_HEADER_BYTES,
				   .len = commit & COMMIT_LENGTH_MASK,
				   .ts = ts,
				   .missed = commit & COMMIT_MISSED };
	return 0;
}

/* What a sub-buffer has of use, its header included, as that tells. */
size_t subbuffer_bytes(const uint8_t header[static SUBBUFFER_HEADER_BYTES])
{
	uint64_t commit;

	memcpy(&commit, header + sizeof(uint64_t), sizeof(commit));
	return SUBBUFFER_HEADER_BYTES + (commit & COMMIT_LENGTH_MASK);
}

/*
 * From `at` on the sub-buffer is lost: it ends before that. True: something that was
 * committed is lost, as far as its header, if that is left, can tell.
 */
bool subbuffer_cut(uint8_t *bytes, size_t size, size_t at)
{
	uint64_t commit,
		left = at > SUBBUFFER_HEADER_BYTES ? at - SUBBUFFER_HEADER_BYTES : 0;

	if (size <= SUBBUFFER_HEADER_BYTES)
		return false;
	memcpy(&commit, bytes + sizeof(uint64_t), sizeof(commit));
	if (left && (commit & COMMIT_LENGTH_MASK) <= left)
		return false;
	commit = (commit & ~COMMIT_LENGTH_MASK) | left;
	memcpy(bytes + sizeof(uint64_t), &commit, sizeof(commit));
	return true;
}

static bool get_word(const struct subbuffer *subbuffer, size_t at, uint32_t *ret)
{
	if (at > subbuffer->len || subbuffer->len - at < sizeof(*ret))
		return false;
	memcpy(ret, subbuffer->data + at, sizeof(*ret));
	return true;
}

static bool get_entry(const struct subbuffer *subbuffer, struct entry *ret)
{
	uint32_t head;

	if (!get_word(subbuffer, subbuffer->at, &head))
		return false;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	ret->type = head >> 27;
	ret->delta = head & 0x7ffffff;
#else
	ret->type = head & 31;
	ret->delta = head >> 5;
#endif
	ret->word = 0;
	return (ret->type >= 1 && ret->type <= ENTRY_SHORT_MAX) ||
	       get_word(subbuffer, subbuffer->at + sizeof(head), &ret->word);
}

/* Where in the entry its record is, and how long. A length of 0: it has none. */
static size_t measure(const struct entry *entry, size_t *ret_record_at,
		      size_t *ret_record_len)
{
	*ret_record_at = 4;
	*ret_record_len = 0;
	switch (entry->type) {
	case ENTRY_PADDING:
		/* without a delta it fills up the rest, and is the last */
		return entry->delta ? 4 + (size_t)entry->word : SIZE_MAX;
	case ENTRY_TIME_EXTEND:
	case ENTRY_TIME_STAMP:
		return 8;
	case ENTRY_LONG:
		if (entry->word < 4)
			return SIZE_MAX;
		*ret_record_at = 8;
		*ret_record_len = entry->word - 4;
		return 4 + ALIGN_UP((size_t)entry->word, (size_t)4);
	default:
		*ret_record_len = 4 * (size_t)entry->type;
		return 4 + *ret_record_len;
	}
}

static uint64_t advance_time(uint64_t ts, const struct entry *entry)
{
	uint64_t wide = (uint64_t)entry->word << 27 | entry->delta;
	uint64_t high = ts >> TIME_LOW_BITS << TIME_LOW_BITS;

	if (entry->type == ENTRY_TIME_EXTEND)
		return ts + wide;
	if (entry->type != ENTRY_TIME_STAMP)
		return ts + entry->delta;
	wide |= high; /* as rb_fix_abs_ts() does it */
	return high && wide < ts ? wide + (1ULL << TIME_LOW_BITS) : wide;
}

/* The next record, borrowed, and its time by the instance's clock. False: no more. */
bool subbuffer_next(struct subbuffer *subbuffer, const uint8_t **ret_record,
		    size_t *ret_len, uint64_t *ret_ts)
{
	struct entry entry;

	while (get_entry(subbuffer, &entry)) {
		size_t record_at, record_len, start = subbuffer->at;
		size_t bytes = measure(&entry, &record_at, &record_len);

		if (bytes > subbuffer->len - start)
			break;
		subbuffer->at = start + bytes;
		subbuffer->ts = advance_time(subbuffer->ts, &entry);
		if (!record_len)
			continue;
		*ret_record = subbuffer->data + start + record_at;
		*ret_len = record_len;
		*ret_ts = subbuffer->ts;
		return true;
	}
	subbuffer->at = subbuffer->len;
	return false;
}
