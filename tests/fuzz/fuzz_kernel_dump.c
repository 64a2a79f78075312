// SPDX-License-Identifier: LGPL-2.1-or-later

/* Input: a file of pstore. Its sections become events of each handler that takes them. */

#include <stdlib.h>
#include <string.h>

#include "cper/kernel_dump.h"
#include "event/handler.h"
#include "fuzz/fuzz.h"
#include "handlers/table.h"

static void use_section(const struct cper_log_section *section)
{
	static uint8_t room[65536];

	fuzz_must(section->n_lines <= CPER_LOG_LINES_MAX);
	fuzz_must(memchr(section->type, '\0', sizeof(section->type)) != NULL);
	fuzz_must(section->time_ns >= 0);
	for (size_t i = 0; i < section->n_lines; i++)
		fuzz_must(memchr(section->lines[i], '\0', CPER_LOG_LINE_BYTES) != NULL);
	for (size_t i = 0; i < handlers_table.n_handlers; i++) {
		const struct handler *handler = handlers_table.handlers[i];
		struct arena arena = { room, sizeof(room), 0 };
		struct event event;

		if (!handler->decode_log)
			continue;
		event_init(&event, handler->type);
		if (handler->decode_log(section, &arena, &event) == 1)
			fuzz_use_event(&event);
	}
}

static void use_line(const struct dump_line *line)
{
	static uint8_t room[65536];

	for (size_t i = 0; i < handlers_table.n_handlers; i++) {
		const struct handler *handler = handlers_table.handlers[i];
		struct arena arena = { room, sizeof(room), 0 };
		const struct record record = { .page_size = 4096, .arena = &arena };
		struct event event;

		if (!handler->decode_line)
			continue;
		event_init(&event, handler->type);
		if (handler->decode_line(&record, line->text, line->len, &event) == 1)
			fuzz_use_event(&event);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kernel_dump dump;
	static struct cper_log_section section;
	struct dump_head head = { .reason = "Panic" };
	char *copy = malloc(size ? size : 1);
	enum kernel_dump_result result;
	struct dump_line line;
	size_t n = 0;

	fuzz_must(copy != NULL);
	memcpy(copy, data, size);
	if (dump_head_parse(copy, size, &head))
		fuzz_must(head.len <= size && head.reason[sizeof(head.reason) - 1] == 0);
	kernel_dump_begin(&dump, &head, 1, copy + head.len, size - head.len);
	while ((result = kernel_dump_next(&dump, &section, &line)) != DUMP_END) {
		fuzz_must(++n <= size + CPER_LOG_RECORDS_MAX + 1);
		if (result == DUMP_SECTION)
			use_section(&section);
		else
			use_line(&line);
	}
	fuzz_must(kernel_dump_end_ns(copy, size) >= -1);
	free(copy);
	return 0;
}
