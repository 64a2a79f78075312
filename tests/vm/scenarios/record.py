# SPDX-License-Identifier: LGPL-2.1-or-later
"""From a real arm64 kernel's ring to a row one can ask for.

What rasd recorded is compared with what the firmware wrote, what the victim got, and what
the kernel printed of the same events in another trace instance.
"""

import datetime
import struct
import time

from bench import firmware as fw
from bench.acts import assert_linked, let_log_speak, rows
from bench.scenario import kernels_alike, needs_rasd, newest_too

UNKNOWN = "01234567-89ab-cdef-0123-456789abcdef"
MIDR, MPIDR = 0x413fd0c1, 0x100


def last_id(guest):
    events = guest.rasctl("events", "--all", "-n", "1")["events"]
    return events[0]["id"] if events else 0


def events_after(guest, mark, type_name=None, retold=False):
    return [event for event in guest.rasctl("events", "--all")["events"]
            if event["id"] > mark and type_name in (None, event["type"])
            and event.get("retold", False) == retold]


def wait_for_events(guest, mark, count, type_name=None, timeout=20):
    def enough():
        events = events_after(guest, mark, type_name)
        return events if len(events) >= count else None
    return guest.wait_for(enough, timeout, f"{count} events {type_name or ''}")


def count_rows(guest, what, condition="1"):
    return int(guest.sh("sqlite3 /var/lib/rasd/rasd.db "
                        f"'select {what} from event join event_type t on t.id = event.type "
                        f"left join block_error b on b.event = event.id where {condition}'"))


def memory_error(paddr):
    return fw.block(fw.Section(fw.MEMORY, fw.memory(physical_address=paddr, error_type=3)))


@newest_too
@needs_rasd
def test_memory_error(guest):
    """a CPER memory error and the touch of its page: its record, AO, memory-failure, AR"""
    mark = last_id(guest)
    victim = guest.victim(early=True)
    guest.firmware.inject(memory_error(victim.paddr))
    wait_for_events(guest, mark, 3)
    assert victim.touch() == "sigbus"
    events = wait_for_events(guest, mark, 4)
    # The record is read from the log, whose times are less exact than those of the others.
    [record] = [event for event in events if event["type"] == "cper-memory"]
    assert (record["severity"], record["address"]) == ("uncorrected", f"{victim.paddr:#x}")
    events = sorted((event for event in events if event is not record),
                    key=lambda event: event["time"])
    assert [event["type"] for event in events] == ["sigbus", "memory-failure", "sigbus"], events
    found, failure, touched = events

    sent = [got.code for got in victim.log()]
    assert sent == [found["detail"]["code_name"], touched["detail"]["code_name"]], sent
    assert sent == ["BUS_MCEERR_AO", "BUS_MCEERR_AR"]
    for event in (found, touched):
        assert event["pid"] == victim.pid and event["comm"] == "victim", event
        assert event["unit"] == victim.unit and event["uid"] == 0, event
    assert found["confirmed"] and found["severity"] == "uncorrected"
    assert not touched["confirmed"], "a thread's signal in its own context can be forged"

    assert failure["address"] == f"{victim.paddr:#x}" and failure["address_kind"] == "physical"
    assert failure["component"] == "memory" and failure["severity"] == "uncorrected"
    [line] = guest.trace_lines("memory_failure_event")
    assert line.endswith(failure["message"]), (line, failure["message"])
    assert failure["detail"]["page_type_text"] == "dirty LRU page"
    assert failure["detail"]["result_text"] == "Recovered"


@needs_rasd
def test_late_victim(guest):
    """a service without a handler dies of the touch, and the signal names its unit"""
    mark = last_id(guest)
    victim = guest.victim(default_action=True)
    guest.firmware.inject(memory_error(victim.paddr))
    wait_for_events(guest, mark, 1, "memory-failure")
    assert victim.touch() == "died"
    [event] = wait_for_events(guest, mark, 1, "sigbus")
    assert event["pid"] == victim.pid
    assert event["unit"] in (victim.unit, None), event     # None: it was gone too soon


