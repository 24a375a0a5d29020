# SPDX-License-Identifier: GPL-2.0-or-later
"""Deferred memory: a capture kernel starts without it, a release adds it."""

from __future__ import annotations

import re
import struct

from fadumplab.machine.qemu import Machine
from steps import GIB, MIB, assert_dump, meminfo, read, token, value

BLOCKS = "/sys/devices/system/memory"
LMB = 256 * MIB


def block_size(m: Machine) -> int:
    """Bytes of a memory block."""
    return int(read(m, f"{BLOCKS}/block_size_bytes"), 16)


def online_blocks(m: Machine) -> set[int]:
    """The addresses of all online memory blocks."""
    names = m.check(f"cd {BLOCKS} && grep -l online memory*/state").split()
    size = block_size(m)
    return {int(re.findall(r"\d+", name)[0]) * size for name in names}


def deferred_ranges(m: Machine) -> list[tuple[int, int]]:
    """The deferred ranges in /proc/iomem."""
    found = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) : Crash dump$", read(m, "/proc/iomem"), re.M)
    return [(int(start, 16), int(end, 16) + 1) for start, end in found]


def memory_totals(m: Machine) -> tuple[int, int, set[int]]:
    """MemTotal, CmaTotal and the online blocks."""
    return meminfo(m, "MemTotal"), meminfo(m, "CmaTotal"), online_blocks(m)


def assert_memory_restored(m: Machine, before: tuple[int, int, set[int]]) -> None:
    """No range is deferred; all memory and the CMA area are as before the crash."""
    total, cma, blocks = memory_totals(m)
    assert not deferred_ranges(m)
    assert blocks == before[2], sorted(blocks ^ before[2])
    assert total >= before[0], f"{(before[0] - total) // MIB} MiB are missing"
    assert cma == before[1] == int(value(m, "cma_size"))
    assert "\nto_return: 0\n" in value(m, "dump_status")


def crash_deferred(m: Machine, cpus: int = 2) -> int:
    """Crash into a capture kernel with deferred memory; the number of deferred bytes."""
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus)
    away = sum(end - start for start, end in deferred_ranges(m))
    assert away >= 1 * GIB, f"only {away // MIB} MiB are deferred"
    return away


def add_module(m: Machine, name: str, size: int = 1 * GIB) -> None:
    """Add a memory module; wait until the kernel uses it."""
    total = meminfo(m, "MemTotal")
    m.qmp.command("object-add", qom_type="memory-backend-ram", id=f"ram-{name}", size=size)
    m.qmp.command("device_add", driver="pc-dimm", id=name, memdev=f"ram-{name}")
    m.wait_for(lambda: meminfo(m, "MemTotal") >= total + size, 60, f"memory of {name}")


def index_of(m: Machine, address: int) -> int:
    """The hypervisor's index of the memory block at an address."""
    text = m.check("hexdump -ve '1/1 \"%02x\"' "
                   "/proc/device-tree/ibm,dynamic-reconfiguration-memory/ibm,dynamic-memory-v2")
    blob = bytes.fromhex(text)
    for at in range(4, len(blob), 24):
        count, base, index = struct.unpack_from(">IQI", blob, at)
        if base <= address < base + count * LMB:
            return int(index + (address - base) // LMB)
    raise AssertionError(f"no memory block has the address {address:#x}")


def remove_block(m: Machine, index: int) -> bool:
    """Remove a memory block through the hypervisor; whether the kernel agreed."""
    return m.sh(f"echo 'memory remove index {index:#x}' >/sys/kernel/dlpar").rc == 0
