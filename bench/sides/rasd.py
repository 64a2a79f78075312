# SPDX-License-Identifier: LGPL-2.1-or-later
"""rasd, measured: each function starts one with an empty database and returns numbers."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from . import common

RUNTIME = pathlib.Path("/dev/shm")      # the ring's file belongs on a tmpfs
METRICS = pathlib.Path("/run")          # where no others can write
DRAIN = 1000000
BURST = 60000


class Daemon(common.host.Rasd):
    """One rasd, its database below `place` on a real disk."""

    def __init__(self, place, trace=""):
        super().__init__(tempfile.mkdtemp(prefix="rasd-", dir=place))
        self.runtime = pathlib.Path(tempfile.mkdtemp(prefix="rasd-bench-", dir=RUNTIME))
        self.ring = self.runtime / f"{self.instance}.ring"
        self.metrics = pathlib.Path(tempfile.mkdtemp(prefix="rasd-bench-", dir=METRICS))
        self.configure(f"[metrics]\ntextfile = {self.metrics}/rasd.prom\n"
                       f"[trace]\n{trace}\n")

    def family(self):
        return common.family(self.process.pid)

    def settle(self, kind, events, pid=0):
        return common.settle("ring", self.ring, kind, events, pid)

    def events(self):
        return self.number("select count(*) from event")

    def file_bytes(self):
        """Of the database, when it is stopped."""
        return sum(path.stat().st_size for path in self.directory.glob("rasd.db*"))

    def remove(self):
        super().remove()
        for directory in (self.directory, self.runtime, self.metrics):
            shutil.rmtree(directory)

    def end(self):
        """Whatever it was at: one that stands still does not hear that it is to stop."""
        try:
            if self.process and self.process.poll() is None:
                self.process.send_signal(signal.SIGCONT)
            self.stop()
        finally:
            self.remove()


@contextlib.contextmanager
def running(place, trace="", database=None):
    """`database`: a file that it begins with; a copy is used."""
    daemon = Daemon(place, trace)
    try:
        if database:
            subprocess.run(["cp", "--reflink=auto", database, daemon.database], check=True)
            os.sync()
        began = time.monotonic()
        daemon.start()
        daemon.ready = time.monotonic() - began
        yield daemon
    finally:
        daemon.end()


def account(rasd, kind, made, device=None, before=0):
    """
    Rows, counted losses, and what neither of them tells; others' errors apart, and what
    was there `before`.
    """
    rows, foreign = rasd.total(kind) - before, 0
    if device:
        foreign = rows - rasd.number(f"select count(*) from event where device = '{device}'")
    lost = rasd.lost(instance=rasd.instance + ("-signal" if kind == "sigbus" else ""))
    return {"made": made, "rows": rows, "lost": lost, "foreign": foreign,
            "unaccounted": made + foreign - rows - lost}


def drain(rasd, what="block", kind="block-error", count=DRAIN):
    """What waits in the kernel's rings: how fast it becomes rows, and what that costs."""
    processes = rasd.family()
    empty, before = rasd.database.stat().st_size, rasd.total(kind)
    os.kill(rasd.process.pid, signal.SIGSTOP)
    made, fed, device = common.feed(what, count)
    cost = common.Cost(processes)
    with common.peak_pss(processes.values()) as peak:
        _, seconds, commits = rasd.settle(kind, made, rasd.process.pid)
    cpu, written = cost.cpu(), cost.written()
    rasd.stop()
    found = account(rasd, kind, made, device, before)
    rows = found["rows"]
    return {**found, "rate": rows / seconds, "source": fed, "batch": rows / max(commits, 1),
            "cpu_us": 1e6 * sum(cpu.values()) / rows,
            **{f"cpu_us_{name}": 1e6 * used / rows for name, used in cpu.items()},
            "written": written / rows, "kept": (rasd.file_bytes() - empty) / rows,
            "pss_flood": peak[0]}


def measure_drain(place, with_rows=None, count=DRAIN):
    """`with_rows` is called with the result and the database while that is there."""
    with running(place, "buffer = 128M") as rasd:
        result = drain(rasd, count=count)
        if with_rows:
            with_rows(result, rasd.database)
        return result


def measure_big(place, database, count=DRAIN):
    """When it is ready with rings of the usual size, whose making takes time."""
    with running(place, "", database) as rasd:
        ready = rasd.ready
    with running(place, "buffer = 128M", database) as rasd:
        return {"ready_ms": 1000 * ready, **drain(rasd, count=count)}


def measure_signals(place, count=DRAIN // 2):
    with running(place, "buffer = 128M") as rasd:
        return drain_signals(rasd, count)


def drain_signals(rasd, count):
    """Signals of one sender are summed up in few rows, so they count by what those say."""
    os.kill(rasd.process.pid, signal.SIGSTOP)
    made, source, _ = common.feed("signal", count)
    cost = common.Cost(rasd.family())
    _, seconds, _ = rasd.settle("sigbus", made, rasd.process.pid)
    cpu = sum(cost.cpu().values())
    rasd.stop()
    found = account(rasd, "sigbus", made)
    return {**found, "rate": found["rows"] / seconds, "source": source,
            "cpu_us": 1e6 * cpu / made}


def measure_live(place, count, threads, slowed=False):
    """
    Events come as fast as `threads` can make them while rasd works on the same cores;
    with `slowed`, its store gets a tenth of the time as long as they come.
    """
    with running(place) as rasd:
        processes = rasd.family()
        cost = common.Cost(processes)
        slow = common.held_up(processes["rasd-store"]) if slowed else contextlib.nullcontext()
        with common.beside("settle", "ring", rasd.ring, "block-error", count) as settled:
            with slow:
                made, source, device = common.feed("block", count, threads)
            seconds = float(settled()[1])
        cpu = sum(cost.cpu().values())
        rasd.stop()
        found = account(rasd, "block-error", made, device)
        return {**found, "source": source, "rate": found["rows"] / seconds,
                "cpu_us": 1e6 * cpu / made}


def measure_latency(place, count, rate):
    with running(place) as rasd:
        time.sleep(0.5)
        words = common.run("latency", "ring", rasd.ring, count, rate)
        return common.percentiles(words)


def measure_disk(place, count, rate):
    return common.percentiles(common.run("latency", "disk", place, count, rate))
