// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * The kernel's trace, from an instance of our own: what a running rasd's instances hold
 * is rasd's to read. Its pages are taken as rasd takes them, so that rasd can take them
 * again.
 */

#include "rasctl/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include <traceevent/event-parse.h>

#include "handlers/table.h"
#include "sources/instance.h"
#include "sources/subbuffer.h"
#include "sources/tracepoint.h"
#include "util/cpulist.h"
#include "util/file.h"
#include "util/text.h"

#define BYTES_PER_CPU	 (1u << 20)
#define SUB_BUFFER_BYTES 65536
#define CPUS_MAX	 8192
#define MASKED_MAX	 64 /* fields of one tracepoint */
#define IDS_MAX		 65536

/* A field of a record that says what nobody shall know. */
enum masked_kind { MASKED_NAME, MASKED_PFN, MASKED_ADDRESS };

struct masked_field {
	uint16_t id; /* the tracepoint's */
	uint16_t offset, size;
	enum masked_kind kind;
};

struct trace {
	struct capture *capture;
	struct trace_instance instance;
	char directory[512]; /* of the instance */
	unsigned int cpus[CPUS_MAX];
	size_t n_cpus;
	struct masked_field masked[MASKED_MAX];
	size_t n_masked;
	size_t n_enabled;
	uint64_t lost;
};

/* --- formats --- */

static bool mask_kind_of(const char *field, enum masked_kind *ret)
{
	static const struct {
		const char *field;
		enum masked_kind kind;
	} fields[] = { { "comm", MASKED_NAME },
		       { "pfn", MASKED_PFN },
		       { "address", MASKED_ADDRESS },
		       { "pa", MASKED_ADDRESS } };

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!strcmp(fields[i].field, field)) {
			*ret = fields[i].kind;
			return true;
		}
	return false;
}

static void note_masked(struct trace *trace, const struct tracepoint *tp)
{
	const struct event_type *type = tp->handler->type;

	for (size_t i = 0; i < type->n_fields && trace->n_masked < MASKED_MAX; i++) {
		struct masked_field field = { .id = tp->id,
					      .offset = tp->places[i].offset,
					      .size = tp->places[i].size };

		if (type->fields[i].kernel &&
		    mask_kind_of(type->fields[i].kernel, &field.kind) &&
		    tp->places[i].kind != PLACE_ABSENT)
			trace->masked[trace->n_masked++] = field;
	}
}

/* What is not understood cannot be masked, nor limited to what is an error. */
static int enable(struct trace *trace, const struct handler *handler,
		  const struct handler_tracepoint *wanted, const char *format, size_t len)
{
	char filter_text[TRACE_FILTER_BYTES] = "";
	struct text filter = TEXT_IN(filter_text);
	struct tep_handle *tep = tep_alloc();
	struct tracepoint *tp = NULL;
	int r = -ENOMEM;

	if (tep)
		tp = tracepoint_new(tep, handler, wanted->name, format, len, &r);
	tep_free(tep);
	if (!tp)
		return r;
	r = tracepoint_filter(tp, wanted, &filter);
	if (r >= 0)
		r = trace_instance_enable(&trace->instance, wanted->name,
					  filter.len ? filter_text : NULL);
	if (r >= 0)
		note_masked(trace, tp);
	tracepoint_free(tp);
	return r;
}

/* Held until we end; without it the kernel does not record. */
static void hold_consumer(const struct handler_tracepoint *wanted)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s", wanted->consumer);
	if (open(path, O_RDONLY | O_CLOEXEC) < 0)
		complain(CTL_FAILED, "cannot open %s: %s", path, strerror(errno));
}

