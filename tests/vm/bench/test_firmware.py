#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Does firmware.py write what the specifications say? Run it: no guest is needed.

The expected bytes were put together by hand from the tables in the specifications;
the last tests hold the builders against what real kernels made of their records.
"""

import pathlib
import struct
import sys
import tempfile
import unittest

VM = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(VM))

from bench import firmware as fw  # noqa: E402

GOLDEN = VM.parent / "golden"


def at(data, offset, form):
    return struct.unpack_from("<" + form, data, offset)[0]


class Memory(unittest.TestCase):
    def test_nothing_given_nothing_valid(self):
        self.assertEqual(fw.memory(), bytes(80))

    def test_fields_are_where_they_belong(self):
        places = dict(error_status=8, physical_address=16, address_mask=24, node=32, card=34,
                      module=36, bank=38, device=40, row=42, column=44, bit_position=46,
                      requestor_id=48, responder_id=56, target_id=64, error_type=72, rank=74,
                      card_handle=76, module_handle=78)
        bits = dict(zip(places, range(18)))
        for name, offset in places.items():
            data = fw.memory(**{name: 0x5a})
            self.assertEqual(data[offset], 0x5a, name)
            self.assertEqual(at(data, 0, "Q"), 1 << bits[name], name)

    def test_extended(self):
        data = fw.memory(extended=0xe3, extra_bits=("extended_row", "chip_id"))
        self.assertEqual((data[73], at(data, 0, "Q")), (0xe3, 1 << 18 | 1 << 21))

    def test_short_form(self):
        self.assertEqual(len(fw.memory(error_type=2, short=True)), 73)

    def test_unknown_field(self):
        self.assertRaises(TypeError, fw.memory, colour=1)


class Arm(unittest.TestCase):
    def test_header(self):
        data = fw.arm(mpidr=0x1122334455667788, midr=0x99, affinity=2, running=1, psci=7)
        self.assertEqual(data.hex(), "07000000" "0000" "0000" "28000000" "02" "000000"
                         "8877665544332211" "9900000000000000" "01000000" "07000000")

    def test_error_info(self):
        data = fw.error_info(fw.BUS, multiple=0x0201, flags=9, detail=0x10, virtual=0x20,
                             physical=0x30)
        self.assertEqual(data.hex(), "00" "20" "1f00" "08" "0102" "09"
                         "1000000000000000" "2000000000000000" "3000000000000000")

    def test_detail(self):
        self.assertEqual(fw.error_detail(operation=3, level=2), 1 << 1 | 1 << 2 | 3 << 18 | 2 << 22)
        self.assertEqual(fw.error_detail(access_mode=1), 1 << 11 | 1 << 43)
        self.assertRaises(TypeError, fw.error_detail, colour=1)

    def test_contexts_and_vendor(self):
        gpr = fw.context(fw.AARCH64_GPR, range(32))
        data = fw.arm([fw.error_info()], [gpr, fw.misc_register(0x1234, 5)], b"vendor")
        self.assertEqual(at(data, 0, "I"), 8)
        self.assertEqual((at(data, 4, "H"), at(data, 6, "H")), (1, 2))
        self.assertEqual(at(data, 8, "I"), len(data))
        self.assertEqual(data[72:80].hex(), "0000" "0400" "00010000")
        self.assertEqual(data[336:354].hex(), "0000" "0800" "0a000000" "3412" "0500000000000000")
        self.assertEqual(data[354:], b"vendor")

    def test_lies(self):
        data = fw.arm([fw.error_info(length=3)], info_count=9, length=12)
        self.assertEqual((at(data, 4, "H"), at(data, 8, "I"), data[41]), (9, 12, 3))
        self.assertEqual(at(fw.context(fw.AARCH64_EL1, b"", size=0xfffffff0), 4, "I"), 0xfffffff0)


class Pcie(unittest.TestCase):
    def test_device(self):
        data = fw.pcie(port_type=4, version=(2, 1), device_id=dict(
            vendor=0x1b36, device=0x000c, class_code=0x060400, function=1, device_number=2,
            segment=3, bus=4, secondary_bus=5, slot=6))
        self.assertEqual((len(data), at(data, 0, "Q")), (208, 0b1011))
        self.assertEqual(data[8:16].hex(), "04000000" "01020000")
        self.assertEqual(data[24:40].hex(), "361b" "0c00" "000406" "01" "02" "0300" "04" "05"
                         "3000" "00")

    def test_capabilities(self):
        data = fw.pcie(aer=fw.aer_capability(correctable=0x40))
        self.assertEqual((at(data, 112, "I") & 0xffff, at(data, 128, "I")), (1, 0x40))


class Block(unittest.TestCase):
    def test_revisions(self):
        for revision, length in ((0x0201, 64), (0x0300, 72)):
            entry = fw.data_entry(fw.Section(fw.MEMORY, b"", revision=revision))
            self.assertEqual((len(entry), at(entry, 20, "H")), (length, revision))

    def test_entry(self):
        entry = fw.data_entry(fw.Section(fw.ARM, b"data", fw.CORRECTED, fw.THRESHOLD_EXCEEDED,
                                         fru_text="DIMM A1", claimed_length=99))
        self.assertEqual(entry[:28].hex(), "163d9ee111bce4119caac2051d5d46b0" "02000000"
                         "0003" "02" "08" "63000000")
        self.assertEqual(entry[44:64], b"DIMM A1".ljust(20, b"\0"))
        self.assertEqual(entry[72:], b"data")

    def test_block(self):
        one = fw.Section(fw.MEMORY, bytes(80), fw.CORRECTED)
        two = fw.Section(fw.MEMORY, bytes(80), fw.RECOVERABLE)
        self.assertEqual(fw.block(one)[:20].hex(), "12000000" "00000000" "00000000" "98000000"
                         "02000000")
        self.assertEqual(fw.block(one, two)[:4].hex(), "25000000")
        self.assertEqual(at(fw.block(one, two), 16, "I"), fw.RECOVERABLE)

    def test_worst(self):
        def worst(*severities):
            return fw.worst_of([fw.Section(fw.ARM, b"", each) for each in severities])
        self.assertEqual(worst(fw.CORRECTED, fw.FATAL, fw.RECOVERABLE), fw.FATAL)
        self.assertEqual(worst(fw.INFORMATIONAL, fw.CORRECTED), fw.CORRECTED)
        self.assertEqual(worst(), fw.INFORMATIONAL)


class Tables(unittest.TestCase):
    def test_checksum(self):
        for table in (fw.hest([]), fw.bert(0x80010000, 0x10000)):
            self.assertEqual(sum(table) & 0xff, 0)
            self.assertEqual(at(table, 4, "I"), len(table))

    def test_hest(self):
        table = fw.hest([fw.ghes_v2(n, 0x1000 * n, 0x2000 * n, 4096, 50) for n in (0, 1)])
        self.assertEqual((len(table), at(table, 36, "I")), (40 + 2 * 92, 2))
        second = table[132:]
        self.assertEqual((at(second, 0, "H"), at(second, 2, "H"), second[7]), (10, 1, 1))
        self.assertEqual((at(second, 24, "Q"), at(second, 68, "Q")), (0x1000, 0x2000))
        self.assertEqual((second[32], second[33], at(second, 36, "I")), (0, 28, 50))
        self.assertEqual((at(second, 60, "I"), at(second, 84, "Q")), (4096, 1))


class SharedMemory(unittest.TestCase):
    def setUp(self):
        self.file = tempfile.NamedTemporaryFile(prefix="rasd-bench-")
        self.addCleanup(self.file.close)
        self.firmware = fw.Firmware(self.file.name, boot_error=b"boot error")
        self.addCleanup(self.firmware.close)

    def shared(self, offset, length):
        with open(self.file.name, "rb") as file:
            file.seek(offset)
            return file.read(length)

    def test_inject(self):
        record = fw.block(fw.Section(fw.MEMORY, fw.memory()))
        self.firmware.inject(record, source=2, wait=False)
        self.assertEqual(at(self.shared(32, 8), 0, "Q"), 0x80000000 + 0x40000)
        self.assertEqual(self.shared(0x40000, len(record)), record)
        self.assertFalse(self.firmware.consumed(2))

    def test_nobody_listens(self):
        with self.assertRaises(fw.NotConsumed):
            self.firmware.inject(fw.block(), timeout=0.05)

    def test_boot_error(self):
        self.assertEqual(self.shared(0x10000, 10), b"boot error")
        self.assertIn(b"kernel/firmware/acpi/bert.aml\0", self.firmware.tables())


class Recorded(unittest.TestCase):
    """The kernel passed these sections on; its ring must hold what was sent."""

    def passed_on(self, name, skipped):
        for cper in GOLDEN.glob(f"*/{name}.cper"):
            sent = cper.read_bytes()[skipped:]
            self.assertIn(sent, cper.with_suffix(".raw").read_bytes(), cper)

    def test_non_standard(self):
        self.passed_on("non-standard", 0)
        self.passed_on("non-standard-large", 0)

    def test_arm(self):
        for cper in GOLDEN.glob("*/arm*.cper"):
            description = (cper.parent / "format/ras:arm_event").read_text()
            ring = cper.with_suffix(".raw").read_bytes()
            self.assertIn(cper.read_bytes()[16:32], ring, "MPIDR and MIDR")
            if "pei_buf" in description:
                self.assertIn(cper.read_bytes()[40:], ring, cper)


if __name__ == "__main__":
    unittest.main()
