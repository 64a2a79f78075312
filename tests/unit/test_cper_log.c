// SPDX-License-Identifier: LGPL-2.1-or-later

/* Firmware records from lines of the kernel's log. What real kernels print is in
 * test_golden_log.c; here is what they might. */

#include "unit/check.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cper/log.h"

#define P1 "{1}[Hardware Error]: "
#define P2 "{2}[Hardware Error]: "

#define HEAD(p)                                                        \
	p "Hardware error from APEI Generic Hardware Error Source: 5", \
		p "event severity: "                                   \
		  "corrected"
#define MEMORY(p, i) p " Error " #i ", type: corrected", p "  section_type: memory error"

#define SECTIONS_MAX 16

struct result {
	struct cper_log log;
	struct cper_log_section sections[SECTIONS_MAX];
	size_t n_sections;
	size_t n_other; /* lines */
};

static void keep(struct result *result, const struct cper_log_section *section)
{
	assert_true(result->n_sections < SECTIONS_MAX);
	result->sections[result->n_sections++] = *section;
}

/* A line, from an allocation of exactly its size. */
static void give(struct result *result, const char *line, size_t len)
{
	struct cper_log_section section;
	enum cper_log_result r;
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, line, len);
	while ((r = cper_log_line(&result->log, copy, len, &section)) == CPER_LOG_SECTION)
		keep(result, &section);
	result->n_other += r == CPER_LOG_OTHER;
	free(copy);
}

static void end(struct result *result)
{
	struct cper_log_section section;

	while (cper_log_end(&result->log, &section))
		keep(result, &section);
	assert_false(cper_log_end(&result->log, &section));
}

static struct result *read_lines(const char *const *lines, size_t n)
{
	struct result *result = calloc(1, sizeof(*result));

	assert_non_null(result);
	for (size_t i = 0; i < n; i++)
		give(result, lines[i], strlen(lines[i]));
	return result;
}

static struct result *read_all(const char *const *lines, size_t n)
{
	struct result *result = read_lines(lines, n);

	end(result);
	return result;
}

