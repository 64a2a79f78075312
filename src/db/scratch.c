// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/scratch.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/macro.h"

static const char *const companions[] = { "", "-journal", "-wal", "-shm", ".lock" };
static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

/* All that a signal handler needs: it may not put names together. */
static struct {
	char directory[DB_PATH_BYTES];
	char files[ARRAY_SIZE(companions)][DB_PATH_BYTES];
	struct sigaction before[ARRAY_SIZE(signals)];
} scratch;

static void remove_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(companions); i++)
		unlink(scratch.files[i]);
	rmdir(scratch.directory);
}

/* It was reset: the signal comes once more, and ends us. */
static void on_signal(int number)
{
	remove_all();
	raise(number);
}

static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = on_signal,
					  .sa_flags = (int)SA_RESETHAND };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], NULL, &scratch.before[i]);
		if (scratch.before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

static int name_all(const char *name)
{
	const char *top = getenv("TMPDIR");
	int n = snprintf(scratch.directory, DB_PATH_BYTES, "%s/%s.XXXXXX",
			 top && *top ? top : "/var/tmp", name);
	const int room = DB_PATH_BYTES - (int)sizeof("/copy.db-journal");

	for (size_t i = 0; i < ARRAY_SIZE(companions); i++)
		scratch.files[i][0] = '\0';
	return n < room ? 0 : -ENAMETOOLONG;
}

int db_scratch_make(const char *name, char ret_file[static DB_PATH_BYTES])
{
	int r = name_all(name);

	if (r < 0)
		return r;
	catch_signals();
	if (!mkdtemp(scratch.directory)) {
		r = -errno;
		db_scratch_remove();
		return r;
	}
	for (size_t i = 0; i < ARRAY_SIZE(companions); i++)
		snprintf(scratch.files[i], DB_PATH_BYTES, "%.*s/copy.db%s",
			 DB_PATH_BYTES - (int)sizeof("/copy.db-journal"),
			 scratch.directory, companions[i]);
	snprintf(ret_file, DB_PATH_BYTES, "%s", scratch.files[0]);
	return 0;
}

void db_scratch_remove(void)
{
	remove_all();
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &scratch.before[i], NULL);
}
