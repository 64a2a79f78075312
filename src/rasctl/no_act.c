// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/no_act.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "db/reader_acts.h"
#include "rasctl/losses.h"
#include "util/clock.h"
#include "util/macro.h"

/* Whose files may be made in it is for its own rights to say; a link is not followed. */
static int open_directory(const char *directory)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Somebody may have made it by hand, and as anything: only a file is read. */
static void read_note(int dirfd, char *note, size_t size)
{
	_cleanup_(close_fd) int fd =
		openat(dirfd, NO_ACT, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	*note = '\0';
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	n = read(fd, note, size - 1);
	note[MAX(n, (ssize_t)0)] = '\0';
	note[strcspn(note, "\n")] = '\0';
}

/* Returns 0, also if there is no such directory; a negative errno if nobody can tell. */
int no_act_look(const char *directory, struct no_act *ret)
{
	_cleanup_(close_fd) int dirfd = open_directory(directory);
	struct no_act found = { 0 };
	struct stat st;

	if (dirfd < 0 && dirfd != -ENOENT)
		return dirfd;
	if (dirfd >= 0 && fstatat(dirfd, NO_ACT, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		found.is_there = true;
		found.since_ns = st.st_mtim.tv_sec * NS_PER_SEC + st.st_mtim.tv_nsec;
		read_note(dirfd, found.note, sizeof(found.note));
	} else if (dirfd >= 0 && errno != ENOENT) {
		return -errno;
	}
	*ret = found;
	return 0;
}

/* It is read with cat(1), too: nothing that ends the line or moves a cursor. */
static void make_harmless(char *text)
{
	for (; *text; text++)
		if (!isprint((unsigned char)*text))
			*text = '?';
}

static void make_note(const char *reason, struct text *note)
{
	const char *sudo = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *user = getpwuid(getuid());
	const char *name = sudo && *sudo ? sudo : user ? user->pw_name : "?";
	time_t now = time(NULL);
	char utc[32];
	struct tm tm;

	strftime(utc, sizeof(utc), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	text_add(note, "%s %s%s%s", utc, name, *reason ? ": " : "", reason);
	make_harmless(note->at);
}

static int write_note(int dirfd, const char *note)
{
	_cleanup_(close_fd) int fd =
		openat(dirfd, NO_ACT,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		return -errno;
	/* it is there, which is all that counts; the rest is for people */
	if (fchmod(fd, 0644) < 0 || dprintf(fd, "%s\n", note) < 0)
		return 1;
	return 0;
}

/*
 * Makes the file; with_directory: and its directory, where rasd was not started yet.
 * Returns 0; 1 if it is there but its note could not be written; -EEXIST if it was there
 * before; or a negative errno.
 */
int no_act_make(const char *directory, bool with_directory, const char *reason)
{
	_cleanup_(close_fd) int dirfd = -1;
	char buf[sizeof(((struct no_act *)NULL)->note) - 1] = "";
	struct text note = TEXT_IN(buf);

	if (with_directory && mkdir(directory, 0750) < 0 && errno != EEXIST)
		return -errno;
	dirfd = open_directory(directory);
	if (dirfd < 0)
		return dirfd;
	make_note(reason, &note);
	return write_note(dirfd, buf);
}

/* -ENOENT: there was none. */
int no_act_remove(const char *directory)
{
	_cleanup_(close_fd) int dirfd = open_directory(directory);

	if (dirfd < 0)
		return dirfd;
	return unlinkat(dirfd, NO_ACT, 0) < 0 ? -errno : 0;
}

/* "paused" is null where it cannot be told, with "error" saying why. */
struct json_object *acting_to_json(struct db_reader *reader, const char *directory)
{
	struct json_object *o = json_object_new_object();
	char path[DB_PATH_BYTES + sizeof(NO_ACT) + 1];
	struct no_act found = { 0 };
	uint64_t pending = 0;
	int r = no_act_look(directory, &found);

	snprintf(path, sizeof(path), "%s/" NO_ACT, directory);
	json_object_object_add(o, "paused",
			       r < 0 ? NULL : json_object_new_boolean(found.is_there));
	json_object_object_add(o, "since",
			       found.is_there ? json_utc(found.since_ns) : NULL);
	json_object_object_add(o, "note", json_word(found.note));
	json_object_object_add(o, "file", json_word(path));
	if (r < 0)
		json_object_object_add(o, "error", json_object_new_string(strerror(-r)));
	json_object_object_add(o, "pending",
			       reader && db_count_pending(reader, &pending) >= 0 ?
				       json_object_new_uint64(pending) :
				       NULL);
	return o;
}

/* Nothing if there is nothing out of the ordinary. */
void format_acting(struct json_object *acting, const struct output *out,
		   struct text *text)
{
	const struct column since = { .key = "since" };
	struct json_object *paused = json_object_object_get(acting, "paused");
	uint64_t pending =
		json_object_get_uint64(json_object_object_get(acting, "pending"));

	if (!paused) {
		text_add(text, "cannot be told whether it is paused: %s: %s",
			 json_text(acting, "file"), json_text(acting, "error"));
	} else if (json_object_get_boolean(paused)) {
		text_add(text, "paused since ");
		format_time_long(acting, &since, out, text);
		if (json_text(acting, "note"))
			text_add(text, " (%s)", json_text(acting, "note"));
	}
	if (pending)
		text_add(text, "%s%" PRIu64 " under way", text->len ? ", " : "", pending);
}

/* Where the ring is, everything else is that lives as long as this boot. */
void runtime_directory(const char *ring, char ret[static DB_PATH_BYTES])
{
	const char *slash = strrchr(ring, '/');

	if (slash && slash > ring)
		snprintf(ret, DB_PATH_BYTES, "%.*s", (int)(slash - ring), ring);
	else
		snprintf(ret, DB_PATH_BYTES, "%s", RASD_RUNTIME_DIRECTORY);
}
