// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/cxl_fixture.h"
#include "unit/fixtures.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <traceevent/event-parse.h>

#include "handlers/table.h"
#include "util/macro.h"

/* A fixture that cannot be made is no finding of any test. */
static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

/* --- handlers and their tracepoints --- */

const struct handler *handler_of(const char *type)
{
	for (size_t i = 0; i < handlers_table.n_handlers; i++)
		if (!strcmp(handlers_table.handlers[i]->type->name, type))
			return handlers_table.handlers[i];
	return NULL;
}

/* NULL: none of ours. */
const struct handler *handler_for(const char *tracepoint)
{
	for (size_t i = 0; i < handlers_table.n_handlers; i++) {
		const struct handler *handler = handlers_table.handlers[i];

		for (size_t t = 0;
		     t < HANDLER_TRACEPOINTS_MAX && handler->tracepoints[t].name; t++)
			if (!strcmp(handler->tracepoints[t].name, tracepoint))
				return handler;
	}
	return NULL;
}

struct tracepoint *resolve_text(const struct handler *handler, const char *name,
				const char *text, int *ret_error)
{
	struct tep_handle *tep = tep_alloc();
	struct tracepoint *tp;

	must(tep != NULL, "tep_alloc");
	tp = tracepoint_new(tep, handler, name, text, strlen(text), ret_error);
	tep_free(tep);
	return tp;
}

struct tracepoint *resolve(const struct format *format)
{
	int error = 0;
	struct tracepoint *tp = resolve_text(handler_for(format->tracepoint),
					     format->tracepoint, format->text, &error);

	errno = -error;
	must(tp != NULL, format->tracepoint);
	return tp;
}

/* --- records --- */

void raw_put(struct raw *raw, size_t at, uint64_t number, size_t width)
{
	memcpy(raw->bytes + at, &number, width); /* little-endian machines only */
}

void raw_begin(struct raw *raw, uint16_t id, int32_t pid, size_t fixed_bytes)
{
	memset(raw, 0, sizeof(*raw));
	raw_put(raw, 0, id, 2);
	raw_put(raw, 4, (uint32_t)pid, 4);
	raw->len = fixed_bytes;
}

void raw_put_text(struct raw *raw, size_t at, const char *text)
{
	memcpy(raw->bytes + at, text, strlen(text));
}

/* A __data_loc at `at`, its bytes at the record's end. */
void raw_put_data(struct raw *raw, size_t at, const void *bytes, size_t len)
{
	raw_put(raw, at, raw->len | len << 16, 4);
	memcpy(raw->bytes + raw->len, bytes, len);
	raw->len += len;
}

static void example_arm(struct raw *raw, bool with_body)
{
	uint8_t pei[64] = { 0, 32, 0x1f, 0, 2 }, ctx[8] = { 0, 0, 3, 0, 8 };
	uint8_t rest[8 + 24] = { 0x11, 0, 0, 0, 0x22 };

	raw_begin(raw, 2205, 0, with_body ? 68 : 36);
	raw_put(raw, 8, 0x80000100, 8);
	raw_put(raw, 16, 0x413fd0c1, 8);
	raw_put(raw, 24, 1, 4);
	raw_put(raw, 32, 1, 1);
	if (!with_body)
		return;
	pei[32 + 1] = 32;
	pei[32 + 4] = 4;
	raw_put(raw, 36, sizeof(pei), 4);
	raw_put_data(raw, 40, pei, sizeof(pei));
	raw_put(raw, 44, sizeof(ctx), 4);
	raw_put_data(raw, 48, ctx, sizeof(ctx));
	raw_put(raw, 52, sizeof(rest), 4);
	raw_put_data(raw, 56, rest, sizeof(rest));
	raw_put(raw, 60, 2, 1);
	raw_put(raw, 64, 3, 4);
}

static void example_mc(struct raw *raw, bool relative)
{
	uint32_t behind_msg = relative ? 16 : 0;

	raw_begin(raw, 2206, 0, 60);
	raw_put(raw, 8, 0, 4);
	raw_put_data(raw, 12, "Single-bit ECC", 15);
	raw_put(raw, 12, (60 - behind_msg) | 15 << 16, 4);
	raw_put_data(raw, 16, "DIMM_A1", 8);
	raw_put(raw, 20, 3, 2);
	raw_put(raw, 22, 1, 1);
	raw_put(raw, 23, 0xffff00, 3); /* 0, -1, -1 */
	raw_put(raw, 32, 0x8812345000, 8);
	raw_put(raw, 40, 12, 1);
	raw_put(raw, 48, 0xbeef, 8);
	raw_put_data(raw, 56, "APEI location: node:0", 22);
}

