// SPDX-License-Identifier: LGPL-2.1-or-later

/* What is on disk, against what was acknowledged. */

#include "power/cuts.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "db/sql.h"
#include "handlers/table.h"
#include "util/macro.h"

struct check {
	struct cut *cut;
	sqlite3 *db;
	uint64_t base; /* ids of the ring begin behind it */
	struct text *complaint;
};

static bool complains(struct check *check)
{
	return check->complaint->len > 0;
}

/* One number, asked past our own code. */
static int64_t number(struct check *check, const char *sql)
{
	int64_t n = 0;
	int r = sql_number(check->db, sql, &n);

	if (r < 0 && !complains(check))
		text_add(check->complaint, "%s: %s", sql, sqlite3_errmsg(check->db));
	return n;
}

static void expect(struct check *check, const char *sql, uint64_t expected)
{
	int64_t n = number(check, sql);

	if (!complains(check) && n != (int64_t)expected)
		text_add(check->complaint, "%s: %" PRId64 ", not %" PRIu64, sql, n,
			 expected);
}

static void is_sound(struct check *check)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	const char *said = "";

	if (sql_prepare(check->db, "PRAGMA integrity_check", &stmt) == 0 &&
	    sql_next(stmt) == 1)
		said = (const char *)sqlite3_column_text(stmt, 0);
	if (strcmp(said, "ok"))
		text_add(check->complaint, "integrity_check: %s %s", said,
			 sqlite3_errmsg(check->db));
	expect(check, "SELECT count(*) FROM pragma_foreign_key_check", 0);
}

/* The position is what was acknowledged, or that of the batch that was being committed.
 */
static void find_position(struct check *check)
{
	struct acknowledged *done = check->cut->acknowledged;
	char ring[RING_NAME_BYTES], sql[128];
	uint64_t position;

	ring_name(check->cut, ring);
	snprintf(sql, sizeof(sql), "SELECT position FROM ring WHERE id = '%s'", ring);
	position = (uint64_t)number(check, sql);
	if (!position) /* nothing of this ring was committed */
		position = done->ring_base;
	snprintf(sql, sizeof(sql), "SELECT id_base FROM ring WHERE id = '%s'", ring);
	expect(check, sql, check->base + done->ring_base);
	if (position == done->position || complains(check))
		return;
	if (!done->in_flight || position != done->in_flight) {
		text_add(check->complaint, "position %" PRIu64 ", not %" PRIu64, position,
			 done->position);
		return;
	}
	done->position = position;
	done->batches++;
}

/* The oldest that may be removed are, and nothing else. Returns what must be there. */
static uint64_t find_removed(struct check *check)
{
	struct acknowledged *done = check->cut->acknowledged;
	uint64_t removed = (uint64_t)number(
		check, "SELECT value FROM info WHERE key = 'pruned_rows'");

	if (!complains(check) &&
	    (removed < done->pruned || removed > done->pruned + done->pruning))
		text_add(check->complaint, "%" PRIu64 " are removed, not %" PRIu64,
			 removed, done->pruned);
	done->pruned = removed;
	return removed;
}

static void compare(struct check *check, sqlite3_stmt *row, uint64_t id)
{
	const char *type = told_type(told_of(id));
	int64_t count = 1 + (int64_t)(id % 5);

	if (id == 1)
		count += (int64_t)check->cut->acknowledged->batches - 1;
	if ((uint64_t)sqlite3_column_int64(row, 0) != id ||
	    sqlite3_column_int64(row, 1) != count ||
	    (uint64_t)sqlite3_column_int64(row, 2) != id * 4096 ||
	    sqlite3_column_int64(row, 3) != SAMPLE_TIME_NS + (int64_t)id * 1000 ||
	    strcmp((const char *)sqlite3_column_text(row, 4), type))
		text_add(check->complaint,
			 "event %" PRIu64 " is row %lld, count %lld, type %s", id,
			 sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
			 sqlite3_column_text(row, 4));
}

