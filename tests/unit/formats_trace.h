/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Formats of the tracepoints beside ARM, memory and signals; each has an example(). */

#include "unit/fixtures.h"

extern const struct format format_block_complete, format_devlink_health,
	format_devlink_aborted, format_devlink_state, format_devlink_hwerr,
	format_net_timeout, format_net_timeout_7, format_oom_victim,
	format_oom_victim_6_1, format_migrate, format_migrate_6_1, format_pci_hotplug,
	format_pcie_link, format_nvme, format_nvme_async, format_scsi, format_scsi_6_1,
	format_scsi_timeout, format_ata, format_extlog, format_mce_6_1,
	format_mce_6_12, format_mce;
