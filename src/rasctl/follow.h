/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Waits for a database to have more. */

#include <stdbool.h>

struct follow;

int follow_begin(const char *db, struct follow **ret);
bool follow_wait(struct follow *follow);
bool follow_was_replaced(const struct follow *follow);
void follow_took(struct follow *follow);
void follow_end_at(struct follow **follow);
