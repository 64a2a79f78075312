// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/query.h"

#include "handlers/table.h"
#include "rasctl/database.h"

/* A type that nobody knows is a slip of the pen, not an empty list. */
static int check_type(struct db_reader *reader, const char *type)
{
	char known[1024] = "";
	struct text text = TEXT_IN(known);

	if (db_knows_type(reader, type) != 0)
		return CTL_OK;
	for (size_t i = 0; i < handlers_table.n_handlers; i++)
		text_add(&text, "%s%s", i ? ", " : "",
			 handlers_table.handlers[i]->type->name);
	return complain(CTL_USAGE, "there is no type \"%s\"; there are %s", type, known);
}

static int check_types(const struct options *options, struct db_reader *reader)
{
	for (size_t i = 0; options->types[i]; i++) {
		int r = check_type(reader, options->types[i]);

		if (r != CTL_OK)
			return r;
	}
	return CTL_OK;
}

static int find_boot(const struct options *options, struct db_reader *reader,
		     int64_t *ret)
{
	int r = options->boot ? db_find_boot(reader, options->boot, ret) : 1;

	if (r < 0)
		return database_failed(options, reader, r);
	return r ? CTL_OK :
		   complain(CTL_USAGE,
			    "%s knows no boot %s; see rasctl summary --by boot",
			    options->db, options->boot);
}

/* The whole page, of the size that the machine's pages had in its last run. */
static int find_page(const struct options *options, struct db_reader *reader,
		     struct db_filter *filter)
{
	struct db_last_run last = { 0 };
	int r = options->page_given ? db_read_last_run(reader, &last) : 0;
	uint64_t size = last.run.page_size ? last.run.page_size : 4096;

	if (r < 0)
		return database_failed(options, reader, r);
	if (options->page_given) {
		filter->page_first = options->page & ~(size - 1);
		filter->page_last = filter->page_first + size - 1;
	}
	return CTL_OK;
}

static void fill_filter(const struct options *options, struct db_filter *ret)
{
	*ret = (struct db_filter){
		.severities = options->severities,
		.components = options->components,
		.since_ns = options->since_ns,
		.until_ns = options->until_ns,
		.unit = options->unit,
		.dimm = options->dimm,
		.device = options->device,
		.cpu = options->cpu,
		.has_cpu = options->cpu_given,
		.newest = options->lines,
		.newest_first = options->newest_first,
	};
	for (size_t i = 0; i < DB_TYPES_MAX; i++)
		ret->types[i] = options->types[i];
}

/* Returns an exit code, after saying what is wrong. What *ret borrows are the options. */
int query_begin(const struct options *options, struct db_reader *reader,
		struct query *ret)
{
	int r = check_types(options, reader);

	if (r != CTL_OK)
		return r;
	fill_filter(options, &ret->filter);
	r = find_boot(options, reader, &ret->filter.boot);
	if (r == CTL_OK)
		r = find_page(options, reader, &ret->filter);
	if (r == CTL_OK)
		r = cursor_begin(options, reader, &ret->cursor);
	ret->filter.after = ret->cursor.id;
	return r;
}
