// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Reads the ring, writes the database: a transaction for whatever came while the last one
 * was flushed, then the ring's durable position. What the database says of its own
 * position in the ring is the truth: a process that was killed between the two finds it
 * there, so no event is written twice. An error of the disk ends nothing: the messages
 * stay in the ring and are tried again.
 */

#include "rasd/store.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>

#include <systemd/sd-id128.h>

#include "db/open.h"
#include "db/writer.h"
#include "event/wire.h"
#include "poison/poison.h"
#include "rasd/messages.h"
#include "rasd/pipeline.h"
#include "rasd/retention.h"
#include "rasd/scratch.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/log.h"

#define BATCH_MESSAGES_MAX \
	32768		     /* bounds a transaction, and how late the ring gets room */
#define PROGRESS_MESSAGES 64 /* so often capture sees that we are at work */
#define ARENA_BYTES	  (1024 * 1024)
#define RETRY_FIRST_MSEC  50
#define RETRY_LAST_MSEC	  2000
#define LAST_TRIES_MSEC \
	3000 /* without a capture: then the ring is left to the next one */

struct store {
	const struct store_options *options;
	struct ring *ring;
	struct db_writer *writer;
	struct arena arena;
	int lock_fd;
	uint64_t position;	    /* in the ring, behind the last committed message */
	struct message_round round; /* the last one that was applied */
	uint64_t next_id; /* of events, that comes if none is lost; 0: not known */
	bool lost;	  /* messages, in a page that failed, not counted yet */
	bool stopped;	  /* a clean end was the last message */
	bool orphaned;	  /* capture is gone */
	int error;	  /* of the last commit */
	struct retention retention;
	uint64_t gave_up, lost_events; /* in this batch; they count when it is on disk */
};

static void say_hello(const struct store_options *options,
		      const struct store_hello *hello)
{
	if (write(options->hello_fd, hello, sizeof(*hello)) < 0)
		log_debug("capture does not listen: %s", strerror(errno));
}

/* What the next capture needs to know of messages that it will not find any more. */
static void leave_note(struct store *store)
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
	leave_note(store);
	ring_set_durable(store->ring, at);
	store->position = at;
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
static bool is_left_alone(const struct store *store, int timeout_msec)
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
		if (is_left_alone(store, RETRY_FIRST_MSEC)) {
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

/* For the metrics: of this database, also what "rasctl db prune" removed. */
static void go_on_counting(struct store *store)
{
	struct tally *tally = (void *)(store->ring->scratch + SCRATCH_TALLY_AT);
	uint64_t pruned;

	if (db_read_pruned(store->writer, &pruned) >= 0)
		tally->pruned = pruned;
}

static int open_database(struct store *store, struct store_hello *hello,
			 struct text *note)
{
	const char *path = store->options->database;
	int r = db_examine(path, note);

	if (r == DB_NOT_OURS) /* somebody else's file gets no lock beside it either */
		return r;
	r = lock_database(store);
	if (r == -EWOULDBLOCK)
		text_add(note,
			 "another rasd writes to %s; give this one another with --db",
			 path);
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
	}
	return r;
}

/* What no retry would make good is counted as lost, so that it does not stop the rest. */
static int give_up(struct store *store, uint64_t count, const char *stage,
		   int64_t time_ns)
{
	log_error("%llu events cannot be stored: %s", (unsigned long long)count,
		  db_error(store->writer));
	store->gave_up += count;
	return db_add_loss(store->writer, stage, count, time_ns);
}

/*
 * What comes after a page that was lost has this id. The ids that are missing are events;
 * if none is, or they cannot be told, it is at least one thing that happened.
 */
static int count_lost(struct store *store, uint64_t next_id)
{
	uint64_t count = 1;

	if (!store->lost)
		return 0;
	if (store->next_id && next_id > store->next_id)
		count = next_id - store->next_id;
	store->lost = false;
	log_error("%llu event%s lost in memory that failed, before %s on disk",
		  (unsigned long long)count, count == 1 ? " was" : "s were",
		  count == 1 ? "it was" : "they were");
	store->lost_events += count;
	return db_add_loss(store->writer, "poison", count, clock_now_ns(CLOCK_REALTIME));
}

static int apply_event(struct store *store, const struct ring_message *message)
{
	struct value undecoded = { .kind = VALUE_NONE };
	struct event event;
	int r;

	arena_reset(&store->arena);
	r = event_decode(message->payload, message->len, store->options->handlers,
			 &store->arena, &event, &undecoded);
	if (r < 0) {
		/* cannot be: same program, same machine. Kept as it is, never dropped. */
		log_warning(
			"a message of %u bytes is no event that can be read (%s), stored raw",
			message->len, strerror(-r));
		event_init(&event, NULL);
		event.time_ns = clock_now_ns(CLOCK_REALTIME);
		event.time_last_ns = event.time_ns;
		undecoded = value_bytes(message->payload, message->len);
	}
	if (event.id) {
		r = count_lost(store, event.id);
		if (r < 0)
			return r;
		store->next_id = event.id + 1;
	}
	r = db_add_event(store->writer, &event, &undecoded);
	return r == -EEXIST || r == -EINVAL || r == -ERANGE ?
		       give_up(store, event.count, "unstorable", event.time_ns) :
		       r;
}

