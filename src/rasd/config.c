// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/config.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include <ini.h>

#include "rasd/config_keys.h"
#include "util/macro.h"
#include "util/text.h"

struct loading {
	struct config *config;
	config_complain_fn complain;
	const char *path;
	FILE *file;
	int line;
	int error; /* errno of what ended the file before its end */
};

static void say(struct loading *loading, int line, const char *what)
{
	char where[PATH_MAX + NAME_MAX + 16];

	if (line > 0)
		snprintf(where, sizeof(where), "%s:%d", loading->path, line);
	else
		snprintf(where, sizeof(where), "%s", loading->path);
	loading->complain(where, what);
}

static void complain(struct loading *loading, int line, const char *what)
{
	loading->config->n_errors++;
	say(loading, line, what);
}

static void hash_text(struct config *config, const char *s)
{
	do
		config->hash = (config->hash ^ (uint8_t)*s) * 1099511628211ULL;
	while (*s++);
}

static bool has_section(const char *section)
{
	for (const struct key *key = config_keys; key->section; key++)
		if (!strcasecmp(key->section, section))
			return true;
	return false;
}

/* As inih looks for it: in front of an inline comment. */
static bool holds_any_of(const char *s, const char *wanted)
{
	bool after_space = false;

	for (; *s; after_space = isspace((unsigned char)*s++)) {
		if (strchr(wanted, *s))
			return true;
		if (after_space && *s == ';')
			return false;
	}
	return false;
}

static bool is_sensible(const char *line)
{
	if (strspn(line, "\xef\xbb\xbf") == 3) /* a byte order mark, which inih skips */
		line += 3;
	if (!*line || strchr("#;\r", *line))
		return true;
	return *line == '[' ? holds_any_of(line + 1, "]") : holds_any_of(line, "=:");
}

/*
 * What inih reads its lines with. It does not tell its handlers where they are, and of
 * lines that it cannot take it names the first; it goes on in the middle of a line that
 * is too long for it, and takes an indented one for more of the one before. So lines are
 * looked at here, and it sees a bad one as empty.
 */
static char *read_line(char *to, int size, void *userdata)
{
	struct loading *loading = userdata;
	bool has_nul = false, too_long = false;
	int len = 0, c = getc(loading->file);

	if (c == EOF) {
		loading->error = ferror(loading->file) ? errno : 0;
		return NULL;
	}
	loading->line++;
	for (; c != EOF && c != '\n'; c = getc(loading->file)) {
		has_nul |= c == '\0';
		if (len == 0 && (c == ' ' || c == '\t'))
			continue;
		if (len < size - 1)
			to[len++] = (char)c;
		else
			too_long = true;
	}
	to[len] = '\0';
	if (has_nul || too_long || !is_sensible(to)) {
		complain(
			loading, loading->line,
			has_nul ?
				"this line holds a NUL byte; it is ignored" :
			too_long ?
				"this line is too long; it is ignored" :
				"this is neither a [section], a key = value nor a comment");
		*to = '\0';
	}
	return to;
}

static void set_key(struct loading *loading, const struct key *key, const char *value)
{
	char what[512] = "", note[256] = "";
	struct text text = TEXT_IN(note);
	int r = config_set_key(loading->config, key, value, &text);

	if (r < 0)
		snprintf(what, sizeof(what),
			 "[%s] %s wants %s, not \"%s\"; the value before it stands",
			 key->section, key->name, key->wants, value);
	else if (note[0])
		snprintf(what, sizeof(what), "[%s] %s: %s", key->section, key->name,
			 note);
	if (r < 0)
		complain(loading, loading->line, what);
	else if (note[0])
		say(loading, loading->line, what);
}

static int take_key(void *userdata, const char *section, const char *name,
		    const char *value)
{
	struct loading *loading = userdata;
	char what[512];

	hash_text(loading->config, section);
	hash_text(loading->config, name);
	hash_text(loading->config, value);
	for (const struct key *key = config_keys; key->section; key++) {
		if (strcasecmp(key->section, section) || strcasecmp(key->name, name))
			continue;
		set_key(loading, key, value);
		return 1;
	}
	if (has_section(section))
		snprintf(what, sizeof(what),
			 "[%s] has no key \"%s\"; the line is ignored", section, name);
	else
		snprintf(what, sizeof(what),
			 "there is no section [%s]; \"%s\" is ignored", section, name);
	complain(loading, loading->line, what);
	return 1;
}

/* -ENOENT is for the caller to judge; everything else about a file is said here. */
static int load_file(struct loading *loading)
{
	_cleanup_(close_file) FILE *file = fopen(loading->path, "re");

	if (!file && errno == ENOENT)
		return -ENOENT;
	if (!file) {
		complain(loading, 0, strerror(errno));
		return 0;
	}
	loading->config->n_files++;
	loading->file = file;
	loading->line = 0;
	loading->error = 0;
	if (ini_parse_stream(read_line, loading, take_key, loading) < 0)
		loading->error = ENOMEM;
	if (loading->error)
		complain(loading, 0, strerror(loading->error));
	return 0;
}

static int is_conf_file(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 5 &&
	       !strcmp(entry->d_name + len - 5, ".conf");
}

/* PATH.d/NAME.conf in the order of their names; a later file wins. */
static void load_drop_ins(const char *path, struct loading *loading)
{
	char directory[PATH_MAX], file[PATH_MAX + NAME_MAX + 1];
	struct dirent **entries;
	int n;

	snprintf(directory, sizeof(directory), "%s.d", path);
	n = scandir(directory, &entries, is_conf_file, alphasort);
	if (n < 0 && errno != ENOENT) {
		loading->path = directory;
		complain(loading, 0, strerror(errno));
	}
	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", directory, entries[i]->d_name);
		loading->path = file;
		load_file(loading);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

/* The metrics are where the rest of what goes with a boot is, if nobody says otherwise. */
static void follow_runtime_directory(struct config *config)
{
	char path[CONFIG_PATH_BYTES];

	if (strcmp(config->textfile, RASD_RUNTIME_DIRECTORY "/rasd.prom"))
		return;
	if (snprintf(path, sizeof(path), "%s/rasd.prom", config->runtime_directory) <
	    (int)sizeof(path))
		strcpy(config->textfile, path);
}

/*
 * Reads `path` and the files of `path`.d over the defaults. What is wrong is told to
 * `complain_fn`, counted in ret->n_errors, and leaves its key as it was. -ENOENT: there
 * is no such file (drop-ins are read all the same).
 */
int config_load(const char *path, config_complain_fn complain_fn, struct config *ret)
{
	struct config config;
	struct loading loading = { .config = &config,
				   .complain = complain_fn,
				   .path = path };
	int r;

	config_defaults(&config);
	r = load_file(&loading);
	load_drop_ins(path, &loading);
	follow_runtime_directory(&config);
	*ret = config;
	return r;
}
