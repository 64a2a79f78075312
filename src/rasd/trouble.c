// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/trouble.h"

#include <errno.h>
#include <string.h>

#include "util/clock.h"
#include "util/log.h"

#define LOCK_SAID_NS	(1 * NS_PER_SEC) /* shorter locks are everyday life */
#define OPEN_ANEW_NS	(10 * NS_PER_SEC)
#define WAL_LARGE_BYTES (64ULL << 20) /* and each time that it has doubled */
#define WAL_KEPT_BYTES                                                  \
	(16ULL << 20) /* journal_size_limit: more is given back at rest \
		       */
#define WAL_LOOK_NS  (1 * NS_PER_SEC)
#define WAL_TRY_MSEC 5000
#define MIB(bytes)   ((unsigned long long)((bytes) >> 20))

/*
 * Logs it, unless it was the last that was said, here or in a process before. `error` is
 * what it comes from.
 */
void trouble_say(struct ring_status *status, int level, int error, const char *what)
{
	char short_of[sizeof(status->store_note)];

	if (!status->store_note[0] || status->store_error != error)
		status->store_since_ns = clock_now_ns(CLOCK_MONOTONIC);
	status->store_error = error;
	copy_text(short_of, sizeof(short_of), what);
	if (!strncmp(status->store_note, short_of, sizeof(status->store_note)))
		return;
	log_line(level, "%s", what);
	copy_text(status->store_note, sizeof(status->store_note), what);
}

void trouble_name_holder(const struct db_holder *holder, struct text *text)
{
	if (holder->pid > 0)
		text_add(text, "process %d (%s)", (int)holder->pid,
			 holder->comm[0] ? holder->comm : "?");
	else
		text_add(text, "a process that cannot be told");
}

static void say_lock(struct ring_status *status, const struct db_writer *w)
{
	char buf[512];
	struct text text = TEXT_IN(buf);
	struct db_holder holder;

	text_add(&text, "cannot write to %s: ", db_writer_path(w));
	if (db_find_lock(w, &holder))
		trouble_name_holder(&holder, &text);
	else
		text_add(&text, "somebody");
	text_add(&text, " has locked it; events wait in memory");
	trouble_say(status, LOG_ERR, -EBUSY, buf);
}

static void say_error(struct ring_status *status, const struct db_writer *w, int error)
{
	char buf[512];
	struct text text = TEXT_IN(buf);
	struct db_holder reader;

	text_add(&text, "cannot write to %s: %s (%s); events wait in memory",
		 db_writer_path(w), strerror(-error), db_error(w));
	if (error == -ENOSPC && db_wal_bytes(w) > WAL_LARGE_BYTES &&
	    db_find_reader(w, &reader)) {
		text_add(&text, "; its -wal has %llu MiB because of the transaction of ",
			 MIB(db_wal_bytes(w)));
		trouble_name_holder(&reader, &text);
	}
	trouble_say(status, LOG_ERR, error, buf);
}

/* It works again. */
void trouble_end(struct ring_status *status, const char *database)
{
	if (status->store_note[0])
		log_notice("writing to %s works again", database);
	status->store_note[0] = '\0';
	status->store_error = 0;
}

/* How the last commit went: 0 or a negative errno. */
void trouble_note(struct trouble *trouble, struct ring_status *status,
		  const struct db_writer *w, int error)
{
	int64_t now;

	if (error >= 0) {
		if (trouble->error || status->store_note[0])
			trouble_end(status, db_writer_path(w));
		trouble->error = 0;
		return;
	}
	now = clock_now_ns(CLOCK_MONOTONIC);
	if (trouble->error != error)
		trouble->since_ns = now;
	trouble->error = error;
	if (error == -EBUSY && now - trouble->since_ns < LOCK_SAID_NS)
		return;
	if (error == -EBUSY)
		say_lock(status, w);
	else
		say_error(status, w, error);
}

/* Whether this is so for long, and was said, in whichever process. */
bool trouble_lasts(const struct ring_status *status, int error)
{
	return status->store_note[0] && status->store_error == error &&
	       clock_now_ns(CLOCK_MONOTONIC) - status->store_since_ns > OPEN_ANEW_NS;
}

/*
 * Whether a disk has failed for so long that the files should be opened anew: as long as
 * this process has them, nobody can unmount and mend their file system.
 */
bool trouble_needs_opening(const struct trouble *trouble)
{
	return trouble->error < 0 && trouble->error != -EBUSY &&
	       trouble->error != -ENOSPC &&
	       clock_now_ns(CLOCK_MONOTONIC) - trouble->since_ns > OPEN_ANEW_NS;
}

static void say_wal(struct trouble *trouble, struct ring_status *status,
		    const struct db_writer *w)
{
	char buf[sizeof(status->wal_reader)] = "";
	struct text text = TEXT_IN(buf);
	struct db_holder reader;
	uint64_t bytes = db_wal_bytes(w);

	if (db_find_reader(w, &reader))
		trouble_name_holder(&reader, &text);
	copy_text(status->wal_reader, sizeof(status->wal_reader), buf);
	if (bytes < MAX(2 * trouble->wal_said_bytes, WAL_LARGE_BYTES))
		return;
	trouble->wal_said_bytes = bytes;
	if (buf[0])
		log_warning("%s-wal has grown to %llu MiB and grows until the "
			    "transaction ends in which %s reads",
			    db_writer_path(w), MIB(bytes), buf);
	else
		log_warning("%s-wal has grown to %llu MiB", db_writer_path(w),
			    MIB(bytes));
}

static void forget_wal(struct trouble *trouble, struct ring_status *status,
		       const struct db_writer *w)
{
	if (trouble->wal_said_bytes)
		log_notice("%s-wal is back to %llu MiB", db_writer_path(w),
			   MIB(db_wal_bytes(w)));
	trouble->wal_said_bytes = 0;
	status->wal_reader[0] = '\0';
}

/*
 * After a commit, and at rest: a log that somebody's transaction keeps growing is said,
 * and one that nobody needs any more is emptied.
 */
void trouble_watch_wal(struct trouble *trouble, struct ring_status *status,
		       struct db_writer *w, bool is_idle)
{
	int64_t now;

	status->wal_bytes = db_wal_bytes(w);
	if (status->wal_bytes <= WAL_KEPT_BYTES) {
		status->wal_is_much = 0;
		forget_wal(trouble, status, w);
		return;
	}
	now = clock_now_ns(CLOCK_MONOTONIC);
	if (now < trouble->wal_next_ns)
		return;
	trouble->wal_next_ns = now + WAL_LOOK_NS;
	status->wal_is_much = db_wal_is_much(w);
	if (is_idle)
		db_empty_wal(w);
	status->wal_bytes = db_wal_bytes(w);
	if (status->wal_bytes <= WAL_KEPT_BYTES)
		forget_wal(trouble, status, w);
	else if (status->wal_bytes > WAL_LARGE_BYTES)
		say_wal(trouble, status, w);
}

/* How long to wait at rest: not for ever while there is something to be emptied. */
int trouble_wait_msec(const struct ring_status *status, int otherwise)
{
	if (status->wal_bytes <= WAL_KEPT_BYTES)
		return otherwise;
	return otherwise < 0 ? WAL_TRY_MSEC : MIN(otherwise, WAL_TRY_MSEC);
}
