# SPDX-License-Identifier: GPL-2.0-or-later
"""The capture kernel defers the dump's memory, and a release adds all of it."""

from __future__ import annotations

import re

import pytest
from conftest import MachineFactory
from deferred import assert_memory_restored, deferred_ranges, memory_totals, online_blocks
from memory import compare_with_image, crash_with_image
from steps import GIB, MIB, assert_armed, assert_dump, assert_rtas, rearm, release, token


@pytest.mark.ours("no memory is deferred")
@pytest.mark.parametrize("name, mem, append", [
    ("pseries", "4G", "fadump=on"),
    ("pseries", "4G", "fadump=nocma disable_radix"),
    ("powernv10", "6G", "fadump=on"),
])
def test_deferred_and_restored(machine: MachineFactory, name: str, mem: str, append: str) -> None:
    """Deferred memory is in the dump, page for page, and a release adds all of it; twice."""
    m = machine(machine=name, mem=mem, smp="2", append=append)
    m.boot()
    assert_armed(m)
    before = memory_totals(m)
    for _ in range(2):
        word, image = token(m), crash_with_image(m)
        assert_dump(m, word, cpus=2)
        away = deferred_ranges(m)
        assert sum(end - start for start, end in away) >= 1 * GIB, away
        assert not any(start <= block < end for block in online_blocks(m) for start, end in away)
        result = compare_with_image(m, image)
        # OPAL writes a word at the end of memory.
        assert set(result.different) <= {m.ram_bytes - 65536}, str(result)
        release(m)
        rearm(m)
        assert_memory_restored(m, before)
    if name == "pseries":
        assert_rtas(m)


#: After a release, an untouched kernel does not reserve the area as CMA again.
CMA_AREA = pytest.mark.weakness("D2")


@pytest.mark.parametrize("name, mem, append", [
    pytest.param("pseries", "1G", "fadump=on", marks=CMA_AREA),
    pytest.param("pseries", "2G", "fadump=on", marks=CMA_AREA),
    ("pseries", "2G", "fadump=nocma disable_radix"),
    pytest.param("pseries", "16G", "fadump=on disable_radix", marks=CMA_AREA),
    pytest.param("pseries", "16G", "fadump=on", marks=CMA_AREA),
    pytest.param("powernv10", "4G", "fadump=on", marks=CMA_AREA),
])
def test_all_memory_is_restored(machine: MachineFactory, name: str, mem: str, append: str) -> None:
    """MemTotal, CMA area and blocks are as before the crash, with any size of memory."""
    m = machine(machine=name, mem=mem, smp="2", append=append, reserve=name != "pseries")
    m.boot()
    assert_armed(m)
    total, cma, blocks = memory_totals(m)
    for _ in range(2):
        word = token(m)
        m.crash()
        assert_dump(m, word, cpus=2)
        release(m)
        rearm(m)
        now = memory_totals(m)
        assert now[0] >= total, f"{(total - now[0]) // 1024} KiB are missing"
        assert now[1] == cma, f"{(cma - now[1]) // MIB} MiB of CMA are missing"
        assert now[2] == blocks, sorted(now[2] ^ blocks)
