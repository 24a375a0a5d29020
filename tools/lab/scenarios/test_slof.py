# SPDX-License-Identifier: GPL-2.0-or-later
"""Firmware that writes to memory at every boot: SLOF, which QEMU has by default.

Elsewhere the lab has VOF, which writes nowhere and is 20 s faster. Memory that the kernel
has not written to has what SLOF has left there at the boot before, and then it shows no
difference: init_on_free=1 fills all free memory with zeroes.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from conftest import MachineFactory
from fadumplab.build.initramfs import Archive, Entry
from fadumplab.build.kernel import Kernel
from fadumplab.build.toolbox import Toolbox
from fadumplab.dump.compare import compare
from fadumplab.dump.core import Vmcore
from fadumplab.machine import grub
from fadumplab.machine.qemu import SLOF, Machine
from steps import (MIB, assert_armed, assert_dump, copies, rearm, record_address, release, slots_of,
                   ten_crashes, token, value)

ARGUMENTS = "fadump=on init_on_free=1"


def assert_every_page(m: Machine) -> None:
    """Crash; each page of /proc/vmcore is the hypervisor's, and nothing is missing."""
    assert_armed(m)
    word, record, places = token(m), record_address(m), copies(m)
    m.crash_paused()
    image, slots = m.save_memory(), slots_of(m, record)
    m.resume_reset()
    assert_dump(m, word, cpus=2)
    m.check("labtool copy /proc/vmcore /lab/vmcore", timeout=240)
    result = compare(Vmcore(m.share / "vmcore"), image, copies=places, slots=slots)
    assert not result.different, str(result)
    assert "\nmissing: none" in value(m, "dump_status")


@pytest.mark.ours("an untouched kernel shows what firmware has left")
@pytest.mark.parametrize("mem", [pytest.param("1G", marks=pytest.mark.long), "2G",
                                 pytest.param("4G", marks=pytest.mark.long)])
def test_every_page(machine: MachineFactory, mem: str) -> None:
    """What SLOF writes to is shown from a copy; again, when the capture has crashed."""
    m = machine(smp="2", mem=mem, machine_opts=SLOF, append=ARGUMENTS)
    m.boot()
    assert_every_page(m)
    release(m)
    rearm(m)
    assert_every_page(m)


@pytest.mark.long
def test_ten_crashes_in_a_row(machine: MachineFactory) -> None:
    """As with VOF."""
    ten_crashes(machine(smp="2", mem="1G", machine_opts=SLOF))


def ballast(size: int) -> bytes:
    """An archive with a file that does not compress."""
    archive = Archive()
    archive.add(Entry("ballast", 0o100644, random.Random(1).randbytes(size)))
    return archive.finish()


@pytest.mark.long
@pytest.mark.ours("an untouched kernel shows what firmware has left")
def test_booted_as_a_partition(machine: MachineFactory, toolbox: Toolbox, kernel: Kernel,
                               initramfs: Path) -> None:
    """SLOF loads GRUB from the disk, and that a kernel and a large initrd, at each boot."""
    initrd = initramfs.read_bytes() + ballast(48 * MIB)
    folder = Path(kernel.image).parent
    disk = grub.disk(toolbox, folder, kernel.image, initrd, f"console=hvc0 {ARGUMENTS}")
    m = machine(smp="2", machine_opts=SLOF, image=None, initramfs=None, disks=[disk])
    m.boot(150)
    assert "bootpath" in m.check("ls /proc/device-tree/chosen")
    assert_every_page(m)
