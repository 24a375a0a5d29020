# SPDX-License-Identifier: GPL-2.0-or-later
"""A dump that has not been saved is kept; one that has been is let go."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import MachineFactory
from fadumplab.dumptools import Vmcore, compare
from fadumplab.machine import Machine
from steps import (MIB, SYSFS, assert_armed, assert_dump, copy_into, read, rearm, record_address,
                   regions, release, slots_of, token, value)


def status(m: Machine) -> dict[str, str]:
    """dump_status; what is missing as one text."""
    found: dict[str, str] = {}
    for line in value(m, "dump_status").splitlines():
        key, text = line.split(": ", 1)
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


@pytest.mark.ours("an untouched kernel has no dump_status")
def test_status_of_a_good_dump(machine: MachineFactory) -> None:
    """Every line says what there is; the file outlives the dump."""
    m = machine(smp="4")
    m.boot()
    assert status(m) == {"dump": "none"}
    word = token(m)
    m.crash("taskset 4 sh -c 'echo c >/proc/sysrq-trigger'")
    assert_dump(m, word, cpus=4)
    seen = status(m)
    expected = {"dump": "waiting", "attempt": "1", "description": "firmware", "record": "own",
                "kernel": m.hellos[0].release, "crashing_cpu": "2", "crash_registers": "record",
                "cpus": "4", "crash_notes": "4 slots filled, 0 left", "vmcoreinfo": "record",
                "boot_memory": str(320 << 20), "missing": "none"}
    assert {key: seen.get(key) for key in expected} == expected
    assert int(seen["preserved_memory"]) > 1000 << 20
    release(m)
    back = status(m)
    assert int(back.pop("returned")) > 1000 << 20 and back.pop("to_return") == "0"
    assert back == {**seen, "dump": "released"}


@pytest.mark.ours("an untouched kernel has no dump_status")
def test_how_far_it_was_read(machine: MachineFactory) -> None:
    """Headers are nothing, the log is a part, a copy or a filtered copy is all of it.

    Whoever maps all of it for its headers has read nothing yet.
    """
    m = machine(smp="2")
    m.boot()
    ways = (("dd if=/proc/vmcore of=/dev/null bs=4k count=1 2>&1 && "
             "labtool span /proc/vmcore", "no"),
            ("makedumpfile --dump-dmesg -f /proc/vmcore /tmp/log", "part"),
            ("dd if=/proc/vmcore of=/dev/null bs=1M count=200 2>&1", "part"),
            ("mount -t tmpfs -o size=8M none /mnt; "
             "! makedumpfile -l -d 17 /proc/vmcore /mnt/dump", "part"),
            ("makedumpfile -l -d 31 /proc/vmcore /tmp/dump && rm /tmp/dump", "end"),
            ("makedumpfile -l -d 1 /proc/vmcore /lab/dump", "end"),
            ("cat /proc/vmcore >/dev/null", "end"))
    for command, far in ways:
        m.crash()
        m.check("mkdir -p /mnt")
        m.check(command, timeout=180)
        assert status(m)["read"] == far, f"{command}: {status(m)}"
        # From here on a kernel crashes that was a capture, and has nothing at the end of
        # its memory that a filter keeps: the exit status tells, see reading.c.
        release(m)


@pytest.mark.weakness("A9")
def test_reboot_keeps_what_was_not_read(machine: MachineFactory) -> None:
    """A script that fails and reboots has not saved anything: it gets another try."""
    m = machine(smp="2")
    m.boot()
    word = token(m)
    m.crash()
    assert m.kind == "capture"
    m.reboot("reboot -f")
    assert_dump(m, word, cpus=2)
    release(m)
    rearm(m)


def test_reboot_ends_what_was_read(machine: MachineFactory) -> None:
    """Distributions save and reboot: that is production again.

    Whoever has read it and could not save it restarts in a hurry, which asks nobody.
    """
    m = machine(smp="2")
    m.boot()
    m.crash()
    m.check("cat /proc/vmcore >/dev/null", timeout=120)
    m.reboot("echo b >/proc/sysrq-trigger")
    assert m.kind == "capture" and status(m)["read"] == "no"
    m.check("makedumpfile -l -d 31 /proc/vmcore /lab/dump", timeout=120)
    m.reboot("reboot -f")
    assert m.kind == "production"
    assert_armed(m)


def die_in_capture(m: Machine) -> None:
    """A panic; firmware, which has a dump already, lets it go on to its reboot."""
    m.qmp.command("set-action", panic="none")
    m.crash("echo 1 >/proc/sys/kernel/panic; echo c >/proc/sysrq-trigger")


@pytest.mark.ours("an untouched kernel does not count")
def test_three_attempts(machine: MachineFactory) -> None:
    """Three boots in a row that get nowhere; the fourth gives the dump up and goes on."""
    m = machine(smp="2")
    m.boot()
    m.crash()
    for attempt in (1, 2):
        assert m.kind == "capture" and status(m)["attempt"] == str(attempt)
        m.system_reset()
    # One that gets further starts anew.
    m.check("dd if=/proc/vmcore of=/dev/null bs=1M count=100 2>&1")
    m.reboot("reboot -f")
    for attempt in (1, 2, 3):
        assert m.kind == "capture" and status(m)["attempt"] == str(attempt), status(m)
        if attempt == 2:
            # A panic counts as much as a reset.
            die_in_capture(m)
        else:
            m.system_reset()
    assert m.kind == "production"
    assert status(m)["dump"] == "given-up"
    assert "3 attempts to save the dump got nowhere, it is given up" in m.console_text(m.boots)
    assert_armed(m)
    # The description was taken out of the tree after that had been looked at.
    m.check("test -s /sys/firmware/fdt")
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)
    assert status(m)["attempt"] == "1"


def test_end_in_the_middle_of_saving(machine: MachineFactory) -> None:
    """By a reset, then by a panic: each page of the dump is what firmware left at the crash."""
    m = machine(smp="2")
    m.boot()
    word, record = token(m), record_address(m)
    copies = [row.span for row in regions(m).of("DUMP")]
    m.crash_paused()
    image, slots = m.save_memory(), slots_of(m, record)
    m.resume_reset()
    copy = m.share / "vmcore"
    for enough, end in ((100 * MIB, m.system_reset), (1024 * MIB, lambda: die_in_capture(m))):
        m.check("labtool copy /proc/vmcore /lab/vmcore >/dev/null 2>&1 &")
        m.wait_for(lambda least=enough: copy.exists() and copy.stat().st_size >= least, 90,
                   "first part of a copy")
        end()
        assert m.kind == "capture"
        assert copy.stat().st_size < 1900 * MIB, "the copy was complete before the end"
        copy.unlink()
    assert_dump(m, word, cpus=2)
    m.check("labtool copy /proc/vmcore /lab/vmcore", timeout=180)
    result = compare(Vmcore(copy), image, copies=copies, slots=slots)
    assert result.pages > 20000 and not result.different, str(result)
    release(m)
    rearm(m)


@pytest.mark.long  # a kexec hangs now and then, see test_upgrade.py
@pytest.mark.ours("an untouched kernel has the description in its tree for ever")
def test_kexec_finds_no_dump_that_is_gone(machine: MachineFactory,
                                          initramfs: Path) -> None:
    """After a release, and where the next kernel's tree was made before: no false dump."""
    m = machine(smp="1")
    m.boot()
    load = ("kexec -l /lab/next-kernel --initrd=/lab/next-initrd "
            "--append='console=hvc0 fadump=on'")
    copy_into(m, m.image, "next-kernel")
    copy_into(m, initramfs, "next-initrd")
    m.crash()
    m.check(load, timeout=60)
    release(m)
    m.reboot("kexec -e")
    assert m.kind == "production"
    assert_armed(m)
    m.crash()
    release(m)
    m.check(load, timeout=60)
    m.reboot("kexec -e")
    assert m.kind == "production" and status(m) == {"dump": "none"}
    assert_armed(m)


