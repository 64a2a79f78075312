/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A process that lives on when its memory fails, with rasd's own means and nothing else of
 * rasd: poison_begin(), a ring, a child that lives and dies as store does. It says where
 * its pages are, and what it went through, one fact a line:
 *
 *   start pid=712 again=0 execs=0 deaf=0
 *   record role=capture signal=7 code=5 place=heap region=-1 offset=0x0 address=0x… lsb=12
 *   ring fresh=0 messages=100 gaps=0 lost=0
 *   at heap=0x… stack=0x… data=0x… … memfd=3 child=713
 *
 * SIGUSR1 makes it touch all its pages; SIGUSR2 puts and publishes 10 messages.
 */

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "ipc/ring_file.h"
#include "poison/state.h"

#define AREA  65536
#define PAGES (4 * AREA)
#define OURS  1 /* region */

static const struct ring_layout layout = { .schema = 1,
					   .scratch_bytes = AREA,
					   .data_bytes = AREA };

static const char *path;
static struct poison_start start;
static struct ring ring = { .fd = -1 };
static volatile char data[PAGES] __attribute__((aligned(AREA))) = { 1 };
static volatile char bss[PAGES] __attribute__((aligned(AREA)));
static volatile char *heap;
static pid_t child;

static int take(const struct poison_record *record, void *arg)
{
	struct ring_mending mending;
	int r = 0;

	printf("record role=%s signal=%d code=%d place=%s region=%d offset=0x%" PRIx64
	       " address=0x%" PRIx64 " lsb=%d\n",
	       poison_role_name(record->role), record->signal, record->code,
	       poison_place_name(record->place), record->region, record->offset,
	       record->address, record->lsb);
	if (record->region == OURS && arg)
		r = ring_mend(path, record->offset, record->lsb ? 1ULL << record->lsb : 0,
			      &mending);
	return r;
}

static void put_messages(int n)
{
	char payload[300];

	for (int i = 0; i < n; i++) {
		memset(payload, 'a' + i % 26, sizeof(payload));
		ring_put(&ring, 1, payload, sizeof(payload));
	}
	ring_publish(&ring);
}

static void open_ring(void)
{
	struct text note = TEXT_IN((char[1024]){ 0 });
	unsigned int messages = 0, gaps = 0;
	struct ring_message message;
	struct ring_map maps[RING_MAPS];
	int r = ring_open(path, &layout, &ring, &note);

	if (r < 0) {
		printf("no ring: %s\n", strerror(-r));
		exit(EXIT_FAILURE);
	}
	if (ring.fresh)
		put_messages(100);
	for (uint64_t at = ring_durable(&ring); ring_peek(&ring, at, &message) > 0;
	     at = message.next)
		if (message.kind == RING_LOST)
			gaps++;
		else
			messages++;
	printf("ring fresh=%d messages=%u gaps=%u lost=%llu\n", ring.fresh, messages, gaps,
	       (unsigned long long)ring.lost_bytes);
	ring_maps(&ring, maps);
	for (int i = 0; i < RING_MAPS; i++)
		poison_add_region(OURS, maps[i].at, maps[i].bytes, maps[i].offset);
}

static void touch_range(const volatile char *at, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 4096)
		(void)at[i];
}

static void touch_all(const volatile char *stack)
{
	touch_range(stack, PAGES);
	touch_range(data, PAGES);
	touch_range(bss, PAGES);
	touch_range(heap, PAGES);
	touch_range((volatile char *)ring.header, RING_SCRATCH_AT + AREA);
	touch_range((volatile char *)ring.data, AREA);
	touch_range((volatile char *)&poison_copies, sizeof(poison_copies));
	touch_range((volatile char *)poison_copies[0].state.alternate,
		    poison_copies[0].state.alternate_bytes);
}

/* Ends with its parent, as store does not; here that is simpler. */
static void fork_child(const sigset_t *orders, const volatile char *stack)
{
	child = fork();
	if (child)
		return;
	poison_set_role(POISON_STORE);
	heap[2 * AREA] = 2; /* a page that its parent does not have */
	for (;;)
		if (sigwaitinfo(orders, NULL) == SIGUSR1)
			touch_all(stack);
}

static void live(const sigset_t *orders, const volatile char *stack)
{
	for (;;) {
		int order = sigwaitinfo(orders, NULL), status;

		if (order == SIGUSR1) {
			touch_all(stack);
			printf("touched\n");
		} else if (order == SIGUSR2) {
			put_messages(10);
		} else if (order == SIGCHLD) {
			while (waitpid(-1, &status, WNOHANG) > 0)
				printf("child status=0x%x\n", status);
			poison_take_records(take, NULL);
		}
	}
}

int main(int argc, char **argv, char **envp)
{
	static const int numbers[] = { SIGUSR1, SIGUSR2, SIGCHLD };
	volatile char stack[PAGES];
	sigset_t orders;
	int r = poison_begin(argv, envp, &start);

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (r < 0 || argc < 2)
		return EXIT_FAILURE;
	path = argv[1];
	sigemptyset(&orders);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		sigaddset(&orders, numbers[i]);
	sigprocmask(SIG_BLOCK, &orders, NULL);
	printf("start pid=%d again=%d execs=%u deaf=%d\n", getpid(), start.again, start.execs,
	       start.deaf);
	r = poison_take_records(take, argv);
	if (r < 0)
		printf("records: %s\n", strerror(-r));
	open_ring();
	heap = (volatile char *)ALIGN_UP((uintptr_t)sbrk(PAGES + AREA), (uintptr_t)AREA);
	for (size_t i = 0; i < PAGES; i += 4096)
		stack[i] = data[i] = bss[i] = heap[i] = 1;
	touch_all(stack); /* all of it is there to be poisoned */
	fork_child(&orders, stack);
	printf("at heap=%p stack=%p data=%p bss=%p header=%p scratch=%p ring=%p copy0=%p "
	       "copy1=%p alternate=0x%" PRIxPTR " alternate_bytes=0x%zx memfd=%d child=%d\n",
	       (void *)(heap + AREA), (void *)(stack + AREA), (void *)(data + AREA),
	       (void *)(bss + AREA), (void *)ring.header, (void *)ring.scratch,
	       (void *)(ring.data + 8192), (void *)&poison_copies[0],
	       (void *)&poison_copies[1], poison_copies[0].state.alternate,
	       poison_copies[0].state.alternate_bytes, start.fd, child);
	live(&orders, stack);
}