/* More of an event that has no row: the database was replaced meanwhile. */
static int apply_sum(struct store *store, const struct db_sum *sum)
{
	int r = db_add_sum(store->writer, sum);

	return r == 1 ? give_up(store, sum->count, "unstorable", sum->time_last_ns) : r;
}

static int apply_round(struct store *store, const struct message_round *round)
{
	int r = count_lost(store, round->next_id);

	store->round = *round;
	store->next_id = round->next_id;
	return r;
}

/* Actions have ids from the numbers of events; each is told first in its turn. */
static int apply_action(struct store *store, const struct db_action *action)
{
	int r = 0;

	if (action->id >= store->next_id) {
		r = count_lost(store, action->id);
		store->next_id = action->id + 1;
	}
	r = r < 0 ? r : db_add_action(store->writer, action);
	return r == 1 ? give_up(store, 1, "unstorable", action->asked_ns) : r;
}

static int apply_link(struct store *store, const struct db_link *link)
{
	int r = db_add_link(store->writer, link);

	return r == 1 ? 0 : r; /* an end of it was lost, and counted there */
}

static int apply_loss(struct store *store, struct message_loss *loss)
{
	loss->stage[sizeof(loss->stage) - 1] = '\0';
	return db_add_loss(store->writer, loss->stage, loss->count, loss->time_ns);
}

/* Copies the payload out: nothing says that it is aligned for its type. */
#define APPLY(type_, call_)                                                    \
	({                                                                     \
		type_ payload_;                                                \
		int applied_ = 0;                                              \
		if (message->len == sizeof(payload_)) {                        \
			memcpy(&payload_, message->payload, sizeof(payload_)); \
			applied_ = call_;                                      \
		}                                                              \
		applied_;                                                      \
	})

static int apply(struct store *store, const struct ring_message *message)
{
	struct db_writer *w = store->writer;

	store->stopped = message->kind == MESSAGE_STOP;
	switch ((enum message_kind)message->kind) {
	case MESSAGE_EVENT:
		return apply_event(store, message);
	case MESSAGE_SUM:
		return APPLY(struct db_sum, apply_sum(store, &payload_));
	case MESSAGE_RUN:
		return APPLY(struct db_run, db_add_run(w, &payload_));
	case MESSAGE_STOP:
		return APPLY(struct message_stop, db_end_run(w, payload_.time_ns));
	case MESSAGE_CLOCK:
		return APPLY(struct db_clock, db_add_clock(w, &payload_));
	case MESSAGE_COUNTER:
		return APPLY(struct db_counter, db_add_counter(w, &payload_));
	case MESSAGE_ROUND:
		return APPLY(struct message_round, apply_round(store, &payload_));
	case MESSAGE_HIT:
		return APPLY(struct db_hit, db_add_hit(w, &payload_));
	case MESSAGE_LINK:
		return APPLY(struct db_link, apply_link(store, &payload_));
	case MESSAGE_ACTION:
		return APPLY(struct db_action, apply_action(store, &payload_));
	case MESSAGE_PAGE:
		return APPLY(struct db_page, db_add_page(w, &payload_));
	case MESSAGE_LOSS:
		return APPLY(struct message_loss, apply_loss(store, &payload_));
	}
	if (message->kind == RING_LOST)
		store->lost = true;
	return 0; /* of a later version: nothing that we could keep */
}

/* What capture says of the end of a round, where nothing comes behind it; 0: not known.
 */
static uint64_t id_at(const struct store *store, uint64_t position)
{
	struct pipeline_mark mark;

	return ring_vital_get(store->ring, VITAL_ROUND, &mark, sizeof(mark)) &&
			       mark.written == position ?
		       mark.round.next_id :
		       0;
}

/* All that is published, up to a limit. Returns the position behind it. */
static int apply_batch(struct store *store, uint64_t *ret_position)
{
	uint64_t at = store->position;
	struct ring_message message;

	for (int n = 0; n < BATCH_MESSAGES_MAX; n++) {
		int r = ring_peek(store->ring, at, &message);

		if (r > 0)
			r = apply(store, &message);
		else if (r == 0)
			break;
		if (r < 0)
			return r;
		at = message.next;
		if (n % PROGRESS_MESSAGES == 0)
			__atomic_add_fetch(&store->ring->status->store_applied,
					   PROGRESS_MESSAGES, __ATOMIC_RELAXED);
	}
	*ret_position = at;
	return count_lost(store, id_at(store, at));
}

