// SPDX-License-Identifier: LGPL-2.1-or-later

/* What devices are called, in a directory that looks like /sys, and in this machine's. */

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "locate/device.h"
#include "unit/fixtures.h"
#include "util/file.h"

struct fake {
	char *root;
	struct devices devices;
	struct arena arena;
	struct event event;
};

static void put(const struct fake *fake, const char *directory, const char *file,
		const char *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", fake->root, directory);
	assert_int_equal(make_directory(path, 0755), 0);
	if (file)
		write_file(path, file, text);
}

static void put_link(const struct fake *fake, const char *directory, const char *file,
		     const char *target)
{
	char path[PATH_MAX];

	put(fake, directory, NULL, NULL);
	snprintf(path, sizeof(path), "%s/%s/%s", fake->root, directory, file);
	assert_int_equal(symlink(target, path), 0);
}

static int setup(void **state)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	fake->root = make_temp_directory();
	fake->arena = (struct arena){ .base = malloc(4096), .size = 4096 };
	put_link(fake, "dev/block", "8:17", "../../devices/pci0000:00/block/sdb/sdb1");
	put_link(fake, "dev/block", "259:0",
		 "../../devices/pci0000:00/nvme/nvme0/nvme0n1");
	put(fake, "bus/scsi/devices/6:0:2:1/block/sdc", NULL, NULL);
	put(fake, "bus/scsi/devices/7:0:0:0", NULL, NULL);
	put(fake, "bus/pci/devices/0000:03:00.0", "modalias",
	    "pci:v000015B3d00001013sv000015B3sd00000008bc02sc00i00\n");
	put(fake, "class/net/eth0/device", "modalias", "virtio:d00000001v00001AF4\n");
	put(fake, "class/nvme/nvme0/device", "modalias", "pci:v0000144Dd0000A808\n");
	put(fake, "class/block/nvme0n1/device/device", "modalias",
	    "pci:v0000144Dd0000A808\n");
	put(fake, "class/block/sdc/device", "modalias", "scsi:t-0x00\n");
	assert_int_equal(devices_open(&fake->devices, fake->root), 0);
	*state = fake;
	return 0;
}

static int teardown(void **state)
{
	struct fake *fake = *state;

	devices_close(&fake->devices);
	remove_tree(fake->root);
	free(fake->arena.base);
	free(fake);
	return 0;
}

static const struct event *name_at(struct fake *fake, const char *device, int64_t at_ns)
{
	event_init(&fake->event, NULL);
	arena_reset(&fake->arena);
	fake->event.device = value_text(device);
	fake->event.boottime_ns = at_ns;
	devices_name(&fake->devices, &fake->event, &fake->arena);
	return &fake->event;
}

static void devices_get_names(void **state)
{
	static const struct {
		const char *device, *name, *id;
	} cases[] = {
		{ "8:17", "sdb1", NULL },
		{ "259:0", "nvme0n1", "pci:v0000144Dd0000A808" },
		{ "8:18", "8:18", NULL }, /* gone */
		{ "6:0:2:1", "sdc", "scsi:t-0x00" },
		{ "7:0:0:0", "7:0:0:0", NULL }, /* no disk */
		{ "6:0:2", "6:0:2", NULL },
		{ "0000:03:00.0", "0000:03:00.0",
		  "pci:v000015B3d00001013sv000015B3sd00000008bc02sc00i00" },
		{ "0000:04:00.0", "0000:04:00.0", NULL },
		{ "eth0", "eth0", "virtio:d00000001v00001AF4" },
		{ "nvme0", "nvme0", "pci:v0000144Dd0000A808" },
		{ "nvme0n1", "nvme0n1", "pci:v0000144Dd0000A808" },
		{ "mem0", "mem0", NULL },
	};
	struct fake *fake = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct event *event = name_at(fake, cases[i].device, 0);

		print_message("# %s\n", cases[i].device);
		assert_text(&event->device, cases[i].name);
		if (cases[i].id)
			assert_text(&event->device_id, cases[i].id);
		else
			assert_absent(&event->device_id);
	}
}

/* A name is not a way to other files. */
static void no_path_is_followed(void **state)
{
	static const char *const names[] = { "../net/eth0", ".", "..", "/etc", "a/b" };
	struct fake *fake = *state;
	char large[DEVICE_NAME_BYTES + 1];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct event *event = name_at(fake, names[i], 0);

		assert_text(&event->device, names[i]);
		assert_absent(&event->device_id);
	}
	memset(large, 'x', sizeof(large));
	large[sizeof(large) - 1] = '\0';
	assert_text(&name_at(fake, large, 0)->device, large);
	event_init(&fake->event, NULL);
	devices_name(&fake->devices, &fake->event, &fake->arena);
	assert_absent(&fake->event.device);
}

/* sysfs is asked once; ten seconds later it may be another device. */
static void answers_are_kept_for_a_while(void **state)
{
	struct fake *fake = *state;

	assert_text(&name_at(fake, "eth0", 0)->device_id, "virtio:d00000001v00001AF4");
	put(fake, "class/net/eth0/device", "modalias", "another\n");
	assert_text(&name_at(fake, "eth0", DEVICE_ANSWER_OLD_NS - 1)->device_id,
		    "virtio:d00000001v00001AF4");
	assert_text(&name_at(fake, "eth0", DEVICE_ANSWER_OLD_NS)->device_id, "another");
}

static void many_devices_replace_each_other(void **state)
{
	struct fake *fake = *state;

	assert_text(&name_at(fake, "8:17", 0)->device, "sdb1");
	for (unsigned int i = 0; i < 3 * DEVICE_ANSWERS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "9:%u", i);
		assert_text(&name_at(fake, name, 0)->device, name);
	}
	assert_text(&name_at(fake, "8:17", 0)->device, "sdb1");
}

static void a_full_arena_loses_nothing(void **state)
{
	struct fake *fake = *state;

	fake->arena.size = 0;
	assert_text(&name_at(fake, "8:17", 0)->device, "8:17");
	assert_absent(&fake->event.device_id);
}

static void without_sysfs_there_are_no_names(void **state)
{
	struct fake *fake = *state;

	devices_close(&fake->devices);
	assert_int_equal(devices_open(&fake->devices, "/nowhere/at/all"), -ENOENT);
	assert_text(&name_at(fake, "8:17", 0)->device, "8:17");
}

/* The block device that this test's own directory is on, if it is on one. */
static void this_machines_disk(void **state)
{
	struct fake *fake = *state;
	char number[32], path[64];
	struct stat st;

	assert_int_equal(stat("/", &st), 0);
	snprintf(number, sizeof(number), "%u:%u", major(st.st_dev), minor(st.st_dev));
	snprintf(path, sizeof(path), "/sys/dev/block/%s", number);
	if (access(path, F_OK) < 0) {
		print_message("# the root directory is on no disk\n");
		skip();
	}
	devices_close(&fake->devices);
	assert_int_equal(devices_open(&fake->devices, "/sys"), 0);
	name_at(fake, number, 0);
	snprintf(path, sizeof(path), "/sys/class/block/%.*s/dev",
		 (int)fake->event.device.len, fake->event.device.text);
	assert_int_equal(file_read_line(AT_FDCWD, path, path, sizeof(path)), 0);
	assert_string_equal(path, number);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(devices_get_names),
		TEST(no_path_is_followed),
		TEST(answers_are_kept_for_a_while),
		TEST(many_devices_replace_each_other),
		TEST(a_full_arena_loses_nothing),
		TEST(without_sysfs_there_are_no_names),
		TEST(this_machines_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
