/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The words for CXL's numbers and bits. A number beside its words stays as it is: what
 * has no word yet is a number, or "bit N" among others that have one.
 */

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "event/handler.h"
#include "util/arena.h"

struct cxl_vocabulary {
	bool bits; /* the symbols' values are bit numbers, of which many may be set */
	struct symbol_table table;
};

/* Columns `number` and `text` of an event: what the first is in words. */
struct cxl_words {
	uint8_t number, text;
	uint8_t lo, hi; /* the bits of the number that it is about; both 0: all of them */
	const struct cxl_vocabulary *vocabulary;
};

extern const struct cxl_vocabulary cxl_log_words, cxl_record_flag_words,
	cxl_maintenance_class_words, cxl_maintenance_words, cxl_dpa_flag_words,
	cxl_descriptor_words, cxl_media_type_words, cxl_dram_type_words,
	cxl_media_sub_type_words, cxl_transaction_words, cxl_threshold_words,
	cxl_module_type_words, cxl_module_sub_type_words, cxl_health_words,
	cxl_media_status_words, cxl_three_level_words, cxl_volatile_level_words,
	cxl_persistent_level_words, cxl_sparing_flag_words, cxl_sparing_result_words,
	cxl_poison_source_words, cxl_poison_flag_words, cxl_poison_act_words,
	cxl_uncorrectable_words, cxl_correctable_words, cxl_agent_words;

int cxl_words_fill(struct event *event, const struct cxl_words *words, size_t n,
		   const struct symbol_table *symbols, struct arena *arena);
