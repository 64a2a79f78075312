// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/capture_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/file.h"
#include "util/macro.h"

#define FILE_BYTES_MAX (256u << 20)
#define PAGE_BYTES_MAX (1u << 20)
#define NAMES_MAX      8192

char *capture_read(int dirfd, const char *name, size_t *ret_len, int *ret_error)
{
	_cleanup_(close_fd) int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *bytes;
	ssize_t n = 0;

	*ret_error = -errno;
	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	*ret_error = -EFBIG;
	if (st.st_size > FILE_BYTES_MAX)
		return NULL;
	*ret_error = -ENOMEM;
	bytes = malloc((size_t)st.st_size + 1);
	if (!bytes)
		return NULL;
	*ret_len = 0;
	while (*ret_len < (size_t)st.st_size &&
	       (n = read(fd, bytes + *ret_len, (size_t)st.st_size - *ret_len)) > 0)
		*ret_len += (size_t)n;
	bytes[*ret_len] = '\0';
	*ret_error = n < 0 ? -errno : 0;
	if (n >= 0)
		return bytes;
	free(bytes);
	return NULL;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void capture_list_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

int capture_list(int dirfd, const char *suffix, char ***ret_names)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	char **names = calloc(NAMES_MAX, sizeof(*names));
	struct dirent *entry;
	size_t n = 0;

	if (!dir || !names) {
		int r = dir ? -ENOMEM : -errno;

		free(names);
		if (dir)
			closedir(dir);
		return r;
	}
	while (n < NAMES_MAX && (entry = readdir(dir))) {
		size_t len = strlen(entry->d_name), end = strlen(suffix);

		if (len > end && !strcmp(entry->d_name + len - end, suffix) &&
		    (names[n] = strdup(entry->d_name)))
			n++;
	}
	closedir(dir);
	qsort(names, n, sizeof(*names), compare_names);
	*ret_names = names;
	return (int)n;
}

/* --- facts --- */

/* "\tfield: char data;\toffset:16;\tsize:4080;…": a sub-buffer is one page by default. */
static uint64_t page_from_header(int dirfd)
{
	char text[4096];
	ssize_t n = file_read(dirfd, "header_page", text, sizeof(text));
	unsigned int offset, size;
	const char *at;

	if (n <= 0)
		return 0;
	at = strstr(text, "char data;");
	if (!at || sscanf(at, "char data; offset:%u; size:%u;", &offset, &size) != 2)
		return 0;
	return (uint64_t)offset + size;
}

static bool is_page_size(uint64_t size)
{
	return size >= 4096 && size <= PAGE_BYTES_MAX && !(size & (size - 1));
}

/* "NAME NUMBER" on a line of the file "clock". */
static int64_t clock_number(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoll(at + strlen(name), NULL, 10) : 0;
}

static void read_clock(int dirfd, struct capture_facts *ret)
{
	char text[512];
	ssize_t n = file_read(dirfd, "clock", text, sizeof(text));

	if (n <= 0)
		return;
	ret->utc_offset_ns = clock_number(text, "utc_minus_boottime_ns ");
	ret->log_offset_ns = clock_number(text, "boottime_minus_log_ns ");
}

int capture_facts_read(int dirfd, struct capture_facts *ret)
{
	*ret = (struct capture_facts){ 0 };
	if (faccessat(dirfd, "release", R_OK, 0) < 0 &&
	    faccessat(dirfd, "format", R_OK, 0) < 0)
		return errno == ENOENT ? -ENODATA : -errno;
	file_read_line(dirfd, "release", ret->release, sizeof(ret->release));
	file_read_line(dirfd, "boot_id", ret->boot_id, sizeof(ret->boot_id));
	file_read_uint64(dirfd, "page_size", &ret->page_bytes);
	file_read_uint64(dirfd, "memory_bytes", &ret->memory_bytes);
	if (!is_page_size(ret->page_bytes))
		ret->page_bytes = page_from_header(dirfd);
	if (!is_page_size(ret->page_bytes))
		return -ENODATA;
	read_clock(dirfd, ret);
	return 0;
}

/* --- the log --- */

/* A record and the KEY=value lines behind it, which begin with a space. */
static size_t record_bytes(const char *at, const char *end)
{
	const char *next = at;

	do {
		next = memchr(next, '\n', (size_t)(end - next));
		next = next ? next + 1 : end;
	} while (next < end && *next == ' ');
	return (size_t)(next - at);
}

static int add_line(struct captured_log *log, const char *at, size_t len)
{
	struct kmsg_record record;
	struct captured_line *lines;

	if (kmsg_parse(at, len, log->offset_ns, &record) < 0) {
		log->n_bad++;
		return 0;
	}
	if (!(log->n_lines & (log->n_lines + 1))) { /* it has doubled */
		lines = reallocarray(log->lines, 2 * (log->n_lines + 1), sizeof(*lines));
		if (!lines)
			return -ENOMEM;
		log->lines = lines;
	}
	log->lines[log->n_lines++] = (struct captured_line){
		.at = at, .len = len, .boottime_ns = record.boottime_ns, .seq = record.seq
	};
	return 0;
}

static int read_one(int dirfd, const char *name, struct captured_log *log)
{
	size_t len;
	int r = 0;
	char *bytes;

	if (log->n_contents == ARRAY_SIZE(log->contents))
		return -E2BIG;
	bytes = capture_read(dirfd, name, &len, &r);
	if (!bytes)
		return r;
	log->contents[log->n_contents++] = bytes;
	for (char *at = bytes; at < bytes + len && r >= 0;) {
		size_t n = record_bytes(at, bytes + len);

		r = add_line(log, at, n);
		at += n;
	}
	return MIN(r, 0);
}

static int compare_lines(const void *a, const void *b)
{
	const struct captured_line *x = a, *y = b;

	if (x->boottime_ns != y->boottime_ns)
		return x->boottime_ns < y->boottime_ns ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

int captured_log_read(int dirfd, int64_t offset_ns, struct captured_log *ret,
		      struct text *ret_why)
{
	char **names;
	int n = capture_list(dirfd, ".kmsg", &names), r = 0;

	*ret = (struct captured_log){ .offset_ns = offset_ns };
	if (n < 0)
		return n;
	for (int i = 0; i < n && r >= 0; i++) {
		r = read_one(dirfd, names[i], ret);
		if (r < 0)
			text_add(ret_why, "cannot read %s: %s", names[i], strerror(-r));
	}
	capture_list_free(names, (size_t)n);
	if (ret->n_lines)
		qsort(ret->lines, ret->n_lines, sizeof(ret->lines[0]), compare_lines);
	return r;
}

void captured_log_free(struct captured_log *log)
{
	for (size_t i = 0; i < log->n_contents; i++)
		free(log->contents[i]);
	free(log->lines);
	*log = (struct captured_log){ 0 };
}
