# SPDX-License-Identifier: GPL-2.0-or-later
"""The capture kernel does without the dump's memory, and gets all of it back."""

from __future__ import annotations

import re

import pytest
from conftest import MachineFactory
from deferred import amounts, assert_all_back, left_out, online_blocks
from fadumplab.dump.compare import compare
from fadumplab.dump.core import Vmcore
from steps import (GIB, MIB, assert_armed, assert_dump, assert_rtas, rearm, record_address, regions,
                   release, slots_of, token)


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
