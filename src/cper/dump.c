// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * A line is an offset that may be missing, groups of hex digits, and the same in
 * characters, which may be missing, too:
 *
 *	00000000: 4345 5052 0101 ffff ffff 0100  CPER........	xxd
 *	00000000  43 45 50 52 01 01 ff ff  ff ff |CPER......|	hexdump -C
 *	0000000 4543 5250 0101 ffff ffff 0001			hexdump
 *	0000000 43 45 50 52 01 01 ff ff ff ff			od -t x1
 *	00000000: 52504543 ffff0101 0001ffff  CPER......	the kernel
 *
 * Where there are offsets they must follow from the bytes before; what base they are in
 * shows when they do. "*" stands for more lines like the one before.
 */

#include "cper/dump.h"

#include <errno.h>
#include <string.h>

#include "util/macro.h"

#define LOG_MARK       "[Hardware Error]:"
#define OFFSET_MIN     6 /* digits, of one without a colon */
#define OFFSET_MAX     16
#define OFFSET_COLON   4 /* digits, of one with a colon: acpidump has so few */
#define OCTAL_OFFSET   7 /* digits, of od */
#define HALF_LINE      8 /* after so many bytes hexdump -C leaves a gap */
#define LINE_BYTES_MAX 4096

enum radix { RADIX_16, RADIX_8, RADIX_10, RADIX_MAX };

static const unsigned int radix_of[RADIX_MAX] = {
	[RADIX_16] = 16, [RADIX_8] = 8, [RADIX_10] = 10
};

/* What is known after some lines. */
struct parser {
	struct dump *dump;
	bool swap;
	bool has_offsets;
	bool possible[RADIX_MAX]; /* what the offsets can be in */
	uint64_t base;		  /* the first offset */
	bool star;
	size_t line_bytes; /* of the last line */
	size_t gap;	   /* spaces between groups; 0: not seen yet */
};

/* A line, and what was found in it. */
struct line {
	const char *at, *end;
	const char *offset; /* its digits, NULL: none */
	size_t offset_len;  /* 0: it has none */
	bool is_logged;
	uint8_t bytes[LINE_BYTES_MAX];
	size_t len;
	size_t n_groups;
	bool is_wide;
};

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static size_t count_digits(const char *at, const char *end)
{
	size_t n = 0;

	while (at + n < end && digit_of(at[n]) >= 0)
		n++;
	return n;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* What people put between bytes that they mean to paste into a program. */
static bool is_separator(char c)
{
	return is_space(c) || (c && strchr(",;:{}\"'", c));
}

static bool number_in(const char *digits, size_t len, unsigned int radix, uint64_t *ret)
{
	uint64_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned int digit = (unsigned int)digit_of(digits[i]);

		if (digit >= radix || n > (UINT64_MAX - digit) / radix)
			return false;
		n = n * radix + digit;
	}
	*ret = n;
	return true;
}

static int fail(struct parser *parser, int error, const char *problem)
{
	parser->dump->problem = problem;
	return error;
}

/* --- offsets --- */

static size_t first_group_digits(const char *at, const char *end)
{
	while (at < end && is_space(*at))
		at++;
	return count_digits(at, end);
}

static bool is_zero(const char *digits, size_t len)
{
	uint64_t n;

	return number_in(digits, len, 16, &n) && n == 0;
}

/* Digits in front that are not as many as those of a group. */
static bool is_bare_offset(const struct parser *parser, const char *at, size_t len,
			   const char *end)
{
	size_t group = first_group_digits(at + len, end);

	if (len < OFFSET_MIN || (at + len < end && !is_space(at[len])))
		return false;
	if (!parser->has_offsets)
		return !parser->dump->n_lines && is_zero(at, len) && group &&
		       (len % 2 || group != len);
	return !group || len % 2 || group != len;
}

static void find_offset(const struct parser *parser, struct line *line)
{
	size_t len = count_digits(line->at, line->end);
	bool colon = len >= OFFSET_COLON && line->at + len < line->end &&
		     line->at[len] == ':' &&
		     (line->at + len + 1 == line->end || is_space(line->at[len + 1]));

	if (len > OFFSET_MAX ||
	    (!colon && !is_bare_offset(parser, line->at, len, line->end)))
		return;
	line->offset = line->at;
	line->offset_len = len;
	line->at += len + colon;
}

static void begin_offsets(struct parser *parser, const struct line *line)
{
	bool colon = line->offset[line->offset_len] == ':';

	parser->has_offsets = true;
	number_in(line->offset, line->offset_len, 16, &parser->base);
	for (int r = 0; r < RADIX_MAX; r++)
		parser->possible[r] = r == RADIX_16 || !colon;
	if (!colon && line->offset_len < 8)
		parser->dump->is_swapped_likely = line->is_wide;
}

