# SPDX-License-Identifier: LGPL-2.1-or-later
"""Memory of the guest as its kernel shows it: whose page is where, and in what state."""

import re
import struct
from typing import NamedTuple

PAGE = 4096             # of the guest's kernels

# /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst)
PRESENT, SWAP = 1 << 63, 1 << 62
FRAME = (1 << 55) - 1
SWAP_TYPE_BITS = 5

# /proc/kpageflags
LRU, ANON, HWPOISON = 1 << 5, 1 << 12, 1 << 19


class Mapping(NamedTuple):
    start: int
    end: int
    rights: str
    name: str


def mappings(guest, pid):
    """What a process has mapped."""
    found = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)$",
                       guest.sh(f"cat /proc/{pid}/maps"), re.M)
    return [Mapping(int(start, 16), int(end, 16), rights, name)
            for start, end, rights, name in found]


def words(guest, path, first, count=1):
    """Numbers of 64 bits from a file of the kernel's that is made of them."""
    status, data, error = guest.run(
        f"dd if={path} bs=8 skip={first} count={count} status=none")
    if status != 0 or len(data) % 8:
        raise OSError(f"{path}: {error.decode(errors='replace')}")
    return list(struct.unpack(f"<{len(data) // 8}Q", data))


def entry(guest, pid, address):
    """A process's pagemap entry of one of its addresses."""
    return words(guest, f"/proc/{pid}/pagemap", address // PAGE)[0]


def pfn(guest, pid, address):
    """The page frame behind an address; 0: there is none."""
    found = entry(guest, pid, address)
    return found & FRAME if found & PRESENT else 0


def frames(guest, pid):
    """Address to page frame, of all writable memory of a process that is there."""
    areas = [(each.start // PAGE, (each.end - each.start) // PAGE)
             for each in mappings(guest, pid) if each.rights.startswith("rw")]
    reads = [f"dd if=/proc/{pid}/pagemap bs=8 skip={first} count={count} status=none"
             for first, count in areas]
    data = guest.run(" && ".join(reads))[1]
    numbers = [first + n for first, count in areas for n in range(count)]
    if len(data) != 8 * len(numbers):
        raise OSError(f"/proc/{pid}/pagemap: {len(data)} bytes for {len(numbers)} pages")
    return {number * PAGE: found & FRAME
            for number, (found,) in zip(numbers, struct.iter_unpack("<Q", data))
            if found & PRESENT}


def own_frames(guest, pid, other):
    """The same, without what it shares with another process."""
    shared = set(frames(guest, other).values())
    return {address: frame for address, frame in frames(guest, pid).items()
            if frame not in shared}


def stack_pointer(guest, pid):
    """Where a process that sleeps in a system call has its stack."""
    return int(guest.sh(f"cat /proc/{pid}/syscall").split()[-2], 16)


def flags(guest, frame):
    """What the kernel says of a page frame, as bits."""
    return words(guest, "/proc/kpageflags", frame)[0]


def is_poisoned(guest, frame):
    return bool(flags(guest, frame) & HWPOISON)