static void example_non_standard(struct raw *raw)
{
	raw_begin(raw, 2204, 0, 56);
	for (uint8_t i = 0; i < 16; i++) {
		raw_put(raw, 8 + i, i, 1);
		raw_put(raw, 24 + i, 0x10u + i, 1);
	}
	raw_put_data(raw, 40, "DIMM A1", 8);
	raw_put(raw, 44, 2, 1);
	raw_put(raw, 48, 5, 4);
	raw_put_data(raw, 52, "\x01\x02\x03\x04\x05", 5);
}

static void example_sigbus(struct raw *raw)
{
	raw_begin(raw, 261, 16, 48);
	raw_put(raw, 8, 7, 4);
	raw_put(raw, 16, 5, 4);
	raw_put_text(raw, 20, "victim");
	raw_put(raw, 36, 341, 4);
}

static void example_block(struct raw *raw, bool with_ioprio)
{
	raw_begin(raw, 2106, 77, with_ioprio ? 48 : 44);
	raw_put(raw, 8, 252u << 20 | 1, 4);
	raw_put(raw, 16, 4096, 8);
	raw_put(raw, 24, 8, 4);
	raw_put(raw, 28, (uint32_t)-61, 4);
	raw_put_text(raw, with_ioprio ? 34 : 32, "RS");
	raw_put_data(raw, with_ioprio ? 44 : 40, "", 1);
}

static void example_memory_failure(struct raw *raw)
{
	raw_begin(raw, 2207, 16, 24);
	raw_put(raw, 8, 0x4381a, 8);
	raw_put(raw, 16, 13, 4);
	raw_put(raw, 20, 3, 4);
}

void raw_example(const struct format *format, struct raw *raw)
{
	const char *type = handler_for(format->tracepoint)->type->name;

	if (format->example)
		format->example(raw);
	else if (!strcmp(type, "arm"))
		example_arm(raw, format == &format_arm);
	else if (!strcmp(type, "mc"))
		example_mc(raw, format == &format_mc_relative);
	else if (!strcmp(type, "non-standard"))
		example_non_standard(raw);
	else if (!strcmp(type, "sigbus"))
		example_sigbus(raw);
	else if (!strcmp(type, "block-error"))
		example_block(raw, format == &format_block);
	else if (!strcmp(type, "memory-failure"))
		example_memory_failure(raw);
	else if (!strncmp(type, "cxl-", 4))
		cxl_raw_example(format, raw);
	else {
		raw_begin(raw, 5, 1, 16);
		raw_put_text(raw, 16, "rasd test-event abc\n");
		raw->len += 21;
	}
}

#define ARENA_BYTES (1024 * 1024) /* as the daemon's */

/* Extraction and decode(). On failure there is nothing to free. */
int decode_bytes(const struct tracepoint *tp, const void *record, size_t len,
		 uint64_t page_size, struct decoded *ret)
{
	struct record context = { .symbols = tp->symbols,
				  .page_size = page_size,
				  .handlers = &handlers_table };
	int r;

	*ret = (struct decoded){ .bytes = malloc(len ? len : 1) };
	ret->arena = (struct arena){ .base = malloc(ARENA_BYTES), .size = ARENA_BYTES };
	must(ret->bytes && ret->arena.base, "malloc");
	if (len)
		memcpy(ret->bytes, record, len);
	context.arena = &ret->arena;
	r = tracepoint_extract(tp, ret->bytes, len, &ret->event);
	if (r >= 0) {
		memcpy(&context.common_pid, ret->bytes + 4, sizeof(context.common_pid));
		r = tp->handler->decode(&context, &ret->event);
	}
	if (r < 0)
		decoded_free(ret);
	return r;
}

void decoded_free(struct decoded *decoded)
{
	free(decoded->bytes);
	free(decoded->arena.base);
	*decoded = (struct decoded){ 0 };
}

/* --- events --- */

static size_t find_field(const struct field *fields, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].name && !strcmp(fields[i].name, name))
			return i;
	return n;
}

