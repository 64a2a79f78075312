# SPDX-License-Identifier: LGPL-2.1-or-later
"""What firmware and the kernel keep over a reboot."""

import sqlite3
import tempfile

from bench import firmware as fw
from bench.guest import Guest, GuestDied
from bench.scenario import fresh_boot, needs_rasd

DATABASE = "/var/lib/rasd/rasd.db"
RING = "/run/rasd/rasd.ring"

BOOT_ERRORS = (
    fw.block(fw.Section(fw.MEMORY, fw.memory(physical_address=0x50001000, node=1, card=2,
                                             module=3, rank=1, bank=4, row=0x1234,
                                             column=0x77, error_type=3), fw.FATAL))
    + fw.block(fw.Section(fw.ARM, fw.arm([fw.error_info(fw.CACHE, physical=0x50002000)],
                                         mpidr=0x80000001, midr=0x413fd0c1, running=1),
                          fw.FATAL, fru_text="socket 0"),
               fw.Section(fw.MEMORY, fw.memory(physical_address=0x50003000), fw.CORRECTED)))


def query(guest, sql):
    """What the database says, of a rasd that was stopped for it."""
    guest.sh("systemctl stop rasd", timeout=60)
    with tempfile.NamedTemporaryFile(prefix="rasd-bench-") as file:
        file.write(guest.get(DATABASE))
        file.flush()
        connection = sqlite3.connect(file.name)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


def events(guest):
    return guest.rasctl("events", "--all", "-n", 1000)["events"]


def kept(guest, source):
    return [event for event in events(guest) if event["source"] == source]


def wait_for(guest, source, count):
    def enough():
        found = kept(guest, source)
        return found if len(found) >= count else None
    return guest.wait_for(enough, 30, f"{count} events of {source}")


def wait_until_read(guest):
    """All that is there to be read at a start has been."""
    def read():
        sources = {each["source"]: each["state"] for each in guest.rasctl("status")["sources"]}
        return sources if {"bert", "erst", "pstore"} <= set(sources) else None
    return guest.wait_for(read, 30, "firmware's sources")


def use_ramoops(guest):
    """Have the kernel keep its last words in the shared memory, and find those it kept."""
    address = fw.Firmware.BASE + fw.Firmware.KERNEL_KEEPS
    guest.sh(f"modprobe ramoops mem_address={address:#x} "
             f"mem_size={fw.Firmware.KERNEL_KEEPS_BYTES:#x} record_size=0x20000 "
             "console_size=0 ftrace_size=0 pmsg_size=0 && "
             "{ mountpoint -q /sys/fs/pstore || mount -t pstore pstore /sys/fs/pstore; }")


@needs_rasd
@fresh_boot(boot_error=BOOT_ERRORS)
def test_boot_error_record(guest):
    """the errors that ended the boot before are events of it, once for all starts"""
    found = wait_for(guest, "bert", 3)
    assert [(event["type"], event["severity"], event["address"]) for event in found] == [
        ("cper-memory", "fatal", "0x50001000"), ("arm", "fatal", "0x50002000"),
        ("cper-memory", "corrected", "0x50003000")], found
    assert all(event["previous_boot"] for event in found), found
    detail = guest.rasctl("show", found[0]["id"])["detail"]
    assert (detail["node"], detail["card"], detail["module"], detail["row"],
            detail["column"]) == (1, 2, 3, 0x1234, 0x77), detail
    began = guest.sh("date -u -d @$(($(date +%s) - $(cut -d. -f1 /proc/uptime))) +%FT%T").strip()
    assert all(event["time"][:19] <= began for event in found), (began, found)
    sources = wait_until_read(guest)
    assert sources["bert"] == "ready" and sources["erst"] == "absent", sources
    for again in ("systemctl restart rasd", f"systemctl stop rasd; rm {RING}; "
                  "systemctl start rasd", "systemctl kill -s KILL rasd; sleep 2"):
        guest.sh(again, timeout=60)
        wait_until_read(guest)
        guest.sh("rasctl test-event")
        assert len(kept(guest, "bert")) == 3, again
    log = guest.sh("journalctl -u rasd -o cat")
    assert log.count("cper-memory") == 2, log
    rows = query(guest, "SELECT boot, boottime FROM event WHERE source = 3")
    assert rows == [(None, None)] * 3, "nobody recorded the boot before: " + str(rows)


@needs_rasd
@fresh_boot()
def test_last_words(guest):
    """a fatal error: firmware's record and the kernel's last words are events of its boot"""
    boot = guest.sh("cat /proc/sys/kernel/random/boot_id").strip().replace("-", "")
    use_ramoops(guest)
    guest.firmware.inject(fw.block(fw.Section(
        fw.MEMORY, fw.memory(physical_address=0x50004000, node=1), fw.CORRECTED)))
    guest.wait_for(lambda: [each for each in events(guest) if each["type"] == "cper-memory"],
                   30, "what the log has of it")
    guest.sh("systemctl stop rasd", timeout=60)
    database = guest.get(DATABASE)
    fatal = fw.block(fw.Section(fw.MEMORY, fw.memory(physical_address=0x50005000, node=2),
                                fw.FATAL))
    guest.firmware.inject(fatal, wait=False)
    try:
        guest.sh("sleep 30")
        raise AssertionError("the guest lives")
    except GuestDied:
        pass
    with Guest(guest.series, guest.payload, boot_error=fatal, start_rasd=False,
               kept=guest.firmware.kept()) as after:
        after.put(DATABASE, database)
        use_ramoops(after)
        assert "dmesg-ramoops" in after.sh("ls /sys/fs/pstore")
        after.start_rasd()
        look_after_crash(after, boot)


def look_after_crash(guest, boot):
    [of_bert] = wait_for(guest, "bert", 1)
    assert (of_bert["type"], of_bert["address"]) == ("cper-memory", "0x50005000"), of_bert
    words = wait_for(guest, "pstore", 3)
    [crash] = [event for event in words if event["type"] == "kernel-crash"]
    assert "Fatal hardware error" in crash["message"], crash
    assert crash["severity"] == "fatal", crash
    memory = {event["address"]: event for event in words if event["type"] == "cper-memory"}
    assert memory["0x50005000"]["severity"] == "fatal", memory
    assert memory["0x50004000"]["retold"], "its own boot's rasd had it: " + str(memory)
    assert not memory["0x50005000"]["retold"], memory
    n = len(words)
    wait_until_read(guest)
    guest.sh("mkdir -p /var/lib/systemd/pstore/1700000000/000 && "
             "cp /sys/fs/pstore/dmesg-* /var/lib/systemd/pstore/1700000000/000/")
    guest.configure_rasd("[firmware]\npstore-delete = yes\n")
    guest.wait_for(lambda: "dmesg" not in guest.sh("ls /sys/fs/pstore"), 40,
                   "what is stored is cleared")
    assert len(kept(guest, "pstore")) == n, "what was moved is the same"
    assert "dmesg" in guest.sh("ls /var/lib/systemd/pstore/1700000000/000")
    boots = query(guest, "SELECT DISTINCT boot_id FROM events WHERE source IN ('bert', 'pstore')")
    assert boots == [(boot,)], (boots, boot)
