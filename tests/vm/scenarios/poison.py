# SPDX-License-Identifier: LGPL-2.1-or-later
"""Memory that fails under rasd's own means to live on, without the rest of rasd.

guest/survivor.c is a process with a ring and a child, guest/poke.c tells where its pages
are. A page is poisoned by its number, so what the kernel sends is what it sends.
"""

import re

from bench.scenario import kernels_alike, needs_rasd

BENCH = "/usr/lib/bench"
RING = "/run/survivor.ring"
UNIT = "survivor.service"
PR_MCE_KILL, MCE_KILL_SET, MCE_KILL_LATE = 33, 1, 0
SYS_PRCTL, SYS_MADVISE, MADV_HWPOISON = 167, 233, 100
AR, AO, SI_KERNEL = 4, 5, 128
SIGBUS, SIGSEGV = 7, 11
PAGE = 4096


class Survivor:
    """The service survivor, and what it said."""

    def __init__(self, guest):
        self.guest = guest
        guest.sh("modprobe hwpoison-inject; "
                 f"systemctl stop {UNIT} 2>/dev/null; systemctl reset-failed {UNIT} 2>/dev/null; "
                 f"rm -f {RING} /run/survivor.log; touch /run/survivor.log; "
                 "systemd-run -q --unit=survivor -p StandardOutput=append:/run/survivor.log "
                 f"{BENCH}/survivor {RING}")
        self.refresh(1)

    def lines(self, word):
        text = self.guest.sh("cat /run/survivor.log")
        return [dict(part.split("=", 1) for part in line.split()[1:] if "=" in part)
                for line in text.splitlines() if line.startswith(word + " ")]

    def refresh(self, starts):
        """Learn what its latest image says of itself, when it is that many."""
        self.guest.wait_for(lambda: len(self.lines("at")) >= starts, 20, f"image {starts}")
        assert len(self.lines("start")) == starts, self.guest.sh("cat /run/survivor.log")
        self.start = self.lines("start")[-1]
        self.at = self.lines("at")[-1]
        self.ring = self.lines("ring")[-1]
        self.pid = int(self.start["pid"])
        self.starts = starts

    def address(self, name):
        return int(self.at[name], 16)

    def pfn(self, address, pid=None):
        text = self.guest.sh(f"{BENCH}/poke pages {pid or self.pid}")
        for line in text.splitlines():
            kind, vaddr, pfn = line.split()[:3]
            if int(vaddr, 16) == address & ~(PAGE - 1):
                return kind, int(pfn, 16)
        raise AssertionError(f"no page at {address:#x}")

    def call(self, pid, *numbers):
        text = self.guest.sh(f"{BENCH}/poke syscall {pid} {' '.join(map(str, numbers))}")
        return tuple(map(int, re.match(r"result (-?\d+) signal (\d+)", text).groups()))

    def be_late(self):
        for pid in (self.pid, int(self.at["child"])):
            assert self.call(pid, SYS_PRCTL, PR_MCE_KILL, MCE_KILL_SET, MCE_KILL_LATE) == (0, 0)

    def touch(self):
        self.guest.run(f"kill -USR1 {self.pid}")

    def poison(self, pfn):
        self.guest.sh(f"echo {pfn:#x} >/sys/kernel/debug/hwpoison/corrupt-pfn")

    def lose(self, address, late=False, pid=None):
        """Poison the page, and wait for the next image. Returns the records it found."""
        before = len(self.lines("record"))
        kind, pfn = self.pfn(address, pid)
        if late:
            self.be_late()
        self.poison(pfn)
        if late:
            self.touch()
        self.refresh(self.starts + 1)
        assert self.start["again"] == "1", self.start
        return kind, self.lines("record")[before:]


