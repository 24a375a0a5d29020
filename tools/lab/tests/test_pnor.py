# SPDX-License-Identifier: GPL-2.0-or-later
"""The flash image, as skiboot reads it."""

import struct
from pathlib import Path

from fadumplab.machine import pnor


def xor(data: bytes) -> int:
    """The exclusive or of all words; zero for data with its checksum."""
    value = 0
    for (word,) in struct.iter_unpack(">I", data):
        value ^= word
    return value


def test_table_holds_together(tmp_path: Path) -> None:
    image = pnor.write(tmp_path / "pnor.bin").read_bytes()
    assert len(image) == pnor.FLASH_SIZE
    magic, version, size, entry_size, count, block, blocks = struct.unpack_from(">4s6I", image)
    assert (magic, version, entry_size, block) == (b"PART", 1, 128, 0x1000)
    assert block * blocks == len(image)
    assert xor(image[:48]) == 0
    assert 48 + count * entry_size <= size * block
    names = {}
    for number in range(count):
        raw = image[48 + number * entry_size:][:entry_size]
        assert xor(raw) == 0
        name, base, length, parent, ident = struct.unpack_from(">16s4I", raw)
        names[name.rstrip(b"\0")] = (base, length)
        assert parent == 0xFFFFFFFF and ident == number + 1
    assert names == {b"part": (0, 1), b"NVRAM": (0x10, 0x100)}


def test_nvram_is_one_chain() -> None:
    data = pnor.nvram()
    at, found = 0, []
    while at < len(data):
        signature, check, units = struct.unpack_from(">BBH", data, at)
        head = bytearray(data[at:at + 16])
        head[1] = 0
        total = sum(head)
        while total > 0xFF:
            total = (total & 0xFF) + (total >> 8)
        assert total == check
        found.append((signature, bytes(head[4:]).rstrip(b"\0"), units * 16))
        at += units * 16
    assert at == len(data) == 0x100000
    assert [part[:2] for part in found] == [(0x51, b"ibm,skiboot"), (0x70, b"common"),
                                            (0x7F, b"w" * 12)]


def test_the_rest_is_erased(tmp_path: Path) -> None:
    image = pnor.write(tmp_path / "pnor.bin").read_bytes()
    table_end, nvram_at = 48 + 2 * 128, 0x10 * 0x1000
    assert set(image[table_end:nvram_at]) == {0xFF}
    assert set(image[nvram_at + 0x100000:]) == {0xFF}
