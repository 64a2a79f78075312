// SPDX-License-Identifier: LGPL-2.1-or-later

/* Sections of vendors. They are built from their layouts (vendor_fixture.c), but for two
 * of Ampere's that real machines sent. */

#include "unit/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cper/ampere.h"
#include "cper/arm_lists.h"
#include "cper/arm_ras.h"
#include "cper/guid_names.h"
#include "cper/layout.h"
#include "cper/section.h"
#include "handlers/table.h"
#include "unit/fixtures.h"
#include "unit/vendor_fixture.h"
#include "util/text.h"

#define ARENA_BYTES 65536

/* What a section became, from an allocation of exactly its size. */
struct way {
	struct event event;
	uint8_t *body;
	uint8_t room[ARENA_BYTES];
	int r;
};

static struct way *decode_as(const struct guid *guid, enum severity severity,
			     const uint8_t *bytes, size_t len)
{
	struct way *way = malloc(sizeof(*way));
	struct arena arena = { way->room, sizeof(way->room), 0 };
	struct cper_section section = { .type = *guid, .severity = severity, .len = len };

	section.body = way->body = malloc(len ? len : 1);
	memcpy(way->body, bytes, len);
	way->r = cper_section_decode(&handlers_table, &section, &arena, &way->event);
	return way;
}

static struct way *decode(const struct vendor_case *vendor, const uint8_t *bytes,
			  size_t len)
{
	return decode_as(&vendor->guid, SEVERITY_CORRECTED, bytes, len);
}

static void done(struct way *way)
{
	free(way->body);
	free(way);
}

static const struct vendor_case *case_of(const char *what)
{
	for (size_t i = 0; i < n_vendor_cases; i++)
		if (!strcmp(vendor_cases[i].what, what))
			return &vendor_cases[i];
	fail_msg("no case %s", what);
	return NULL;
}

static bool is_raw(const struct way *way)
{
	return !strcmp(way->event.type->name, "non-standard");
}

/* The value of the register with that name, NULL if there is none. */
static const struct value *register_of(const struct event *event, const char *name)
{
	for (size_t i = 0; i < rows_of(event, "registers"); i++) {
		const struct value *cell = cell_of(event, "registers", i, "name");

		if (cell->len == strlen(name) && !memcmp(cell->text, name, cell->len))
			return cell_of(event, "registers", i, "value");
	}
	return NULL;
}

static void assert_place(const struct event *event, const struct place *place)
{
	if (place->column)
		assert_number(detail_of(event, place->column), place_value(place));
	if (place->reg)
		assert_number(register_of(event, place->reg), place_value(place));
	if (place->text)
		assert_text(detail_of(event, place->text_column), place->text);
}

static void assert_no_place(const struct event *event, const struct place *place)
{
	if (place->column)
		assert_absent(detail_of(event, place->column));
	if (place->reg)
		assert_null(register_of(event, place->reg));
	if (place->text)
		assert_absent(detail_of(event, place->text_column));
}

/* --- whole --- */

static void every_field_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_vendor_cases; i++) {
		const struct vendor_case *vendor = &vendor_cases[i];
		uint8_t bytes[VENDOR_BYTES_MAX];
		struct way *way;
		size_t registers = 0;

		vendor_bytes(vendor, bytes);
		way = decode(vendor, bytes, vendor->len);
		assert_int_equal(way->r, 1);
		assert_string_equal(way->event.type->name, vendor->type);
		for (size_t p = 0; p < vendor->n_places; p++) {
			assert_place(&way->event, &vendor->places[p]);
			registers += vendor->places[p].reg != NULL;
		}
		if (registers)
			assert_int_equal(rows_of(&way->event, "registers"), registers);
		if (vendor->signature)
			assert_text(detail_of(&way->event, "signature"),
				    vendor->signature);
		assert_text(&way->event.device, vendor->device);
		assert_int_equal(way->event.component, vendor->component);
		assert_int_equal(way->event.severity, SEVERITY_CORRECTED);
		assert_int_equal(way->event.address_kind, ADDRESS_NONE);
		assert_absent(detail_of(&way->event, "incomplete"));
		assert_absent(detail_of(&way->event, "undecoded"));
		assert_string_equal(words_of(&way->event), vendor->words);
		done(way);
	}
}

static void only_what_is_valid_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_vendor_cases; i++) {
		const struct vendor_case *vendor = &vendor_cases[i];

		for (unsigned int bit = 0; bit < 8 * vendor->valid_width; bit++) {
			uint8_t bytes[VENDOR_BYTES_MAX];
			struct way *way;

			vendor_bytes(vendor, bytes);
			bytes[bit / 8] &= (uint8_t) ~(1u << bit % 8);
			way = decode(vendor, bytes, vendor->len);
			assert_int_equal(way->r, 1);
			assert_false(is_raw(way));
			for (size_t p = 0; p < vendor->n_places; p++) {
				const struct place *place = &vendor->places[p];

				if (place->valid == bit + 1)
					assert_no_place(&way->event, place);
				else if (place->column)
					assert_number(
						detail_of(&way->event, place->column),
						place_value(place));
				else if (place->reg && place->valid != 12 + 1)
					assert_place(&way->event, place);
			}
			assert_true(strlen(words_of(&way->event)) > 10);
			done(way);
		}
	}
}

static void nothing_is_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_vendor_cases; i++) {
		const struct vendor_case *vendor = &vendor_cases[i];
		uint8_t bytes[VENDOR_BYTES_MAX];
		struct way *way;

		if (!vendor->valid_width)
			continue;
		vendor_bytes(vendor, bytes);
		memset(bytes, 0, vendor->valid_width);
		way = decode_as(&vendor->guid, SEVERITY_UNKNOWN, bytes, vendor->len);
		assert_int_equal(way->r, 1);
		assert_false(is_raw(way));
		for (size_t p = 0; p < vendor->n_places; p++)
			if (vendor->places[p].valid)
				assert_no_place(&way->event, &vendor->places[p]);
		assert_int_equal(way->event.severity, SEVERITY_UNKNOWN);
		assert_non_null(strstr(words_of(&way->event), "unknown error"));
		done(way);
	}
}

