/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Our own poison. Each of our processes asks to be told early of memory that failed
 * (PR_MCE_KILL_EARLY). Its SIGBUS handler writes one record to a memfd, and then the
 * process gives way to a fresh one: the main process by execve() of itself, so that its
 * pid and its supervisor's view stay; the others by ending. What is mapped in a fresh
 * process is new memory; only shared mappings (regions) have to be mended by whoever
 * opens them next.
 *
 * The handler trusts nothing that may lie in the page that failed: raw system calls, no
 * heap, no thread-local storage, its own stack, and two copies of what it needs, of which
 * it takes the one that is not at the failed address.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define POISON_REGIONS_MAX 8
#define POISON_EXECS_MAX   8 /* in a minute: then the same page fails again and again */

#define POISON_EXIT	    70 /* of a process that gave way */
#define POISON_EXIT_NO_EXEC 71 /* of one that could not even replace itself */

#define POISON_REGION_NONE    -1
#define POISON_REGION_RECORDS -2 /* a page of the memfd: records that nobody has read */

enum poison_role { POISON_CAPTURE, POISON_STORE, POISON_ACT, POISON_ROLE_MAX };

enum poison_place {
	PLACE_UNKNOWN,
	PLACE_REGION, /* in a registered region: `region` and `offset` say where */
	PLACE_STACK,
	PLACE_HEAP,
	PLACE_DATA, /* of the program or a library */
	PLACE_TEXT,
	PLACE_OTHER,
	PLACE_MAX
};

/* What the handler writes. Fixed layout: it goes through an execve of a newer version. */
struct poison_record {
	uint32_t magic;
	uint32_t size;
	int64_t boottime_ns;
	int32_t pid;
	int32_t role;	  /* enum poison_role; -1: just forked, it had none yet */
	int32_t signal;	  /* SIGBUS; SIGSEGV: the handler's own stack could not be used;
			     0: see POISON_REGION_RECORDS */
	int32_t code;	  /* BUS_MCEERR_AR, BUS_MCEERR_AO, BUS_OBJERR, SI_KERNEL */
	uint64_t address; /* virtual; 0 with SI_KERNEL: not told */
	int32_t lsb;	  /* 2^lsb bytes are lost; 0: not told */
	int32_t place;	  /* enum poison_place */
	int32_t region;	  /* as registered; POISON_REGION_NONE */
	int32_t sender;	  /* with SI_KERNEL, where the kernel leaves it 0: si_pid (it lies
			     where si_addr is with the other codes) */
	uint64_t offset;  /* in the region's file */
};

/* How a process came to be. */
struct poison_start {
	int fd;	    /* memfd with records; owned by poison.c */
	bool again; /* it replaced itself after poison */
	bool deaf;  /* this kernel tells nobody: it has no CONFIG_MEMORY_FAILURE */
	unsigned int execs; /* within a minute, this one included */
};

int poison_begin(char **argv, char **envp, struct poison_start *ret);
int poison_fd(void);
void poison_set_role(enum poison_role role);
int poison_add_region(int id, const void *at, size_t bytes, uint64_t file_offset);
void poison_drop_region(int id);
void poison_touch(void);
int poison_read_records(int (*each)(const struct poison_record *record, void *arg),
			void *arg, uint64_t *ret_end);
int poison_forget_records(uint64_t end);
int poison_take_records(int (*each)(const struct poison_record *record, void *arg),
			void *arg);
const char *poison_role_name(enum poison_role role);
const char *poison_place_name(enum poison_place place);