@pytest.mark.weakness("B6")
def test_release_takes_mappings_back(machine: MachineFactory) -> None:
    """Who has mapped /proc/vmcore does not see what others write there after the release."""
    m = machine(smp="2")
    m.boot()
    m.crash()
    m.check("labtool hold /proc/vmcore >/tmp/held 2>&1 & "
            "until grep -q mapped /tmp/held; do sleep 0.1; done")
    # Another had a /proc of its own, and is gone with it.
    m.check("mkdir /tmp/proc && mount -t proc proc /tmp/proc && "
            "labtool span /tmp/proc/vmcore && umount /tmp/proc")
    m.check(f"echo 1 >{SYSFS}/release_mem")
    m.check("killall -USR1 labtool; sleep 1")
    assert read(m, "/tmp/held").splitlines()[-1] == "SIGBUS"
    rearm(m)


@pytest.mark.weakness("B5")
def test_no_kdump_kernel_after_release(machine: MachineFactory) -> None:
    """Drivers that ask is_kdump_kernel() hear no: the address of a core is none at all."""
    m = machine(smp="2")
    m.boot()
    m.crash()
    release(m)
    at = int(m.check("grep ' elfcorehdr_addr$' /proc/kallsyms").split()[0], 16)
    m.qmp.command("stop")
    word = m.read_phys(at & ~(0xf << 60), 8)
    m.qmp.command("cont")
    assert word == b"\xff" * 8, word.hex()
