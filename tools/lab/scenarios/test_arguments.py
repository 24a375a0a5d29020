# SPDX-License-Identifier: GPL-2.0-or-later
"""Arguments that a capture kernel does not get, and huge pages before and after a release."""

from __future__ import annotations

import re

import pytest
from conftest import MachineFactory
from fadumplab.machine.qemu import Machine
from steps import MIB, SYSFS, assert_armed, assert_dump, meminfo, read, rearm, release, token, value

NR_HUGEPAGES = "/proc/sys/vm/nr_hugepages"
#: Production's arguments: 128 MiB of 320 in huge pages, and a log of 4 MiB.
REMOVED = "hugepages=64 log-buf-len=4M"
#: The default size of the log, see configs/base.config.
LOG_SIZE = 1 << 18


def words(m: Machine) -> list[str]:
    """The words of the command line."""
    return read(m, "/proc/cmdline").split()


def log_size(m: Machine) -> int:
    """Bytes of the log buffer: the size in the running kernel's console, or the default."""
    found = re.findall(r"(?:log_buf_len:|log buffer data \+ meta data:) (\d+) ",
                       m.console_text(m.boots))
    return int(found[-1]) if found else LOG_SIZE


def assert_huge_pages(m: Machine, count: int) -> None:
    """The number of huge pages is as expected."""
    assert read(m, NR_HUGEPAGES) == str(count)
    found = re.search(r"^HugePages_Total:\s+(\d+)$", read(m, "/proc/meminfo"), re.MULTILINE)
    assert found and int(found[1]) == count, "not as many huge pages as were asked for"


def assert_pages_come_and_go(m: Machine, count: int = 64) -> None:
    """Huge pages can be allocated and freed at run time."""
    before = int(read(m, NR_HUGEPAGES))
    free = meminfo(m, "MemFree")
    m.check(f"echo {before + count} >{NR_HUGEPAGES}")
    assert_huge_pages(m, before + count)
    taken = free - meminfo(m, "MemFree")
    assert taken >= count * meminfo(m, "Hugepagesize") // 2, "huge pages of no memory"
    m.check(f"echo {before} >{NR_HUGEPAGES}")
    assert_huge_pages(m, before)


@pytest.mark.ours("other kernels let them take effect")
def test_removed_arguments(machine: MachineFactory) -> None:
    """A capture kernel ignores arguments for memory, and sysctl cannot allocate huge pages."""
    m = machine(smp="2", append=f"fadump=on {REMOVED} kmemleak=off lab.keep=hugepages=64")
    m.boot()
    assert_armed(m)
    assert_huge_pages(m, 64)
    assert log_size(m) == 4 * MIB
    production = words(m)
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)
    assert (f"fadump: Removed from the capture kernel's command line: {REMOVED}"
            in m.console_text(m.boots))
    assert words(m) == [w for w in production if w not in REMOVED.split()]
    assert log_size(m) == LOG_SIZE
    result = m.sh(f"echo 8 >{NR_HUGEPAGES}")
    assert result.rc, "the capture got huge pages by sysctl"
    assert "not supported" in result.out.lower()
    assert "Hugepagesize" not in read(m, "/proc/meminfo")
    release(m)
    rearm(m)


@pytest.mark.weakness("D3")
def test_huge_pages_after_the_release(machine: MachineFactory) -> None:
    """After a release huge pages can be allocated, and a dump can be taken with them."""
    m = machine(smp="2", append="fadump=on hugepages=16")
    m.boot()
    assert_armed(m)
    m.crash()
    assert m.kind == "capture"
    release(m)
    rearm(m)
    assert_huge_pages(m, 0)
    assert_pages_come_and_go(m)
    m.check(f"echo 16 >{NR_HUGEPAGES}")
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)
    release(m)
    rearm(m)
    assert_pages_come_and_go(m)


@pytest.mark.ours("what is expected is ours")
def test_bootargs_win(machine: MachineFactory) -> None:
    """Every capture kernel gets all words of bootargs_append, also those for huge pages."""
    m = machine(smp="1", append=f"fadump=on {REMOVED}")
    m.boot()
    assert_armed(m)
    m.check(f"echo hugepages=2 log_buf_len=1M >{SYSFS}/bootargs_append")
    for _ in range(2):
        word = token(m)
        m.crash()
        assert_dump(m, word, cpus=1)
        line = words(m)
        assert line[-2:] == ["hugepages=2", "log_buf_len=1M"]
        assert not set(REMOVED.split()) & set(line)
        assert_huge_pages(m, 2)
        assert log_size(m) == MIB
        release(m)
        rearm(m)
        assert value(m, "bootargs_append") == "hugepages=2 log_buf_len=1M"
        assert_pages_come_and_go(m)


@pytest.mark.ours("other kernels have no such line")
def test_production_keeps_its_arguments(machine: MachineFactory) -> None:
    """Without a dump no argument is removed, and without a removed argument nothing is logged."""
    m = machine(smp="1", append="fadump=on kmemleak=off swiotlb=noforce")
    m.boot()
    assert_armed(m)
    production = words(m)
    assert "Removed from the capture kernel's command line" not in m.console_text()
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=1)
    assert words(m) == production
    assert "Removed from the capture kernel's command line" not in m.console_text()
    release(m)
    rearm(m)
