# SPDX-License-Identifier: GPL-2.0-or-later
"""Deferred memory: what a capture kernel starts without, and what a release adds again."""

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
    """The addresses of the memory blocks that are in use."""
    names = m.check(f"cd {BLOCKS} && grep -l online memory*/state").split()
    size = block_size(m)
    return {int(re.findall(r"\d+", name)[0]) * size for name in names}


def left_out(m: Machine) -> list[tuple[int, int]]:
    """What /proc/iomem says of memory that waits."""
    found = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) : Crash dump$", read(m, "/proc/iomem"), re.M)
    return [(int(start, 16), int(end, 16) + 1) for start, end in found]


def amounts(m: Machine) -> tuple[int, int, set[int]]:
    """All that a machine has of memory."""
    return meminfo(m, "MemTotal"), meminfo(m, "CmaTotal"), online_blocks(m)


def assert_all_back(m: Machine, before: tuple[int, int, set[int]]) -> None:
    """As much as the boot before the crash had, and as much of CMA."""
    total, cma, blocks = amounts(m)
    assert not left_out(m)
    assert blocks == before[2], sorted(blocks ^ before[2])
    assert total >= before[0], f"{(before[0] - total) // MIB} MiB are missing"
    assert cma == before[1] == int(value(m, "cma_size"))
    assert "\nto_return: 0\n" in value(m, "dump_status")


def captured(m: Machine, cpus: int = 2) -> int:
    """Crash into a capture kernel that does without memory; how many bytes."""
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus)
    away = sum(end - start for start, end in left_out(m))
    assert away >= 1 * GIB, f"{away // MIB} MiB are left out"
    return away


def plug(m: Machine, name: str, size: int = 1 * GIB) -> None:
    """Add a memory module; the kernel takes it into use by itself."""
    total = meminfo(m, "MemTotal")
    m.qmp.command("object-add", qom_type="memory-backend-ram", id=f"ram-{name}", size=size)
    m.qmp.command("device_add", driver="pc-dimm", id=name, memdev=f"ram-{name}")
    m.wait_for(lambda: meminfo(m, "MemTotal") >= total + size, 60, f"memory of {name}")


def index_of(m: Machine, address: int) -> int:
    """What the hypervisor calls the piece of memory at that address."""
    text = m.check("hexdump -ve '1/1 \"%02x\"' "
                   "/proc/device-tree/ibm,dynamic-reconfiguration-memory/ibm,dynamic-memory-v2")
    blob = bytes.fromhex(text)
    for at in range(4, len(blob), 24):
        count, base, index = struct.unpack_from(">IQI", blob, at)
        if base <= address < base + count * LMB:
            return int(index + (address - base) // LMB)
    raise AssertionError(f"no piece of memory has an address {address:#x}")


def remove(m: Machine, index: int) -> bool:
    """Give that piece back to the hypervisor, if the kernel agrees."""
    return m.sh(f"echo 'memory remove index {index:#x}' >/sys/kernel/dlpar").rc == 0
