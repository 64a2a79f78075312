/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Scenarios on virtual time. What comes is a list of steps, each with its own time; most
 * scenarios are played in every order in which the steps can arrive, and what is found is
 * compared as text, without regard to its order.
 */

#include "unit/check.h"

#include "locate/correlate.h"
#include "util/clock.h"

#define SEC	  NS_PER_SEC
#define MSEC	  NS_PER_MSEC
#define T	  (1000 * SEC) /* when most scenarios happen */
#define LATER	  (T + 100000 * SEC)
#define STEPS_MAX 8

enum step_kind { SIGNAL, FAILURE, LINE, LOOK, REPORT };

struct step {
	enum step_kind kind;
	struct seen_signal signal;
	struct seen_failure failure;
	struct seen_victim_line line;
	struct seen_page_victim look;
	struct seen_report report;
};

struct step from_kernel(uint64_t event, int64_t at, int32_t tid, int32_t sender);
struct step own(uint64_t event, int64_t at, int32_t tid, int32_t tgid);
struct step forced_kill(uint64_t event, int64_t at, int32_t tid, int32_t sender);
struct step failure(uint64_t event, int64_t at, uint64_t pfn, int32_t thread);
struct step line(int64_t at, uint64_t pfn, int32_t tid);
struct step kill_line(int64_t at, uint64_t pfn, int32_t tid);
struct step look(int64_t at, uint64_t pfn, int32_t tgid);
struct step look_at(int64_t at, uint64_t pfn, int32_t tgid, int64_t start_ns);
struct step report(uint64_t event, int64_t at, uint64_t pfn);

void take(struct correlator *c, const struct step *step);

struct outcome {
	size_t n;
	char lines[32][64];
	char all[2048];
};

void collect(struct correlator *c, struct outcome *outcome);
const char *as_text(struct outcome *outcome);

size_t play_all_orders(const struct step *steps, size_t n, const char *expected);
void play_in_order(const struct step *steps, size_t n, const char *expected);

#define ALL_ORDERS(expected, ...)                       \
	play_all_orders((struct step[]){ __VA_ARGS__ }, \
			ARRAY_SIZE(((struct step[]){ __VA_ARGS__ })), expected)
#define IN_ORDER(expected, ...)                       \
	play_in_order((struct step[]){ __VA_ARGS__ }, \
		      ARRAY_SIZE(((struct step[]){ __VA_ARGS__ })), expected)
