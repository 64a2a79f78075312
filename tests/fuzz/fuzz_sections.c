// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Input: a byte that says what the rest is: 0 blocks, 1 records, else the body of one
 * section, of the type that a second byte picks of all that handlers know (behind the
 * last: of one that nobody does). Whatever comes out becomes an event.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cper/walk.h"
#include "fuzz/fuzz.h"
#include "handlers/table.h"

#define SECTIONS_MAX 100000 /* no input here has as many */
#define KINDS	     3

static void use_section(const struct cper_section *section)
{
	static uint8_t room[4 * 1024 * 1024];
	struct arena arena = { room, sizeof(room), 0 };
	struct event event;

	fuzz_touch(section->body, section->len);
	if (section->fru_text)
		fuzz_touch(section->fru_text, section->fru_text_len);
	/* nobody's section is left out, only one that does not fit */
	if (cper_section_decode(&handlers_table, section, &arena, &event) == 1)
		fuzz_use_event(&event);
	/* where there is no room for texts or rows, that is an error or an absence */
	arena = (struct arena){ room, 64, 0 };
	if (cper_section_decode(&handlers_table, section, &arena, &event) == 1)
		fuzz_use_event(&event);
}

static void walk(struct cper_walk *walk)
{
	struct cper_section section;
	unsigned int n = 0;
	int r;

	while ((r = cper_walk_next(walk, &section)) == 1) {
		const uint8_t *end = walk->bytes + walk->len;

		fuzz_must(++n < SECTIONS_MAX);
		fuzz_must(section.body >= walk->bytes && section.body <= end);
		fuzz_must(section.len <= (size_t)(end - section.body));
		use_section(&section);
	}
	fuzz_must(r == 0 || r == -EBADMSG);
	fuzz_must(cper_walk_next(walk, &section) == r);
}

/* The n-th type that any handler takes. */
static struct guid pick(unsigned int n)
{
	struct guid type = GUID(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
	static const struct guid none;

	for (size_t h = 0; h < handlers_table.n_handlers; h++)
		for (size_t s = 0; s < HANDLER_SECTIONS_MAX; s++) {
			const struct guid *known =
				&handlers_table.handlers[h]->sections[s];

			if (!memcmp(known, &none, sizeof(none)))
				break;
			if (n-- == 0)
				return *known;
		}
	return type;
}

static void one_section(uint8_t which, const uint8_t *body, size_t len)
{
	const struct cper_section section = { .type = pick(which),
					      .severity = which % SEVERITY_MAX,
					      .body = body,
					      .len = len };

	use_section(&section);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cper_walk state;
	uint8_t *copy;

	if (size < 2)
		return 0;
	copy = malloc(size - 1);
	fuzz_must(copy != NULL);
	memcpy(copy, data + 1, size - 1);
	if (data[0] % KINDS == 0) {
		cper_walk_blocks(&state, copy, size - 1);
		walk(&state);
	} else if (data[0] % KINDS == 1) {
		cper_walk_records(&state, copy, size - 1);
		walk(&state);
	} else {
		one_section(copy[0], copy + 1, size - 2);
	}
	free(copy);
	return 0;
}
