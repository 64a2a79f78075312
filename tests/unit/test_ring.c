// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ipc/ring.h"
#include "ipc/ring_file.h"
#include "unit/fixtures.h"

static const struct ring_layout layout = { .schema = 7,
					   .scratch_bytes = 65536,
					   .data_bytes = 65536 };
#define MESSAGE_HEADER 16

struct here {
	char *directory;
	char path[PATH_MAX];
	struct ring ring;
	char note[1024];
};

static int open_again(struct here *here, const struct ring_layout *as)
{
	struct text note = TEXT_IN(here->note);

	ring_close(&here->ring);
	here->note[0] = '\0';
	return ring_open(here->path, as, &here->ring, &note);
}

static int set_up(void **state)
{
	struct here *here = calloc(1, sizeof(*here));

	here->directory = make_temp_directory();
	here->ring.fd = -1;
	snprintf(here->path, sizeof(here->path), "%s/ring", here->directory);
	*state = here;
	return open_again(here, &layout);
}

/* Where what is no ring of ours was kept: one file, or NULL. The caller's to free. */
static char *find_unread(struct here *here)
{
	char pattern[PATH_MAX + 16], *found = NULL;
	glob_t files;

	snprintf(pattern, sizeof(pattern), "%s.unread-*", here->path);
	if (glob(pattern, 0, NULL, &files) == 0 && files.gl_pathc == 1)
		found = strdup(files.gl_pathv[0]);
	globfree(&files);
	return found;
}

static int tear_down(void **state)
{
	struct here *here = *state;

	ring_close(&here->ring);
	remove_tree(here->directory);
	free(here);
	return 0;
}

/* Message i: its length depends on i, every byte of it too. */
static size_t length_of(unsigned int i)
{
	static const size_t lengths[] = { 0, 1, 7, 8, 9, 100, 1000, 4093, 17, 333 };

	return lengths[i % ARRAY_SIZE(lengths)];
}

static void make_message(unsigned int i, uint8_t *bytes)
{
	for (size_t b = 0; b < length_of(i); b++)
		bytes[b] = (uint8_t)(i * 31 + b * 7);
}

static int put(struct ring *ring, unsigned int i)
{
	uint8_t bytes[4096];

	make_message(i, bytes);
	return ring_put(ring, (uint16_t)i, bytes, length_of(i));
}

static void assert_message(const struct ring_message *message, unsigned int i)
{
	uint8_t expected[4096];

	make_message(i, expected);
	assert_int_equal(message->kind, (uint16_t)i);
	assert_int_equal(message->len, length_of(i));
	assert_memory_equal(message->payload, expected, length_of(i));
}

/* Reads from `at` to the end; the messages must be first, first + 1, … Returns how many.
 */
static unsigned int read_all(struct ring *ring, uint64_t at, unsigned int first)
{
	struct ring_message message;
	unsigned int n = 0;
	int r;

	for (; (r = ring_peek(ring, at, &message)) > 0; at = message.next)
		assert_message(&message, first + n++);
	assert_int_equal(r, 0);
	return n;
}

static void nothing_is_seen_before_it_is_published(void **state)
{
	struct here *here = *state;
	struct ring_message message;

	assert_true(here->ring.fresh);
	assert_string_equal(here->note, "");
	assert_int_equal(strlen(ring_id(&here->ring)), 32);
	assert_false(ring_publish(&here->ring));
	assert_int_equal(put(&here->ring, 0), 0);
	assert_int_equal(put(&here->ring, 1), 0);
	assert_int_equal(ring_peek(&here->ring, 0, &message), 0);
	assert_true(ring_publish(&here->ring));
	assert_false(ring_publish(&here->ring));
	assert_int_equal(read_all(&here->ring, 0, 0), 2);
	assert_int_equal(put(&here->ring, 2), 0);
	ring_unstage(&here->ring);
	assert_false(ring_publish(&here->ring));
	assert_int_equal(read_all(&here->ring, 0, 0), 2);
}

static void messages_survive_every_wrap(void **state)
{
	struct here *here = *state;
	unsigned int written = 0, read = 0;
	uint64_t at = 0;

	/* batches of 1, 2, … 12 messages, read a batch later, some forty times around */
	for (unsigned int batch = 0; at < 40 * layout.data_bytes; batch++) {
		uint64_t before = ring_written(&here->ring);
		unsigned int from = written;

		for (unsigned int i = 0; i <= batch % 12; i++)
			assert_int_equal(put(&here->ring, written++), 0);
		ring_publish(&here->ring);
		assert_int_equal(read_all(&here->ring, before, from), written - from);
		at = before;
		ring_set_durable(&here->ring, at);
		read = from;
	}
	assert_int_equal(read_all(&here->ring, at, read), written - read);
}

