// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/pipeline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "event/wire.h"
#include "handlers/sigbus.h"
#include "rasd/messages.h"
#include "rasd/sums.h"
#include "util/clock.h"
#include "util/log.h"

#define ARENA_BYTES \
	(1024 * 1024) /* of an event's texts and list rows; touched as needed */
#define MESSAGE_BYTES_MAX (512 * 1024)
#define KEPT_FOR_CONTROL  65536 /* room in the ring that events leave to messages */
#define CLOCK_STEP_NS	  (10 * NS_PER_MSEC) /* less is drift, not worth a row */

static struct ring_status *status_of(struct pipeline *pipeline)
{
	return pipeline->ring->status;
}

/* Neither of them ever goes back. */
static bool is_later(const struct message_round *a, const struct message_round *b)
{
	return a->round > b->round || a->next_id > b->next_id ||
	       a->log_done > b->log_done;
}

/* What was published last, also if it was in a page that is lost by now. */
static struct message_round last_published(const struct ring *ring)
{
	struct message_round round = { .next_id = 1 };
	struct pipeline_mark mark;
	struct ring_message message;
	uint64_t at = ring_durable(ring);

	for (; ring_peek(ring, at, &message) > 0; at = message.next)
		if (message.kind == MESSAGE_ROUND && message.len == sizeof(round))
			memcpy(&round, message.payload, sizeof(round));
	if (ring_vital_get(ring, VITAL_ROUND, &mark, sizeof(mark)) &&
	    mark.written <= ring_written(ring) && is_later(&mark.round, &round))
		round = mark.round;
	return round;
}

/*
 * Where an earlier process stopped. The note is read after the ring, because a store that
 * is still at work writes it before it moves the durable position on.
 */
static void find_where_we_are(struct pipeline *pipeline)
{
	struct message_round round = last_published(pipeline->ring);
	struct pipeline_note note;

	if (ring_vital_get(pipeline->ring, VITAL_NOTE, &note, sizeof(note)) &&
	    is_later(&note.durable, &round))
		round = note.durable;
	pipeline->finished_round = round.round;
	pipeline->next_id = round.next_id;
	pipeline->next_log = round.next_log;
	pipeline->log_done = round.log_done;
	pipeline->log_lost = round.log_lost;
	pipeline->spilled = MAX(round.spilled, pipeline->ring->status->spilled);
	trace_reader_resume(pipeline->reader, round.round);
}

/* All that is passed is borrowed. Call pipeline_deinit() also after a failure. */
int pipeline_init(struct pipeline *pipeline, const struct handler_table *handlers,
		  struct ring *ring, struct trace_reader *reader, const char *instance,
		  uint64_t senders)
{
	*pipeline = (struct pipeline){
		.handlers = handlers,
		.instance = instance,
		.ring = ring,
		.reader = reader,
		.page_size = (uint64_t)sysconf(_SC_PAGESIZE),
		.id_base = -1,
		.arena = { .base = malloc(ARENA_BYTES), .size = ARENA_BYTES },
		.message = malloc(MESSAGE_BYTES_MAX),
		.sums = sums_new(senders),
	};
	pipeline->proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!pipeline->arena.base || !pipeline->message || !pipeline->sums)
		return -ENOMEM;
	find_where_we_are(pipeline);
	return pipeline->proc_fd < 0 ? -errno : 0;
}

void pipeline_deinit(struct pipeline *pipeline)
{
	free(pipeline->arena.base);
	free(pipeline->message);
	free(pipeline->by_id);
	sums_free(pipeline->sums);
	close_fd(pipeline->proc_fd);
}

/*
 * Stages a message that is not an event. False: there is no room; say it again later.
 * That there was something is remembered in pipeline->untold.
 */
bool pipeline_tell(struct pipeline *pipeline, uint16_t kind, const void *message,
		   size_t len)
{
	bool told = ring_put(pipeline->ring, kind, message, len) >= 0;

	pipeline->untold |= !told;
	return told;
}

/*
 * What events of a severity leave free: when the ring fills because nothing reaches the
 * disk, corrected errors give way first, and the last eighth is for what is uncorrected.
 * Messages that are no events find room in any case.
 */
