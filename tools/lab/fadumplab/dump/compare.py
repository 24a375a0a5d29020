# SPDX-License-Identifier: GPL-2.0-or-later
"""A dump compared byte by byte with an image of the memory at the crash."""

from __future__ import annotations

import dataclasses
import mmap
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from .. import LabError
from .core import NOTE_SLOT, Segment, Span, Vmcore

# -- notes in the crashed kernel's memory ------------------------------------

#: The crash-info record's magic, size of its head, and part with note slots; fadump-abi.h.
RECORD_MAGIC, RECORD_HEAD, RECORD_NOTES = b"FADUPCI1", 64, 7


def note_slots(record: bytes) -> list[int]:
    """The addresses of the note slots in the record, one for each possible CPU."""
    if not record.startswith(RECORD_MAGIC):
        raise LabError(f"This is no crash-info record: {record[:16].hex()}")
    head, _total, parts, step = struct.unpack_from(">IIII", record, 12)
    for at in range(head, head + parts * step, step):
        part, _version, offset, _size = struct.unpack_from(">IIII", record, at)
        if part == RECORD_NOTES:
            size, count = struct.unpack_from(">II", record, offset)
            if size != NOTE_SLOT:
                raise LabError(f"The record has slots of {size} bytes, not {NOTE_SLOT}")
            return [at for at in struct.unpack_from(f">{count}Q", record, offset + 8) if at]
    return []


class Slots:
    """The places where a dump may differ from memory at the crash, and their allowed content.

    A capture kernel writes its notes into empty slots of the crashed kernel, and counts its
    attempt in the head of the crash-info record.
    """

    #: Offsets of the record's head in a page, and of the count in the head.
    HEADS, COUNT = (0, 4096), (40, 48)

    def __init__(self, core: Vmcore, addresses: Sequence[int] = ()) -> None:
        self.addresses = addresses
        self.notes = core.filled_slots

    def explain(self, address: int, before: bytes, after: bytes) -> bool:
        """Whether a piece of memory differs only in filled slots and in the count."""
        wanted = bytearray(before)
        for slot in self.addresses:
            part = slice(slot - address, slot - address + NOTE_SLOT)
            if 0 <= part.start and part.stop <= len(before) and not any(before[part]) \
                    and bytes(after[part]) in self.notes:
                wanted[part] = after[part]
        for head in self.HEADS:
            if before[head:].startswith(RECORD_MAGIC):
                count = slice(*(head + at for at in self.COUNT))
                wanted[count] = after[count]
        return wanted == after


# -- comparing whole memories ------------------------------------------------


#: Bytes compared at once; the pages of a differing block are compared one by one.
BLOCK = 1 << 20


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The result of comparing a vmcore with the hypervisor's image of the same memory."""

    pages: int
    different: tuple[int, ...]
    gaps: tuple[Span, ...]

    def __str__(self) -> str:
        first = ", ".join(f"{page:#x}" for page in self.different[:8])
        gaps = ", ".join(map(str, self.gaps)) or "none"
        return (f"{self.pages} pages compared, {len(self.different)} differ"
                + (f" (first: {first})" if first else "") + f"; not in the dump: {gaps}")


def uncovered(spans: Iterable[Span], total: int) -> tuple[Span, ...]:
    """The parts of [0, total) that no span covers; overlapping spans are an error."""
    gaps: list[Span] = []
    at = 0
    for span in sorted(spans):
        if span.start < at:
            raise LabError(f"The dump has {Span(span.start, at)} twice")
        if span.start > at:
            gaps.append(Span(at, span.start))
        at = span.end
    if at > total:
        raise LabError(f"The dump claims memory up to {at:#x}; the machine ends at {total:#x}")
    if at < total:
        gaps.append(Span(at, total))
    return tuple(gaps)


def compare(vmcore: Vmcore, image: Path, page: int = 65536,
            copies: Sequence[Span] = (), slots: Sequence[int] = ()) -> Comparison:
    """Compare every byte of every PT_LOAD with a flat image of physical memory.

    The first segments are boot memory, and copies has the places where firmware copied them.
    Other CPUs may write for a moment after that: a boot memory page that differs from the
    image is compared with its copy. Differences by filled slots are allowed.
    """
    filled = Slots(vmcore, slots)
    different: list[int] = []
    pages = 0
    with vmcore.path.open("rb") as dump_file, image.open("rb") as image_file, \
            mmap.mmap(dump_file.fileno(), 0, access=mmap.ACCESS_READ) as dump, \
            mmap.mmap(image_file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        for number, load in enumerate(vmcore.loads):
            pages += -(-load.filesz // page)
            places = [0]
            if number < len(copies) and copies[number].size == load.filesz:
                places.append(copies[number].start - load.paddr)
            different += [at for at in _compare_load(load, dump, memory, page)
                          if not any(filled.explain(at, memory[at + moved:at + moved + page],
                                                    page_of(dump, load, at, page))
                                     for moved in places)]
    gaps = uncovered((load.span for load in vmcore.loads), image.stat().st_size)
    return Comparison(pages, tuple(different), gaps)


def page_of(dump: mmap.mmap, load: Segment, address: int, page: int) -> bytes:
    """One page of a segment."""
    at = load.offset + address - load.paddr
    return dump[at:at + page]


def _compare_load(load: Segment, dump: mmap.mmap, memory: mmap.mmap, page: int) -> list[int]:
    different: list[int] = []
    for at in range(0, load.filesz, BLOCK):
        size = min(BLOCK, load.filesz - at)
        ours = dump[load.offset + at:load.offset + at + size]
        theirs = memory[load.paddr + at:load.paddr + at + size]
        if ours == theirs:
            continue
        different += [load.paddr + at + step for step in range(0, size, page)
                      if ours[step:step + page] != theirs[step:step + page]]
    return different
