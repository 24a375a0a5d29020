# SPDX-License-Identifier: GPL-2.0-or-later
"""A copy of a machine's memory, out of QEMU's: what nobody has written to costs nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

#: Looked at as a whole, and written as a whole.
CHUNK, PIECE = 2 << 20, 64 << 10
PAGE = os.sysconf("SC_PAGESIZE")
#: In the last byte of a page's entry in /proc/PID/pagemap: it is in memory, or in swap.
THERE = 0xc0


def host_address(ramblocks: str, size: int) -> Optional[int]:
    """Where QEMU has the guest's memory, if that is one block; from "info ramblock"."""
    found = [int(match[2], 16) for match in re.finditer(
        r"^\s*\S+\s+\d+ \wiB\s+0x\w+\s+0x\w+\s+0x(\w+)\s+0x(\w+)", ramblocks, re.MULTILINE)
        if int(match[1], 16) == size]
    return found[0] if len(found) == 1 else None


def chunks_there(pid: int, address: int, size: int) -> Iterator[int]:
    """Offsets of chunks that any page is in."""
    with open(f"/proc/{pid}/pagemap", "rb") as pagemap:
        pagemap.seek(address // PAGE * 8)
        for offset in range(0, size, CHUNK):
            entries = pagemap.read(min(CHUNK, size - offset) // PAGE * 8)
            if any(byte & THERE for byte in entries[7::8]):
                yield offset


def copy(pid: int, address: int, size: int, path: Path) -> Path:
    """Memory of a process into a file that has holes for zeroes."""
    zeroes = bytes(PIECE)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory, path.open("wb") as image:
        image.truncate(size)
        for offset in chunks_there(pid, address, size):
            chunk = os.pread(memory.fileno(), min(CHUNK, size - offset), address + offset)
            for at in range(0, len(chunk), PIECE):
                piece = chunk[at:at + PIECE]
                if piece != zeroes[:len(piece)]:
                    os.pwrite(image.fileno(), piece, offset + at)
    return path
