// SPDX-License-Identifier: LGPL-2.1-or-later

#include "event/acts.h"

#include "util/macro.h"

static const char *const evidence_names[] = { [EVIDENCE_NONE] = "none",
					      [EVIDENCE_SENDER] = "sender",
					      [EVIDENCE_LOG] = "kernel-log",
					      [EVIDENCE_PAGEMAP] = "pagemap" };

static const char *const link_names[] = {
	[LINK_SIGNAL] = "signal", [LINK_REPORT] = "report", [LINK_RETOLD] = "retold"
};

static const char *const act_names[] = {
	[ACT_SOFT_OFFLINE] = "soft-offline", [ACT_RESTART] = "restart"
};

static const char *const rule_names[] = {
	[RULE_PAGE] = "page", [RULE_SERVICE] = "service"
};

static const char *const outcome_names[] = {
	[OUTCOME_PENDING] = "pending",	     [OUTCOME_DONE] = "done",
	[OUTCOME_ALREADY] = "already",	     [OUTCOME_FAILED] = "failed",
	[OUTCOME_REFUSED] = "refused",	     [OUTCOME_ACCOUNTED] = "accounted",
	[OUTCOME_DRY_RUN] = "dry-run",	     [OUTCOME_PAUSED] = "paused",
	[OUTCOME_LEFT_ALONE] = "left-alone", [OUTCOME_UNKNOWN] = "unknown"
};

static const char *const page_names[] = { [PAGE_WATCHED] = "watched",
					  [PAGE_ASKED] = "asked",
					  [PAGE_OFFLINED] = "offlined",
					  [PAGE_POISONED] = "poisoned",
					  [PAGE_STUCK] = "stuck" };

_Static_assert(ARRAY_SIZE(evidence_names) == EVIDENCE_MAX, "a name for each");
_Static_assert(ARRAY_SIZE(link_names) == LINK_KIND_MAX, "a name for each");
_Static_assert(ARRAY_SIZE(act_names) == ACT_KIND_MAX, "a name for each");
_Static_assert(ARRAY_SIZE(rule_names) == ACT_RULE_MAX, "a name for each");
_Static_assert(ARRAY_SIZE(outcome_names) == ACT_OUTCOME_MAX, "a name for each");
_Static_assert(ARRAY_SIZE(page_names) == PAGE_STATE_MAX, "a name for each");

#define NAME(names_, i_) ((unsigned int)(i_) < ARRAY_SIZE(names_) ? (names_)[i_] : "?")

const char *evidence_name(enum evidence evidence)
{
	return NAME(evidence_names, evidence);
}

const char *link_kind_name(enum link_kind kind)
{
	return NAME(link_names, kind);
}

const char *act_kind_name(enum act_kind kind)
{
	return NAME(act_names, kind);
}

const char *act_rule_name(enum act_rule rule)
{
	return NAME(rule_names, rule);
}

const char *act_outcome_name(enum act_outcome outcome)
{
	return NAME(outcome_names, outcome);
}

const char *page_state_name(enum page_state state)
{
	return NAME(page_names, state);
}
