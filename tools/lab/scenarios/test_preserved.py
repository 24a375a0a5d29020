# SPDX-License-Identifier: GPL-2.0-or-later
"""Preserved memory: kexec, failing mappings, the hash table, many pieces, huge pages."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

import pytest
from conftest import Functions, MachineFactory
from deferred import (BLOCKS, add_module, assert_memory_restored, crash_deferred, deferred_ranges,
                      memory_totals)
from fadumplab.machine import flattree
from fadumplab.machine.breakpoints import Breakpoint, Breakpoints, change_tree
from fadumplab.machine.qemu import Machine
from memory import compare_with_image, crash_with_image, dump_area_and_copies
from steps import (GIB, MIB, SYSFS, assert_armed, assert_dump, copy_into, dmesg, fadump_log,
                   meminfo, read, rearm, regions, release, token, value)

REFUSED = r"kexec segment 0x[0-9a-f]+ - 0x[0-9a-f]+ refused"
KERNEL = ("/lab/next-kernel --initrd=/lab/next-initrd "
          "--append='console=hvc0 fadump=on panic=1'")


# -- kexec -----------------------------------------------------------------------


@pytest.mark.weakness("K6")
def test_kexec_keeps_clear(machine: MachineFactory, initramfs: Path) -> None:
    """An image with a segment in the dump is refused with a message; others can be loaded.

    Linux 6.12 also places segments in reserved memory, with both system calls.
    """
    m = machine(smp="1")
    m.boot()
    copy_into(m, m.image, "next-kernel")
    copy_into(m, initramfs, "next-initrd")
    m.check(f"kexec -c -l {KERNEL} && kexec -u", timeout=60)
    m.crash()
    result = m.sh(f"kexec -c -l {KERNEL}", timeout=60)
    assert result.rc, "a segment of a kexec image was put into the dump"
    assert len(re.findall(REFUSED, fadump_log(m))) == 1
    result = m.sh(f"kexec -s -l {KERNEL}", timeout=60)
    if m.hellos[-1].release.startswith("6.12."):
        assert result.rc and len(re.findall(REFUSED, fadump_log(m))) == 2
    else:
        assert not result.rc, result.out
        m.check("kexec -u")
    release(m)
    m.check(f"kexec -c -l {KERNEL}", timeout=60)


@pytest.mark.long  # a kexec hangs now and then, see test_upgrade.py
@pytest.mark.ours("an untouched kernel finds no dump after a kexec")
def test_dump_after_kexec(machine: MachineFactory, initramfs: Path) -> None:
    """The kernel after a kexec has the same dump, page for page."""
    m = machine(smp="2")
    m.boot()
    assert_armed(m)
    copy_into(m, m.image, "next-kernel")
    copy_into(m, initramfs, "next-initrd")
    word, image = token(m), crash_with_image(m)
    m.check(f"kexec -c -l {KERNEL} || kexec -s -l {KERNEL}", timeout=60)
    m.reboot("kexec -e")
    assert m.kind == "capture" and word in dmesg(m)
    result = compare_with_image(m, image)
    assert result.pages > 20000 and not result.different, str(result)


# -- a mapping that fails ----------------------------------------------------------


@pytest.mark.weakness("K13")
def test_mapping_fails(machine: MachineFactory, functions: Functions) -> None:
    """A page of the dump cannot be mapped: the read fails, and a later read succeeds.

    sendfile() reads into kernel memory, where a null pointer does not give EFAULT.
    """
    m = machine(mem="4G", smp="2")
    m.boot()
    word = token(m)
    m.crash()
    loads, at = assert_dump(m, word, cpus=2).loads, deferred_ranges(m)[0][0]
    load = next(load for load in loads if load.span.start <= at < load.span.end)
    send = f"labtool send /proc/vmcore {load.offset + at - load.span.start}"
    m.check(send)
    fails = Breakpoint("ioremap_prot", lambda call: call.answer(0), once=True)
    with Breakpoints(m, functions, [fails]):
        result = m.sh(send)
    assert fails.hits == 1
    assert result.rc, "a page that could not be mapped was read"
    m.check(send)


# -- the hash table ----------------------------------------------------------------


def hash_order(m: Machine) -> str:
    """The logarithm of the hash table's size."""
    return read(m, "/sys/kernel/debug/powerpc/hpt_order")


@pytest.mark.ours("no memory is deferred")
@pytest.mark.parametrize("modules", [0, 1])
def test_hash_table_is_for_all_memory(machine: MachineFactory, modules: int) -> None:
    """The hash table does not shrink when a module is added to a capture kernel or on release."""
    m = machine(mem="16G,slots=4,maxmem=32G", smp="2", reserve=False,
                append="fadump=on disable_radix crashkernel=512M")
    m.boot()
    assert_armed(m)
    before, order = memory_totals(m), hash_order(m)
    crash_deferred(m)
    assert hash_order(m) == order
    if modules:
        add_module(m, "early")
    release(m)
    assert "Attempting to resize HPT" not in m.check("dmesg")
    assert hash_order(m) == order
    assert_armed(m)
    if modules:
        assert meminfo(m, "MemTotal") >= before[0] + GIB
    else:
        assert_memory_restored(m, before)


# -- auto_online_blocks --------------------------------------------------------------


