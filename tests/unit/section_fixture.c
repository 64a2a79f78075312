// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/section_fixture.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/table.h"
#include "sources/kmsg.h"
#include "unit/cper_fixture.h"
#include "util/macro.h"

static uint8_t room[1024 * 1024];

const uint8_t *put_all(uint8_t *bytes, size_t len, const struct put *puts)
{
	memset(bytes, 0, len);
	for (; puts->width; puts++)
		for (size_t i = 0; i < puts->width; i++)
			bytes[puts->at + i] = (uint8_t)(puts->number >> (8 * i));
	return bytes;
}

struct event *decode_section(struct guid type, const void *bytes, size_t len)
{
	static struct event event;
	static uint8_t *copy;
	struct arena arena = { room, sizeof(room), 0 };
	struct cper_section section = { .type = type,
					.severity = SEVERITY_CORRECTED,
					.len = len };

	free(copy);
	section.body = copy = copy_of(bytes, len);
	if (cper_section_decode(&handlers_table, &section, &arena, &event) != 1)
		return NULL;
	return &event;
}

static struct event *decode_log_section(const char *name,
					struct cper_log_section *section)
{
	static struct event event;
	struct arena arena = { room, sizeof(room), 0 };
	const struct handler *handler = handler_of(name);

	event_init(&event, handler->type);
	if (handler->decode_log(section, &arena, &event) != 1)
		return NULL;
	memset(section, 0xff, sizeof(*section)); /* nothing points into it */
	return &event;
}

struct event *decode_log_lines(const char *handler, const char *type, size_t n,
			       const char *const *lines)
{
	static struct cper_log_section section;

	memset(&section, 0, sizeof(section));
	section.number = 9;
	section.source = 5;
	section.index = 1;
	section.severity = SEVERITY_CORRECTED;
	copy_text(section.type, sizeof(section.type), type);
	for (size_t i = 0; i < n; i++)
		copy_text(section.lines[section.n_lines++], CPER_LOG_LINE_BYTES,
			  lines[i]);
	return decode_log_section(handler, &section);
}

/* Counts down; the section that it ends with is decoded. */
static struct event *take(const char *handler, struct cper_log_section *section,
			  size_t *which)
{
	return (*which)-- ? NULL : decode_log_section(handler, section);
}

struct event *decode_golden_log(const char *handler, const char *kernel, const char *name,
				size_t which)
{
	static struct cper_log_section section;
	static struct cper_log log;
	const char *top = getenv("top_srcdir");
	struct event *event = NULL;
	char path[PATH_MAX];
	size_t len;
	char *bytes, *at;

	memset(&log, 0, sizeof(log));
	snprintf(path, sizeof(path), "%s/tests/golden/%s/%s.kmsg", top ? top : ".",
		 kernel, name);
	bytes = at = (char *)read_whole(path, &len);
	while (at && at < bytes + len && !event) {
		char *end = strchr(at, '\n');
		struct kmsg_record record;

		if (!end || kmsg_parse(at, (size_t)(end + 1 - at), 0, &record) < 0)
			break;
		while (!event && cper_log_line(&log, record.text, record.len, &section) ==
					 CPER_LOG_SECTION)
			event = take(handler, &section, &which);
		at = end + 1;
	}
	while (!event && cper_log_end(&log, &section))
		event = take(handler, &section, &which);
	free(bytes);
	return event;
}
