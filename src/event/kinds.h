/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

/*
 * The words every event is described with. Their numbers are stored in the database and
 * go through the ring: add at the end, never renumber.
 */

enum severity {
	SEVERITY_INFO,
	SEVERITY_CORRECTED,
	SEVERITY_DEFERRED,
	SEVERITY_UNCORRECTED,
	SEVERITY_FATAL,
	SEVERITY_UNKNOWN, /* the kernel did not say; shown as null */
	SEVERITY_MAX
};

enum component {
	COMPONENT_UNKNOWN,
	COMPONENT_MEMORY,
	COMPONENT_CPU,
	COMPONENT_CACHE,
	COMPONENT_TLB,
	COMPONENT_BUS,
	COMPONENT_DISK,
	COMPONENT_PROCESS,
	COMPONENT_PLATFORM, /* firmware reported it, only a vendor knows what it is */
	COMPONENT_RASD,
	COMPONENT_PCIE,
	COMPONENT_CXL,
	COMPONENT_NETWORK,
	COMPONENT_MAX
};

enum address_kind {
	ADDRESS_NONE,
	ADDRESS_PHYSICAL,
	ADDRESS_VIRTUAL,
	ADDRESS_HOST_PHYSICAL,
	ADDRESS_DEVICE_PHYSICAL,
	ADDRESS_KIND_MAX
};

enum event_source {
	SOURCE_TRACE,
	SOURCE_LOG,    /* the kernel's log */
	SOURCE_SELF,   /* rasd's own signal handler */
	SOURCE_BERT,   /* what firmware kept of the boot before */
	SOURCE_ERST,   /* firmware's store of records */
	SOURCE_PSTORE, /* what the kernel kept of the boot before */
	SOURCE_FILE,   /* given to rasctl decode */
	SOURCE_IMPORT, /* rasdaemon's database */
	EVENT_SOURCE_MAX
};

/* Each returns a static string, "?" for a number that none of us wrote. */
const char *severity_name(enum severity severity);
const char *component_name(enum component component);
const char *address_kind_name(enum address_kind kind);
const char *event_source_name(enum event_source source);

enum severity severity_from_ghes(unsigned int ghes_severity);
enum severity severity_from_cper(uint32_t cper_severity);
