# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the kernel itself does with the errors that firmware reports.

No rasd is needed here. These scenarios show that the bench works, and hold still
the facts that rasd is built on: if a newer kernel breaks one, it is seen here and
not as a riddle in a scenario about rasd.
"""

import struct

from bench import firmware as fw
from bench.guest import GuestDied
from bench.scenario import ends_guest, fresh_boot, newest_too

UNKNOWN = "01234567-89ab-cdef-0123-456789abcdef"
UNKNOWN_IN_TRACE = "67452301-ab89-efcd-0123-456789abcdef"   # printed as if big-endian


def memory_error(paddr, severity=fw.RECOVERABLE, error_type=3, **fields):
    data = fw.memory(physical_address=paddr, error_type=error_type, **fields)
    return fw.block(fw.Section(fw.MEMORY, data, severity))


def arm_error(*infos, severity=fw.RECOVERABLE, **fields):
    return fw.block(fw.Section(fw.ARM, fw.arm(infos, **fields), severity))


def inject_until_logged(guest, block, text, source=0):
    """The kernel prints two records in five seconds, so say it again until it does."""
    def logged():
        guest.firmware.inject(block, source)
        return text in guest.dmesg()
    guest.wait_for(logged, 30, f"kernel log: {text}", interval=1)


@newest_too
def test_early_victim(guest):
    """early-kill victim gets AO, then AR when it touches the page"""
    victim = guest.victim(early=True)
    guest.firmware.inject(memory_error(victim.paddr))
    [first] = victim.wait_for_sigbus(1)
    assert first == ("BUS_MCEERR_AO", victim.vaddr, 12), first
    assert victim.touch() == "sigbus"
    assert [got.code for got in victim.log()] == ["BUS_MCEERR_AO", "BUS_MCEERR_AR"]


def test_late_victim(guest):
    """late-kill victim gets nothing, until it touches the page: AR"""
    victim = guest.victim(late=True)
    guest.firmware.inject(memory_error(victim.paddr))
    guest.wait_for_trace("memory_failure_event")
    assert victim.log() == []
    assert victim.touch() == "sigbus"
    assert victim.log() == [("BUS_MCEERR_AR", victim.vaddr, 12)]


def test_default_action(guest):
    """a victim without a handler dies of the touch, and systemd knows of what"""
    victim = guest.victim(default_action=True)
    guest.firmware.inject(memory_error(victim.paddr))
    guest.wait_for_trace("memory_failure_event")
    assert victim.touch() == "died"
    guest.wait_for(lambda: victim.show("ActiveState")["ActiveState"] == "failed")
    assert victim.show("Result", "ExecMainStatus") == {"Result": "signal",
                                                       "ExecMainStatus": "7"}


def test_replaced_page(guest):
    """a victim that maps a new page over the lost one lives on"""
    victim = guest.victim(early=True, replace=True)
    guest.firmware.inject(memory_error(victim.paddr))
    victim.wait_for_sigbus(1)
    assert victim.touch() == "ok"
    assert victim.look() == "lost"


@newest_too
def test_memory_failure_event(guest):
    """memory_failure_event tells the page and what became of it, after the signal"""
    victim = guest.victim(early=True)
    guest.firmware.inject(memory_error(victim.paddr))
    [line] = guest.wait_for_trace("memory_failure_event")
    assert f"pfn {victim.pfn:#x}: recovery action for dirty LRU page: Recovered" in line, line
    names = [line.split(": ")[1].split()[-1] for line in guest.trace_text().splitlines()]
    assert names == ["signal_generate", "memory_failure_event"], names


@newest_too
def test_arm_event(guest):
    """arm_event is the short one on 6.1, and has the whole record on 6.12"""
    info = fw.error_info(fw.CACHE, detail=fw.error_detail(operation=3, level=1))
    guest.firmware.inject(arm_error(info, info, midr=0x413fd0c1, mpidr=0x100, affinity=0,
                                    running=1,
                                    contexts=[fw.context(fw.AARCH64_EL1, range(17))],
                                    vendor=b"vendor's own words, 24 B"))
    [line] = guest.wait_for_trace("arm_event")
    assert "MPIDR: 0000000000000100; MIDR: 00000000413fd0c1; running state: 1" in line, line
    if guest.series == "6.1":
        assert "Err Info data len" not in line, line
        return
    assert "error: 2" in line and "Err Info data len: 64" in line, line
    # The kernel's arithmetic: the registers are counted as the vendor's bytes.
    registers = 17 * 8
    assert "Context Info data len: 8;" in line, line
    assert f"Vendor Specific Err Info data len: {registers + 24};" in line, line


def test_arm_cache_error_poisons(guest):
    """an ARM cache error with a physical address takes the page"""
    victim = guest.victim(early=True)
    guest.firmware.inject(arm_error(fw.error_info(fw.CACHE, physical=victim.paddr), midr=1))
    guest.wait_for_trace("arm_event")
    [line] = guest.wait_for_trace("memory_failure_event")
    assert f"pfn {victim.pfn:#x}:" in line, line
    assert victim.wait_for_sigbus(1)[0].code == "BUS_MCEERR_AO"


@newest_too
def test_non_standard_event(guest):
    """a section nobody knows becomes a non_standard_event, its bytes unchanged"""
    data = bytes(range(48))
    guest.firmware.inject(fw.block(fw.Section(UNKNOWN, data, fw.RECOVERABLE,
                                              fru_text="DIMM 7")))
    [line] = guest.wait_for_trace("non_standard_event")
    assert f"severity: 2; sec type:{UNKNOWN_IN_TRACE}" in line, line
    assert "DIMM 7; data len:48" in line, line
    assert data.hex() in line.replace(" ", ""), line


@newest_too
def test_large_section(guest):
    """a vendor section of 2.5 kB arrives whole"""
    guest.firmware.inject(fw.block(fw.Section(UNKNOWN, bytes(2560), fw.CORRECTED)))
    [line] = guest.wait_for_trace("non_standard_event")
    # 6.1 cannot print so much; the event is there all the same.
    assert "data len:2560" in line or "LINE TOO BIG" in line, line[:200]


@newest_too
def test_burst(guest):
    """sixteen sections in one block are sixteen events"""
    sections = [fw.Section(UNKNOWN, struct.pack("<Q", n), fw.CORRECTED) for n in range(16)]
    guest.firmware.inject(fw.block(*sections))
    assert len(guest.wait_for_trace("non_standard_event", 16)) == 16


@newest_too
def test_corrected_memory_error(guest):
    """a corrected memory error is in the kernel's log and nowhere else"""
    block = memory_error(0x50000000, fw.CORRECTED, error_type=2, node=0, card=3, module=0,
                         rank=1, bank=9, device=3, row=4660, column=119, bit_position=6)
    inject_until_logged(guest, block, "error_type: 2, single-bit ECC")
    log = guest.dmesg()
    assert "physical_address: 0x0000000050000000" in log, log
    for field in ("card:3", "rank:1", "bank:9", "row:4660", "column:119"):
        assert field in log, f"{field} not in {log}"
    assert guest.trace_text() == ""