static size_t kept_free(const struct ring *ring, enum severity severity)
{
	if (severity <= SEVERITY_CORRECTED)
		return ring->data_bytes / 4;
	if (severity == SEVERITY_DEFERRED)
		return ring->data_bytes / 8;
	return KEPT_FOR_CONTROL;
}

static bool has_room(struct ring *ring, size_t len, enum severity severity)
{
	return ring_room(ring) > len + kept_free(ring, severity) &&
	       ring_reserve(ring, len + KEPT_FOR_CONTROL);
}

static void count(struct pipeline *pipeline, const struct event *event)
{
	struct ring_status *status = status_of(pipeline);
	uint32_t i = 0;

	while (i < pipeline->handlers->n_handlers &&
	       pipeline->handlers->handlers[i]->type != event->type)
		i++;
	if (i < STATUS_TYPES_MAX)
		status->types[i].events += event->count;
	status->last_event_ns = MAX(status->last_event_ns, event->time_ns);
}

static void log_event(struct pipeline *pipeline, const struct event *event)
{
	char line[EVENT_TEXT_BYTES] = "", id[32] = "";
	struct text text = TEXT_IN(line);

	if (pipeline->log_lines >= pipeline->log_lines_max) {
		pipeline->log_suppressed++;
		return;
	}
	pipeline->log_lines++;
	event_describe(event, &text);
	if (pipeline->id_base >= 0)
		snprintf(id, sizeof(id), " #%llu",
			 (unsigned long long)pipeline->id_base + event->id);
	log_line(event->severity >= SEVERITY_DEFERRED &&
				 event->severity <= SEVERITY_FATAL ?
			 LOG_WARNING :
			 LOG_NOTICE,
		 "%s%s, %s: %s", event->type ? event->type->name : "unknown", id,
		 severity_name(event->severity), line);
}

/* Call every few seconds: the lines of a new window may be logged. */
void pipeline_log_window(struct pipeline *pipeline)
{
	if (pipeline->log_suppressed)
		log_notice(
			"%llu more events were recorded and not logged (see rasctl events)",
			(unsigned long long)pipeline->log_suppressed);
	pipeline->log_suppressed = 0;
	pipeline->log_lines = 0;
}

/* `raw` is what an event without a type consists of. */
static ssize_t encode(struct pipeline *pipeline, const struct event *event,
		      const struct trace_record *raw)
{
	if (!event->type)
		return event_encode_unknown(event, raw->bytes, raw->len,
					    pipeline->message, MESSAGE_BYTES_MAX);
	return event_encode(event, pipeline->handlers, pipeline->message,
			    MESSAGE_BYTES_MAX);
}

/* False: there is no room, and it is counted as lost. */
static bool stage(struct pipeline *pipeline, struct event *event,
		  const struct trace_record *raw)
{
	ssize_t len;

	event->id = pipeline->next_id;
	len = encode(pipeline, event, raw);
	if (len < 0 || !has_room(pipeline->ring, (size_t)len, event->severity) ||
	    ring_put(pipeline->ring, MESSAGE_EVENT, pipeline->message, (size_t)len) < 0) {
		pipeline->spilled += event->count;
		return false;
	}
	pipeline->next_id++;
	count(pipeline, event);
	log_event(pipeline, event);
	return true;
}

/* Whose thread it is, if it is still there and began before the event. */
static void find_owner(struct pipeline *pipeline, struct event *event)
{
	struct process *owner = &pipeline->owner;

	pipeline->has_owner =
		event->pid && process_find(pipeline->proc_fd, SYSTEMD_UNITS, event->pid,
					   event->boottime_ns, owner) >= 0;
	if (!pipeline->has_owner)
		return;
	event->tgid = owner->tgid;
	event->uid = owner->uid;
	if (owner->unit[0])
		event->unit = value_text(arena_copy_text(&pipeline->arena, owner->unit,
							 strlen(owner->unit)));
}

static void name_device(struct pipeline *pipeline, struct event *event)
{
	if (pipeline->devices)
		devices_name(pipeline->devices, event, &pipeline->arena);
}

static struct sum_key key_of(const struct event *event)
{
	struct signal_facts facts;

