// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/firmware.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rasd/firmware_take.h"
#include "util/clock.h"
#include "util/log.h"

#define ERST_DEVICE    "/dev/erst_dbg"
#define PSTORE_ARCHIVE "/var/lib/systemd/pstore"

/* The last places of the status page: tracepoints have the first. */
static const enum event_source kept_sources[] = { SOURCE_BERT, SOURCE_ERST,
						  SOURCE_PSTORE };

/* `sysfs` is where it is mounted, /sys. What is passed is borrowed. */
void firmware_init(struct firmware *firmware, struct pipeline *pipeline,
		   const char *sysfs, const struct config *config)
{
	uint8_t *scratch = pipeline->ring->scratch;

	*firmware = (struct firmware){
		.pipeline = pipeline,
		.told = (void *)(scratch + SCRATCH_TOLD_AT),
		.memory = (const void *)(scratch + SCRATCH_MEMORY_AT),
		.clears_erst = config->erst_delete,
		.clears_pstore = config->pstore_delete,
		.child = { .report_fd = -1, .bytes_fd = -1 },
	};
	told_begin(firmware->told);
	snprintf(firmware->tables, sizeof(firmware->tables), "%s/firmware/acpi/tables",
		 sysfs);
	snprintf(firmware->pstore, sizeof(firmware->pstore), "%s/fs/pstore", sysfs);
	if (config->bert)
		firmware->paths.tables = firmware->tables;
	if (config->erst)
		firmware->paths.erst = ERST_DEVICE;
	if (config->pstore) {
		firmware->paths.pstore = firmware->pstore;
		firmware->paths.archive = PSTORE_ARCHIVE;
	}
}

void firmware_deinit(struct firmware *firmware)
{
	if (firmware->pipeline)
		firmware_child_deinit(&firmware->child);
	free(TAKE_PTR(firmware->stored));
}

/*
 * Has everything read, by a process of its own. Returns 1, and firmware->child.report_fd
 * tells when firmware_hear() has something to hear; 0 if all of it is off; or a negative
 * errno.
 */
int firmware_start(struct firmware *firmware)
{
	const struct firmware_paths *paths = &firmware->paths;
	int r;

	if (!paths->tables && !paths->erst && !paths->pstore)
		return 0;
	r = firmware_child_read(&firmware->child, paths);
	return r < 0 ? r : 1;
}

/* --- reports --- */

static bool is_absent(int error)
{
	return error == -ENOENT || error == -ENXIO || error == -ENODEV;
}

static void show_status(struct firmware *firmware, const struct firmware_report *report)
{
	struct status_source *last =
		&firmware->pipeline->ring->status
			 ->sources[STATUS_SOURCES_MAX - ARRAY_SIZE(kept_sources)];

	for (size_t i = 0; i < ARRAY_SIZE(kept_sources); i++) {
		if ((int32_t)kept_sources[i] != report->source)
			continue;
		copy_text(last[i].name, sizeof(last[i].name),
			  event_source_name(kept_sources[i]));
		last[i].error = -report->error;
		last[i].state = !report->error		 ? SOURCE_READY :
				is_absent(report->error) ? SOURCE_ABSENT :
							   SOURCE_FAILED;
	}
}

static void say(const struct firmware_report *report, const struct firmware_take *take)
{
	const char *name = event_source_name((enum event_source)report->source);

	if (report->error && !is_absent(report->error))
		log_warning("%s cannot be read: %s", name, strerror(-report->error));
	if (take->n_keys || take->n_known)
		log_line(take->n_keys ? LOG_NOTICE : LOG_INFO,
			 "%s: %zu errors that were kept are new, %u were told before",
			 name, take->n_keys, take->n_known);
	if (take->n_torn)
		log_warning("%s: %u records have more than could be understood", name,
			    take->n_torn);
	if (take->n_left)
		log_warning("%s: %u errors are too many at once: left for the next start",
			    name, take->n_left);
	if (report->packed)
		log_warning("%s: %u files are compressed, or cannot be read: left alone",
			    name, report->packed);
	if (report->left_out)
		log_warning("%s: %u records are too many at once: left alone", name,
			    report->left_out);
}

