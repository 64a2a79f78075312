// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Input: what somebody sent to be decoded. As a dump, in both orders: what is understood
 * stays inside of the room there is, and of the text. Then whole, as "rasctl decode"
 * takes it: the first byte says what it is told to be.
 */

#include <stdlib.h>
#include <string.h>

#include "cper/dump.h"
#include "fuzz/fuzz.h"
#include "handlers/table.h"
#include "rasctl/decoder.h"
#include "rasctl/event_view.h"

#define ROOM_BYTES  4096
#define ARENA_BYTES (1 << 20)

static void use_dump(const char *text, size_t len, bool swap)
{
	uint8_t *room = malloc(ROOM_BYTES);
	struct dump dump = { .bytes = room, .size = ROOM_BYTES };
	int r;

	fuzz_must(room != NULL);
	r = dump_parse(text, len, swap, &dump);
	fuzz_must(dump.len <= ROOM_BYTES && dump.used <= len);
	fuzz_must((r < 0 && dump.n_lines) == (dump.problem != NULL) || r < 0);
	fuzz_must(r < 0 || dump.used > 0 || len == 0);
	if (r >= 0)
		fuzz_touch(room, dump.len);
	free(room);
}

static void use_whole(struct decoder *decoder, const char *text, size_t len)
{
	if (memchr(text, '\0', len))
		decoder_take_bytes(decoder, (const uint8_t *)text, len, "");
	else if (!decoder->options->section && decoder_is_log(decoder, text, len))
		decoder_take_log(decoder, text, len);
	else
		decoder_take_dump(decoder, text, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t room[ARENA_BYTES];
	static FILE *nowhere;
	struct options options = { .page_bytes = 4096 };
	struct decoder decoder = { .handlers = &handlers_table,
				   .options = &options,
				   .arena = { .base = room, .size = sizeof(room) } };
	char *text;

	if (size < 1)
		return 0;
	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	fuzz_must(nowhere != NULL);
	text = malloc(size);
	fuzz_must(text != NULL);
	memcpy(text, data + 1, size - 1);
	use_dump(text, size - 1, false);
	use_dump(text, size - 1, true);
	if (data[0] & 1)
		options.section = "a5bc1114-6f64-4ede-b863-3e83ed7c83b1";
	if (data[0] & 2)
		options.kind = "block";
	output_open(&decoder.out, data[0] & 4 ? &output_table : &output_ndjson, nowhere);
	output_items_begin(&decoder.out, &event_list_view);
	use_whole(&decoder, text, size - 1);
	output_items_end(&decoder.out, true);
	output_close(&decoder.out);
	free(text);
	return 0;
}
