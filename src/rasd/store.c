// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Reads the ring, writes the database: a transaction for whatever came while the last one
 * was flushed, then the ring's durable position. What the database says of its own
 * position in the ring is the truth: a process that was killed between the two finds it
 * there, so no event is written twice. An error of the disk ends nothing: the messages
 * stay in the ring and are tried again.
 */

#include "rasd/store_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>

#include "event/wire.h"
#include "poison/poison.h"
#include "rasd/pipeline.h"
#include "rasd/scratch.h"
#include "util/clock.h"
#include "util/log.h"

#define BATCH_MESSAGES_MAX \
	32768		     /* bounds a transaction, and how late the ring gets room */
#define PROGRESS_MESSAGES 64 /* so often capture sees that we are at work */
#define ARENA_BYTES	  (1024 * 1024)
#define RETRY_LAST_MSEC	  2000
#define LAST_TRIES_MSEC \
	3000 /* without a capture: then the ring is left to the next one */

static void say_hello(const struct store_options *options,
		      const struct store_hello *hello)
{
	if (write(options->hello_fd, hello, sizeof(*hello)) < 0)
		log_debug("capture does not listen: %s", strerror(errno));
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

/* The writer has counted them as lost. */
static void log_refused(struct store *store)
{
	log_error("%llu events cannot be stored: %s",
		  (unsigned long long)db_refused(store->writer), db_error(store->writer));
	store->gave_up += db_refused(store->writer);
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
	if (store->gone)
		tally_lost(tally, "database", store->gone);
	store->gone = 0;
}

static int commit_batch(struct store *store)
{
	uint64_t position, next_id = store->next_id;
	int r = db_begin(store->writer);

	store->gave_up = store->lost_events = 0;
	if (r >= 0 && store->gone)
		r = db_add_loss(store->writer, "database", store->gone,
				clock_now_ns(CLOCK_REALTIME));
	r = r < 0 ? r : apply_batch(store, &position);
	r = r < 0 ? r : db_commit(store->writer, position);
	if (r < 0) {
		db_rollback(store->writer);
		store->next_id = next_id;
		store->lost = false; /* it is found again */
		return db_cause(store->writer, r);
	}
	if (db_refused(store->writer))
		log_refused(store);
	store->position = position;
	store_leave_note(store);
	ring_set_durable(store->ring, position);
	tally_batch(store);
	return 0;
}

static void note_error(struct store *store, int error)
{
	if (error < 0)
		poison_touch(); /* SQLite takes a page that failed for a bad disk */
	trouble_note(&store->trouble, store->ring->status, store->writer, error);
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
	if (store_is_left_alone(store, 0))
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

static void rest(struct store *store)
{
	struct ring_status *status = store->ring->status;
	int msec;

	trouble_watch_wal(&store->trouble, status, store->writer, true);
	prune(store, true);
	msec = retention_wait_msec(&store->retention, &store->options->keep);
	wait_for_work(store, trouble_wait_msec(status, msec));
}

/* What is not for this process to wait for: another one opens the file anew. */
static bool must_open_anew(struct store *store, int error)
{
	const struct store_hello hello = { .result = error };

	if (error == -EBADMSG || error == -EUCLEAN || error == -ESTALE)
		return true;
	if (!trouble_needs_opening(&store->trouble))
		return false;
	if (error == -EIO)
		store_give_up_unreadable(store);
	say_hello(store->options,
		  &hello); /* so it is tried a moment later, not at once */
	return true;
}

static int work(struct store *store)
{
	int delay_msec = RETRY_FIRST_MSEC, orphaned_msec = 0;

	for (;;) {
		int r;

		if (store->position == ring_written(store->ring)) {
			if (store->stopped || store->orphaned)
				return 0;
			rest(store);
			continue;
		}
		r = commit_batch(store);
		note_error(store, r);
		if (r < 0 && must_open_anew(store, r))
			return r;
		if (r < 0 && !try_again_later(store, &delay_msec, &orphaned_msec))
			return r;
		if (r >= 0) {
			delay_msec = RETRY_FIRST_MSEC;
			trouble_watch_wal(&store->trouble, store->ring->status,
					  store->writer, false);
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
	r = store.arena.base ? store_open(&store, &hello, &note) : -ENOMEM;
	hello.result = r;
	say_hello(options, &hello);
	if (r == 0)
		r = work(&store);
	db_writer_close(store.writer);
	close_fd(store.lock_fd);
	free(store.arena.base);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
