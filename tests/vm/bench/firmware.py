# SPDX-License-Identifier: LGPL-2.1-or-later
"""Firmware, played from outside the machine.

What firmware does on an arm64 server when hardware fails: it writes a record into
memory that it shares with the kernel, and tells it. Here that memory is a file
which QEMU maps into the guest; the kernel polls it as the HEST tells it to.

The first part builds what goes there: CPER sections (UEFI specification, appendix
N), generic error status blocks and ACPI tables (ACPI specification, chapter 18).
It was written from the layouts alone and shares no line with the decoders of
rasd, so that each can be held against the other. By default it builds what is
right; every count and length can be given otherwise, because firmware lies.
"""

import mmap
import os
import struct
import time
import uuid
from typing import NamedTuple, Optional

from . import cpio

# Severities as CPER numbers them.
RECOVERABLE, FATAL, CORRECTED, INFORMATIONAL = range(4)

MEMORY = "a5bc1114-6f64-4ede-b863-3e83ed7c83b1"
ARM = "e19e3d16-bc11-11e4-9caa-c2051d5d46b0"
PCIE = "d995e954-bbc1-430f-ad91-b44dcb3c6f35"
PROCESSOR = "9876ccad-47b4-4bdb-b65e-16f193c4f3db"
FIRMWARE_REFERENCE = "81212a96-09ed-4996-9471-8d729c8e69ed"
CXL_PROTOCOL = "80b9efb4-52b5-4de3-a777-68784b771048"
CXL_MEDIA = "fbcd0a77-c260-417f-85a9-088b1621eba6"
CXL_DRAM = "601dcbb3-9c06-4eab-b8af-4e9bfb5c9624"
CXL_MODULE = "fe927475-dd59-4339-a586-79bab113b774"
NVIDIA_GRACE = "6d5244f2-2712-11ec-bea7-cb3fdb95c786"

# Section flags (UEFI N.2.2).
PRIMARY, CONTAINMENT_WARNING, RESET, THRESHOLD_EXCEEDED = 1, 2, 4, 8
RESOURCE_NOT_ACCESSIBLE, LATENT_ERROR = 0x10, 0x20


class Section(NamedTuple):
    """One section of a status block: a generic error data entry and its payload."""

    guid: str
    data: bytes
    severity: int = RECOVERABLE
    flags: int = 0
    fru_id: Optional[str] = None
    fru_text: Optional[str] = None
    timestamp: Optional[bytes] = None       # eight bytes, BCD (UEFI N.2.1)
    revision: int = 0x0300
    claimed_length: Optional[int] = None    # where it is to lie


def guid_bytes(guid):
    """A GUID as it lies in memory: the first three groups little-endian."""
    return uuid.UUID(guid).bytes_le


def given(value):
    return value is not None


def bits(*conditions):
    """The number whose bit n is set where the nth condition holds."""
    return sum(1 << n for n, condition in enumerate(conditions) if condition)


# ---- memory (UEFI N.2.5) ----

MEMORY_FIELDS = [
    # Name, format, in the order of the section; bit in the validation field.
    ("error_status", "Q", 0), ("physical_address", "Q", 1), ("address_mask", "Q", 2),
    ("node", "H", 3), ("card", "H", 4), ("module", "H", 5), ("bank", "H", 6),
    ("device", "H", 7), ("row", "H", 8), ("column", "H", 9), ("bit_position", "H", 10),
    ("requestor_id", "Q", 11), ("responder_id", "Q", 12), ("target_id", "Q", 13),
    ("error_type", "B", 14), ("extended", "B", None), ("rank", "H", 15),
    ("card_handle", "H", 16), ("module_handle", "H", 17),
]
MEMORY_EXTRA_BITS = {"extended_row": 18, "bank_group": 19, "bank_address": 20, "chip_id": 21}
MEMORY_SHORT = 73       # UEFI 2.2 and before: nothing after error_type


