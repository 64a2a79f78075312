// SPDX-License-Identifier: LGPL-2.1-or-later

#include "locate/device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "util/file.h"
#include "util/macro.h"
#include "util/text.h"

#define SYSFS_PATH_BYTES 160

/* `sysfs` is where it is mounted. Call devices_close() also after a failure. */
int devices_open(struct devices *devices, const char *sysfs)
{
	*devices = (struct devices){ .sysfs_fd = open(sysfs,
						      O_PATH | O_DIRECTORY | O_CLOEXEC) };
	return devices->sysfs_fd < 0 ? -errno : 0;
}

void devices_close(struct devices *devices)
{
	close_fd(devices->sysfs_fd);
	devices->sysfs_fd = -1;
}

/* Decimal numbers with colons between, `n` of them: 2 of a block device, 4 of SCSI. */
static bool is_numbers(const char *device, size_t n)
{
	size_t colons = 0;

	for (const char *at = device; *at; at++) {
		if (*at == ':')
			colons++;
		else if (*at < '0' || *at > '9')
			return false;
	}
	return colons == n - 1;
}

/* Devices are named by records: nothing of a path is in a name. */
static bool is_name(const char *device)
{
	return *device && *device != '.' && !strchr(device, '/');
}

/* "8:16": the directory that its link in dev/block points to has the name. */
static void name_block(int sysfs_fd, const char *device, char *ret)
{
	char path[SYSFS_PATH_BYTES], target[PATH_MAX];
	const char *slash;
	ssize_t n;

	snprintf(path, sizeof(path), "dev/block/%s", device);
	n = readlinkat(sysfs_fd, path, target, sizeof(target) - 1);
	if (n <= 0)
		return;
	target[n] = '\0';
	slash = strrchr(target, '/');
	copy_text(ret, DEVICE_NAME_BYTES, slash ? slash + 1 : target);
}

/* "6:0:2:1", host to unit: its disk, if it has one. */
static void name_scsi(int sysfs_fd, const char *device, char *ret)
{
	char path[SYSFS_PATH_BYTES];
	const struct dirent *entry;
	DIR *directory;
	int fd;

	snprintf(path, sizeof(path), "bus/scsi/devices/%s/block", device);
	fd = openat(sysfs_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	directory = fd >= 0 ? fdopendir(fd) : NULL;
	if (!directory) {
		close_fd(fd);
		return;
	}
	while ((entry = readdir(directory)))
		if (is_name(entry->d_name)) {
			copy_text(ret, DEVICE_NAME_BYTES, entry->d_name);
			break;
		}
	closedir(directory);
}

/* Where the modalias of a device of this name may be, the first that is there. */
static const struct place {
	const char *before, *behind;
} places[] = {
	{ "bus/pci/devices", "modalias" },    { "class/net", "device/modalias" },
	{ "class/nvme", "device/modalias" },  { "class/block", "device/device/modalias" },
	{ "class/block", "device/modalias" },
};

static void find_id(int sysfs_fd, const char *name, char *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char path[SYSFS_PATH_BYTES];

		snprintf(path, sizeof(path), "%s/%s/%s", places[i].before, name,
			 places[i].behind);
		if (file_read_line(sysfs_fd, path, ret, DEVICE_ID_BYTES) >= 0)
			return;
		*ret = '\0';
	}
}

static void look_up(const struct devices *devices, struct device_answer *answer)
{
	const char *asked = answer->asked;

	if (!is_name(asked))
		return;
	if (is_numbers(asked, 2))
		name_block(devices->sysfs_fd, asked, answer->name);
	else if (is_numbers(asked, 4))
		name_scsi(devices->sysfs_fd, asked, answer->name);
	find_id(devices->sysfs_fd, *answer->name ? answer->name : asked, answer->id);
}

static struct device_answer *find_answer(struct devices *devices, const char *asked,
					 int64_t boottime_ns)
{
	for (size_t i = 0; i < DEVICE_ANSWERS; i++) {
		struct device_answer *answer = &devices->answers[i];

		if (!strcmp(answer->asked, asked) &&
		    boottime_ns - answer->boottime_ns < DEVICE_ANSWER_OLD_NS)
			return answer;
	}
	return NULL;
}

static struct device_answer *ask(struct devices *devices, const char *asked,
				 int64_t boottime_ns)
{
	struct device_answer *answer = find_answer(devices, asked, boottime_ns);

	if (answer)
		return answer;
	answer = &devices->answers[devices->next++ % DEVICE_ANSWERS];
	*answer = (struct device_answer){ .boottime_ns = boottime_ns };
	copy_text(answer->asked, sizeof(answer->asked), asked);
	look_up(devices, answer);
	return answer;
}

static void take(struct value *value, const char *text, struct arena *arena)
{
	const char *copy = *text ? arena_copy_text(arena, text, strlen(text)) : NULL;

	if (copy)
		*value = value_text(copy);
}

/*
 * Gives the event's device the name and the modalias that the system has for it. What is
 * not found stays as it is: the device may be gone with its error. Reads sysfs, once for
 * a device in ten seconds.
 */
void devices_name(struct devices *devices, struct event *event, struct arena *arena)
{
	char asked[DEVICE_NAME_BYTES];
	const struct device_answer *answer;

	if (event->device.kind != VALUE_TEXT || !event->device.len ||
	    event->device.len >= sizeof(asked) || event->device_id.kind != VALUE_NONE)
		return;
	memcpy(asked, event->device.text, event->device.len);
	asked[event->device.len] = '\0';
	answer = ask(devices, asked, event->boottime_ns);
	take(&event->device, answer->name, arena);
	take(&event->device_id, answer->id, arena);
}
