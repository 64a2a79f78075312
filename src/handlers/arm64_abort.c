// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Errors that an arm64 CPU took as an exception and that only the kernel's log tells of
 * (arch/arm64/kernel/traps.c, arch/arm64/mm/fault.c, drivers/acpi/apei/ghes.c):
 *
 *	SError Interrupt on CPU1, code 0x00000000be000011 -- SError
 *	Internal error: synchronous external abort: 0000000096000410 [#1] PREEMPT SMP
 *	COMM[123]: unhandled exception: DABT (lower EL), ESR 0x0000000092000410,
 *		synchronous external abort in …
 *	GHES: COMM:123: synchronous unrecoverable error (SIGBUS)
 *
 * The first two are the machine's end: in kernel mode arm64 knows no way back, whatever
 * the error hit. They are found in what pstore kept, or live where a panic was avoided.
 * COMM is the user's choice of up to 15 bytes, so it is read from its right end.
 */

#include "event/handler.h"

#include "util/scan.h"

enum { KIND, MODE, ESR, FIELDS };

static const struct field fields[FIELDS] = {
	[KIND] = { .name = "kind", .kind = FIELD_TEXT },
	[MODE] = { .name = "mode", .kind = FIELD_TEXT },
	[ESR] = { .name = "esr", .kind = FIELD_HEX },
};

#define COMM_BYTES 15

static const char serror[] = "SError", unclaimed[] = "synchronous unrecoverable error";
static const char kernel_mode[] = "kernel", user_mode[] = "user";

static void set(struct event *event, struct value kind, const char *mode)
{
	event->detail[KIND] = kind;
	event->detail[MODE] = value_text(mode);
	event->severity = mode == kernel_mode ? SEVERITY_FATAL : SEVERITY_UNCORRECTED;
	event->component = COMPONENT_CPU;
}

/* The names of fault_info[] that are hardware's. */
static bool is_hardware(const char *name, size_t len)
{
	struct scan scan = scan_of(name, len);

	return scan_to(&scan, "synchronous external abort") ||
	       scan_to(&scan, "synchronous parity");
}

static bool take_serror(struct scan scan, struct event *event)
{
	uint64_t cpu, esr;

	if (!scan_word(&scan, "SError Interrupt on CPU") || !scan_uint64(&scan, &cpu) ||
	    cpu > INT32_MAX || !scan_word(&scan, ", code ") || !scan_hex(&scan, &esr))
		return false;
	set(event, value_text(serror), kernel_mode);
	event->detail[ESR] = value_uint(esr);
	event->cpu = (int32_t)cpu;
	return true;
}

static bool take_internal_error(struct scan scan, struct event *event)
{
	const char *name;
	uint64_t esr;

	if (!scan_word(&scan, "Internal error: "))
		return false;
	name = scan.at;
	if (!scan_to(&scan, ": ") || !is_hardware(name, (size_t)(scan.at - name)))
		return false;
	set(event, value_text_of(name, (size_t)(scan.at - name) - 2), kernel_mode);
	if (scan_hex(&scan, &esr))
		event->detail[ESR] = value_uint(esr);
	return true;
}

/* "COMM[123]" or "COMM:123", all of [from, to). */
static bool take_thread(const char *from, const char *to, const char *open,
			const char *close, struct event *event)
{
	struct scan scan = { from, to };
	const char *comm_end;
	uint64_t pid;

	if (!scan_to_last(&scan, open))
		return false;
	comm_end = scan.at - 1;
	if (!scan_uint64(&scan, &pid) || !scan_word(&scan, close) || scan.at != to ||
	    !pid || pid > INT32_MAX || comm_end - from > COMM_BYTES)
		return false;
	event->pid = (int32_t)pid;
	event->comm = value_text_of(from, (size_t)(comm_end - from));
	return true;
}

static bool take_unhandled(struct scan scan, struct event *event)
{
	static const char middle[] = ": unhandled exception: ";
	const char *line = scan.at, *name;
	uint64_t esr;

	if (!scan_to_last(&scan, middle) ||
	    !take_thread(line, scan.at - (sizeof(middle) - 1), "[", "]", event))
		return false;
	if (scan_to(&scan, "ESR ") && scan_hex(&scan, &esr))
		event->detail[ESR] = value_uint(esr);
	scan_word(&scan, ", ");
	name = scan.at;
	if (!scan_to_last(&scan, " in "))
		scan.at = scan.end;
	else
		scan.at -= 4;
	if (!is_hardware(name, (size_t)(scan.at - name)))
		return false;
	set(event, value_text_of(name, (size_t)(scan.at - name)), user_mode);
	return true;
}

static bool take_unclaimed(struct scan scan, struct event *event)
{
	static const char end[] = ": synchronous unrecoverable error (SIGBUS)";
	const char *thread;

	if (!scan_word(&scan, "GHES: "))
		return false;
	thread = scan.at;
	if (!scan_to_last(&scan, end) || scan.at != scan.end ||
	    !take_thread(thread, scan.at - (sizeof(end) - 1), ":", "", event))
		return false;
	set(event, value_text(unclaimed), user_mode);
	return true;
}

static int decode_line(const struct record *record, const char *line, size_t len,
		       struct event *event)
{
	static bool (*const forms[])(struct scan,
				     struct event *) = { take_serror, take_internal_error,
							 take_unhandled, take_unclaimed };

	(void)record;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (forms[i](scan_of(line, len), event))
			return 1;
	return 0;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add_escaped(out, detail[KIND].text, detail[KIND].len);
	text_add(out, " in ");
	text_add_escaped(out, detail[MODE].text, detail[MODE].len);
	text_add(out, " mode");
	if (event->cpu >= 0)
		text_add(out, " on CPU %d", event->cpu);
	if (event->comm.kind == VALUE_TEXT) {
		text_add(out, " of ");
		text_add_escaped(out, event->comm.text, event->comm.len);
		text_add(out, "[%d]", event->pid);
	}
	if (detail[ESR].kind == VALUE_INT)
		text_add(out, ", ESR %#llx",
			 (unsigned long long)value_as_uint(&detail[ESR]));
	if (event->severity == SEVERITY_FATAL)
		text_add(out, ": it cost the machine");
}

static const struct event_type type = {
	.name = "arm64-abort",
	.table = "arm64_abort",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

const struct handler handler_arm64_abort = {
	.type = &type,
	.decode_line = decode_line,
};