@pytest.mark.ours("no memory is deferred")
@pytest.mark.parametrize("setting", ["offline", "online", "online_movable"])
def test_setting_for_new_memory(machine: MachineFactory, setting: str) -> None:
    """The setting stays, and restored memory is never in ZONE_MOVABLE, with any setting."""
    m = machine(mem="4G", smp="2")
    m.boot()
    before = memory_totals(m)
    crash_deferred(m)
    m.check(f"echo {setting} >{BLOCKS}/auto_online_blocks")
    release(m)
    assert read(m, f"{BLOCKS}/auto_online_blocks") == setting
    assert_memory_restored(m, before)
    zones = re.findall(r"^Node \d+, zone +(\w+)$(?:\n .*)*?\n +present +(\d+)$",
                       read(m, "/proc/zoneinfo"), re.M)
    assert zones and not any(int(n) for name, n in zones if name == "Movable"), zones


# -- many pieces ---------------------------------------------------------------------


def in_pieces(pieces: int, first: int) -> Breakpoint:
    """A breakpoint that splits the next kernel's RAM into many pieces behind the first."""
    def change(tree: bytes) -> dict[int, bytes]:
        prop = flattree.find(tree, "/memory@0", "reg")
        spans = [(0, first), *((first + 32 * MIB * n + 16 * MIB, 16 * MIB) for n in range(pieces))]
        value = b"".join(struct.pack(">QQ", *span) for span in spans)
        return {0: flattree.replace(tree, prop, value)}
    return change_tree(change)


@pytest.mark.weakness("K12")
def test_ram_in_many_pieces(machine: MachineFactory, functions: Functions) -> None:
    """As many pieces as memblock has at its start are preserved and restored."""
    pieces = 124
    m = machine(mem="8G", smp="2", append="fadump=on crashkernel=512M")
    m.boot()
    with Breakpoints(m, functions, [in_pieces(pieces, 2 * GIB)]):
        m.system_reset()
        assert_armed(m)
        total = meminfo(m, "MemTotal")
        assert total < 2 * GIB + pieces * 16 * MIB
        word = token(m)
        m.crash()
        assert_dump(m, word, cpus=2)
    m.check("cat /proc/vmcore >/dev/null", timeout=120)
    release(m)
    rearm(m)
    assert meminfo(m, "MemTotal") >= total


# -- huge pages of firmware's ----------------------------------------------------------


def nodes(*sizes: int) -> dict[str, Any]:
    """Options of a machine with nodes of these sizes in GiB."""
    objects = [f"memory-backend-ram,id=ram{n},size={size}G,reserve=off"
               for n, size in enumerate(sizes)]
    return {"mem": f"{sum(sizes)}G",
            "extra": [word for one in objects for word in ("-object", one)],
            "numa": [f"node,nodeid={n},memdev=ram{n}" for n in range(len(sizes))]}


def gigantic(tree: bytes) -> dict[int, bytes]:
    """A change of the tree: a page of 16 GiB in a node of its own."""
    value = struct.pack(">QQ", 16 * GIB, 16 * GIB)
    memory = flattree.find(tree, "/memory@400000000", "reg")
    assert memory.value == value, memory
    return {0: flattree.add(tree, memory, "ibm,expected#pages", struct.pack(">I", 0))}


@pytest.mark.weakness("K16")
def test_clear_of_gigantic_pages(machine: MachineFactory, functions: Functions) -> None:
    """The dump area is outside of the 16 GiB pages of a hash partition."""
    m = machine(smp="1", append="fadump=on disable_radix crashkernel=10G", **nodes(16, 16, 16))
    m.boot()
    with Breakpoints(m, functions, [change_tree(gigantic)]):
        m.system_reset()
    assert "Huge page(16GB) memory: addr = 0x400000000" in m.check("dmesg")
    assert_armed(m)
    area, _ = dump_area_and_copies(m)
    assert area.end <= 16 * GIB or area.start >= 32 * GIB, f"{area} is in the page"


# -- a hash table of the kernel's own ----------------------------------------------------


@pytest.mark.long
def test_hash_table_on_bare_metal(machine: MachineFactory) -> None:
    """The default boot memory has room for the hash table and the struct pages of all RAM."""
    m = machine(machine="powernv9", mem="512G", smp="2", reserve=False,
                append="fadump=on disable_radix")
    m.boot(timeout=240)
    assert_armed(m)
    assert "hash-mmu" in m.check("dmesg")
    size, total, word = regions(m).boot_memory, meminfo(m, "MemTotal"), token(m)
    m.crash(timeout=240)
    assert_dump(m, word, cpus=2)
    # The table, twice, and the struct pages.
    assert size > 3 * 512 * MIB
    release(m)
    rearm(m)
    assert meminfo(m, "MemTotal") >= total


# -- boot arguments --------------------------------------------------------------------


@pytest.mark.parametrize("firmware", ["vof", "slof"])
def test_arguments_behind_real_mode(machine: MachineFactory, firmware: str) -> None:
    """A hash guest has extra arguments also if its real mode area ends before the dump area."""
    m = machine(smp="1", append="fadump=on disable_radix crashkernel=1G",
                machine_opts="x-vof=off" if firmware == "slof" else "", **nodes(1, 3))
    m.boot()
    assert_armed(m)
    area, _ = dump_area_and_copies(m)
    assert area.start >= GIB
    m.check(f"echo lab.word=kept >{SYSFS}/bootargs_append")
    for _ in range(2):
        m.crash()
        assert m.kind == "capture"
        assert read(m, "/proc/cmdline").endswith(" lab.word=kept")
        release(m)
        assert value(m, "bootargs_append") == "lab.word=kept"