/* 0: it is not there. */
static int take_tracepoint(struct trace *trace, const struct handler *handler,
			   const struct handler_tracepoint *wanted)
{
	char name[128];
	size_t len;
	int r;
	_cleanup_(free_ptr) char *format =
		trace_format_read(&trace->instance, wanted->name, &len, &r);

	snprintf(name, sizeof(name), "format/%s", wanted->name);
	if (!format) {
		if (r != -ENOENT)
			capture_miss(trace->capture, name, "%s", strerror(-r));
		return r == -ENOENT ? 0 : 1;
	}
	capture_put(trace->capture, name, "the kernel's description of a tracepoint",
		    format, len);
	r = enable(trace, handler, wanted, format, len);
	if (wanted->consumer)
		hold_consumer(wanted);
	if (r < 0)
		capture_miss(trace->capture, wanted->name, "cannot be recorded: %s",
			     strerror(-r));
	trace->n_enabled += r >= 0;
	return 1;
}

/* Of a handler's tracepoints the first that there is. */
static void take_tracepoints(struct trace *trace)
{
	for (size_t i = 0; i < handlers_table.n_handlers; i++) {
		const struct handler *handler = handlers_table.handlers[i];
		const struct handler_tracepoint *wanted = handler->tracepoints;
		size_t n = 0;

		while (n < HANDLER_TRACEPOINTS_MAX && wanted[n].name &&
		       !take_tracepoint(trace, handler, &wanted[n]))
			n++;
		if (n && (n == HANDLER_TRACEPOINTS_MAX || !wanted[n].name))
			capture_miss(trace->capture, wanted[0].name,
				     "this kernel has no such tracepoint");
	}
}

/* --- pages --- */

static void mask_field(const struct mask *mask, const struct masked_field *field,
		       uint8_t *record, size_t len)
{
	uint8_t *at = record + field->offset;
	char name[MASK_NAME_BYTES];
	uint64_t number = 0;

	if (field->offset + (size_t)field->size > len)
		return;
	if (field->kind == MASKED_NAME) {
		mask_name(mask, (char *)at, strnlen((char *)at, field->size), name);
		memset(at, 0, field->size);
		memcpy(at, name, MIN(strlen(name), (size_t)field->size - 1));
		return;
	}
	if (field->size != sizeof(number))
		return;
	memcpy(&number, at, sizeof(number));
	number = field->kind == MASKED_PFN ? mask_pfn(mask, number) :
					     mask_address(mask, number);
	memcpy(at, &number, sizeof(number));
}

static void mask_page(const struct trace *trace, uint8_t *page, size_t size)
{
	struct subbuffer subbuffer;
	const uint8_t *record;
	size_t len;
	uint64_t ts;
	uint16_t id;

	if (subbuffer_open(page, size, &subbuffer) < 0)
		return;
	while (subbuffer_next(&subbuffer, &record, &len, &ts)) {
		if (len < TRACE_COMMON_BYTES)
			continue;
		memcpy(&id, record, sizeof(id));
		for (size_t i = 0; i < trace->n_masked; i++)
			if (trace->masked[i].id == id)
				mask_field(&trace->capture->mask, &trace->masked[i],
					   page + (record - page), len);
	}
}

/* Sub-buffers one behind the other, each without its unused rest. */
static uint64_t copy_pages(const struct trace *trace, int fd, FILE *file)
{
	size_t size = trace->instance.sub_buffer_bytes;
	_cleanup_(free_ptr) uint8_t *page = malloc(size);
	uint64_t total = 0;

	while (page) {
		ssize_t n = read(fd, page, size);
		size_t used;

		if (n <= SUBBUFFER_HEADER_BYTES)
			break;
		if (trace->capture->options->mask)
			mask_page(trace, page, (size_t)n);
		used = MIN(subbuffer_bytes(page), (size_t)n);
		fwrite(page, 1, used, file);
		total += used;
	}
	return total;
}

