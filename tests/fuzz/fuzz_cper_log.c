// SPDX-License-Identifier: LGPL-2.1-or-later

/* Input: lines of the kernel's log, each ended by a NUL (a newline may be in one). They
 * become sections, and those events of each handler that takes them. */

#include <stdlib.h>
#include <string.h>

#include "cper/log.h"
#include "event/handler.h"
#include "fuzz/fuzz.h"
#include "handlers/table.h"

static void use_section(const struct cper_log_section *section)
{
	static uint8_t room[65536];

	fuzz_must(section->n_lines <= CPER_LOG_LINES_MAX);
	fuzz_must(memchr(section->type, '\0', sizeof(section->type)) != NULL);
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

/* No line gives more sections than there are records, and then it is taken. */
static void use_line(struct cper_log *log, const char *line, size_t len)
{
	static struct cper_log_section section;
	unsigned int n = 0;
	char *copy = malloc(len ? len : 1);

	fuzz_must(copy != NULL);
	memcpy(copy, line, len);
	while (cper_log_line(log, copy, len, &section) == CPER_LOG_SECTION) {
		fuzz_must(++n <= CPER_LOG_RECORDS_MAX);
		use_section(&section);
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cper_log log;
	static struct cper_log_section section;
	const char *at = (const char *)data, *end = at + size;
	unsigned int n = 0;

	memset(&log, 0, sizeof(log));
	while (at < end) {
		size_t len = strnlen(at, (size_t)(end - at));

		use_line(&log, at, len);
		at += len + (at + len < end);
	}
	while (cper_log_end(&log, &section)) {
		fuzz_must(++n <= CPER_LOG_RECORDS_MAX);
		use_section(&section);
	}
	return 0;
}
