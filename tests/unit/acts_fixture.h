/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Rows of hits and actions to put into the fixture's database. */

#include "db_fixture.h"
#include "event/acts.h"

#define BASE 1000 /* of the ring in these tests: its id 5 is row 1005 */

struct db_writer *begin_acts(struct fixture *f);
struct db_hit sample_hit(uint64_t event);
struct db_action sample_action(uint64_t id, enum act_outcome outcome);