@newest_too
@needs_rasd
def test_arm_error(guest):
    """an ARM error: both error structures, both contexts and the vendor's bytes by name"""
    mark = last_id(guest)
    infos = [
        fw.error_info(fw.CACHE, multiple=2, flags=0b0101, virtual=0xffff000012345678,
                      detail=fw.error_detail(transaction=1, operation=3, level=2,
                                             corrected=False, precise_pc=True)),
        fw.error_info(fw.BUS, detail=fw.error_detail(
            operation=1, level=3, participation=1, time_out=True, address_space=3,
            memory_attributes=0xff, access_mode=1)),
    ]
    general = [0x1000 + n for n in range(32)]
    el1 = [0x2000 + n for n in range(17)]
    vendor = b"vendor's own words, 24 B"
    guest.firmware.inject(fw.block(fw.Section(fw.ARM, fw.arm(
        infos, [fw.context(fw.AARCH64_GPR, general), fw.context(fw.AARCH64_EL1, el1)], vendor,
        mpidr=MPIDR, midr=MIDR, affinity=1, running=1))))
    [event] = wait_for_events(guest, mark, 1, "arm")
    event = guest.rasctl("show", event["id"])
    detail = event["detail"]
    assert (detail["midr"], detail["mpidr"]) == (f"{MIDR:#x}", f"{MPIDR:#x}")
    assert detail["running_state"] == "0x1" and detail["affinity_level"] == 1
    if guest.series == "6.1":           # the short form: nothing of the body, no severity
        assert event["severity"] is None and detail["errors"] == []
        return
    assert event["severity"] == "uncorrected" and event["component"] == "cache"
    assert detail["vendor_bytes"] == vendor.hex() and detail["lengths_lie"] is False
    cache, bus = detail["errors"]
    assert {key: value for key, value in cache.items() if value is not None} == {
        "type": "cache", "type_raw": 2, "version": 0, "length": 32, "validation": "0xf",
        "multiple_error": 2, "first_error": True, "last_error": False, "propagated": True,
        "overflow": False, "error_info": cache["error_info"],
        "virtual_address": "0xffff000012345678", "transaction_type": "data",
        "operation": "data read", "level": 2, "corrected": False, "precise_pc": True}, cache
    assert {key: value for key, value in bus.items() if value is not None} == {
        "type": "bus", "type_raw": 8, "version": 0, "length": 32, "validation": "0x4",
        "error_info": bus["error_info"], "operation": "generic read", "level": 3,
        "participation": "local responded", "timeout": True, "address_space": "device memory",
        "memory_attributes": "0xff", "access_mode": "normal"}, bus
    assert [row["register_set"] for row in detail["contexts"]] == [
        "AArch64 general purpose", "AArch64 EL1"]
    registers = {(row["context"], row["name"]): row["value"] for row in detail["registers"]}
    assert len(registers) == 32 + 17
    for n in range(31):
        assert registers[0, f"X{n}"] == f"{general[n]:#x}"
    assert registers[0, "SP"] == f"{general[31]:#x}"
    for n, name in enumerate(("ELR_EL1", "ESR_EL1", "FAR_EL1", "ISR_EL1", "MAIR_EL1",
                              "MIDR_EL1", "MPIDR_EL1", "SCTLR_EL1", "SP_EL0", "SP_EL1",
                              "SPSR_EL1", "TCR_EL1", "TPIDR_EL0", "TPIDR_EL1",
                              "TPIDRRO_EL0", "TTBR0_EL1", "TTBR1_EL1")):
        assert registers[1, name] == f"{el1[n]:#x}", name


@newest_too
@needs_rasd
def test_unknown_section(guest):
    """an unknown section whole, its GUID as the firmware wrote it"""
    mark = last_id(guest)
    data = bytes(range(256)) * 10
    guest.firmware.inject(fw.block(fw.Section(UNKNOWN, data, fw.CORRECTED, fru_text="DIMM 7")))
    [event] = wait_for_events(guest, mark, 1, "non-standard")
    assert event["detail"]["section_type"] == UNKNOWN
    assert event["detail"]["data"] == data.hex() and event["detail"]["length"] == len(data)
    assert event["detail"]["fru_text"] == "DIMM 7" and event["severity"] == "corrected"


def burst(n, size=16):
    return fw.block(*(fw.Section(UNKNOWN, struct.pack("<Q", n * size + i), fw.CORRECTED)
                      for i in range(size)))


def numbers(events):
    return [int.from_bytes(bytes.fromhex(event["detail"]["data"]), "little")
            for event in events]


