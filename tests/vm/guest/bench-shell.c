/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The guest's end of Guest.sh(): reads requests from a virtio port, runs each as a
 * script, answers with its exit status, output and error output.
 *
 * request:  ID LIMIT COMMAND-BYTES INPUT-BYTES \n command input
 * answer:   ID STATUS OUTPUT-BYTES ERROR-BYTES \n output error
 *
 * All lengths are counted, so any byte may occur anywhere. Output goes to files: what a
 * command leaves running in the background holds nothing up. A program and not a script,
 * because an emulated machine takes tens of milliseconds to start each process, and a
 * scenario makes hundreds of requests.
 */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT	      "/dev/virtio-ports/bench"
#define WORK	      "/run/bench"
#define COMMAND	      WORK "/command"
#define LIMIT_STATUS  124 /* as timeout(1) has it */
#define GRACE_SECONDS 5

static int port;

static void fail(const char *what)
{
	fprintf(stderr, "bench-shell: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void send_all(const void *data, size_t bytes)
{
	const char *at = data;

	while (bytes) {
		ssize_t n = write(port, at, bytes);

		if (n < 0 && errno != EINTR)
			fail("write to " PORT);
		if (n > 0) {
			at += n;
			bytes -= (size_t)n;
		}
	}
}

/* An end of file is the bench that went away: systemd starts the next shell. */
static void receive(void *data, size_t bytes)
{
	char *at = data;

	while (bytes) {
		ssize_t n = read(port, at, bytes);

		if (n == 0 || (n < 0 && errno != EINTR))
			fail("read from " PORT);
		if (n > 0) {
			at += n;
			bytes -= (size_t)n;
		}
	}
}

static void receive_line(char *line, size_t size)
{
	size_t n = 0;

	do {
		if (n == size - 1)
			fail("a request's first line");
		receive(line + n, 1);
	} while (line[n++] != '\n');
	line[n] = '\0';
}

/* A file that nobody else finds: what writes to it later does not write into the next. */
static int open_nameless(void)
{
	int fd = open(WORK, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		fail(WORK);
	return fd;
}

static void receive_into(int fd, size_t bytes)
{
	char *data = malloc(bytes + 1);

	if (!data)
		fail("memory");
	receive(data, bytes);
	if (bytes && write(fd, data, bytes) != (ssize_t)bytes)
		fail(WORK);
	if (lseek(fd, 0, SEEK_SET) < 0)
		fail(WORK);
	free(data);
}

static void send_file(int fd, size_t bytes)
{
	char data[16384];
	off_t at = 0;

	while (bytes) {
		ssize_t n =
			pread(fd, data, bytes < sizeof(data) ? bytes : sizeof(data), at);

		if (n <= 0)
			fail("reading the output");
		send_all(data, (size_t)n);
		at += n;
		bytes -= (size_t)n;
	}
}

static size_t size_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		fail(WORK);
	return (size_t)st.st_size;
}

static pid_t start(int input, int output, int error)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid)
		return pid;
	setpgid(0, 0);
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(error, STDERR_FILENO);
	execl("/bin/sh", "sh", COMMAND, (char *)NULL);
	_exit(127);
}

/* False: it still runs. */
static bool ends_within(int pidfd, int seconds)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	int n;

	do
		n = poll(&end, 1, seconds * 1000);
	while (n < 0 && errno == EINTR);
	return n > 0;
}

static int status_of(pid_t pid, int limit_seconds)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), status;
	bool late;

	if (pidfd < 0)
		fail("pidfd_open");
	late = !ends_within(pidfd, limit_seconds);
	if (late) {
		kill(-pid, SIGTERM);
		if (!ends_within(pidfd, GRACE_SECONDS))
			kill(-pid, SIGKILL);
	}
	close(pidfd);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("waitpid");
	if (late)
		return LIMIT_STATUS;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void serve(const char *id, int limit, size_t command_bytes, size_t input_bytes)
{
	int command = open(COMMAND, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
	int input = open_nameless(), output = open_nameless(), error = open_nameless();
	size_t output_bytes, error_bytes;
	char answer[128];
	int status;

	if (command < 0)
		fail(COMMAND);
	receive_into(command, command_bytes);
	close(command);
	receive_into(input, input_bytes);
	status = status_of(start(input, output, error), limit);
	/* What still writes to them must not make the answer longer than announced. */
	output_bytes = size_of(output);
	error_bytes = size_of(error);
	snprintf(answer, sizeof(answer), "%s %d %zu %zu\n", id, status, output_bytes,
		 error_bytes);
	send_all(answer, strlen(answer));
	send_file(output, output_bytes);
	send_file(error, error_bytes);
	close(input);
	close(output);
	close(error);
}

int main(void)
{
	mkdir(WORK, 0755);
	while (access(PORT, F_OK) < 0)
		usleep(100000);
	port = open(PORT, O_RDWR | O_CLOEXEC); /* it can be opened once only */
	if (port < 0)
		fail(PORT);
	send_all("ready\n", 6);
	for (;;) {
		char line[256], id[64];
		size_t command_bytes, input_bytes;
		int limit;

		receive_line(line, sizeof(line));
		if (sscanf(line, "%63s %d %zu %zu", id, &limit, &command_bytes,
			   &input_bytes) != 4)
			fail("a request's first line");
		serve(id, limit, command_bytes, input_bytes);
	}
}
