// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Makes real events as fast as this kernel can: SIGBUS that a process sends itself with the
 * codes of memory errors (any user can), and block requests that fail.
 *
 *   flood sigbus COUNT [UID]     prints how many were sent
 *   flood sender                 for each number on its input: so many to itself, one code
 *   flood block DEVICE COUNT     reads sectors that are not there, one request each
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int codes[] = { BUS_OBJERR, BUS_MCEERR_AR, BUS_MCEERR_AO, 0x80 };

static int flood_sigbus(long count, long uid)
{
	long sent = 0;

	if (uid && (setgid((gid_t)uid) || setuid((uid_t)uid))) {
		perror("setuid");
		return 1;
	}
	signal(SIGBUS, SIG_IGN); /* what is sent is recorded before it is ignored */
	for (long i = 0; i < count; i++) {
		siginfo_t info = { .si_signo = SIGBUS };

		info.si_code = codes[i % 4];
		sent += syscall(SYS_rt_sigqueueinfo, getpid(), SIGBUS, &info) == 0;
	}
	printf("%ld\n", sent);
	return 0;
}

static int obey(void)
{
	siginfo_t info = { .si_signo = SIGBUS };
	long count;

	info.si_code = BUS_MCEERR_AR;
	signal(SIGBUS, SIG_IGN);
	while (scanf("%ld", &count) == 1) {
		long sent = 0;

		for (long i = 0; i < count; i++)
			sent += syscall(SYS_rt_sigqueueinfo, getpid(), SIGBUS, &info) == 0;
		printf("%ld\n", sent);
		fflush(stdout);
	}
	return 0;
}

static int flood_block(const char *device, long count)
{
	void *buffer;
	long failed = 0;
	int fd = open(device, O_RDONLY | O_DIRECT);

	if (fd < 0 || posix_memalign(&buffer, 4096, 4096)) {
		perror(device);
		return 1;
	}
	for (long i = 0; i < count; i++)
		failed += pread(fd, buffer, 4096, (i % 1024) * 4096) < 0;
	printf("%ld\n", failed);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 3 && !strcmp(argv[1], "sigbus"))
		return flood_sigbus(atol(argv[2]), argc > 3 ? atol(argv[3]) : 0);
	if (argc == 2 && !strcmp(argv[1], "sender"))
		return obey();
	if (argc == 4 && !strcmp(argv[1], "block"))
		return flood_block(argv[2], atol(argv[3]));
	fprintf(stderr, "usage: flood sigbus COUNT [UID] | flood sender | flood block DEVICE COUNT\n");
	return 2;
}
