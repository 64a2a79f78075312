# SPDX-License-Identifier: LGPL-2.1-or-later
"""rasd as a service: it starts, and what happens around it does not end it."""

from bench import firmware as fw
from bench.scenario import needs_rasd


def service(guest, *properties):
    text = guest.sh(f"systemctl show rasd.service -p {','.join(properties)}")
    return dict(line.split("=", 1) for line in text.splitlines())


@needs_rasd
def test_starts(guest):
    """rasd.service starts, and says that it is ready"""
    assert service(guest, "ActiveState", "NRestarts") == {"ActiveState": "active",
                                                          "NRestarts": "0"}


@needs_rasd
def test_survives_lies(guest):
    """records with lying lengths do not end it"""
    before = service(guest, "MainPID")
    info = fw.error_info(length=3)
    # The kernel follows these lies as far as they go: let it find zeros there. With what an
    # earlier record has left in its buffer, it may well die of them.
    zeros = fw.Section("00000000-0000-0000-0000-000000000000", bytes(0x3000), fw.CORRECTED)
    for data in (fw.arm([info], info_count=9), fw.arm([info], length=12),
                 fw.arm([info], context_count=5), fw.arm(vendor=b"x" * 100, length=0x2000)):
        guest.firmware.inject(fw.block(fw.Section(fw.ARM, data, fw.CORRECTED), zeros))
    guest.sh("sleep 1")
    assert service(guest, "MainPID") == before


@needs_rasd
def test_memory_at_rest(guest):
    """all its processes together take no more than 8 MiB at rest"""
    guest.sh("systemctl restart rasd; sleep 2")
    text = guest.sh("cat /sys/fs/cgroup/system.slice/rasd.service/cgroup.procs | "
                    "while read pid; do grep ^Pss: /proc/$pid/smaps_rollup; done")
    kib = [int(line.split()[1]) for line in text.splitlines()]
    assert len(kib) == 3 and sum(kib) <= 8 * 1024, kib
