// SPDX-License-Identifier: LGPL-2.1-or-later

/* Records as hex digits, in whatever form they were sent. */

#include "rasctl/decoder.h"

#include <errno.h>
#include <string.h>

#include "cper/dump.h"

#define BYTES_MAX (16u << 20) /* "*" may stand for any number of lines */

/* One dump of a text. */
struct piece {
	const char *text;
	size_t len;
	size_t first_line; /* of the whole text, counted from 0 */
	char where[64];
};

static bool try_order(struct decoder *decoder, const struct piece *piece, bool swap,
		      struct dump *dump)
{
	const char *type = decoder->options->section;
	struct guid guid;

	if (dump_parse(piece->text, piece->len, swap, dump) == -ENODATA)
		return false;
	if (type && guid_from_text(type, &guid) >= 0) {
		decoder_take_section(decoder, &guid, dump->bytes, dump->len,
				     piece->where);
		return true;
	}
	return decoder_take_bytes(decoder, dump->bytes, dump->len, piece->where);
}

/* What was decoded is shown; then what is wrong with the text it came from. */
static void tell_problems(struct decoder *decoder, const struct piece *piece,
			  const struct dump *dump)
{
	if (dump->problem)
		decoder_complain(decoder, "line %zu: %s; %zu bytes are in front of it",
				 piece->first_line + dump->line, dump->problem,
				 dump->len);
	else if (dump->n_skipped && dump->n_lines)
		decoder_note(
			decoder,
			"%zu line%s left out that %s no part of a dump, line %zu first",
			dump->n_skipped, dump->n_skipped == 1 ? "" : "s",
			dump->n_skipped == 1 ? "is" : "are",
			piece->first_line + dump->first_skipped);
}

/* The order of bytes in wide groups is a guess: the one that gives a record is right. */
static void take_piece(struct decoder *decoder, struct piece *piece, struct dump *dump)
{
	int r = dump_parse(piece->text, piece->len, false, dump);
	bool swap = dump->is_swapped_likely, before = decoder->found;

	if (r == -ENODATA)
		return;
	decoder->found = false;
	snprintf(piece->where, sizeof(piece->where), "dump from line %zu",
		 piece->first_line + 1);
	if (!try_order(decoder, piece, swap, dump) && dump->is_wide &&
	    !decoder->options->section)
		try_order(decoder, piece, !swap, dump);
	if (!decoder->found && dump->len)
		decoder_complain(
			decoder,
			"%s: its %zu bytes are neither CPER records nor status "
			"blocks; for a bare section, give its type with --section",
			piece->where, dump->len);
	tell_problems(decoder, piece, dump);
	decoder->found |= before;
}

static size_t count_lines(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

void decoder_take_dump(struct decoder *decoder, const char *text, size_t len)
{
	struct dump dump = { .size = BYTES_MAX, .bytes = malloc(BYTES_MAX) };
	struct piece piece = { .text = text, .len = len };

	if (!dump.bytes) {
		decoder_complain(decoder, "no memory for %u bytes", BYTES_MAX);
		return;
	}
	while (piece.len) {
		take_piece(decoder, &piece, &dump);
		if (dump.problem || !dump.used)
			break;
		piece.first_line += count_lines(piece.text, dump.used);
		piece.text += dump.used;
		piece.len -= dump.used;
	}
	free(dump.bytes);
}
