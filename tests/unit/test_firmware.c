// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What was kept over a reboot becomes events once: read by the reader's own process from
 * directories of the test's; events are caught on their way into the ring.
 */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "handlers/table.h"
#include "rasd/firmware.h"
#include "rasd/firmware_take.h"
#include "util/bytes.h"
#include "util/clock.h"
#include "util/log.h"

#define EVENTS_MAX 32
#define ARENA_SIZE 65536

/* c197e04e…: a dump that the kernel put into ERST; its creator is pstore. */
static const uint8_t memory_guid[] = { 0x14, 0x11, 0xbc, 0xa5, 0x64, 0x6f, 0xde, 0x4e,
				       0xb8, 0x63, 0x3e, 0x83, 0xed, 0x7c, 0x83, 0xb1 };
static const uint8_t pstore_guid[] = { 0xe3, 0x74, 0xa5, 0x75, 0x52, 0x50, 0x29, 0x4b,
				       0x8a, 0x8e, 0xbe, 0x2c, 0x64, 0x90, 0xb8, 0x9d };

struct caught {
	const char *type;
	struct event event; /* what it borrows is gone */
	char message[EVENT_TEXT_BYTES];
};

static struct here {
	char dir[64];
	struct ring ring;
	struct pipeline pipeline;
	struct firmware firmware;
	struct config config;
	struct caught events[EVENTS_MAX];
	size_t n;
	unsigned int published;
	bool full; /* the ring */
} here;

bool __wrap_pipeline_add(struct pipeline *pipeline, struct event *event);
bool __wrap_pipeline_publish(struct pipeline *pipeline);

bool __wrap_pipeline_add(struct pipeline *pipeline, struct event *event)
{
	struct caught *caught = &here.events[here.n];
	struct text text = TEXT_IN(caught->message);

	assert_ptr_equal(pipeline, &here.pipeline);
	if (here.full)
		return false;
	assert_true(here.n < EVENTS_MAX);
	here.n++;
	caught->event = *event;
	caught->type = event->type->name;
	event_describe(event, &text);
	return true;
}

bool __wrap_pipeline_publish(_unused_ struct pipeline *pipeline)
{
	here.published++;
	return true;
}

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", here.dir, name);
	return path;
}

