// SPDX-License-Identifier: LGPL-2.1-or-later

#include "event/kinds.h"

#include "util/macro.h"

static const char *const severities[SEVERITY_MAX] = {
	[SEVERITY_INFO] = "info",	  [SEVERITY_CORRECTED] = "corrected",
	[SEVERITY_DEFERRED] = "deferred", [SEVERITY_UNCORRECTED] = "uncorrected",
	[SEVERITY_FATAL] = "fatal",	  [SEVERITY_UNKNOWN] = "unknown",
};

static const char *const components[COMPONENT_MAX] = {
	[COMPONENT_UNKNOWN] = "unknown",   [COMPONENT_MEMORY] = "memory",
	[COMPONENT_CPU] = "cpu",	   [COMPONENT_CACHE] = "cache",
	[COMPONENT_TLB] = "tlb",	   [COMPONENT_BUS] = "bus",
	[COMPONENT_DISK] = "disk",	   [COMPONENT_PROCESS] = "process",
	[COMPONENT_PLATFORM] = "platform", [COMPONENT_RASD] = "rasd",
	[COMPONENT_PCIE] = "pcie",	   [COMPONENT_CXL] = "cxl",
	[COMPONENT_NETWORK] = "network",
};

static const char *const address_kinds[ADDRESS_KIND_MAX] = {
	[ADDRESS_NONE] = "none",
	[ADDRESS_PHYSICAL] = "physical",
	[ADDRESS_VIRTUAL] = "virtual",
	[ADDRESS_HOST_PHYSICAL] = "host-physical",
	[ADDRESS_DEVICE_PHYSICAL] = "device-physical",
};

static const char *const sources[EVENT_SOURCE_MAX] = {
	[SOURCE_TRACE] = "trace", [SOURCE_LOG] = "kernel-log", [SOURCE_SELF] = "self",
	[SOURCE_BERT] = "bert",	  [SOURCE_ERST] = "erst",      [SOURCE_PSTORE] = "pstore",
	[SOURCE_FILE] = "file",	  [SOURCE_IMPORT] = "import",
};

static const char *name_of(const char *const *names, unsigned int n, unsigned int i)
{
	return i < n ? names[i] : "?";
}

const char *severity_name(enum severity severity)
{
	return name_of(severities, SEVERITY_MAX, severity);
}

const char *component_name(enum component component)
{
	return name_of(components, COMPONENT_MAX, component);
}

const char *address_kind_name(enum address_kind kind)
{
	return name_of(address_kinds, ADDRESS_KIND_MAX, kind);
}

const char *event_source_name(enum event_source source)
{
	return name_of(sources, EVENT_SOURCE_MAX, source);
}

/*
 * The kernel's own numbering in arm_event and non_standard_event (enum in
 * include/acpi/ghes.h). CPER and EDAC each have another one.
 */
enum severity severity_from_ghes(unsigned int ghes_severity)
{
	static const enum severity map[] = { SEVERITY_INFO, SEVERITY_CORRECTED,
					     SEVERITY_UNCORRECTED, SEVERITY_FATAL };

	return ghes_severity < ARRAY_SIZE(map) ? map[ghes_severity] : SEVERITY_UNKNOWN;
}

/* As in every CPER record, block and section (UEFI appendix N.2.1). */
enum severity severity_from_cper(uint32_t cper_severity)
{
	static const enum severity map[] = { SEVERITY_UNCORRECTED, SEVERITY_FATAL,
					     SEVERITY_CORRECTED, SEVERITY_INFO };

	return cper_severity < ARRAY_SIZE(map) ? map[cper_severity] : SEVERITY_UNKNOWN;
}
