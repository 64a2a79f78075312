// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/guard.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "db/open.h"
#include "util/file.h"
#include "util/macro.h"

/*
 * Bytes that SQLite locks: of the main file (https://sqlite.org/fileformat.html, 1.3.2,
 * "lock byte page") and of -shm (https://sqlite.org/walformat.html, 2.3): one for whoever
 * writes, checkpoints or recovers, then one for each read mark.
 */
#define MAIN_LOCKS_AT	 0x40000000
#define MAIN_LOCKS	 512
#define SHM_WRITER_AT	 120
#define SHM_WRITER_LOCKS 3
#define SHM_READERS_AT	 123
#define SHM_READERS	 5
#define SHM_DONE_AT	 96  /* frames that are in the main file */
#define SHM_MARKS_AT	 100 /* read marks: the frames of the log that a reader sees */

/*
 * The index's header (2.1 there), in the byte order of the machine. It is there twice; if
 * the two differ, SQLite makes it anew.
 */
struct shm_head {
	uint32_t version, unused, change;
	uint8_t is_init, big_endian_sums;
	uint16_t page_size; /* 1: 65536 */
	uint32_t max_frame;
	uint8_t rest[28];
};

_Static_assert(sizeof(struct shm_head) == 48, "as it lies in the file");

#define WAL_HEADER_BYTES       32
#define WAL_FRAME_HEADER_BYTES 24

static int stat_with(const char *path, const char *suffix, struct stat *ret)
{
	char whole[DB_PATH_BYTES];

	if (snprintf(whole, sizeof(whole), "%s%s", path, suffix) >= (int)sizeof(whole))
		return -ENAMETOOLONG;
	return stat(whole, ret) < 0 ? -errno : 0;
}

