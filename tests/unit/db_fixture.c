// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db_fixture.h"

#include "cxl_fixture.h"

#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cper/kernel_dump.h"
#include "cper/log.h"
#include "cper/section.h"
#include "handlers/own_poison.h"
#include "handlers/table.h"
#include "util/clock.h"
#include "util/macro.h"
#include "vendor_fixture.h"

#define ARENA_BYTES 65536

int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/rasd-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->db, sizeof(f->db), "%s/rasd.db", f->dir);
	f->arena = (struct arena){ .base = malloc(ARENA_BYTES), .size = ARENA_BYTES };
	*state = f;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(f->arena.base);
	free(f);
	return 0;
}

const struct handler *sample_handler(const char *type)
{
	for (size_t i = 0; i < handlers_table.n_handlers; i++)
		if (!strcmp(handlers_table.handlers[i]->type->name, type))
			return handlers_table.handlers[i];
	fail_msg("no handler %s", type);
	return NULL;
}

/* A field of the tracepoint, by the kernel's name. */
static void set(struct event *event, const char *kernel, struct value value)
{
	for (size_t i = 0; i < event->type->n_fields; i++)
		if (event->type->fields[i].kernel &&
		    !strcmp(event->type->fields[i].kernel, kernel)) {
			event->detail[i] = value;
			return;
		}
	fail_msg("%s has no field %s", event->type->name, kernel);
}

static void fill_memory_failure(struct event *e)
{
	set(e, "pfn", value_uint(0x12345));
	set(e, "type", value_int(9));
	set(e, "result", value_int(3));
}

static void put_le(uint8_t *at, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

/*
 * Two errors, the context of the general purpose registers and one of EL3, eleven vendor
 * bytes; cut as kernels cut it: contexts of 8 bytes each.
 */
static void fill_arm(struct event *e)
{
	static uint8_t body[64 + 8 + 32 * 8 + 8 + 10 * 8 + 11];
	uint8_t *at = body + 64;

	put_le(body, 0x001f2000, 4);
	body[4] = 2; /* cache */
	put_le(body + 8, 0x88d0077, 8);
	put_le(body + 16, 0xffff800012345678, 8);
	put_le(body + 24, 0x8000123450, 8);
	put_le(body + 32, 0x00042000, 4);
	body[36] = 4; /* TLB */
	put_le(body + 40, 0xfedcba9876543210, 8);
	put_le(at + 2, 4, 2);
	put_le(at + 4, 32 * 8, 4);
	for (unsigned int i = 0; i < 32; i++)
		put_le(at + 8 + 8 * i, i == 31 ? ~0ULL : 0x1000 + i, 8);
	at += 8 + 32 * 8;
	put_le(at + 2, 7, 2);
	put_le(at + 4, 10 * 8, 4);
	memcpy(at + 8 + 10 * 8, "vendor\0\x01\xff..", 11);
	set(e, "mpidr", value_uint(0x80000000));
	set(e, "midr", value_uint(0x413fd0c1));
	set(e, "running_state", value_uint(1));
	set(e, "psci_state", value_uint(0));
	set(e, "affinity", value_uint(1));
	set(e, "sev", value_uint(2));
	set(e, "cpu", value_int(3));
	set(e, "pei_buf", value_bytes(body, 64));
	set(e, "ctx_buf", value_bytes(body + 64, 16));
	set(e, "oem_buf", value_bytes(body + 80, sizeof(body) - 80));
}

static void fill_mc(struct event *e)
{
	set(e, "error_type", value_uint(0));
	set(e, "msg", value_text("memory read error"));
	set(e, "label", value_text("DIMM_A1"));
	set(e, "error_count", value_uint(7));
	set(e, "mc_index", value_uint(0));
	set(e, "top_layer", value_int(-1));
	set(e, "middle_layer", value_int(-1));
	set(e, "lower_layer", value_int(2));
	set(e, "address", value_uint(0x1234567000));
	set(e, "grain_bits", value_uint(12));
	set(e, "syndrome", value_uint(0xfedcba9876543210));
	set(e, "driver_detail", value_text(""));
}

static void fill_non_standard(struct event *e)
{
	static uint8_t data[48], guid[16];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 5);
	for (size_t i = 0; i < sizeof(guid); i++)
		guid[i] = (uint8_t)(0xa0 + i);
	set(e, "sec_type", value_bytes(guid, sizeof(guid)));
	set(e, "fru_id", value_bytes(guid, sizeof(guid)));
	set(e, "fru_text", value_text("slot 7"));
	set(e, "sev", value_uint(1));
	set(e, "len", value_uint(sizeof(data)));
	set(e, "buf", value_bytes(data, sizeof(data)));
}

