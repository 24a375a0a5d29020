# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines with too much memory for the struct pages of a capture kernel."""

from __future__ import annotations

import re

import pytest
from conftest import MachineFactory
from deferred import assert_memory_restored, memory_totals
from fadumplab.machine.qemu import Machine
from fadumplab.machine.qmp import Qmp
from memory import crash_sampled, dump_area_and_copies
from steps import MIB, assert_armed, meminfo, regions, release

pytestmark = pytest.mark.ours("another kernel has struct pages for all of it")

BOOT_MEMORY = 512 * MIB
ARGUMENTS = {"smp": "2", "reserve": False, "append": "fadump=on crashkernel=512M"}


def test_capture_is_as_small_as_ever(machine: MachineFactory) -> None:
    """256 GiB: the capture kernel has as much memory as with 2 GiB; all is dumped and restored."""
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
    before = memory_totals(m)
    crash_sampled(m, *dump_area_and_copies(m))
    total = meminfo(m, "MemTotal")
    assert abs(total - have) <= 8 * MIB, f"{total >> 10} KiB with 256 GiB, {have >> 10} with 2 GiB"
    release(m)
    assert_armed(m)
    assert_memory_restored(m, before)


def test_a_terabyte(machine: MachineFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A capture kernel with half a gigabyte of memory dumps a terabyte.

    QEMU does not answer while it clears 8 GiB for the hash table, even with radix.
    """
    monkeypatch.setattr(Qmp.command, "__defaults__", (600,))
    m = machine(mem="1T", **ARGUMENTS)
    m.boot(timeout=400)
    assert_armed(m)
    before = memory_totals(m)
    crash_sampled(m, *dump_area_and_copies(m))
    assert meminfo(m, "MemTotal") < BOOT_MEMORY
    m.check("makedumpfile --dump-dmesg -f /proc/vmcore /lab/log", timeout=90)
    release(m)
    assert_armed(m)
    assert_memory_restored(m, before)
