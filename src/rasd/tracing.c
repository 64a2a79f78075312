// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/tracing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <traceevent/event-parse.h>

#include "util/cpulist.h"
#include "util/file.h"
#include "util/log.h"

#define CPUS_MAX	    8192
#define SUB_BUFFERS_PER_CPU 4 /* at least, so that one can be read while others fill */

static int read_cpus(struct tracing *tracing, const char *sysfs, struct text *ret_why)
{
	char path[4096], list[4096];
	int n;

	snprintf(path, sizeof(path), "%s/devices/system/cpu/possible", sysfs);
	n = file_read_line(AT_FDCWD, path, list, sizeof(list));
	tracing->cpus = calloc(CPUS_MAX, sizeof(tracing->cpus[0]));
	if (!tracing->cpus)
		return -ENOMEM;
	if (n >= 0)
		n = cpulist_parse(list, tracing->cpus, CPUS_MAX);
	if (n == 0)
		n = -ENODATA;
	if (n < 0)
		text_add(ret_why, "cannot read the possible CPUs from %s: %s", path,
			 strerror(-n));
	tracing->n_cpus = n < 0 ? 0 : (size_t)n;
	return n;
}

static void explain_directory(int r, const char *tracefs, struct text *ret_why)
{
	if (tracefs && r == -ENOENT)
		text_add(ret_why, "%s is not a tracefs (it has no instances/)", tracefs);
	else if (tracefs)
		text_add(ret_why, "cannot use the tracefs %s: %s", tracefs, strerror(-r));
	else
		text_add(ret_why, "tracefs is not mounted; mount it with "
				  "'mount -t tracefs tracefs /sys/kernel/tracing'");
}

static void explain_instance(int r, const char *directory, const char *name,
			     struct text *ret_why)
{
	if (r == -EWOULDBLOCK)
		text_add(ret_why,
			 "another rasd is running on trace instance \"%s\"; stop it, "
			 "or give this one another with --instance",
			 name);
	else if (r == -EACCES || r == -EPERM)
		text_add(ret_why,
			 "no right to create %s/instances/%s: rasd must run as root "
			 "(and tracefs must not be locked down)",
			 directory, name);
	else if (r == -EROFS)
		text_add(ret_why, "%s is mounted read-only", directory);
	else
		text_add(ret_why, "cannot open trace instance %s/instances/%s: %s",
			 directory, name, strerror(-r));
}

static int open_instances(struct tracing *tracing, const char *name, struct text *ret_why)
{
	static const char *const suffixes[TRACE_RING_MAX] = {
		[RING_HARDWARE] = "", [RING_SIGNAL] = "-signal"
	};

	for (int ring = 0; ring < TRACE_RING_MAX; ring++) {
		char full[64];
		int r;

		snprintf(full, sizeof(full), "%s%s", name, suffixes[ring]);
		r = trace_instance_open(full, ring, &tracing->instances[ring]);
		if (r < 0) {
			explain_instance(r, tracing->directory, full, ret_why);
			return r;
		}
	}
	return 0;
}

/*
 * Opens and locks the instances `name` and `name`-signal below `tracefs` (NULL: where it
 * is mounted); `sysfs` is borrowed. On failure `ret_why` is one sentence for people. Call
 * tracing_close() either way.
 */
int tracing_open(struct tracing *tracing, const struct handler_table *handlers,
		 const char *tracefs, const char *sysfs, const char *name,
		 struct text *ret_why)
{
	int r;

	*tracing = (struct tracing){ .handlers = handlers, .sysfs = sysfs };
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		tracing->instances[ring].lock_fd = -1;
	r = trace_directory_use(tracefs, &tracing->directory);
	if (r < 0) {
		explain_directory(r, tracefs, ret_why);
		return r;
	}
	r = read_cpus(tracing, sysfs, ret_why);
	return r < 0 ? r : open_instances(tracing, name, ret_why);
}

/* The instances stay in the kernel and go on recording. */
void tracing_close(struct tracing *tracing)
{
	for (size_t i = 0; i < HANDLERS_MAX; i++)
		tracepoint_free(tracing->tracepoints[i]);
	for (int ring = 0; ring < TRACE_RING_MAX; ring++)
		trace_instance_close(&tracing->instances[ring]);
	free(tracing->cpus);
	*tracing = (struct tracing){ 0 };
}

/* Hardware gets three quarters of the budget: a CPER record takes more than a signal. */
static uint64_t bytes_per_cpu(const struct tracing *tracing, enum trace_ring ring,
			      const struct config *config)
{
	uint64_t part = config->buffer_bytes / 4 * (ring == RING_HARDWARE ? 3 : 1);

	return part / tracing->n_cpus;
}

/*
 * Large sub-buffers, because a record that does not fit in one is dropped by the kernel
 * and not counted; but several for each CPU, within the budget. Signals are small: theirs
 * stay.
 */
static size_t sub_buffer_bytes(const struct tracing *tracing, enum trace_ring ring,
			       const struct config *config)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = config->sub_buffer_bytes;

	if (ring != RING_HARDWARE)
		return tracing->instances[ring].sub_buffer_bytes;
	while (size > page &&
	       size * SUB_BUFFERS_PER_CPU > bytes_per_cpu(tracing, ring, config))
		size /= 2;
	return MAX(size, page);
}

/* Whether tracing_settle() would throw away what the instance holds. */
bool tracing_must_empty(const struct tracing *tracing, enum trace_ring ring,
			const struct config *config)
{
	const struct trace_instance *instance = &tracing->instances[ring];

	return !instance->fresh &&
	       !trace_instance_is_settled(instance,
					  sub_buffer_bytes(tracing, ring, config));
}

