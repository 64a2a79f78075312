// SPDX-License-Identifier: LGPL-2.1-or-later

#include "handlers/mca.h"

/* Set by processors that stopped reporting this corrected error one by one. */
#define FILTERED 0x1000

/* The forms, the more special before the more general ones. */
enum form {
	SIMPLE,
	CACHE_ANY,
	TLB,
	MEMORY,
	MEMORY_CACHE,
	CACHE,
	BUS,
	INTERNAL,
	FORM_MAX
};

static const struct {
	uint16_t mask, value;
	enum component component;
} forms[FORM_MAX] = {
	[CACHE_ANY] = { 0xeffc, 0x000c, COMPONENT_CACHE },
	[TLB] = { 0xeff0, 0x0010, COMPONENT_TLB },
	[MEMORY] = { 0xef80, 0x0080, COMPONENT_MEMORY },
	[MEMORY_CACHE] = { 0xef80, 0x0280, COMPONENT_MEMORY },
	[CACHE] = { 0xef00, 0x0100, COMPONENT_CACHE },
	[BUS] = { 0xe800, 0x0800, COMPONENT_BUS },
	[INTERNAL] = { 0xfc00, 0x0400, COMPONENT_CPU },
};

static const struct {
	uint16_t code;
	enum component component;
	const char *words;
} simple[] = {
	{ 0x0000, COMPONENT_CPU, "no error" },
	{ 0x0001, COMPONENT_CPU, "unclassified error" },
	{ 0x0002, COMPONENT_CPU, "microcode ROM parity error" },
	{ 0x0003, COMPONENT_CPU, "error told by another processor" },
	{ 0x0004, COMPONENT_CPU, "functional redundancy check error" },
	{ 0x0005, COMPONENT_CPU, "internal parity error" },
	{ 0x0006, COMPONENT_CPU, "SMM handler code access violation" },
	{ 0x0400, COMPONENT_CPU, "internal timer error" },
	{ 0x0e0b, COMPONENT_BUS, "I/O error" },
};

static const char *const levels[] = { "L0", "L1", "L2", "any level" };
static const char *const transactions[] = { "instruction", "data", "generic", "unknown" };
static const char *const requests[16] = {
	"access",   "read",	"write", "data read", "data write", "instruction fetch",
	"prefetch", "eviction", "snoop",
};
static const char *const memory_requests[8] = {
	"access", "read", "write", "address or command", "scrub",
};
static const char *const participants[] = { "as its source", "as its responder",
					    "as an observer", "generic" };
static const char *const spaces[] = { "memory", "reserved", "I/O", "other" };

static size_t find_simple(uint16_t code)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(simple) && simple[i].code != code)
		i++;
	return i;
}

/* FORM_MAX: none that is known. */
static enum form form_of(uint16_t code)
{
	enum form form = SIMPLE;

	if (find_simple(code) < ARRAY_SIZE(simple))
		return SIMPLE;
	for (form = CACHE_ANY; form < FORM_MAX; form++)
		if ((code & forms[form].mask) == forms[form].value)
			break;
	return form;
}

/* What an error of this code is of. */
enum component mca_component(uint16_t code)
{
	enum form form = form_of(code);

	if (form == SIMPLE)
		return simple[find_simple(code)].component;
	return form < FORM_MAX ? forms[form].component : COMPONENT_CPU;
}

static void add_request(struct text *out, unsigned int request)
{
	if (requests[request])
		text_add(out, "%s", requests[request]);
	else
		text_add(out, "request %u", request);
}

static void add_memory(uint16_t code, struct text *out)
{
	unsigned int request = code >> 4 & 7, channel = code & 0xf;

	if (memory_requests[request])
		text_add(out, "%s", memory_requests[request]);
	else
		text_add(out, "request %u", request);
	if (channel != 0xf)
		text_add(out, " on channel %u", channel);
}

static void add_bus(uint16_t code, struct text *out)
{
	text_add(out, "bus or interconnect error: ");
	add_request(out, code >> 4 & 0xf);
	text_add(out, " of %s, %s, %s", spaces[code >> 2 & 3],
		 participants[code >> 9 & 3], levels[code & 3]);
	if (code & 0x100)
		text_add(out, ", timed out");
}

/* The code in plain words; the number where it has none. */
void mca_add_words(uint16_t code, struct text *out)
{
	enum form form = form_of(code);

	switch (form) {
	case SIMPLE:
		text_add(out, "%s", simple[find_simple(code)].words);
		return;
	case CACHE_ANY:
		text_add(out, "cache error, %s", levels[code & 3]);
		break;
	case TLB:
		text_add(out, "TLB error: %s, %s", transactions[code >> 2 & 3],
			 levels[code & 3]);
		break;
	case MEMORY:
		text_add(out, "memory controller error: ");
		add_memory(code, out);
		break;
	case MEMORY_CACHE:
		text_add(out, "error of memory that serves as a cache: ");
		add_memory(code, out);
		break;
	case CACHE:
		text_add(out, "cache error: %s ", transactions[code >> 2 & 3]);
		add_request(out, code >> 4 & 0xf);
		text_add(out, ", %s", levels[code & 3]);
		break;
	case BUS:
		add_bus(code, out);
		break;
	case INTERNAL:
		text_add(out, "internal error %#x", code & 0x3ff);
		break;
	case FORM_MAX:
		text_add(out, "error code %#x", code);
		return;
	}
	if (form != INTERNAL && form != BUS && code & FILTERED)
		text_add(out, ", reported less often than it happens");
}