/* A machine that knows nothing yet: its ring is new. */
static int set_up(void **state)
{
	const struct ring_layout layout = { .schema = 1,
					    .scratch_bytes = SCRATCH_BYTES,
					    .data_bytes = 1u << 20 };
	char note_text[256] = "";
	struct text note = TEXT_IN(note_text);
	struct scratch_memory *memory;

	memset(&here, 0, sizeof(here));
	log_open("firmware", LOG_CRIT);
	strcpy(here.dir, "/tmp/rasd-test-XXXXXX");
	if (!mkdtemp(here.dir) ||
	    ring_open(path_of("ring"), &layout, &here.ring, &note) < 0)
		return -1;
	here.pipeline = (struct pipeline){
		.handlers = &handlers_table,
		.ring = &here.ring,
		.page_size = 4096,
		.arena = { .base = malloc(ARENA_SIZE), .size = ARENA_SIZE },
	};
	memory = (void *)(here.ring.scratch + SCRATCH_MEMORY_AT);
	memcpy(memory->boot_id, "11111111-2222-3333-4444-555555555555", 36);
	here.config = (struct config){ .bert = true, .pstore = true };
	*state = &here;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	ring_close(&here.ring);
	free(here.pipeline.arena.base);
	return nftw(here.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *name, const void *bytes, size_t len, time_t sec)
{
	struct timespec times[2] = { { .tv_sec = sec }, { .tv_sec = sec } };
	char path[256];
	int fd;

	strcpy(path, path_of(name));
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static bool exists(const char *name)
{
	return access(path_of(name), F_OK) == 0;
}

/* A start of the daemon, up to where all is read. */
static void start(void)
{
	here.n = here.published = 0;
	firmware_init(&here.firmware, &here.pipeline, here.dir, &here.config);
	if (here.firmware.paths.archive)
		here.firmware.paths.archive = NULL; /* this machine's own */
	assert_int_equal(firmware_start(&here.firmware), 1);
	while (firmware_hear(&here.firmware))
		;
	firmware_end(&here.firmware);
}

static void start_and_stop(void)
{
	start();
	firmware_deinit(&here.firmware);
}

static int64_t boot_began_ns(void)
{
	return clock_now_ns(CLOCK_REALTIME) - clock_now_ns(CLOCK_BOOTTIME);
}

/* --- BERT --- */

static void put_le(uint8_t *at, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

/* A block with one memory section of 80 bytes; its status is what the kernel leaves. */
static size_t make_block(uint8_t *at, uint32_t severity, uint64_t address)
{
	uint8_t *entry = at + 20, *body = entry + 72;

	memset(at, 0, 20 + 72 + 80);
	put_le(at + 12, 72 + 80, 4);
	put_le(at + 16, severity, 4);
	memcpy(entry, memory_guid, sizeof(memory_guid));
	put_le(entry + 16, severity, 4);
	put_le(entry + 20, 0x300, 2);
	put_le(entry + 24, 80, 4);
	put_le(body, 1 << 1, 8);
	put_le(body + 16, address, 8);
	return 20 + 72 + 80;
}

static void put_region(const char *directory)
{
	uint8_t region[4096] = { 0 }, table[48] = "BERT";
	char name[64];
	size_t len = make_block(region, 1, 0x1234000);

	make_block(region + len, 0, 0x5678000);
	put_le(table + 36, sizeof(region), 4);
	snprintf(name, sizeof(name), "%s/BERT", directory);
	put(name, table, sizeof(table), 1);
	snprintf(name, sizeof(name), "%s/data/BERT", directory);
	put(name, region, sizeof(region), 1);
}

static const struct status_source *source_named(const char *name)
{
	for (size_t i = 0; i < STATUS_SOURCES_MAX; i++)
		if (!strcmp(here.ring.status->sources[i].name, name))
			return &here.ring.status->sources[i];
	fail_msg("no source %s", name);
	return NULL;
}

static void blocks_of_bert_are_of_the_boot_before(void **state)
{
	(void)state;
	put_region("firmware/acpi/tables");
	start_and_stop();
	assert_int_equal(here.n, 2);
	assert_int_equal(here.events[0].event.severity, SEVERITY_FATAL);
	assert_int_equal(here.events[1].event.severity, SEVERITY_UNCORRECTED);
	for (size_t i = 0; i < 2; i++) {
		const struct event *event = &here.events[i].event;

		assert_int_equal(event->source, SOURCE_BERT);
		assert_int_equal(event->flags & EVENT_PREVIOUS_BOOT, EVENT_PREVIOUS_BOOT);
		assert_int_not_equal(event->once, 0);
		assert_int_equal(event->boottime_ns, 0);
		assert_true(event->time_ns < boot_began_ns() + NS_PER_SEC);
		assert_int_equal(event->time_last_ns, event->time_ns);
	}
	assert_int_not_equal(here.events[0].event.once, here.events[1].event.once);
	assert_int_equal(here.published, 2); /* BERT, and pstore that is not there */
	assert_int_equal(source_named("bert")->state, SOURCE_READY);
	assert_int_equal(source_named("pstore")->state, SOURCE_ABSENT);
}

static void a_restart_tells_nothing_again(void **state)
{
	(void)state;
	put_region("firmware/acpi/tables");
	start_and_stop();
	assert_int_equal(here.n, 2);
	start_and_stop();
	assert_int_equal(here.n, 0);
}

static void another_boot_has_other_keys(void **state)
{
	struct scratch_memory *memory = (void *)(here.ring.scratch + SCRATCH_MEMORY_AT);
	uint64_t key;

	(void)state;
	put_region("firmware/acpi/tables");
	start_and_stop();
	key = here.events[0].event.once;
	memory->boot_id[0] = '9';
	start_and_stop();
	assert_int_equal(here.n, 2);
	assert_int_not_equal(here.events[0].event.once, key);
}

/* The ring's file is gone; the database knows. */
static void what_the_database_has_is_not_told(void **state)
{
	struct scratch_memory *memory = (void *)(here.ring.scratch + SCRATCH_MEMORY_AT);
	struct told *told = (void *)(here.ring.scratch + SCRATCH_TOLD_AT);

	(void)state;
	put_region("firmware/acpi/tables");
	start_and_stop();
	memset(told, 0, sizeof(*told));
	memory->memory.once[0] = here.events[1].event.once;
	memory->memory.n_once = 1;
	start_and_stop();
	assert_int_equal(here.n, 2); /* it has not said so yet */
	memset(told, 0, sizeof(*told));
	memory->ready = 1;
	start_and_stop();
	assert_int_equal(here.n, 1);
	assert_int_equal(here.events[0].event.severity, SEVERITY_FATAL);
}

static void what_finds_no_room_is_told_at_the_next_start(void **state)
{
	(void)state;
	put_region("firmware/acpi/tables");
	here.full = true;
	start_and_stop();
	assert_int_equal(here.n, 0);
	here.full = false;
	start_and_stop();
	assert_int_equal(here.n, 2);
}

static void a_torn_region_gives_what_it_has(void **state)
{
	uint8_t region[256] = { 0 };
	size_t len = make_block(region, 1, 0x1234000);

	(void)state;
	memset(region + len, 0x5a, sizeof(region) - len);
	put("firmware/acpi/tables/data/BERT", region, sizeof(region), 1);
	start_and_stop();
	assert_in_range(here.n, 1, 3);
	assert_int_equal(here.events[0].event.severity, SEVERITY_FATAL);
}

/* --- pstore --- */

static const char part_2[] =
	"Panic#1 Part2\n"
	"<3>[   12.500000] {3}[Hardware Error]: Hardware error from APEI Generic Hardware "
	"Error Source: 2\n"
	"<3>[   12.500001] {3}[Hardware Error]: event severity: corrected\n"
	"<3>[   12.500002] {3}[Hardware Error]:  Error 0, type: corrected\n"
	"<3>[   12.500003] {3}[Hardware Error]:   section_type: memory error\n";
static const char part_1[] =
	"Panic#1 Part1\n"
	"<3>[   12.500004] {3}[Hardware Error]:   physical_address: 0x0000000045678000\n"
	"<3>[   12.600000] Memory failure: 0x45678: recovery action for dirty LRU page: "
	"Recovered\n"
	"<0>[   14.500000] Kernel panic - not syncing: Fatal hardware error!\n";

#define CRASH_SEC 1700000000

static void put_dump(const char *prefix)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/dmesg-efi-1", prefix);
	put(name, part_1, strlen(part_1), CRASH_SEC);
	snprintf(name, sizeof(name), "%s/dmesg-efi-2", prefix);
	put(name, part_2, strlen(part_2), CRASH_SEC);
}

static const struct caught *caught_of(const char *type)
{
	for (size_t i = 0; i < here.n; i++)
		if (!strcmp(here.events[i].type, type))
			return &here.events[i];
	fail_msg("no %s", type);
	return NULL;
}

static void the_parts_of_a_dump_are_one(void **state)
{
	const struct event *event;

	(void)state;
	put_dump("fs/pstore");
	start_and_stop();
	assert_int_equal(here.n, 3);
	event = &caught_of("cper-memory")->event;
	assert_true(event->address == 0x45678000); /* from the other part */
	assert_int_equal(event->source, SOURCE_PSTORE);
	assert_int_equal(event->severity, SEVERITY_CORRECTED);
	assert_int_equal(event->boottime_ns, 12500000000);
	/* the dump's last line is of when its file is */
	assert_int_equal(event->time_ns, CRASH_SEC * NS_PER_SEC - 2 * NS_PER_SEC);
	event = &caught_of("memory-failure")->event;
	assert_true(event->address == 0x45678000);
	assert_true(event->address_mask == ~0xfffULL);
	event = &caught_of("kernel-crash")->event;
	assert_int_equal(event->severity, SEVERITY_FATAL);
	assert_int_equal(event->time_ns, CRASH_SEC * NS_PER_SEC);
	assert_int_equal(event->flags, EVENT_PREVIOUS_BOOT);
	assert_int_equal(source_named("pstore")->state, SOURCE_READY);
}

static void a_dump_that_was_moved_is_the_same(void **state)
{
	(void)state;
	put_dump("fs/pstore");
	start_and_stop();
	assert_int_equal(here.n, 3);
	assert_int_equal(remove(path_of("fs/pstore/dmesg-efi-1")), 0);
	assert_int_equal(remove(path_of("fs/pstore/dmesg-efi-2")), 0);
	put_dump("archive/17000/000");
	here.config.bert = false;
	here.n = 0;
	firmware_init(&here.firmware, &here.pipeline, here.dir, &here.config);
	here.firmware.paths.archive = strcpy(here.firmware.tables, path_of("archive"));
	assert_int_equal(firmware_start(&here.firmware), 1);
	while (firmware_hear(&here.firmware))
		;
	firmware_end(&here.firmware);
	firmware_deinit(&here.firmware);
	assert_int_equal(here.n, 0);
	assert_int_equal(source_named("pstore")->state, SOURCE_READY);
}

static void two_crashes_are_two(void **state)
{
	static const char other[] = "Panic#1 Part1\n<0>[    9.000000] Kernel panic - not "
				    "syncing: another\n";

	(void)state;
	put("fs/pstore/dmesg-ramoops-0", part_1, strlen(part_1), CRASH_SEC);
	put("fs/pstore/dmesg-ramoops-1", other, strlen(other), CRASH_SEC + 100);
	put("fs/pstore/dmesg-ramoops-2", part_1, strlen(part_1), CRASH_SEC + 200);
	start_and_stop();
	assert_int_equal(here.n,
			 3); /* a failure and two panics; the third is the first */
}

static void a_machine_check_is_kept_raw(void **state)
{
	(void)state;
	put("fs/pstore/mce-erst-77", "\1\2\3\4\5\6", 6, CRASH_SEC);
	start_and_stop();
	assert_int_equal(here.n, 1);
	assert_string_equal(here.events[0].type, "non-standard");
	assert_non_null(strstr(here.events[0].message,
			       "fe08ffbe-95e4-4be7-bc73-4096044a38fc, 6 bytes"));
}

/* --- clearing --- */

static void wait_until_gone(const char *name)
{
	for (int i = 0; i < 1000 && exists(name); i++)
		usleep(10 * 1000);
	assert_false(exists(name));
}

static void what_is_stored_is_cleared_if_told_so(void **state)
{
	static const char nothing[] = "Shutdown#1 Part1\n<6>[    1.000000] bye\n";

	(void)state;
	put_dump("fs/pstore");
	put("fs/pstore/dmesg-efi-7", nothing, strlen(nothing), CRASH_SEC);
	put("fs/pstore/dmesg-efi-8.enc.z", "x", 1, CRASH_SEC);
	here.config.pstore_delete = true;
	assert_int_equal(ring_put(&here.ring, 1, "event", 5), 0);
	ring_publish(&here.ring);
	start();
	assert_int_equal(here.n, 3);
	firmware_tick(&here.firmware); /* not on disk yet */
	assert_int_equal(here.firmware.n_stored, 2);
	assert_true(exists("fs/pstore/dmesg-efi-1"));
	ring_set_durable(&here.ring, ring_written(&here.ring));
	firmware_tick(&here.firmware);
	assert_int_equal(here.firmware.n_stored, 0);
	wait_until_gone("fs/pstore/dmesg-efi-1");
	wait_until_gone("fs/pstore/dmesg-efi-2");
	assert_true(exists("fs/pstore/dmesg-efi-7"));
	assert_true(exists("fs/pstore/dmesg-efi-8.enc.z"));
	firmware_deinit(&here.firmware);
}

static void nothing_is_cleared_unasked(void **state)
{
	(void)state;
	put_dump("fs/pstore");
	start();
	assert_int_equal(here.n, 3);
	assert_int_equal(here.firmware.n_stored, 0);
	firmware_deinit(&here.firmware);
	here.config.pstore_delete = true;
	here.full = true;
	put("fs/pstore/dmesg-efi-1", "Oops#1 Part1\n<0>[1.000000] Internal error: x\n",
	    44, CRASH_SEC);
	start();
	assert_int_equal(here.firmware.n_stored, 0); /* there was no room for it */
	firmware_deinit(&here.firmware);
}

/* --- ERST --- */

/* As the reader gives it. */
static struct firmware_item *make_record(uint8_t *at, uint64_t id, const uint8_t *creator)
{
	struct firmware_item *item = (void *)at;
	uint8_t *record = at + sizeof(*item), *body = record + 200;

	memset(at, 0, sizeof(*item) + 280);
	*item = (struct firmware_item){ .source = SOURCE_ERST, .len = 280, .id = id };
	memcpy(record, "CPER", 4);
	put_le(record + 4, 0x100, 2);
	put_le(record + 6, 0xffffffff, 4);
	put_le(record + 10, 1, 2);
	put_le(record + 12, 1, 4);
	put_le(record + 20, 280, 4);
	memcpy(record + 64, creator, 16);
	put_le(record + 96, id, 8);
	put_le(record + 128, 200, 4);
	put_le(record + 132, 80, 4);
	memcpy(record + 144, memory_guid, 16);
	put_le(record + 176, 1, 4);
	put_le(body, 1 << 1, 8);
	put_le(body + 16, 0x1234000, 8);
	return item;
}

/* 2023-11-14 22:13:20, and what no clock ever said */
static void set_time(struct firmware_item *item, bool valid, uint8_t year)
{
	const uint8_t bcd[8] = { 0x20, 0x13, 0x22, 0, 0x14, 0x11, year, 0x20 };
	uint8_t *record = (uint8_t *)(item + 1);

	put_le(record + 16, valid ? 2 : 0, 4);
	memcpy(record + 24, bcd, 8);
}

static void records_of_erst_have_their_time(void **state)
{
	static const uint8_t nobody[16];
	static _Alignas(8) uint8_t bytes[4 * (sizeof(struct firmware_item) + 280)];
	const size_t step = sizeof(struct firmware_item) + 280;
	struct firmware_take take = {
		.pipeline = &here.pipeline,
		.told = (void *)(here.ring.scratch + SCRATCH_TOLD_AT),
		.boot_id = "a boot",
		.now_ns = 1700000000 * NS_PER_SEC + 500,
		.began_ns = 1699999999 * NS_PER_SEC,
		.source = SOURCE_ERST,
	};

	(void)state;
	set_time(make_record(bytes, 1, nobody), true, 0x23);	    /* in this boot */
	set_time(make_record(bytes + step, 2, nobody), true, 0x22); /* before */
	set_time(make_record(bytes + 2 * step, 3, nobody), false, 0x23);
	set_time(make_record(bytes + 3 * step, 4, pstore_guid), true, 0x22);
	firmware_take_items(&take, bytes, sizeof(bytes));
	assert_int_equal(here.n, 3); /* pstore's own are told of as its files */
	assert_int_equal(here.events[0].event.time_ns, 1700000000 * NS_PER_SEC);
	assert_int_equal(here.events[0].event.boottime_ns, NS_PER_SEC);
	assert_int_equal(here.events[0].event.flags, 0);
	assert_int_equal(here.events[1].event.time_ns,
			 (1700000000LL - 365 * 86400) * NS_PER_SEC);
	assert_int_equal(here.events[1].event.flags, EVENT_PREVIOUS_BOOT);
	assert_int_equal(here.events[2].event.time_ns, take.began_ns - 1);
	assert_int_equal(here.events[2].event.flags, EVENT_PREVIOUS_BOOT);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(here.events[i].event.source, SOURCE_ERST);
	assert_false(((struct firmware_item *)bytes)->cut);
	assert_true(((struct firmware_item *)(bytes + 3 * step))->cut);
	firmware_take_free(&take);
}

/* Whoever fills a store with sections of no length keeps capture busy for so long only.
 */
static void too_many_wait_for_the_next_start(void **state)
{
	static uint64_t keys[FIRMWARE_EVENTS_MAX];
	struct firmware_take take = { .pipeline = &here.pipeline,
				      .source = SOURCE_ERST,
				      .keys = keys,
				      .n_keys = FIRMWARE_EVENTS_MAX - 1,
				      .room = FIRMWARE_EVENTS_MAX };
	struct event event;

	(void)state;
	firmware_init(&here.firmware, &here.pipeline, here.dir, &here.config);
	take.told = here.firmware.told;
	event_init(&event,
		   handler_of_section(&handlers_table, &(struct guid){ 0 })->type);
	assert_true(firmware_take_event(&take, &event, 77, 0));
	assert_false(take.lost);
	assert_false(firmware_take_event(&take, &event, 78, 0));
	assert_true(take.lost);
	assert_int_equal(take.n_left, 1);
	assert_int_equal(take.n_keys, FIRMWARE_EVENTS_MAX);
	assert_int_equal(here.n, 1);
	firmware_deinit(&here.firmware);
}

static void heads_that_lie_end_the_items(void **state)
{
	static _Alignas(8) uint8_t bytes[2 * sizeof(struct firmware_item)];
	struct firmware_item *item = (void *)bytes;
	size_t at = 0;

	(void)state;
	item->len = sizeof(*item) + 1;
	assert_null(firmware_item_next(bytes, sizeof(bytes), &at));
	item->len = UINT32_MAX;
	assert_null(firmware_item_next(bytes, sizeof(bytes), &at));
	item->len = sizeof(*item) - 1;
	assert_non_null(firmware_item_next(bytes, sizeof(bytes), &at));
	assert_int_equal(at, sizeof(bytes));
	assert_null(firmware_item_next(bytes, sizeof(bytes), &at));
}

static void all_of_it_may_be_off(void **state)
{
	(void)state;
	here.config = (struct config){ 0 };
	firmware_init(&here.firmware, &here.pipeline, here.dir, &here.config);
	assert_int_equal(firmware_start(&here.firmware), 0);
	firmware_deinit(&here.firmware);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(blocks_of_bert_are_of_the_boot_before),
		TEST(a_restart_tells_nothing_again),
		TEST(another_boot_has_other_keys),
		TEST(what_the_database_has_is_not_told),
		TEST(what_finds_no_room_is_told_at_the_next_start),
		TEST(a_torn_region_gives_what_it_has),
		TEST(the_parts_of_a_dump_are_one),
		TEST(a_dump_that_was_moved_is_the_same),
		TEST(two_crashes_are_two),
		TEST(a_machine_check_is_kept_raw),
		TEST(what_is_stored_is_cleared_if_told_so),
		TEST(nothing_is_cleared_unasked),
		TEST(records_of_erst_have_their_time),
		TEST(too_many_wait_for_the_next_start),
		TEST(heads_that_lie_end_the_items),
		TEST(all_of_it_may_be_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
