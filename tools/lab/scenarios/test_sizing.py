# SPDX-License-Identifier: GPL-2.0-or-later
"""The size of boot memory: estimated, set, measured."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import MachineFactory
from fadumplab.build.kernel import Kernel
from fadumplab.build.toolbox import Toolbox
from fadumplab.machine.qemu import Machine
from steps import (MIB, assert_armed, assert_dump, cycle, fadump_log, fill_memory, meminfo, regions,
                   release, token, value)

pytestmark = pytest.mark.ours("estimates and measurements are ours")

#: Firmware's minimum; the lab's small kernel needs far less.
LEAST = {"pseries": 320 * MIB, "powernv10": 768 * MIB}
#: Estimates and recommendations are multiples of this.
STEP, FINE_STEP = 64 * MIB, 16 * MIB

REPORT = re.compile(r"Boot memory: (\d+)MB of (\d+)MB were used, crashkernel=(\d+)M is recommended")


class Sizes(NamedTuple):
    """The three sizes in sysfs, each read before those that it may exceed."""

    size: int
    used: int
    recommended: int


def sizes(m: Machine) -> Sizes:
    """The sizes in sysfs."""
    return Sizes(*(int(value(m, f"boot_mem_{name}")) for name in Sizes._fields))


def recommended(used: int, least: int) -> int:
    """The recommendation for a used size: a quarter more, rounded, at least firmware's minimum."""
    return -(-max(used + used // 4, least) // FINE_STEP) * FINE_STEP


@pytest.fixture(autouse=True)
def _checked_kernels_are_told(kernel: Kernel) -> None:
    """Skip kernels with KASAN: the lab sets a size for them."""
    if kernel.flavour == "debug":
        pytest.skip("the debug kernel always has a crashkernel=")


def production(m: Machine) -> Sizes:
    """Sizes of a machine that has not crashed yet."""
    m.boot()
    assert_armed(m)
    found = sizes(m)
    assert found.size == regions(m).boot_memory
    assert found.used == 0, "something was measured where there was no capture"
    m.expect_console(rf"Boot memory is {found.size // MIB}MB, a capture is expected to need "
                     rf"{found.recommended // MIB}MB")
    return found


def estimate(m: Machine) -> int:
    """The default size of a machine that has not crashed yet."""
    found = production(m)
    assert found.size == found.recommended, "the estimate was not taken"
    return found.size


def test_default_is_no_share_of_ram(machine: MachineFactory) -> None:
    """The default is the same with eight times as much RAM."""
    found = []
    for mem in ("2G", "16G"):
        m = machine(mem=mem, smp="2", reserve=False)
        found.append(estimate(m))
        m.stop()
    assert found == [LEAST["pseries"]] * 2


def test_default_grows_with_cpus(machine: MachineFactory) -> None:
    """128 possible CPUs need more than firmware's minimum; nr_cpus= limits them."""
    m = machine(smp="16,maxcpus=128")
    size = estimate(m)
    assert size > LEAST["pseries"] and size % STEP == 0
    m.stop()
    m = machine(smp="16,maxcpus=128", append="fadump=on nr_cpus=2")
    assert estimate(m) == LEAST["pseries"]


def test_default_grows_with_the_initrd(machine: MachineFactory, toolbox: Toolbox,
                                       initramfs: Path, tmp_path: Path) -> None:
    """The default includes a large initrd, and its capture kernel has enough memory."""
    toolbox.bind(tmp_path)
    large = tmp_path / "large.cpio"
    # The kernel skips zeros behind an archive.
    large.write_bytes(initramfs.read_bytes() + bytes(40 * MIB))
    m = machine(smp="2", initramfs=large)
    size = estimate(m)
    assert LEAST["pseries"] < size <= 512 * MIB and size % STEP == 0
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)
    used_now = size - meminfo(m, "MemAvailable")
    peak = sizes(m).used
    assert used_now + 16 * MIB < peak < size, f"{peak} at most, {used_now} without the initrd"


def test_crashkernel_overrides(machine: MachineFactory) -> None:
    """crashkernel= sets the size; the estimate stays the same."""
    m = machine(smp="2", append="fadump=on crashkernel=448M")
    found = production(m)
    assert found.size == 448 * MIB
    assert found.recommended == LEAST["pseries"]


def test_off(machine: MachineFactory) -> None:
    """The estimate is in sysfs also with fadump=off."""
    m = machine(smp="1", append="fadump=off")
    m.boot()
    assert sizes(m) == (0, 0, LEAST["pseries"])


def assert_reported(m: Machine, found: Sizes, size: int) -> None:
    """The log has the measurement of sysfs, once."""
    reports = REPORT.findall(fadump_log(m))
    assert reports == [(str(found.used // MIB), str(size // MIB),
                        str(found.recommended // MIB))], fadump_log(m)


@pytest.mark.parametrize("name", ["pseries", "powernv10"])
def test_what_a_capture_recommends_is_enough(machine: MachineFactory, name: str) -> None:
    """A capture kernel measures its memory; the recommended size is enough for the next one."""
    m = machine(machine=name, smp="2")
    size = estimate(m)
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)
    early = sizes(m)
    # OPAL saves registers into memory of the crashed kernel.
    assert early.size == size if name == "pseries" else size - 64 * MIB < early.size <= size
    assert 0 < early.used < early.size
    m.check("makedumpfile -l -d 31 /proc/vmcore /lab/dump", timeout=180)
    late = sizes(m)
    assert early.used <= late.used < early.size
    assert not REPORT.search(fadump_log(m)), "there is a report before the release"
    release(m)
    found = sizes(m)
    assert found.size == size
    assert late.used <= found.used < early.size
    assert found.recommended == recommended(found.used, LEAST[name])
    assert_reported(m, found, early.size)
    assert_armed(m)

    # This is production again: the measurement has ended.
    fill_memory(m, leave=meminfo(m, "MemAvailable") - 400 * MIB)
    m.check("sleep 1")
    assert sizes(m) == found
    m.stop()

    m = machine(machine=name, smp="2",
                append=f"fadump=on crashkernel={found.recommended // MIB}M")
    assert production(m).size == found.recommended
    cycle(m, cpus=2)
    assert 0 < sizes(m).used < found.recommended


def test_used_is_the_peak(machine: MachineFactory) -> None:
    """Memory that was used for a second counts in the measurement."""
    m = machine(smp="2")
    size = estimate(m)
    m.crash()
    assert m.kind == "capture"
    before = sizes(m)
    fill_memory(m, leave=64 * MIB)
    left = meminfo(m, "MemAvailable")
    m.check("sleep 1; rm /tmp/pattern")
    peak = sizes(m)
    assert before.used < peak.used <= size
    assert peak.used >= size - left - 8 * MIB, f"{peak.used} of {size} used, {left} were left"
    assert peak.recommended == recommended(peak.used, LEAST["pseries"])
    release(m)
    found = sizes(m)
    assert found.used >= peak.used
    assert_reported(m, found, size)


def test_a_reboot_reports_as_well(machine: MachineFactory) -> None:
    """The measurement is on the console also after a reboot without a release."""
    m = machine(smp="1")
    m.boot()
    m.crash()
    assert m.kind == "capture"
    m.check("dd if=/proc/vmcore of=/dev/null bs=1M", timeout=120)
    m.reboot("reboot -f")
    assert m.kind == "production"
    m.expect_console(REPORT.pattern)
    assert sizes(m).used == 0
