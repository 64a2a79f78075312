// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * signal_generate (include/trace/events/signal.h): the SIGBUS that poisoned memory sends,
 * and the SIGKILL that follows where a page could not be unmapped. `pid` is the target's
 * thread; the sender is whoever ran when the event was recorded.
 *
 * Any user can send itself SIGBUS with each of these codes (rt_sigqueueinfo), but nobody
 * can send BUS_MCEERR_AR or _AO to another process. (BUS_OBJERR one can: it is the number
 * of CLD_DUMPED, and a child may have SIGBUS for its exit signal.) So a signal counts as
 * confirmed only if it has one of those two and its target is not its sender. One that a
 * thread got in its own context, as all that touch a poisoned page do, may be real: it is
 * recorded, and summed up, and believed when something else says so. A forced SIGKILL has
 * many senders (the OOM killer, the end of a pid namespace) and alone proves nothing.
 */

#include "handlers/sigbus.h"

#include "event/handler.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#define SI_CODE_KERNEL 0x80

enum {
	SIG,
	CODE,
	COMM,
	PID,
	GROUP,
	RESULT,
	SIGNAL_NAME,
	CODE_NAME,
	RESULT_NAME,
	SENDER,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[SIG] = { .name = "signal", .kernel = "sig", .kind = FIELD_INT },
	[CODE] = { .name = "code", .kernel = "code", .kind = FIELD_INT },
	[COMM] = { .kernel = "comm", .kind = FIELD_TEXT },
	[PID] = { .kernel = "pid", .kind = FIELD_INT },
	[GROUP] = { .name = "to_process", .kernel = "group", .kind = FIELD_FLAG },
	[RESULT] = { .name = "delivery", .kernel = "result", .kind = FIELD_INT },
	[SIGNAL_NAME] = { .name = "signal_name", .kind = FIELD_TEXT },
	[CODE_NAME] = { .name = "code_name", .kind = FIELD_TEXT },
	[RESULT_NAME] = { .name = "delivery_name", .kind = FIELD_TEXT },
	[SENDER] = { .name = "sender_pid", .kind = FIELD_INT },
};

static const char *name_of_code(int64_t signal, int64_t code)
{
	if (code == SI_CODE_KERNEL)
		return "SI_KERNEL";
	if (signal != SIGBUS)
		return NULL;
	switch (code) {
	case BUS_OBJERR:
		return "BUS_OBJERR";
	case BUS_MCEERR_AR:
		return "BUS_MCEERR_AR";
	case BUS_MCEERR_AO:
		return "BUS_MCEERR_AO";
	}
	return NULL;
}

/* enum trace_signal result, include/trace/events/signal.h */
static const char *name_of_result(int64_t result)
{
	static const char *const names[] = { "delivered", "ignored by it",
					     "already pending", "overflow",
					     "information lost" };

	return result >= 0 && result < (int64_t)ARRAY_SIZE(names) ? names[result] : NULL;
}

static int decode(const struct record *record, struct event *event)
{
	struct value *detail = event->detail;
	bool is_sigbus = detail[SIG].i == SIGBUS;
	bool is_memory =
		detail[CODE].i == BUS_MCEERR_AR || detail[CODE].i == BUS_MCEERR_AO;

	event->pid = (int32_t)detail[PID].i;
	event->comm = detail[COMM];
	event->component = COMPONENT_PROCESS;
	detail[SIGNAL_NAME] = value_text(is_sigbus		  ? "SIGBUS" :
					 detail[SIG].i == SIGKILL ? "SIGKILL" :
								    NULL);
	detail[CODE_NAME] = value_text(name_of_code(detail[SIG].i, detail[CODE].i));
	detail[RESULT_NAME] = value_text(name_of_result(detail[RESULT].i));
	detail[SENDER] = value_int(record->common_pid);
	if (is_sigbus && is_memory && record->common_pid != event->pid) {
		event->severity = SEVERITY_UNCORRECTED;
	} else {
		event->severity = SEVERITY_INFO;
		event->flags |= EVENT_UNCONFIRMED;
	}
	return 1;
}

void signal_facts(const struct event *event, struct signal_facts *ret)
{
	const struct value *detail = event->detail;

	*ret = (struct signal_facts){ .number = (int32_t)detail[SIG].i,
				      .code = (int32_t)detail[CODE].i,
				      .sender = (int32_t)detail[SENDER].i };
	ret->is_memory = ret->number == SIGKILL ?
				 ret->code == SI_CODE_KERNEL :
				 ret->code == BUS_MCEERR_AR || ret->code == BUS_MCEERR_AO;
}

static void add_name(struct text *out, const struct value *name,
		     const struct value *number)
{
	if (name->kind == VALUE_TEXT)
		text_add_escaped(out, name->text, name->len);
	else
		text_add(out, "%" PRId64, number->i);
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	add_name(out, &detail[SIGNAL_NAME], &detail[SIG]);
	text_add(out, " ");
	add_name(out, &detail[CODE_NAME], &detail[CODE]);
	if (event->pid) {
		text_add(out, " to ");
		text_add_escaped(out, event->comm.text, event->comm.len);
		text_add(out, "[%d]", event->pid);
		/* its sender killed others with the same row */
		if (detail[SIG].i == SIGKILL && event->count > 1)
			text_add(out, " and others");
	} else {
		text_add(out, " to many");
	}
	if (event->count == 1 && detail[RESULT].kind == VALUE_INT && detail[RESULT].i) {
		text_add(out, ", ");
		add_name(out, &detail[RESULT_NAME], &detail[RESULT]);
	}
	if (event->flags & EVENT_UNCONFIRMED)
		text_add(out, ", unconfirmed");
}

static const struct event_type type = {
	.name = "sigbus",
	.table = "sigbus",
	.role = ROLE_SIGNAL,
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_sigbus = {
	.type = &type,
	.tracepoints = { { "signal:signal_generate",
			   "(sig == 7 && (code == 3 || code == 4 || code == 5 || "
			   "code == 128)) || (sig == 9 && code == 128)" } },
	.ring = RING_SIGNAL,
	.decode = decode,
};
