// SPDX-License-Identifier: LGPL-2.1-or-later

#include "rasd/rules.h"

#include <string.h>
#include <sys/sysinfo.h>

#include "util/text.h"

/* What is tried in earnest becomes a try without effect; what only accounts stays. */
static enum policy_mode mode_of(int configured, bool dry_run)
{
	return configured == MODE_ACT && dry_run ? MODE_DRY_RUN :
						   (enum policy_mode)configured;
}

static void split_patterns(struct rules *rules)
{
	struct service_rule *service = &rules->policy.service;
	char *rest = rules->patterns, *pattern;

	while ((pattern = strsep(&rest, " ")) &&
	       service->n_patterns < ARRAY_SIZE(service->patterns))
		if (*pattern)
			service->patterns[service->n_patterns++] = pattern;
}

static uint64_t memory_bytes(void)
{
	struct sysinfo info;

	return sysinfo(&info) == 0 ? (uint64_t)info.totalram * info.mem_unit : 0;
}

void rules_make(struct rules *rules, const struct config *config)
{
	*rules = (struct rules){
		.policy = { .page = { .mode = mode_of(config->page_mode, config->dry_run),
				      .corrected = config->page_corrected.count,
				      .window_ns = config->page_corrected.window_ns,
				      .per_hour = config->page_per_hour,
				      .per_boot = config->page_per_boot,
				      .share_ppm = config->page_share_ppm },
			    .service = { .mode = mode_of(config->service_mode,
							 config->dry_run),
					 .per_unit_hour = config->service_per_unit,
					 .per_hour = config->service_per_hour },
			    .memory_bytes = memory_bytes(),
			    .page_size = (uint64_t)sysconf(_SC_PAGESIZE) },
	};
	copy_text(rules->patterns, sizeof(rules->patterns), config->service_patterns);
	split_patterns(rules);
}
