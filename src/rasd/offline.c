// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/offline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/care.h"
#include "db/import.h"
#include "db/reader.h"
#include "db/scratch.h"
#include "handlers/table.h"
#include "util/clock.h"
#include "util/log.h"

struct offline {
	const char *database;
	int lock_fd;
	struct db_writer *writer;
};

/* The name in the lock's place: a daemon that starts meanwhile waits for us. */
#define PROCESS_NAME "rasd-offline"

/* A file that we make is for the group that reads the others: that of the directory. */
static void take_group(const char *database)
{
	char directory[DB_PATH_BYTES];
	const char *slash = strrchr(database, '/');
	struct stat st;

	snprintf(directory, sizeof(directory), "%.*s",
		 slash ? (int)(slash - database) + 1 : 1, slash ? database : ".");
	if (geteuid() == 0 && stat(directory, &st) == 0 && setegid(st.st_gid) < 0)
		log_debug("group of %s: %s", directory, strerror(errno));
}

static enum rasd_exit open_database(struct offline *offline)
{
	char buf[512] = "";
	struct text note = TEXT_IN(buf);
	int r = db_examine(offline->database, &note);

	take_group(offline->database);
	if (r >= 0 && r != DB_NOT_OURS)
		r = offline->lock_fd = db_care_lock(offline->database, &note);
	if (r >= 0 && r != DB_NOT_OURS)
		r = db_writer_open(offline->database, &handlers_table, &offline->writer,
				   &note);
	if (r != 0 && !note.len)
		text_add(&note, "%s: %s", offline->database, strerror(abs(r)));
	if (note.len)
		log_line(r ? LOG_ERR : LOG_WARNING, "%s", buf);
	return r == -EWOULDBLOCK ? RASD_EXIT_RUNNING :
	       r		 ? RASD_EXIT_DATABASE :
				   RASD_EXIT_OK;
}

static void close_database(struct offline *offline)
{
	db_writer_close(offline->writer);
	close_fd(offline->lock_fd);
}

/* --- import ---------------------------------------------------------------------- */

static void print_report(const struct import_report *report, void *userdata)
{
	char name[256] = "";
	struct text text = TEXT_IN(name);

	(void)userdata;
	text_add_escaped(&text, report->table, strlen(report->table));
	printf("table\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%s\n",
	       name, report->type ? report->type : "-", report->rows, report->added,
	       report->known, report->bad, report->left_out);
}

static void print_complaint(const char *what, void *userdata)
{
	(void)userdata;
	log_warning("%s", what);
}

/* Ids above all that any ring took, as a ring of our own that nobody has seen. */
static int attach(struct offline *offline)
{
	char ring[64];
	uint64_t position;

	snprintf(ring, sizeof(ring), "import %" PRId64, clock_now_ns(CLOCK_REALTIME));
	return db_attach_ring(offline->writer, ring, &position);
}

static enum rasd_exit import(struct offline *offline, const char *file)
{
	const struct import_calls calls = { .report = print_report,
					    .complain = print_complaint };
	char buf[512] = "";
	struct text note = TEXT_IN(buf);
	uint64_t next_id = 1;
	int r = attach(offline);

	if (r < 0) {
		log_error("%s: %s", offline->database, db_error(offline->writer));
		return RASD_EXIT_DATABASE;
	}
	r = db_import(offline->writer, file, &next_id, &calls, &note);
	if (note.len)
		log_error("%s", buf);
	return r == -EREMOTEIO ? RASD_EXIT_DATABASE :
	       r == 0	       ? RASD_EXIT_OK :
				 RASD_EXIT_FAILURE;
}

enum rasd_exit offline_import(const char *database, const char *file)
{
	struct offline offline = { .database = database, .lock_fd = -1 };
	enum rasd_exit status;

	prctl(PR_SET_NAME, PROCESS_NAME);
	status = open_database(&offline);
	if (status == RASD_EXIT_OK)
		status = import(&offline, file);
	close_database(&offline);
	return status;
}

/* --- prune ----------------------------------------------------------------------- */

static uint64_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? 0 : (uint64_t)st.st_size;
}

static enum rasd_exit prune(struct offline *offline, const struct db_keep *keep,
			    struct db_pruned *ret)
{
	int64_t now_ns = clock_now_ns(CLOCK_REALTIME);
	uint64_t removed = 0;
	int r;

	while ((r = db_prune(offline->writer, keep, now_ns, &removed)) > 0)
		;
	db_pruned(offline->writer, ret);
	if (r >= 0)
		return RASD_EXIT_OK;
	log_error("cannot remove events from %s: %s (%s)", offline->database,
		  strerror(-r), db_error(offline->writer));
	return RASD_EXIT_DATABASE;
}

static enum rasd_exit prune_file(const char *database, const struct db_keep *keep)
{
	struct offline offline = { .database = database, .lock_fd = -1 };
	uint64_t before = size_of(database);
	struct db_pruned pruned = { 0 };
	enum rasd_exit status;

	if (before == 0) {
		log_error("%s: %s", database, strerror(ENOENT));
		return RASD_EXIT_DATABASE;
	}
	status = open_database(&offline);
	if (status == RASD_EXIT_OK)
		status = prune(&offline, keep, &pruned);
	close_database(&offline); /* what is in the -wal goes into the file */
	if (status == RASD_EXIT_OK)
		printf("pruned\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
		       "\t%" PRIu64 "\n",
		       pruned.unconfirmed, pruned.corrected, pruned.others, before,
		       size_of(database));
	return status;
}

static enum rasd_exit prune_copy(const char *database, const struct db_keep *keep)
{
	char file[DB_PATH_BYTES], buf[512] = "";
	struct text note = TEXT_IN(buf);
	enum rasd_exit status = RASD_EXIT_DATABASE;
	int r = db_scratch_make("rasd-prune", file);

	if (r < 0) {
		log_error("no place for a copy: %s", strerror(-r));
		return RASD_EXIT_FAILURE;
	}
	if (db_care_backup(database, file, &note) < 0)
		log_error("%s", buf);
	else
		status = prune_file(file, keep);
	db_scratch_remove();
	return status;
}

/* Beside a file that we cannot read we write to another: not what was meant. */
static bool is_too_new(const char *database)
{
	char buf[512] = "";
	struct text note = TEXT_IN(buf);
	struct db_reader *reader = NULL;
	int r = db_reader_open(database, &handlers_table, &reader, &note);

	if (r == DB_TOO_NEW)
		log_error("%s", buf);
	if (r == 0)
		db_reader_close(reader);
	return r == DB_TOO_NEW;
}

enum rasd_exit offline_prune(const char *database, const struct db_keep *keep,
			     bool dry_run)
{
	prctl(PR_SET_NAME, PROCESS_NAME);
	if (is_too_new(database))
		return RASD_EXIT_DATABASE;
	return dry_run ? prune_copy(database, keep) : prune_file(database, keep);
}
