// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * In place of libFuzzer's main(): runs a target on every file of its corpus, or on the
 * files named, and prints TAP. So whatever fuzzing ever found is tried by every `make
 * check`, with any compiler.
 */

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

/* The input in an allocation of exactly its size, as libFuzzer gives it. */
static int run(const char *path, int number)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	uint8_t *bytes;

	if (!file || fstat(fileno(file), &st) < 0) {
		printf("not ok %d - %s: %s\n", number, path, strerror(errno));
		return 1;
	}
	bytes = malloc(st.st_size ? (size_t)st.st_size : 1);
	if (!bytes || fread(bytes, 1, (size_t)st.st_size, file) != (size_t)st.st_size)
		abort();
	fclose(file);
	LLVMFuzzerTestOneInput(bytes, (size_t)st.st_size);
	free(bytes);
	printf("ok %d - %s\n", number,
	       strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	fflush(stdout); /* a crash comes right behind the last good one */
	return 0;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int run_corpus(const char *directory)
{
	struct dirent **entries;
	int n = scandir(directory, &entries, is_visible, alphasort), failed = 0;

	if (n <= 0) {
		printf("1..1\nnot ok 1 - %s holds no corpus\n", directory);
		return 1;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);
		failed |= run(path, i + 1);
		free(entries[i]);
	}
	free(entries);
	return failed;
}

int main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	char directory[PATH_MAX - NAME_MAX - 2];
	int failed = 0;

	if (argc < 2) {
		snprintf(directory, sizeof(directory), "%s/tests/fuzz/corpus/%s",
			 top ? top : ".", program_invocation_short_name);
		return run_corpus(directory);
	}
	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++)
		failed |= run(argv[i], i);
	return failed;
}
