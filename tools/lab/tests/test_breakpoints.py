# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of breakpoints: flattened trees, gdb packets, symbols."""

from __future__ import annotations

import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab import LabError  # noqa: E402
from fadumplab.machine import flattree  # noqa: E402
from fadumplab.machine.breakpoints import Answers, elf_functions  # noqa: E402
from fadumplab.machine.gdbstub import (is_little, packet, register_number, split,  # noqa: E402
                                       stopped_by)

NAMES = b"model\0ibm,kernel-dump\0"


def word(*values: int) -> bytes:
    """Cells of a tree."""
    return struct.pack(f">{len(values)}I", *values)


def prop(name: bytes, value: bytes) -> bytes:
    """A property in the structure block."""
    return word(3, len(value), NAMES.index(name)) + value + bytes(-len(value) % 4)


def tree() -> bytes:
    """/ with a model, /rtas with a dump of ten bytes, /cpus/cpu@0 with a model of its own."""
    body = (word(1) + bytes(4) + prop(b"model", b"lab\0") + word(4)
            + word(1) + b"rtas\0\0\0\0" + prop(b"ibm,kernel-dump", b"0123456789") + word(2)
            + word(1) + b"cpus\0\0\0\0" + word(1) + b"cpu@0\0\0\0" + prop(b"model", b"")
            + word(2, 2, 2, 9))
    reserved = word(0, 0x10000, 0, 0x10000, 0, 0, 0, 0)
    head = word(flattree.MAGIC, 72 + len(body) + len(NAMES), 72, 72 + len(body), 40, 17, 16, 0,
                len(NAMES), len(body))
    return head + reserved + body + NAMES


class FlatTreeTest(unittest.TestCase):
    """Properties and their places."""

    def test_walk(self) -> None:
        blob = tree()
        found = list(flattree.properties(blob))
        self.assertEqual([(one.node, one.name, one.value) for one in found],
                         [("/", "model", b"lab\0"), ("/rtas", "ibm,kernel-dump", b"0123456789"),
                          ("/cpus/cpu@0", "model", b"")])
        for one in found:
            self.assertEqual(blob[one.at:one.at + len(one.value)], one.value)
        self.assertEqual(flattree.total_size(blob[:8]), len(blob))

    def test_find(self) -> None:
        self.assertEqual(flattree.find(tree(), "/rtas", "ibm,kernel-dump").value, b"0123456789")
        with self.assertRaisesRegex(LabError, "no /rtas/model"):
            flattree.find(tree(), "/rtas", "model")

    def test_shorten(self) -> None:
        for size in (0, 1, 4, 7, 8, 10):
            blob = bytearray(tree())
            dump = flattree.find(bytes(blob), "/rtas", "ibm,kernel-dump")
            for at, data in flattree.shorten(dump, size).items():
                blob[at:at + len(data)] = data
            self.assertEqual(len(blob), len(tree()))
            found = {(one.node, one.name): one.value for one in flattree.properties(bytes(blob))}
            self.assertEqual(found["/rtas", "ibm,kernel-dump"], b"0123456789"[:size])
            self.assertEqual(found["/cpus/cpu@0", "model"], b"")
        with self.assertRaisesRegex(LabError, "cannot have 11"):
            flattree.shorten(dump, 11)

    def test_replace_and_add(self) -> None:
        for value in (b"", b"123", b"twenty bytes or more"):
            blob = flattree.replace(tree(), flattree.find(tree(), "/rtas", "ibm,kernel-dump"),
                                    value)
            blob = flattree.add(blob, flattree.find(blob, "/cpus/cpu@0", "model"), "new", value)
            self.assertEqual(flattree.total_size(blob[:8]), len(blob))
            self.assertEqual(
                [(one.node, one.name, one.value) for one in flattree.properties(blob)],
                [("/", "model", b"lab\0"), ("/rtas", "ibm,kernel-dump", value),
                 ("/cpus/cpu@0", "new", value), ("/cpus/cpu@0", "model", b"")])

    def test_no_tree(self) -> None:
        with self.assertRaisesRegex(LabError, "No flattened device tree"):
            flattree.total_size(bytes(8))


class PacketTest(unittest.TestCase):
    """The protocol of QEMU's gdb stub."""

    def test_there_and_back(self) -> None:
        self.assertEqual(packet("OK"), b"$OK#9a")
        self.assertEqual(split(packet("c") + packet("m0,4")[:3]), ("c", b"$m0"))
        for part in (b"", b"+", b"$OK", b"$OK#", b"$OK#9"):
            self.assertEqual(split(part), (None, part))
        self.assertEqual(split(b"+" + packet("")), ("", b""))

    def test_why_it_stopped(self) -> None:
        self.assertEqual(stopped_by("T05thread:p01.03;"), (5, "p01.03"))
        self.assertEqual(stopped_by("T05watch:10;thread:01;"), (5, "01"))
        self.assertEqual(stopped_by("S02"), (2, ""))
        with self.assertRaises(LabError):
            stopped_by("OK")

    def test_registers(self) -> None:
        self.assertEqual([register_number(name) for name in ("r0", "r31", "pc", "lr")],
                         [0, 31, 64, 67])
        msr = 0x8000000002001033
        self.assertTrue(is_little(msr.to_bytes(8, "little")))
        self.assertFalse(is_little((msr - 1).to_bytes(8, "big")))


class SymbolTest(unittest.TestCase):
    """Functions of an ELF file."""

    def test_local_entries(self) -> None:
        names = b"\0near\0far\0data\0"
        entries = b"".join(struct.pack("<IBBHQQ", names.index(name + b"\0"), kind, other, 1, at, 4)
                           for name, kind, other, at in ((b"near", 2, 0, 0x100),
                                                         (b"far", 0x12, 3 << 5, 0x200),
                                                         (b"data", 1, 0, 0x300)))
        at = 64 + len(names) + len(entries)
        head = (b"\x7fELF\x02\x01" + bytes(10) + struct.pack("<HHIQQQIHHHHHH", 2, 21, 1, 0, 0, at,
                                                            2, 64, 0, 0, 64, 2, 0))
        table = (struct.pack("<IIQQQQIIQQ", 0, 3, 0, 0, 64, len(names), 0, 0, 1, 0)
                 + struct.pack("<IIQQQQIIQQ", 0, 2, 0, 0, 64 + len(names), len(entries), 0, 0,
                               8, 24))
        self.assertEqual(elf_functions(head + names + entries + table),
                         {"near": 0x100, "far": 0x208})


class AnswersTest(unittest.TestCase):
    """Firmware's return values, call by call."""

    def test_in_turn(self) -> None:
        answers = Answers([-2, None, 9905])
        self.assertEqual([answers.next() for _ in range(4)], [-2, None, 9905, None])
        self.assertEqual(answers.given, [-2, None, 9905, None])

    def test_for_ever(self) -> None:
        answers = Answers([0, -2], repeat=True)
        self.assertEqual([answers.next() for _ in range(4)], [0, -2, -2, -2])


if __name__ == "__main__":
    unittest.main()
