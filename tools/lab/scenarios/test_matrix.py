# SPDX-License-Identifier: GPL-2.0-or-later
"""The full cycle on different machines: MMU, CPUs, memory, CMA."""

from __future__ import annotations

import pytest
from conftest import MachineFactory
from fadumplab.machine.qemu import SLOF
from steps import (CRASH, MIB, SYSFS, assert_armed, assert_dump, crash_without_dump, cycle,
                   fadump_log, headers, meminfo, read, rearm, regions, release, ten_crashes, token,
                   value)


@pytest.mark.parametrize("options", ["", pytest.param(SLOF, marks=pytest.mark.long)],
                         ids=["vof", "slof"])
def test_hash_one_cpu_without_cma(machine: MachineFactory, options: str) -> None:
    """The hash MMU, without a CMA area."""
    m = machine(smp="1", append="fadump=nocma disable_radix", machine_opts=options)
    m.boot()
    assert_armed(m)
    assert "MMU\t\t: Hash" in read(m, "/proc/cpuinfo")
    assert meminfo(m, "CmaTotal") == 0
    cycle(m, cpus=1)


def test_hash_four_cpus_with_cma(machine: MachineFactory) -> None:
    """The hash MMU; the dump area is a CMA area, also after a release."""
    m = machine(smp="4", append="fadump=on disable_radix")
    m.boot()
    assert_armed(m)
    assert meminfo(m, "CmaTotal") >= regions(m).boot_memory - 32 * MIB
    cycle(m, cpus=4)
    cycle(m, cpus=4)


def test_radix_eight_cpus_one_offline(machine: MachineFactory) -> None:
    """An offline CPU may be missing in the dump; no other may."""
    m = machine(smp="8", append="fadump=nocma")
    m.boot()
    assert_armed(m)
    assert "MMU\t\t: Radix" in read(m, "/proc/cpuinfo")
    assert meminfo(m, "CmaTotal") == 0
    m.check("echo 0 >/sys/devices/system/cpu/cpu3/online")
    word = token(m)
    m.crash_paused(f"taskset 20 sh -c '{CRASH}'")
    online = {regs["GPR13"] for at, regs in enumerate(m.registers()) if at != 3}
    m.resume_reset()
    noted = len(headers(m).cpus)
    assert noted in (7, 8), f"registers of {noted} CPUs"
    core = assert_dump(m, word, cpus=noted)
    dumped = {cpu.gpr[13] for cpu in core.cpus}
    assert len(online) == 7 and online <= dumped, "an online CPU has no registers in the dump"
    release(m)
    rearm(m)


def test_sixteen_gigabytes(machine: MachineFactory) -> None:
    """With 16 GiB the boot memory is no larger, and a filtered dump is small."""
    m = machine(mem="16G", smp="2", reserve=False)
    m.boot()
    assert_armed(m)
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)
    m.check("makedumpfile -l -d 31 --message-level 4 /proc/vmcore /lab/dump", timeout=180)
    assert (m.share / "dump").read_bytes()[:8] == b"KDUMP   "
    assert (m.share / "dump").stat().st_size > 2 * MIB
    small = meminfo(m, "MemTotal")
    release(m)
    assert meminfo(m, "MemTotal") > small + 10240 * MIB
    rearm(m)


def test_dump_area_in_a_memory_module(machine: MachineFactory) -> None:
    """The dump area is in memory described as logical blocks, as in most partitions.

    The extra arguments are there as well, and are read before the kernel knows that memory.
    """
    m = machine(mem="512M", module="1G", smp="2")
    m.boot()
    assert_armed(m)
    assert m.check("cd /proc/device-tree && ls -d memory@*") == "memory@0"
    assert all(row.span.start >= 1024 * MIB for row in regions(m).of("DUMP"))
    m.check(f"echo lab.module=1 >{SYSFS}/bootargs_append")
    cycle(m, cpus=2)
    assert "lab.module=1" in read(m, "/proc/cmdline").split()
    cycle(m, cpus=2)


def test_ten_crashes_in_a_row(machine: MachineFactory) -> None:
    """Ten dumps in one QEMU; memory after a release stays the same."""
    ten_crashes(machine(smp="2", mem="1G"))


NO_DUMP = "panic=1"


def test_off(machine: MachineFactory) -> None:
    """fadump=off: no area, no registration, a crash is a reboot."""
    m = machine(smp="1", append=f"fadump=off {NO_DUMP}")
    m.boot()
    assert value(m, "enabled") == "0" and value(m, "registered") == "0"
    assert read(m, "/sys/kernel/debug/powerpc/fadump_region") == ""
    assert "not permitted" in m.sh(f"echo 1 >{SYSFS}/registered").out
    assert meminfo(m, "MemTotal") > 1900 * MIB
    crash_without_dump(m)


def test_junk_value(machine: MachineFactory) -> None:
    """An unknown value: one warning that names it, and fadump is off."""
    m = machine(smp="1", append=f"fadump=only {NO_DUMP}")
    m.boot()
    assert value(m, "enabled") == "0" and value(m, "registered") == "0"
    named = [line for line in fadump_log(m).splitlines()
             if "only" in line and "command line" not in line.lower()]
    assert len(named) == 1, fadump_log(m)
    crash_without_dump(m)


def test_unregistered(machine: MachineFactory) -> None:
    """After an unregistration a crash is a reboot; the next kernel registers by itself."""
    m = machine(smp="2", append=f"fadump=on {NO_DUMP}")
    m.boot()
    assert_armed(m)
    m.check(f"echo 0 >{SYSFS}/registered")
    assert value(m, "registered") == "0"
    crash_without_dump(m)
    assert_armed(m)
    cycle(m, cpus=2)