static int open_with(const char *path, const char *suffix)
{
	char whole[DB_PATH_BYTES];
	int fd;

	if (snprintf(whole, sizeof(whole), "%s%s", path, suffix) >= (int)sizeof(whole))
		return -ENAMETOOLONG;
	fd = open(whole, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/*
 * To be called when this process has the database open and has begun to use it. Its files
 * stay open until db_guard_close(), which must come after SQLite has closed them: closing
 * a file takes all locks with it that this process has on it.
 */
int db_guard_open(struct db_guard *guard, const char *path)
{
	struct stat main, wal, shm;
	int r = stat_with(path, "", &main);

	r = r < 0 ? r : stat_with(path, "-wal", &wal);
	r = r < 0 ? r : stat_with(path, "-shm", &shm);
	if (r < 0)
		return r;
	guard->dev = main.st_dev;
	guard->main_ino = main.st_ino;
	guard->wal_ino = wal.st_ino;
	guard->shm_ino = shm.st_ino;
	guard->wal_bytes = (uint64_t)wal.st_size;
	guard->main_fd = open_with(path, "");
	guard->shm_fd = open_with(path, "-shm");
	if (guard->main_fd < 0 || guard->shm_fd < 0)
		return MIN(guard->main_fd, guard->shm_fd);
	return 0;
}

void db_guard_close(struct db_guard *guard)
{
	close_fd(guard->main_fd);
	close_fd(guard->shm_fd);
	*guard = DB_GUARD_NONE;
}

/* Whether the file that was opened still has its name. What cannot be told has it. */
static bool is_in_place(const struct db_guard *guard, const char *path,
			const char *suffix, ino_t ino, struct stat *ret)
{
	int r = stat_with(path, suffix, ret);

	if (r < 0)
		return r != -ENOENT && r != -ENOTDIR;
	return ret->st_ino == ino && ret->st_dev == guard->dev;
}

static void name_holder(pid_t pid, struct db_holder *ret)
{
	char path[64], comm[32] = "";
	struct text text = TEXT_IN(ret->comm);

	*ret = (struct db_holder){ .pid = pid };
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	if (pid > 0 && file_read_line(AT_FDCWD, path, comm, sizeof(comm)) >= 0)
		text_add_escaped(&text, comm, strlen(comm));
}

/* 1: somebody else has a lock that a lock of this type would meet. */
static int find_lock(int fd, short type, off_t at, off_t len, struct db_holder *ret)
{
	struct flock lock = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = len
	};

	if (fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	name_holder(lock.l_pid, ret);
	return 1;
}

/* The least that somebody who reads sees of the log, in frames; UINT32_MAX: nobody. */
static uint32_t find_reader(const struct db_guard *guard, struct db_holder *ret)
{
	uint32_t marks[SHM_READERS] = { 0 }, least = UINT32_MAX;
	struct db_holder holder;

	if (pread(guard->shm_fd, marks, sizeof(marks), SHM_MARKS_AT) != sizeof(marks))
		return UINT32_MAX;
	for (int i = 0; i < SHM_READERS; i++) {
		if (marks[i] >= least ||
		    !find_lock(guard->shm_fd, F_WRLCK, SHM_READERS_AT + i, 1, &holder))
			continue;
		least = marks[i];
		*ret = holder;
	}
	return least;
}

static bool read_heads(const struct db_guard *guard, struct shm_head heads[static 2])
{
	ssize_t len = 2 * sizeof(heads[0]);

	return pread(guard->shm_fd, heads, (size_t)len, 0) == len &&
	       !memcmp(&heads[0], &heads[1], sizeof(heads[0])) && heads[0].is_init == 1;
}

/*
 * How much of the log could be put into the main file now: up to what the oldest reader
 * sees of it.
 */
uint64_t db_guard_pending_bytes(const struct db_guard *guard)
{
	struct shm_head heads[2];
	struct db_holder reader;
	uint32_t done, until;

	if (!read_heads(guard, heads) ||
	    pread(guard->shm_fd, &done, sizeof(done), SHM_DONE_AT) != sizeof(done))
		return 0;
	until = MIN(heads[0].max_frame, find_reader(guard, &reader));
	return until > done ? (uint64_t)(until - done) * 4096 : 0;
}

/* How long the log must be for all that is committed in it; 0: nothing is. */
static uint64_t wal_bytes_needed(const struct db_guard *guard)
{
	struct shm_head heads[2];
	uint64_t page;

	if (!read_heads(guard, heads))
		return 0;
	page = heads[0].page_size == 1 ? 65536 : heads[0].page_size;
	return heads[0].max_frame ?
		       WAL_HEADER_BYTES +
			       heads[0].max_frame * (WAL_FRAME_HEADER_BYTES + page) :
		       0;
}

/*
 * Somebody else may empty the log as one should, and tells the index first: so it is
 * looked at again behind the size.
 */
static bool is_cut(const struct db_guard *guard, const char *path, struct stat *wal)
{
	uint64_t needed = wal_bytes_needed(guard);

	if ((uint64_t)wal->st_size >= needed)
		return false;
	return stat_with(path, "-wal", wal) >= 0 && wal_bytes_needed(guard) == needed &&
	       (uint64_t)wal->st_size < needed;
}

/*
 * Between two transactions. 0; -ESTALE: a file of it is not where it was; -EUCLEAN: its
 * log is shorter than what was committed to it. Then there is a sentence.
 */
int db_guard_look(struct db_guard *guard, const char *path, struct text *ret_why)
{
	static const char *const suffixes[] = { "", "-shm", "-wal" };
	const ino_t inos[] = { guard->main_ino, guard->shm_ino, guard->wal_ino };
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (is_in_place(guard, path, suffixes[i], inos[i], &st))
			continue;
		text_add(ret_why, "%s%s was moved or removed", path, suffixes[i]);
		return -ESTALE;
	}
	if (is_cut(guard, path, &st)) {
		text_add(ret_why, "%s-wal was cut short", path);
		return -EUCLEAN;
	}
	guard->wal_bytes = (uint64_t)st.st_size;
	return 0;
}

/* Who keeps this process from writing. 1 with `ret`; 0: nobody (any more). */
int db_guard_find_blocker(const struct db_guard *guard, struct db_holder *ret)
{
	if (find_lock(guard->shm_fd, F_WRLCK, SHM_WRITER_AT, SHM_WRITER_LOCKS, ret))
		return 1;
	return find_lock(guard->main_fd, F_RDLCK, MAIN_LOCKS_AT, MAIN_LOCKS, ret);
}

/*
 * Whose transaction keeps the log from being emptied: of those that read, the one that
 * sees the least of it. 1 with `ret`; 0: nobody.
 */
int db_guard_find_reader(const struct db_guard *guard, struct db_holder *ret)
{
	return find_reader(guard, ret) != UINT32_MAX;
}

/* As db_guard_find_blocker(), for a process that has the database not open. */
int db_find_blocker(const char *path, struct db_holder *ret)
{
	struct db_guard guard = { .main_fd = open_with(path, ""),
				  .shm_fd = open_with(path, "-shm") };
	int found = db_guard_find_blocker(&guard, ret);

	db_guard_close(&guard);
	return found;
}