@newest_too
def test_aer_event(guest):
    """a PCIe section about a device that exists becomes its aer_event"""
    bad_tlp, completion_timeout = 1 << 6, 1 << 14
    for device, severity, errors, text in (
            (dict(device_number=0x1c), fw.CORRECTED, dict(correctable=bad_tlp),
             "0000:00:1c.0 PCIe Bus Error: severity=Corrected, Bad TLP"),
            (dict(bus=1), fw.RECOVERABLE, dict(uncorrectable=completion_timeout),
             "0000:01:00.0 PCIe Bus Error: severity=Uncorrected, non-fatal, Completion Timeout")):
        data = fw.pcie(device_id=device, aer=fw.aer_capability(**errors))
        guest.firmware.inject(fw.block(fw.Section(fw.PCIE, data, severity)))
        guest.wait_for(lambda: text in guest.trace_text(), what=text)


def test_sources(guest):
    """every source of the HEST reports under its own number"""
    for source in range(4):
        inject_until_logged(guest, fw.block(fw.Section(UNKNOWN, b"source %d" % source)),
                            f"Generic Hardware Error Source: {source}", source)


def test_hwpoison_inject(guest):
    """debugfs poisons a page by its number"""
    victim = guest.victim(early=True)
    guest.sh("modprobe hwpoison-inject; "
             f"echo {victim.pfn:#x} >/sys/kernel/debug/hwpoison/corrupt-pfn")
    assert victim.wait_for_sigbus(1)[0].code == "BUS_MCEERR_AO"


def test_block_error(guest):
    """a bad sector of a disk makes block_rq_error"""
    disk = guest.bad_disk(4096, 4103)
    guest.sh(f"! dd if={disk} of=/dev/null skip=4096 count=8 iflag=direct 2>/dev/null")
    [line] = guest.wait_for_trace("block_rq_error")
    assert "4096 + 1" in line and line.endswith("[-5]"), line


@fresh_boot(boot_error=fw.block(fw.Section(fw.ARM, fw.arm(midr=0x413fd0c1), fw.FATAL)))
def test_boot_error_record(guest):
    """the record of the previous boot's death is told, and can be read"""
    log = guest.sh("journalctl -k -o cat")
    assert "BERT: Error records from previous boot" in log
    region = guest.get("/sys/firmware/acpi/tables/data/BERT")
    assert len(region) == guest.firmware.BLOCK, len(region)
    assert region[:4] == bytes(4), "the kernel marks what it has told"
    assert fw.guid_bytes(fw.ARM) in region


@ends_guest
def test_fatal_error(guest):
    """a fatal error ends the machine, with the record on the console"""
    guest.firmware.inject(memory_error(0x50000000, fw.FATAL), wait=False)
    try:
        guest.sh("sleep 20")
    except GuestDied as death:
        assert "Fatal hardware error" in guest.console(), death
    else:
        raise AssertionError("the guest lives")
