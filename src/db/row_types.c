// SPDX-License-Identifier: LGPL-2.1-or-later

#include "db/row_types.h"

#include <string.h>

#include "db/rows.h"
#include "db/sql.h"
#include "util/macro.h"
#include "util/text.h"

#define MEMBERS_MAX 20

#define MEMBER(kind_, type_, name_, member_)                                  \
	.name = (name_), .kind = (kind_), .offset = offsetof(type_, member_), \
	.size = sizeof(((type_ *)NULL)->member_)

#define ID(type_, name_, member_)                        \
	{                                                \
		MEMBER(MEMBER_ID, type_, name_, member_) \
	}
#define NUMBER(type_, name_, member_)                        \
	{                                                    \
		MEMBER(MEMBER_NUMBER, type_, name_, member_) \
	}
#define ID_OR_NULL(type_, name_, member_)                                  \
	{                                                                  \
		MEMBER(MEMBER_ID, type_, name_, member_), .is_nullable = 1 \
	}
#define NUMBER_OR_NULL(type_, name_, member_, absent_)                            \
	{                                                                         \
		MEMBER(MEMBER_NUMBER, type_, name_, member_), .is_nullable = 1,   \
							      .absent = (absent_) \
	}
#define TEXT(type_, name_, member_)                                          \
	{                                                                    \
		MEMBER(MEMBER_TEXT, type_, name_, member_), .is_nullable = 1 \
	}

static const struct row_member hit_members[] = {
	ID_OR_NULL(struct db_hit, "event", event),
	NUMBER(struct db_hit, "time", time_ns),
	NUMBER_OR_NULL(struct db_hit, "pid", pid, 0),
	NUMBER_OR_NULL(struct db_hit, "tgid", tgid, 0),
	NUMBER_OR_NULL(struct db_hit, "uid", uid, -1),
	NUMBER_OR_NULL(struct db_hit, "start", start_ns, 0),
	TEXT(struct db_hit, "comm", comm),
	TEXT(struct db_hit, "unit", unit),
	TEXT(struct db_hit, "user_unit", user_unit),
	TEXT(struct db_hit, "invocation", invocation),
	TEXT(struct db_hit, "cgroup", cgroup),
	NUMBER(struct db_hit, "is_unit", is_unit),
	NUMBER(struct db_hit, "evidence", evidence),
	NUMBER_OR_NULL(struct db_hit, "address", address, 0),
	TEXT(struct db_hit, "why", why),
};

const struct row_type hit_row = {
	.table = "hit",
	.members = hit_members,
	.n_members = ARRAY_SIZE(hit_members),
	.bytes = sizeof(struct db_hit),
};

static const struct row_member link_members[] = {
	ID(struct db_link, "from", from),
	ID(struct db_link, "to", to),
	NUMBER(struct db_link, "kind", kind),
	NUMBER(struct db_link, "evidence", evidence),
};

const struct row_type link_row = {
	.table = "link",
	.members = link_members,
	.n_members = ARRAY_SIZE(link_members),
	.bytes = sizeof(struct db_link),
	.on_conflict =
		"(\"from\", \"to\", kind) DO UPDATE SET evidence = excluded.evidence",
};

static const struct row_member action_members[] = {
	ID(struct db_action, "id", id),
	ID_OR_NULL(struct db_action, "event", event),
	NUMBER(struct db_action, "asked", asked_ns),
	NUMBER_OR_NULL(struct db_action, "done", done_ns, 0),
	NUMBER(struct db_action, "rule", rule),
	NUMBER(struct db_action, "kind", kind),
	NUMBER(struct db_action, "outcome", outcome),
	NUMBER_OR_NULL(struct db_action, "error", error, 0),
	NUMBER(struct db_action, "tries", tries),
	NUMBER(struct db_action, "verified", verified),
	NUMBER(struct db_action, "before_record", before_record),
	NUMBER_OR_NULL(struct db_action, "address", address, 0),
	TEXT(struct db_action, "unit", unit),
	TEXT(struct db_action, "invocation", invocation),
	TEXT(struct db_action, "note", note),
	{ .name = "boot", .kind = MEMBER_BOOT },
	{ .name = "run", .kind = MEMBER_RUN },
};

