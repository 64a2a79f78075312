# SPDX-License-Identifier: LGPL-2.1-or-later
"""rasdaemon, measured with the same events on the same disk as rasd.

It gets its usual options, a mount namespace of its own with debugfs and with the
measured disk in the place of /var/lib/rasdaemon, and a log on a tmpfs.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from . import common

HOME = pathlib.Path("/var/lib/rasdaemon")
INSTANCE = common.host.TRACING / "instances/rasdaemon"
DRAIN = 5000
MISSING = "not supported on your system"


def must_not_run():
    """There can be only one, and what it has recorded is not ours to spoil."""
    if INSTANCE.exists():
        sys.exit(f"compare: {INSTANCE} is there: stop the rasdaemon that runs here and remove"
                 " that directory, or compare with --rasd-only")


class Daemon:
    def __init__(self, program, place):
        self.program = program
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rasdaemon-", dir=place))
        self.database = self.directory / "ras-mc_event.db"
        log, self.log_path = tempfile.mkstemp(prefix="rasdaemon-", dir="/dev/shm")
        os.close(log)
        self.process = None
        self.ready = None

    def command(self, *options):
        preload = common.BUILD / "bench/no-wait.so"
        steps = (f"mount -t debugfs debugfs /sys/kernel/debug && "
                 f"mount --bind {self.directory} {HOME} && "
                 f"LD_PRELOAD={preload} exec {self.program} {' '.join(options)}")
        return ["unshare", "-m", "sh", "-c", steps]

    def log(self):
        return pathlib.Path(self.log_path).read_text(errors="replace")

    def start(self):
        """Until it says that it listens; that it does before it opens its database."""
        began = time.monotonic()
        with open(self.log_path, "w") as log:
            self.process = subprocess.Popen(self.command("-f", "-r"), stderr=log, stdout=log)
        while "Listening to events" not in self.log():
            if self.process.poll() is not None or time.monotonic() > began + 60:
                raise RuntimeError(f"rasdaemon does not start: {self.log()}")
            time.sleep(0.001)
        self.ready = time.monotonic() - began
        time.sleep(1)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.send_signal(signal.SIGCONT)
        self.process.wait(60)

    def remove(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        subprocess.run(self.command("-d"), capture_output=True)
        with contextlib.suppress(OSError):
            INSTANCE.rmdir()
        shutil.rmtree(self.directory)
        os.unlink(self.log_path)

    def family(self):
        return {"rasdaemon": self.process.pid}

    def overwritten(self):
        """Events that the kernel's rings lost before it read them."""
        total = 0
        for path in INSTANCE.glob("per_cpu/cpu*/stats"):
            found = dict(line.split(": ") for line in path.read_text().splitlines())
            total += sum(int(found[name]) for name in
                         ("overrun", "commit overrun", "dropped events"))
        return total


@contextlib.contextmanager
def running(program, place):
    made = not HOME.exists()
    HOME.mkdir(exist_ok=True)
    daemon = Daemon(program, place)
    try:
        daemon.start()
        yield daemon
        daemon.stop()
    finally:
        daemon.remove()
        if made:
            HOME.rmdir()


def measure_drain(program, place, count=DRAIN):
    with running(program, place) as daemon:
        pid = daemon.process.pid
        empty = daemon.database.stat().st_size
        os.kill(pid, signal.SIGSTOP)
        made, *_ = common.feed("block", count)
        cost = common.Cost(daemon.family())
        with common.peak_pss([pid]) as peak:
            rows, seconds, _ = common.settle("journal", daemon.directory, "-", made, pid)
        cpu = sum(cost.cpu().values())
        return {"made": made, "rows": rows, "rate": rows / seconds, "cpu_us": 1e6 * cpu / rows,
                "written": cost.written() / rows, "pss_flood": peak[0],
                "kept": (daemon.database.stat().st_size - empty) / rows,
                "missing": daemon.log().count(MISSING)}


def measure_burst(program, place, count):
    """What it does not read in time is gone; it is not waited for to write the rest."""
    with running(program, place) as daemon:
        made, *_ = common.feed("block", count, 1)
        return {"made": made, "lost": daemon.overwritten()}


def measure_latency(program, place, count, rate):
    with running(program, place) as daemon:
        return common.percentiles(
            common.run("latency", "journal", daemon.directory, count, rate))