static void take_cpu(struct trace *trace, unsigned int cpu)
{
	_cleanup_(close_fd) int fd = trace_instance_open_cpu(&trace->instance, cpu);
	char name[32], *content = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&content, &len);
	struct trace_counters counters;

	if (fd >= 0 && file && copy_pages(trace, fd, file) && fflush(file) == 0) {
		snprintf(name, sizeof(name), "cpu%u.raw", cpu);
		capture_put(trace->capture, name, "sub-buffers of a CPU's trace ring",
			    content, len);
	}
	if (file)
		fclose(file);
	free(content);
	if (trace_instance_counters(&trace->instance, cpu, &counters) == 0)
		trace->lost +=
			counters.overrun + counters.commit_overrun + counters.dropped;
}

/* --- the instance --- */

/* Until the time is over, or somebody has seen enough: then what there is is taken. */
static void wait_for_events(const struct trace *trace)
{
	struct timespec time = { .tv_sec = (time_t)trace->capture->options->seconds };
	sigset_t set;
	int signal_number;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	fprintf(stderr, "rasctl: recording for %" PRIu64 " s; ^C ends it earlier\n",
		trace->capture->options->seconds);
	do
		signal_number = sigtimedwait(&set, NULL, &time);
	while (signal_number < 0 && errno == EINTR);
}

static int read_cpus(struct trace *trace)
{
	char list[4096];
	int n = file_read_line(AT_FDCWD, "/sys/devices/system/cpu/possible", list,
			       sizeof(list));

	n = n < 0 ? n : cpulist_parse(list, trace->cpus, CPUS_MAX);
	trace->n_cpus = n < 0 ? 0 : (size_t)n;
	return n;
}

static int open_instance(struct trace *trace, const char *top)
{
	char name[32];
	int r;

	snprintf(name, sizeof(name), "rasctl-%d", getpid());
	snprintf(trace->directory, sizeof(trace->directory), "%s/instances/%s", top,
		 name);
	r = trace_instance_open(name, RING_HARDWARE, &trace->instance);
	return r < 0 ? r :
		       trace_instance_settle(&trace->instance, BYTES_PER_CPU,
					     SUB_BUFFER_BYTES);
}

/* Nothing of it stays in the kernel. */
static void close_instance(struct trace *trace)
{
	bool was_open = trace->instance.fs != NULL;

	trace_instance_close(&trace->instance);
	if (was_open && rmdir(trace->directory) < 0)
		complain(CTL_FAILED, "cannot remove the trace instance %s: %s",
			 trace->directory, strerror(errno));
}

static void record(struct trace *trace, const char *top)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/events/header_page", top);
	capture_copy(trace->capture, path, "header_page",
		     "the kernel's description of a sub-buffer");
	if (mkdirat(trace->capture->dirfd, "format", 0700) < 0)
		trace->capture->error = -errno;
	take_tracepoints(trace);
	wait_for_events(trace);
	trace_instance_pause(&trace->instance, true);
	for (size_t i = 0; i < trace->n_cpus; i++)
		take_cpu(trace, trace->cpus[i]);
	if (trace->lost)
		capture_miss(trace->capture, "trace records",
			     "%" PRIu64 " lost in the kernel: the rings were full",
			     trace->lost);
}

int capture_trace(struct capture *capture)
{
	static struct trace trace;
	const char *top;
	int r = trace_directory_use(capture->options->tracefs, &top);

	trace = (struct trace){ .capture = capture, .instance = { .lock_fd = -1 } };
	if (r < 0)
		return complain(CTL_FAILED, "tracefs is not mounted%s%s",
				capture->options->tracefs ? " at " : "",
				capture->options->tracefs ? capture->options->tracefs :
							    "");
	r = read_cpus(&trace);
	r = r < 0 ? r : open_instance(&trace, top);
	if (r >= 0)
		record(&trace, top);
	close_instance(&trace);
	if (r == -EACCES || r == -EPERM)
		return complain(
			CTL_FAILED,
			"no right to make a trace instance in %s: capture must be "
			"called as root",
			top);
	return r < 0 ? complain(CTL_FAILED, "cannot record with %s: %s", top,
				strerror(-r)) :
		       CTL_OK;
}