/* The boot and the run stay those in which it was asked for. */
const struct row_type action_row = {
	.table = "action",
	.members = action_members,
	.n_members = ARRAY_SIZE(action_members),
	.bytes = sizeof(struct db_action),
	.on_conflict =
		"(id) DO UPDATE SET event = excluded.event, asked = excluded.asked,"
		" done = excluded.done, rule = excluded.rule, kind = excluded.kind,"
		" outcome = excluded.outcome, error = excluded.error,"
		" tries = excluded.tries, verified = excluded.verified,"
		" before_record = excluded.before_record, address = excluded.address,"
		" unit = excluded.unit, invocation = excluded.invocation,"
		" note = excluded.note",
};

static const struct row_member page_members[] = {
	NUMBER(struct db_page, "address", address),
	NUMBER(struct db_page, "corrected", corrected),
	NUMBER_OR_NULL(struct db_page, "first", first_ns, 0),
	NUMBER_OR_NULL(struct db_page, "last", last_ns, 0),
	NUMBER(struct db_page, "debt", debt_ns),
	NUMBER(struct db_page, "state", state),
	{ .name = "boot", .kind = MEMBER_BOOT },
};

/*
 * The policy forgets the quietest pages, and then begins with them anew: what was counted
 * before, and since when, is not given up for that.
 */
const struct row_type page_row = {
	.table = "page",
	.members = page_members,
	.n_members = ARRAY_SIZE(page_members),
	.bytes = sizeof(struct db_page),
	.on_conflict =
		"(address) DO UPDATE SET corrected = max(corrected, excluded.corrected),"
		" first = min(ifnull(first, excluded.first), ifnull(excluded.first, first)),"
		" last = ifnull(excluded.last, last), debt = excluded.debt,"
		" state = excluded.state, boot = excluded.boot",
};

_Static_assert(ARRAY_SIZE(action_members) <= MEMBERS_MAX, "room for the largest row");

static void add_names(sqlite3_str *sql, const struct row_type *type)
{
	for (size_t i = 0; i < type->n_members; i++)
		sqlite3_str_appendf(sql, "%s\"%w\"", i ? ", " : "",
				    type->members[i].name);
}

int row_insert_prepare(sqlite3 *db, const struct row_type *type, sqlite3_stmt **ret)
{
	sqlite3_str *sql = sqlite3_str_new(db);

	sqlite3_str_appendf(sql, "INSERT INTO \"%w\" (", type->table);
	add_names(sql, type);
	sqlite3_str_appendall(sql, ") VALUES (");
	for (size_t i = 0; i < type->n_members; i++)
		sqlite3_str_appendall(sql, i ? ", ?" : "?");
	sqlite3_str_appendall(sql, ")");
	if (type->on_conflict)
		sqlite3_str_appendf(sql, " ON CONFLICT %s", type->on_conflict);
	return sql_prepare_built(db, sql, ret);
}

static int64_t number_at(const struct row_member *member, const void *row)
{
	const char *at = (const char *)row + member->offset;
	int32_t narrow;
	int64_t wide;

	if (member->size == sizeof(narrow)) {
		memcpy(&narrow, at, sizeof(narrow));
		return narrow;
	}
	memcpy(&wide, at, sizeof(wide));
	return wide;
}

static void bind_number(sqlite3_stmt *stmt, int index, const struct row_member *member,
			int64_t number)
{
	if (member->is_nullable && number == member->absent)
		sqlite3_bind_null(stmt, index);
	else
		sqlite3_bind_int64(stmt, index, number);
}