def memory(*, validation=None, short=False, extra_bits=(), **fields):
    """A memory section's payload; a field that is given is marked valid.

    extra_bits names what is encoded in other fields (row bits in extended, group
    and address in bank, chip in extended) and has a validation bit of its own.
    """
    unknown = set(fields) - {name for name, _, _ in MEMORY_FIELDS}
    if unknown:
        raise TypeError(f"a memory section has no {', '.join(sorted(unknown))}")
    valid = sum(1 << bit for name, _, bit in MEMORY_FIELDS
                if given(bit) and given(fields.get(name)))
    valid |= sum(1 << MEMORY_EXTRA_BITS[name] for name in extra_bits)
    data = struct.pack("<Q", validation if given(validation) else valid)
    for name, form, _ in MEMORY_FIELDS:
        data += struct.pack("<" + form, fields.get(name) or 0)
    return data[:MEMORY_SHORT] if short else data


# ---- ARM processor (UEFI N.2.4.4) ----

# Error types since UEFI 2.9A, a bit mask; firmware before wrote 0, 1, 2, 3.
CACHE, TLB, BUS, MICROARCHITECTURE = 0x02, 0x04, 0x08, 0x10

# Register contexts.
(AARCH32_GPR, AARCH32_EL1, AARCH32_EL2, AARCH32_SECURE,
 AARCH64_GPR, AARCH64_EL1, AARCH64_EL2, AARCH64_EL3, MISC_REGISTER) = range(9)

ERROR_INFO_BYTES = 32
ARM_HEADER_BYTES = 40

DETAIL_FIELDS = [
    # Name, lowest bit; its validation bit is its place in this list.
    ("transaction", 16), ("operation", 18), ("level", 22), ("context_corrupt", 25),
    ("corrected", 26), ("precise_pc", 27), ("restartable_pc", 28), ("participation", 29),
    ("time_out", 31), ("address_space", 32), ("memory_attributes", 34), ("access_mode", 43),
]


def error_detail(**fields):
    """The 64 bits that say what a cache, TLB or bus error was."""
    detail = 0
    for bit, (name, shift) in enumerate(DETAIL_FIELDS):
        if name in fields:
            detail |= 1 << bit | int(fields.pop(name)) << shift
    if fields:
        raise TypeError(f"no such detail: {', '.join(sorted(fields))}")
    return detail


def error_info(kind=CACHE, *, multiple=None, flags=None, detail=None, virtual=None,
               physical=None, validation=None, version=0, length=ERROR_INFO_BYTES):
    """One error information structure."""
    valid = bits(given(multiple), given(flags), given(detail), given(virtual), given(physical))
    return struct.pack("<BBHBHBQQQ", version, length,
                       validation if given(validation) else valid, kind,
                       multiple or 0, flags or 0, detail or 0, virtual or 0, physical or 0)


def context(kind, registers, *, size=None, version=0, align=1):
    """A register context; registers is bytes, or numbers of the kind's width.

    size lies about the length of the register array; align=16 pads as some
    firmware does.
    """
    if not isinstance(registers, (bytes, bytearray)):
        width = "I" if kind <= AARCH32_SECURE else "Q"
        registers = struct.pack(f"<{len(registers)}{width}", *registers)
    header = struct.pack("<HHI", version, kind, size if given(size) else len(registers))
    data = header + registers
    return data + bytes(-len(data) % align)


def misc_register(encoding, value, **options):
    """The context of one system register, named by its MRS encoding."""
    return context(MISC_REGISTER, struct.pack("<HQ", encoding, value), **options)


def arm(infos=(), contexts=(), vendor=b"", *, mpidr=None, midr=0, affinity=None,
        running=None, psci=0, validation=None, info_count=None, context_count=None,
        length=None):
    """An ARM processor section's payload."""
    body = b"".join(infos) + b"".join(contexts) + vendor
    valid = bits(given(mpidr), given(affinity), given(running), bool(vendor))
    return struct.pack("<IHHIB3xQQII",
                       validation if given(validation) else valid,
                       info_count if given(info_count) else len(infos),
                       context_count if given(context_count) else len(contexts),
                       length if given(length) else ARM_HEADER_BYTES + len(body),
                       affinity or 0, mpidr or 0, midr, running or 0, psci) + body


# ---- PCI Express (UEFI N.2.7) ----

PCIE_BYTES = 208