	signal_facts(event, &facts);
	return (struct sum_key){ .sender = facts.sender,
				 .signal = facts.number,
				 .code = facts.code };
}

/* Tells whoever brings events together of one that has its row, or is part of one. */
static void show(struct pipeline *pipeline, const struct event *event, int32_t common_pid)
{
	if (pipeline->observer)
		pipeline->observer(pipeline->observer_data, event, common_pid);
}

/* Of many senders no one's. */
static void disown(struct event *event)
{
	event->pid = 0;
	event->tgid = 0;
	event->uid = -1;
	event->unit = (struct value){ .kind = VALUE_NONE };
}

static void stage_unconfirmed(struct pipeline *pipeline, struct event *event,
			      const struct trace_record *raw)
{
	struct sum_key key = key_of(event);
	int32_t pid = event->pid, common_pid = key.sender;
	uint64_t id = pipeline->next_id;

	if (!sums_add(pipeline->sums, &key, event->boottime_ns, event->time_ns)) {
		event->id = sums_event(pipeline->sums, &key);
		pipeline->has_owner = false;
		count(pipeline, event);
		show(pipeline, event, common_pid);
		return;
	}
	find_owner(pipeline, event);
	if (!key.sender)
		disown(event);
	if (stage(pipeline, event, raw)) {
		sums_begun(pipeline->sums, &key, id);
		event->pid = pid;
		show(pipeline, event, common_pid);
	} else {
		sums_forget(pipeline->sums, &key);
	}
}

static struct tracepoint *find_tracepoint(const struct pipeline *pipeline,
					  const struct trace_record *raw)
{
	uint16_t id;

	if (raw->len < TRACE_COMMON_BYTES)
		return NULL;
	memcpy(&id, raw->bytes, sizeof(id));
	return id < pipeline->n_ids ? pipeline->by_id[id] : NULL;
}

static int32_t common_pid_of(const struct trace_record *raw)
{
	int32_t pid = 0;

	if (raw->len >= TRACE_COMMON_BYTES)
		memcpy(&pid, raw->bytes + 4, sizeof(pid));
	return pid;
}

/* As handler.decode(). What cannot be understood becomes an event without a type. */
static int understand(struct pipeline *pipeline, const struct trace_record *raw,
		      struct event *event)
{
	const struct tracepoint *tp = find_tracepoint(pipeline, raw);
	struct record record = { .page_size = pipeline->page_size,
				 .arena = &pipeline->arena,
				 .handlers = pipeline->handlers };
	int r;

	arena_reset(&pipeline->arena);
	r = tp ? tracepoint_extract(tp, raw->bytes, raw->len, event) : -ENOENT;
	if (r >= 0) {
		record.symbols = tp->symbols;
		record.common_pid = common_pid_of(raw);
		r = tp->handler->decode(&record, event);
	}
	if (r < 0) {
		status_of(pipeline)->undecoded++;
		event_init(event, NULL);
		r = 1;
	}
	return r;
}

static void take_record(void *userdata, const struct trace_record *raw)
{
	struct pipeline *pipeline = userdata;
	struct event event;

	if (pipeline->advance)
		pipeline->advance(pipeline->advance_data, raw->boottime_ns);
	status_of(pipeline)->records++;
	if (understand(pipeline, raw, &event) == 0) {
		status_of(pipeline)->not_ours++;
		return;
	}
	event.boottime_ns = raw->boottime_ns;
	event.time_ns = raw->boottime_ns + pipeline->clock_offset_ns;
	event.time_last_ns = event.time_ns;
	if (event.flags & EVENT_UNCONFIRMED && event.type->role == ROLE_SIGNAL) {
		stage_unconfirmed(pipeline, &event, raw);
		return;
	}
	find_owner(pipeline, &event);
	name_device(pipeline, &event);
	if (stage(pipeline, &event, raw))
		show(pipeline, &event, common_pid_of(raw));
}

/*
 * An event that no trace record brought; its time is of the boot clock, unless it has one
 * of UTC. Becomes visible with pipeline_publish(). False: there was no room, and it is
 * counted.
 */
