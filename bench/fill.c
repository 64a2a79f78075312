// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * bench/fill FILE EVENTS [DAYS]: a database as a bad machine fills it, written by rasd's
 * own writer, for bench/query. Of 100 events, 60 are disk errors, 38 corrected memory
 * errors, the rest tests, signals and what is rare; the same for the same numbers.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/writer.h"
#include "handlers/table.h"
#include "util/clock.h"

#define BATCH	 4096
#define BOOTS	 10
#define BEGIN_NS (1767225600 * NS_PER_SEC) /* 2026-01-01 */
#define DIMMS	 16
#define DEVICES	 24

static uint64_t state = 88172645463325252ULL;

static uint64_t draw(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

static const struct event_type *type_of(const char *name)
{
	for (size_t i = 0; i < handlers_table.n_handlers; i++)
		if (!strcmp(handlers_table.handlers[i]->type->name, name))
			return handlers_table.handlers[i]->type;
	fprintf(stderr, "no type %s\n", name);
	exit(1);
}

static void make_disk(struct event *e)
{
	static char names[DEVICES][8];
	uint64_t device = draw(4) ? 0 : draw(DEVICES);

	snprintf(names[device], sizeof(names[device]), "sd%c", (char)('a' + device));
	event_init(e, type_of("block-error"));
	e->severity = SEVERITY_UNCORRECTED;
	e->component = COMPONENT_DISK;
	e->device = value_text(names[device]);
}

static void make_memory(struct event *e)
{
	static char names[DIMMS][16];
	uint64_t dimm = draw(3) ? 3 : draw(DIMMS);

	snprintf(names[dimm], sizeof(names[dimm]), "DIMM_%c%llu", (char)('A' + dimm / 2),
		 (unsigned long long)(dimm % 2));
	event_init(e, type_of("mc"));
	e->severity = SEVERITY_CORRECTED;
	e->component = COMPONENT_MEMORY;
	e->dimm = value_text(names[dimm]);
	event_set_address(e, ADDRESS_PHYSICAL,
			  0x80000000 + 4096 * (draw(8) ? draw(8) : draw(256)) +
				  64 * draw(64));
}

static void make_rare(struct event *e, uint64_t i)
{
	uint64_t kind = draw(1000);

	event_init(e, type_of(kind < 5	 ? "memory-failure" :
			      kind < 300 ? "arm" :
					   "sigbus"));
	e->severity = kind < 5	 ? SEVERITY_FATAL :
		      kind < 300 ? (kind % 7 ? SEVERITY_CORRECTED : SEVERITY_DEFERRED) :
				   SEVERITY_UNCORRECTED;
	e->component = kind < 5	  ? COMPONENT_MEMORY :
		       kind < 300 ? COMPONENT_CACHE :
				    COMPONENT_PROCESS;
	if (kind < 5)
		event_set_address(e, ADDRESS_PHYSICAL, 0x80000000 + 4096 * draw(1 << 14));
	else if (kind < 300)
		e->cpu = (int32_t)draw(128);
	else
		e->unit = value_text(i % 3 ? "nginx.service" : "postgresql.service");
}

static void make_event(struct event *e, uint64_t i, uint64_t n, uint64_t days)
{
	uint64_t kind = draw(100);

	if (kind < 60)
		make_disk(e);
	else if (kind < 98)
		make_memory(e);
	else
		make_rare(e, i);
	if (i == n / 2) {
		event_init(e, type_of("test"));
		e->flags |= EVENT_SYNTHETIC;
		e->severity = SEVERITY_INFO;
		e->component = COMPONENT_RASD;
	}
	e->id = i + 1;
	e->time_ns = BEGIN_NS + (int64_t)((double)i / (double)n * (double)days * 86400e9);
	e->time_last_ns = e->time_ns;
	e->boottime_ns = (int64_t)i * 1000;
}

static void must(struct db_writer *w, int r)
{
	if (r >= 0)
		return;
	fprintf(stderr, "%s\n", db_error(w));
	exit(1);
}

static void begin_run(struct db_writer *w, uint64_t boot)
{
	struct db_run run = { .time_ns = BEGIN_NS,
			      .page_size = 4096,
			      .machine_id = "0123456789abcdef0123456789abcdef",
			      .kernel = "6.12.0-arm64",
			      .arch = "aarch64" };

	snprintf(run.boot_id, sizeof(run.boot_id), "%032llx", (unsigned long long)boot);
	must(w, db_add_run(w, &run));
}

static void fill(struct db_writer *w, uint64_t n, uint64_t days)
{
	uint64_t position;

	must(w, db_attach_ring(w, "00112233445566778899aabbccddeeff", &position));
	for (uint64_t i = 0; i < n;) {
		must(w, db_begin(w));
		do {
			struct event event;

			if (i % (n / BOOTS + 1) == 0)
				begin_run(w, i / (n / BOOTS + 1));
			make_event(&event, i, n, days);
			must(w, db_add_event(w, &event, NULL));
		} while (++i % BATCH && i < n);
		must(w, db_commit(w, i));
	}
}

int main(int argc, char **argv)
{
	uint64_t n = 0, days = 300;
	struct db_writer *w = NULL;
	char buf[512] = "";
	struct text note = TEXT_IN(buf);
	int64_t begin, cpu;

	if (argc < 3 || parse_uint64(argv[2], &n) < 0 || !n ||
	    (argc > 3 && parse_uint64(argv[3], &days) < 0)) {
		fprintf(stderr, "usage: fill FILE EVENTS [DAYS]\n");
		return 2;
	}
	if (db_writer_open(argv[1], &handlers_table, &w, &note)) {
		fprintf(stderr, "%s\n", buf);
		return 1;
	}
	begin = clock_now_ns(CLOCK_MONOTONIC);
	cpu = clock_now_ns(CLOCK_PROCESS_CPUTIME_ID);
	fill(w, n, days);
	printf("%.0f events/s, %.2f us of CPU an event\n",
	       (double)n * 1e9 / (double)(clock_now_ns(CLOCK_MONOTONIC) - begin),
	       (double)(clock_now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e3 / (double)n);
	db_writer_close(w);
	return 0;
}
