# SPDX-License-Identifier: LGPL-2.1-or-later
"""Memory of rasd's own that fails, page by page, while the firmware reports errors all the
time: the same main process goes on, says what it met, and has a row for every error.

A process is told early (AO), or late: then it reads the page itself (AR).
"""

import contextlib
import json
import re
import struct
import threading

from bench import firmware as fw
from bench.acts import DATABASE
from bench.memory import PAGE
from bench.scenario import fresh_rasd, kernels_alike, needs_rasd

BENCH = "/usr/lib/bench"
UNIT = "rasd.service"
RING = "/run/rasd/rasd.ring"
PLACE = "/var/lib/rasd"
METRICS = "/run/rasd/rasd.prom"
UNKNOWN = "01234567-89ab-cdef-0123-456789abcdef"
SYS_PRCTL, PR_MCE_KILL, MCE_KILL_SET, MCE_KILL_LATE = 167, 33, 1, 0
AR, AO = 4, 5
EXECS_MAX, EXIT_POISON = 8, 7
LOAD_SOURCE = 1         # of the firmware
SECTIONS = 8            # a record

# the ring's file (src/ipc/ring_file.h, src/rasd/scratch.h)
STATUS_AT, SHADOW_AT, LANDING_AT = 4096, 1 << 16, 2 << 16
LANDED_AT = LANDING_AT + (2 << 16)
WRITTEN_AT, DURABLE_AT = 128, 256
DATA_BYTES = 16 << 20


def rows(guest, query):
    """Rows of the database, asked for by one who never writes to it."""
    text = guest.sh(f"sqlite3 -readonly -json {DATABASE}",
                    input=f".timeout 5000\n{query};\n".encode())
    return json.loads(text) if text.strip() else []


def number(guest, query):
    return rows(guest, f"select ({query}) as n")[0]["n"]


class Load:
    """Numbered errors without end, from a thread of their own."""

    def __init__(self, guest):
        self.guest = guest
        self.records = 0
        self.error = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            while not self._end.wait(0.05):
                self.guest.firmware.inject(self._record(), LOAD_SOURCE)
                self.records += 1
        except Exception as error:      # told by stop()
            self.error = error

    def _record(self):
        first = self.records * SECTIONS
        return fw.block(*(fw.Section(UNKNOWN, struct.pack(">Q", first + n), fw.CORRECTED)
                          for n in range(SECTIONS)))

    def end(self):
        self._end.set()
        self._thread.join()

    def stop(self):
        """How many errors there were."""
        self.end()
        if self.error:
            raise self.error
        return self.records * SECTIONS


