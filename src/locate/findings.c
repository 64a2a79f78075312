// SPDX-License-Identifier: LGPL-2.1-or-later

#include "locate/findings.h"

static void tell(struct findings *findings, const struct finding *finding)
{
	if (findings->n == FINDINGS_MAX) {
		findings->lost++;
		return;
	}
	findings->at[(findings->first + findings->n++) % FINDINGS_MAX] = *finding;
}

/* The signal's evidence says why; its page is told if it is known. */
void findings_tell_hit(struct findings *findings, const struct entry *signal)
{
	tell(findings, &(struct finding){
			       .kind = FINDING_HIT,
			       .evidence = signal->evidence,
			       .event = signal->event,
			       .pfn = signal->has_pfn ? signal->pfn : 0,
			       .tid = signal->tid,
			       .tgid = signal->tgid,
			       .boottime_ns = signal->boottime_ns,
			       .start_ns = signal->start_ns,
		       });
}

void findings_tell_link(struct findings *findings, enum link_kind link,
			enum evidence evidence, uint64_t from, const struct entry *to)
{
	tell(findings, &(struct finding){
			       .kind = FINDING_LINK,
			       .evidence = evidence,
			       .link = link,
			       .from = from,
			       .to = to->event,
			       .pfn = to->has_pfn ? to->pfn : 0,
			       .tid = to->tid,
			       .tgid = to->tgid,
			       .boottime_ns = to->boottime_ns,
		       });
}

/* The oldest. False: there is none. */
bool findings_take(struct findings *findings, struct finding *ret)
{
	if (findings->n == 0)
		return false;
	*ret = findings->at[findings->first];
	findings->first = (findings->first + 1) % FINDINGS_MAX;
	findings->n--;
	return true;
}
