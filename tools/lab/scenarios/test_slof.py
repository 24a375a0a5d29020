# SPDX-License-Identifier: GPL-2.0-or-later
"""Firmware that writes to memory at every boot: SLOF, which QEMU has by default.

Other scenarios use VOF, which does not write and is 20 s faster. Memory that the kernel has
not written still has SLOF's data of the previous boot, where a second write would make no
difference; init_on_free=1 fills all free memory with zeroes.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from conftest import MachineFactory
from fadumplab.build.initramfs import Archive, Entry
from fadumplab.build.kernel import Kernel
from fadumplab.build.toolbox import Toolbox
from fadumplab.machine import grub
from fadumplab.machine.qemu import SLOF, Machine
from memory import compare_with_image, crash_with_image
from steps import MIB, assert_armed, assert_dump, rearm, release, ten_crashes, token, value

ARGUMENTS = "fadump=on init_on_free=1"


def assert_every_page(m: Machine) -> None:
    """Crash; each page of /proc/vmcore is equal to the hypervisor's, and nothing is missing."""
    assert_armed(m)
    word, image = token(m), crash_with_image(m)
    assert_dump(m, word, cpus=2)
    result = compare_with_image(m, image)
    assert not result.different, str(result)
    assert "\nmissing: none" in value(m, "dump_status")


@pytest.mark.ours("an untouched kernel shows what firmware has left")
@pytest.mark.parametrize("mem", [pytest.param("1G", marks=pytest.mark.long), "2G",
                                 pytest.param("4G", marks=pytest.mark.long)])
def test_every_page(machine: MachineFactory, mem: str) -> None:
    """Pages that SLOF writes are dumped from a copy, also after a second crash."""
    m = machine(smp="2", mem=mem, machine_opts=SLOF, append=ARGUMENTS)
    m.boot()
    assert_every_page(m)
    release(m)
    rearm(m)
    assert_every_page(m)


@pytest.mark.long
def test_ten_crashes_in_a_row(machine: MachineFactory) -> None:
    """Ten dumps in one QEMU, as with VOF."""
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
    """SLOF loads GRUB from a disk, and GRUB a kernel and a large initrd, at each boot."""
    initrd = initramfs.read_bytes() + ballast(48 * MIB)
    folder = Path(kernel.image).parent
    disk = grub.disk(toolbox, folder, kernel.image, initrd, f"console=hvc0 {ARGUMENTS}")
    m = machine(smp="2", machine_opts=SLOF, image=None, initramfs=None, disks=[disk])
    m.boot(150)
    assert "bootpath" in m.check("ls /proc/device-tree/chosen")
    assert_every_page(m)
