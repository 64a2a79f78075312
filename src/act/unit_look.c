// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * What systemd says of a unit. All properties come with one call, as `systemctl show`
 * has them, so that they are of one moment; ours are picked out by name. Each must be
 * there and have the type that it has in org.freedesktop.systemd1(5): what is not known
 * must not look like "no job" or "no main process".
 */

#include "act/act_private.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "util/text.h"

#define ID_BYTES 16

struct property {
	const char *name, *type;
	int (*read)(sd_bus_message *message, const struct property *property, void *to);
	size_t offset, size; /* in struct unit_look */
};

static int read_text(sd_bus_message *message, const struct property *property, void *to)
{
	const char *text;
	int r = sd_bus_message_read_basic(message, 's', &text);

	if (r > 0)
		copy_text(to, property->size, text);
	return r;
}

static int read_number(sd_bus_message *message, const struct property *property, void *to)
{
	return sd_bus_message_read_basic(message, property->type[0], to);
}

/* 128 bits; none, or all of them 0, for a unit that never ran. */
static int read_id(sd_bus_message *message, const struct property *property, void *to)
{
	static const uint8_t none[ID_BYTES];
	struct text text = { .at = to, .size = property->size };
	const void *bytes;
	size_t size;
	int r = sd_bus_message_read_array(message, 'y', &bytes, &size);

	if (r < 0)
		return r;
	if (size != 0 && size != ID_BYTES)
		return -EBADMSG;
	if (size && memcmp(bytes, none, ID_BYTES) != 0)
		text_add_hex(&text, bytes, size);
	return 1;
}

static int read_job(sd_bus_message *message, const struct property *property, void *to)
{
	(void)property;
	return sd_bus_message_read(message, "(uo)", to, NULL);
}

#define AT(member) \
	offsetof(struct unit_look, member), sizeof(((struct unit_look *)NULL)->member)

static const struct property properties[] = {
	{ "LoadState", "s", read_text, AT(load_state) },
	{ "ActiveState", "s", read_text, AT(active_state) },
	{ "SubState", "s", read_text, AT(sub_state) },
	{ "Result", "s", read_text, AT(result) },
	{ "InvocationID", "ay", read_id, AT(invocation) },
	{ "MainPID", "u", read_number, AT(main_pid) },
	{ "ExecMainPID", "u", read_number, AT(exec_main_pid) },
	{ "ExecMainCode", "i", read_number, AT(exec_main_code) },
	{ "ExecMainStatus", "i", read_number, AT(exec_main_status) },
	{ "Delegate", "b", read_number, AT(delegated) },
	{ "Job", "(uo)", read_job, AT(job) },
	{ "ActiveExitTimestampMonotonic", "t", read_number, AT(active_exit_usec) },
	{ "ExecMainExitTimestampMonotonic", "t", read_number, AT(main_exit_usec) },
};

#define ALL_SEEN ((1U << ARRAY_SIZE(properties)) - 1)

static int read_value(sd_bus_message *message, const struct property *property,
		      struct unit_look *look)
{
	int r = sd_bus_message_enter_container(message, 'v', property->type);

	if (r > 0)
		r = property->read(message, property, (char *)look + property->offset);
	if (r > 0)
		r = sd_bus_message_exit_container(message);
	return r == 0 ? -EBADMSG : r;
}

/* One entry of the dictionary: a property of ours, or any other. */
static int read_entry(sd_bus_message *message, struct unit_look *look, unsigned int *seen)
{
	const char *name;
	int r = sd_bus_message_read_basic(message, 's', &name);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		if (strcmp(properties[i].name, name) != 0)
			continue;
		*seen |= 1U << i;
		return read_value(message, &properties[i], look);
	}
	return sd_bus_message_skip(message, "v");
}

static int read_properties(sd_bus_message *message, struct unit_look *look)
{
	unsigned int seen = 0;
	int r = sd_bus_message_enter_container(message, 'a', "{sv}");

	if (r < 0)
		return r;
	while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
		r = read_entry(message, look, &seen);
		r = r < 0 ? r : sd_bus_message_exit_container(message);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return r;
	return seen == ALL_SEEN && look->main_pid >= 0 && look->exec_main_pid >= 0 ?
		       0 :
		       -EBADMSG;
}

int unit_look_at(struct actuator *actuator, const char *path, struct unit_look *ret)
{
	_cleanup_(bus_message) sd_bus_message *reply = NULL;
	_cleanup_(bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;
	struct unit_look look = { 0 };
	/* the empty name stands for all interfaces of the object */
	int r = systemd_call(actuator, path, "org.freedesktop.DBus.Properties", "GetAll",
			     &error, &reply, "s", "");

	if (r < 0)
		return r;
	r = read_properties(reply, &look);
	if (r < 0) {
		actuator_close(actuator);
		return r == -ENXIO ? -EBADMSG : r; /* another type than was asked for */
	}
	*ret = look;
	return 0;
}

/*
 * A unit that systemd has no need of at the moment is not in its memory, and GetUnit does
 * not find it; loading it says whether there is a file of that name.
 */
static int find_path(struct actuator *actuator, const char *unit, const char **ret_path,
		     sd_bus_message **ret)
{
	static const char *const methods[] = { "GetUnit", "LoadUnit" };
	int r = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(methods) && r == -ENOENT; i++) {
		_cleanup_(bus_error) sd_bus_error error = SD_BUS_ERROR_NULL;

		r = systemd_call(actuator, SYSTEMD_PATH, SYSTEMD_MANAGER, methods[i],
				 &error, ret, "s", unit);
		if (sd_bus_error_has_name(&error, SD_BUS_ERROR_INVALID_ARGS))
			return -EINVAL;
	}
	if (r < 0)
		return r;
	r = sd_bus_message_read_basic(*ret, 'o', ret_path);
	return r > 0 ? 0 : -EBADMSG;
}

int unit_look(struct actuator *actuator, const char *unit, struct unit_look *ret)
{
	_cleanup_(bus_message) sd_bus_message *reply = NULL;
	const char *path;
	int r;

	if (!unit[0])
		return -EINVAL;
	r = find_path(actuator, unit, &path, &reply);
	return r < 0 ? r : unit_look_at(actuator, path, ret);
}
