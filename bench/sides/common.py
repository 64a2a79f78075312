# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs of the build, and what the kernel says of a process."""

import contextlib
import os
import pathlib
import signal
import statistics
import subprocess
import threading
from importlib.machinery import SourceFileLoader

TOP = pathlib.Path(__file__).resolve().parents[2]
host = SourceFileLoader("host", str(TOP / "tests/host/run")).load_module()
BUILD = host.BUILD
PROGRAMS = ("bare", "feed", "latency", "no-wait.so", "settle")


def build():
    """The C programs beside this; what is built already takes no time."""
    subprocess.run(["make", "-s", *(f"bench/{name}" for name in PROGRAMS)], check=True,
                   cwd=BUILD)


def percentiles(words):
    """Milliseconds of what bench/latency printed."""
    values = sorted(float(word) / 1000 for word in words)
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": cuts[49], "p99": cuts[98]}


def run(program, *arguments):
    """One of the build's bench/ programs: the words that it prints."""
    done = subprocess.run([BUILD / "bench" / program, *map(str, arguments)], text=True,
                          stdout=subprocess.PIPE, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"bench/{program} failed")
    return done.stdout.split()


@contextlib.contextmanager
def beside(program, *arguments):
    """As run(), while others work: yields what waits for its words."""
    process = subprocess.Popen([BUILD / "bench" / program, *map(str, arguments)], text=True,
                               stdout=subprocess.PIPE)

    def words():
        text = process.communicate(timeout=300)[0]
        if process.returncode != 0:
            raise RuntimeError(f"bench/{program} failed")
        return text.split()

    try:
        yield words
    finally:
        process.kill()
        process.communicate()


def feed(what, count, threads=2):
    """So many events. Returns how many there were, events a second, and their device."""
    made, seconds, device = run("feed", what, count, min(threads, os.cpu_count()))
    return int(made), int(made) / float(seconds), device


def settle(how, path, kind, events, pid=0):
    """Waits until they are on disk: events, seconds, commits."""
    came, seconds, commits = run("settle", how, path, kind, events, pid)
    return int(came), float(seconds), int(commits)


def children(pid):
    done = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True)
    return [int(word) for word in done.stdout.split()]


def family(pid):
    """Name and pid of each process, for as long as its children stay."""
    found = {}
    for each in (pid, *children(pid)):
        with contextlib.suppress(OSError):
            found[pathlib.Path(f"/proc/{each}/comm").read_text().strip()] = each
    return found


def lines_of(pid, file):
    text = pathlib.Path(f"/proc/{pid}/{file}").read_text()
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def cpu_seconds(pid):
    """Of its one thread, to the nanosecond."""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def bytes_written(pid):
    return int(lines_of(pid, "io")["write_bytes"])


def switches(pid):
    status = lines_of(pid, "status")
    return (int(status["voluntary_ctxt_switches"]) +
            int(status["nonvoluntary_ctxt_switches"]))


def pss_kib(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += int(lines_of(pid, "smaps_rollup")["Pss"].split()[0])
    return total


class Cost:
    """What a family of processes has used since this was made."""

    def __init__(self, processes):
        self.processes = processes
        self.cpu_before = {name: cpu_seconds(pid) for name, pid in processes.items()}
        self.written_before = self._written()

    def _written(self):
        return sum(bytes_written(pid) for pid in self.processes.values())

    def cpu(self):
        """Seconds by process."""
        return {name: cpu_seconds(pid) - self.cpu_before[name]
                for name, pid in self.processes.items()}

    def written(self):
        return self._written() - self.written_before


@contextlib.contextmanager
def peak_pss(pids, every=0.1):
    """Yields a list whose only element becomes the highest sum that was seen."""
    peak, over = [pss_kib(pids)], threading.Event()

    def look():
        while not over.wait(every):
            peak[0] = max(peak[0], pss_kib(pids))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


@contextlib.contextmanager
def held_up(pid, works=0.004, stands=0.036):
    """A process that gets only a part of the time, as one whose disk is slow."""
    over = threading.Event()

    def hold():
        while not over.wait(works):
            os.kill(pid, signal.SIGSTOP)
            over.wait(stands)
            os.kill(pid, signal.SIGCONT)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
