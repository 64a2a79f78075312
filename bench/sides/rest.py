# SPDX-License-Identifier: LGPL-2.1-or-later
"""Daemons at rest: how soon they are ready, what they take, how often they wake."""

import contextlib
import os
import re
import time

from . import common

TRACE = common.host.TRACING / "instances" / f"rasd-bench-{os.getpid()}"
SPAN = 10           # seconds: rasd does what is rare that often
PATIENCE = 2
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


def look(families, seconds):
    """Context switches and wake-ups of each family in the time."""
    (TRACE / "trace").write_text("")
    before = [sum(map(common.switches, family)) for family in families]
    time.sleep(seconds)
    after = [sum(map(common.switches, family)) for family in families]
    text = (TRACE / "trace").read_text()
    return [(end - start, wakeups(family, text))
            for family, start, end in zip(families, before, after)]


def measure(daemons, events, seconds):
    """
    All of them at once: the numbers of each. `events` says how many there were so far: a
    span of ten seconds in which some came was no rest, and does not count; so many spans
    are looked at again at most.
    """
    families = [daemon.family().values() for daemon in daemons]
    time.sleep(2)
    spans, disturbed, wanted = [], 0, max(1, seconds // SPAN)
    with traced([pid for family in families for pid in family]):
        while len(spans) < wanted and disturbed <= PATIENCE * wanted:
            before = events()
            found = look(families, SPAN)
            if events() == before or disturbed == PATIENCE * wanted:
                spans.append(found)
            else:
                disturbed += 1
    return [{"ready_ms": 1000 * daemon.ready, "pss": common.pss_kib(family),
             "switches_10s": sum(span[i][0] for span in spans) / len(spans),
             "wakeups_10s": sum(span[i][1] for span in spans) / len(spans),
             "disturbed": disturbed}
            for i, (daemon, family) in enumerate(zip(daemons, families))]
