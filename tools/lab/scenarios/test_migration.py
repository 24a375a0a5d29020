# SPDX-License-Identifier: GPL-2.0-or-later
"""Partition migration: the new firmware has no registration and may need other sizes.

QEMU migrates a guest into a file and out of it; the registration is not migrated. QEMU
has no RTAS calls for a migration by the partition, so a module calls the kernel's function
that follows them.
"""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from conftest import MachineFactory
from fadumplab.build.initramfs import GUEST
from fadumplab.build.kernel import Kernel
from fadumplab.machine.qemu import Machine
from steps import assert_armed, assert_dump, copy_into, read, rearm, release, token, value

pytestmark = pytest.mark.ours("an untouched kernel does not register again")

SIZES = "ibm,configure-kernel-dump-sizes"


def migrate(m: Machine, factory: MachineFactory, caller: Path, **options: object) -> Machine:
    """Migrate the guest to a new machine; the old one is stopped."""
    state = m.workspace / "state"
    m.check("umount /lab")
    m.qmp.command("migrate", uri=f"file:{state}")
    m.wait_for(lambda: m.qmp.command("query-migrate").get("status") == "completed", 120,
               "end of the migration")
    there = factory(extra=("-incoming", "defer"), **options)
    there.hellos = list(m.hellos)
    copy_into(there, caller, "caller.ko")
    there.qmp.command("migrate-incoming", uri=f"file:{state}")
    m.stop()
    there.check("mount -t 9p -o trans=virtio,version=9p2000.L,msize=524288,cache=none lab /lab")
    return there


def fix_up(m: Machine) -> None:
    """Call the kernel's function for the time after a migration."""
    address = m.check("grep ' T post_mobility_fixup$' /proc/kallsyms").split()[0]
    m.check(f"insmod /lab/caller.ko function=0x{address} && rmmod caller")


def set_sizes(m: Machine, cpu: int, hpte: int) -> None:
    """Set firmware's sizes in the live device tree."""
    handle = int(m.check("cd /proc/device-tree/rtas && hexdump -ve '1/1 \"%02x\"' phandle"), 16)
    (m.share / "order").write_bytes(
        f"update_property {handle:#x} {SIZES} 24 ".encode()
        + struct.pack(">IQIQ", 1, cpu, 2, hpte) + b" ")
    m.check("cat /lab/order >/proc/powerpc/ofdt")


def test_registered_again(machine: MachineFactory, kernel: Kernel) -> None:
    """The kernel registers with the new firmware, and a crash gives a dump."""
    m = machine(smp="2")
    m.boot()
    assert_armed(m)
    word = token(m)
    there = migrate(m, machine, kernel.module(GUEST / "caller.c"), smp="2")
    fix_up(there)
    assert value(there, "registered") == "1"
    there.crash()
    assert_dump(there, word, cpus=2)
    release(there)
    rearm(there)


def test_firmware_that_wants_more(machine: MachineFactory, kernel: Kernel) -> None:
    """The reservation is too small for the new firmware: not registered, sysfs and log say so."""
    m = machine(smp="2")
    m.boot()
    assert_armed(m)
    word = token(m)
    there = migrate(m, machine, kernel.module(GUEST / "caller.c"), smp="2")
    cpu, hpte = struct.unpack_from(">4xQ4xQ", bytes.fromhex(
        there.check(f"hexdump -ve '1/1 \"%02x\"' /proc/device-tree/rtas/{SIZES}")))
    set_sizes(there, cpu, hpte + 0x12345)
    fix_up(there)
    there.expect_console(f"Firmware wants {cpu} bytes for CPUs and {hpte + 0x12345} for HPTEs")
    assert value(there, "registered") == "0"
    assert there.sh("echo 1 >/sys/kernel/fadump/registered").rc
    assert value(there, "registered") == "0"
    set_sizes(there, cpu, hpte)
    there.check("echo 1 >/sys/kernel/fadump/registered")
    assert_armed(there)
    there.crash()
    assert_dump(there, word, cpus=2)
    assert read(there, "/sys/kernel/fadump/enabled") == "1"
    release(there)
    rearm(there)