def check_own(survivor, records, place, address, codes):
    """One record of capture, of this page."""
    own = [record for record in records if record["role"] == "capture"]
    assert len(own) == 1, records
    [record] = own
    assert record["place"] == place and int(record["code"]) in codes, record
    assert int(record["signal"]) == SIGBUS and record["lsb"] == "12", record
    assert int(record["address"], 16) & ~(PAGE - 1) == address & ~(PAGE - 1), record


PRIVATE = [("heap", "heap"), ("stack", "stack"), ("data", "data"), ("bss", "data"),
           ("copy0", "data"), ("copy1", "data")]


def lose_each_private_page(guest, late, codes):
    survivor = Survivor(guest)
    pid, before = survivor.pid, survivor.ring
    assert survivor.start["deaf"] == "0", survivor.start
    for name, place in PRIVATE:
        address = survivor.address(name)
        _, records = survivor.lose(address, late)
        check_own(survivor, records, place, address, codes)
        assert survivor.pid == pid
        assert survivor.ring["messages"] == before["messages"] == "100", survivor.ring
        assert survivor.ring["fresh"] == "0" and survivor.ring["gaps"] == "0", survivor.ring
    assert guest.sh(f"systemctl show {UNIT} -p MainPID,ActiveState").split() == [
        f"MainPID={pid}", "ActiveState=active"]
    assert guest.sh(f"cat /proc/{pid}/comm").strip() == "survivor"


@kernels_alike
def test_own_pages_early(guest):
    """heap, stack, data and the handler's own: told early, a new image under the same pid"""
    lose_each_private_page(guest, False, {AO})


@kernels_alike
def test_own_pages_late(guest):
    """the same pages, told by touching them"""
    lose_each_private_page(guest, True, {AR})


def lose_each_ring_page(guest, late, codes):
    survivor = Survivor(guest)
    pid = survivor.pid
    for name, offset in (("header", 0), ("header", 65536), ("scratch", 4096), ("header", 4096),
                         ("ring", 0)):
        address = survivor.address(name) + offset
        kind, records = survivor.lose(address, late)
        assert kind == "ring", kind
        own = [record for record in records if record["role"] == "capture"]
        assert own, records
        for record in records:
            assert record["place"] == "region" and record["region"] == "1", record
            assert int(record["code"]) in codes, record
        assert survivor.pid == pid
        assert survivor.ring["fresh"] == "0", survivor.ring
        if name != "ring":
            assert survivor.ring["messages"] == "100", survivor.ring
    # a page of 4096 bytes takes 12 to 14 messages of 316 with it
    assert survivor.ring["gaps"] == "1", survivor.ring
    assert 100 - 15 <= int(survivor.ring["messages"]) <= 100 - 12, survivor.ring
    assert 4096 <= int(survivor.ring["lost"]) <= 4096 + 2 * 320, survivor.ring
    guest.sh(f"kill -USR2 {pid}")      # and it goes on


@kernels_alike
def test_ring_pages_early(guest):
    """header, shadow, status, scratch and messages of the ring: mended, the rest is there"""
    lose_each_ring_page(guest, False, {AO})


@kernels_alike
def test_ring_pages_late(guest):
    """the same pages of the ring, told by touching them"""
    lose_each_ring_page(guest, True, {AR})


