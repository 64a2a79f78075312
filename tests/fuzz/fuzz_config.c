// SPDX-License-Identifier: LGPL-2.1-or-later

/* Input: a configuration file. */

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "rasd/config.h"

static unsigned int n_complaints;

static void complain(const char *where, const char *what)
{
	fuzz_touch(what, strlen(what));
	fuzz_must(strchr(where, ':') != NULL); /* nothing is wrong that has no line */
	n_complaints++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("config", MFD_CLOEXEC);
	struct config config;
	char path[64];

	fuzz_must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n_complaints = 0;
	fuzz_must(config_load(path, complain, &config) == 0);
	fuzz_must(config.n_errors == n_complaints && config.n_files == 1);
	fuzz_must(config.database[0] == '/' && config.runtime_directory[0] == '/');
	fuzz_must(config.senders >= 1 && config.senders <= 4096);
	fuzz_must(config.sub_buffer_bytes >= 4096 && config.sub_buffer_bytes <= 65536);
	close(fd);
	return 0;
}