int tracing_settle(struct tracing *tracing, enum trace_ring ring,
		   const struct config *config)
{
	return trace_instance_settle(&tracing->instances[ring],
				     bytes_per_cpu(tracing, ring, config),
				     sub_buffer_bytes(tracing, ring, config));
}

static void hold_consumer(const struct tracing *tracing,
			  const struct handler_tracepoint *wanted, struct tracepoint *tp)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/kernel/debug/%s", tracing->sysfs,
		 wanted->consumer);
	tp->consumer_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (tp->consumer_fd < 0)
		log_warning("cannot open %s: %s; without that the kernel does not record "
			    "%s",
			    path, strerror(errno), wanted->name);
}

static struct tracepoint *attach_to(struct tracing *tracing,
				    const struct handler *handler,
				    const struct handler_tracepoint *wanted,
				    int *ret_error)
{
	const struct trace_instance *instance = &tracing->instances[handler->ring];
	const char *name = wanted->name;
	size_t len;
	_cleanup_(free_ptr) char *format =
		trace_format_read(instance, name, &len, ret_error);
	char filter_text[TRACE_FILTER_BYTES] = "";
	struct text filter = TEXT_IN(filter_text);
	struct tep_handle *tep;
	struct tracepoint *tp;

	if (!format)
		return NULL;
	tep = tep_alloc();
	if (!tep) {
		*ret_error = -ENOMEM;
		return NULL;
	}
	tp = tracepoint_new(tep, handler, name, format, len, ret_error);
	tep_free(tep); /* everything that is needed was copied: a parsed system takes MiBs
			*/
	if (!tp)
		return NULL;
	*ret_error = tracepoint_filter(tp, wanted, &filter);
	if (*ret_error >= 0)
		*ret_error = trace_instance_enable(&tracing->instances[handler->ring],
						   name, filter.len ? filter_text : NULL);
	if (*ret_error < 0)
		return tracepoint_free(tp);
	if (wanted->consumer)
		hold_consumer(tracing, wanted, tp);
	return tp;
}

/*
 * Resolves a handler's tracepoint and starts recording it, if it is not attached already.
 * NULL if it was or if that is not possible now; tracing->errors says why. NULL, too, for
 * a handler that has none: its events come from elsewhere.
 */
struct tracepoint *tracing_attach(struct tracing *tracing, size_t i)
{
	const struct handler *handler = tracing->handlers->handlers[i];

	if (tracing->tracepoints[i])
		return NULL;
	for (size_t n = 0; n < HANDLER_TRACEPOINTS_MAX && handler->tracepoints[n].name;
	     n++) {
		tracing->tracepoints[i] = attach_to(
			tracing, handler, &handler->tracepoints[n], &tracing->errors[i]);
		if (tracing->tracepoints[i] ||
		    (tracing->errors[i] != -ENOENT && tracing->errors[i] != -EINVAL))
			break;
	}
	return tracing->tracepoints[i];
}

/* False: the kernel has it no more, or another one, as after its module went. */
bool tracing_is_recorded(const struct tracing *tracing, size_t i)
{
	const struct tracepoint *tp = tracing->tracepoints[i];
	const struct handler *handler = tracing->handlers->handlers[i];

	return tp && trace_instance_records(&tracing->instances[handler->ring], tp->name,
					    tp->id);
}

/* What tracing_attach() gave is no more; whoever borrowed it has let it go. */
void tracing_detach(struct tracing *tracing, size_t i)
{
	tracing->tracepoints[i] = tracepoint_free(tracing->tracepoints[i]);
	tracing->errors[i] = -ENOENT;
}

/* Says in the status page how one handler's source stands, if it is a tracepoint. */
void tracing_report_one(const struct tracing *tracing, size_t i,
			struct ring_status *status)
{
	const struct handler *handler = tracing->handlers->handlers[i];
	const struct tracepoint *tp = tracing->tracepoints[i];
	struct status_source *source = &status->sources[i];

	if (!handler->tracepoints[0].name)
		return;
	copy_text(source->name, sizeof(source->name),
		  tp ? tp->name : handler->tracepoints[0].name);
	source->error = tp ? 0 : -tracing->errors[i];
	source->state = tp			      ? SOURCE_READY :
			tracing->errors[i] == -ENOENT ? SOURCE_ABSENT :
							SOURCE_FAILED;
}

/* Says which sources there are, in the log and in the status page. */
void tracing_report(const struct tracing *tracing, struct ring_status *status)
{
	static const char *const words[SOURCE_STATE_MAX] = { [SOURCE_READY] = "recording",
							     [SOURCE_ABSENT] =
								     "not in this kernel",
							     [SOURCE_FAILED] = "failed" };

	for (size_t i = 0; i < tracing->handlers->n_handlers; i++)
		tracing_report_one(tracing, i, status);
	for (int state = SOURCE_READY; state < SOURCE_STATE_MAX; state++) {
		char line[64 * STATUS_SOURCES_MAX] = "";
		struct text text = TEXT_IN(line);

		for (size_t i = 0; i < tracing->handlers->n_handlers; i++) {
			const struct status_source *source = &status->sources[i];

			if (source->state != state)
				continue;
			text_add(&text, "%s%s", text.len ? ", " : "", source->name);
			if (source->error && state == SOURCE_FAILED)
				text_add(&text, " (%s)", strerror(source->error));
		}
		if (text.len)
			log_line(state == SOURCE_FAILED ? LOG_WARNING : LOG_INFO,
				 "%s: %s", words[state], line);
	}
}
