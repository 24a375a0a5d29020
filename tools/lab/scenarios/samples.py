# SPDX-License-Identifier: GPL-2.0-or-later
"""A crash of a large machine: samples of memory, compared with the same places of the dump."""

from __future__ import annotations

import random
import re

from deferred import left_out
from fadumplab.dump.compare import Slots
from fadumplab.dump.core import Span
from fadumplab.machine.qemu import Machine
from steps import (CRASH, GIB, assert_complete, assert_dump, fadump_log, record_address, regions,
                   slots_of, token, value)

#: Bytes that are compared at each place; memory's parts, in each of which there is one.
PIECE, PARTS = 4096, 128


def places(m: Machine, area: Span) -> list[int]:
    """Addresses all over memory: anywhere in each of its parts, and on both sides of borders."""
    chance = random.Random(m.ram_bytes)
    part = m.ram_bytes // PARTS
    found = {part * n + chance.randrange(part) // PIECE * PIECE for n in range(PARTS)}
    found |= {GIB * chance.randrange(1, m.ram_bytes // GIB) - PIECE * chance.randrange(2)
              for _ in range(PARTS)}
    found |= {0, area.start - PIECE, area.end, m.ram_bytes - PIECE}
    return sorted(at for at in found if not area.start <= at < area.end)


def mark(m: Machine, addresses: list[int], top: int) -> dict[int, bytes]:
    """Memory of the stopped machine at those; what is zero above boot memory gets content."""
    found = {}
    with m.stub() as stub:
        for at in addresses:
            found[at] = stub.read(at, PIECE)
            if at >= top and not any(found[at]):
                found[at] = random.Random(at).randbytes(PIECE)
                stub.write(at, found[at])
    return found


def at_copies(m: Machine, memory: dict[int, bytes], copies: list[Span]) -> dict[int, bytes]:
    """The same where firmware has copied it to, for boot memory; see compare()."""
    found = {}
    start = 0
    with m.stub() as stub:
        for copy in copies:
            found.update({at: stub.read(copy.start + at - start, PIECE) for at in memory
                          if start <= at < start + copy.size})
            start += copy.size
    return found


def pieces(m: Machine, how: str) -> bytes:
    """What /proc/vmcore has at those places."""
    m.check(f"labtool pieces {how} /proc/vmcore /lab/places /lab/{how}", timeout=120)
    return (m.share / how).read_bytes()


def assert_content(m: Machine, memory: dict[int, bytes], copied: dict[int, bytes],
                   slots: Slots) -> None:
    """By read and by mmap it is what memory was at the crash, but for notes."""
    (m.share / "places").write_text("".join(f"{at:x}\n" for at in memory))
    for how in ("read", "mmap"):
        data = pieces(m, how)
        assert len(data) == PIECE * len(memory)
        wrong = [f"{at:#x}" for n, (at, there) in enumerate(memory.items())
                 if not any(slots.explain(at, before, data[n * PIECE:(n + 1) * PIECE])
                            for before in (there, copied.get(at, there)))]
        assert not wrong, f"{how}: {len(wrong)} of {len(memory)} pieces differ: {wrong[:8]}"


def firmwares(m: Machine) -> tuple[Span, list[Span]]:
    """The dump area of a production kernel, and where in it copies of boot memory will be."""
    said = re.search(r"fadump: Reserved \d+MB of memory at (0x[0-9a-f]+)", fadump_log(m))
    assert said, fadump_log(m)
    area = Span(int(said[1], 16), int(said[1], 16) + int(value(m, "mem_reserved")))
    copies = [row.span for row in regions(m).of("DUMP")]
    assert all(area.start < copy.start and copy.end <= area.end for copy in copies)
    return area, copies


def crash_sampled(m: Machine, area: Span, copies: list[Span], command: str = CRASH) -> None:
    """A crash; each sampled page of the dump is what it was then."""
    word, record = token(m), record_address(m)
    m.crash_paused(command, timeout=240)
    memory = mark(m, places(m, area), sum(copy.size for copy in copies))
    copied, slots = at_copies(m, memory, copies), slots_of(m, record)
    assert sum(map(any, memory.values())) > PARTS, "most of it is zeroes"
    m.resume_reset(timeout=240)
    core = assert_dump(m, word, cpus=2)
    assert_complete(m, core, area.size)
    assert sum(end - start for start, end in left_out(m)) > m.ram_bytes * 9 // 10
    assert_content(m, memory, copied, Slots(core, slots))
