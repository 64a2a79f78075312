/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * FAKES: files that stand for those of sysfs and proc, and a systemd that is a process of
 * the test's with a socket, a few units and the manners that a test asks for. Poisoning a
 * page or breaking a real systemd is not for a unit test.
 */

#include <stdbool.h>
#include <sys/types.h>

#include "act/actuator.h"

#define FAKE_UNITS_MAX 300
#define FAKE_PAGE      4096ULL /* bytes, whatever this machine's pages are */

/* --- files --- */

struct fake_tree {
	char root[64], sysfs[80], proc[80], no_act[80];
};

void fake_tree_make(struct fake_tree *tree);
void fake_tree_remove(struct fake_tree *tree);
/* Writes `size` bytes at an offset of a file below the root; its directories are made. */
void fake_file(const struct fake_tree *tree, const char *path, off_t at,
	       const void *bytes, size_t size);
void fake_text(const struct fake_tree *tree, const char *path, const char *text);
/* Every page below 1 MiB is there; this one has these flags. */
void fake_kpageflags(const struct fake_tree *tree, uint64_t address, uint64_t flags);
/*
 * A file that swallows what is written to soft_offline_page: it says yes, and nothing is
 * marked.
 */
void fake_soft_offline(const struct fake_tree *tree);
/*
 * One file is both soft_offline_page and kpageflags, so that writing an address does mark
 * a page: the first 8 bytes are the flags of page 0, and of the text "0x800\n" the '8'
 * sets bit 19, HWPOISON.
 */
#define FAKE_MARKING_ADDRESS 0x800ULL
void fake_marking_soft_offline(const struct fake_tree *tree);
void fake_read(const struct fake_tree *tree, const char *path, char *buf, size_t size);

/* --- systemd --- */

enum fake_manner {
	MANNER_PLAIN,
	MANNER_SILENT,	   /* it takes calls and answers none */
	MANNER_HANGS_UP,   /* it ends the connection when it is asked for properties */
	MANNER_VANISHED,   /* a unit that was found is gone when it is asked for */
	MANNER_ODD_LIST,   /* rows of another form */
	MANNER_LONELY_BUS, /* a bus that systemd is not on */
};

enum fake_start {
	START_RUNS,
	START_ENDS,	/* as one that has one thing to do */
	START_FAILS,	/* it runs, and is failed at once */
	START_NOTHING,	/* the job is done, and nothing has changed */
	START_IS_LONG,	/* it is "activating", and its job stays */
	START_IS_STUCK, /* its job stays, and nothing happens */
	START_IS_REFUSED,
	START_UNANSWERED, /* it runs, but no answer comes */
	START_LOST,	  /* no answer comes, and nothing happens */
};

struct fake_unit {
	char name[64];
	bool unloaded; /* GetUnit does not know it, LoadUnit does */
	struct unit_look look;
};

/* Shared with the process that plays it. */
struct fake_systemd {
	enum fake_manner manner;
	enum fake_start start;
	int missing;	 /* this property is left out; -1: none */
	int mistyped;	 /* this one has another type */
	size_t id_bytes; /* of the invocation's id; 16 as a rule */
	int n_units;
	struct fake_unit units[FAKE_UNITS_MAX];
	/* what has been asked */
	int connections, gets, loads, starts;
	char started[64], start_mode[16];
};

#define FAKE_PROPERTIES 13

struct fake_systemd *fake_systemd_new(void);
void fake_systemd_free(struct fake_systemd *systemd);
/* A dead unit as poison leaves it: its main process killed by SIGBUS. */
struct fake_unit *fake_unit_add(struct fake_systemd *systemd, const char *name,
				int32_t main_pid, const char *invocation);
/*
 * Its socket gets this name below the root; its address for struct actuator goes to
 * `address`. Returns its process.
 */
pid_t fake_systemd_run(struct fake_systemd *systemd, const struct fake_tree *tree,
		       const char *name, char *address, size_t size);
void fake_systemd_end(pid_t pid);
/* A bus that takes connections and says nothing is the system's now. */
int fake_mute_bus(const struct fake_tree *tree);
/* A fake systemd of this socket's name is, and answers what a bus answers. */
void fake_bus(const struct fake_tree *tree, const char *name);
/* There is none. */
void fake_no_bus(const struct fake_tree *tree);
