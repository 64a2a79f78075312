// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ack_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "rasctl/losses.h"
#include "rasctl/output.h"
#include "util/file.h"
#include "util/macro.h"
#include "util/text.h"
#include "util/when.h"

#define FILE_BYTES 4096

static int path_of(const char *db, const char *ending, char ret[static DB_PATH_BYTES])
{
	return snprintf(ret, DB_PATH_BYTES, "%s.ack%s", db, ending) < DB_PATH_BYTES ?
		       0 :
		       -ENAMETOOLONG;
}

static void copy_member(struct json_object *o, const char *key, char *to, size_t size)
{
	const char *text = json_text(o, key);

	copy_text(to, size, text ? text : "");
}

static int64_t time_of(const char *text)
{
	int64_t ns = 0;

	when_parse(text, 0, &when_utc, &ns);
	return ns;
}

/* 0; -ENOENT: nothing was dealt with yet; -EINVAL: the file is none of ours; others. */
int ack_read(const char *db, struct ack *ret)
{
	char path[DB_PATH_BYTES], text[FILE_BYTES];
	struct json_object *o;
	ssize_t n;
	int r = path_of(db, "", path);

	if (r < 0)
		return r;
	n = file_read(AT_FDCWD, path, text, sizeof(text));
	if (n < 0)
		return (int)n;
	o = json_tokener_parse(text);
	if (!json_text(o, "db_id") || !json_text(o, "id")) {
		json_object_put(o);
		return -EINVAL;
	}
	*ret = (struct ack){
		.id = json_object_get_uint64(json_object_object_get(o, "id")),
		.lost = json_object_get_uint64(json_object_object_get(o, "lost")),
		.time_ns = time_of(json_text(o, "time") ? json_text(o, "time") : ""),
	};
	copy_member(o, "db_id", ret->db_id, sizeof(ret->db_id));
	copy_member(o, "by", ret->by, sizeof(ret->by));
	copy_member(o, "note", ret->note, sizeof(ret->note));
	json_object_put(o);
	return 0;
}

/* A new reference. */
struct json_object *ack_to_json(const struct ack *ack)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "db_id", json_word(ack->db_id));
	json_object_object_add(o, "id", json_object_new_uint64(ack->id));
	json_object_object_add(o, "lost", json_object_new_uint64(ack->lost));
	json_object_object_add(o, "time", json_utc(ack->time_ns));
	json_object_object_add(o, "by", json_word(ack->by));
	json_object_object_add(o, "note", json_word(ack->note));
	return o;
}

static int write_whole(const char *path, const char *text)
{
	_cleanup_(close_fd) int fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	size_t len = strlen(text);

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		return errno ? -errno : -EIO;
	return fsync(fd) < 0 ? -errno : 0;
}

/* Whole or not at all: it takes its place when it is on disk. */
int ack_write(const char *db, const struct ack *ack)
{
	char path[DB_PATH_BYTES], building[DB_PATH_BYTES];
	struct json_object *o;
	int r = path_of(db, "", path);

	r = r < 0 ? r : path_of(db, ".new", building);
	if (r < 0)
		return r;
	o = ack_to_json(ack);
	r = write_whole(building, json_object_to_json_string_ext(
					  o, JSON_C_TO_STRING_SPACED |
						     JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	if (r >= 0 && rename(building, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(building);
	return r;
}
