# SPDX-License-Identifier: LGPL-2.1-or-later
"""Daemons at rest: how soon they are ready, what they take, how often they wake."""

import contextlib
import os
import re
import time

from . import common

TRACE = common.host.TRACING / "instances" / f"rasd-bench-{os.getpid()}"
EVENTS = ("sched_wakeup", "sched_wakeup_new", "sched_process_fork")


@contextlib.contextmanager
def traced(pids):
    """The scheduler's words about these processes and all that they fork."""
    TRACE.mkdir()
    try:
        (TRACE / "options/event-fork").write_text("1")
        (TRACE / "set_event_pid").write_text(" ".join(map(str, pids)))
        for name in EVENTS:
            (TRACE / "events/sched" / name / "enable").write_text("1")
        yield
    finally:
        for name in EVENTS:
            (TRACE / "events/sched" / name / "enable").write_text("0")
        TRACE.rmdir()


def wakeups(pids, text):
    """How often any of a family woke, those included that came and went."""
    family, woken = set(pids), 0
    for line in text.splitlines():
        forked = re.search(r"sched_process_fork: .*[ =](\d+) child_comm=.* child_pid=(\d+)",
                           line)
        if forked and int(forked.group(1)) in family:
            family.add(int(forked.group(2)))
        woke = re.search(r"sched_wakeup(_new)?: .*:(\d+) \[|sched_wakeup(_new)?: .* pid=(\d+)",
                         line)
        if woke and int(woke.group(2) or woke.group(4)) in family:
            woken += 1
    return woken


def measure(daemons, seconds):
    """All of them at once: the numbers of each."""
    families = [daemon.family().values() for daemon in daemons]
    time.sleep(2)
    with traced([pid for family in families for pid in family]):
        before = [sum(map(common.switches, family)) for family in families]
        time.sleep(seconds)
        after = [sum(map(common.switches, family)) for family in families]
        text = (TRACE / "trace").read_text()
    return [{"ready_ms": 1000 * daemon.ready, "pss": common.pss_kib(family),
             "switches_10s": 10 * (end - start) / seconds,
             "wakeups_10s": 10 * wakeups(family, text) / seconds}
            for daemon, family, start, end in zip(daemons, families, before, after)]
