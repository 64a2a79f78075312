// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Poison in rasd's own memory: not from a tracepoint, but from the handler of the signal
 * that told the process of it (poison/poison.h). The address is one of that process.
 */

#include "handlers/own_poison.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

enum { PROCESS, SIG, CODE, CODE_NAME, LSB, PLACE, FIELDS };

static const struct field fields[FIELDS] = {
	[PROCESS] = { .name = "process", .kind = FIELD_TEXT },
	[SIG] = { .name = "signal", .kind = FIELD_INT },
	[CODE] = { .name = "code", .kind = FIELD_INT },
	[CODE_NAME] = { .name = "code_name", .kind = FIELD_TEXT },
	[LSB] = { .name = "lsb", .kind = FIELD_INT },
	[PLACE] = { .name = "place", .kind = FIELD_TEXT },
};

static const char *name_of_code(int32_t code)
{
	switch (code) {
	case BUS_MCEERR_AR:
		return "BUS_MCEERR_AR";
	case BUS_MCEERR_AO:
		return "BUS_MCEERR_AO";
	case BUS_OBJERR:
		return "BUS_OBJERR";
	case 0x80:
		return "SI_KERNEL";
	}
	return NULL;
}

static void describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "rasd's %.*s process met poison", (int)detail[PROCESS].len,
		 detail[PROCESS].text);
	if (event->address_kind)
		text_add(out, " at %#" PRIx64, event->address);
	text_add(out, " (%.*s", (int)detail[PLACE].len, detail[PLACE].text);
	if (detail[CODE_NAME].kind == VALUE_TEXT)
		text_add(out, ", %.*s", (int)detail[CODE_NAME].len,
			 detail[CODE_NAME].text);
	text_add(out, ") and was replaced");
}

static const struct event_type type = {
	.name = "own-poison",
	.table = "own_poison",
	.fields = fields,
	.n_fields = FIELDS,
	.describe = describe,
};

void own_poison_event(const struct own_poison *poison, int64_t boottime_ns,
		      struct event *ret)
{
	event_init(ret, &type);
	ret->boottime_ns = boottime_ns;
	ret->source = SOURCE_SELF;
	ret->severity = SEVERITY_UNCORRECTED;
	ret->component = COMPONENT_RASD;
	ret->pid = poison->pid;
	ret->tgid = poison->pid;
	if (poison->address)
		event_set_address(ret, ADDRESS_VIRTUAL, poison->address);
	if (poison->address && poison->lsb > 0 && poison->lsb < 64)
		ret->address_mask = ~0ULL << poison->lsb;
	ret->detail[PROCESS] = value_text(poison->process);
	ret->detail[SIG] = value_int(poison->signal);
	ret->detail[CODE] = value_int(poison->code);
	ret->detail[CODE_NAME] = value_text(name_of_code(poison->code));
	if (poison->lsb)
		ret->detail[LSB] = value_int(poison->lsb);
	ret->detail[PLACE] = value_text(poison->place);
}

const struct handler handler_own_poison = {
	.type = &type,
	.ring = RING_HARDWARE,
};