def pcie(*, port_type=None, version=None, command_status=None, device_id=None, serial=None,
         bridge=None, capability=None, aer=None, validation=None):
    """A PCIe section's payload.

    version is (major, minor), command_status a pair, device_id a dict with any of
    vendor, device, class_code, function, device_number, segment, bus, secondary_bus
    and slot; capability and aer are bytes as they stand in configuration space.
    """
    valid = bits(*map(given, (port_type, version, command_status, device_id, serial,
                              bridge, capability, aer)))
    major, minor = version or (0, 0)
    command, status = command_status or (0, 0)
    data = struct.pack("<QIBB2xHH4x", validation if given(validation) else valid,
                       port_type or 0, minor, major, command, status)
    data += pcie_device(**(device_id or {}))
    data += struct.pack("<QI60s96s", serial or 0, bridge or 0, capability or b"", aer or b"")
    assert len(data) == PCIE_BYTES
    return data


def pcie_device(vendor=0, device=0, class_code=0, function=0, device_number=0, segment=0,
                bus=0, secondary_bus=0, slot=0):
    return struct.pack("<HH3sBBHBBHx", vendor, device, class_code.to_bytes(3, "little"),
                       function, device_number, segment, bus, secondary_bus, slot << 3)


def aer_capability(*, uncorrectable=0, uncorrectable_mask=0, uncorrectable_severity=0,
                   correctable=0, correctable_mask=0, control=0, header_log=(0, 0, 0, 0)):
    """The AER capability structure as a device would show it."""
    header = 0x0001 | 2 << 16
    return struct.pack("<7I4I", header, uncorrectable, uncorrectable_mask,
                       uncorrectable_severity, correctable, correctable_mask, control,
                       *header_log)


# ---- processor generic (UEFI N.2.4.1), firmware error record reference (N.2.10) ----

PROCESSOR_FIELDS = [
    # Name, format, bit in the validation field, in the order of the section.
    ("kind", "B", 0), ("isa", "B", 1), ("error_type", "B", 2), ("operation", "B", 3),
    ("flags", "B", 4), ("level", "B2x", 5), ("version", "Q", 6), ("brand", "128s", 7),
    ("id", "Q", 8), ("target", "Q", 9), ("requestor", "Q", 10), ("responder", "Q", 11),
    ("instruction_pointer", "Q", 12),
]


def processor(**fields):
    """A processor generic section's payload; a field that is given is marked valid."""
    valid = sum(1 << bit for name, _, bit in PROCESSOR_FIELDS if given(fields.get(name)))
    data = struct.pack("<Q", valid)
    for name, form, _ in PROCESSOR_FIELDS:
        nothing = b"" if form.endswith("s") else 0
        data += struct.pack("<" + form, fields.pop(name, None) or nothing)
    if fields:
        raise TypeError(f"a processor section has no {', '.join(sorted(fields))}")
    return data


def firmware_reference(kind=0, revision=2, record_id=0, guid=None):
    return struct.pack("<BB6xQ", kind, revision, record_id) + (
        guid_bytes(guid) if guid else bytes(16))


# ---- CXL (UEFI N.2.13, N.2.14; CXL 3.1, 8.2.10.2.1) ----

CXL_EVENT_BYTES = 32 + 32 + 80


def cxl_device(vendor=0x1af4, device=0x0d93, function=0, number=0, bus=0x36, segment=0, slot=3):
    return struct.pack("<HHBBBHHx", vendor, device, function, number, bus, segment, slot)


def cxl_event(body, *, serial=0x1122334455667788, flags=0, handle=7, related=0,
              timestamp=1_700_000_000_000_000_000, maintenance=0):
    """A component event's section: what device it was, and the record without its UUID."""
    head = struct.pack("<IQ", CXL_EVENT_BYTES, 0b111) + cxl_device()
    head += struct.pack("<II", serial & 0xffffffff, serial >> 32)
    record = struct.pack("<B3sHHQB15x", 0x80, flags.to_bytes(3, "little"), handle, related,
                         timestamp, maintenance)
    return (head + record + body).ljust(CXL_EVENT_BYTES, b"\0")


def cxl_media(dpa, *, descriptor=1, kind=0, transaction=2, channel=1, rank=2, device=0x30201,
              component=b"a component's id"):
    return struct.pack("<QBBBHBB3s16s", dpa, descriptor, kind, transaction, 0b1111, channel,
                       rank, device.to_bytes(3, "little"), component)


