/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The boot error region: what firmware kept of the error that ended the boot before. */

#include "sources/kept.h"

int bert_read(const char *tables, kept_fn fn, void *userdata);
