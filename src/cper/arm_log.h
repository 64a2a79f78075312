/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * An ARM section's body out of what the kernel's log says of it (cper_print_proc_arm(),
 * drivers/firmware/efi/cper-arm.c).
 */

#include "cper/arm.h"
#include "cper/log.h"
#include "util/arena.h"

int arm_log_body(const struct cper_log_section *section, struct arena *arena,
		 struct arm_body *ret);