/* For the metrics, in memory that capture shows. */
static void tally_batch(struct store *store)
{
	struct tally *tally = (void *)(store->ring->scratch + SCRATCH_TALLY_AT);

	if (store->gave_up)
		tally_lost(tally, "unstorable", store->gave_up);
	if (store->lost_events)
		tally_lost(tally, "poison", store->lost_events);
}

static int commit_batch(struct store *store)
{
	uint64_t position, next_id = store->next_id;
	int r = db_begin(store->writer);

	store->gave_up = store->lost_events = 0;
	r = r < 0 ? r : apply_batch(store, &position);
	r = r < 0 ? r : db_commit(store->writer, position);
	if (r < 0) {
		db_rollback(store->writer);
		store->next_id = next_id;
		store->lost = false; /* it is found again */
		return r;
	}
	store->position = position;
	leave_note(store);
	ring_set_durable(store->ring, position);
	tally_batch(store);
	return 0;
}

static void note_error(struct store *store, int error)
{
	if (error < 0)
		poison_touch(); /* SQLite takes a page that failed for a bad disk */
	if (error != store->error && error < 0)
		log_error("cannot write to %s: %s (%s); events wait in memory",
			  store->options->database, strerror(-error),
			  db_error(store->writer));
	else if (error != store->error)
		log_notice("writing to %s works again", store->options->database);
	store->error = error;
	store->ring->status->store_error = error;
}

/* Waits for messages, or for capture's end; -1: without limit. */
static void wait_for_work(struct store *store, int timeout_msec)
{
	struct pollfd fds[] = {
		{ .fd = store->options->wake_fd, .events = POLLIN },
		{ .fd = store->orphaned ? -1 : store->options->parent_fd,
		  .events = POLLIN },
		{ .fd = store->orphaned ? -1 : store->options->hello_fd },
	};
	uint64_t n;

	if (poll(fds, ARRAY_SIZE(fds), timeout_msec) <= 0)
		return;
	if (fds[0].revents & POLLIN && read(fds[0].fd, &n, sizeof(n)) < 0)
		log_debug("eventfd: %s", strerror(errno));
	if (fds[1].revents || fds[2].revents)
		store->orphaned = true;
}

/*
 * After a failed commit: slower each time, and with an end if nobody is left to wait for.
 */
static bool try_again_later(struct store *store, int *delay_msec, int *orphaned_msec)
{
	poll(NULL, 0, *delay_msec);
	if (is_left_alone(store, 0))
		store->orphaned = true;
	if (store->orphaned)
		*orphaned_msec += *delay_msec;
	*delay_msec = MIN(*delay_msec * 2, RETRY_LAST_MSEC);
	return *orphaned_msec < LAST_TRIES_MSEC;
}

/*
 * What fails here is no failure of writing: it is tried again in a minute, and a file
 * that is damaged shows itself to the next batch.
 */
static void prune(struct store *store, bool is_idle)
{
	struct tally *tally = (void *)(store->ring->scratch + SCRATCH_TALLY_AT);
	uint64_t removed;
	int r = retention_step(&store->retention, store->writer, &store->options->keep,
			       is_idle, &removed);

	if (r < 0 && r != -EBUSY)
		log_warning("cannot remove old events: %s (%s)", strerror(-r),
			    db_error(store->writer));
	tally->pruned += removed;
}

static int work(struct store *store)
{
	int delay_msec = RETRY_FIRST_MSEC, orphaned_msec = 0;

	for (;;) {
		int r;

		if (store->position == ring_written(store->ring)) {
			if (store->stopped || store->orphaned)
				return 0;
			prune(store, true);
			wait_for_work(store, retention_wait_msec(&store->retention,
								 &store->options->keep));
			continue;
		}
		r = commit_batch(store);
		note_error(store, r);
		if (r == -EBADMSG || r == -EUCLEAN || r == -ESTALE)
			return r; /* a new process opens the file anew, and the ring */
		if (r < 0 && !try_again_later(store, &delay_msec, &orphaned_msec))
			return r;
		if (r >= 0) {
			delay_msec = RETRY_FIRST_MSEC;
			prune(store, store->position == ring_written(store->ring));
		}
	}
}

/*
 * The whole life of the store process. Returns its exit status: 0 after a clean end or
 * when capture is gone and all is written.
 */
int store_run(const struct store_options *options)
{
	struct store store = { .options = options,
			       .ring = options->ring,
			       .lock_fd = -1,
			       .arena = { .base = malloc(ARENA_BYTES),
					  .size = ARENA_BYTES } };
	struct store_hello hello = { .note = "" };
	struct text note = TEXT_IN(hello.note);
	int r;

	prctl(PR_SET_NAME, "rasd-store");
	r = store.arena.base ? open_database(&store, &hello, &note) : -ENOMEM;
	hello.result = r;
	say_hello(options, &hello);
	if (r == 0)
		r = work(&store);
	db_writer_close(store.writer);
	close_fd(store.lock_fd);
	free(store.arena.base);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