static void a_full_ring_refuses_and_recovers(void **state)
{
	struct here *here = *state;
	struct ring_message message;
	unsigned int n = 0;

	while (put(&here->ring, n) == 0)
		n++;
	assert_true(n > 50);
	assert_true(ring_room(&here->ring) < MESSAGE_HEADER + length_of(n));
	ring_publish(&here->ring);
	assert_int_equal(put(&here->ring, n), -ENOBUFS);
	assert_int_equal(read_all(&here->ring, 0, 0), n);
	for (uint64_t at = 0; ring_peek(&here->ring, at, &message) > 0;
	     at = message.next, ring_set_durable(&here->ring, at))
		;
	assert_int_equal(ring_room(&here->ring), layout.data_bytes);
	assert_int_equal(put(&here->ring, n), 0);

	/* exactly full, and not a byte more */
	ring_unstage(&here->ring);
	assert_null(ring_reserve(&here->ring, layout.data_bytes - MESSAGE_HEADER + 1));
	assert_non_null(ring_reserve(&here->ring, layout.data_bytes - MESSAGE_HEADER));
	ring_stage(&here->ring, 1, layout.data_bytes - MESSAGE_HEADER);
	assert_int_equal(ring_room(&here->ring), 0);
	assert_null(ring_reserve(&here->ring, 0));
	ring_publish(&here->ring);
	assert_int_equal(ring_peek(&here->ring, ring_durable(&here->ring), &message), 1);
	assert_int_equal(message.len, layout.data_bytes - MESSAGE_HEADER);
}

static void a_wrong_position_is_found_out(void **state)
{
	struct here *here = *state;
	struct ring_message message;
	uint64_t end;

	for (unsigned int i = 0; i < 10; i++)
		put(&here->ring, i);
	ring_publish(&here->ring);
	end = ring_written(&here->ring);
	for (uint64_t at = 0; at <= end + 64; at++) {
		uint64_t message_at = 0;
		bool begins = false;

		for (; ring_peek(&here->ring, message_at, &message) > 0;
		     message_at = message.next)
			begins |= message_at == at;
		assert_int_equal(ring_peek(&here->ring, at, &message), begins ? 1 :
								       at == end ?
										0 :
										-EBADMSG);
	}
	assert_int_equal(ring_peek(&here->ring, UINT64_MAX, &message), -EBADMSG);
}

static int run_child(int (*fn)(struct here *here), struct here *here)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(fn(here));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A producer that dies with two messages published and one staged. */
static int write_and_die(struct here *here)
{
	if (open_again(here, &layout) < 0)
		return 1;
	put(&here->ring, 0);
	put(&here->ring, 1);
	ring_publish(&here->ring);
	put(&here->ring, 2);
	strcpy((char *)here->ring.scratch, "left behind");
	return 0;
}

static void what_a_dead_process_published_is_still_there(void **state)
{
	struct here *here = *state;
	char id[RING_ID_BYTES];

	strcpy(id, ring_id(&here->ring));
	ring_close(&here->ring);
	assert_int_equal(run_child(write_and_die, here), 0);
	assert_int_equal(open_again(here, &layout), 0);
	assert_false(here->ring.fresh);
	assert_string_equal(here->note, "");
	assert_string_equal(ring_id(&here->ring), id);
	assert_string_equal(here->ring.scratch, "left behind");
	assert_int_equal(read_all(&here->ring, 0, 0), 2);
	assert_int_equal(put(&here->ring, 2), 0);
	ring_publish(&here->ring);
	assert_int_equal(read_all(&here->ring, 0, 0), 3);
}

static struct ring_header *header_of(struct here *here)
{
	return here->ring.header;
}

static void spoil_magic(struct here *here)
{
	header_of(here)->magic ^= 1;
}

static void zero_magic(struct here *here)
{
	header_of(here)->magic = 0;
}

static void spoil_version(struct here *here)
{
	header_of(here)->version++;
}

static void spoil_data_bytes(struct here *here)
{
	header_of(here)->data_bytes *= 2;
}

static void spoil_scratch_bytes(struct here *here)
{
	header_of(here)->scratch_bytes = 0;
}

static void spoil_id(struct here *here)
{
	memset(header_of(here)->id, 'x', sizeof(header_of(here)->id));
}

static void durable_beyond_written(struct here *here)
{
	header_of(here)->durable = header_of(here)->written + 8;
}

static void durable_far_behind(struct here *here)
{
	header_of(here)->written += 10 * layout.data_bytes;
}

static void durable_in_a_message(struct here *here)
{
	header_of(here)->durable += 8;
}

static void cursors_unaligned(struct here *here)
{
	header_of(here)->durable = header_of(here)->written = 1003;
}

static void written_in_a_message(struct here *here)
{
	header_of(here)->written -= 8;
}

static void spoil_check(struct here *here)
{
	here->ring.data[6] ^= 1;
}