#define READ(...)                                      \
	read_all((const char *const[]){ __VA_ARGS__ }, \
		 sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void assert_lines(const struct cper_log_section *section, size_t n, ...)
{
	va_list ap;

	assert_int_equal(section->n_lines, n);
	va_start(ap, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(section->lines[i], va_arg(ap, const char *));
	va_end(ap);
}

/* --- records --- */

static void a_record(void **state)
{
	struct result *result = READ(HEAD(P1), MEMORY(P1, 0), P1 "  node:0 card:3 ",
				     "[drm] hello", P1 "  error_type: 2, single-bit ECC");

	(void)state;
	assert_int_equal(result->n_sections, 1);
	assert_int_equal(result->n_other, 1);
	assert_int_equal(result->sections[0].number, 1);
	assert_int_equal(result->sections[0].source, 5);
	assert_int_equal(result->sections[0].index, 0);
	assert_int_equal(result->sections[0].severity, SEVERITY_CORRECTED);
	assert_string_equal(result->sections[0].type, "memory error");
	assert_lines(&result->sections[0], 2, "node:0 card:3",
		     "error_type: 2, single-bit ECC");
	free(result);
}

/* One that is complete comes out when the next begins, and not again. */
static void sections_of_a_record(void **state)
{
	static const char *const lines[] = {
		HEAD(P1),
		P1 " precise tstamp: 2026-01-01 00:00:01",
		MEMORY(P1, 0),
		P1 "  node:1",
		P1 " imprecise tstamp: 2026-01-01 00:00:02",
		P1 " Error 1, type: recoverable",
		P1 " fru_text: A1",
		P1 "  section_type: ARM processor error",
		P1 "  MIDR: 0x0",
		P1 " Error 2, type: fatal",
		P1 "  section type: unknown, 01234567-89ab-cdef-0123-456789abcdef",
		P1 "  section length: 0x30",
		P1 " Error 3, type: info",
		P1 " Error 4, type: unknown",
	};
	static const enum severity severities[] = { SEVERITY_CORRECTED,
						    SEVERITY_UNCORRECTED, SEVERITY_FATAL,
						    SEVERITY_INFO, SEVERITY_UNKNOWN };
	struct result *result = read_lines(lines, ARRAY_SIZE(lines));
	const struct cper_log_section *section = result->sections;

	(void)state;
	assert_int_equal(result->n_sections, 4);
	end(result);
	assert_int_equal(result->n_sections, 5);
	for (unsigned int i = 0; i < 5; i++) {
		assert_int_equal(section[i].index, i);
		assert_int_equal(section[i].source, 5);
		assert_int_equal(section[i].severity, severities[i]);
	}
	assert_lines(&section[0], 2, "precise tstamp: 2026-01-01 00:00:01", "node:1");
	assert_lines(&section[1], 3, "imprecise tstamp: 2026-01-01 00:00:02",
		     "fru_text: A1", "MIDR: 0x0");
	assert_string_equal(section[1].type, "ARM processor error");
	assert_string_equal(section[2].type, "01234567-89ab-cdef-0123-456789abcdef");
	assert_string_equal(cper_log_value(&section[2], "section length"), "0x30");
	assert_string_equal(section[3].type, "");
	assert_lines(&section[3], 0);
	free(result);
}

/* Two CPUs at a time: each line finds its record. */
static void records_that_interleave(void **state)
{
	struct result *result =
		READ(HEAD(P1), HEAD(P2), MEMORY(P1, 0), MEMORY(P2, 0),
		     P2 "  physical_address: 0x0000000000002000",
		     P1 "  physical_address: 0x0000000000001000", P2 "  error_type: 3, b",
		     MEMORY(P2, 1), P1 "  error_type: 2, a", P2 "  error_type: 4, c");
	const struct cper_log_section *section = result->sections;

	(void)state;
	assert_int_equal(result->n_sections, 3);
	assert_int_equal(section[0].number, 2); /* complete first */
	assert_lines(&section[0], 2, "physical_address: 0x0000000000002000",
		     "error_type: 3, b");
	assert_int_equal(section[1].number, 1);
	assert_lines(&section[1], 2, "physical_address: 0x0000000000001000",
		     "error_type: 2, a");
	assert_int_equal(section[2].number, 2);
	assert_int_equal(section[2].index, 1);
	assert_lines(&section[2], 1, "error_type: 4, c");
	free(result);
}

/* The oldest makes room; one without a section has nothing to tell. */
static void more_records_than_there_is_room_for(void **state)
{
	struct result *result = calloc(1, sizeof(*result));

	(void)state;
	assert_non_null(result);
	for (unsigned int n = 1; n <= 3 * CPER_LOG_RECORDS_MAX; n++) {
		char line[80];

		snprintf(line, sizeof(line), "{%u}[Hardware Error]: event severity: info",
			 n);
		give(result, line, strlen(line));
		if (n % 2)
			continue;
		snprintf(line, sizeof(line), "{%u}[Hardware Error]:  Error 0, type: info",
			 n);
		give(result, line, strlen(line));
	}
	assert_int_equal(result->n_sections, CPER_LOG_RECORDS_MAX);
	end(result);
	assert_int_equal(result->n_sections, 3 * CPER_LOG_RECORDS_MAX / 2);
	for (size_t i = 0; i < result->n_sections; i++)
		assert_int_equal(result->sections[i].number, 2 * (i + 1));
	free(result);
}

/* A number that comes again is a new record, as after 4,294,967,296 of them. */
static void a_number_that_comes_again(void **state)
{
	struct result *result = READ(HEAD(P1), MEMORY(P1, 0), P1 "  node:1", HEAD(P1),
				     MEMORY(P1, 0), P1 "  node:2");

	(void)state;
	assert_int_equal(result->n_sections, 2);
	assert_lines(&result->sections[0], 1, "node:1");
	assert_lines(&result->sections[1], 1, "node:2");
	free(result);
}

/* The log may have been overwritten up to the middle of a record. */
static void records_without_their_beginning(void **state)
{
	struct result *result =
		READ(P1 "  physical_address: 0x1", P1 "  error_type: 2, x", MEMORY(P1, 1),
		     P1 "  node:1");

	(void)state;
	assert_int_equal(result->n_sections, 1);
	assert_int_equal(result->sections[0].index, 1);
	assert_int_equal(result->sections[0].source, UINT_MAX);
	assert_lines(&result->sections[0], 1, "node:1");
	free(result);
}

static void sources(void **state)
{
	static const struct {
		const char *line;
		unsigned int source;
	} cases[] = {
		{ P1 "Hardware error from APEI Generic Hardware Error Source: 0", 0 },
		{ P1 "Hardware error from APEI Generic Hardware Error Source: 65535",
		  65535 },
		{ P1 "Hardware error from APEI Generic Hardware Error Source: 1 2",
		  UINT_MAX },
		{ P1 "Hardware error from APEI Generic Hardware Error Source: -1",
		  UINT_MAX },
		{ P1 "Hardware error from APEI Generic Hardware Error Source: 4294967295",
		  UINT_MAX },
		{ P1 "Hardware error from APEI Generic Hardware Error Source: ",
		  UINT_MAX },
		{ P1 "Hardware error detected on CPU3", UINT_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result *result = READ(cases[i].line, MEMORY(P1, 0));

		assert_int_equal(result->n_sections, 1);
		assert_int_equal(result->sections[0].source, cases[i].source);
		free(result);
	}
}

/* Nothing but the whole prefix, and only where the line begins. */
static void lines_that_are_none_of_ours(void **state)
{
	static const char *const lines[] = {
		"",
		"{",
		"{1}",
		"{1}[Hardware Error]:",
		"{1}[Hardware Error]:x",
		"{}[Hardware Error]:  Error 0, type: corrected",
		"{-1}[Hardware Error]:  Error 0, type: corrected",
		"{ 1}[Hardware Error]:  Error 0, type: corrected",
		"{1 }[Hardware Error]:  Error 0, type: corrected",
		"{0x1}[Hardware Error]:  Error 0, type: corrected",
		"{18446744073709551616}[Hardware Error]:  Error 0, type: corrected",
		"[Hardware Error]:  Error 0, type: corrected",
		" " P1 " Error 0, type: corrected",
		"\n" P1 " Error 0, type: corrected",
		"x" P1 " Error 0, type: corrected",
		"comm\n" P1 " Error 0, type: corrected",
		"mce: " P1 " Error 0, type: corrected",
		"{1}[hardware error]:  Error 0, type: corrected",
	};
	struct result *result = read_all(lines, ARRAY_SIZE(lines));

	(void)state;
	assert_int_equal(result->n_other, ARRAY_SIZE(lines));
	assert_int_equal(result->n_sections, 0);
	free(result);
}

/* What firmware's texts say is no line's head: they come behind a name, or deeper. */
static void texts_of_firmware(void **state)
{
	struct result *result =
		READ(HEAD(P1), P1 " Error 0, type: corrected",
		     P1 " fru_text: x\n" P2 " Error 0, type: fatal",
		     P1 " fru_text: Error 1, type: ", P1 "  section_type: memory error",
		     P1 "  section_type: PCIe error", P1 "  Error 7, type: fatal",
		     P1 "Error 8, type: fatal", P1 " Error 9", P1 " Error , type: fatal",
		     P1 " Error 4294967296, type: fatal");

	(void)state;
	assert_int_equal(result->n_sections, 1);
	assert_int_equal(result->sections[0].severity, SEVERITY_CORRECTED);
	assert_string_equal(result->sections[0].type, "memory error");
	assert_string_equal(cper_log_value(&result->sections[0], "fru_text"),
			    "x\n" P2 " Error 0, type: fatal");
	assert_int_equal(result->sections[0].n_lines, 7);
	free(result);
}

static void long_lines_and_many(void **state)
{
	static const char prefix[] = P1 "  ";
	char line[2048];
	struct result *result;

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, prefix, strlen(prefix));
	result = read_lines((const char *const[]){ HEAD(P1), MEMORY(P1, 0) }, 4);
	for (size_t i = 0; i < CPER_LOG_LINES_MAX + 5; i++)
		give(result, line, i ? sizeof(line) : strlen(prefix) + 255);
	end(result);
	assert_int_equal(result->sections[0].n_lines, CPER_LOG_LINES_MAX);
	assert_int_equal(result->sections[0].n_lines_lost, 5);
	for (size_t i = 0; i < CPER_LOG_LINES_MAX; i++)
		assert_int_equal(strlen(result->sections[0].lines[i]), 255);
	free(result);
	line[strlen(prefix) - 1] = ' ';
	memcpy(line + strlen(prefix), "section_type: ", 14);
	result = read_lines((const char *const[]){ P1 " Error 0, type: info" }, 1);
	give(result, line, sizeof(line));
	end(result);
	assert_int_equal(strlen(result->sections[0].type), 63);
	free(result);
}

static void values_by_name(void **state)
{
	struct result *result =
		READ(MEMORY(P1, 0), P1 "  a_name: 1", P1 "  a_name: 2", P1 "  a: 3: 4",
		     P1 "  b:5", P1 "  c:", P1 "  d: x", P1 "  e");
	const struct cper_log_section *section = &result->sections[0];

	(void)state;
	assert_string_equal(cper_log_value(section, "a_name"), "1");
	assert_string_equal(cper_log_value(section, "a"), "3: 4");
	assert_null(cper_log_value(section, "b"));
	assert_null(cper_log_value(section, "c"));
	assert_string_equal(cper_log_value(section, "d"), "x");
	assert_null(cper_log_value(section, "e"));
	assert_null(cper_log_value(section, "name"));
	assert_null(cper_log_value(section, ""));
	free(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record),
		cmocka_unit_test(sections_of_a_record),
		cmocka_unit_test(records_that_interleave),
		cmocka_unit_test(more_records_than_there_is_room_for),
		cmocka_unit_test(a_number_that_comes_again),
		cmocka_unit_test(records_without_their_beginning),
		cmocka_unit_test(sources),
		cmocka_unit_test(lines_that_are_none_of_ours),
		cmocka_unit_test(texts_of_firmware),
		cmocka_unit_test(long_lines_and_many),
		cmocka_unit_test(values_by_name),
	};

	return cmocka_run_group_tests_name("cper_log", tests, NULL, NULL);
}
