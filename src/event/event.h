/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One hardware error, or one of its consequences, as all of rasd sees it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/field.h"
#include "event/kinds.h"
#include "util/arena.h"
#include "util/text.h"

#define EVENT_FIELDS_MAX 64
#define EVENT_LISTS_MAX	 4
#define EVENT_TEXT_BYTES 512 /* enough for any describe() */

#define EVENT_SYNTHETIC 0x1u /* made by rasctl test-event, not by hardware */
#define EVENT_UNCONFIRMED \
	0x2u		    /* any user could have caused it: summed up, moves nothing */
#define EVENT_AT_LEAST 0x4u /* its source leaves some out: there may have been more */
#define EVENT_RETOLD   0x8u /* another source told of the same error: not counted again */
#define EVENT_PREVIOUS_BOOT                                                        \
	0x10u /* it happened before this boot; its time is what was kept of it, or \
		 just before this boot */

struct event;

/* What an event of a type is to those who bring events together. */
enum event_role {
	ROLE_OTHER,
	ROLE_SIGNAL,	     /* see handlers/sigbus.h */
	ROLE_MEMORY_FAILURE, /* its address is the page's */
	ROLE_REPORT, /* firmware's of a memory error, which a failure may follow */
};

struct event_type {
	const char *name;  /* "memory-failure" */
	const char *table; /* "memory_failure" */
	enum event_role role;
	const struct field *fields;
	size_t n_fields;
	const struct list_type *lists;
	size_t n_lists;
	/*
	 * One line for people, from the event alone: works on what a database gave back.
	 */
	void (*describe)(const struct event *event, struct text *out);
	/*
	 * Which error this is, as a number that another source's event of the same error
	 * has, too, see event_identity(); 0: it cannot be told. NULL: one source only.
	 */
	uint64_t (*identity)(const struct event *event);
};

struct list {
	size_t n_rows;
	struct value
		*values; /* n_rows x n_fields of its list_type, in the event's arena */
};

struct event {
	const struct event_type *type; /* NULL: a type this program does not know */
	uint64_t id;	      /* in a database; in the ring: counts up from its start */
	int64_t time_ns;      /* UTC */
	int64_t time_last_ns; /* of several summed up: the last; else as time_ns */
	int64_t boottime_ns;  /* 0: not known */
	uint64_t once; /* what is read again and again is stored once by this key; 0: none
			*/
	uint32_t count;
	enum severity severity;
	enum component component;
	enum event_source source;
	unsigned int flags;
	enum address_kind address_kind;
	uint64_t address;
	uint64_t address_mask; /* which bits of it are known; 0: not told */
	int32_t cpu;	       /* the one the error is about; -1: none */
	int32_t pid;	       /* thread, 0: none */
	int32_t tgid;	       /* its process, 0: not known */
	int64_t uid;	       /* -1: not known */
	struct value comm, unit, dimm;
	struct value device; /* as the kernel names it: "0000:01:00.0", "sda", "mem0" */
	struct value device_id; /* its modalias, if it was looked up: "pci:v0000..." */
	struct value detail[EVENT_FIELDS_MAX];
	struct list lists[EVENT_LISTS_MAX];
};

void event_init(struct event *event, const struct event_type *type);
struct value *event_rows_take(struct event *event, size_t list, size_t n_rows,
			      struct arena *arena);
uint64_t event_identity(const char *kind, const uint64_t *numbers, size_t n);
uint64_t event_identity_of_text(const char *kind, const struct value *text);
struct value value_format(struct arena *arena, const char *fmt, ...) _printf_(2, 3);
void text_add_value(struct text *out, const struct value *text);
void event_describe(const struct event *event, struct text *out);
void event_set_address(struct event *event, enum address_kind kind, uint64_t address);