static void fill_sigbus(struct event *e)
{
	set(e, "sig", value_int(7));
	set(e, "code", value_int(4));
	set(e, "comm", value_text("evil\033[2J\n"));
	set(e, "pid", value_int(4711));
	set(e, "group", value_int(0));
	set(e, "result", value_int(0));
}

static void fill_block_error(struct event *e)
{
	set(e, "dev", value_uint(7 << 20 | 3));
	set(e, "sector", value_uint(12345678));
	set(e, "nr_sector", value_uint(8));
	set(e, "error", value_int(-61));
	set(e, "rwbs", value_text("RM"));
	set(e, "cmd", value_text(""));
}

static void fill_aer(struct event *e)
{
	static const uint32_t header[4] = { 0x4a000001, 0, 0, 0xfedcba98 };

	set(e, "dev_name", value_text("0000:01:00.0"));
	set(e, "status", value_uint(0x84000000));
	set(e, "severity", value_uint(0));
	set(e, "tlp_header_valid", value_uint(1));
	set(e, "tlp_header", value_bytes(header, sizeof(header)));
	set(e, "bus_type", value_text("PCIe"));
}

static void fill_test(struct event *e)
{
	set(e, "buf", value_text("rasd test-event 00aa sample\n"));
}

/* What the kernel's log says of a memory error, see tests/golden. */
static const struct cper_log_section memory_section = {
	.number = 7,
	.source = 2,
	.index = 1,
	.severity = SEVERITY_CORRECTED,
	.type = "memory error",
	.n_lines = 7,
	.lines = { "fru_text: slot \"7\"",
		   "error_status: Storage error in DRAM memory (0x0000000000000400)",
		   "physical_address: 0xfedcba9876543000",
		   "physical_address_mask: 0xffffffffffffffc0",
		   "node:0 card:3 module:0 rank:0 bank:9 device:3 row:4660 column:119 "
		   "requestor_id:0xffffffffffffffff",
		   "error_type: 2, single-bit ECC", "DIMM location: BANK 0 DIMM A 0" },
};

static void make_cper_memory(struct fixture *f, struct event *e)
{
	assert_int_equal(
		sample_handler("cper-memory")->decode_log(&memory_section, &f->arena, e),
		1);
}

static void make_kernel_crash(struct fixture *f, struct event *e)
{
	static const char text[] =
		"<0>[    9.000001] Kernel panic - not syncing: Fatal hardware error!\n"
		"<4>[    9.000002] CPU: 1 PID: 0 Comm: swapper/1\n";
	static const struct dump_head head = { .reason = "Panic", .count = 1 };
	struct cper_log_section section;
	enum kernel_dump_result result;
	struct kernel_dump dump;
	struct dump_line line;

	kernel_dump_begin(&dump, &head, 1, text, sizeof(text) - 1);
	do
		result = kernel_dump_next(&dump, &section, &line);
	while (result == DUMP_LINE);
	assert_int_equal(result, DUMP_SECTION);
	assert_int_equal(
		sample_handler("kernel-crash")->decode_log(&section, &f->arena, e), 1);
}

/* A section with all that is valid at its highest; an event of its handler. */
static void make_section(struct fixture *f, struct event *e, size_t len)
{
	static uint8_t bytes[512];
	const struct cper_section section = { .severity = SEVERITY_FATAL,
					      .revision = 0x300,
					      .has_flags = true,
					      .flags = 0xff,
					      .has_place = true,
					      .record = 7,
					      .index = 1,
					      .body = bytes,
					      .len = len };

	assert_true(len <= sizeof(bytes));
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(
		sample_handler(e->type->name)->decode_section(&section, &f->arena, e), 1);
}

static void make_cper_pcie(struct fixture *f, struct event *e)
{
	make_section(f, e, 208);
}

static void make_cper_processor(struct fixture *f, struct event *e)
{
	make_section(f, e, 192);
}

static void make_cper_firmware(struct fixture *f, struct event *e)
{
	make_section(f, e, 40);
}

static void make_cper_x86(struct fixture *f, struct event *e)
{
	make_section(f, e, 64 + 5 * 64 + 5);
}

static void make_own_poison(struct fixture *f, struct event *e)
{
	const struct own_poison poison = { .pid = 4711,
					   .process = "store",
					   .signal = 7,
					   .code = 5,
					   .address = 0x7f0012345000,
					   .lsb = 12,
					   .place = "heap" };

	(void)f;
	own_poison_event(&poison, 0, e);
}

static void take_line(const char *type, const char *line, struct event *e)
{
	const struct record record = { .page_size = 4096 };

	assert_int_equal(
		sample_handler(type)->decode_line(&record, line, strlen(line), e), 1);
}

