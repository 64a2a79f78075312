// SPDX-License-Identifier: LGPL-2.1-or-later

/* What keeps store from writing, said once, and for how long it has been so. */

#include "unit/check.h"

#include <errno.h>

#include "ipc/status.h"
#include "rasd/trouble.h"
#include "util/clock.h"
#include "util/log.h"

/* As if what is now had begun so long ago. */
static void let_pass(struct ring_status *status, int64_t seconds)
{
	status->store_since_ns -= seconds * NS_PER_SEC;
}

static void another_error_begins_anew(void **state)
{
	struct ring_status status = { 0 };

	(void)state;
	trouble_say(&status, LOG_DEBUG, -ENOSPC, "the disk is full");
	let_pass(&status, 3600);
	assert_true(trouble_lasts(&status, -ENOSPC));
	assert_false(trouble_lasts(&status, -EIO));
	trouble_say(&status, LOG_DEBUG, -EIO, "it cannot be read");
	assert_false(trouble_lasts(&status, -EIO));
	let_pass(&status, 6);
	trouble_say(&status, LOG_DEBUG, -EIO, "it cannot be read, once more");
	let_pass(&status, 6);
	assert_true(trouble_lasts(&status, -EIO));
	trouble_end(&status, "rasd.db");
	assert_false(trouble_lasts(&status, -EIO));
	assert_int_equal(status.store_error, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_error_begins_anew),
	};

	return cmocka_run_group_tests_name("trouble", tests, NULL, NULL);
}
