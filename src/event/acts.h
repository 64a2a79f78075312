/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The words for what rasd makes of events: who was hit and how that is known, which
 * events belong together, what was done. Their numbers are stored in the database: add at
 * the end, never renumber.
 */

/* How it is known that poison hit a process. All but the first cannot be forged. */
enum evidence {
	EVIDENCE_NONE,	  /* a signal in its own context: any user can send itself one */
	EVIDENCE_SENDER,  /* a memory-failure signal whose sender is not its target */
	EVIDENCE_LOG,	  /* the kernel's log names page and thread */
	EVIDENCE_PAGEMAP, /* the process had the poisoned page in its page tables */
	EVIDENCE_MAX
};

/* `from` explains `to`. */
enum link_kind {
	LINK_SIGNAL, /* a memory failure, and a signal that it sent */
	LINK_REPORT, /* a firmware record, and the memory failure it led to */
	LINK_RETOLD, /* an event, and what another source told of the same error */
	LINK_KIND_MAX
};

enum act_kind {
	ACT_SOFT_OFFLINE, /* a page: its data is moved, nobody is killed */
	ACT_RESTART,	  /* a systemd unit */
	ACT_KIND_MAX
};

enum act_rule { RULE_PAGE, RULE_SERVICE, ACT_RULE_MAX };

enum act_outcome {
	OUTCOME_PENDING,    /* asked for; no end yet */
	OUTCOME_DONE,	    /* and seen to be so */
	OUTCOME_ALREADY,    /* it was so before we came */
	OUTCOME_FAILED,	    /* errno says why */
	OUTCOME_REFUSED,    /* a budget is used up */
	OUTCOME_ACCOUNTED,  /* the rule only accounts: it would have been done */
	OUTCOME_DRY_RUN,    /* --dry-run, or the rule's: it would have been done */
	OUTCOME_PAUSED,	    /* no-act: it would have been done */
	OUTCOME_LEFT_ALONE, /* nothing to do here: the note says why */
	OUTCOME_UNKNOWN,    /* who did it died over it, and looking does not tell */
	ACT_OUTCOME_MAX
};

enum page_state {
	PAGE_WATCHED,  /* it had corrected errors */
	PAGE_ASKED,    /* an act about it is under way */
	PAGE_OFFLINED, /* we took it out of use */
	PAGE_POISONED, /* the kernel did, after an error that was not corrected */
	PAGE_STUCK,    /* it cannot be taken out of use */
	PAGE_STATE_MAX
};

/* Each returns a static string, "?" for a number that none of us wrote. */
const char *evidence_name(enum evidence evidence);
const char *link_kind_name(enum link_kind kind);
const char *act_kind_name(enum act_kind kind);
const char *act_rule_name(enum act_rule rule);
const char *act_outcome_name(enum act_outcome outcome);
const char *page_state_name(enum page_state state);