/* The section's severity stands, but where it says nothing. */
static void whose_severity(void **state)
{
	static const struct {
		enum severity section;
		unsigned int vendor;
		enum severity is;
	} cases[] = {
		{ SEVERITY_CORRECTED, 1, SEVERITY_CORRECTED },
		{ SEVERITY_FATAL, 2, SEVERITY_FATAL },
		{ SEVERITY_UNCORRECTED, 3, SEVERITY_UNCORRECTED },
		{ SEVERITY_UNKNOWN, 0, SEVERITY_UNCORRECTED },
		{ SEVERITY_UNKNOWN, 1, SEVERITY_FATAL },
		{ SEVERITY_INFO, 2, SEVERITY_CORRECTED },
		{ SEVERITY_UNKNOWN, 3, SEVERITY_INFO },
		{ SEVERITY_UNKNOWN, 4, SEVERITY_UNKNOWN },
		{ SEVERITY_INFO, 255, SEVERITY_INFO },
	};
	static const struct {
		const char *what;
		size_t at;
	} places[] = {
		{ "hip08-oem1", 10 },  { "hip08-oem2", 10 }, { "hip08-pcie-local", 15 },
		{ "hisi-common", 24 }, { "grace", 20 },	     { "jaguarmicro", 12 }
	};

	(void)state;
	for (size_t p = 0; p < ARRAY_SIZE(places); p++)
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			const struct vendor_case *vendor = case_of(places[p].what);
			uint8_t bytes[VENDOR_BYTES_MAX];
			struct way *way;

			vendor_bytes(vendor, bytes);
			bytes[places[p].at] = (uint8_t)cases[i].vendor;
			way = decode_as(&vendor->guid, cases[i].section, bytes,
					vendor->len);
			assert_int_equal(way->r, 1);
			assert_int_equal(way->event.severity, cases[i].is);
			assert_number(detail_of(&way->event, "error_severity"),
				      cases[i].vendor);
			done(way);
		}
}

/* --- cut, and lies --- */

/* What a cut section tells is what the whole one does, or nothing. */
static void assert_part(const struct event *part, const struct event *whole, size_t len,
			const struct way *way)
{
	const struct value *undecoded = detail_of(part, "undecoded");

	assert_number(detail_of(part, "incomplete"), 1);
	for (size_t i = CPER_COLUMNS; i < part->type->n_fields; i++) {
		if (part->detail[i].kind != VALUE_INT)
			continue;
		assert_int_equal(whole->detail[i].kind, VALUE_INT);
		assert_int_equal(part->detail[i].i, whole->detail[i].i);
	}
	for (size_t l = 0; l < part->type->n_lists; l++)
		assert_true(part->lists[l].n_rows <= whole->lists[l].n_rows);
	if (undecoded->kind == VALUE_BYTES) /* up to the end */
		assert_ptr_equal(undecoded->bytes + undecoded->len, way->body + len);
}

static void cut_at_every_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_vendor_cases; i++) {
		const struct vendor_case *vendor = &vendor_cases[i];
		uint8_t bytes[VENDOR_BYTES_MAX];
		struct way *whole;
		size_t parts = 0;

		vendor_bytes(vendor, bytes);
		whole = decode(vendor, bytes, vendor->len);
		for (size_t len = 0; len < vendor->len; len++) {
			struct way *way = decode(vendor, bytes, len);

			assert_int_equal(way->r, 1);
			if (is_raw(way)) {
				assert_int_equal(detail_of(&way->event, "data")->len,
						 len);
			} else {
				assert_part(&way->event, &whole->event, len, way);
				parts++;
			}
			assert_true(strlen(words_of(&way->event)) > 10);
			done(way);
		}
		/* too little for a head is the least of it, and Ampere's BERT is only
		 * that */
		assert_true(parts >= vendor->len - 36 || vendor->len < 36);
		done(whole);
	}
}

/* Each byte of it becomes each of a few others; sanitizers look on. */
static void any_byte_may_lie(void **state)
{
	static const uint8_t lies[] = { 0, 1, 0x10, 0x7f, 0x80, 0xff };

	(void)state;
	for (size_t i = 0; i < n_vendor_cases; i++)
		for (size_t at = 0; at < vendor_cases[i].len; at++)
			for (size_t l = 0; l < ARRAY_SIZE(lies); l++) {
				uint8_t bytes[VENDOR_BYTES_MAX];
				struct way *way;

				vendor_bytes(&vendor_cases[i], bytes);
				bytes[at] = lies[l];
				way = decode(&vendor_cases[i], bytes,
					     vendor_cases[i].len);
				assert_int_equal(way->r, 1);
				assert_true(strlen(words_of(&way->event)) > 10);
				done(way);
			}
}

static void more_than_the_layout_has(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_vendor_cases; i++) {
		const struct vendor_case *vendor = &vendor_cases[i];
		uint8_t bytes[VENDOR_BYTES_MAX];
		struct way *way;

		vendor_bytes(vendor, bytes);
		memcpy(bytes + vendor->len, "more\xff", 5);
		way = decode(vendor, bytes, vendor->len + 5);
		assert_int_equal(way->r, 1);
		for (size_t p = 0; p < vendor->n_places; p++)
			assert_place(&way->event, &vendor->places[p]);
		assert_absent(detail_of(&way->event, "incomplete"));
		assert_bytes(detail_of(&way->event, "undecoded"), "more\xff", 5);
		done(way);
	}
}