/* Whether an offset can be where we are, or behind lines that were left out. */
static bool follows(const struct parser *parser, uint64_t offset)
{
	uint64_t expected = parser->base + parser->dump->len;

	if (!parser->star)
		return offset == expected;
	return offset >= expected && parser->line_bytes &&
	       (offset - expected) % parser->line_bytes == 0;
}

static int repeat(struct parser *parser, uint64_t until)
{
	struct dump *dump = parser->dump;

	if (until - parser->base > dump->size)
		return fail(parser, -ENOBUFS, "the dump has more bytes than are taken");
	while (dump->len < until - parser->base) {
		dump->bytes[dump->len] = dump->bytes[dump->len - parser->line_bytes];
		dump->len++;
	}
	parser->star = false;
	return 0;
}

static int check_offset(struct parser *parser, const struct line *line)
{
	uint64_t offset, found = 0;
	bool any = false;

	for (int r = 0; r < RADIX_MAX; r++) {
		parser->possible[r] =
			parser->possible[r] &&
			number_in(line->offset, line->offset_len, radix_of[r], &offset) &&
			follows(parser, offset);
		if (parser->possible[r] && !any)
			found = offset;
		any |= parser->possible[r];
	}
	if (!any)
		return fail(parser, -EBADMSG,
			    "the offset does not follow from the lines before: some are "
			    "missing");
	return parser->star ? repeat(parser, found) : 0;
}

/* The line that has nothing but an offset says where the last one ends. */
static int take_end(struct parser *parser, const struct line *line)
{
	struct dump *dump = parser->dump;

	for (int r = 0; r < RADIX_MAX; r++) {
		uint64_t end;

		if (!parser->possible[r] ||
		    !number_in(line->offset, line->offset_len, radix_of[r], &end))
			continue;
		if (parser->star && follows(parser, end))
			return repeat(parser, end);
		end -= parser->base;
		if (end <= dump->len && dump->len - end < sizeof(uint64_t)) {
			dump->len = end; /* a number was filled up with zeros */
			parser->line_bytes = 0;
			return 0;
		}
	}
	return fail(parser, -EBADMSG,
		    "the last offset is not where the bytes end: some are missing");
}

/* --- groups --- */

static void put_group(const struct parser *parser, struct line *line, const char *digits,
		      size_t len)
{
	size_t n = (len + 1) / 2;
	bool swap = parser->swap && (n == 2 || n == 4 || n == 8);

	line->is_wide |= n == 2 || n == 4 || n == 8;
	for (size_t i = 0; i < n; i++) {
		size_t high = 2 * i - len % 2; /* of an odd number the first is missing */
		int value = digit_of(digits[high + 1]);

		if (i || len % 2 == 0)
			value |= digit_of(digits[high]) << 4;
		line->bytes[line->len + (swap ? n - 1 - i : i)] = (uint8_t)value;
	}
	line->len += n;
	line->n_groups++;
}

/* Of single bytes, after eight of them. */
static bool is_middle(const struct line *line, const char *at)
{
	return line->len == HALF_LINE && line->n_groups == HALF_LINE &&
	       count_digits(at, line->end) == 2 &&
	       (at + 2 == line->end || is_space(at[2]));
}

/* Whether the characters begin here, behind `gap` spaces. */
static bool is_text(struct parser *parser, const struct line *line, const char *at,
		    size_t gap)
{
	if (*at == '|' || *at == '>')
		return true;
	if (!line->offset || !line->n_groups)
		return false;
	if (line->n_groups == 1 && !parser->gap && count_digits(at, line->end))
		parser->gap = gap;
	return gap > MAX(parser->gap, (size_t)1) && !is_middle(line, at);
}

/* What od makes of bytes where it is told nothing: words in octal, the low byte first. */
static bool take_octal(struct line *line)
{
	uint64_t word;

	if (line->offset_len != OCTAL_OFFSET || count_digits(line->at, line->end) != 6 ||
	    !number_in(line->at, 6, 8, &word) || word > UINT16_MAX ||
	    sizeof(line->bytes) - line->len < 2)
		return false;
	line->bytes[line->len++] = (uint8_t)(word & 0xff);
	line->bytes[line->len++] = (uint8_t)(word >> 8);
	line->n_groups++;
	line->at += 6;
	return true;
}

