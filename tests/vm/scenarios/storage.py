# SPDX-License-Identifier: LGPL-2.1-or-later
"""The database's file system is frozen or full, or nobody reads the log: errors are taken
in and acted on all the same, and every row is there in the end.

While a file system is frozen nobody may open the database, which writes to its index:
what rasd does is seen from outside.
"""

import contextlib
import struct
import time

from bench import firmware as fw
from bench import memory
from bench.acts import Since, corrected_errors, let_log_speak, poison
from bench.scenario import fresh_rasd, kernels_alike

PLACE = "/var/lib/rasd"
ACTING = ("[page]\naction = soft-offline\nper-hour = 256\n"
          "[service]\nrestart = victim@listed-*.service\n")
WATCHDOG_SECONDS = 5
UNKNOWN = "01234567-89ab-cdef-0123-456789abcdef"
SECTIONS, SECTION_BYTES = 16, 2000


def small_database(guest, megabytes, **settings):
    """rasd, its database on a disk of its own in memory, with a short watchdog."""
    guest.sh(f"systemctl stop rasd; modprobe brd rd_nr=1 rd_size={megabytes * 1024} && "
             f"mkfs.ext4 -q -m 0 /dev/ram0 && mount /dev/ram0 {PLACE}")
    guest.configure_rasd(ACTING, settings={"WatchdogSec": WATCHDOG_SECONDS, **settings})
    time.sleep(3)       # this database is new: the log tells it of what earlier scenarios did
    return Since(guest)


def numbered(first):
    """A record of sections that nobody knows, each with its number."""
    return fw.block(*(fw.Section(
        UNKNOWN, struct.pack("<Q", first + n).ljust(SECTION_BYTES, b"."), fw.CORRECTED)
        for n in range(SECTIONS)))


def inject_numbered(guest, records):
    for n in range(records):
        guest.firmware.inject(numbered(n * SECTIONS))


def numbers(events):
    return sorted(int.from_bytes(bytes.fromhex(event["detail"]["data"][:16]), "little")
                  for event in events)


class Watched:
    """rasd as systemd sees it: it goes on as the same process."""

    def __init__(self, guest):
        self.guest = guest
        self.before = self.now()

    def now(self):
        return self.guest.unit("rasd.service", "MainPID", "NRestarts", "ActiveState")

    def assert_quiet(self):
        """Two watchdogs' time later it is still there."""
        time.sleep(2.5 * WATCHDOG_SECONDS)
        assert self.now() == self.before, (self.before, self.now())
        assert self.before["ActiveState"] == "active" and self.before["NRestarts"] == "0"


def acts_are_done(guest):
    """A page is taken out of use and a service started again, as seen from outside."""
    page = guest.victim("page", late=True)
    service = guest.victim("listed", early=True, default_action=True)
    frame = service.pfn
    let_log_speak()
    guest.firmware.inject(corrected_errors(page.paddr, 10))
    guest.wait_for(lambda: memory.is_poisoned(guest, page.pfn), 60, "the page's end")
    assert page.look() == "intact"
    poison(guest, frame)
    service.wait_for_start(2)
    return page, service


def assert_all_recorded(since, page, service, records, before_record):
    """Every event has its row, once; so have the acts, and they say what came first. On a
    machine that has much to do that may be the act (None)."""
    guest = since.guest
    wanted = list(range(records * SECTIONS))
    since.wait_for(lambda: len(since.events("non-standard")) >= len(wanted), 90, "the rows")
    assert numbers(since.events("non-standard")) == wanted
    assert len(since.events("cper-memory", severity="corrected")) == 10
    assert len(since.events("memory-failure")) == 1
    actions = [since.wait_for_action("done", address=f"{page.paddr:#x}"),
               since.wait_for_action("done", unit=service.unit)]
    assert len(since.actions()) == 2, since.actions()
    for action in actions:
        assert action["verified"], action
        if before_record is not None:
            assert bool(action["before_record"]) == before_record, action
    assert service.starts() == 2
    assert guest.rasctl("status")["losses"] == []


@contextlib.contextmanager
def frozen(guest):
    guest.sh(f"fsfreeze -f {PLACE}")
    try:
        yield
    finally:
        guest.sh(f"fsfreeze -u {PLACE}")


@kernels_alike
@fresh_rasd
def test_frozen(guest):
    """database frozen: acts go on, the watchdog is quiet, every row is there after the thaw"""
    since = small_database(guest, 64)
    watched = Watched(guest)
    with frozen(guest):
        inject_numbered(guest, 5)
        page, service = acts_are_done(guest)
        watched.assert_quiet()
    assert_all_recorded(since, page, service, 5, before_record=True)
    watched.assert_quiet()


@kernels_alike
@fresh_rasd
def test_frozen_and_killed(guest):
    """database frozen and capture killed meanwhile: nothing is lost or done twice"""
    since = small_database(guest, 64)
    with frozen(guest):
        inject_numbered(guest, 5)
        page, service = acts_are_done(guest)
        guest.sh("systemctl kill --kill-who=main --signal=KILL rasd")
        time.sleep(5)
    guest.wait_for(lambda: guest.unit("rasd.service", "ActiveState")["ActiveState"] == "active",
                   60, "rasd")
    assert_all_recorded(since, page, service, 5, before_record=True)


@kernels_alike
@fresh_rasd
def test_full(guest):
    """database's disk full: acts go on, every row is there once there is room"""
    since = small_database(guest, 16)
    watched = Watched(guest)
    records = 40
    guest.sh(f"dd if=/dev/zero of={PLACE}/fill bs=64k 2>/dev/null; "
             f"dd if=/dev/zero of={PLACE}/fill2 bs=1k 2>/dev/null; "
             f"test \"$(df --output=avail {PLACE} | tail -n1)\" -eq 0")
    inject_numbered(guest, records)
    page, service = acts_are_done(guest)
    watched.assert_quiet()
    stored = len(since.events("non-standard"))
    assert stored < records * SECTIONS, "the disk was not full"
    guest.sh(f"rm {PLACE}/fill {PLACE}/fill2")
    assert_all_recorded(since, page, service, records, before_record=None)
    watched.assert_quiet()


@kernels_alike
@fresh_rasd
def test_journal_stopped(guest):
    """journald stopped: acts go on, the watchdog is quiet, every row is there"""
    since = small_database(guest, 64)
    watched = Watched(guest)
    guest.sh("systemctl kill --kill-who=main --signal=STOP systemd-journald")
    try:
        inject_numbered(guest, 5)
        page, service = acts_are_done(guest)
        watched.assert_quiet()
        assert_all_recorded(since, page, service, 5, before_record=None)
    finally:
        guest.sh("systemctl kill --kill-who=main --signal=CONT systemd-journald")


@kernels_alike
@fresh_rasd
def test_log_is_full(guest):
    """the log is a pipe that is full: the same as with journald stopped"""
    guest.sh("mkfifo /run/bench/log && sleep infinity <>/run/bench/log >/dev/null 2>&1 & "
             "sleep 1; timeout 2 dd if=/dev/zero of=/run/bench/log bs=4k 2>/dev/null; true")
    since = small_database(guest, 64, StandardError="file:/run/bench/log")
    watched = Watched(guest)
    inject_numbered(guest, 5)
    page, service = acts_are_done(guest)
    watched.assert_quiet()
    assert_all_recorded(since, page, service, 5, before_record=None)