static void bind_id(sqlite3_stmt *stmt, int index, const struct row_member *member,
		    int64_t number, const struct id_map *ids)
{
	if (member->is_nullable && number == member->absent)
		sqlite3_bind_null(stmt, index);
	else
		sqlite3_bind_int64(stmt, index,
				   (int64_t)id_map_id(ids, (uint64_t)number));
}

static void bind_text(sqlite3_stmt *stmt, int index, const struct row_member *member,
		      const void *row)
{
	const char *text = (const char *)row + member->offset;
	size_t len = strnlen(text, member->size);

	if (len)
		sqlite3_bind_text(stmt, index, text, (int)len, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, index);
}

static void bind_origin(sqlite3_stmt *stmt, int index, int64_t id)
{
	if (id)
		sqlite3_bind_int64(stmt, index, id);
	else
		sqlite3_bind_null(stmt, index);
}

/* For a statement of row_insert_prepare(). Borrows the row until that has been run. */
void row_bind(sqlite3_stmt *stmt, const struct row_type *type, const void *row,
	      const struct row_origin *origin)
{
	for (size_t i = 0; i < type->n_members; i++) {
		const struct row_member *member = &type->members[i];
		int index = (int)i + 1;

		switch (member->kind) {
		case MEMBER_NUMBER:
			bind_number(stmt, index, member, number_at(member, row));
			break;
		case MEMBER_ID:
			bind_id(stmt, index, member, number_at(member, row), origin->ids);
			break;
		case MEMBER_TEXT:
			bind_text(stmt, index, member, row);
			break;
		case MEMBER_BOOT:
			bind_origin(stmt, index, origin->boot);
			break;
		case MEMBER_RUN:
			bind_origin(stmt, index, origin->run);
			break;
		}
	}
}

/*
 * A search for rows, with what follows "FROM table". *ret stays as it was if the file has
 * no such table; what it has no column for is NULL.
 */
int row_select_prepare(sqlite3 *db, const struct row_type *type, const char *rest,
		       sqlite3_stmt **ret)
{
	struct field fields[MEMBERS_MAX] = { 0 };

	for (size_t i = 0; i < type->n_members; i++)
		fields[i].name = type->members[i].name;
	return sql_select_prepare(db, type->table, fields, type->n_members, rest, ret);
}

static void read_number(sqlite3_stmt *stmt, int column, const struct row_member *member,
			char *at)
{
	bool is_null = sqlite3_column_type(stmt, column) == SQLITE_NULL;
	int64_t wide = is_null ? member->absent : sqlite3_column_int64(stmt, column);
	int32_t narrow = (int32_t)wide;

	if (member->size == sizeof(narrow))
		memcpy(at, &narrow, sizeof(narrow));
	else
		memcpy(at, &wide, sizeof(wide));
}

static void read_text(sqlite3_stmt *stmt, int column, const struct row_member *member,
		      char *at)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	copy_text(at, member->size, text ? text : "");
}

/*
 * Fills a struct from the current row; ids are those in the database, and texts that are
 * longer than their array are cut. `ret_origin` gets boot and run, and may be NULL.
 */
void row_read(sqlite3_stmt *stmt, const struct row_type *type, void *ret,
	      struct row_origin *ret_origin)
{
	struct row_origin origin = { 0 };

	memset(ret, 0, type->bytes);
	for (size_t i = 0; i < type->n_members; i++) {
		const struct row_member *member = &type->members[i];
		char *at = (char *)ret + member->offset;
		int column = (int)i;

		switch (member->kind) {
		case MEMBER_NUMBER:
		case MEMBER_ID:
			read_number(stmt, column, member, at);
			break;
		case MEMBER_TEXT:
			read_text(stmt, column, member, at);
			break;
		case MEMBER_BOOT:
			origin.boot = sqlite3_column_int64(stmt, column);
			break;
		case MEMBER_RUN:
			origin.run = sqlite3_column_int64(stmt, column);
			break;
		}
	}
	if (ret_origin)
		*ret_origin = origin;
}