bool pipeline_add(struct pipeline *pipeline, struct event *event)
{
	size_t used = pipeline->arena.used;
	bool staged;

	if (!event->time_ns) {
		event->time_ns = event->boottime_ns + clock_realtime_offset_ns();
		event->time_last_ns = event->time_ns;
	}
	pipeline->has_owner = false;
	name_device(pipeline, event);
	staged = stage(pipeline, event, NULL);
	if (staged)
		show(pipeline, event, 0);
	pipeline->arena.used = used;
	return staged;
}

/* A number for something that is no event, and is told beside them. */
uint64_t pipeline_take_id(struct pipeline *pipeline)
{
	return pipeline->next_id++;
}

/* What is told beside events and finds no room is lost, and counted as they are. */
void pipeline_tell_or_count(struct pipeline *pipeline, uint16_t kind, const void *message,
			    size_t len)
{
	if (!pipeline_tell(pipeline, kind, message, len))
		pipeline->spilled++;
}

/* Compared with what was told, not with the last round: drift adds up to a step. */
static void tell_clock(struct pipeline *pipeline)
{
	int64_t offset = clock_realtime_offset_ns();
	struct db_clock clock = { .boottime_ns = clock_now_ns(CLOCK_BOOTTIME),
				  .offset_ns = offset };

	pipeline->clock_offset_ns = offset;
	if (llabs(offset - pipeline->told_offset_ns) < CLOCK_STEP_NS)
		return;
	clock.synchronized = clock_is_synchronized();
	if (pipeline_tell(pipeline, MESSAGE_CLOCK, &clock, sizeof(clock)))
		pipeline->told_offset_ns = offset;
}

static void tell_sums(struct pipeline *pipeline)
{
	struct db_sum sum;
	size_t i = 0;

	while (ring_room(pipeline->ring) > 2 * sizeof(sum) &&
	       sums_take(pipeline->sums, &i, &sum))
		pipeline_tell(pipeline, MESSAGE_SUM, &sum, sizeof(sum));
}

static void tell_counter(struct pipeline *pipeline, const char *stage_name,
			 const char *instance, unsigned int cpu, uint64_t total,
			 bool fresh)
{
	struct db_counter counter = { .cpu = (int32_t)cpu,
				      .fresh = fresh,
				      .total = total,
				      .time_ns = clock_now_ns(CLOCK_REALTIME) };

	if (!total && !fresh)
		return;
	copy_text(counter.stage, sizeof(counter.stage), stage_name);
	copy_text(counter.instance, sizeof(counter.instance), instance);
	pipeline_tell(pipeline, MESSAGE_COUNTER, &counter, sizeof(counter));
}

/* More was lost, and no counter says so. */
void pipeline_tell_lost(struct pipeline *pipeline, const char *stage_name, uint64_t n)
{
	struct message_loss loss = { .count = n,
				     .time_ns = clock_now_ns(CLOCK_REALTIME) };

	copy_text(loss.stage, sizeof(loss.stage), stage_name);
	if (pipeline->tally)
		tally_lost(pipeline->tally, stage_name, n);
	pipeline_tell(pipeline, MESSAGE_LOSS, &loss, sizeof(loss));
}

static void tell_ring_counters(void *userdata, const struct trace_instance *instance,
			       unsigned int cpu, const struct trace_counters *counters)
{
	struct pipeline *pipeline = userdata;
	uint64_t ring = counters->overrun + counters->dropped;

	pipeline->ring_lost[instance->ring] += ring;
	pipeline->nested_lost[instance->ring] += counters->commit_overrun;
	pipeline->losses_grew = true;
	tell_counter(pipeline, "kernel-ring", instance->name, cpu, ring, instance->fresh);
	tell_counter(pipeline, "kernel-nested", instance->name, cpu,
		     counters->commit_overrun, instance->fresh);
}

/* For the metrics: what all CPUs of an instance lost. */
static void tally_losses(struct pipeline *pipeline)
{
	if (!pipeline->tally)
		return;
	for (size_t ring = 0; ring < TRACE_RING_MAX; ring++) {
		tally_lost_total(pipeline->tally, "kernel-ring", ring,
				 pipeline->ring_lost[ring], false);
		tally_lost_total(pipeline->tally, "kernel-nested", ring,
				 pipeline->nested_lost[ring], false);
	}
	tally_lost_total(pipeline->tally, "event-ring", 0, pipeline->spilled,
			 pipeline->ring->fresh);
	tally_lost_total(pipeline->tally, "kernel-log", 0, pipeline->log_lost,
			 pipeline->ring->fresh);
}