static void counts_that_lie(void **state)
{
	static const struct {
		const char *what;
		size_t at, width;
		uint64_t count;
		size_t rows, undecoded;
	} cases[] = {
		{ "hisi-common", 28, 4, 0xffffffff, 3, 0 },
		{ "hisi-common", 28, 4, 16, 3, 0 },
		{ "hisi-common", 28, 4, 0xfffffffe, 3, 0 },
		{ "grace", 22, 1, 255, 2, 0 },
		{ "grace", 22, 1, 3, 2, 0 },
		{ "jaguarmicro", 76, 4, 0xffffffff, 17, 0 },
		{ "jaguarmicro", 76, 4, 0x40000000, 17, 0 },
		{ "jaguarmicro", 76, 4, 3, 17, 0 },
		{ "vera", 1, 1, 255, 6, 0 },
		{ "vera", 1, 1, 6, 6, 0 },
	};
	static const struct {
		const char *what;
		size_t at, width;
		uint64_t count;
		size_t rows, undecoded;
	} less[] = {
		{ "hisi-common", 28, 4, 7, 1, 8 }, /* bytes: one whole register */
		{ "hisi-common", 28, 4, 0, 0, 12 }, { "grace", 22, 1, 1, 1, 16 },
		{ "jaguarmicro", 76, 4, 1, 16, 4 }, { "vera", 1, 1, 1, 1, 102 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases) + ARRAY_SIZE(less); i++) {
		bool more = i < ARRAY_SIZE(cases);
		size_t l = more ? 0 : i - ARRAY_SIZE(cases);
		const struct vendor_case *vendor =
			case_of(more ? cases[i].what : less[l].what);
		struct place count = { more ? cases[i].at : less[l].at,
				       more ? cases[i].width : less[l].width,
				       more ? cases[i].count : less[l].count };
		uint8_t bytes[VENDOR_BYTES_MAX];
		struct way *way;

		vendor_bytes(vendor, bytes);
		put_place(bytes, &count);
		way = decode(vendor, bytes, vendor->len);
		assert_int_equal(way->r, 1);
		assert_int_equal(rows_of(&way->event, "registers"),
				 more ? cases[i].rows : less[l].rows);
		if (more) {
			assert_number(detail_of(&way->event, "incomplete"), 1);
			assert_absent(detail_of(&way->event, "undecoded"));
		} else {
			assert_absent(detail_of(&way->event, "incomplete"));
			assert_int_equal(detail_of(&way->event, "undecoded")->len,
					 less[l].undecoded);
		}
		done(way);
	}
}

static void a_section_that_is_said_to_be_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_vendor_cases; i++) {
		const struct vendor_case *vendor = &vendor_cases[i];
		static uint8_t room[ARENA_BYTES];
		struct arena arena = { room, sizeof(room), 0 };
		uint8_t bytes[VENDOR_BYTES_MAX];
		struct cper_section section = { .type = vendor->guid,
						.body = bytes,
						.len = vendor->len,
						.incomplete = true };
		struct event event;

		vendor_bytes(vendor, bytes);
		assert_int_equal(
			cper_section_decode(&handlers_table, &section, &arena, &event),
			1);
		assert_string_equal(event.type->name, vendor->type);
		assert_number(detail_of(&event, "incomplete"), 1);
	}
}

/* -ENOBUFS, or a whole event. */
static void no_room_in_the_arena(void **state)
{
	static uint8_t room[4096];

	(void)state;
	for (size_t i = 0; i < n_vendor_cases; i++) {
		const struct vendor_case *vendor = &vendor_cases[i];
		const struct handler *handler = handler_of(vendor->type);
		uint8_t bytes[VENDOR_BYTES_MAX];
		const struct cper_section section = { .type = vendor->guid,
						      .body = bytes,
						      .len = vendor->len };
		bool refused = false, taken = false;

		vendor_bytes(vendor, bytes);
		for (size_t size = 0; size <= sizeof(room); size += 8) {
			struct arena arena = { room, size, 0 };
			struct event event;
			int r;

			event_init(&event, handler->type);
			r = handler->decode_section(&section, &arena, &event);
			assert_true(r == 1 || r == -ENOBUFS);
			assert_true(r == 1 || !taken);
			refused |= r < 0;
			taken |= r == 1;
		}
		assert_true(taken);
		/* without registers there is no need of room */
		assert_true(refused || vendor->len == 8 ||
			    !strcmp(vendor->what, "hisi-common-ddrc"));
	}
}

/* --- numbers that nobody has a word for --- */

