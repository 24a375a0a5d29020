# SPDX-License-Identifier: GPL-2.0-or-later
"""Crashes other than by sysrq, and an oops that is not fatal."""

from __future__ import annotations

import pytest
from conftest import MachineFactory
from steps import assert_armed, assert_dump, read, rearm, release, token


@pytest.mark.weakness("B4")
def test_oops_that_does_not_panic(machine: MachineFactory) -> None:
    """With panic_on_oops=0 an oops only kills a task; with 1 it gives a dump."""
    m = machine(smp="2")
    m.boot()
    assert_armed(m)
    m.check("echo 0 >/proc/sys/kernel/panic_on_oops")
    m.allow("lkdtm|kernel BUG at .*lkdtm|Oops: Exception in kernel mode")
    result = m.sh("sh -c 'echo BUG >/sys/kernel/debug/provoke-crash/DIRECT'", timeout=20)
    assert result.rc != 0
    assert m.boots == 1
    assert_armed(m)
    word = token(m)
    m.check("echo 1 >/proc/sys/kernel/panic_on_oops")
    m.crash("echo BUG >/sys/kernel/debug/provoke-crash/DIRECT")
    assert_dump(m, word, cpus=2, panic="kernel BUG at")
    release(m)
    rearm(m)


def test_system_reset(machine: MachineFactory) -> None:
    """The hypervisor sends a system reset to all CPUs, as an administrator does after a hang."""
    m = machine(smp="2")
    m.boot()
    assert_armed(m)
    word = token(m)
    m.reset_by_nmi()
    assert_dump(m, word, cpus=2, panic="")
    release(m)
    rearm(m)
    assert read(m, "/sys/kernel/fadump/registered") == "1"
