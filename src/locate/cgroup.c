// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * systemd puts each unit into a control group of its name, below those of its slices. So
 * the unit is the first component behind the leading slices, and never the last: users,
 * containers and services that may make control groups of their own name them as they
 * like, "nginx.service" too.
 */

#include "locate/cgroup.h"

#include <string.h>

#include "util/macro.h"
#include "util/text.h"

#define DELETED " (deleted)" /* kernel/cgroup/cgroup.c, proc_cgroup_show() */

struct span {
	const char *at;
	size_t len;
};

static bool is_text(struct span span, const char *text)
{
	return span.len == strlen(text) && !memcmp(span.at, text, span.len);
}

static bool ends_in(struct span span, const char *text)
{
	size_t len = strlen(text);

	return span.len >= len && !memcmp(span.at + span.len - len, text, len);
}

/* Takes a line off the text; false at its end. */
static bool take_line(const char **text, struct span *ret)
{
	if (!**text)
		return false;
	*ret = (struct span){ *text, strcspn(*text, "\n") };
	*text += ret->len + ((*text)[ret->len] == '\n');
	return true;
}

/* Takes off what stands before the next colon, and the colon. False: there is none. */
static bool take_field(struct span *line, struct span *ret)
{
	const char *colon = memchr(line->at, ':', line->len);

	if (!colon)
		return false;
	*ret = (struct span){ line->at, (size_t)(colon - line->at) };
	*line = (struct span){ colon + 1, line->len - ret->len - 1 };
	return true;
}

static void drop_deleted(struct span *path)
{
	if (ends_in(*path, DELETED))
		path->len -= strlen(DELETED);
}

/*
 * The path that systemd gave, from lines HIERARCHY:CONTROLLERS:PATH (cgroups(7)). Version
 * 2 has the line "0::"; where systemd does not use it, it may be there all the same, with
 * all processes in the root, and the hierarchy that systemd named for itself counts.
 */
static bool find_path(const char *file, struct span *ret)
{
	struct span line, hierarchy, controllers, named = { 0 }, unified = { 0 };

	while (take_line(&file, &line)) {
		if (!take_field(&line, &hierarchy) || !take_field(&line, &controllers))
			continue;
		drop_deleted(&line);
		if (!unified.at && is_text(hierarchy, "0") && controllers.len == 0)
			unified = line;
		else if (!named.at && is_text(controllers, "name=systemd"))
			named = line;
	}
	*ret = unified.at && (!named.at || unified.len > 1) ? unified : named;
	return ret->at != NULL;
}

/* Takes the first component off; what is left begins with a slash or is empty. */
static struct span take_component(struct span *path)
{
	struct span component = { path->at + 1, 0 };
	const char *slash;

	if (path->len == 0 || path->at[0] != '/')
		return (struct span){ path->at, 0 };
	slash = memchr(component.at, '/', path->len - 1);
	component.len = slash ? (size_t)(slash - component.at) : path->len - 1;
	path->at += 1 + component.len;
	path->len -= 1 + component.len;
	/* systemd puts this before names that the kernel might take for its own files */
	if (component.len > 0 && component.at[0] == '_') {
		component.at++;
		component.len--;
	}
	return component;
}

/* The characters of systemd.unit(5), and an instance behind "@" that is not empty. */
static bool is_name(struct span span, const char *suffix)
{
	static const char valid[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ:-_.\\@";
	const char *at;

	if (!ends_in(span, suffix) || span.len >= UNIT_BYTES)
		return false;
	span.len -= strlen(suffix);
	for (size_t i = 0; i < span.len; i++)
		if (!span.at[i] || !strchr(valid, span.at[i]))
			return false;
	at = memchr(span.at, '@', span.len);
	return span.len > 0 && at != span.at && at != span.at + span.len - 1;
}

/* Of the types that have processes. */
static bool is_unit_name(struct span span)
{
	static const char *const suffixes[] = { ".service", ".scope", ".socket", ".mount",
						".swap" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (is_name(span, suffixes[i]))
			return true;
	return false;
}

/* Takes slices and the unit behind them off the path. False: there is no unit there. */
static bool take_unit(struct span *path, char ret[static UNIT_BYTES])
{
	struct span component;

	do
		component = take_component(path);
	while (is_name(component, ".slice"));
	if (!is_unit_name(component))
		return false;
	memcpy(ret, component.at, component.len);
	ret[component.len] = '\0';
	return true;
}

/* user@UID.service: below it, a user's manager has units of its own. */
static bool is_user_manager(const char *unit)
{
	size_t digits;

	if (strncmp(unit, "user@", 5))
		return false;
	digits = strspn(unit + 5, "0123456789");
	return digits > 0 && !strcmp(unit + 5 + digits, ".service");
}

/* Names are bytes to the kernel: what is printed must not move a cursor or break a line.
 */
static void render(struct span path, struct text *out)
{
	for (size_t i = 0; i < path.len && !out->cut; i++) {
		unsigned char c = (unsigned char)path.at[i];

		text_add(out, c >= 0x20 && c < 0x7f ? "%c" : "\\x%02x", c);
	}
}

/*
 * `file` is what /proc/PID/cgroup holds. Whatever cannot be understood leaves the members
 * that it would tell empty.
 */
void cgroup_parse(const char *file, struct cgroup *ret)
{
	struct text rendered;
	struct span path;

	*ret = (struct cgroup){ 0 };
	if (!find_path(file, &path))
		return;
	rendered = TEXT_IN(ret->path);
	render(path, &rendered);
	if (!take_unit(&path, ret->unit))
		return;
	ret->is_unit = path.len == 0;
	if (is_user_manager(ret->unit))
		take_unit(&path, ret->user_unit);
}
