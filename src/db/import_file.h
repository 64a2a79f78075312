/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Somebody else's database file. */

#include <sqlite3.h>

#include "util/text.h"

/*
 * A copy of it, in a temporary file that is gone with its last user; nothing that the
 * file's schema has is run by reading it. The file stays as it is: what its program did
 * not end (it was killed within a transaction) is taken back in a copy.
 * The caller's to close with sqlite3_close(), also after a failure. Returns 0, or a
 * negative errno with a note.
 */
int import_file_copy(const char *file, sqlite3 **ret, struct text *ret_note);
