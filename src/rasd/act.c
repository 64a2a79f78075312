// SPDX-License-Identifier: LGPL-2.1-or-later

/*
 * Whoever gives an order waits for its report and gives no other meanwhile: each order
 * ends with one, whatever is wrong with it. What may never come back (a page that a file
 * system does not let go of) holds up this process and nobody else.
 */

#include "rasd/act.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "poison/poison.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/text.h"

struct act {
	const struct act_options *options;
	struct actuator actuator;
	int error; /* of the socket: nobody listens any more */
};

static int send_report(struct act *act, const struct act_report *report)
{
	ssize_t n;

	do
		n = send(act->options->socket_fd, report, sizeof(*report), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		act->error = -errno;
	return act->error;
}

/* --- acts ----------------------------------------------------------------------------
 */

/*
 * Looked at right before the effect. A file that cannot be looked at, for another reason
 * than that it is not there, may be there.
 */
bool act_is_paused(const char *no_act)
{
	struct stat st;

	return lstat(no_act, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* What the null actuator would have had done is what the pause has held back. */
static void note_pause(const struct act *act, struct act_effect *effect)
{
	char note[POLICY_NOTE_BYTES];

	if (effect->outcome != OUTCOME_DRY_RUN)
		return;
	copy_text(note, sizeof(note), effect->note);
	act_effect_set(effect, OUTCOME_PAUSED, effect->error, "%.60s; paused by %.80s",
		       note, act->options->no_act);
}

static void soft_offline(struct act *act, const struct policy_act *order,
			 struct act_effect *ret)
{
	bool paused = !order->dry_run && act_is_paused(act->options->no_act);
	const struct actuator_ops *ops =
		order->dry_run || paused ? &actuator_null : &actuator_real;

	ops->soft_offline(&act->actuator, order->address, ret);
	if (paused)
		note_pause(act, ret);
}

static void start(struct act *act, const struct policy_act *order, struct act_effect *ret)
{
	bool paused = !order->dry_run && act_is_paused(act->options->no_act);
	const struct actuator_ops *ops =
		order->dry_run || paused ? &actuator_null : &actuator_real;

	ops->start(&act->actuator, order->unit, ret);
	if (paused)
		note_pause(act, ret);
}

/* Poison comes first, and a unit's death some time after: whoever asks, asks again. */
static void restart(struct act *act, const struct policy_act *order,
		    struct act_effect *ret)
{
	struct unit_look look;
	const char *why = "";
	int r = unit_look(&act->actuator, order->unit, &look);

	if (r < 0) {
		act_effect_set(ret, OUTCOME_FAILED, -r, "cannot ask systemd about it: %s",
			       strerror(-r));
		ret->untried = true;
		return;
	}
	switch (policy_judge(&look, order, &why)) {
	case SERVICE_WAIT:
		act_effect_set(ret, OUTCOME_PENDING, 0, "%s", why);
		break;
	case SERVICE_LEAVE:
		act_effect_set(ret, OUTCOME_LEFT_ALONE, 0, "%s", why);
		break;
	case SERVICE_START:
		start(act, order, ret);
		break;
	}
}

static bool is_terminated(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static void take_act(struct act *act, const struct act_order *order)
{
	struct act_report report = { .kind = order->kind,
				     .token = order->token,
				     .id = order->act.id };

	if (order->act.kind == ACT_SOFT_OFFLINE) {
		soft_offline(act, &order->act, &report.effect);
	} else if (order->act.kind == ACT_RESTART &&
		   is_terminated(order->act.unit, sizeof(order->act.unit)) &&
		   is_terminated(order->act.invocation, sizeof(order->act.invocation))) {
		restart(act, &order->act, &report.effect);
	} else {
		act_effect_set(&report.effect, OUTCOME_FAILED, EINVAL,
			       "an order that nobody understands");
		report.effect.untried = true;
	}
	send_report(act, &report);
}

/* --- looking -------------------------------------------------------------------------
 */

struct batch {
	struct act *act;
	struct act_report report;
};

/* A full report goes out when there is more to say than it holds. */
static int add_victim(const struct victim *victim, void *arg)
{
	struct batch *batch = arg;
	struct act_report *report = &batch->report;
	int r = 0;

	if (report->n_victims == REPORT_VICTIMS_MAX) {
		report->more = 1;
		r = send_report(batch->act, report);
		report->more = 0;
		report->n_victims = 0;
	}
	report->victims[report->n_victims++] = *victim;
	return r;
}

static void find_victims(struct act *act, const struct act_order *order)
{
	struct batch batch = { .act = act,
			       .report = { .kind = order->kind,
					   .token = order->token,
					   .look_ns = clock_now_ns(CLOCK_BOOTTIME) } };
	_cleanup_(close_fd) int proc_fd =
		open(act->options->proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = proc_fd < 0 ? -errno : -EINVAL;

	if (proc_fd >= 0 && order->n_pfns <= ORDER_PFNS_MAX)
		r = victims_find(proc_fd, order->pfns, order->n_pfns, add_victim, &batch);
	if (act->error)
		return;
	if (r < 0)
		log_warning("cannot look through all processes for poisoned pages: %s",
			    strerror(-r));
	batch.report.error = r;
	send_report(act, &batch.report);
}

static void find_unit(struct act *act, const struct act_order *order)
{
	struct act_report report = { .kind = order->kind,
				     .token = order->token,
				     .tid = order->tid };
	bool delegated = false;

	report.error =
		unit_of_main_pid(&act->actuator, order->tid, order->event_boottime_ns,
				 report.unit, report.invocation, &delegated);
	report.delegated = delegated;
	if (report.error < 0 && report.error != -ENOENT)
		log_warning("cannot ask systemd whose process %d was: %s", order->tid,
			    strerror(-report.error));
	send_report(act, &report);
}

/* --- life ----------------------------------------------------------------------------
 */

static void (*const handlers[])(struct act *act, const struct act_order *order) = {
	[ORDER_ACT] = take_act,
	[ORDER_FIND_VICTIMS] = find_victims,
	[ORDER_FIND_UNIT] = find_unit,
};

static void refuse(struct act *act, const struct act_order *order)
{
	struct act_report report = { .kind = order->kind,
				     .token = order->token,
				     .error = -EINVAL };

	log_error("an order of kind %d is none of ours", order->kind);
	send_report(act, &report);
}

/*
 * The connection to systemd is not kept from one order to the next: a bus that went away
 * meanwhile would be noticed only by an act that fails.
 */
static void take_order(struct act *act, const struct act_order *order)
{
	if (order->kind >= 0 && (size_t)order->kind < ARRAY_SIZE(handlers))
		handlers[order->kind](act, order);
	else
		refuse(act, order);
	actuator_close(&act->actuator);
}

/* 1: an order has come, 0: nobody will give any more. */
static int next_order(const struct act *act, struct act_order *ret)
{
	ssize_t n;

	do
		n = recv(act->options->socket_fd, ret, sizeof(*ret), MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? 0 : -errno;
	if (n && n != (ssize_t)sizeof(*ret)) {
		log_error("an order of %zd bytes, not %zu", n, sizeof(*ret));
		return -EBADMSG;
	}
	return n > 0;
}

/*
 * Signals, file descriptors and the name of the process are its parent's to set. It ends
 * with success when the other end of the socket is gone, and with failure when what comes
 * from there cannot be an order: then only a new process helps.
 */
int act_run(const struct act_options *options)
{
	struct act act = { .options = options,
			   .actuator = { .sysfs = options->sysfs,
					 .proc = options->proc,
					 .page_size = options->page_size,
					 .systemd_address = options->systemd_address } };
	struct act_order order;
	int r = 0;

	while (!act.error && (r = next_order(&act, &order)) > 0)
		take_order(&act, &order);
	if (r < 0)
		poison_touch();
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
