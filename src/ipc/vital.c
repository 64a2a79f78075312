// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Small blocks of which the ring's file keeps two copies, one behind the header and one
 * behind its shadow. A writer that is killed in between leaves one of them whole, and so
 * does a page that fails.
 */

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "ipc/ring_file.h"

/* Of bytes that nobody forges: what was not written whole, or is lost, is found out. */
uint64_t ring_sum(const void *bytes, size_t len)
{
	const uint64_t prime = 0x9e3779b97f4a7c15ULL;
	const uint8_t *at = bytes;
	uint64_t sum = prime ^ len, word;

	for (; len >= sizeof(word); at += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		sum = (sum ^ word) * prime;
		sum ^= sum >> 29;
	}
	word = 0;
	memcpy(&word, at, len);
	sum = (sum ^ word) * prime;
	return sum ^ sum >> 32;
}

static uint64_t sum_of(const struct ring_vital *vital)
{
	return ring_sum(vital->bytes, sizeof(vital->bytes)) ^ vital->sequence * 31 ^
	       vital->len << 48;
}

static struct ring_vital *copy_of(const struct ring *ring, unsigned int id, bool shadow)
{
	uint8_t *base = (uint8_t *)(shadow ? ring->shadow : ring->header);

	return (struct ring_vital *)(base + RING_VITAL_AT) + id;
}

static bool read_copy(const struct ring *ring, unsigned int id, bool shadow,
		      struct ring_vital *ret)
{
	memcpy(ret, copy_of(ring, id, shadow), sizeof(*ret));
	return ret->sequence && ret->len <= sizeof(ret->bytes) && ret->sum == sum_of(ret);
}

/* The newer copy that is whole. False: there is none. */
static bool read_best(const struct ring *ring, unsigned int id, struct ring_vital *ret)
{
	struct ring_vital shadow;
	bool found = read_copy(ring, id, false, ret);

	if (read_copy(ring, id, true, &shadow) &&
	    (!found || shadow.sequence > ret->sequence)) {
		*ret = shadow;
		found = true;
	}
	return found;
}

/*
 * Keeps `len` bytes, RING_VITAL_BYTES at most, instead of what was kept with this id
 * (below RING_VITALS_MAX). An id has one process that writes it.
 */
void ring_vital_put(struct ring *ring, unsigned int id, const void *bytes, size_t len)
{
	struct ring_vital vital = { .len = len }, old;

	vital.sequence = read_best(ring, id, &old) ? old.sequence + 1 : 1;
	memcpy(vital.bytes, bytes, len);
	vital.sum = sum_of(&vital);
	for (int shadow = 0; shadow < 2; shadow++) {
		memcpy(copy_of(ring, id, shadow), &vital, sizeof(vital));
		atomic_thread_fence(memory_order_release);
	}
}

/* What was kept last. False, and `ret` as it was: nothing of that length. */
bool ring_vital_get(const struct ring *ring, unsigned int id, void *ret, size_t len)
{
	struct ring_vital vital;

	if (!read_best(ring, id, &vital) || vital.len != len)
		return false;
	memcpy(ret, vital.bytes, len);
	return true;
}

/* A copy that is lost is made anew. One that is only older is left to its writer. */
void ring_settle_vitals(const struct ring *ring)
{
	struct ring_vital best, copy;

	for (unsigned int id = 0; id < RING_VITALS_MAX; id++) {
		if (!read_best(ring, id, &best))
			continue;
		for (int shadow = 0; shadow < 2; shadow++)
			if (!read_copy(ring, id, shadow, &copy))
				memcpy(copy_of(ring, id, shadow), &best, sizeof(best));
	}
}
