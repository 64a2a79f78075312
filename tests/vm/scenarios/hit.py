# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the kernel and systemd show of a service that poison hits.

No rasd is needed here. From these facts rasd tells whose a page is, whether a service
died of it, and whether somebody was stopping it.
"""

from bench import memory
from bench.acts import corrected_errors, let_log_speak, poison

HWPOISON_TYPES = range(20, 32)      # of swap entries; which one is the kernel's affair
TYPE_BITS = memory.SWAP_TYPE_BITS
SIGBUS, SIGSEGV = 7, 11
CLD_KILLED, CLD_DUMPED = 2, 3


def said_to(guest, victim):
    line = f"Memory failure: {victim.pfn:#x}: Sending SIGBUS to victim:{victim.pid} " \
           "due to hardware memory corruption"
    return line in guest.dmesg().splitlines()


def assert_died_of(guest, unit, signal):
    """Its main process is gone, and systemd knows of what; its times, in µs."""
    guest.wait_for(lambda: guest.unit(unit, "ActiveState")["ActiveState"] == "failed", 60)
    shown = guest.unit(unit, "Result", "MainPID", "ExecMainCode", "ExecMainStatus", "Job")
    code = int(shown.pop("ExecMainCode"))
    assert code in (CLD_KILLED, CLD_DUMPED), code
    assert shown == {"Result": "signal", "MainPID": "0", "ExecMainStatus": str(signal),
                     "Job": ""}, shown
    times = guest.unit(unit, "ActiveExitTimestampMonotonic",
                       "ExecMainExitTimestampMonotonic")
    return (int(times["ActiveExitTimestampMonotonic"]),
            int(times["ExecMainExitTimestampMonotonic"]))


def test_page_table(guest):
    """before a late victim touches its page, its page table says that it has it"""
    victim, other = guest.victim(late=True, default_action=True), guest.victim(late=True)
    poison(guest, victim.pfn)
    entry = memory.entry(guest, victim.pid, victim.vaddr)
    assert not entry & memory.PRESENT and entry & memory.SWAP, hex(entry)
    assert (entry & memory.FRAME) >> TYPE_BITS == victim.pfn, hex(entry)
    assert entry & ((1 << TYPE_BITS) - 1) in HWPOISON_TYPES, hex(entry)
    assert memory.pfn(guest, other.pid, other.vaddr) == other.pfn
    assert memory.is_poisoned(guest, victim.pfn)
    assert victim.touch() == "died"


def test_log_line(guest):
    """the log names page and thread where the kernel sends a signal, not at a later touch"""
    told, late = guest.victim(early=True), guest.victim(late=True, default_action=True)
    poison(guest, told.pfn)
    assert said_to(guest, told)
    assert told.touch() == "sigbus"
    poison(guest, late.pfn)
    assert late.touch() == "died"
    assert not said_to(guest, late)
    assert guest.dmesg().count("Sending SIGBUS") == 1


def test_died_of_poison(guest):
    """a unit whose main process poison killed leaves "active" after that process has ended"""
    for options in (dict(early=True), dict(late=True)):
        victim = guest.victim(default_action=True, **options)
        poison(guest, victim.pfn)
        if "late" in options:
            assert victim.touch() == "died"
        left, ended = assert_died_of(guest, victim.unit, SIGBUS)
        assert left >= ended, (left, ended)


def test_died_while_stopped(guest):
    """one that somebody was stopping has left "active" before"""
    for settings, stubborn in (({}, True), ({"ExecStop": "/bin/sleep 5"}, False)):
        victim = guest.victim("stop", {"TimeoutStopSec": "60s", **settings}, early=True,
                              default_action=True, stubborn=stubborn)
        guest.sh(f"systemctl stop --no-block {victim.unit}")
        guest.wait_for(lambda: victim.show("ActiveState")["ActiveState"] == "deactivating")
        poison(guest, victim.pfn)
        left, ended = assert_died_of(guest, victim.unit, SIGBUS)
        assert 0 < left < ended, (left, ended)


def test_died_below_a_signal(guest):
    """a handled signal onto a poisoned stack: the kernel cannot write its frame, and the
    process dies of SIGSEGV, without any SIGBUS"""
    guest.sh("systemctl start nginx")
    master = int(guest.unit("nginx.service", "MainPID")["MainPID"])
    poison(guest, memory.pfn(guest, master, memory.stack_pointer(guest, master)))
    guest.sh(f"kill -USR1 {master}")
    assert_died_of(guest, "nginx.service", SIGSEGV)
    assert guest.trace_lines("signal_generate") == []


def test_shared_page(guest):
    """a page that nginx's master and workers share: all of them have it in their page tables"""
    guest.sh("systemctl start nginx")
    master = int(guest.unit("nginx.service", "MainPID")["MainPID"])
    guest.wait_for(lambda: len(guest.sh(f"pgrep -P {master}; true").split()) == 2)
    pids = [master, *map(int, guest.sh(f"pgrep -P {master}").split())]
    maps = [memory.frames(guest, pid) for pid in pids]
    shared = set.intersection(*(set(each.items()) for each in maps))
    address, frame = sorted(shared)[len(shared) // 2]
    poison(guest, frame)
    for pid in pids:
        entry = memory.entry(guest, pid, address)
        assert (entry & memory.FRAME) >> TYPE_BITS == frame, (pid, hex(entry))
    guest.sh("systemctl kill --signal=KILL nginx")


def test_soft_offline(guest):
    """soft_offline_page moves a page's data, kills nobody, tells no tracepoint; a page that
    is out of use already is not an error"""
    for options in (dict(late=True), dict(late=True, mlock=True)):
        victim = guest.victim(**options)
        write = f"echo {victim.paddr:#x} >/sys/devices/system/memory/soft_offline_page"
        guest.sh(write)
        assert memory.is_poisoned(guest, victim.pfn)
        now_at = memory.pfn(guest, victim.pid, victim.vaddr)
        assert now_at and now_at != victim.pfn
        assert victim.look() == "intact" and victim.log() == []
        guest.sh(write)
    assert guest.trace_text() == ""
    assert guest.dmesg().count("page already poisoned") == 2


def test_many_in_a_record(guest):
    """a record of ten corrected errors is printed whole, whatever the kernel's limit on
    records"""
    let_log_speak()
    guest.firmware.inject(corrected_errors(0x50000000, 10))
    guest.wait_for(lambda: guest.dmesg().count("physical_address") == 10, what="ten errors")
    assert guest.trace_text() == ""