@newest_too
@needs_rasd
def test_sixteen_sections(guest):
    """sixteen sections in one block: sixteen events, in their order"""
    mark, losses = last_id(guest), guest.rasctl("status")["losses"]
    guest.firmware.inject(burst(0))
    wait_for_events(guest, mark, 16, "non-standard")
    time.sleep(1)
    events = sorted(events_after(guest, mark, "non-standard"), key=lambda event: event["id"])
    assert numbers(events) == list(range(16)), numbers(events)
    assert guest.rasctl("status")["losses"] == losses


@newest_too
@needs_rasd
def test_corrected_memory(guest):
    """a corrected memory error: one row, with its page and every place down to the column"""
    places = dict(node=0, card=3, module=1, rank=1, bank=9, device=3, row=4660, column=119,
                  bit_position=6)
    mark, page = last_id(guest), 0x5a5a5000
    let_log_speak()
    guest.firmware.inject(fw.block(fw.Section(fw.MEMORY, fw.memory(
        physical_address=page + 0x40, address_mask=0xffff_ffff_ffff_f000, error_type=2,
        **places), fw.CORRECTED)))
    wait_for_events(guest, mark, 1, "cper-memory")
    time.sleep(3)       # another telling of it would come now
    [event] = events_after(guest, mark)
    assert (event["severity"], event["component"]) == ("corrected", "memory"), event
    assert (event["address"], event["address_kind"]) == (f"{page + 0x40:#x}", "physical"), event
    detail = guest.rasctl("show", event["id"])["detail"]
    assert {name: detail[name] for name in places} == places, detail
    assert detail["error_type_text"] == "single-bit ECC", detail
    [row] = rows(guest, f"select * from page where address = {page}")
    assert row["corrected"] == 1, row


@newest_too
@needs_rasd
def test_aer(guest):
    """a PCIe device's errors, told by firmware and by its own port: the device, the bits"""
    mark = last_id(guest)
    bad_tlp, receiver_error = 1 << 6, 1 << 0
    guest.firmware.inject(fw.block(fw.Section(fw.PCIE, fw.pcie(
        device_id=dict(bus=1), aer=fw.aer_capability(correctable=bad_tlp)), fw.CORRECTED)))
    [event] = wait_for_events(guest, mark, 1, "aer")
    assert (event["device"], event["severity"]) == ("0000:01:00.0", "corrected"), event
    assert event["detail"]["status"] == f"{bad_tlp:#x}", event
    assert event["detail"]["status_text"] == "bad TLP", event
    bus, device, function, domain = 1, 0, 0, 0
    guest.sh("modprobe aer_inject")
    guest.put("/dev/aer_inject", struct.pack("<BBBx7I", bus, device, function, 0,
                                             receiver_error, 0, 0, 0, 0, domain))
    events = wait_for_events(guest, event["id"], 1, "aer")
    assert [(each["device"], each["severity"], each["detail"]["status"]) for each in events] == [
        ("0000:01:00.0", "corrected", f"{receiver_error:#x}")], events


@newest_too
@needs_rasd
def test_told_twice(guest):
    """what a tracepoint and the log both tell is two rows, linked, and counts once"""
    mark = last_id(guest)
    let_log_speak()
    info = fw.error_info(fw.CACHE, detail=fw.error_detail(operation=3, level=1))
    guest.firmware.inject(fw.block(fw.Section(
        fw.ARM, fw.arm([info], mpidr=0x8000_0102, midr=MIDR, running=1), fw.CORRECTED)))
    [traced] = wait_for_events(guest, mark, 1, "arm")
    [logged] = guest.wait_for(lambda: events_after(guest, mark, retold=True), 30, "the log's")
    time.sleep(3)
    assert [event["id"] for event in events_after(guest, mark)] == [traced["id"]]
    assert (logged["type"], logged["source"], traced["source"]) == ("arm", "kernel-log", "trace"), logged
    assert_linked(guest, traced["id"], logged["id"])


@needs_rasd
def test_stopped_meanwhile(guest):
    """rasd stopped while 200 events arrive: 200 rows, with the times at which they happened"""
    mark = last_id(guest)
    guest.sh("systemctl stop rasd")
    before = float(guest.sh("date +%s.%N"))
    for n in range(13):
        guest.firmware.inject(burst(n) if n < 12 else burst(24, 8))
    after = float(guest.sh("date +%s.%N"))
    time.sleep(1)
    guest.sh("systemctl start rasd")
    events = wait_for_events(guest, mark, 200, "non-standard")
    assert len(events) == 200 and len(set(numbers(events))) == 200
    for event in events:
        stamp = datetime.datetime.fromisoformat(event["time"][:26] + "+00:00").timestamp()
        assert before - 0.01 <= stamp <= after + 0.01, (before, stamp, after)