static void numbers_without_words(void **state)
{
	static const struct {
		const char *what;
		size_t at, width;
		uint64_t number;
		const char *column, *text_column;
		uint64_t kept; /* of the number */
		const char *words;
	} cases[] = {
		{ "hip08-oem1", 8, 1, 9, "module_id", "module", 9, "module 9 on" },
		{ "hip08-oem1", 9, 1, 13, "submodule_id", "submodule", 13, "of PLL on" },
		{ "hip08-oem2", 8, 1, 255, "module_id", "module", 255, "module 255" },
		{ "hip08-oem2", 9, 1, 8, "submodule_id", "submodule", 8, "of DDRC on" },
		{ "hip08-pcie-local", 12, 1, 5, "submodule_id", "submodule", 5,
		  "port5, err" },
		{ "hip08-pcie-local", 15, 1, 4, "error_severity", "error_severity_text",
		  4, "corrected" },
		{ "hisi-common", 10, 1, 60, "module_id", "module", 60, "module 60 on" },
		{ "hisi-common", 5, 1, 3, "soc_id", "soc", 3, "PCIe local" },
		{ "hisi-common", 24, 1, 99, "error_severity", "error_severity_text", 99,
		  "corrected" },
		{ "ampere-altra", 0, 1, 15, "error_type", "error_type_text", 15,
		  "of 15, 2, instance 5" },
		{ "ampere-altra", 0, 1, 62, "error_type", "error_type_text", 62,
		  "of 62" },
		{ "ampere-altra", 1, 1, 3, "error_subtype", "error_subtype_text", 3,
		  "CPM, 3, instance 5" },
		{ "ampere-one", 0, 2, 0x7ff, "error_type", "error_type_text", 0x7ff,
		  "of 2047, 2" },
		{ "ampere-one", 2, 2, 10, "error_subtype", "error_subtype_text", 10,
		  "PE, 10, " },
		{ "grace", 20, 1, 200, "error_severity", "error_severity_text", 200,
		  "corrected" },
		{ "jaguarmicro", 6, 1, 15, "subsystem_id", "subsystem", 15,
		  "of 15, module 1" },
		{ "jaguarmicro", 7, 1, 3, "module_id", "module", 3, "module 3" },
		{ "jaguarmicro", 7, 1, 12, "module_id", "module", 12, "module 12" },
		{ "jaguarmicro-smmu", 8, 1, 2, "submodule_id", "submodule", 2,
		  "submodule 2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct vendor_case *vendor = case_of(cases[i].what);
		uint8_t bytes[VENDOR_BYTES_MAX];
		struct way *way;

		vendor_bytes(vendor, bytes);
		put_place(bytes, &(struct place){ cases[i].at, cases[i].width,
						  cases[i].number });
		way = decode(vendor, bytes, vendor->len);
		assert_int_equal(way->r, 1);
		assert_number(detail_of(&way->event, cases[i].column), cases[i].kept);
		assert_absent(detail_of(&way->event, cases[i].text_column));
		if (!strstr(words_of(&way->event), cases[i].words))
			fail_msg("%s", words_of(&way->event));
		done(way);
	}
}

/* What is not of a layout that is known stays raw, and its type has a name. */
static void kinds_that_nobody_knows_stay_raw(void **state)
{
	static const struct {
		const char *what;
		size_t at, width;
		uint64_t number;
		const char *name;
	} cases[] = {
		{ "yitian-ddr", 0, 1, 0x51, "Alibaba Yitian DDR" },
		{ "vera", 0, 1, 2, "NVIDIA Vera" },
		{ "vera", 34, 1, 31, "NVIDIA Vera" }, /* a CPU's info has 32 bytes */
		{ "ampere-one", 0, 2, 0x7000, "AmpereOne" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct vendor_case *vendor = case_of(cases[i].what);
		uint8_t bytes[VENDOR_BYTES_MAX];
		struct way *way;

		vendor_bytes(vendor, bytes);
		put_place(bytes, &(struct place){ cases[i].at, cases[i].width,
						  cases[i].number });
		way = decode(vendor, bytes, vendor->len);
		assert_int_equal(way->r, 1);
		assert_true(is_raw(way));
		assert_text(detail_of(&way->event, "section_name"), cases[i].name);
		assert_bytes(detail_of(&way->event, "data"), bytes, vendor->len);
		assert_non_null(strstr(words_of(&way->event), cases[i].name));
		done(way);
	}
}

static void every_section_that_is_decoded_has_a_name(void **state)
{
	static const uint8_t nobody[GUID_BYTES] = { 1, 2, 3 };
	static const struct guid none;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < handlers_table.n_handlers; i++)
		for (size_t s = 0; s < HANDLER_SECTIONS_MAX; s++) {
			const struct guid *guid =
				&handlers_table.handlers[i]->sections[s];

			if (!memcmp(guid, &none, sizeof(none)))
				break;
			assert_non_null(guid_section_name(guid->bytes));
			n++;
		}
	assert_true(n >= 14);
	assert_null(guid_section_name(nobody));
	assert_null(guid_section_name(none.bytes));
}

/* --- each vendor's own --- */

/* From reports to the kernel's mailing list (Altra, March 2023): what reached for a
 * register that its GIC does not have, on both sockets. */
static void altra_as_it_was_sent(void **state)
{
	static const uint8_t sent[2][48] = {
		{ 0x05, 0x00, 0x00, 0x00, 0x0e, 0x00, 0x30, 0xec, 0x10, 0x01, 0x08, 0x00,
		  0x01, 0x10, 0x00, 0x80, 0x00, 0x03 },
		{ 0x05, 0x00, 0x00, 0x40, 0x0e, 0x00, 0x30, 0xec, 0x10, 0x01, 0x08, 0x00,
		  0x01, 0x50, 0x00, 0x80, 0x00, 0x03 },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct way *way = decode_as(&case_of("ampere-altra")->guid,
					    SEVERITY_UNCORRECTED, sent[i], 48);

		assert_int_equal(way->r, 1);
		assert_text(detail_of(&way->event, "chip"), "Altra");
		assert_number(detail_of(&way->event, "payload_type"), 0);
		assert_number(detail_of(&way->event, "socket"), i);
		assert_number(detail_of(&way->event, "error_instance"), 0);
		assert_number(register_of(&way->event, "ERR_STATUS"), 0xec30000e);
		assert_number(register_of(&way->event, "ERR_ADDR"),
			      i ? 0x8000500100080110 : 0x8000100100080110);
		assert_number(register_of(&way->event, "ERR_MISC0"), 0x300);
		assert_absent(detail_of(&way->event, "core"));
		assert_string_equal(words_of(&way->event),
				    i ? "uncorrected error of GIC, ERR0, instance 0 on "
					"socket 1: uncorrected, recoverable; overflow: "
					"illegal access, 6 registers" :
					"uncorrected error of GIC, ERR0, instance 0 on "
					"socket 0: uncorrected, recoverable; overflow: "
					"illegal access, 6 registers");
		done(way);
	}
}

/* The example in the kernel's sysfs-bus-platform-devices-ampere-smpro. */
static void altra_as_the_kernel_documents_it(void **state)
{
	static const uint8_t example[48] = { 0x88, 0x08, 0x07, 0x00, 0x1e, 0x00, 0x40,
					     0x10, 0x40, 0x10, 0x40, 0x10, 0x15, 0x00,
					     0x00, 0x00, 0x01, 0x00, 0x40, 0x10, 0x40,
					     0x10, 0x40, 0x10, 0x0c };
	struct way *way = decode_as(&case_of("ampere-altra")->guid, SEVERITY_UNCORRECTED,
				    example, sizeof(example));

	(void)state;
	assert_int_equal(way->r, 1);
	assert_number(detail_of(&way->event, "payload_type"), 2);
	assert_text(detail_of(&way->event, "error_type_text"), "PCIe root complex");
	assert_text(detail_of(&way->event, "error_subtype_text"), "RASDP");
	assert_number(detail_of(&way->event, "error_instance"), 7);
	assert_number(register_of(&way->event, "CE_REPORT"), 0x1040001e);
	assert_number(register_of(&way->event, "CE_ADDR"), 0x15);
	assert_number(register_of(&way->event, "UE_REPORT"), 0x10400001);
	assert_number(register_of(&way->event, "UE_ADDR"), 0xc);
	done(way);
}

static void altra_parts(void **state)
{
	static const struct {
		uint8_t type, subtype;
		uint16_t instance;
		const char *subtype_text, *instance_text; /* NULL: none */
	} cases[] = {
		{ 1, 7, 0x0003, "link error", NULL },
		{ 1, 2, 0x1005, "ERR2", "MCU 5 slot 2" },
		{ 2, 0, 0x0843, "cross point", "X 3 Y 2 NS 1" },
		{ 2, 2, 0x3843, "home node (memory)", "X 3 Y 2 NS 1 device 3" },
		{ 2, 3, 0x0001, NULL, "X 1 Y 0 NS 0" },
		{ 2, 4, 0x0001, "CCIX node", "X 1 Y 0 NS 0" },
		{ 5, 21, 4, "ERR21", NULL },
		{ 5, 22, 4, NULL, NULL },
		{ 6, 9, 4, "TBU9", NULL },
		{ 6, 100, 4, "TCU", NULL },
		{ 10, 2, 0, "MPA_ERR", NULL },
		{ 3, 0, 1, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const uint8_t bytes[48] = { cases[i].type, cases[i].subtype,
					    (uint8_t)cases[i].instance,
					    (uint8_t)(cases[i].instance >> 8) };
		struct way *way = decode_as(&case_of("ampere-altra")->guid,
					    SEVERITY_CORRECTED, bytes, sizeof(bytes));
		const struct value *subtype =
			detail_of(&way->event, "error_subtype_text");
		const struct value *instance =
			detail_of(&way->event, "error_instance_text");

		assert_number(detail_of(&way->event, "error_instance"),
			      cases[i].instance);
		if (cases[i].subtype_text)
			assert_text(subtype, cases[i].subtype_text);
		else
			assert_absent(subtype);
		if (cases[i].instance_text)
			assert_text(instance, cases[i].instance_text);
		else
			assert_absent(instance);
		done(way);
	}
}

static void altra_and_one_have_heads_of_their_own(void **state)
{
	uint8_t bytes[VENDOR_BYTES_MAX];
	struct way *way;

	(void)state;
	vendor_bytes(case_of("ampere-altra"), bytes);
	way = decode(case_of("ampere-altra"), bytes, 48);
	assert_number(detail_of(&way->event, "error_type"), 0);
	assert_number(detail_of(&way->event, "error_instance"), 5);
	assert_number(detail_of(&way->event, "socket"), 1);
	assert_number(detail_of(&way->event, "core"), 11);
	assert_absent(detail_of(&way->event, "error_severity"));
	done(way);
	vendor_bytes(case_of("ampere-one-ecc"), bytes);
	way = decode(case_of("ampere-one-ecc"), bytes, 48);
	assert_text(detail_of(&way->event, "chip"), "AmpereOne");
	assert_number(detail_of(&way->event, "payload_type"), 3);
	assert_number(detail_of(&way->event, "error_type"), 1);
	assert_number(detail_of(&way->event, "error_instance"), 7);
	assert_number(detail_of(&way->event, "socket"), 1);
	assert_number(detail_of(&way->event, "error_severity"), 2);
	assert_absent(detail_of(&way->event, "core"));
	done(way);
}

static void the_firmware_of_one_says_something(void **state)
{
	const struct vendor_case *vendor = case_of("ampere-one-firmware");
	uint8_t bytes[VENDOR_BYTES_MAX];
	struct way *way;

	(void)state;
	vendor_bytes(vendor, bytes);
	memcpy(bytes + 17, "hello", 5);
	way = decode(vendor, bytes, 22);
	assert_bytes(detail_of(&way->event, "undecoded"), "hello", 5);
	assert_number(register_of(&way->event, "FW_MESSAGE_BYTES"), 5);
	done(way);
}

static void hip08_parts_are_numbered_by_group(void **state)
{
	static const struct {
		const char *what;
		uint8_t module, submodule;
		const char *text; /* NULL: none */
	} cases[] = {
		{ "hip08-oem1", 1, 0, "TB_PLL0" },
		{ "hip08-oem1", 1, 4, "TA_PLL0" },
		{ "hip08-oem1", 1, 12, "NIMBUS_PLL4" },
		{ "hip08-oem1", 2, 5, "TA_SLLC2" },
		{ "hip08-oem1", 2, 7, "NIMBUS_SLLC1" },
		{ "hip08-oem1", 4, 9, "NIMBUS_SIOE1" },
		{ "hip08-oem1", 5, 1, "TA_POE" },
		{ "hip08-oem1", 5, 2, NULL },
		{ "hip08-oem1", 8, 0, "TB_PERI_DISP" },
		{ "hip08-oem1", 8, 9, "NETWORK_DISP" },
		{ "hip08-oem1", 15, 1, "SAS1" },
		{ "hip08-oem1", 17, 2, "USB2" },
		{ "hip08-oem1", 0, 0, NULL },
		{ "hip08-oem2", 0, 3, "NIC_SMMU" },
		{ "hip08-oem2", 1, 3, "TA_HHA1" },
		{ "hip08-oem2", 3, 2, "HLLC2" },
		{ "hip08-oem2", 5, 8, "TA_PARTITION0" },
		{ "hip08-oem2", 6, 7, "TA_BANK3" },
		{ "hip08-oem2", 6, 8, NULL },
		{ "hip08-oem2", 2, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct vendor_case *vendor = case_of(cases[i].what);
		uint8_t bytes[VENDOR_BYTES_MAX];
		const struct value *text;
		struct way *way;

		vendor_bytes(vendor, bytes);
		bytes[8] = cases[i].module;
		bytes[9] = cases[i].submodule;
		way = decode(vendor, bytes, vendor->len);
		text = detail_of(&way->event, "submodule");
		if (cases[i].text)
			assert_text(text, cases[i].text);
		else
			assert_absent(text);
		done(way);
	}
}

static void graces_registers_have_addresses(void **state)
{
	const struct vendor_case *vendor = case_of("grace");
	uint8_t bytes[VENDOR_BYTES_MAX];
	struct way *way;

	(void)state;
	vendor_bytes(vendor, bytes);
	way = decode(vendor, bytes, vendor->len);
	assert_int_equal(rows_of(&way->event, "registers"), 2);
	assert_number(cell_of(&way->event, "registers", 0, "address"), 0x1000);
	assert_number(cell_of(&way->event, "registers", 0, "value"), 0x1111111111111111);
	assert_number(cell_of(&way->event, "registers", 1, "address"), 0x1008);
	assert_number(cell_of(&way->event, "registers", 1, "value"), 0x2222222222222222);
	done(way);
	memset(bytes, 'A', 16); /* a signature that nothing ends */
	way = decode(vendor, bytes, vendor->len);
	assert_text(detail_of(&way->event, "signature"), "AAAAAAAAAAAAAAAA");
	assert_int_equal(way->event.component, COMPONENT_PLATFORM);
	done(way);
}

static void veras_contexts(void **state)
{
	static const struct {
		uint64_t size, format, data_size;
		const char *opaque;
	} contexts[] = { { 40, 1, 16, NULL },
			 { 32, 2, 16, NULL },
			 { 16, 3, 8, NULL },
			 { 26, 4, 10, "\xef\xbe" },
			 { 20, 0x8001, 4, "ABCD" } };
	static const struct {
		uint64_t context, address, value;
		bool has_address;
	} registers[] = { { 0, 0x100, 0x200, true }, { 1, 0x101, 0x201, true },
			  { 1, 0x102, 0x202, true }, { 2, 0, 0x203, false },
			  { 3, 0, 0x204, false },    { 3, 0, 0x205, false } };
	const struct vendor_case *vendor = case_of("vera");
	uint8_t bytes[VENDOR_BYTES_MAX];
	struct way *way;

	(void)state;
	vendor_bytes(vendor, bytes);
	memcpy(bytes + 40, "serial number 16", 16);
	memcpy(bytes + 64, "info", 4);
	way = decode(vendor, bytes, vendor->len);
	assert_int_equal(rows_of(&way->event, "contexts"), ARRAY_SIZE(contexts));
	for (size_t i = 0; i < ARRAY_SIZE(contexts); i++) {
		const struct value *opaque =
			cell_of(&way->event, "contexts", i, "opaque");

		assert_number(cell_of(&way->event, "contexts", i, "size"),
			      contexts[i].size);
		assert_number(cell_of(&way->event, "contexts", i, "format"),
			      contexts[i].format);
		assert_number(cell_of(&way->event, "contexts", i, "data_size"),
			      contexts[i].data_size);
		if (contexts[i].opaque)
			assert_bytes(opaque, contexts[i].opaque,
				     strlen(contexts[i].opaque));
		else
			assert_absent(opaque);
	}
	assert_number(cell_of(&way->event, "contexts", 0, "version"), 7);
	assert_number(cell_of(&way->event, "contexts", 0, "format_version"), 9);
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		const struct value *address =
			cell_of(&way->event, "registers", i, "address");

		assert_number(cell_of(&way->event, "registers", i, "context"),
			      registers[i].context);
		assert_number(cell_of(&way->event, "registers", i, "value"),
			      registers[i].value);
		if (registers[i].has_address)
			assert_number(address, registers[i].address);
		else
			assert_absent(address);
	}
	assert_bytes(detail_of(&way->event, "chip_serial_number"), "serial number 16",
		     16);
	assert_bytes(detail_of(&way->event, "device_info"), "info", 4);
	done(way);
}

/* Of a device that is no CPU the info stays bytes; the contexts are as ever. */
static void veras_other_devices(void **state)
{
	static const struct {
		uint8_t device, info_major;
		const char *text; /* NULL: none */
	} cases[] = {
		{ 1, 0, "GPU" }, { 4, 0, "switch" }, { 6, 0, NULL }, { 0, 1, "CPU" }
	};
	const struct vendor_case *vendor = case_of("vera");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t bytes[VENDOR_BYTES_MAX];
		struct way *way;

		vendor_bytes(vendor, bytes);
		bytes[2] = cases[i].device;
		bytes[33] = cases[i].info_major;
		way = decode(vendor, bytes, vendor->len);
		assert_int_equal(way->r, 1);
		if (cases[i].text)
			assert_text(detail_of(&way->event, "device_type_text"),
				    cases[i].text);
		else
			assert_absent(detail_of(&way->event, "device_type_text"));
		assert_absent(detail_of(&way->event, "socket"));
		assert_bytes(detail_of(&way->event, "device_info"), bytes + 35, 33);
		assert_int_equal(rows_of(&way->event, "contexts"), 5);
		assert_text(&way->event.device, "SOCHUB");
		done(way);
	}
}

/* The walk stops where a size cannot be; what lies behind is kept. */
static void veras_sizes_that_lie(void **state)
{
	static const struct {
		size_t at;
		uint64_t value;
		size_t contexts, registers, undecoded;
	} cases[] = {
		{ 68, 15, 0, 0, 142 },	       /* less than a head */
		{ 68, 31, 0, 0, 142 },	       /* less than head and data */
		{ 68, 0xffffffff, 1, 1, 0 },   /* more than there is */
		{ 80, 0xffffffff, 0, 0, 142 }, /* data beyond the context */
		{ 152, 0xffffffff, 3, 9, 0 },  /* no size to hold it against */
		{ 202, 5, 4, 6, 20 },
	};
	const struct vendor_case *vendor = case_of("vera");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t bytes[VENDOR_BYTES_MAX];
		const struct value *undecoded;
		struct way *way;

		vendor_bytes(vendor, bytes);
		put_place(bytes, &(struct place){ cases[i].at, 4, cases[i].value });
		way = decode(vendor, bytes, vendor->len);
		assert_int_equal(way->r, 1);
		assert_number(detail_of(&way->event, "incomplete"), 1);
		assert_int_equal(rows_of(&way->event, "contexts"), cases[i].contexts);
		assert_int_equal(rows_of(&way->event, "registers"), cases[i].registers);
		undecoded = detail_of(&way->event, "undecoded");
		assert_int_equal(undecoded->len, cases[i].undecoded);
		done(way);
	}
}

