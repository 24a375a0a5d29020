# SPDX-License-Identifier: GPL-2.0-or-later
"""A copy of a machine's memory, read from QEMU's process; untouched memory is skipped."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

#: The units of reading and of writing.
CHUNK, PIECE = 2 << 20, 64 << 10
PAGE = os.sysconf("SC_PAGESIZE")
#: Bits in the last byte of an entry of /proc/PID/pagemap: the page is in memory or in swap.
PRESENT = 0xc0


def host_address(ramblocks: str, size: int) -> Optional[int]:
    """The address of the guest's memory in QEMU, from "info ramblock"; None for several blocks."""
    found = [int(match[2], 16) for match in re.finditer(
        r"^\s*\S+\s+\d+ \wiB\s+0x\w+\s+0x\w+\s+0x(\w+)\s+0x(\w+)", ramblocks, re.MULTILINE)
        if int(match[1], 16) == size]
    return found[0] if len(found) == 1 else None


def present_chunks(pid: int, address: int, size: int) -> Iterator[int]:
    """Offsets of the chunks that have a present page."""
    with open(f"/proc/{pid}/pagemap", "rb") as pagemap:
        pagemap.seek(address // PAGE * 8)
        for offset in range(0, size, CHUNK):
            entries = pagemap.read(min(CHUNK, size - offset) // PAGE * 8)
            if any(byte & PRESENT for byte in entries[7::8]):
                yield offset


def copy(pid: int, address: int, size: int, path: Path) -> Path:
    """Copy memory of a process into a sparse file."""
    zeroes = bytes(PIECE)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory, path.open("wb") as image:
        image.truncate(size)
        for offset in present_chunks(pid, address, size):
            chunk = os.pread(memory.fileno(), min(CHUNK, size - offset), address + offset)
            for at in range(0, len(chunk), PIECE):
                piece = chunk[at:at + PIECE]
                if piece != zeroes[:len(piece)]:
                    os.pwrite(image.fileno(), piece, offset + at)
    return path
