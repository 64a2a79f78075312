/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What unit tests and fuzz targets share: format files of several kernels, records built
 * by hand at the offsets these formats give, and a directory that looks like tracefs. */

#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "event/handler.h"
#include "sources/instance.h"
#include "sources/tracepoint.h"

struct raw;

/* A format file as a kernel wrote it. */
struct format {
	const char *kernel; /* whose it is */
	const char *tracepoint;
	const char *text;
	void (*example)(struct raw *raw); /* NULL: raw_example() knows one */
};

extern const struct format format_arm_short, format_arm, format_mc, format_non_standard,
	format_sigbus, format_block, format_block_short, format_test,
	format_memory_failure_6_1, format_memory_failure_6_12, format_memory_failure_6_19,
	format_memory_failure_7_2, format_mc_relative;

extern const struct format format_cxl_aer_uncorrectable, format_cxl_aer_correctable, format_cxl_port_aer_uncorrectable, format_cxl_port_aer_correctable, format_cxl_overflow, format_cxl_generic_6_12, format_cxl_generic_7_3, format_cxl_general_media_6_12, format_cxl_general_media_7_3, format_cxl_dram_6_12, format_cxl_dram_7_3, format_cxl_memory_module_6_12, format_cxl_memory_module_7_3, format_cxl_poison_6_12, format_cxl_poison_7_3, format_cxl_memory_sparing;

extern const struct format *const formats[];
extern const size_t n_formats;

const struct handler *handler_of(const char *type);
const struct handler *handler_for(const char *tracepoint);
struct tracepoint *resolve_text(const struct handler *handler, const char *name,
				const char *text, int *ret_error);
struct tracepoint *resolve(const struct format *format);

/* A record under construction. */
struct raw {
	uint8_t bytes[4096];
	size_t len;
};

void raw_begin(struct raw *raw, uint16_t id, int32_t pid, size_t fixed_bytes);
void raw_put(struct raw *raw, size_t at, uint64_t number, size_t width);
void raw_put_text(struct raw *raw, size_t at, const char *text);
void raw_put_data(struct raw *raw, size_t at, const void *bytes, size_t len);

/* Some good record of each type, as `format` lays it out. */
void raw_example(const struct format *format, struct raw *raw);

/* A record, decoded from an allocation of exactly its size. */
struct decoded {
	struct event event;
	struct arena arena;
	uint8_t *bytes;
};

int decode_bytes(const struct tracepoint *tp, const void *record, size_t len,
		 uint64_t page_size, struct decoded *ret);
void decoded_free(struct decoded *decoded);

const struct value *detail_of(const struct event *event, const char *name);
size_t rows_of(const struct event *event, const char *list);
const struct value *cell_of(const struct event *event, const char *list, size_t row,
			    const char *name);
const char *words_of(const struct event *event);

/* A temporary directory; remove_tree() takes it away with all that is in it. */
char *make_temp_directory(void);
void remove_tree(char *path);
void write_file(const char *directory, const char *name, const char *content);
uint8_t *read_whole(const char *path, size_t *ret_len);

/* What `directory` must hold for libtracefs to take it for tracefs, and the instance
 * `name`, whose per-CPU rings are FIFOs. */
void fake_tracefs(const char *directory);
void fake_instance(const char *directory, const char *name, unsigned int n_cpus);
int fake_ring_open(const char *directory, const char *name, unsigned int cpu);