@kernels_alike
def test_alternate_stack(guest):
    """every page of the stack that the handler itself runs on"""
    survivor = Survivor(guest)
    pid, kinds = survivor.pid, set()
    pages = int(survivor.at["alternate_bytes"], 16) // PAGE
    for page in (0, pages // 2, pages - 2, pages - 1):
        address = survivor.address("alternate") + page * PAGE
        _, records = survivor.lose(address)
        [record] = [each for each in records if each["role"] == "capture"]
        assert record["place"] == "stack", record
        assert int(record["address"], 16) & ~(PAGE - 1) == address, (record, hex(address))
        kinds.add((int(record["signal"]), int(record["code"])))
        assert survivor.pid == pid
    assert kinds == {(SIGBUS, AO), (SIGSEGV, SI_KERNEL)}, kinds


@kernels_alike
def test_child(guest):
    """a page of the child alone: the child ends with its status, and its parent reads why"""
    survivor = Survivor(guest)
    child = int(survivor.at["child"])
    address = survivor.address("heap") + 65536
    pfns = [survivor.pfn(address, pid)[1] for pid in (survivor.pid, child)]
    assert pfns[0] != pfns[1], pfns
    survivor.poison(pfns[1])
    [end] = guest.wait_for(lambda: survivor.lines("child"), 20, "the child's end")
    assert end["status"] == hex(70 << 8), end
    [record] = guest.wait_for(lambda: survivor.lines("record"), 20, "the child's record")
    assert record["role"] == "store" and record["place"] == "heap", record
    assert int(record["code"]) == AO and int(record["address"], 16) == address, record
    assert len(survivor.lines("start")) == 1, "its parent has nothing to fear"


@kernels_alike
def test_records_page(guest):
    """a page of the records itself: said to be lost, and later records are there"""
    survivor = Survivor(guest)
    guest.sh(f"kill -STOP {survivor.pid}")
    child = int(survivor.at["child"])
    _, pfn = survivor.pfn(survivor.address("heap"), child)
    survivor.poison(pfn)                # both get it; the child writes, the parent stands
    guest.wait_for(lambda: guest.run(f"[ -s /proc/{survivor.pid}/fd/{survivor.at['memfd']} ]"
                                     )[0] == 0, 20, "a record")
    text = guest.sh(f"{BENCH}/poke cache /proc/{survivor.pid}/fd/{survivor.at['memfd']}")
    survivor.poison(int(text.split()[2], 16))
    guest.sh(f"kill -CONT {survivor.pid}")
    survivor.refresh(2)
    records = survivor.lines("record")
    lost = [record for record in records if record["region"] == "-2"]
    own = [record for record in records if record["role"] == "capture"]
    assert len(lost) == 1 and len(own) == 1, records


def test_poisoned_by_itself(guest):
    """madvise(MADV_HWPOISON) made inside it: AO on 6.1, AR since"""
    survivor = Survivor(guest)
    address = survivor.address("heap") & ~(PAGE - 1)
    survivor.call(survivor.pid, SYS_MADVISE, hex(address), PAGE, MADV_HWPOISON)
    survivor.refresh(2)
    check_own(survivor, survivor.lines("record"), "heap", address, {AR, AO})


def first_page(guest, pid, kind):
    """A page of that kind, from the middle: its address, its number."""
    lines = [line.split() for line in guest.sh(f"{BENCH}/poke pages {pid}").splitlines()]
    pages = [line for line in lines if line[0] == kind]
    assert pages, f"{pid} has no page of kind {kind}"
    chosen = pages[len(pages) // 2]
    return int(chosen[1], 16), int(chosen[2], 16)


@needs_rasd
def test_rasd_itself(guest):
    """rasd's own heap, stack, data and ring: it runs on under its pid, and says what it met"""
    guest.sh("modprobe hwpoison-inject")
    pid = guest.sh("systemctl show rasd -p MainPID --value").strip()
    def rows():
        return len(guest.events(type="own-poison")["events"])

    before = rows()
    for number, kind in enumerate(("heap", "stack", "bss", "ring"), 1):
        address, pfn = first_page(guest, pid, kind)
        guest.sh(f"echo {pfn:#x} >/sys/kernel/debug/hwpoison/corrupt-pfn")
        guest.wait_for(lambda: f"capture process met poison at {address:#x}" in guest.sh(
            "journalctl -u rasd -o cat --no-pager"), 40, f"{kind} {address:#x} is said")
        guest.wait_for(lambda: rows() >= before + number, 20, f"a row for {kind}")
        assert guest.sh("systemctl show rasd -p MainPID,NRestarts,ActiveState").split() == [
            f"MainPID={pid}", "NRestarts=0", "ActiveState=active"]
