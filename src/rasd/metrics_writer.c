// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/metrics_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "util/clock.h"
#include "util/hash.h"
#include "util/log.h"
#include "util/process.h"
#include "util/publish.h"

#define FILE_MODE     0644 /* whoever may enter the directory may read it */
#define SAME_AGAIN_NS (120 * NS_PER_SEC)

/* What a child says before it ends: one write(2), never in parts. */
struct report {
	int error; /* negative errno; 0: it is written */
	char why[PIPE_BUF / 2];
};

/*
 * The directory is looked at each time: it may have been made anew, and others may have
 * got rights there meanwhile.
 */
static int publish(const struct metrics_writer *writer, const void *bytes, size_t len,
		   struct text *ret_why)
{
	_cleanup_(close_fd) int fd = publish_open_directory(writer->directory, ret_why);
	int r;

	if (fd < 0)
		return fd;
	r = publish_file(fd, writer->name, bytes, len, FILE_MODE);
	if (r < 0)
		text_add(ret_why, "%s", strerror(-r));
	return r;
}

/*
 * `path` is that of the file. -EINVAL: it is not absolute, or names a directory;
 * -ENAMETOOLONG. Nothing is opened yet. metrics_writer_deinit() may follow in any case.
 */
int metrics_writer_init(struct metrics_writer *writer, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len;

	*writer = (struct metrics_writer){ .report_fd = -1, .publish = publish };
	if (path[0] != '/' || !slash[1])
		return -EINVAL;
	len = MAX((size_t)(slash - path), (size_t)1); /* the root keeps its slash */
	if (len >= sizeof(writer->directory) || strlen(slash + 1) >= sizeof(writer->name))
		return -ENAMETOOLONG;
	memcpy(writer->directory, path, len);
	strcpy(writer->name, slash + 1);
	return 0;
}

/* A child at work goes on; nobody hears how it ended. */
void metrics_writer_deinit(struct metrics_writer *writer)
{
	close_fd(writer->report_fd);
	writer->report_fd = -1;
	writer->name[0] = '\0';
}

/* Each time that the outcome is another one than before. */
static void say(struct metrics_writer *writer, int error, const char *why)
{
	const char *slash = writer->directory[1] ? "/" : "";

	if (error && error != writer->said_error)
		log_warning("%s%s%s is not written: %s", writer->directory, slash,
			    writer->name, why[0] ? why : strerror(-error));
	else if (!error && (writer->said_error || writer->said_busy))
		log_notice("%s%s%s is written again", writer->directory, slash,
			   writer->name);
	writer->said_error = error;
	writer->said_busy = false;
}

static void say_busy(struct metrics_writer *writer)
{
	if (!writer->said_busy)
		log_warning("%s%s%s is not written until the process that is at it ends: "
			    "its file system may be stuck",
			    writer->directory, writer->directory[1] ? "/" : "",
			    writer->name);
	writer->said_busy = true;
}

/* 0: no child is at work (any more), and the log has what came of it; -EBUSY: one is. */
static int collect(struct metrics_writer *writer, int timeout_msec)
{
	struct pollfd fd = { .fd = writer->report_fd, .events = POLLIN };
	struct report report = { 0 };
	ssize_t n;

	if (writer->report_fd < 0)
		return 0;
	if (poll(&fd, 1, timeout_msec) <= 0)
		return -EBUSY;
	n = read(writer->report_fd, &report, sizeof(report));
	close_fd(TAKE_FD(writer->report_fd));
	report.why[sizeof(report.why) - 1] = '\0';
	if (n == (ssize_t)sizeof(report))
		say(writer, report.error, report.why);
	else
		say(writer, -EPIPE, "the process that was at it died");
	return 0;
}

/*
 * In the child. It has nothing of what the daemon has open, and none of its ways to go on
 * after poison: it ends then. Signals that the daemon blocks stay so, for who is told to
 * stop in the middle leaves half a file behind.
 */
static _Noreturn void live_as_writer(const struct metrics_writer *writer,
				     const void *bytes, size_t len, int report_fd)
{
	struct report report = { 0 };
	struct text why = TEXT_IN(report.why);

	signal(SIGBUS, SIG_DFL);
	signal(SIGSEGV, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	close_all_except(&report_fd, 1);
	report.error = writer->publish(writer, bytes, len, &why);
	_exit(write(report_fd, &report, sizeof(report)) != (ssize_t)sizeof(report));
}

static int start(struct metrics_writer *writer, const void *bytes, size_t len)
{
	int fds[2];
	pid_t pid;
	int r = 0;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		live_as_writer(writer, bytes, len, fds[1]);
	if (pid < 0) {
		r = -errno;
		close_fd(fds[0]);
	} else {
		writer->report_fd = fds[0]; /* SIGCHLD is ignored: the kernel collects */
	}
	close_fd(fds[1]);
	return r;
}

/* What says the same is written anew only so that the file's age says that we live. */
static bool is_news(struct metrics_writer *writer, const void *bytes, size_t len)
{
	uint64_t hash = hash64(HASH64_START, bytes, len);
	int64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);

	if (writer->when_ns && !writer->said_error && writer->hash == hash &&
	    now_ns - writer->when_ns < SAME_AGAIN_NS)
		return false;
	writer->hash = hash;
	writer->when_ns = now_ns;
	return true;
}

/*
 * Has the file replaced with these bytes, and does not wait for it. 0: a child is at it,
 * or the file has them and is not two minutes old;
 * how it ends is in the log, if it is news, when this is called next. -EBUSY: the last
 * one still is, and these bytes are not written. Else a negative errno: no child could be
 * started. The log has each of them, once, until it is over.
 */
int metrics_writer_write(struct metrics_writer *writer, const void *bytes, size_t len)
{
	int r = collect(writer, 0);

	if (r < 0) {
		say_busy(writer);
		return r;
	}
	if (!is_news(writer, bytes, len))
		return 0;
	r = start(writer, bytes, len);
	if (r < 0)
		say(writer, r, "");
	return r;
}

/*
 * Waits for the child at work, if there is one: for the daemon's end. False: it still is;
 * it is not killed.
 */
bool metrics_writer_wait(struct metrics_writer *writer, int timeout_msec)
{
	return collect(writer, timeout_msec) >= 0;
}
