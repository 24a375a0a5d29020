# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory at a crash, compared with the dump: a whole image, or samples of a large machine."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import NamedTuple

from deferred import deferred_ranges
from fadumplab.dump.compare import Comparison, Slots, compare
from fadumplab.dump.core import Span, Vmcore
from fadumplab.machine.qemu import Machine
from steps import (CRASH, GIB, assert_complete, assert_dump, copies, fadump_log, record_address,
                   regions, slots_of, token, value)


class Image(NamedTuple):
    """Memory at firmware's save, and the places where a dump may differ, see compare()."""

    path: Path
    copies: list[Span]
    slots: list[int]


def crash_with_image(m: Machine) -> Image:
    """Crash; an image of memory at firmware's save."""
    places, record = copies(m), record_address(m)
    m.crash_paused()
    image = Image(m.save_memory(), places, slots_of(m, record))
    m.resume_reset()
    return image


def compare_with_image(m: Machine, image: Image) -> Comparison:
    """Copy the whole dump to the share and compare it with an image."""
    m.check("labtool copy /proc/vmcore /lab/vmcore", timeout=240)
    return compare(Vmcore(m.share / "vmcore"), image.path, copies=image.copies, slots=image.slots)


# -- samples -------------------------------------------------------------------


#: Bytes of a sample, and the number of parts of memory that have one each.
PIECE, PARTS = 4096, 128


def places(m: Machine, area: Span) -> list[int]:
    """Addresses of samples: random in each part, and on both sides of boundaries."""
    chance = random.Random(m.ram_bytes)
    part = m.ram_bytes // PARTS
    found = {part * n + chance.randrange(part) // PIECE * PIECE for n in range(PARTS)}
    found |= {GIB * chance.randrange(1, m.ram_bytes // GIB) - PIECE * chance.randrange(2)
              for _ in range(PARTS)}
    found |= {0, area.start - PIECE, area.end, m.ram_bytes - PIECE}
    return sorted(at for at in found if not area.start <= at < area.end)


def mark(m: Machine, addresses: list[int], top: int) -> dict[int, bytes]:
    """Read the samples of the stopped machine; zero samples above top get random content."""
    found = {}
    with m.stub() as stub:
        for at in addresses:
            found[at] = stub.read(at, PIECE)
            if at >= top and not any(found[at]):
                found[at] = random.Random(at).randbytes(PIECE)
                stub.write(at, found[at])
    return found


def at_copies(m: Machine, memory: dict[int, bytes], places: list[Span]) -> dict[int, bytes]:
    """The samples of boot memory in firmware's copies; see compare()."""
    found = {}
    start = 0
    with m.stub() as stub:
        for copy in places:
            found.update({at: stub.read(copy.start + at - start, PIECE) for at in memory
                          if start <= at < start + copy.size})
            start += copy.size
    return found


def pieces(m: Machine, how: str) -> bytes:
    """The samples in /proc/vmcore."""
    m.check(f"labtool pieces {how} /proc/vmcore /lab/places /lab/{how}", timeout=120)
    return (m.share / how).read_bytes()


def assert_content(m: Machine, memory: dict[int, bytes], copied: dict[int, bytes],
                   slots: Slots) -> None:
    """By read and by mmap the samples are as at the crash, apart from filled note slots."""
    (m.share / "places").write_text("".join(f"{at:x}\n" for at in memory))
    for how in ("read", "mmap"):
        data = pieces(m, how)
        assert len(data) == PIECE * len(memory)
        wrong = [f"{at:#x}" for n, (at, there) in enumerate(memory.items())
                 if not any(slots.explain(at, before, data[n * PIECE:(n + 1) * PIECE])
                            for before in (there, copied.get(at, there)))]
        assert not wrong, f"{how}: {len(wrong)} of {len(memory)} pieces differ: {wrong[:8]}"


def dump_area_and_copies(m: Machine) -> tuple[Span, list[Span]]:
    """The dump area of a production kernel, and the places for copies of boot memory in it."""
    said = re.search(r"fadump: Reserved \d+MB of memory at (0x[0-9a-f]+)", fadump_log(m))
    assert said, fadump_log(m)
    area = Span(int(said[1], 16), int(said[1], 16) + int(value(m, "mem_reserved")))
    copied_to = [row.span for row in regions(m).of("DUMP")]
    assert all(area.start < copy.start and copy.end <= area.end for copy in copied_to)
    return area, copied_to


def crash_sampled(m: Machine, area: Span, copied_to: list[Span], command: str = CRASH) -> None:
    """Crash; each sample in the dump is as at the crash."""
    word, record = token(m), record_address(m)
    m.crash_paused(command, timeout=240)
    memory = mark(m, places(m, area), sum(copy.size for copy in copied_to))
    copied, slots = at_copies(m, memory, copied_to), slots_of(m, record)
    assert sum(map(any, memory.values())) > PARTS, "most of it is zeroes"
    m.resume_reset(timeout=240)
    core = assert_dump(m, word, cpus=2)
    assert_complete(m, core, area.size)
    assert sum(end - start for start, end in deferred_ranges(m)) > m.ram_bytes * 9 // 10
    assert_content(m, memory, copied, Slots(core, slots))