/* --- in an ARM record --- */

#define MIDR_AMPERE_ONE	 0xc00fac30
#define MIDR_NEOVERSE_N1 0x413fd0c1 /* Altra's, and others' */

static void decode_arm(uint64_t midr, const uint8_t *vendor, size_t len,
		       struct decoded *ret)
{
	static const uint8_t error[32] = { 0, 32, 0, 0, 2 };
	struct tracepoint *tp = resolve(&format_arm);
	struct raw raw;

	raw_example(&format_arm, &raw);
	raw_put(&raw, 16, midr, 8);
	raw_put(&raw, 36, 32, 4);
	raw_put_data(&raw, 40, error, sizeof(error));
	raw_put(&raw, 44, 0, 4);
	raw_put_data(&raw, 48, "", 0);
	raw_put(&raw, 52, len, 4);
	raw_put_data(&raw, 56, vendor, len);
	assert_int_equal(decode_bytes(tp, raw.bytes, raw.len, 4096, ret), 1);
	tracepoint_free(tp);
}

static void one_in_an_arm_record(void **state)
{
	static const struct {
		const char *name;
		uint64_t value;
		const char *text; /* NULL: none */
	} rows[] = { { "type", 0, "PE" },
		     { "subtype", 2, "MMU DTLB (CE)" },
		     { "instance", 7, NULL },
		     { "socket", 1, NULL },
		     { "severity", 2, NULL } };
	const struct vendor_case *vendor = case_of("ampere-one");
	uint8_t bytes[VENDOR_BYTES_MAX];
	struct decoded decoded;

	(void)state;
	vendor_bytes(vendor, bytes);
	decode_arm(MIDR_AMPERE_ONE, bytes, vendor->len, &decoded);
	assert_int_equal(rows_of(&decoded.event, "vendor"), 13);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_text(cell_of(&decoded.event, "vendor", i, "name"), rows[i].name);
		assert_number(cell_of(&decoded.event, "vendor", i, "value"),
			      rows[i].value);
		if (rows[i].text)
			assert_text(cell_of(&decoded.event, "vendor", i, "text"),
				    rows[i].text);
		else
			assert_absent(cell_of(&decoded.event, "vendor", i, "text"));
	}
	for (size_t p = 3, row = 5; p < vendor->n_places; p++, row++) {
		assert_text(cell_of(&decoded.event, "vendor", row, "name"),
			    vendor->places[p].reg);
		assert_number(cell_of(&decoded.event, "vendor", row, "value"),
			      place_value(&vendor->places[p]));
	}
	assert_text(cell_of(&decoded.event, "vendor", 7, "text"),
		    "corrected, transient: TLB data");
	assert_bytes(detail_of(&decoded.event, "vendor_bytes"), bytes, vendor->len);
	decoded_free(&decoded);
}

