// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/hardware.h"

#include <systemd/sd-hwdb.h>

/* The database, opened when the first device is asked for. NULL: there is none. */
static sd_hwdb *database(void)
{
	static sd_hwdb *hwdb;
	static bool tried;

	if (!tried && sd_hwdb_new(&hwdb) < 0)
		hwdb = NULL;
	tried = true;
	return hwdb;
}

/* "Intel Corporation 82574L Gigabit Network Connection"; NULL: nobody knows. */
const char *hardware_words(const char *modalias, char *buf, size_t size)
{
	const char *vendor = NULL, *model = NULL;
	sd_hwdb *hwdb = modalias ? database() : NULL;
	struct text text = { .at = buf, .size = size };

	*buf = '\0';
	if (!hwdb)
		return NULL;
	if (sd_hwdb_get(hwdb, modalias, "ID_VENDOR_FROM_DATABASE", &vendor) >= 0)
		text_add(&text, "%s", vendor);
	if (sd_hwdb_get(hwdb, modalias, "ID_MODEL_FROM_DATABASE", &model) >= 0)
		text_add(&text, "%s%s", text.len ? " " : "", model);
	return text.len ? buf : NULL;
}

/* "0000:01:00.0 (Intel Corporation 82574L Gigabit Network Connection)" */
void format_device(struct json_object *row, const struct column *column,
		   const struct output *out, struct text *text)
{
	const char *device = json_text(row, column->key), *words;
	char buf[256];

	(void)out;
	if (!device)
		return;
	words = hardware_words(json_text(row, "device_id"), buf, sizeof(buf));
	text_add(text, "%s", device);
	if (words)
		text_add(text, " (%s)", words);
}
