// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/mask.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "locate/log_line.h"
#include "util/macro.h"
#include "util/text.h"

#define PFN_BITS 40 /* as many as a machine's addresses may have, with pages of 4 KiB */
#define MARK	 "[Hardware Error]: "

int mask_init(struct mask *mask, uint64_t page_bytes)
{
	ssize_t n = getrandom(mask->key, sizeof(mask->key), 0);

	mask->page_bytes = page_bytes;
	return n == (ssize_t)sizeof(mask->key) ? 0 : n < 0 ? -errno : -EIO;
}

/* A finalizer that spreads each bit over all others (splitmix64's), keyed before it. */
static uint64_t scatter(const struct mask *mask, uint64_t n)
{
	n = (n ^ mask->key[0]) + mask->key[1];
	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9ULL;
	n = (n ^ n >> 27) * 0x94d049bb133111ebULL;
	return n ^ n >> 31 ^ mask->key[1];
}

uint64_t mask_pfn(const struct mask *mask, uint64_t pfn)
{
	return pfn ? scatter(mask, pfn) & ((1ULL << PFN_BITS) - 1) : 0;
}

uint64_t mask_address(const struct mask *mask, uint64_t address)
{
	return address ? mask_pfn(mask, address / mask->page_bytes) * mask->page_bytes +
				 address % mask->page_bytes :
			 0;
}

void mask_name(const struct mask *mask, const char *name, size_t len,
	       char ret[static MASK_NAME_BYTES])
{
	uint64_t n = 0;

	for (size_t i = 0; i < len; i++)
		n = scatter(mask, n ^ (uint8_t)name[i]);
	snprintf(ret, MASK_NAME_BYTES, "p-%08" PRIx64, n & 0xffffffff);
}

/* --- lines of the log --- */

/* What stands in front of an address in a firmware record (drivers/firmware/efi/cper*.c).
 */
static const char *const address_words[] = { "physical_address: 0x",
					     "physical fault address: 0x", "PFA: 0x" };

/* Lines of bytes may hold addresses in any place, and FRU texts anything. */
static bool is_unknowable(const char *words)
{
	static const char *const heads[] = { "fru_id: ", "fru_text: ", "DIMM location" };

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		if (!strncmp(words, heads[i], strlen(heads[i])))
			return true;
	return strspn(words, "0123456789abcdef") == 8 && words[8] == ':';
}

static bool mask_record_line(const struct mask *mask, const char *line, struct text *text)
{
	const char *words = strstr(line, MARK);

	if (!words)
		return false;
	words += strlen(MARK);
	words += strspn(words, " ");
	if (is_unknowable(words))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(address_words); i++) {
		const char *at = strstr(words, address_words[i]);
		char *end;
		uint64_t address;

		if (!at)
			continue;
		at += strlen(address_words[i]);
		address = strtoull(at, &end, 16);
		text_add(text, "%.*s%016" PRIx64 "%s", (int)(at - line), line,
			 mask_address(mask, address), end);
		return true;
	}
	text_add(text, "%s", line);
	return true;
}

/* "Memory failure: 0x1234: …", of which only the pages' numbers and names are told. */
static bool mask_failure_line(const struct mask *mask, const char *line, size_t len,
			      struct text *text)
{
	static const char head[] = "Memory failure: 0x";
	struct victim_line victim;
	char name[MASK_NAME_BYTES], *end;
	uint64_t pfn;

	if (strncmp(line, head, sizeof(head) - 1))
		return false;
	pfn = strtoull(line + sizeof(head) - 1, &end, 16);
	text_add(text, "%s%" PRIx64, head, mask_pfn(mask, pfn));
	if (victim_line_parse(line, len, &victim)) {
		mask_name(mask, victim.comm, victim.comm_len, name);
		text_add(text, "%.*s%s%s", (int)(victim.comm - end), end, name,
			 victim.comm + victim.comm_len);
		return true;
	}
	if (strncmp(end, ": recovery action for ", 22))
		return false;
	text_add(text, "%s", end);
	return true;
}

bool mask_line(const struct mask *mask, const char *line, size_t len, char *ret,
	       size_t size)
{
	struct text text = { .at = ret, .size = size };
	char copy[2048];

	if (!size || len >= sizeof(copy))
		return false;
	memcpy(copy, line, len);
	copy[len] = '\0';
	*ret = '\0';
	if (mask_failure_line(mask, copy, len, &text))
		return !text.cut;
	text = (struct text){ .at = ret, .size = size };
	*ret = '\0';
	return mask_record_line(mask, copy, &text) && !text.cut;
}