static void spoil_length(struct here *here)
{
	memset(here->ring.data, 0xff, 4);
}

static void cut_file(struct here *here)
{
	assert_int_equal(ftruncate(here->ring.fd, RING_SCRATCH_AT), 0);
}

static void grow_file(struct here *here)
{
	assert_int_equal(ftruncate(here->ring.fd, 1 << 20), 0);
}

/* As a process leaves it that dies while it brings the header back from the shadow. */
static void a_header_half_back_from_its_shadow(void **state)
{
	struct here *here = *state;
	uint64_t written;

	for (unsigned int m = 5; m < 9; m++)
		put(&here->ring, m);
	ring_publish(&here->ring);
	written = ring_written(&here->ring);
	zero_magic(here);
	assert_int_equal(open_again(here, &layout), 0);
	assert_false(here->ring.fresh);
	assert_int_equal(ring_written(&here->ring), written);
	assert_null(find_unread(here));
}

static void a_damaged_ring_is_set_aside(void **state)
{
	static const struct {
		const char *name;
		void (*spoil)(struct here *here);
	} cases[] = {
		{ "magic", spoil_magic },
		{ "version", spoil_version },
		{ "data size", spoil_data_bytes },
		{ "scratch size", spoil_scratch_bytes },
		{ "id", spoil_id },
		{ "durable beyond written", durable_beyond_written },
		{ "durable far behind", durable_far_behind },
		{ "durable inside a message", durable_in_a_message },
		{ "cursors not aligned", cursors_unaligned },
		{ "written inside a message", written_in_a_message },
		{ "a message's check", spoil_check },
		{ "a message's length", spoil_length },
		{ "file too short", cut_file },
		{ "file too long", grow_file },
	};
	struct here *here = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stat before, after;
		char *unread;

		print_message("# %s\n", cases[i].name);
		for (unsigned int m = 5; m < 9; m++)
			put(&here->ring, m);
		ring_publish(&here->ring);
		cases[i].spoil(here);
		assert_int_equal(stat(here->path, &before), 0);
		assert_int_equal(open_again(here, &layout), 0);
		unread = find_unread(here);
		assert_non_null(unread);
		assert_non_null(strstr(here->note, unread));
		assert_true(here->ring.fresh);
		assert_int_equal(ring_written(&here->ring), 0);
		assert_int_equal(stat(unread, &after), 0);
		assert_int_equal(before.st_ino, after.st_ino);
		assert_int_equal(put(&here->ring, 0), 0);
		ring_publish(&here->ring);
		assert_int_equal(read_all(&here->ring, 0, 0), 1);
		assert_int_equal(unlink(unread), 0);
		free(unread);
		ring_close(&here->ring);
		assert_int_equal(unlink(here->path), 0);
		assert_int_equal(open_again(here, &layout), 0);
	}
}

static void what_is_no_ring_at_all_is_kept(void **state)
{
	struct here *here = *state;
	uint8_t *kept;
	char *unread;
	size_t len;

	ring_close(&here->ring);
	write_file(here->directory, "ring", "somebody's notes");
	assert_int_equal(open_again(here, &layout), 0);
	unread = find_unread(here);
	assert_non_null(unread);
	kept = read_whole(unread, &len);
	assert_non_null(kept);
	assert_string_equal((char *)kept, "somebody's notes");
	free(kept);
	free(unread);
}

static void links_are_not_followed(void **state)
{
	struct here *here = *state;
	char elsewhere[PATH_MAX + 8];

	snprintf(elsewhere, sizeof(elsewhere), "%s.there", here->path);
	ring_close(&here->ring);
	assert_int_equal(rename(here->path, elsewhere), 0);
	assert_int_equal(symlink(elsewhere, here->path), 0);
	assert_int_equal(open_again(here, &layout), -ELOOP);
}

static void another_schema(void **state)
{
	struct ring_layout newer = layout;
	struct here *here = *state;
	char *unread;

	newer.schema++;
	/* all durable: the ring goes on, with the new messages */
	put(&here->ring, 1);
	ring_publish(&here->ring);
	ring_set_durable(&here->ring, ring_written(&here->ring));
	assert_int_equal(open_again(here, &newer), 0);
	assert_string_equal(here->note, "");
	assert_false(here->ring.fresh);
	assert_null(find_unread(here));
	/* something is not: it is kept for the version that can read it */
	put(&here->ring, 2);
	ring_publish(&here->ring);
	assert_int_equal(open_again(here, &layout), 0);
	assert_string_not_equal(here->note, "");
	assert_true(here->ring.fresh);
	unread = find_unread(here);
	assert_non_null(unread);
	free(unread);
}

