// SPDX-License-Identifier: LGPL-2.1-or-later

#include "cper/hip08.h"

#include <inttypes.h>

/* Validity bits of the head; those from 6 on are the registers'. */
#define VALID(bit) (1ULL << (bit))

/* struct hisi_oem_type1_err_sec and _type2_ in HiSilicon's own kernels
 * (sysctl_local_ras.h): both begin with these. */
const struct layout_field hip08_head[HIP08_HEAD_FIELDS] = {
	{ HIP08_VERSION, .at = 4, .width = 1 },
	{ HIP08_SOC, .at = 5, .width = 1, .valid = VALID(0) },
	{ HIP08_SOCKET, .at = 6, .width = 1, .valid = VALID(1) },
	{ HIP08_NIMBUS, .at = 7, .width = 1, .valid = VALID(2) },
	{ HIP08_MODULE, .at = 8, .width = 1, .valid = VALID(3) },
	{ HIP08_SUBMODULE, .at = 9, .width = 1, .valid = VALID(4) },
	{ HIP08_SEVERITY, .at = 10, .width = 1, .valid = VALID(5),
	  .text = HIP08_SEVERITY_TEXT, .words = &layout_severities },
};

static const struct hip08_module *module_of(const struct hip08_oem *oem,
					    const struct value *id)
{
	for (size_t i = 0; id->kind == VALUE_INT && i < oem->n_modules; i++)
		if (oem->modules[i].id == value_as_uint(id))
			return &oem->modules[i];
	return NULL;
}

/* The groups follow each other in the numbering of submodules. */
static void add_submodule(const struct hip08_module *module, uint64_t number,
			  struct text *out)
{
	for (size_t i = 0; i < HIP08_GROUPS_MAX && module->groups[i].name; i++) {
		const struct hip08_group *group = &module->groups[i];

		if (number < MAX(group->n, 1u)) {
			text_add(out, "%s", group->name);
			if (group->n)
				text_add(out, "%" PRIu64, number);
			return;
		}
		number -= MAX(group->n, 1u);
	}
}

static void set_names(const struct hip08_oem *oem, struct event *event,
		      struct arena *arena)
{
	struct value *detail = event->detail;
	const struct hip08_module *module = module_of(oem, &detail[HIP08_MODULE]);
	char buf[HIP08_NAME_BYTES] = "";
	struct text name = TEXT_IN(buf);

	if (!module)
		return;
	detail[HIP08_MODULE_TEXT] = value_text(module->name);
	if (module->component != COMPONENT_UNKNOWN)
		event->component = module->component;
	if (detail[HIP08_SUBMODULE].kind == VALUE_INT)
		add_submodule(module, value_as_uint(&detail[HIP08_SUBMODULE]), &name);
	if (name.len)
		layout_set_text(&detail[HIP08_SUBMODULE_TEXT], &name, arena);
}

/* "socket1 TB_DDRC2" */
static void set_device(struct event *event, struct arena *arena)
{
	const struct value *detail = event->detail;
	const struct value *part = detail[HIP08_SUBMODULE_TEXT].kind == VALUE_TEXT ?
					   &detail[HIP08_SUBMODULE_TEXT] :
					   &detail[HIP08_MODULE_TEXT];
	char buf[2 * HIP08_NAME_BYTES] = "";
	struct text device = TEXT_IN(buf);

	if (detail[HIP08_SOCKET].kind == VALUE_INT)
		text_add(&device, "socket%" PRIu64, value_as_uint(&detail[HIP08_SOCKET]));
	if (part->kind == VALUE_TEXT)
		text_add(&device, "%s%.*s", device.len ? " " : "", (int)part->len,
			 part->text);
	if (device.len)
		layout_set_text(&event->device, &device, arena);
}

/* decode_section() of both; the event's first list is the registers'. */
int hip08_decode(const struct hip08_oem *oem, const struct cper_section *section,
		 struct arena *arena, struct event *event)
{
	struct layout_body body;
	int r = layout_begin(&oem->layout, section, arena, event, &body);

	if (r < 0)
		return r;
	set_names(oem, event, arena);
	set_device(event, arena);
	r = layout_registers_fill(&oem->layout, NULL, &body, 0, arena, event);
	if (r < 0)
		return r;
	layout_end(&body, HIP08_UNDECODED, event);
	return 1;
}

void hip08_describe(const struct event *event, struct text *out)
{
	const struct value *detail = event->detail;

	text_add(out, "%s error of ", severity_name(event->severity));
	if (detail[HIP08_SUBMODULE_TEXT].kind == VALUE_TEXT)
		text_add_escaped(out, detail[HIP08_SUBMODULE_TEXT].text,
				 detail[HIP08_SUBMODULE_TEXT].len);
	else if (detail[HIP08_MODULE_TEXT].kind == VALUE_TEXT)
		text_add_escaped(out, detail[HIP08_MODULE_TEXT].text,
				 detail[HIP08_MODULE_TEXT].len);
	else if (detail[HIP08_MODULE].kind == VALUE_INT)
		text_add(out, "module %" PRIu64, value_as_uint(&detail[HIP08_MODULE]));
	else
		text_add(out, "a part of the chip");
	if (detail[HIP08_SOCKET].kind == VALUE_INT)
		text_add(out, " on socket %" PRIu64,
			 value_as_uint(&detail[HIP08_SOCKET]));
	text_add(out, ", %zu registers", event->lists[0].n_rows);
}