/* 1: a group; 0: something else is there. */
static int take_group(const struct parser *parser, struct line *line)
{
	const char *at = line->at;
	bool marked = false;
	size_t len;

	if (line->end - at > 2 && (*at == '0' || *at == '\\') &&
	    (at[1] == 'x' || at[1] == 'X')) {
		marked = true;
		at += 2;
	}
	len = count_digits(at, line->end);
	if (!len || (len % 2 && !marked) ||
	    len / 2 + 1 > sizeof(line->bytes) - line->len ||
	    (at + len < line->end && !is_separator(at[len]) && at[len] != '\\' &&
	     at[len] != '|'))
		return 0;
	put_group(parser, line, at, len);
	line->at = at + len;
	return 1;
}

/* 1 if it has bytes, 0 if it is no part of a dump. */
static int take_groups(struct parser *parser, struct line *line)
{
	while (line->at < line->end) {
		size_t gap = 0;

		while (line->at < line->end && is_separator(*line->at)) {
			line->at++;
			gap++;
		}
		if (line->at == line->end ||
		    (gap && is_text(parser, line, line->at, gap)))
			break;
		if (take_octal(line) || take_group(parser, line))
			continue;
		if (!line->offset || (!line->n_groups && !parser->has_offsets))
			return 0;
		return fail(parser, -EBADMSG, "these are no bytes in hex digits");
	}
	return line->n_groups > 0;
}

/* --- lines --- */

/* What a log puts in front of a dump is no part of it. */
static void skip_log_prefix(struct line *line)
{
	size_t mark = strlen(LOG_MARK);

	for (const char *at = line->at; (size_t)(line->end - at) >= mark; at++)
		if (!memcmp(at, LOG_MARK, mark)) {
			line->at = at + mark;
			line->is_logged = true;
		}
	while (line->at < line->end && is_space(*line->at))
		line->at++;
	while (line->end > line->at && is_space(line->end[-1]))
		line->end--;
}

static int put_line(struct parser *parser, const struct line *line)
{
	struct dump *dump = parser->dump;

	if (line->len > dump->size - dump->len)
		return fail(parser, -ENOBUFS, "the dump has more bytes than are taken");
	memcpy(dump->bytes + dump->len, line->bytes, line->len);
	dump->len += line->len;
	dump->n_lines++;
	dump->is_wide |= line->is_wide;
	dump->is_swapped_likely |= line->is_logged && line->is_wide;
	parser->line_bytes = line->len;
	return 0;
}

static int skip_line(struct parser *parser)
{
	if (!parser->dump->n_skipped++)
		parser->dump->first_skipped = parser->dump->line;
	return 0;
}

/* 1: another dump begins with this line. */
static int take_line(struct parser *parser, struct line *line)
{
	int r;

	skip_log_prefix(line);
	if (line->at == line->end)
		return 0;
	if (line->end - line->at == 1 && *line->at == '*') {
		if (parser->dump->n_lines && !parser->has_offsets)
			return fail(parser, -EBADMSG,
				    "\"*\" stands for lines like the last, and without "
				    "offsets nothing says how many");
		parser->star = parser->dump->n_lines > 0;
		return parser->star ? 0 : skip_line(parser);
	}
	find_offset(parser, line);
	if (line->offset && parser->has_offsets &&
	    is_zero(line->offset, line->offset_len) && parser->dump->len)
		return 1;
	r = take_groups(parser, line);
	if (r == 0 && line->offset && parser->has_offsets)
		return take_end(parser, line);
	if (r == 0)
		return skip_line(parser);
	if (r > 0 && line->offset && !parser->has_offsets && !parser->dump->n_lines)
		begin_offsets(parser, line);
	else if (r > 0 && parser->has_offsets)
		r = line->offset ? check_offset(parser, line) :
				   fail(parser, -EBADMSG,
					"this line has no offset, the others have");
	return r < 0 ? r : put_line(parser, line);
}

int dump_parse(const char *text, size_t len, bool swap, struct dump *ret)
{
	struct parser parser = { .dump = ret, .swap = swap };
	struct line line;
	int r = 0;

	*ret = (struct dump){ .bytes = ret->bytes, .size = ret->size };
	while (ret->used < len && r == 0) {
		const char *at = text + ret->used;
		const char *end = memchr(at, '\n', len - ret->used);

		line.at = at;
		line.end = end ? end : text + len;
		line.offset = NULL;
		line.offset_len = 0;
		line.is_logged = line.is_wide = false;
		line.len = line.n_groups = 0;
		ret->line++;
		r = take_line(&parser, &line);
		if (r <= 0)
			ret->used = end ? (size_t)(end + 1 - text) : len;
	}
	if (r >= 0 && !ret->n_lines)
		return -ENODATA;
	return r < 0 ? r : 0;
}