/* Whose bytes are not certain, stay bytes. */
static void vendor_bytes_of_others(void **state)
{
	static const struct {
		uint64_t midr;
		size_t len;
		uint8_t layout; /* 15:12 of the type */
	} cases[] = {
		{ MIDR_NEOVERSE_N1, 72, 0 },   { 0x410fd490, 72, 0 }, /* Neoverse N2 */
		{ 0xc00fac40, 72, 0 },	       /* AmpereOne's successor */
		{ 0x410fac30, 72, 0 },	       /* the part, but not the vendor */
		{ MIDR_AMPERE_ONE, 71, 0 },    /* too short */
		{ MIDR_AMPERE_ONE, 72, 0x10 }, /* another layout */
		{ MIDR_AMPERE_ONE, 72, 0xf0 }, { MIDR_AMPERE_ONE, 7, 0 },
	};
	uint8_t bytes[VENDOR_BYTES_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct decoded decoded;

		vendor_bytes(case_of("ampere-one"), bytes);
		bytes[1] = cases[i].layout;
		decode_arm(cases[i].midr, bytes, cases[i].len, &decoded);
		assert_int_equal(rows_of(&decoded.event, "vendor"), 0);
		assert_bytes(detail_of(&decoded.event, "vendor_bytes"), bytes,
			     cases[i].len);
		decoded_free(&decoded);
	}
	vendor_bytes(case_of("ampere-one"), bytes);
	for (uint64_t revision = 0; revision < 16; revision++) { /* any of the part's */
		struct decoded decoded;

		decode_arm(MIDR_AMPERE_ONE | revision | revision << 20, bytes, 72,
			   &decoded);
		assert_int_equal(rows_of(&decoded.event, "vendor"), 13);
		decoded_free(&decoded);
	}
}

