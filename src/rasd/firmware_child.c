// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/firmware_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "sources/bert.h"
#include "sources/erst.h"
#include "sources/pstore.h"
#include "util/log.h"
#include "util/macro.h"
#include "util/process.h"
#include "util/text.h"

/* In the child, while it reads one source. */
struct reading {
	int fd;
	uint64_t at; /* in the memfd */
	bool archived;
	struct firmware_report report;
};

static int write_all(int fd, const void *bytes, size_t len, uint64_t at)
{
	const uint8_t *from = bytes;

	while (len) {
		ssize_t n = pwrite(fd, from, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		from += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int keep(void *userdata, const struct kept *kept)
{
	struct reading *reading = userdata;
	struct firmware_item item = { .source = (uint32_t)reading->report.source,
				      .len = (uint32_t)kept->len,
				      .id = kept->id,
				      .time_ns = kept->time_ns,
				      .cut = kept->cut,
				      .archived = reading->archived };
	uint64_t end = reading->at + sizeof(item) + ALIGN_UP(kept->len, (size_t)8);
	int r;

	if (end > FIRMWARE_BYTES_MAX || strlen(kept->path) >= sizeof(item.path)) {
		reading->report.left_out++;
		return 0;
	}
	copy_text(item.path, sizeof(item.path), kept->path);
	r = write_all(reading->fd, &item, sizeof(item), reading->at);
	r = r < 0 ? r :
		    write_all(reading->fd, kept->bytes, kept->len,
			      reading->at + sizeof(item));
	if (r < 0)
		return r;
	reading->at = end;
	reading->report.n_items++;
	return 0;
}

static int read_pstore(struct reading *reading, const char *directory, bool archived)
{
	struct pstore_counts counts = { 0 };
	int r;

	reading->archived = archived;
	r = pstore_read(directory, keep, reading, &counts);
	reading->report.packed += counts.packed + counts.failed;
	reading->report.left_out += counts.too_many;
	return r;
}

/* Both of its directories; absent is only what has neither. */
static int read_both(struct reading *reading, const struct firmware_paths *paths)
{
	int here = read_pstore(reading, paths->pstore, false);
	int moved = paths->archive ? read_pstore(reading, paths->archive, true) : -ENOENT;

	if (here < 0 && moved < 0)
		return here == -ENOENT ? moved : here;
	if (here < 0 && here != -ENOENT)
		return here;
	return moved < 0 && moved != -ENOENT ? moved : 0;
}

static int read_source(struct reading *reading, const struct firmware_paths *paths)
{
	int r = 0;

	if (reading->report.source == SOURCE_BERT)
		r = bert_read(paths->tables, keep, reading);
	else if (reading->report.source == SOURCE_PSTORE)
		r = read_both(reading, paths);
	else
		r = erst_read(paths->erst, keep, reading);
	return MIN(r, 0);
}

static void become_child(const char *name, int *keep_fds, size_t n)
{
	signal(SIGBUS, SIG_DFL);
	signal(SIGSEGV, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_NAME, name);
	close_all_except(keep_fds, n);
}

/* The slowest last. */
static int live_as_reader(const struct firmware_paths *paths, int report_fd, int bytes_fd)
{
	const struct {
		enum event_source source;
		bool on;
	} sources[] = { { SOURCE_BERT, paths->tables },
			{ SOURCE_PSTORE, paths->pstore },
			{ SOURCE_ERST, paths->erst } };
	struct reading reading = { .fd = bytes_fd };
	int fds[] = { report_fd, bytes_fd };

	become_child("rasd-firmware", fds, ARRAY_SIZE(fds));
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		if (!sources[i].on)
			continue;
		reading.report = (struct firmware_report){ .source = sources[i].source,
							   .from = reading.at };
		reading.report.error = read_source(&reading, paths);
		reading.report.to = reading.at;
		if (write(report_fd, &reading.report, sizeof(reading.report)) !=
		    (ssize_t)sizeof(reading.report))
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

/* Forks the reader. 0 or a negative errno. */
int firmware_child_read(struct firmware_child *child, const struct firmware_paths *paths)
{
	int fds[2], bytes_fd = memfd_create("rasd-firmware", MFD_CLOEXEC);
	pid_t pid;
	int r;

	*child = (struct firmware_child){ .report_fd = -1, .bytes_fd = -1 };
	if (bytes_fd < 0)
		return -errno;
	if (pipe2(fds, O_CLOEXEC) < 0) {
		r = -errno;
		close_fd(bytes_fd);
		return r;
	}
	pid = fork();
	if (pid == 0)
		_exit(live_as_reader(paths, fds[1], bytes_fd));
	r = pid < 0 ? -errno : 0;
	close_fd(fds[1]);
	*child = (struct firmware_child){ .report_fd = fds[0], .bytes_fd = bytes_fd };
	if (r < 0)
		firmware_child_deinit(child);
	return r;
}

/* 1 with a report; 0: it has ended. Blocks until there is one or the other. */
int firmware_child_hear(struct firmware_child *child, struct firmware_report *ret)
{
	ssize_t n;

	do
		n = read(child->report_fd, ret, sizeof(*ret));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*ret);
}

/* One that is at work is left alone. */
void firmware_child_deinit(struct firmware_child *child)
{
	close_fd(child->report_fd);
	close_fd(child->bytes_fd);
	*child = (struct firmware_child){ .report_fd = -1, .bytes_fd = -1 };
}

static int clear(const char *erst, const struct firmware_item *item)
{
	if (item->source == SOURCE_ERST)
		return erst_clear(erst, item->id);
	return unlink(item->path) < 0 && errno != ENOENT ? -errno : 0;
}

static int live_as_clearer(const char *erst, const struct firmware_item *items, size_t n)
{
	int failed = 0, error = 0;

	become_child("rasd-firmware", NULL, 0);
	log_open("firmware", log_level());
	for (size_t i = 0; i < n; i++) {
		int r = clear(erst, &items[i]);

		failed += r < 0;
		error = r < 0 ? r : error;
	}
	if (failed)
		log_warning("%d of %zu records that were stored cannot be cleared: %s",
			    failed, n, strerror(-error));
	else
		log_info("cleared %zu records that are stored", n);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Forks one that clears these and says in the log how it went. 0 or a negative errno. */
int firmware_child_clear(const char *erst, const struct firmware_item *items, size_t n)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(live_as_clearer(erst, items, n));
	return pid < 0 ? -errno : 0;
}