def kill(guest, victims):
    if "store" in victims:
        guest.sh("pkill -KILL -x rasd-store", check=False)
    if "capture" in victims:
        guest.sh("systemctl kill --kill-who=main --signal=KILL rasd", check=False)


def read_bad_sectors(disk):
    """Each read of a bad sector is an event; dd counts only the good one behind them."""
    return f"dd if={disk} of=/dev/null bs=512 skip=8 count=1 iflag=direct conv=noerror 2>/dev/null"


def keep_killing(guest, victims, kills=5, passes=4):
    """kill -9 under load: what the disk and the firmware did is there, once each."""
    mark, losses = last_id(guest), guest.rasctl("status")["losses"]
    disk = guest.bad_disk(8, 511)
    guest.sh(f"(for n in $(seq {passes}); do {read_bad_sectors(disk)}; done; "
             "echo done >/run/load) >/dev/null 2>&1 & rm -f /run/load")
    for n in range(kills):
        guest.firmware.inject(burst(n))
        kill(guest, victims)
    guest.wait_for(lambda: guest.sh("cat /run/load 2>/dev/null; true").strip(), 120, "the load")
    guest.wait_for(lambda: guest.sh("systemctl is-active rasd; true").strip() == "active", 30)
    failed = 504 * passes
    assert len(guest.trace_lines("block_rq_error")) == failed
    of_disk = f"t.name = \"block-error\" and event.id > {mark}"
    guest.wait_for(lambda: count_rows(guest, "count(*)", of_disk) >= failed, 30, "the rows")
    wait_for_events(guest, mark, 16 * kills, "non-standard")
    assert count_rows(guest, "count(*)", of_disk) == failed
    assert count_rows(guest, "count(distinct event.boottime)", of_disk) == failed
    assert count_rows(guest, "count(distinct b.sector)", of_disk) == 504
    events = events_after(guest, mark, "non-standard")
    assert sorted(numbers(events)) == list(range(16 * kills)), numbers(events)
    assert guest.rasctl("status")["losses"] == losses


@kernels_alike
@needs_rasd
def test_kill_capture(guest):
    """kill -9 of capture under load: every event is a row, none twice"""
    keep_killing(guest, ("capture",))


@kernels_alike
@needs_rasd
def test_kill_store(guest):
    """kill -9 of store under load: every event is a row, none twice"""
    keep_killing(guest, ("store",))


@kernels_alike
@needs_rasd
def test_kill_both(guest):
    """kill -9 of both under load: every event is a row, none twice"""
    keep_killing(guest, ("store", "capture"))


@kernels_alike
@needs_rasd
def test_group_reader(guest):
    """a member of group rasd reads the database; others do not; also after a clean stop"""
    guest.sh("id reader >/dev/null 2>&1 || useradd -G rasd reader; "
             "id stranger >/dev/null 2>&1 || useradd stranger")
    for state in ("start", "stop"):
        guest.sh(f"systemctl {state} rasd")
        guest.sh("setpriv --reuid reader --init-groups rasctl summary -o json")
        done = guest.run("setpriv --reuid stranger --init-groups rasctl summary")
        assert done[0] == 3, done
    guest.sh("systemctl start rasd")


@kernels_alike
@needs_rasd
def test_cpu_comes_online(guest):
    """a CPU that comes online later is recorded; one that went offline is read empty"""
    guest.sh("echo 0 >/sys/devices/system/cpu/cpu1/online; systemctl restart rasd")
    mark = last_id(guest)
    disk = guest.bad_disk(8, 17)
    guest.sh("echo 1 >/sys/devices/system/cpu/cpu1/online")
    guest.sh(f"taskset -c 1 {read_bad_sectors(disk)}")
    guest.sh("echo 0 >/sys/devices/system/cpu/cpu1/online")
    assert len(wait_for_events(guest, mark, 10, "block-error")) == 10
    guest.sh("echo 1 >/sys/devices/system/cpu/cpu1/online")
