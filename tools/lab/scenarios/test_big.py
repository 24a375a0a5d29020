# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines with far more memory than a capture kernel could have struct pages for."""

from __future__ import annotations

import random
import re

import pytest
from conftest import MachineFactory
from fadumplab.dumptools import Slots, Span
from fadumplab.machine import Machine
from fadumplab.qmp import Qmp
from steps import (CRASH, MIB, assert_armed, assert_complete, assert_dump, fadump_log,
                   meminfo, record_address, regions, release, slots_of, token, value)
from test_flat import GIB, amounts, assert_all_back, left_out

pytestmark = pytest.mark.ours("another kernel has struct pages for all of it")

BOOT_MEMORY = 512 * MIB
ARGUMENTS = {"smp": "2", "reserve": False, "append": "fadump=on crashkernel=512M"}

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


def test_capture_is_as_small_as_ever(machine: MachineFactory) -> None:
    """256 GiB: a capture kernel has what one of 2 GiB has; all is in the dump, and comes back."""
    small = machine(mem="2G", **ARGUMENTS)
    small.boot()
    small.crash()
    assert small.kind == "capture"
    have = meminfo(small, "MemTotal")
    small.stop()
    m = machine(mem="256G", **ARGUMENTS)
    m.boot(timeout=240)
    assert_armed(m)
    assert regions(m).boot_memory == BOOT_MEMORY
    before = amounts(m)
    crash_sampled(m, *firmwares(m))
    total = meminfo(m, "MemTotal")
    assert abs(total - have) <= 8 * MIB, f"{total >> 10} KiB with 256 GiB, {have >> 10} with 2 GiB"
    release(m)
    assert_armed(m)
    assert_all_back(m, before)


def test_a_terabyte(machine: MachineFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is in the dump of a capture kernel that has half a gigabyte.

    QEMU answers nobody while it clears 8 GiB for a hash table, used or not.
    """
    monkeypatch.setattr(Qmp.command, "__defaults__", (600,))
    m = machine(mem="1T", **ARGUMENTS)
    m.boot(timeout=400)
    assert_armed(m)
    before = amounts(m)
    crash_sampled(m, *firmwares(m))
    assert meminfo(m, "MemTotal") < BOOT_MEMORY
    m.check("makedumpfile --dump-dmesg -f /proc/vmcore /lab/log", timeout=90)
    release(m)
    assert_armed(m)
    assert_all_back(m, before)