static void memory_is_given_back(void **state)
{
	struct here *here = *state;
	struct stat before, after;

	memset(here->ring.scratch, 's', layout.scratch_bytes);
	for (unsigned int i = 0; put(&here->ring, i) == 0; i++)
		;
	ring_publish(&here->ring);
	assert_int_equal(fstat(here->ring.fd, &before), 0);
	ring_give_back(&here->ring); /* not durable: nothing goes */
	assert_true(read_all(&here->ring, 0, 0) > 0);
	ring_set_durable(&here->ring, ring_written(&here->ring));
	ring_give_back(&here->ring);
	assert_int_equal(fstat(here->ring.fd, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	if (after.st_blocks < before.st_blocks) { /* where files can have holes */
		for (size_t i = 0; i < layout.data_bytes; i++)
			assert_int_equal(here->ring.data[i], 0);
	}
	for (size_t i = 0; i < layout.scratch_bytes; i++)
		assert_int_equal(here->ring.scratch[i], 's');
	put(&here->ring, 3);
	ring_publish(&here->ring);
	assert_int_equal(read_all(&here->ring, ring_durable(&here->ring), 3), 1);
}

static int become_rasd(struct here *here)
{
	struct status_snapshot snapshot;

	prctl(PR_SET_NAME, "rasd");
	here->ring.status->pid = getpid();
	return ring_status_read(here->path, &snapshot) < 0 || !snapshot.alive;
}

static void the_status_page_is_read_from_outside(void **state)
{
	struct here *here = *state;
	struct status_snapshot snapshot;

	here->ring.status->records = 42;
	here->ring.status->pid = getpid(); /* alive, but not rasd */
	memset(here->ring.status->version, 'v', sizeof(here->ring.status->version));
	memset(here->ring.status->sources, 's', sizeof(here->ring.status->sources));
	memset(here->ring.status->types, 't', sizeof(here->ring.status->types));
	memset(here->ring.status->database, 'd', sizeof(here->ring.status->database));
	memset(here->ring.status->config, 'c', sizeof(here->ring.status->config));
	put(&here->ring, 3);
	ring_publish(&here->ring);
	assert_int_equal(ring_status_read(here->path, &snapshot), 0);
	assert_false(snapshot.alive);
	assert_int_equal(snapshot.status.records, 42);
	assert_int_equal(snapshot.written, 24);
	assert_int_equal(snapshot.durable, 0);
	assert_int_equal(strlen(snapshot.status.version),
			 sizeof(snapshot.status.version) - 1);
	assert_int_equal(strlen(snapshot.status.database),
			 sizeof(snapshot.status.database) - 1);
	assert_int_equal(strlen(snapshot.status.config),
			 sizeof(snapshot.status.config) - 1);
	for (size_t i = 0; i < STATUS_SOURCES_MAX; i++)
		assert_int_equal(strlen(snapshot.status.sources[i].name),
				 STATUS_NAME_BYTES - 1);
	for (size_t i = 0; i < STATUS_TYPES_MAX; i++)
		assert_int_equal(strlen(snapshot.status.types[i].name),
				 STATUS_NAME_BYTES - 1);
	assert_int_equal(run_child(become_rasd, here), 0);
	assert_int_equal(ring_status_read(here->path, &snapshot), 0);
	assert_false(snapshot.alive); /* it has ended */
	here->ring.status->pid = 0;
	assert_int_equal(ring_status_read(here->path, &snapshot), 0);
	assert_false(snapshot.alive);
}

static void the_status_of_what_is_no_ring(void **state)
{
	struct here *here = *state;
	struct status_snapshot snapshot;

	spoil_version(here);
	assert_int_equal(ring_status_read(here->path, &snapshot), -EBADMSG);
	ring_close(&here->ring);
	write_file(here->directory, "ring", "short");
	assert_int_equal(ring_status_read(here->path, &snapshot), -EBADMSG);
	write_file(here->directory, "ring", "");
	assert_int_equal(ring_status_read(here->path, &snapshot), -EBADMSG);
	assert_int_equal(unlink(here->path), 0);
	assert_int_equal(ring_status_read(here->path, &snapshot), -ENOENT);
	assert_int_equal(symlink("/dev/null", here->path), 0);
	assert_int_equal(ring_status_read(here->path, &snapshot), -ELOOP);
}

#define ring_test(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ring_test(nothing_is_seen_before_it_is_published),
		ring_test(messages_survive_every_wrap),
		ring_test(a_full_ring_refuses_and_recovers),
		ring_test(a_wrong_position_is_found_out),
		ring_test(what_a_dead_process_published_is_still_there),
		ring_test(a_header_half_back_from_its_shadow),
		ring_test(a_damaged_ring_is_set_aside),
		ring_test(what_is_no_ring_at_all_is_kept),
		ring_test(links_are_not_followed),
		ring_test(another_schema),
		ring_test(memory_is_given_back),
		ring_test(the_status_page_is_read_from_outside),
		ring_test(the_status_of_what_is_no_ring),
	};

	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
