# SPDX-License-Identifier: GPL-2.0-or-later
"""The capture kernel does without the dump's memory, and gets all of it back."""

from __future__ import annotations

import re

import pytest
from conftest import MachineFactory
from fadumplab.dumptools import Vmcore, compare
from fadumplab.machine import Machine
from steps import (MIB, assert_armed, assert_dump, assert_rtas, meminfo, read, rearm,
                   record_address, regions, release, slots_of, token, value)

GIB = 1024 * MIB
BLOCKS = "/sys/devices/system/memory"


def block_size(m: Machine) -> int:
    """Bytes of a memory block."""
    return int(read(m, f"{BLOCKS}/block_size_bytes"), 16)


def online_blocks(m: Machine) -> set[int]:
    """The addresses of the memory blocks that are in use."""
    names = m.check(f"cd {BLOCKS} && grep -l online memory*/state").split()
    size = block_size(m)
    return {int(re.findall(r"\d+", name)[0]) * size for name in names}


def left_out(m: Machine) -> list[tuple[int, int]]:
    """What /proc/iomem says of memory that waits."""
    found = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) : Crash dump$", read(m, "/proc/iomem"), re.M)
    return [(int(start, 16), int(end, 16) + 1) for start, end in found]


def amounts(m: Machine) -> tuple[int, int, set[int]]:
    """All that a machine has of memory."""
    return meminfo(m, "MemTotal"), meminfo(m, "CmaTotal"), online_blocks(m)


def assert_all_back(m: Machine, before: tuple[int, int, set[int]]) -> None:
    """As much as the boot before the crash had, and as much of CMA."""
    total, cma, blocks = amounts(m)
    assert not left_out(m)
    assert blocks == before[2], sorted(blocks ^ before[2])
    assert total >= before[0], f"{(before[0] - total) // MIB} MiB are missing"
    assert cma == before[1] == int(value(m, "cma_size"))
    assert "\nto_return: 0\n" in value(m, "dump_status")


@pytest.mark.ours("nothing is left out")
@pytest.mark.parametrize("name, mem, append", [
    ("pseries", "4G", "fadump=on"),
    ("pseries", "4G", "fadump=nocma disable_radix"),
    ("powernv10", "6G", "fadump=on"),
])
def test_left_out_and_back(machine: MachineFactory, name: str, mem: str, append: str) -> None:
    """Not there before release, but in the dump, page for page; all there after it; twice."""
    m = machine(machine=name, mem=mem, smp="2", append=append)
    m.boot()
    assert_armed(m)
    before = amounts(m)
    for _ in range(2):
        word, copies = token(m), [row.span for row in regions(m).of("DUMP")]
        record = record_address(m)
        m.crash_paused()
        image, slots = m.save_memory(), slots_of(m, record)
        m.resume_reset()
        assert_dump(m, word, cpus=2)
        away = left_out(m)
        assert sum(end - start for start, end in away) >= 1 * GIB, away
        assert not any(start <= block < end for block in online_blocks(m) for start, end in away)
        m.check("labtool copy /proc/vmcore /lab/vmcore", timeout=240)
        result = compare(Vmcore(m.share / "vmcore"), image, copies=copies, slots=slots)
        # OPAL keeps a word at the end of memory.
        assert set(result.different) <= {m.ram_bytes - 65536}, str(result)
        release(m)
        rearm(m)
        assert_all_back(m, before)
    if name == "pseries":
        assert_rtas(m)


#: What is lent to applications, other kernels do not lend again. With nocma nothing is.
LENT = pytest.mark.weakness("D2")


@pytest.mark.parametrize("name, mem, append", [
    pytest.param("pseries", "1G", "fadump=on", marks=LENT),
    pytest.param("pseries", "2G", "fadump=on", marks=LENT),
    ("pseries", "2G", "fadump=nocma disable_radix"),
    pytest.param("pseries", "16G", "fadump=on disable_radix", marks=LENT),
    pytest.param("pseries", "16G", "fadump=on", marks=LENT),
    pytest.param("powernv10", "4G", "fadump=on", marks=LENT),
])
def test_all_comes_back(machine: MachineFactory, name: str, mem: str, append: str) -> None:
    """The same memory as before the crash, for applications and for CMA, on any size."""
    m = machine(machine=name, mem=mem, smp="2", append=append, reserve=name != "pseries")
    m.boot()
    assert_armed(m)
    total, cma, blocks = amounts(m)
    for _ in range(2):
        word = token(m)
        m.crash()
        assert_dump(m, word, cpus=2)
        release(m)
        rearm(m)
        now = amounts(m)
        assert now[0] >= total, f"{(total - now[0]) // 1024} KiB are missing"
        assert now[1] == cma, f"{(cma - now[1]) // MIB} MiB of CMA are missing"
        assert now[2] == blocks, sorted(now[2] ^ blocks)