def cxl_dram(dpa, *, descriptor=1, kind=1, transaction=1, channel=1, rank=2, nibbles=0xf0f,
             bank_group=3, bank=4, row=0x12345, column=0x6789):
    return struct.pack("<QBBBHBB3sBB3sH32s", dpa, descriptor, kind, transaction, 0xff, channel,
                       rank, nibbles.to_bytes(3, "little"), bank_group, bank,
                       row.to_bytes(3, "little"), column, bytes(range(32)))


def cxl_module(*, kind=1, health=1, media=2, additional=5, life=42, temperature=-7, dirty=3,
               volatile=4, persistent=5):
    return struct.pack("<BBBBBhIII", kind, health, media, additional, life, temperature, dirty,
                       volatile, persistent)


def cxl_protocol(*, agent=0, address=0x36 << 16, serial=0x1122334455667788, uncorrectable=0,
                 correctable=0):
    """A protocol error of a CXL device, with its DVSEC and its RAS capability."""
    log = struct.pack("<6I16I", uncorrectable, 0, 0, correctable, 0, 0, *range(16))
    dvsec = bytes(n for n in range(60))
    return (struct.pack("<QB7xQ", 0b1111111, agent, address)
            + struct.pack("<HHHHHH4x", 0x1af4, 0x0d93, 0x1af4, 0x1100, 0x0502, 3)
            + struct.pack("<Q60sHH4x", serial, bytes(60), len(dvsec), len(log)) + dvsec + log)


# ---- a vendor's: NVIDIA Grace (the kernel's drivers/acpi/apei/ghes-nvidia.c) ----

def nvidia_grace(signature, registers, *, kind=0, instance=0, severity=0, socket=0, base=0):
    return struct.pack("<16sHHBBBxQ", signature, kind, instance, severity, socket,
                       len(registers), base) + b"".join(
        struct.pack("<QQ", address, value) for address, value in registers)


# ---- generic error status block (ACPI 18.3.2.7) ----

BLOCK_HEADER_BYTES = 20


def data_entry(section):
    valid = bits(given(section.fru_id), given(section.fru_text), given(section.timestamp))
    length = section.claimed_length if given(section.claimed_length) else len(section.data)
    entry = guid_bytes(section.guid)
    entry += struct.pack("<IHBBI", section.severity, section.revision, valid, section.flags,
                         length)
    entry += guid_bytes(section.fru_id) if section.fru_id else bytes(16)
    entry += struct.pack("20s", (section.fru_text or "").encode())
    if section.revision >> 8 >= 3:
        entry += section.timestamp or bytes(8)
    return entry + section.data


def block(*sections, severity=None, status=None, raw_data=b"", data_length=None):
    """A generic error status block of the given sections.

    Its severity is that of the worst section.
    """
    data = b"".join(map(data_entry, sections))
    worst = worst_of(sections) if severity is None else severity
    if data_length is None:
        data_length = len(data)
    raw_offset = BLOCK_HEADER_BYTES + len(data) if raw_data else 0
    return struct.pack("<IIIII", block_status(worst, len(sections)) if status is None else status,
                       raw_offset, len(raw_data), data_length, worst) + data + raw_data


def worst_of(sections):
    order = [INFORMATIONAL, CORRECTED, RECOVERABLE, FATAL]
    return max((section.severity for section in sections), key=order.index,
               default=INFORMATIONAL)


def block_status(severity, count):
    uncorrected = severity in (RECOVERABLE, FATAL)
    corrected = severity == CORRECTED
    several = count > 1
    return bits(uncorrected, corrected, uncorrected and several,
                corrected and several) | count << 4


# ---- ACPI tables ----

HEADER_BYTES = 36
GHES_V2 = 10
NOTIFY_POLLED = 0
NO_RELATED_SOURCE = 0xffff


def table(signature, body, revision=1):
    """An ACPI table with its header, its checksum right."""
    header = struct.pack("<4sIBB6s8sI4sI", signature.encode(), HEADER_BYTES + len(body),
                         revision, 0, b"RASD  ", b"BENCH   ", 1, b"RASD", 1)
    data = bytearray(header + body)
    data[9] = -sum(data) & 0xff
    return bytes(data)


def register(address):
    """A generic address structure: 64 bits of system memory."""
    system_memory, width, offset, quad_word = 0, 64, 0, 4
    return struct.pack("<BBBBQ", system_memory, width, offset, quad_word, address)


def polled(interval_ms):
    return struct.pack("<BBHIIIIII", NOTIFY_POLLED, 28, 0, interval_ms, 0, 0, 0, 0, 0)


