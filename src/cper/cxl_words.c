// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Numbers and bits as CXL 3.1 defines them in 8.2.9.2.1 (event records), 8.2.9.9.3.1
 * (health information), 8.2.9.9.4.1 (poison list), 8.2.4.17 (RAS capability), and
 * UEFI 2.10 in N.2.13 (agents).
 */

#include "cper/cxl_words.h"

#include <errno.h>
#include <inttypes.h>

#include "util/bytes.h"
#include "util/macro.h"

#define WORDS(of, are_bits, ...)                                                      \
	static const struct symbol of##_symbols[] = { __VA_ARGS__ };                  \
	const struct cxl_vocabulary of = {                                            \
		.bits = are_bits, .table = { of##_symbols, ARRAY_SIZE(of##_symbols) } \
	}

/* clang-format off */

/* Of the event logs, and of a record's own severity: it lies in the log of its kind. */
WORDS(cxl_log_words, false,
	{ 0, "informational" },
	{ 1, "warning" },
	{ 2, "failure" },
	{ 3, "fatal" },
	{ 4, "dynamic capacity" });

/* Bits 0 and 1 are the severity. */
WORDS(cxl_record_flag_words, true,
	{ 2, "permanent condition" },
	{ 3, "maintenance needed" },
	{ 4, "performance degraded" },
	{ 5, "hardware replacement needed" },
	{ 6, "maintenance subclass valid" },
	{ 7, "LD-ID valid" },
	{ 8, "head ID valid" });

WORDS(cxl_maintenance_class_words, false,
	{ 0, "none" },
	{ 1, "PPR" },
	{ 2, "memory sparing" },
	{ 3, "built-in test" });

/* Class in bits 8 to 15, subclass below. */
WORDS(cxl_maintenance_words, false,
	{ 0x100, "soft PPR" },
	{ 0x101, "hard PPR" },
	{ 0x200, "cacheline sparing" },
	{ 0x201, "row sparing" },
	{ 0x202, "bank sparing" },
	{ 0x203, "rank sparing" });

WORDS(cxl_dpa_flag_words, true,
	{ 0, "volatile" },
	{ 1, "not repairable" });

WORDS(cxl_descriptor_words, true,
	{ 0, "uncorrectable" },
	{ 1, "threshold" },
	{ 2, "poison list overflow" });

WORDS(cxl_media_type_words, false,
	{ 0, "media ECC error" },
	{ 1, "invalid address" },
	{ 2, "data path error" },
	{ 3, "TE state violation" },
	{ 4, "scrub media ECC error" },
	{ 5, "corrected error counter expiration" },
	{ 6, "CKID violation" });

WORDS(cxl_dram_type_words, false,
	{ 0, "media ECC error" },
	{ 1, "scrub media ECC error" },
	{ 2, "invalid address" },
	{ 3, "data path error" },
	{ 4, "TE state violation" },
	{ 5, "corrected error counter expiration" },
	{ 6, "CKID violation" });

WORDS(cxl_media_sub_type_words, false,
	{ 0, "not reported" },
	{ 1, "internal data path error" },
	{ 2, "media link command training error" },
	{ 3, "media link control training error" },
	{ 4, "media link data training error" },
	{ 5, "media link CRC error" });

WORDS(cxl_transaction_words, false,
	{ 0, "unknown" },
	{ 1, "host read" },
	{ 2, "host write" },
	{ 3, "host scan media" },
	{ 4, "host inject poison" },
	{ 5, "media patrol scrub" },
	{ 6, "media management" },
	{ 7, "internal error check scrub" },
	{ 8, "media initialization" });

WORDS(cxl_threshold_words, true,
	{ 0, "in several media components" },
	{ 1, "programmable threshold exceeded" });

WORDS(cxl_module_type_words, false,
	{ 0, "health status change" },
	{ 1, "media status change" },
	{ 2, "life used change" },
	{ 3, "temperature change" },
	{ 4, "data path error" },
	{ 5, "label storage area error" },
	{ 6, "unrecoverable sideband bus error" },
	{ 7, "memory media FRU error" },
	{ 8, "power management fault" });

WORDS(cxl_module_sub_type_words, false,
	{ 0, "not reported" },
	{ 1, "invalid configuration data" },
	{ 2, "unsupported configuration data" },
	{ 3, "unsupported memory media FRU" });

WORDS(cxl_health_words, true,
	{ 0, "maintenance needed" },
	{ 1, "performance degraded" },
	{ 2, "hardware replacement needed" },
	{ 3, "memory capacity degraded" });

WORDS(cxl_media_status_words, false,
	{ 0, "normal" },
	{ 1, "not ready" },
	{ 2, "write persistency lost" },
	{ 3, "all data lost" },
	{ 4, "write persistency loss at power loss" },
	{ 5, "write persistency loss at shutdown" },
	{ 6, "write persistency loss imminent" },
	{ 7, "all data loss at power loss" },
	{ 8, "all data loss at shutdown" },
	{ 9, "all data loss imminent" });

WORDS(cxl_three_level_words, false,
	{ 0, "normal" },
	{ 1, "warning" },
	{ 2, "critical" });

/* Of corrected errors; those in persistent memory have no threshold of failure. */
WORDS(cxl_volatile_level_words, false,
	{ 0, "normal" },
	{ 1, "warning or failure" });

WORDS(cxl_persistent_level_words, false,
	{ 0, "normal" },
	{ 1, "warning" });

WORDS(cxl_sparing_flag_words, true,
	{ 0, "query of resources" },
	{ 1, "hard sparing" },
	{ 2, "initiated by the device" });

WORDS(cxl_sparing_result_words, false,
	{ 0, "success" },
	{ 1, "resources exhausted" },
	{ 0xff, "general failure" });

WORDS(cxl_poison_source_words, false,
	{ 0, "unknown" },
	{ 1, "external" },
	{ 2, "internal" },
	{ 3, "injected" },
	{ 7, "vendor specific" });

WORDS(cxl_poison_flag_words, true,
	{ 0, "more follow" },
	{ 1, "list overflow" },
	{ 2, "scan in progress" });

/* The kernel's own: enum cxl_poison_trace_type, drivers/cxl/core/core.h. */
WORDS(cxl_poison_act_words, false,
	{ 0, "list" },
	{ 1, "inject" },
	{ 2, "clear" });

WORDS(cxl_uncorrectable_words, true,
	{ 0, "cache data parity" },
	{ 1, "cache address parity" },
	{ 2, "cache byte enable parity" },
	{ 3, "cache data ECC" },
	{ 4, "memory data parity" },
	{ 5, "memory address parity" },
	{ 6, "memory byte enable parity" },
	{ 7, "memory data ECC" },
	{ 8, "reinit threshold" },
	{ 9, "reserved encoding received" },
	{ 10, "poison received" },
	{ 11, "receiver overflow" },
	{ 14, "internal error" },
	{ 15, "IDE transmit error" },
	{ 16, "IDE receive error" });

WORDS(cxl_correctable_words, true,
	{ 0, "cache data ECC" },
	{ 1, "memory data ECC" },
	{ 2, "CRC threshold" },
	{ 3, "retry threshold" },
	{ 4, "cache poison received" },
	{ 5, "memory poison received" },
	{ 6, "physical layer error" });

WORDS(cxl_agent_words, false,
	{ 0, "restricted CXL device" },
	{ 1, "restricted CXL host downstream port" },
	{ 2, "CXL device" },
	{ 3, "CXL logical device" },
	{ 4, "CXL fabric manager managed logical device" },
	{ 5, "CXL root port" },
	{ 6, "CXL downstream switch port" },
	{ 7, "CXL upstream switch port" });

/* clang-format on */

static void add_bits(struct text *out, const struct symbol_table *table, uint64_t value)
{
	for (unsigned int bit = 0; bit < 64; bit++) {
		const char *word = symbol_text(table, bit);

		if (!(value >> bit & 1))
			continue;
		text_add(out, "%s", out->len ? ", " : "");
		if (word)
			text_add(out, "%s", word);
		else
			text_add(out, "bit %u", bit);
	}
}

static int fill_bits(struct value *ret, const struct symbol_table *table, uint64_t value,
		     struct arena *arena)
{
	char buf[1024];
	struct text text = TEXT_IN(buf);
	char *copy;

	add_bits(&text, table, value);
	if (!text.len)
		return 0;
	copy = arena_copy_text(arena, buf, text.len);
	if (!copy)
		return -ENOBUFS;
	*ret = value_text(copy);
	return 0;
}

/*
 * Fills in the text columns of `words` whose number is there. `symbols`: the running
 * kernel's, one per column, for numbers that have no word here; NULL: none. Texts are
 * static, the kernel's, or in the arena: -ENOBUFS if that is full.
 */
int cxl_words_fill(struct event *event, const struct cxl_words *words, size_t n,
		   const struct symbol_table *symbols, struct arena *arena)
{
	for (size_t i = 0; i < n; i++) {
		const struct cxl_words *w = &words[i];
		const struct value *number = &event->detail[w->number];
		struct value *ret = &event->detail[w->text];
		const struct symbol_table *table = &w->vocabulary->table;
		uint64_t value = value_as_uint(number);
		const char *word;
		int r;

		if (number->kind != VALUE_INT)
			continue;
		if (w->vocabulary->bits) {
			if (w->hi)
				value = bits(value, w->lo, w->hi) << w->lo;
			r = fill_bits(ret, table, value, arena);
			if (r < 0)
				return r;
			continue;
		}
		word = symbol_text(table,
				   (int64_t)(w->hi ? bits(value, w->lo, w->hi) : value));
		if (!word && symbols && !w->hi)
			word = symbol_text(&symbols[w->number], (int64_t)value);
		*ret = value_text(word);
	}
	return 0;
}
