// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * bare SOURCE TARGET ROWS BATCH: what SQLite alone makes of the rows that rasd wrote.
 *
 * Takes the schema of SOURCE's tables event and block_error with their indexes, and their
 * first ROWS rows into memory; writes them to the new file TARGET, BATCH of each in a
 * transaction, with rasd's journal and flushes. Prints the rows of events, seconds,
 * seconds of CPU, bytes written, and bytes of the file.
 */

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "util/clock.h"
#include "util/macro.h"

#define COLUMNS_MAX 64

struct cell {
	int type;  /* SQLITE_INTEGER, … */
	int bytes; /* of text and blobs */
	int64_t number;
	char *data;
};

struct table {
	const char *name;
	const char *id; /* column by which its rows are in the order of events */
	int columns;
	struct cell *cells; /* of all rows */
	long rows;
	sqlite3_stmt *insert;
};

static void must(sqlite3 *db, int r)
{
	if (r == SQLITE_OK || r == SQLITE_ROW || r == SQLITE_DONE)
		return;
	fprintf(stderr, "%s\n", sqlite3_errmsg(db));
	exit(1);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *format, const char *one,
			     const char *two)
{
	sqlite3_stmt *stmt;
	char *sql = sqlite3_mprintf(format, one, two);

	must(db, sqlite3_prepare_v2(db, sql, -1, &stmt, NULL));
	sqlite3_free(sql);
	return stmt;
}

static void copy_schema(sqlite3 *from, sqlite3 *to, const struct table *table)
{
	sqlite3_stmt *stmt = prepare(from,
				     "SELECT sql FROM sqlite_schema WHERE tbl_name = %Q "
				     "AND sql IS NOT NULL AND type IN ('table', 'index') "
				     "ORDER BY type = 'index'",
				     table->name, NULL);

	while (sqlite3_step(stmt) == SQLITE_ROW)
		must(to, sqlite3_exec(to, (const char *)sqlite3_column_text(stmt, 0),
				      NULL, NULL, NULL));
	sqlite3_finalize(stmt);
}

static struct cell read_cell(sqlite3_stmt *stmt, int i)
{
	struct cell cell = { .type = sqlite3_column_type(stmt, i),
			     .number = sqlite3_column_int64(stmt, i) };

	if (cell.type != SQLITE_TEXT && cell.type != SQLITE_BLOB)
		return cell;
	cell.bytes = sqlite3_column_bytes(stmt, i);
	cell.data = malloc((size_t)cell.bytes + 1);
	if (!cell.data)
		exit(1);
	memcpy(cell.data, sqlite3_column_blob(stmt, i), (size_t)cell.bytes);
	return cell;
}

static void read_rows(sqlite3 *from, struct table *table, long rows)
{
	sqlite3_stmt *stmt = prepare(from, "SELECT * FROM \"%w\" ORDER BY \"%w\"",
				     table->name, table->id);
	size_t at = 0;

	table->columns = sqlite3_column_count(stmt);
	table->cells = calloc((size_t)(rows * table->columns), sizeof(*table->cells));
	if (!table->cells)
		exit(1);
	while (table->rows < rows && sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < table->columns; i++)
			table->cells[at++] = read_cell(stmt, i);
		table->rows++;
	}
	sqlite3_finalize(stmt);
}

static void prepare_insert(sqlite3 *to, struct table *table)
{
	char marks[2 * COLUMNS_MAX + 1] = "";

	for (int i = 0; i < table->columns && i < COLUMNS_MAX; i++)
		strcat(marks, i ? ",?" : "?");
	table->insert = prepare(to, "INSERT INTO \"%w\" VALUES (%s)", table->name, marks);
}

static void bind_cell(sqlite3_stmt *stmt, int i, const struct cell *cell)
{
	switch (cell->type) {
	case SQLITE_NULL:
		sqlite3_bind_null(stmt, i);
		break;
	case SQLITE_INTEGER:
		sqlite3_bind_int64(stmt, i, cell->number);
		break;
	case SQLITE_TEXT:
		sqlite3_bind_text(stmt, i, cell->data, cell->bytes, SQLITE_STATIC);
		break;
	default:
		sqlite3_bind_blob(stmt, i, cell->data, cell->bytes, SQLITE_STATIC);
	}
}

static void insert_row(sqlite3 *to, struct table *table, long row)
{
	if (row >= table->rows)
		return;
	for (int i = 0; i < table->columns; i++)
		bind_cell(table->insert, i + 1, &table->cells[row * table->columns + i]);
	must(to, sqlite3_step(table->insert));
	sqlite3_reset(table->insert);
}

static void insert_all(sqlite3 *to, struct table *tables, size_t n, long batch)
{
	sqlite3_stmt *begin = prepare(to, "BEGIN IMMEDIATE", NULL, NULL);
	sqlite3_stmt *commit = prepare(to, "COMMIT", NULL, NULL);

	for (long row = 0; row < tables[0].rows;) {
		long end = row + batch;

		must(to, sqlite3_step(begin));
		sqlite3_reset(begin);
		for (; row < end && row < tables[0].rows; row++)
			for (size_t i = 0; i < n; i++)
				insert_row(to, &tables[i], row);
		must(to, sqlite3_step(commit));
		sqlite3_reset(commit);
	}
}

static long bytes_written(void)
{
	FILE *file = fopen("/proc/self/io", "r");
	char line[80];
	long bytes = 0;

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "write_bytes: %ld", &bytes);
	if (file)
		fclose(file);
	return bytes;
}

static sqlite3 *open_database(const char *path, int flags, const char *settings)
{
	sqlite3 *db;

	must(NULL, sqlite3_open_v2(path, &db, flags, NULL));
	must(db, sqlite3_exec(db, settings, NULL, NULL, NULL));
	return db;
}

static void measure(sqlite3 *to, struct table *tables, size_t n, long batch,
		    const char *path)
{
	int64_t began = clock_now_ns(CLOCK_MONOTONIC);
	int64_t cpu = clock_now_ns(CLOCK_PROCESS_CPUTIME_ID);
	long bytes = bytes_written();
	double seconds;
	struct stat status;

	insert_all(to, tables, n, batch);
	seconds = (double)(clock_now_ns(CLOCK_MONOTONIC) - began) / NS_PER_SEC;
	cpu = clock_now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	bytes = bytes_written() - bytes;
	must(to, sqlite3_exec(to, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL));
	if (stat(path, &status))
		exit(1);
	printf("%ld %.6f %.6f %ld %lld\n", tables[0].rows, seconds,
	       (double)cpu / NS_PER_SEC, bytes, (long long)status.st_size);
}

int main(int argc, char **argv)
{
	struct table tables[] = { { .name = "event", .id = "id" },
				  { .name = "block_error", .id = "event" } };
	sqlite3 *from, *to;

	if (argc != 5 || atol(argv[3]) < 1 || atol(argv[4]) < 1) {
		fprintf(stderr, "usage: bare SOURCE TARGET ROWS BATCH\n");
		return 2;
	}
	from = open_database(argv[1], SQLITE_OPEN_READONLY, "");
	to = open_database(argv[2], SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
			   "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			   "PRAGMA cache_size = -1024");
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		copy_schema(from, to, &tables[i]);
		read_rows(from, &tables[i], atol(argv[3]));
		prepare_insert(to, &tables[i]);
	}
	measure(to, tables, ARRAY_SIZE(tables), atol(argv[4]), argv[2]);
	return 0;
}
