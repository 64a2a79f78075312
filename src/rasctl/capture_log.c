// SPDX-License-Identifier: LGPL-2.1-or-later

/* The kernel's log, record by record as /dev/kmsg gives it: those of the kernel's own
 * that are about errors, or all. */

#include "rasctl/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "sources/kmsg.h"
#include "util/text.h"

#define KERNEL_LOG   "/dev/kmsg"
#define RECORD_BYTES 8192

static const char *const interesting[] = {
	"Hardware Error",
	"Memory failure",
	"hwpoison",
	"soft offline",
	"Soft offline",
	"mce:",
	"Machine check",
	"EDAC",
	"BERT",
	"ERST",
	"GHES",
	"HEST",
	"APEI",
	"AER",
	"DPC",
	"synchronous external abort",
	"SError",
	"I/O error",
	"cxl",
};

static bool is_interesting(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(interesting); i++)
		if (strstr(text, interesting[i]))
			return true;
	return false;
}

/* What was written, and what was left out. */
struct log_copy {
	FILE *file;
	uint64_t n, n_masked_out, n_lost;
};

/* The record anew, with another text; the KEY=value lines of devices are left out. */
static void write_masked(const struct capture *capture, struct log_copy *copy,
			 const char *bytes, const struct kmsg_record *record)
{
	char text[2 * KMSG_TEXT_BYTES];
	const char *semicolon = strchr(bytes, ';');

	if (!semicolon ||
	    !mask_line(&capture->mask, record->text, record->len, text, sizeof(text))) {
		copy->n_masked_out++;
		return;
	}
	fprintf(copy->file, "%.*s;%s\n", (int)(semicolon - bytes), bytes, text);
	copy->n++;
}

static void take_record(const struct capture *capture, struct log_copy *copy,
			const char *bytes, size_t len)
{
	struct kmsg_record record;

	if (kmsg_parse(bytes, len, 0, &record) < 0 ||
	    (!capture->options->all_log &&
	     (record.facility || !is_interesting(record.text))))
		return;
	if (capture->options->mask) {
		write_masked(capture, copy, bytes, &record);
		return;
	}
	fwrite(bytes, 1, len, copy->file);
	copy->n++;
}

static void read_records(const struct capture *capture, int fd, struct log_copy *copy)
{
	char bytes[RECORD_BYTES + 1];

	for (;;) {
		ssize_t n = read(fd, bytes, RECORD_BYTES);

		if (n < 0 && errno == EPIPE) {
			copy->n_lost++;
			continue;
		}
		if (n <= 0)
			return;
		bytes[n] = '\0';
		take_record(capture, copy, bytes, (size_t)n);
	}
}

void capture_log(struct capture *capture)
{
	_cleanup_(close_fd) int fd = open(KERNEL_LOG, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *content = NULL;
	size_t len = 0;
	struct log_copy copy = { .file = open_memstream(&content, &len) };

	if (fd < 0 || !copy.file) {
		capture_miss(capture, "kernel.kmsg", "%s: %s", KERNEL_LOG,
			     strerror(errno));
		if (copy.file)
			fclose(copy.file);
		free(content);
		return;
	}
	read_records(capture, fd, &copy);
	if (fclose(copy.file) == 0)
		capture_put(capture, "kernel.kmsg",
			    capture->options->all_log ?
				    "the kernel's log, as /dev/kmsg gives it" :
				    "what the kernel's log has of errors, as /dev/kmsg "
				    "gives it",
			    content, len);
	free(content);
	if (copy.n_lost)
		capture_miss(capture, "records of the log",
			     "overwritten before they were read, %" PRIu64 " times",
			     copy.n_lost);
	if (copy.n_masked_out)
		capture_miss(capture, "lines of the log",
			     "%" PRIu64 " left out: nobody knows what in them to mask",
			     copy.n_masked_out);
}
