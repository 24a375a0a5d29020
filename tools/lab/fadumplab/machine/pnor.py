# SPDX-License-Identifier: GPL-2.0-or-later
"""A flash image for powernv machines: a table of contents and an NVRAM.

Without a valid table skiboot finds no flash and fails on the way into a memory preserving
IPL.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Sequence
from pathlib import Path

#: The flash of QEMU's machines.
FLASH_SIZE = 128 << 20
BLOCK = 0x1000
ERASED = b"\xff"

HEADER_SIZE = 48
ENTRY_SIZE = 128
NO_PARENT = 0xFFFFFFFF
DATA, PARTITION = 1, 3

NVRAM_SIZE = 0x100000
#: Signature, name and size of each partition of the NVRAM; NVRAM_FREE has the rest.
NVRAM_PARTS = ((0x51, b"ibm,skiboot", 0x1000), (0x70, b"common", 0x10000))
NVRAM_FREE = (0x7F, b"w" * 12)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One line of the table of contents; places and sizes in blocks."""

    name: str
    base: int
    size: int
    kind: int = DATA


TABLE = Entry("part", 0, 1, PARTITION)
NVRAM = Entry("NVRAM", 0x10, NVRAM_SIZE // BLOCK)


def checksum(data: bytes) -> bytes:
    """The exclusive or of all words, as a word."""
    value = 0
    for (word,) in struct.iter_unpack(">I", data):
        value ^= word
    return struct.pack(">I", value)


def header(entries: int) -> bytes:
    """The head of the table."""
    fields = struct.pack(">4s6I16x", b"PART", 1, TABLE.size, ENTRY_SIZE, entries, BLOCK,
                         FLASH_SIZE // BLOCK)
    return fields + checksum(fields)


def table_entry(entry: Entry, number: int) -> bytes:
    """One line of the table, counted from 1."""
    fields = struct.pack(">16s7I16x64x", entry.name.encode(), entry.base, entry.size, NO_PARENT,
                         number, entry.kind, 0, entry.size * BLOCK)
    return fields + checksum(fields)


def table(entries: Sequence[Entry]) -> bytes:
    """The whole table of contents."""
    return header(len(entries)) + b"".join(
        table_entry(entry, number) for number, entry in enumerate(entries, 1))


def nvram_part(signature: int, name: bytes, size: int) -> bytes:
    """One partition of the NVRAM, empty."""
    head = bytearray(struct.pack(">BBH12s", signature, 0, size // 16, name))
    total = sum(head)
    while total > 0xFF:
        total = (total & 0xFF) + (total >> 8)
    head[1] = total
    return bytes(head).ljust(size, b"\0")


def nvram() -> bytes:
    """The NVRAM: a chain of partitions that ends exactly where it does."""
    used = b"".join(nvram_part(*part) for part in NVRAM_PARTS)
    return used + nvram_part(*NVRAM_FREE, NVRAM_SIZE - len(used))


def write(path: Path) -> Path:
    """Write the image."""
    with path.open("wb") as out:
        for _ in range(FLASH_SIZE >> 20):
            out.write(ERASED * (1 << 20))
        for base, data in ((TABLE.base, table((TABLE, NVRAM))), (NVRAM.base, nvram())):
            out.seek(base * BLOCK)
            out.write(data)
    return path