/* Each event by its number, in order: there, or among the oldest that were removed. */
static void compare_events(struct check *check)
{
	_cleanup_(sql_finalize) sqlite3_stmt *stmt = NULL;
	uint64_t removed = find_removed(check);
	int r = sql_prepare(check->db,
			    "SELECT e.id - ?1, count, address, time, t.name FROM event e"
			    " JOIN event_type t ON t.id = e.type WHERE e.id > ?1"
			    " ORDER BY e.id",
			    &stmt);

	if (r >= 0)
		sqlite3_bind_int64(stmt, 1, (int64_t)check->base);
	for (uint64_t id = 1;
	     !complains(check) && id <= check->cut->acknowledged->position; id++) {
		if (told_of(id) == TOLD_ACTION)
			continue;
		if (removed && !is_severe(id)) {
			removed--;
			continue;
		}
		if (sql_next(stmt) == 1)
			compare(check, stmt, id);
		else
			text_add(check->complaint, "event %" PRIu64 " is missing", id);
	}
	if (!complains(check) && sql_next(stmt) != 0)
		text_add(check->complaint, "there is more than was told");
}

static void compare_tally(struct check *check, enum told told, uint64_t rows,
			  uint64_t count)
{
	char sql[256];
	const char *from =
		"FROM tally WHERE type = (SELECT id FROM event_type WHERE name =";

	snprintf(sql, sizeof(sql), "SELECT sum(rows) %s '%s')", from, told_type(told));
	expect(check, sql, rows);
	snprintf(sql, sizeof(sql), "SELECT sum(count) %s '%s')", from, told_type(told));
	expect(check, sql, count);
}

/* Sums stay when events are removed. */
static void compare_tallies(struct check *check)
{
	const struct acknowledged *done = check->cut->acknowledged;
	uint64_t rows[TOLD_MAX] = { 0 }, counts[TOLD_MAX] = { 0 };

	for (uint64_t id = 1; id <= done->position; id++) {
		rows[told_of(id)]++;
		counts[told_of(id)] += 1 + id % 5;
	}
	if (done->batches)
		counts[told_of(1)] += done->batches - 1;
	rows[TOLD_BLOCK_ERROR] += check->base;
	counts[TOLD_BLOCK_ERROR] += check->base;
	for (enum told told = 0; told < TOLD_ACTION; told++)
		compare_tally(check, told, rows[told], counts[told]);
	expect(check, "SELECT count(*) FROM event WHERE run IS NULL", check->base);
	expect(check, "SELECT count(*) FROM action", rows[TOLD_ACTION]);
	expect(check, "SELECT sum(count) FROM loss", 3 * done->batches);
	expect(check, "SELECT count(*) FROM run", done->batches > 0);
}

/* Each has one detail row, no detail is without its event, and all are the same. */
static void compare_details(struct check *check)
{
	static const char *const tables[][2] = { { "mc", "mc" },
						 { "block-error", "block_error" },
						 { "arm", "arm" },
						 { "unknown", "unknown_detail" } };
	static const struct {
		const char *table;
		int rows; /* of each event */
	} lists[] = { { "arm_error", 2 }, { "arm_register", 42 }, { "arm_context", 2 } };
	char sql[512];

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		snprintf(sql, sizeof(sql),
			 "SELECT count(*) FROM \"%s\" WHERE event NOT IN"
			 " (SELECT id FROM event)",
			 tables[i][1]);
		expect(check, sql, 0);
		snprintf(sql, sizeof(sql),
			 "SELECT count(*) FROM event e JOIN event_type t ON t.id = e.type"
			 " WHERE t.name = '%s' AND e.id > %" PRIu64 " AND e.id NOT IN"
			 " (SELECT event FROM \"%s\")",
			 tables[i][0], check->base, tables[i][1]);
		expect(check, sql, 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		snprintf(sql, sizeof(sql),
			 "SELECT count(*) FROM \"%s\" WHERE event NOT IN"
			 " (SELECT event FROM arm)",
			 lists[i].table);
		expect(check, sql, 0);
		snprintf(sql, sizeof(sql),
			 "SELECT count(*) FROM arm a WHERE (SELECT count(*) FROM \"%s\" l"
			 " WHERE l.event = a.event) != %d",
			 lists[i].table, lists[i].rows);
		expect(check, sql, 0);
	}
	expect(check,
	       "SELECT count(*) > 1 FROM (SELECT DISTINCT error_type, msg, label,"
	       " syndrome, driver_detail FROM mc)",
	       0);
	expect(check,
	       "SELECT count(*) > 1 FROM (SELECT DISTINCT data FROM unknown_detail)", 0);
}