/* NULL: the type has no such field. */
const struct value *detail_of(const struct event *event, const char *name)
{
	size_t i = find_field(event->type->fields, event->type->n_fields, name);

	return i < event->type->n_fields ? &event->detail[i] : NULL;
}

static size_t find_list(const struct event *event, const char *list)
{
	size_t l = 0;

	while (l < event->type->n_lists && strcmp(event->type->lists[l].name, list))
		l++;
	must(l < event->type->n_lists, list);
	return l;
}

size_t rows_of(const struct event *event, const char *list)
{
	return event->lists[find_list(event, list)].n_rows;
}

/* NULL: no such row or field. */
const struct value *cell_of(const struct event *event, const char *list, size_t row,
			    const char *name)
{
	size_t l = find_list(event, list);
	const struct list_type *type = &event->type->lists[l];
	size_t i = find_field(type->fields, type->n_fields, name);

	if (i == type->n_fields || row >= event->lists[l].n_rows)
		return NULL;
	return &event->lists[l].values[row * type->n_fields + i];
}

/* What describe() says; valid until the next call. */
const char *words_of(const struct event *event)
{
	static char line[EVENT_TEXT_BYTES];
	struct text text = TEXT_IN(line);

	*line = '\0';
	event_describe(event, &text);
	return line;
}

/* --- files --- */

char *make_temp_directory(void)
{
	const char *base = getenv("TMPDIR");
	char *path = NULL;

	must(asprintf(&path, "%s/rasd-test-XXXXXX", base ? base : "/tmp") > 0,
	     "asprintf");
	must(mkdtemp(path) != NULL, path);
	return path;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

void remove_tree(char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(path);
}

void write_file(const char *directory, const char *name, const char *content)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	must(file && fputs(content, file) >= 0 && fclose(file) == 0, path);
}

/* NULL: it cannot be read. */
uint8_t *read_whole(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "re");
	uint8_t *bytes;
	struct stat st;

	if (!file)
		return NULL;
	must(fstat(fileno(file), &st) == 0, path);
	bytes = calloc(1, (size_t)st.st_size + 1);
	must(bytes && fread(bytes, 1, (size_t)st.st_size, file) == (size_t)st.st_size,
	     path);
	fclose(file);
	*ret_len = (size_t)st.st_size;
	return bytes;
}

/* --- tracefs --- */

static void make_directories(const char *directory, const char *below)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, below);
	must(mkdir(path, 0755) == 0, path);
}

void fake_tracefs(const char *directory)
{
	make_directories(directory, "instances");
	make_directories(directory, "events");
}

void fake_instance(const char *directory, const char *name, unsigned int n_cpus)
{
	static const char *const stats =
		"entries: 7\noverrun: 11\ncommit overrun: 13\nbytes: 17\n"
		"oldest event ts:     1.000000\nnow ts:   100.000000\ndropped events: 19\n"
		"read events: 23\n";
	char below[PATH_MAX - 32], path[PATH_MAX];

	snprintf(below, sizeof(below), "instances/%s", name);
	make_directories(directory, below);
	snprintf(below, sizeof(below), "instances/%s/per_cpu", name);
	make_directories(directory, below);
	snprintf(below, sizeof(below), "%s/instances/%s", directory, name);
	write_file(below, "trace_clock", "local global [boot] mono\n");
	write_file(below, "buffer_percent", "50\n");
	write_file(below, "buffer_size_kb", "1408\n");
	write_file(below, "buffer_subbuf_size_kb", "4\n");
	write_file(below, "tracing_on", "1\n");
	for (unsigned int cpu = 0; cpu < n_cpus; cpu++) {
		snprintf(below, sizeof(below), "instances/%s/per_cpu/cpu%u", name, cpu);
		make_directories(directory, below);
		snprintf(below, sizeof(below), "%s/instances/%s/per_cpu/cpu%u", directory,
			 name, cpu);
		write_file(below, "stats", stats);
		snprintf(path, sizeof(path), "%s/trace_pipe_raw", below);
		must(mkfifo(path, 0600) == 0, path);
	}
}

/* The end of a CPU's ring that the kernel would have; open it after the reader did. */
int fake_ring_open(const char *directory, const char *name, unsigned int cpu)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/instances/%s/per_cpu/cpu%u/trace_pipe_raw",
		 directory, name, cpu);
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	must(fd >= 0, path);
	return fd;
}