static void make_soft_offline(struct fixture *f, struct event *e)
{
	(void)f;
	take_line("soft-offline", "Soft offline: 0x1a2b: thp split failed", e);
}

static void make_arm64_abort(struct fixture *f, struct event *e)
{
	(void)f;
	take_line("arm64-abort", "SError Interrupt on CPU1, code 0x00be000011 -- SError",
		  e);
}

static void make_vendor(struct fixture *f, struct event *e)
{
	vendor_sample(e->type->name, &f->arena, e);
}

static void make_cxl(struct fixture *f, struct event *e)
{
	cxl_sample(e, &f->arena);
}

/* The kernel's fields of any type, each with another value of its kind. */
static void fill_any(struct event *e)
{
	static const uint8_t bytes[16] = { 0xff, 1, 2, 3 };

	for (size_t i = 0; i < e->type->n_fields; i++) {
		const struct field *field = &e->type->fields[i];

		if (!field->kernel)
			continue;
		if (field->kind == FIELD_TEXT)
			e->detail[i] = value_text("some text");
		else if (field->kind == FIELD_BYTES)
			e->detail[i] = value_bytes(bytes, sizeof(bytes));
		else
			e->detail[i] = value_uint(i + 1);
	}
}

static const struct sample {
	const char *type;
	void (*fill)(struct event *event); /* the kernel's fields, for decode() */
	/* without a tracepoint: the event itself */
	void (*make)(struct fixture *f, struct event *event);
} samples[] = {
	{ "memory-failure", fill_memory_failure, NULL },
	{ "arm", fill_arm, NULL },
	{ "mc", fill_mc, NULL },
	{ "non-standard", fill_non_standard, NULL },
	{ "sigbus", fill_sigbus, NULL },
	{ "block-error", fill_block_error, NULL },
	{ "test", fill_test, NULL },
	{ "cper-memory", NULL, make_cper_memory },
	{ "own-poison", NULL, make_own_poison },
	{ "soft-offline", NULL, make_soft_offline },
	{ "arm64-abort", NULL, make_arm64_abort },
	{ "cper-pcie", NULL, make_cper_pcie },
	{ "cper-processor", NULL, make_cper_processor },
	{ "cper-firmware", NULL, make_cper_firmware },
	{ "cper-x86", NULL, make_cper_x86 },
	/* not among those that store_samples() numbers */
	{ "aer", fill_aer, NULL },
	{ "hisi-common", NULL, make_vendor },
	{ "hip08-oem1", NULL, make_vendor },
	{ "hip08-oem2", NULL, make_vendor },
	{ "hip08-pcie-local", NULL, make_vendor },
	{ "ampere", NULL, make_vendor },
	{ "grace", NULL, make_vendor },
	{ "vera", NULL, make_vendor },
	{ "yitian-ddr", NULL, make_vendor },
	{ "jaguarmicro", NULL, make_vendor },
	{ "kernel-crash", NULL, make_kernel_crash },
	{ "cxl-aer-correctable", NULL, make_cxl },
	{ "cxl-aer-uncorrectable", NULL, make_cxl },
	{ "cxl-dram", NULL, make_cxl },
	{ "cxl-general-media", NULL, make_cxl },
	{ "cxl-generic", NULL, make_cxl },
	{ "cxl-memory-module", NULL, make_cxl },
	{ "cxl-memory-sparing", NULL, make_cxl },
	{ "cxl-overflow", NULL, make_cxl },
	{ "cxl-poison", NULL, make_cxl },
	{ "cxl-port-aer-correctable", NULL, make_cxl },
	{ "cxl-port-aer-uncorrectable", NULL, make_cxl },
	{ "cxl-protocol", NULL, make_cxl },
};

/* What the handler makes of a record; borrows the fixture's arena and static
 * bytes. */
void sample_event(struct fixture *f, const char *type, struct event *ret)
{
	static const struct symbol_table symbols[EVENT_FIELDS_MAX];
	const struct handler *handler = sample_handler(type);
	const struct record record = {
		.symbols = symbols,
		.page_size = 4096,
		.common_pid = 1,
		.arena = &f->arena,
		.handlers = &handlers_table,
	};
	size_t i = 0;

	arena_reset(&f->arena);
	event_init(ret, handler->type);
	while (i < ARRAY_SIZE(samples) && strcmp(samples[i].type, type))
		i++;
	if (i < ARRAY_SIZE(samples) && samples[i].make) {
		samples[i].make(f, ret);
	} else {
		(i < ARRAY_SIZE(samples) ? samples[i].fill : fill_any)(ret);
		assert_int_equal(handler->decode(&record, ret), 1);
	}
	ret->time_ns = ret->time_last_ns = SAMPLE_TIME_NS;
	ret->boottime_ns = 77;
}

