// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasctl/ctl.h"

#include <stdarg.h>

#include "util/text.h"

/* A verb is a file that defines verb_NAME, and a line here; in the order of the help. */
#define VERBS(do_)                                                              \
	do_(events) do_(show) do_(summary) do_(pages) do_(units) do_(actions)   \
		do_(status) do_(check) do_(ack) do_(export) do_(db) do_(policy) \
			do_(decode) do_(capture) do_(test_event)

#define DECLARE(name_)	extern const struct verb verb_##name_;
#define POINT_TO(name_) &verb_##name_,

VERBS(DECLARE)

const struct verb *const verbs[] = { VERBS(POINT_TO) NULL };

/*
 * One sentence on standard error. Returns `code`. What the user typed may be in it, so it
 * is escaped as a whole.
 */
int complain(enum exit_code code, const char *fmt, ...)
{
	char raw[2048], clean[4 * sizeof(raw)] = "";
	struct text text = TEXT_IN(clean);
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_add_escaped(&text, raw, (size_t)MAX(0, MIN(n, (int)sizeof(raw) - 1)));
	fprintf(stderr, "rasctl: %s\n", clean);
	return code;
}
