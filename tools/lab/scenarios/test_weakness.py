# SPDX-License-Identifier: GPL-2.0-or-later
"""Weaknesses of an untouched kernel: each of these scenarios fails there.

A2 is about memory of OPAL firmware; here SLOF's Forth reserves a piece of RAM in the same
way.
"""

from __future__ import annotations

import secrets

import pytest
from conftest import MachineFactory
from steps import (CRASH, MIB, SYSFS, assert_armed, assert_dump, assert_pattern, assert_rtas,
                   assert_same_cpus, cycle, fill_memory, meminfo, read, rearm, regions, release,
                   token)


@pytest.mark.weakness("A1")
def test_release_keeps_the_record_page(machine: MachineFactory) -> None:
    """Arming after a release writes only reserved memory; a second crash gives a dump.

    Boot memory includes RTAS here, so that no other weakness interferes.
    """
    m = machine(mem="3328M", smp="2", append="fadump=on crashkernel=800M")
    m.boot()
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)
    release(m)
    fill_memory(m)
    rearm(m)
    m.check(f"echo 0 >{SYSFS}/registered && echo 1 >{SYSFS}/registered")
    assert_pattern(m)
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)


#: Firmware's reserved memory: it begins and ends in the middle of a page.
CLAIM, CLAIM_END = 0x40001000, 0x40382000

#: A Forth script for SLOF: it adds OPAL's property for reserved memory.
CLAIM_IN_FORTH = (
    f"hex dev / 0 encode-int {CLAIM:x} encode-int encode+ 0 encode-int encode+ "
    f'{CLAIM_END - CLAIM:x} encode-int encode+ " reserved-ranges" property device-end')


@pytest.mark.weakness("A2")
def test_release_spares_firmware_memory(machine: MachineFactory) -> None:
    """Firmware's reserved memory is not freed, also if it ends in the middle of a page."""
    m = machine(smp="2", machine_opts="x-vof=off",
                extra=["-prom-env", "use-nvramrc?=true", "-prom-env",
                       f"nvramrc={CLAIM_IN_FORTH}"])
    m.boot(timeout=120)
    assert_armed(m)
    marks = {at: secrets.token_bytes(4096) for at in (CLAIM, CLAIM_END - 4096)}
    m.crash_paused(timeout=120)
    for at, mark in marks.items():
        m.write_phys(at, mark)
    m.resume_reset(timeout=120)
    assert m.kind == "capture"
    release(m)
    fill_memory(m)
    assert_pattern(m)
    for at, mark in marks.items():
        now = m.pmemsave(m.workspace / f"claim-{at:x}", at, len(mark)).read_bytes()
        assert now == mark, f"memory of firmware's at {at:#x} was used for something else"


@pytest.mark.weakness("A3")
def test_release_spares_rtas(machine: MachineFactory) -> None:
    """RTAS is above boot memory; a release does not free its memory."""
    m = machine(smp="2")
    m.boot()
    cycle(m, cpus=2)
    fill_memory(m)
    assert_rtas(m)
    assert_pattern(m)
    m.check("rm /tmp/pattern")
    cycle(m, cpus=2)


@pytest.mark.weakness("A4")
def test_dump_area_avoids_rtas(machine: MachineFactory) -> None:
    """With 512 MiB of boot memory RTAS is in the place of the dump area."""
    m = machine(smp="2", append="fadump=on crashkernel=512M")
    m.boot()
    assert_armed(m)
    assert regions(m).boot_memory == 512 * MIB
    fill_memory(m)
    assert_rtas(m)
    assert_pattern(m)
    m.check("rm /tmp/pattern")
    cycle(m, cpus=2)
    assert_rtas(m)


@pytest.mark.weakness("A5")
def test_parameter_area_after_release(machine: MachineFactory) -> None:
    """bootargs_append uses reserved memory, before and after a release."""
    m = machine(smp="2")
    m.boot()
    m.check(f"echo lab.first=1 >{SYSFS}/bootargs_append")
    cycle(m, cpus=2)
    fill_memory(m)
    shown = m.check(f"cat {SYSFS}/bootargs_append | base64 -w 0")
    assert shown in ("Cg==", "bGFiLmZpcnN0PTEK"), f"bootargs_append shows foreign bytes: {shown}"
    m.check(f"echo lab.second=2 >{SYSFS}/bootargs_append")
    assert read(m, f"{SYSFS}/bootargs_append") == "lab.second=2"
    assert_pattern(m)
    m.check("rm /tmp/pattern")
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)
    words = read(m, "/proc/cmdline").split()
    assert words.count("lab.second=2") == 1 and "lab.first=1" not in words


@pytest.mark.weakness("A6")
def test_boot_memory_with_a_hole(machine: MachineFactory) -> None:
    """Memory has a hole from 512 MiB to 1 GiB; boot memory has both parts."""
    m = machine(mem="512M", module="3G", smp="2", append="fadump=on crashkernel=768M")
    m.boot()
    assert_armed(m)
    found = regions(m)
    assert found.boot_memory == 768 * MIB
    assert len(found.of("DUMP")) == 2
    core = cycle(m, cpus=2)
    inside = {(load.paddr, load.memsz) for load in core.loads}
    assert (0, 512 * MIB) in inside
    assert (1024 * MIB, 256 * MIB) in inside
    cycle(m, cpus=2)


@pytest.mark.weakness("A7")
def test_dump_is_kept_without_the_parameter(machine: MachineFactory) -> None:
    """fadump=off in the capture boot: the dump is still preserved."""
    m = machine(smp="2")
    m.boot()
    boot_memory = regions(m).boot_memory
    m.check(f"echo fadump=off >{SYSFS}/bootargs_append")
    word = token(m)
    m.crash()
    assert "fadump=off" in read(m, "/proc/cmdline").split()
    assert meminfo(m, "MemTotal") <= boot_memory, "the capture kernel uses the dump's memory"
    assert_dump(m, word, cpus=2)
    release(m)
    assert meminfo(m, "MemTotal") < 2048 * MIB, "more memory than the machine has"
    fill_memory(m)
    assert_pattern(m)


@pytest.mark.weakness("A8")
@pytest.mark.parametrize("smp, options, cpus", [
    ("4", "vsmt=8", 4),
    ("4,threads=4", "", 4),
    ("2,maxcpus=8", "", 2),
], ids=["vsmt=8", "threads=4", "maxcpus=8"])
def test_every_cpu_by_its_own_name(machine: MachineFactory, smp: str, options: str,
                                   cpus: int) -> None:
    """Firmware's CPU numbers differ from Linux's, and its size for registers may be wrong."""
    m = machine(smp=smp, machine_opts=options)
    m.boot()
    assert_armed(m)
    word = token(m)
    m.crash_paused(f"taskset {1 << (cpus // 2):x} sh -c '{CRASH}'")
    registers = m.registers()
    m.resume_reset()
    core = assert_dump(m, word, cpus)
    assert_same_cpus(core, registers[:cpus])
    release(m)
    rearm(m)


