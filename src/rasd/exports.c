// SPDX-License-Identifier: LGPL-2.1-or-later

/* The metrics file: gathered here, rendered in metrics.c, written by metrics_writer.c. */

#include "rasd/daemon_private.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "handlers/table.h"
#include "rasd/lag.h"
#include "rasd/metrics.h"
#include "util/clock.h"
#include "util/log.h"

#define STOP_WAIT_MSEC 500

static void count_pages(const struct policy_state *state, struct metrics_view *view)
{
	for (size_t i = 0; i < POLICY_PAGES_MAX; i++) {
		const struct policy_page *page = &state->pages[i];

		if (page->used && page->state >= 0 && page->state < PAGE_STATE_MAX)
			view->pages[page->state]++;
	}
	for (size_t i = 0; i < POLICY_ACTS_MAX; i++)
		view->actions_pending += state->acts[i].id != 0;
}

static void gather(struct daemon *daemon, struct metrics_view *view)
{
	struct lag lag;

	*view = (struct metrics_view){
		.tally = daemon->hands.tally,
		.version = PACKAGE_VERSION,
		.acting_paused = act_is_paused(daemon->hands.no_act),
		.started_ns = daemon->ring.status->started_ns,
	};
	metrics_name_types(view, &handlers_table);
	lag = lag_of(&daemon->ring, clock_now_ns(CLOCK_BOOTTIME));
	view->lag_bytes = lag.bytes;
	view->lag_ns = lag.age_ns;
	view->wal_bytes = daemon->ring.status->wal_bytes;
	count_pages(daemon->hands.state, view);
	tally_log_dropped(daemon->hands.tally, log_dropped());
}

static void write_metrics(struct daemon *daemon, bool up)
{
	struct metrics_view view;
	struct utsname uts;
	struct text text = { .at = malloc(METRICS_BYTES_MAX), .size = METRICS_BYTES_MAX };

	if (!text.at)
		return;
	gather(daemon, &view);
	view.up = up;
	view.kernel = uname(&uts) == 0 ? uts.release : "";
	if (metrics_render(&view, &text) >= 0)
		metrics_writer_write(&daemon->metrics, text.at, text.len);
	free(text.at);
}

/* Where the configuration says, from now on. */
void daemon_open_metrics(struct daemon *daemon)
{
	int r;

	metrics_writer_deinit(&daemon->metrics);
	if (!daemon->config.textfile[0])
		return;
	r = metrics_writer_init(&daemon->metrics, daemon->config.textfile);
	if (r < 0)
		log_warning("no metrics: %s: %s", daemon->config.textfile, strerror(-r));
}

void daemon_write_metrics(struct daemon *daemon)
{
	if (daemon->metrics.name[0])
		write_metrics(daemon, true);
}

/* The last: it says that nobody is there to write another. */
void daemon_end_metrics(struct daemon *daemon)
{
	if (!daemon->metrics.name[0])
		return;
	if (metrics_writer_wait(&daemon->metrics, STOP_WAIT_MSEC)) {
		write_metrics(daemon, false);
		metrics_writer_wait(&daemon->metrics, STOP_WAIT_MSEC);
	}
	metrics_writer_deinit(&daemon->metrics);
}