uint64_t sum_of_file(const char *path)
{
	uint8_t buffer[65536];
	uint64_t sum = 14695981039346656037u; /* FNV-1a */
	_cleanup_(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		for (ssize_t i = 0; i < n; i++)
			sum = (sum ^ buffer[i]) * 1099511628211u;
	return sum;
}

/*
 * How many databases were set aside; -1 if what was damaged and its log are not among
 * that, as they were. A log may be there by itself.
 */
static int count_aside(const struct cut *cut, const char *dir)
{
	unsigned int n = 0, n_right = 0, n_logs = 0;
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		const char *stamp = strrchr(entry->d_name, '-');
		bool is_log = stamp && !strcmp(stamp, "-wal");
		char path[512];

		if (strncmp(entry->d_name, "rasd.db.corrupt-", 16) &&
		    strncmp(entry->d_name, "rasd.db.orphan-", 15))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		n_logs += is_log && sum_of_file(path) == cut->old_log_sum;
		if (strcmp(stamp, "-shm") && !is_log) {
			n_right += sum_of_file(path) == cut->old_sum;
			n++;
		}
	}
	closedir(d);
	/* an empty one is nothing */
	n_logs += cut->beginning != BEGIN_MARKED;
	return n_right == 1 && n_logs >= 1 ? (int)n : -1;
}

static bool compare_all(struct check *check)
{
	is_sound(check);
	if (!complains(check))
		find_position(check);
	if (!complains(check))
		compare_events(check);
	if (!complains(check))
		compare_tallies(check);
	if (!complains(check))
		compare_details(check);
	return !complains(check);
}

/* Opens it as store does; with `quiet` there is to be nothing to say about it. */
static bool open_as_store(struct check *check, const char *path, bool quiet)
{
	char said[1024] = "";
	struct text note = TEXT_IN(said);
	char ring[RING_NAME_BYTES];
	struct db_writer *w = NULL;
	uint64_t position = 0;
	int r = db_writer_open(path, &handlers_table, &w, &note);

	ring_name(check->cut, ring);
	if (r == 0)
		r = db_attach_ring(w, ring, &position);
	db_writer_close(w);
	if (r || (quiet && said[0]))
		text_add(check->complaint, "opening it: %d, %s", r, said);
	return !complains(check);
}

/*
 * Whether the database in `dir`, opened as store opens it, is what was acknowledged; that
 * may be one batch more afterwards. If not, a complaint.
 */
bool check_disk(struct cut *cut, const char *dir, struct text *complaint)
{
	bool is_damaged = cut->beginning >= BEGIN_DAMAGED;
	struct check check = { .cut = cut,
			       .base = cut->beginning == BEGIN_OLD ? OLD_EVENTS : 0,
			       .complaint = complaint };
	char path[128];

	snprintf(path, sizeof(path), "%s/rasd.db", dir);
	if (!open_as_store(&check, path, !is_damaged || count_aside(cut, dir) == 1))
		return false;
	if (is_damaged && !open_as_store(&check, path, true))
		return false;
	if (is_damaged && count_aside(cut, dir) != 1)
		text_add(complaint, "what was damaged is not kept, or more than that");
	if (!complains(&check) && sqlite3_open(path, &check.db) == SQLITE_OK)
		compare_all(&check);
	sqlite3_close(check.db);
	return !complains(&check);
}