def ghes_v2(source, pointer, acknowledge, block_bytes, interval_ms):
    """A GHESv2 error source that the kernel polls."""
    enabled, records, sections, raw_bytes = 1, 1, 1, block_bytes
    ack_preserve, ack_write = 0, 1
    return (struct.pack("<HHHBBIII", GHES_V2, source, NO_RELATED_SOURCE, 0, enabled,
                        records, sections, raw_bytes)
            + register(pointer) + polled(interval_ms) + struct.pack("<I", block_bytes)
            + register(acknowledge) + struct.pack("<QQ", ack_preserve, ack_write))


def hest(sources):
    return table("HEST", struct.pack("<I", len(sources)) + b"".join(sources))


def bert(address, length):
    return table("BERT", struct.pack("<IQ", length, address))


# ---- the shared memory ----

class NotConsumed(Exception):
    """The kernel did not take a record in time."""


class Firmware:
    """The memory shared with one guest, and the sources that report through it.

    Its layout: the registers of source n (pointer, acknowledge) at 16 n; the boot
    error region at 64 KiB; the block of source n at 64 KiB (n + 2); from 32 MiB on
    what the kernel itself keeps over a reboot (ramoops).
    """

    BASE = 0x80000000       # where a guest with 1 GiB of RAM has its nvdimm
    SIZE = 64 << 20
    BLOCK = 64 << 10        # the most a kernel takes
    POLL_MS = 50
    KERNEL_KEEPS, KERNEL_KEEPS_BYTES = 32 << 20, 1 << 20

    def __init__(self, path, sources=4, boot_error=None, kept=None):
        """kept: what kept() returned for the machine's last boot."""
        self.sources = sources
        self.has_boot_error = boot_error is not None
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.ftruncate(self._file, self.SIZE)
        self._memory = mmap.mmap(self._file, self.SIZE)
        if self.has_boot_error:
            self._write(self.BLOCK, boot_error)
        if kept is not None:
            self._write(self.KERNEL_KEEPS, kept)

    def kept(self):
        """What the kernel has put where it stays over a reboot."""
        start = self.KERNEL_KEEPS
        return self._memory[start:start + self.KERNEL_KEEPS_BYTES]

    def close(self):
        self._memory.close()
        os.close(self._file)

    def tables(self):
        """The archive to be put in front of the initrd."""
        archive = cpio.Archive()
        archive.file("kernel/firmware/acpi/hest.aml", hest(
            [ghes_v2(source, self.BASE + self._pointer(source),
                     self.BASE + self._acknowledge(source), self.BLOCK, self.POLL_MS)
             for source in range(self.sources)]))
        if self.has_boot_error:
            archive.file("kernel/firmware/acpi/bert.aml",
                         bert(self.BASE + self.BLOCK, self.BLOCK))
        return archive.bytes()

    def inject(self, record, source=0, wait=True, timeout=45):
        """Report a status block; the kernel sees it when its first word is written."""
        if len(record) > self.BLOCK:
            raise ValueError(f"a block of {len(record)} bytes does not fit")
        at = self._block(source)
        self._write(self._acknowledge(source), bytes(8))
        self._write(self._pointer(source), struct.pack("<Q", self.BASE + at))
        self._write(at + 4, record[4:])
        self._write(at, record[:4])
        if wait:
            self.wait(source, timeout)

    def wait(self, source=0, timeout=45):
        """Wait until the kernel has consumed and acknowledged the source's block."""
        deadline = time.monotonic() + timeout
        while not self.consumed(source):
            if time.monotonic() > deadline:
                raise NotConsumed(f"source {source}: no acknowledgement in {timeout} s")
            time.sleep(0.01)

    def consumed(self, source=0):
        status = self._read_word(self._block(source), "<I")
        acknowledge = self._read_word(self._acknowledge(source), "<Q")
        return status == 0 and acknowledge & 1 == 1

    def _read_word(self, offset, form):
        return struct.unpack_from(form, self._memory, offset)[0]

    def _write(self, offset, data):
        self._memory[offset:offset + len(data)] = data

    def _pointer(self, source):
        return 16 * source

    def _acknowledge(self, source):
        return 16 * source + 8

    def _block(self, source):
        return self.BLOCK * (source + 2)
