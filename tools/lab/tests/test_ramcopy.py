# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies of a process's memory with known content."""

import ctypes
import mmap
import os
from pathlib import Path

from fadumplab.machine import ramcopy

#: QEMU's output.
RAMBLOCKS = """
              Block Name    PSize              Offset               Used              Total                HVA  RO
                 pnv.ram    4 KiB  0x0000000000000000 0x0000000100000000 0x0000000100000000 0x00007ff0b3e00000  rw
      homer-chip0-memory    4 KiB  0x0000000100000000 0x0000000000400000 0x0000000000400000 0x00007ff0a9c00000  rw
"""  # noqa: E501


def test_block_is_found() -> None:
    assert ramcopy.host_address(RAMBLOCKS, 4 << 30) == 0x7ff0b3e00000
    assert ramcopy.host_address(RAMBLOCKS.replace("\n", "\r\n"), 4 << 30) == 0x7ff0b3e00000


def test_memory_in_other_pieces_is_not() -> None:
    assert ramcopy.host_address(RAMBLOCKS, 2 << 30) is None
    assert ramcopy.host_address(RAMBLOCKS + RAMBLOCKS, 4 << 30) is None
    assert ramcopy.host_address("", 4 << 30) is None


def test_copy_is_the_same(tmp_path: Path) -> None:
    size = 3 * ramcopy.CHUNK + 12 * ramcopy.PAGE
    with mmap.mmap(-1, size) as memory:
        start = ctypes.c_char.from_buffer(memory)
        wanted = bytearray(size)
        for at, data in ((0, b"first"), (ramcopy.CHUNK - 2, b"over the edge"),
                         (size - 4, b"last")):
            memory[at:at + len(data)] = wanted[at:at + len(data)] = data
        path = ramcopy.copy(os.getpid(), ctypes.addressof(start), size, tmp_path / "image")
        del start
    assert path.read_bytes() == wanted
    assert path.stat().st_blocks * 512 < ramcopy.CHUNK, "zeroes take room"