/* --- what may be cleared --- */

static bool may_clear(const struct firmware *firmware, const struct firmware_item *item)
{
	if (item->cut)
		return false;
	if (item->source == SOURCE_ERST)
		return firmware->clears_erst;
	return item->source == SOURCE_PSTORE && firmware->clears_pstore &&
	       !item->archived;
}

static void note_stored(struct firmware *firmware, uint8_t *bytes, size_t len)
{
	const struct firmware_item *item;

	firmware->stored_at = ring_written(firmware->pipeline->ring);
	for (size_t at = 0; (item = firmware_item_next(bytes, len, &at));) {
		struct firmware_item *stored;

		if (!may_clear(firmware, item))
			continue;
		stored = reallocarray(firmware->stored, firmware->n_stored + 1,
				      sizeof(*stored));
		if (!stored)
			return;
		firmware->stored = stored;
		stored[firmware->n_stored++] = *item;
	}
}

/* Call now and then: clears what has become durable. */
void firmware_tick(struct firmware *firmware)
{
	int r;

	if (!firmware->n_stored ||
	    ring_durable(firmware->pipeline->ring) < firmware->stored_at)
		return;
	r = firmware_child_clear(ERST_DEVICE, firmware->stored, firmware->n_stored);
	if (r < 0)
		log_warning("stored records cannot be cleared: %s", strerror(-r));
	free(TAKE_PTR(firmware->stored));
	firmware->n_stored = 0;
}

/* --- events --- */

/*
 * Its keys are noted once it is published: a capture that dies before has told nothing.
 */
static void take(struct firmware *firmware, const struct firmware_report *report,
		 uint8_t *bytes, size_t len)
{
	const struct scratch_memory *memory = firmware->memory;
	int64_t now = clock_now_ns(CLOCK_REALTIME);
	struct firmware_take take = {
		.pipeline = firmware->pipeline,
		.told = firmware->told,
		.now_ns = now,
		.began_ns = now - clock_now_ns(CLOCK_BOOTTIME),
		.source = (enum event_source)report->source,
	};
	char boot_id[sizeof(memory->boot_id) + 1] = "";

	memcpy(boot_id, memory->boot_id, sizeof(memory->boot_id));
	take.boot_id = boot_id;
	if (__atomic_load_n(&memory->ready, __ATOMIC_ACQUIRE))
		take.known = &memory->memory;
	firmware_take_items(&take, bytes, len);
	pipeline_publish(firmware->pipeline);
	for (size_t i = 0; i < take.n_keys; i++)
		told_add(firmware->told, take.keys[i]);
	if (!take.lost)
		note_stored(firmware, bytes, len);
	say(report, &take);
	firmware_take_free(&take);
}

static void take_report(struct firmware *firmware, const struct firmware_report *report)
{
	size_t len = report->to > report->from && report->to <= FIRMWARE_BYTES_MAX ?
			     (size_t)(report->to - report->from) :
			     0;
	_cleanup_(free_ptr) uint8_t *bytes = malloc(len + 1);
	ssize_t n = -1;

	show_status(firmware, report);
	if (bytes)
		n = pread(firmware->child.bytes_fd, bytes, len, (off_t)report->from);
	if (n < 0)
		log_warning("what %s kept cannot be taken: %s",
			    event_source_name((enum event_source)report->source),
			    strerror(bytes ? errno : ENOMEM));
	else
		take(firmware, report, bytes, (size_t)n);
}

/*
 * Takes what the reader has to say; all that came of it is published. False: it has ended
 * and was heard to the end; firmware_end() is to follow.
 */
bool firmware_hear(struct firmware *firmware)
{
	struct firmware_report report;
	bool heard = firmware_child_hear(&firmware->child, &report);

	if (heard)
		take_report(firmware, &report);
	return heard;
}

void firmware_end(struct firmware *firmware)
{
	firmware_child_deinit(&firmware->child);
}