/* Too little room for the rows is an error, as for all others of an ARM record. */
static void no_room_for_the_rows(void **state)
{
	static uint8_t room[1024];
	uint8_t bytes[VENDOR_BYTES_MAX];
	bool refused = false, taken = false;

	(void)state;
	vendor_bytes(case_of("ampere-one"), bytes);
	for (size_t size = 0; size <= sizeof(room); size += 8) {
		struct arena arena = { room, size, 0 };
		struct event event;
		int r;

		event_init(&event, handler_of("arm")->type);
		r = ampere_rows_fill(MIDR_AMPERE_ONE, bytes, 72, ARM_LIST_VENDOR, &arena,
				     &event);
		assert_true(r == 0 || r == -ENOBUFS);
		assert_int_equal(rows_of(&event, "vendor"), r ? 0 : 13);
		refused |= r < 0;
		taken |= r == 0;
	}
	assert_true(refused && taken);
}

static void a_status_in_words(void **state)
{
	static const struct {
		uint64_t status;
		const char *words;
	} cases[] = {
		{ 0xec30000e, "uncorrected, recoverable; overflow: illegal access" },
		{ 0x00000000, "" },
		{ 0xbc30000e, "" }, /* not valid */
		{ 0x40000000, "" },
		{ 0x40000006, "cache data" },
		{ 0x41000006, "corrected, transient: cache data" },
		{ 0x42000008, "corrected, nonspecific: TLB data" },
		{ 0x43000002, "corrected, persistent: data of internal memory" },
		{ 0x60000004, "uncorrected, uncontainable: failed assertion" },
		{ 0x60100013, "uncorrected, unrecoverable: external timeout" },
		{ 0x60200000, "uncorrected, restartable" },
		{ 0x40c0000c, "deferred; poison: data of external memory" },
		{ 0x6b88001a,
		  "uncorrected, uncontainable; deferred; corrected, persistent; "
		  "overflow; critical: another internal one" },
		{ 0x4000001b, "code 27" },
		{ 0x400000ff, "code 255" },
		{ 0xdeadbeef41000007, "corrected, transient: cache tag" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[ARM_RAS_TEXT_BYTES] = "";
		struct text text = TEXT_IN(buf);

		arm_ras_add_status(cases[i].status, &text);
		assert_string_equal(buf, cases[i].words);
	}
	for (uint64_t serr = 0; serr < 256; serr++) { /* the longest fits, too */
		char buf[ARM_RAS_TEXT_BYTES] = "";
		struct text text = TEXT_IN(buf);

		arm_ras_add_status(0x6bd80000 | serr, &text);
		assert_false(text.cut);
	}
}

/* --- the reader itself --- */

static void numbers_of_any_width(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 0x88 };
	uint64_t number = 0;

	(void)state;
	for (size_t width = 0; width <= 8; width++) {
		struct layout_body body = { .bytes = bytes,
					    .len = sizeof(bytes),
					    .end = 8 };
		uint64_t expected = 0x8807060504030201;

		assert_true(layout_read(&body, 8 - width, width, &number));
		expected = width ? expected >> (64 - 8 * width) : 0;
		assert_int_equal(number, expected);
		assert_false(body.cut);
		assert_false(layout_read(&body, 9 - width, width, &number));
		assert_true(body.cut);
		assert_int_equal(body.end, MIN((size_t)8, 9 - width));
		assert_int_equal(number, expected);
	}
	assert_string_equal(layout_word(&layout_severities, 3), "none");
	assert_null(layout_word(&layout_severities, 4));
	assert_null(layout_word(&layout_severities, UINT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_comes_back),
		cmocka_unit_test(only_what_is_valid_is_told),
		cmocka_unit_test(nothing_is_valid),
		cmocka_unit_test(whose_severity),
		cmocka_unit_test(cut_at_every_length),
		cmocka_unit_test(any_byte_may_lie),
		cmocka_unit_test(more_than_the_layout_has),
		cmocka_unit_test(counts_that_lie),
		cmocka_unit_test(a_section_that_is_said_to_be_cut),
		cmocka_unit_test(no_room_in_the_arena),
		cmocka_unit_test(numbers_without_words),
		cmocka_unit_test(kinds_that_nobody_knows_stay_raw),
		cmocka_unit_test(every_section_that_is_decoded_has_a_name),
		cmocka_unit_test(altra_as_it_was_sent),
		cmocka_unit_test(altra_as_the_kernel_documents_it),
		cmocka_unit_test(altra_parts),
		cmocka_unit_test(altra_and_one_have_heads_of_their_own),
		cmocka_unit_test(the_firmware_of_one_says_something),
		cmocka_unit_test(hip08_parts_are_numbered_by_group),
		cmocka_unit_test(graces_registers_have_addresses),
		cmocka_unit_test(veras_contexts),
		cmocka_unit_test(veras_other_devices),
		cmocka_unit_test(veras_sizes_that_lie),
		cmocka_unit_test(one_in_an_arm_record),
		cmocka_unit_test(vendor_bytes_of_others),
		cmocka_unit_test(no_room_for_the_rows),
		cmocka_unit_test(a_status_in_words),
		cmocka_unit_test(numbers_of_any_width),
	};

	return cmocka_run_group_tests_name("vendor", tests, NULL, NULL);
}
