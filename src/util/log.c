// SPDX-License-Identifier: LGPL-2.1-or-later

#include "util/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "util/text.h"

#define LINE_BYTES \
	2048 /* longer lines are cut; the journal splits at more than this anyway */

static struct {
	const char *process; /* "store" or "act" in front of a line; NULL for the main
				process */
	int max_level;
	int to_socket;
	int to_journal;
	uint64_t dropped;
} out = { .max_level = LOG_INFO };

/*
 * Call once in each process. `process` must stay valid; `max_level` is one of syslog's.
 */
void log_open(const char *process, int max_level)
{
	struct stat st;

	out.process = process;
	out.max_level = max_level;
	out.to_socket = !fstat(STDERR_FILENO, &st) && S_ISSOCK(st.st_mode);
	out.to_journal = getenv("JOURNAL_STREAM") != NULL;
}

void log_set_level(int max_level)
{
	out.max_level = max_level;
}

int log_level(void)
{
	return out.max_level;
}

/* Lines of this process that would have blocked and were not written. */
uint64_t log_dropped(void)
{
	return out.dropped;
}

static ssize_t write_without_blocking(const char *line, size_t len)
{
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (out.to_socket)
		return send(STDERR_FILENO, line, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (poll(&ready, 1, 0) != 1 || !(ready.revents & POLLOUT))
		return -1;
	return write(STDERR_FILENO, line, len);
}

void log_line(int level, const char *fmt, ...)
{
	char line[LINE_BYTES];
	struct text text = { .at = line, .size = sizeof(line) - 1 };
	int saved_errno = errno;
	char body[LINE_BYTES];
	va_list ap;

	if (level > out.max_level)
		return;
	va_start(ap, fmt);
	vsnprintf(body, sizeof(body), fmt, ap);
	va_end(ap);
	if (out.to_journal)
		text_add(&text, "<%d>", level);
	text_add(&text, "%s%s%s", out.process ? out.process : "", out.process ? ": " : "",
		 body);
	line[text.len++] = '\n';
	if (write_without_blocking(line, text.len) < 0)
		out.dropped++;
	errno = saved_errno;
}