class Own:
    """rasd, its processes and their pages, under load."""

    def __init__(self, guest):
        self.guest = guest
        guest.sh("modprobe hwpoison-inject; systemctl restart rasd")
        self.mark = number(guest, "select coalesce(max(id), 0) from event")
        self.lost_before = number(guest, "select coalesce(sum(count), 0) from loss")
        self.pid = int(guest.unit(UNIT, "MainPID")["MainPID"])
        self.load = Load(guest)

    # ---- its processes and their pages ----

    def all_pids(self):
        """Its three processes, by name."""
        def found():
            text = self.guest.sh("for name in store act; do "
                                 "echo $name $(pgrep -x rasd-$name); done")
            lines = [line.split() for line in text.splitlines()]
            return lines if all(len(line) == 2 for line in lines) else None
        lines = self.guest.wait_for(found, 30, "one store and one act")
        return {"capture": self.pid} | {name: int(pid) for name, pid in lines}

    def pages(self, pids, kind):
        """name: [(address, frame, offset in the file)], of all of this kind."""
        text = self.guest.sh("".join(f"echo = {name}; {BENCH}/poke pages {pid} {kind}; "
                                     for name, pid in pids.items()))
        found = {}
        for line in map(str.split, text.splitlines()):
            if line[0] == "=":
                found[line[1]] = last = []
            else:
                last.append(tuple(int(part, 16) for part in line[1:4]))
        return found

    def choose(self, process, kind, offset=None):
        """A page that no other process of rasd has, if there is one; capture's others may
        be its children's, too. Returns all pids, and addresses of the page, and its frame."""
        pids = self.all_pids()
        pages = self.pages(pids, kind)
        mine = [page for page in pages[process] if offset in (None, page[2])]
        others = {page[1] for name in pids if name != process for page in pages[name]}
        own = [page for page in mine if page[1] not in others]
        assert mine, (process, kind, offset)
        assert own or process == "capture" or offset is not None, (process, kind)
        # the heap's first page has malloc's own: it is never given back, and soon its own
        frame = (own or mine)[0 if kind == "heap" else len(own or mine) // 2][1]
        return pids, [page[0] for page in mine if page[1] == frame], frame

    # ---- what happens to them ----

    def poison(self, frame):
        self.guest.sh(f"echo {frame:#x} >/sys/kernel/debug/hwpoison/corrupt-pfn")

    @staticmethod
    def _late(pid):
        return (f"{BENCH}/poke syscall {pid} {SYS_PRCTL} {PR_MCE_KILL} {MCE_KILL_SET} "
                f"{MCE_KILL_LATE} 0 0 >/dev/null")

    def fail(self, pids, process, kind, address, code):
        """The page fails, and the process learns of it early, or by touching it. False: it
        has no page there any more. Where the page is, is looked up at that moment: a fork may
        have had it copied since."""
        pid = pids[process]
        steps = [f"frame=$({BENCH}/poke pages {pid} {kind} | "
                 f"awk '$2 == \"{address:#x}\" {{ print $3 }}'); [ \"$frame\" ] || exit 9"]
        if code == AR:
            steps += map(self._late, pids.values() if kind == "ring" else [pid])
        steps.append("echo $frame >/sys/kernel/debug/hwpoison/corrupt-pfn || exit 8")
        if code == AR:      # it may have touched the page itself by then
            steps.append(f"{BENCH}/poke touch {pid} {address:#x} || true")
        status, _, error = self.guest.run("\n".join(steps))
        assert status in (0, 9), (status, error)
        return status == 0

    def lose(self, process, kind, code, place, find_offset=lambda: None):
        """A page of it fails: a row tells of it, and rasd goes on."""
        before = self.last_id()
        def fails():
            try:
                pids, addresses, _ = self.choose(process, kind, find_offset())
            except AssertionError:      # the ring has given that memory back meanwhile
                return None
            return self.fail(pids, process, kind, addresses[0], code) and (pids, addresses)
        pids, addresses = self.guest.wait_for(fails, 30, f"a page of {process}, {kind}")
        what = f"{process} {pids} {kind} {[hex(at) for at in addresses]} {code}"
        found = self.wait_for_rows(before, what, process=process, pid=pids[process])
        # AR: by itself, and by poke; AO: once for each place where the page is mapped
        assert len(found) <= (1 if code == AO and kind != "ring" else 2), found
        for row in found:
            assert (row["code"], row["signal"], row["lsb"]) == (code, 7, 12), (what, row)
            assert row["address"] & ~(PAGE - 1) in addresses, (what, row)
            assert row["place"] == place, (what, row)
        self.assert_goes_on()

    def last_id(self):
        return number(self.guest, "select coalesce(max(id), 0) from event")

    def own_rows(self, after, **fields):
        found = rows(self.guest, "select e.id, e.pid, e.address, p.* from own_poison p "
                                 f"join event e on e.id = p.event where e.id > {after}")
        return [row for row in found
                if all(row[name] == value for name, value in fields.items())]

    def wait_for_rows(self, after, what, **fields):
        try:
            return self.guest.wait_for(lambda: self.own_rows(after, **fields), 30, what)
        except Exception as error:
            if not self.guest.is_alive():
                raise
            raise AssertionError(f"{error}\n{self.own_rows(after)}\n{self.journal()}") from None

    def journal(self):
        return self.guest.sh("journalctl -u rasd -n 200 --no-pager -o short-monotonic | "
                             "grep -v non-standard | tail -n 40; true")

    def assert_goes_on(self):
        text = self.guest.sh(f"systemctl show {UNIT} -p MainPID -p NRestarts -p ActiveState; "
                             f"cat /proc/{self.pid}/comm")
        assert sorted(text.split()) == ["ActiveState=active", f"MainPID={self.pid}",
                                        "NRestarts=0", "rasd"], (text, self.journal())

    # ---- its ring ----

    def cursors(self):
        """Positions in the ring: what is written, what is durable."""
        text = self.guest.sh("".join(f"od -A n -t u8 -j {at} -N 8 {RING}; "
                                     for at in (WRITTEN_AT, DURABLE_AT)))
        return tuple(map(int, text.split()))

    def data_at(self):
        return int(self.guest.sh(f"stat -c %s {RING}")) - DATA_BYTES

    def delivered_page(self):
        """The file's offset of a page of messages that are all durable; the process that
        writes them has touched it."""
        def found():
            durable = self.cursors()[1] % DATA_BYTES
            first = self.data_at()
            pages = [page[2] for page in self.pages({"capture": self.pid}, "ring")["capture"]
                     if first <= page[2] < first + durable - 2 * PAGE]
            return max(pages, default=None)
        return self.guest.wait_for(found, 30, "a page of messages that were delivered")

    def is_readable(self, offset):
        return self.guest.run(f"dd if={RING} of=/dev/null bs={PAGE} skip={offset // PAGE} "
                              "count=1 status=none")[0] == 0

    def assert_readable(self):
        """No page of the file is lost any more: reading one is an error."""
        self.guest.sh(f"cat {RING} >/dev/null")

    # ---- what there is in the end ----

    def recorded(self):
        """Numbered errors that have a row, how many different ones, and what was lost."""
        [row] = rows(self.guest, "select count(*) as n, count(distinct data) as different, "
                     "(select coalesce(sum(count), 0) from loss) as lost "
                     f"from non_standard where event > {self.mark}")
        return row["n"], row["different"], row["lost"] - self.lost_before

    def end(self, may_lose=False):
        """Every error has its row, once; what was lost is counted."""
        errors = self.load.stop()
        assert errors > 0
        def complete():
            n, _, lost = self.recorded()
            return n + lost >= errors
        self.guest.wait_for(complete, 30, "the rows")
        self.assert_goes_on()
        n, different, lost = self.recorded()
        assert n + lost == errors and n == different, (n, different, lost, errors)
        assert bool(lost) == may_lose, (lost, rows(self.guest, "select * from loss"))
        assert not lost or self.guest.rasctl("status")["losses"]
        assert rows(self.guest, "pragma integrity_check") == [{"integrity_check": "ok"}]


@contextlib.contextmanager
def own(guest):
    """rasd under load; whatever happens, the load ends."""
    it = Own(guest)
    try:
        yield it
    finally:
        it.load.end()


PRIVATE = [("heap", "heap"), ("stack", "stack"), ("data", "data"), ("bss", "data")]


def lose_each_private_page(guest, code):
    with own(guest) as it:
        for process in ("capture", "store", "act"):
            for kind, place in PRIVATE:
                it.lose(process, kind, code, place)
        it.end()


@kernels_alike
@needs_rasd
def test_private_pages_early(guest):
    """heap, stack, data of capture, store and act: told early, it goes on"""
    lose_each_private_page(guest, AO)


@kernels_alike
@needs_rasd
def test_private_pages_late(guest):
    """the same pages, read by the process itself"""
    lose_each_private_page(guest, AR)


def lose_each_ring_page(guest, code):
    with own(guest) as it:
        it.lose("capture", "ring", code, "ring", it.delivered_page)
        for offset in (0, STATUS_AT, SHADOW_AT, LANDING_AT, LANDED_AT):
            it.lose("capture", "ring", code, "ring", lambda offset=offset: offset)
        it.assert_readable()
        it.end()


@kernels_alike
@needs_rasd
def test_ring_pages_early(guest):
    """header, status, shadow, landing area and messages of the ring: nothing is lost"""
    lose_each_ring_page(guest, AO)


@kernels_alike
@needs_rasd
def test_ring_pages_late(guest):
    """the same pages, read by capture itself"""
    lose_each_ring_page(guest, AR)


@kernels_alike
@needs_rasd
def test_ring_page_of_store(guest):
    """a page of the ring that store reads first: capture gives way, too, and mends it"""
    with own(guest) as it:
        before = it.last_id()
        it.lose("store", "ring", AR, "ring", it.delivered_page)
        it.wait_for_rows(before, "capture's own", process="capture", code=AR)
        it.assert_readable()
        it.end()


@kernels_alike
@needs_rasd
def test_while_stopped(guest):
    """pages of the ring that fail while no rasd runs: the next one mends it, nothing is lost"""
    with own(guest) as it:
        offsets = (0, it.delivered_page())
        guest.sh("systemctl stop rasd")
        lines = [line.split() for line in guest.sh(f"{BENCH}/poke cache {RING}").splitlines()]
        frames = [int(line[2], 16) for line in lines if int(line[1], 16) in offsets]
        assert len(frames) == 2, frames
        for frame in frames:
            it.poison(frame)
        guest.sh("systemctl start rasd")
        it.pid = int(guest.unit(UNIT, "MainPID")["MainPID"])
        it.assert_readable()
        it.end()


@kernels_alike
@needs_rasd
def test_undelivered(guest):
    """a page of messages that store did not have yet: what was in it is counted"""
    with own(guest) as it:
        before = it.last_id()
        store = it.all_pids()["store"]
        guest.sh(f"kill -STOP {store}")
        try:
            def waiting():
                written, durable = it.cursors()
                return durable if written - durable > 4 * PAGE else None
            durable = guest.wait_for(waiting, 30, "messages that wait")
            offset = it.data_at() + (durable // PAGE + 2) * PAGE % DATA_BYTES
            [frame] = {page[1] for page in it.pages({"capture": it.pid}, "ring")["capture"]
                       if page[2] == offset}
            it.poison(frame)
            guest.wait_for(lambda: it.is_readable(offset), 30, "a mended page")
        finally:
            guest.sh(f"kill -CONT {store}", check=False)
        [row] = it.wait_for_rows(before, "capture's own", process="capture")
        assert (row["code"], row["place"], row["lsb"]) == (AO, "ring", 12), row
        it.end(may_lose=True)


@kernels_alike
@needs_rasd
def test_records_page(guest):
    """the page that records lie in: that some were lost is a row, and it goes on"""
    with own(guest) as it:
        before = it.last_id()
        pids, _, frame = it.choose("store", "heap")
        guest.sh(f"kill -STOP {it.pid}")
        try:
            it.poison(frame)
            [file] = guest.sh(f"find /proc/{it.pid}/fd -lname '/memfd:rasd-poison*'").split()
            guest.wait_for(lambda: guest.run(f"[ -s -L {file} ] || [ -s {file} ]")[0] == 0, 20,
                           "store's record")
            text = guest.sh(f"{BENCH}/poke cache {file}")
            it.poison(int(text.split()[2], 16))
        finally:
            guest.sh(f"kill -CONT {it.pid}")
        [row] = it.wait_for_rows(before, "lost records", process="unknown")
        assert (row["signal"], row["place"], row["lsb"]) == (0, "region", 12), row
        assert it.all_pids()["store"] != pids["store"]
        it.lose("store", "stack", AO, "stack")      # and the next one is a record again
        it.end()


READER = "bench-reader"


@contextlib.contextmanager
def reader(guest):
    """Somebody who has the database open all the time, and reads it."""
    guest.sh(f"systemd-run -q --unit={READER} -p Restart=always -p StartLimitIntervalSec=0 "
             "-p IgnoreSIGPIPE=no "
             "sh -c 'while sleep 0.1; do echo \"select max(id) from event;\"; done | "
             f"sqlite3 -readonly {DATABASE} >/dev/null'")
    try:
        yield
    finally:
        guest.sh(f"systemctl stop {READER}; systemctl reset-failed {READER}", check=False)


def connected(guest):
    """Processes that have the index of the log mapped, beside store."""
    def found():
        text = guest.sh(f"pidof sqlite3 | xargs -rn1 | while read pid; do "
                        f"grep -q -e -shm /proc/$pid/maps 2>/dev/null && echo $pid; done; true")
        return text.split()
    return guest.wait_for(found, 30, "a reader")


def lose_cached(it, path, index):
    """A page of this file in the page cache fails: the kernel knows, and the rows stay."""
    lines = it.guest.sh(f"{BENCH}/poke cache {path}").splitlines()
    frame = int(lines[index].split()[2], 16)
    rows_before = number(it.guest, "select count(*) from event")
    it.poison(frame)
    it.guest.wait_for(lambda: number(
        it.guest, f"select count(*) from memory_failure where pfn = {frame}"), 30,
        f"the failure of {path}, {lines[index]}")
    assert number(it.guest, "select count(*) from event") > rows_before
    it.assert_goes_on()


@kernels_alike
@needs_rasd
def test_database_pages(guest):
    """-shm with a second reader, early and late, database and log in the page cache"""
    with own(guest) as it, reader(guest):
        for code in (AO, AR):
            connected(guest)
            it.lose("store", "shm", code, "other", lambda: 0)
            for path, index in ((f"{DATABASE}-wal", 0), (f"{DATABASE}-wal", -1),
                                (DATABASE, 0), (DATABASE, -1)):
                lose_cached(it, path, index)
        it.end()


def keep_failing(it):
    """A page of each new image of capture fails, until there is no new one: the guest's own
    shell is fast enough for the minute that counts. A page may become a child's alone just
    before it fails: then capture has another one in its place, and that is the next."""
    it.guest.sh(f"""
        for n in $(seq 60); do
            frame=$({BENCH}/poke pages {it.pid} heap | head -n1 | cut -d' ' -f3)
            if [ "$frame" ] && [ "$frame" != "$last" ] && pgrep -x rasd-store >/dev/null; then
                last=$frame
                echo $frame >/sys/kernel/debug/hwpoison/corrupt-pfn
                sleep 1
            fi
            ! systemctl is-failed -q {UNIT} || exit 0
            sleep 0.3
        done 2>/dev/null; exit 1""", timeout=150)


@kernels_alike
@needs_rasd
def test_again_and_again(guest):
    """a page that fails in each new image: a clean stop that says why, nothing lost"""
    with own(guest) as it:
        before = it.last_id()
        keep_failing(it)
        assert guest.unit(UNIT, "ActiveState", "ExecMainStatus", "NRestarts", "Result") == {
            "ActiveState": "failed", "ExecMainStatus": str(EXIT_POISON), "NRestarts": "0",
            "Result": "exit-code"}, it.journal()
        assert "replaced itself 9 times in a minute because of poison" in it.journal()
        assert len(it.own_rows(before, process="capture")) > EXECS_MAX
        guest.sh("systemctl start rasd")
        it.pid = int(guest.unit(UNIT, "MainPID")["MainPID"])
        it.end()


def metric(guest, name):
    """The sum of a metric's values whose line has this."""
    text = guest.sh(f"cat {METRICS} 2>/dev/null; true")
    return sum(float(line.split()[-1]) for line in text.splitlines() if re.match(name, line))


@kernels_alike
@fresh_rasd
def test_frozen(guest):
    """database frozen: capture that reads a lost page is back at once, and takes errors in"""
    guest.sh("systemctl stop rasd; modprobe brd rd_nr=1 rd_size=65536 && "
             f"mkfs.ext4 -q -m 0 /dev/ram0 && mount /dev/ram0 {PLACE}")
    with own(guest) as it:
        before = it.last_id()
        pids, addresses, _ = it.choose("capture", "heap")
        events = 'rasd_events_total{.*"non-standard"'
        guest.sh(f"fsfreeze -f {PLACE}")
        try:
            assert it.fail(pids, "capture", "heap", addresses[0], AR)
            guest.wait_for(lambda: metric(guest, 'rasd_own_poison_total{.*"capture"'), 20,
                           "a new image")
            seen = metric(guest, events)
            guest.wait_for(lambda: metric(guest, events) > seen, 30, "errors it has taken in")
            it.assert_goes_on()
        finally:
            guest.sh(f"fsfreeze -u {PLACE}")
        row = it.wait_for_rows(before, "its row", process="capture")[0]
        assert (row["code"], row["place"], row["lsb"]) == (AR, "heap", 12), row
        it.end()