/*
 * All loss counters there are. Those of a fresh ring or instance begin at 0. False: not
 * all of them found room.
 */
bool pipeline_tell_losses(struct pipeline *pipeline)
{
	pipeline->untold = false;
	memset(pipeline->ring_lost, 0, sizeof(pipeline->ring_lost));
	memset(pipeline->nested_lost, 0, sizeof(pipeline->nested_lost));
	trace_reader_counters(pipeline->reader, true, tell_ring_counters, pipeline);
	tell_counter(pipeline, "event-ring", pipeline->instance, (unsigned int)-1,
		     pipeline->spilled, pipeline->ring->fresh);
	tell_counter(pipeline, "kernel-log", pipeline->instance, (unsigned int)-1,
		     pipeline->log_lost, pipeline->ring->fresh);
	tally_losses(pipeline);
	pipeline->losses_grew = false;
	return !pipeline->untold;
}

static void tell_round(struct pipeline *pipeline)
{
	struct pipeline_mark mark = { .round = { .round = pipeline->finished_round,
						 .next_id = pipeline->next_id,
						 .next_log = pipeline->next_log,
						 .log_done = pipeline->log_done,
						 .log_lost = pipeline->log_lost,
						 .spilled = pipeline->spilled } };

	pipeline_tell(pipeline, MESSAGE_ROUND, &mark.round, sizeof(mark.round));
	mark.written = pipeline->ring->staged;
	ring_vital_put(pipeline->ring, VITAL_ROUND, &mark, sizeof(mark));
}

/* Whether there is something for the other side to learn. */
static bool has_news(const struct pipeline *pipeline)
{
	return pipeline->ring->staged != ring_written(pipeline->ring) ||
	       pipeline->spilled != pipeline->ring->status->spilled;
}

/*
 * Shows the other side all that was added and told since the last round. True if that
 * was something.
 */
bool pipeline_publish(struct pipeline *pipeline)
{
	bool news = has_news(pipeline);

	if (news) {
		if (pipeline->spilled != status_of(pipeline)->spilled)
			tell_counter(pipeline, "event-ring", pipeline->instance,
				     (unsigned int)-1, pipeline->spilled, false);
		tell_round(pipeline);
	}
	ring_publish(pipeline->ring);
	status_of(pipeline)->spilled = pipeline->spilled;
	return news;
}

static void finish_round(struct pipeline *pipeline)
{
	tell_clock(pipeline);
	trace_reader_walk(pipeline->reader, take_record, pipeline);
	tell_sums(pipeline);
	if (pipeline->settle)
		pipeline->settle(pipeline->observer_data);
	pipeline->finished_round = trace_reader_round(pipeline->reader);
	trace_reader_counters(pipeline->reader, false, tell_ring_counters, pipeline);
	pipeline_publish(pipeline);
	trace_reader_done(pipeline->reader);
}

/*
 * The database is another one than before: what adds to rows that it does not have begins
 * anew.
 */
void pipeline_begin_database(struct pipeline *pipeline)
{
	sums_clear(pipeline->sums);
	pipeline->told_offset_ns = 0;
}

/*
 * Finishes what a process before us read from the kernel and did not publish. Returns 1
 * if there was such a round.
 */
int pipeline_recover(struct pipeline *pipeline)
{
	if (!trace_reader_has_leftover(pipeline->reader))
		return 0;
	if (trace_reader_round(pipeline->reader) <= pipeline->finished_round) {
		trace_reader_done(pipeline->reader);
		return 0;
	}
	finish_round(pipeline);
	return 1;
}

/* Reads what the rings have now. Returns how many sub-buffers that were. */
int pipeline_round(struct pipeline *pipeline)
{
	int n = trace_reader_fill(pipeline->reader);

	if (n == 0)
		return 0;
	status_of(pipeline)->rounds++;
	status_of(pipeline)->sub_buffers += (uint64_t)n;
	finish_round(pipeline);
	return n;
}
