# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines with far more memory than a capture kernel could have struct pages for."""

from __future__ import annotations

import re

import pytest
from conftest import MachineFactory
from deferred import amounts, assert_all_back
from fadumplab.machine.qemu import Machine
from fadumplab.machine.qmp import Qmp
from samples import crash_sampled, firmwares
from steps import MIB, assert_armed, meminfo, regions, release

pytestmark = pytest.mark.ours("another kernel has struct pages for all of it")

BOOT_MEMORY = 512 * MIB
ARGUMENTS = {"smp": "2", "reserve": False, "append": "fadump=on crashkernel=512M"}


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