void sample_run(struct db_run *ret)
{
	*ret = (struct db_run){ .time_ns = SAMPLE_TIME_NS,
				.pid = 99,
				.page_size = 4096,
				.config_hash = 0xfedcba9876543210,
				.boot_id = "11111111-2222-3333-4444-555555555555",
				.machine_id = "0123456789abcdef",
				.kernel = "6.12.0-arm64",
				.arch = "aarch64",
				.version = "0.1.0",
				.instance = "rasd",
				.ring = "/nowhere/rasd.ring" };
}

struct db_writer *open_writer(const char *path)
{
	struct db_writer *w = NULL;
	char buf[1024] = "";
	struct text note = TEXT_IN(buf);
	int r = db_writer_open(path, &handlers_table, &w, &note);

	if (r)
		fail_msg("%s: %d, %s", path, r, buf);
	return w;
}

struct db_reader *open_reader(const char *path)
{
	struct db_reader *reader = NULL;
	char buf[1024] = "";
	struct text note = TEXT_IN(buf);
	int r = db_reader_open(path, &handlers_table, &reader, &note);

	if (r)
		fail_msg("%s: %d, %s", path, r, buf);
	return reader;
}

/* A writer on the fixture's database, in a batch from the sample ring. */
struct db_writer *begin_batch(struct fixture *f)
{
	struct db_writer *w = open_writer(f->db);
	uint64_t position;

	assert_int_equal(db_attach_ring(w, SAMPLE_RING, &position), 0);
	assert_int_equal(db_begin(w), 0);
	return w;
}

void commit_and_close(struct db_writer *w)
{
	assert_int_equal(db_commit(w, 1000), 0);
	db_writer_close(w);
}

/* Within a batch. */
void store_event(struct db_writer *w, struct event *event, uint64_t id)
{
	event->id = id;
	if (db_add_event(w, event, NULL) < 0)
		fail_msg("%s: %s", event->type ? event->type->name : "unknown",
			 db_error(w));
}

/* The kernel ring of CPU 3 of instance "rasd" has lost `total`, as read at `sec`.
 */
void tell_loss(struct db_writer *w, uint64_t total, int64_t sec, int fresh)
{
	struct db_counter counter = { .stage = "kernel-ring",
				      .instance = "rasd",
				      .cpu = 3,
				      .fresh = fresh,
				      .total = total,
				      .time_ns = sec * NS_PER_SEC };

	assert_int_equal(db_add_counter(w, &counter), 0);
}

/* A run and one event of every type that has a tracepoint, with ids from 1 in the
 * order of samples[]. */
void store_samples(struct fixture *f)
{
	struct db_writer *w = open_writer(f->db);
	struct db_run run;
	uint64_t position;

	sample_run(&run);
	assert_int_equal(db_attach_ring(w, SAMPLE_RING, &position), 0);
	assert_int_equal(db_begin(w), 0);
	assert_int_equal(db_add_run(w, &run), 0);
	for (size_t i = 0; i < ARRAY_SIZE(samples) && samples[i].fill; i++) {
		struct event event;

		sample_event(f, samples[i].type, &event);
		store_event(w, &event, i + 1);
	}
	assert_int_equal(db_commit(w, 1000), 0);
	db_writer_close(w);
}

static bool has_sample(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		if (!strcmp(samples[i].type, type))
			return true;
	return false;
}

/*
 * Those behind the first without a tracepoint, with the ids that follow; then those that
 * have no sample: a tracepoint with something in each field will do for them.
 */
void store_untraced_samples(struct fixture *f)
{
	struct db_writer *w = begin_batch(f);
	size_t i = 0;

	while (samples[i].fill)
		i++;
	for (; i < ARRAY_SIZE(samples); i++) {
		struct event event;

		sample_event(f, samples[i].type, &event);
		store_event(w, &event, i + 1);
	}
	for (size_t h = 0; h < handlers_table.n_handlers; h++) {
		struct event event;

		if (has_sample(handlers_table.handlers[h]->type->name))
			continue;
		sample_event(f, handlers_table.handlers[h]->type->name, &event);
		store_event(w, &event, ++i);
	}
	commit_and_close(w);
}

static sqlite3 *open_raw(const char *path)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

/* The first column of the first row, asked past our own code; -1 for none, or
 * NULL. */
int64_t ask_number(const char *path, const char *sql)
{
	sqlite3 *db = open_raw(path);
	sqlite3_stmt *stmt = NULL;
	int64_t number = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(stmt) == SQLITE_ROW &&
	    sqlite3_column_type(stmt, 0) != SQLITE_NULL)
		number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return number;
}

void ask_nothing(const char *path, const char *sql)
{
	sqlite3 *db = open_raw(path);

	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}
