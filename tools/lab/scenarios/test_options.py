# SPDX-License-Identifier: GPL-2.0-or-later
"""Options of the command line, and the registration that a plain reset leaves behind."""

from __future__ import annotations

import pytest
from conftest import MachineFactory
from steps import (MIB, assert_armed, assert_dump, cycle, meminfo, read, regions, release, token,
                   value)

pytestmark = pytest.mark.ours("what is expected is ours")


def test_crashkernel_ranges(machine: MachineFactory) -> None:
    """A list of ranges with an offset: the range is used, the offset is not."""
    m = machine(smp="1", append="fadump=on crashkernel=1G-1536M:384M,1536M-:400M@64M")
    m.boot()
    assert_armed(m)
    assert regions(m).boot_memory == 400 * MIB
    m.expect_console("The offset in crashkernel= is ignored")


def test_crashkernel_forms(machine: MachineFactory) -> None:
    """kdump's forms of crashkernel= do not hide a plain one; a quarter of RAM is the limit."""
    for asked, size in (("384M crashkernel=448M,high crashkernel=64M,low", 384),
                        ("1G-1536M:384M crashkernel=512Mx", 320), ("900G", 512)):
        m = machine(smp="1", append=f"fadump=on crashkernel={asked}")
        m.boot()
        assert_armed(m)
        assert regions(m).boot_memory == size * MIB, asked
        m.stop()


def test_reserve_mem(machine: MachineFactory) -> None:
    """The deprecated option works with a warning; crashkernel= overrides it."""
    m = machine(smp="1", append="fadump=on fadump_reserve_mem=352M crashkernel=1T-:1G")
    m.boot()
    assert_armed(m)
    assert regions(m).boot_memory == 352 * MIB
    m.expect_console("fadump_reserve_mem= is deprecated")


def test_too_small_is_left_to_kdump(machine: MachineFactory) -> None:
    """Less boot memory than firmware's minimum: kdump gets the reservation."""
    m = machine(smp="1", append="fadump=on crashkernel=128M")
    m.boot()
    m.expect_console("Can't enable fadump with boot memory size")
    assert value(m, "enabled") == "0"
    assert value(m, "mem_reserved") == "0"
    assert read(m, "/sys/kernel/kexec_crash_size") == str(128 * MIB)
    assert m.sh("echo 1 >/sys/kernel/fadump/registered").rc != 0


def test_memory_limit(machine: MachineFactory) -> None:
    """mem= limits both kernels, and the dump has all memory of the machine."""
    m = machine(smp="2", append="fadump=on mem=1G")
    m.boot()
    assert_armed(m)
    assert meminfo(m, "MemTotal") < 1024 * MIB
    area = regions(m).of("DUMP")[-1]
    assert area.span.end <= 1024 * MIB, "the dump area is beyond the limit"
    word = token(m)
    m.crash()
    core = assert_dump(m, word, cpus=2)
    assert sum(load.memsz for load in core.loads) > 1600 * MIB
    m.check("makedumpfile -l -d 31 /proc/vmcore /lab/dump", timeout=120)
    m.check("dd if=/proc/vmcore of=/dev/null bs=1M", timeout=120)
    release(m)
    assert meminfo(m, "MemTotal") < 1024 * MIB
    assert_armed(m)


def test_registration_of_an_earlier_boot(machine: MachineFactory) -> None:
    """A plain reset leaves a registration; the next kernel has another layout."""
    m = machine(smp="2")
    m.boot()
    assert_armed(m)
    m.system_reset()
    m.expect_console("Replacing the registration of an earlier boot")
    assert_armed(m)
    cycle(m, cpus=2)
