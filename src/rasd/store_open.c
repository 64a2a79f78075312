// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * How store comes by its database: whose it is, what it knows of the ring, and what of it
 * may be gone.
 */

#include "rasd/store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>

#include <systemd/sd-id128.h>

#include "rasd/pipeline.h"
#include "rasd/scratch.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/log.h"

/* What the next capture needs to know of messages that it will not find any more. */
void store_leave_note(struct store *store)
{
	const struct pipeline_note note = { .durable = store->round };

	if (store->round.next_id)
		ring_vital_put(store->ring, VITAL_NOTE, &note, sizeof(note));
}

/*
 * A store before us was killed between its commit and the note: what it had committed is
 * passed over, and the note is left in its place. A lost page with both what was
 * committed and what was not is counted yet.
 */
static void catch_up(struct store *store, uint64_t position)
{
	struct ring_message message;
	uint64_t at = ring_durable(store->ring);

	for (; at < position && ring_peek(store->ring, at, &message) > 0;
	     at = message.next) {
		if (message.kind == RING_LOST && message.next > position)
			break;
		if (message.kind == MESSAGE_ROUND && message.len == sizeof(store->round))
			memcpy(&store->round, message.payload, sizeof(store->round));
	}
	store_leave_note(store);
	ring_set_durable(store->ring, at);
	store->position = at;
}

/*
 * What was on disk and is not there any more: a log that was damaged while nobody had it
 * open is read as far as it is whole, and no further.
 */
static void count_gone(struct store *store, struct text *text)
{
	uint64_t top = db_last_id(store->writer), base = db_ring_id_base(store->writer);
	struct pipeline_note note;

	if (ring_vital_get(store->ring, VITAL_NOTE, &note, sizeof(note)) &&
	    base + note.durable.next_id > top + 1)
		store->gone = base + note.durable.next_id - 1 - top;
	text_add(text,
		 "%s%s has lost the end of what was written to it (damage to its -wal): "
		 "%llu events",
		 text->len ? "; " : "", db_writer_path(store->writer),
		 (unsigned long long)store->gone);
}

static int attach(struct store *store, struct store_hello *hello, struct text *note)
{
	uint64_t position, durable = ring_durable(store->ring);
	int r = db_attach_ring(store->writer, ring_id(store->ring), &position);

	if (r < 0) {
		text_add(note, "cannot use %s: %s", store->options->database,
			 db_error(store->writer));
		return r;
	}
	hello->id_base = db_ring_id_base(store->writer);
	hello->is_new_to_ring = position == 0 && durable > 0;
	if (position > 0 && position < durable)
		count_gone(store, note);
	catch_up(store, MAX(position, durable));
	return 0;
}

/* The file that one rasd at a time has locked, for as long as it writes the database. */
static int open_lock(const char *database)
{
	char path[4096];
	int fd;

	if (snprintf(path, sizeof(path), "%s.lock", database) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? -errno : fd;
}

/*
 * Whether the capture that started the lock's holder is alive: then it is another rasd.
 */
static bool is_held_by_another(int lock_fd)
{
	char line[32] = "", path[64], comm[32];
	ssize_t n = pread(lock_fd, line, sizeof(line) - 1, 0);

	if (n <= 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/comm", atoi(line));
	return file_read_line(AT_FDCWD, path, comm, sizeof(comm)) >= 0 &&
	       !strcmp(comm, "rasd") && atoi(line) != getppid();
}

/*
 * Whether capture is gone, or has replaced itself: then it does not listen any more, and
 * will start another store.
 */
bool store_is_left_alone(const struct store *store, int timeout_msec)
{
	struct pollfd fds[] = { { .fd = store->options->parent_fd, .events = POLLIN },
				{ .fd = store->options->hello_fd } };

	return poll(fds, ARRAY_SIZE(fds), timeout_msec) > 0;
}

/*
 * Waits for a store that its capture has left behind and that still writes. -EWOULDBLOCK:
 * another rasd has this database.
 */
static int lock_database(struct store *store)
{
	char line[32];
	int fd = open_lock(store->options->database);

	if (fd < 0)
		return fd;
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK || is_held_by_another(fd)) {
			int r = -errno;

			close(fd);
			return r == 0 ? -EWOULDBLOCK : r;
		}
		if (store_is_left_alone(store, RETRY_FIRST_MSEC)) {
			close(fd);
			return -ESRCH; /* nobody is left to write for */
		}
	}
	snprintf(line, sizeof(line), "%-10d\n", getppid());
	if (pwrite(fd, line, strlen(line), 0) < 0)
		log_debug("%s.lock: %s", store->options->database, strerror(errno));
	store->lock_fd = fd;
	return 0;
}

/* For the metrics: of this database, also what "rasctl db prune" removed. */
static void go_on_counting(struct store *store)
{
	struct tally *tally = (void *)(store->ring->scratch + SCRATCH_TALLY_AT);
	uint64_t pruned;

	if (db_read_pruned(store->writer, &pruned) >= 0)
		tally->pruned = pruned;
}

/* What the database knows of before this boot, for a capture that knows nothing. */
static void remember(struct store *store)
{
	struct scratch_memory *to = (void *)(store->ring->scratch + SCRATCH_MEMORY_AT);
	char boot_id[SD_ID128_STRING_MAX] = "";
	sd_id128_t id;
	int r;

	if (__atomic_load_n(&to->ready, __ATOMIC_ACQUIRE))
		return;
	if (sd_id128_get_boot(&id) >= 0)
		sd_id128_to_string(id, boot_id);
	r = db_read_memory(store->writer, boot_id, clock_now_ns(CLOCK_REALTIME),
			   &to->memory);
	if (r < 0)
		log_warning("cannot read from %s what was done before: %s",
			    store->options->database, db_error(store->writer));
	else
		__atomic_store_n(&to->ready, 1, __ATOMIC_RELEASE);
}

/* The next process sets it aside. */
void store_give_up_unreadable(struct store *store)
{
	const char *path =
		store->writer ? db_writer_path(store->writer) : store->options->database;

	if (!db_is_unreadable(path))
		return;
	log_error("%s cannot be read any more, and other files can be written", path);
	db_mark_damaged(path);
}

int store_open(struct store *store, struct store_hello *hello, struct text *note)
{
	const char *path = store->options->database;
	bool is_again = db_has_lock(path) &&
			(ring_durable(store->ring) > 0 || access(path, F_OK) == 0);
	int r = db_examine(path, note);

	if (r == DB_ABSENT && is_again)
		text_add(note, "%s is gone, with what was in it; a new one is begun",
			 path);
	if (r == DB_NOT_OURS) /* somebody else's file gets no lock beside it either */
		return r;
	r = lock_database(store);
	if (r < 0)
		note->len = 0;
	if (r == -EWOULDBLOCK)
		text_add(note,
			 "another rasd writes to %s; give this one another with --db",
			 path);
	else if (r == -ENOENT)
		text_add(note, "cannot write to %s: its directory does not exist", path);
	else if (r < 0)
		text_add(note, "cannot write to %s: its lock file %s.lock: %s", path,
			 path, strerror(-r));
	if (r < 0)
		return r;
	r = db_writer_open(path, store->options->handlers, &store->writer, note);
	r = r == 0 ? attach(store, hello, note) : r;
	if (r == 0) {
		remember(store);
		go_on_counting(store);
		copy_text(store->ring->status->database,
			  sizeof(store->ring->status->database),
			  db_writer_path(store->writer));
	}
	if (r == -EIO && trouble_lasts(store->ring->status))
		store_give_up_unreadable(store);
	return r;
}
