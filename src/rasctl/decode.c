// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * "rasctl decode": what somebody sent, from whatever machine, as events. Nothing of this
 * machine is looked at but the file; so what only the other one knows (its page size, its
 * names for things) is not known.
 */

#include "rasctl/decoder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "event/json.h"
#include "handlers/table.h"
#include "rasctl/event_view.h"
#include "util/text.h"

#define FILE_BYTES_MAX (64u << 20)
#define ARENA_BYTES    (8u << 20)

/* --- what the parts share --- */

static void tell(struct decoder *decoder, const char *fmt, va_list ap)
{
	if (decoder->n_told == DECODER_TOLD_MAX) {
		decoder->n_untold++;
		return;
	}
	vsnprintf(decoder->told[decoder->n_told++], DECODER_TOLD_BYTES, fmt, ap);
}

void decoder_complain(struct decoder *decoder, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(decoder, fmt, ap);
	va_end(ap);
	decoder->n_failures++;
}

void decoder_note(struct decoder *decoder, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(decoder, fmt, ap);
	va_end(ap);
}

/* Whether the decoder itself says so, in the column that all of them have for it. */
static bool is_incomplete(const struct event *event)
{
	for (size_t i = 0; event->type && i < event->type->n_fields; i++)
		if (event->type->fields[i].name &&
		    !strcmp(event->type->fields[i].name, "incomplete"))
			return value_as_uint(&event->detail[i]) != 0;
	return false;
}

void decoder_show(struct decoder *decoder, struct event *event, const char *where,
		  struct json_object *hits)
{
	struct json_object *record;

	event->source = SOURCE_FILE;
	record = event_to_json(event);
	json_object_object_del(record, "id"); /* it is in no database */
	json_object_object_add(record, "where", json_object_new_string(where));
	if (hits)
		json_object_object_add(record, "hits", hits);
	decoder->found = true;
	decoder->n_events++;
	output_item(&decoder->out, &event_record_view, record);
	if (is_incomplete(event))
		decoder_complain(decoder,
				 "%s: it says that it is longer: what is shown is what "
				 "there was of it",
				 where);
}

/* --- the file --- */

struct content {
	char *bytes;
	size_t len;
};

static void content_clear_at(struct content *content)
{
	free(content->bytes);
}

static int read_all(int fd, struct content *ret)
{
	size_t size = 65536;

	for (;;) {
		char *bytes = realloc(ret->bytes, size);
		ssize_t n;

		if (!bytes)
			return -ENOMEM;
		ret->bytes = bytes;
		n = read(fd, bytes + ret->len, size - ret->len);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return 0;
		ret->len += n > 0 ? (size_t)n : 0;
		if (ret->len > FILE_BYTES_MAX)
			return -EFBIG;
		if (ret->len == size)
			size *= 2;
	}
}

static int read_content(const char *name, struct content *ret)
{
	_cleanup_(close_fd) int fd = -1;

	if (!strcmp(name, "-"))
		return read_all(STDIN_FILENO, ret);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : read_all(fd, ret);
}

/* Records are full of zeros, text has none. */
static bool is_text(const struct content *content)
{
	return !memchr(content->bytes, '\0', content->len);
}

/* --- what to make of it --- */

static void decode(struct decoder *decoder, const struct content *content)
{
	const char *kind = decoder->options->kind;
	struct guid type;

	if (!is_text(content)) {
		if (!decoder->options->section)
			decoder_take_bytes(decoder, (const uint8_t *)content->bytes,
					   content->len, "");
		else if (guid_from_text(decoder->options->section, &type) >= 0)
			decoder_take_section(decoder, &type,
					     (const uint8_t *)content->bytes,
					     content->len, "");
	} else if (!decoder->options->section &&
		   (kind ? !strcmp(kind, "log") :
			   decoder_is_log(decoder, content->bytes, content->len))) {
		decoder_take_log(decoder, content->bytes, content->len);
	} else {
		decoder_take_dump(decoder, content->bytes, content->len);
	}
}

static void explain_nothing(struct decoder *decoder, const struct content *content)
{
	if (!content->len)
		decoder_complain(decoder, "it is empty");
	else if (decoder->options->kind)
		decoder_complain(decoder, "there is nothing of kind \"%s\" in it",
				 decoder->options->kind);
	else if (is_text(content))
		decoder_complain(decoder,
				 "it is text, but neither a dump in hex digits, "
				 "nor are there firmware records (\"{1}[Hardware "
				 "Error]: ...\"), \"Memory failure:\" lines or "
				 "known tracepoints in it");
	else
		decoder_complain(
			decoder,
			"byte 0: neither \"CPER\" nor the head of a status block; "
			"for a bare section, give its type with --section");
}

static int finish(struct decoder *decoder, const char *name)
{
	for (size_t i = 0; i < decoder->n_told; i++)
		complain(CTL_FAILED, "%s: %s", name, decoder->told[i]);
	if (decoder->n_untold)
		complain(CTL_FAILED, "%s: %zu more like these", name, decoder->n_untold);
	return decoder->n_failures ? CTL_FAILED : CTL_OK;
}

static int run(const struct options *options, char **arguments)
{
	_cleanup_(content_clear) struct content content = { 0 };
	const char *file = arguments[0] ? arguments[0] : "-";
	const char *name = strcmp(file, "-") ? file : "standard input";
	struct decoder decoder = { .handlers = &handlers_table, .options = options };
	_cleanup_(free_ptr) uint8_t *room = malloc(ARENA_BYTES);
	int r = room ? read_content(file, &content) : -ENOMEM;

	if (r == -EFBIG)
		return complain(CTL_FAILED, "%s: more than %u MiB are not taken", name,
				FILE_BYTES_MAX >> 20);
	if (r < 0)
		return complain(CTL_FAILED, "cannot read %s: %s", name, strerror(-r));
	decoder.arena = (struct arena){ .base = room, .size = ARENA_BYTES };
	output_open(&decoder.out, options->format, stdout);
	output_items_begin(&decoder.out, &event_list_view);
	decode(&decoder, &content);
	if (!decoder.found && !decoder.n_failures)
		explain_nothing(&decoder, &content);
	output_items_end(&decoder.out, !decoder.n_events && !decoder.n_failures);
	output_close(&decoder.out);
	fflush(stdout);
	return finish(&decoder, name);
}

const struct verb verb_decode = {
	.name = "decode",
	.arguments = "[FILE]",
	.summary = "error records from elsewhere, decoded",
	.description =
		"Decodes what somebody sent, without a daemon, a database or any right: error\n"
		"records as firmware makes them (CPER records, status blocks, what BERT or ERST\n"
		"hold), as bytes or as a hex dump in any usual form; an excerpt of a kernel's\n"
		"log; lines of a kernel's trace. \"-\" or nothing: standard input.",
	.options = "KGP",
	.min_arguments = 0,
	.max_arguments = 1,
	.run = run,
};
