# SPDX-License-Identifier: GPL-2.0-or-later
"""An unsaved dump is kept over a reboot; a saved one is discarded."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Functions, MachineFactory
from fadumplab.build.initramfs import GUEST
from fadumplab.build.kernel import Kernel
from fadumplab.dump.core import Span
from fadumplab.machine.breakpoints import Answers, Breakpoints
from fadumplab.machine.qemu import Machine
from firmware import refuse_discard
from memory import compare_with_image, crash_with_image
from steps import (MIB, SYSFS, assert_armed, assert_dump, copy_into, meminfo, read, rearm, release,
                   status, token, try_write, value)


@pytest.mark.ours("an untouched kernel has no dump_status")
def test_status_of_a_good_dump(machine: MachineFactory) -> None:
    """Every line has the expected value; the file exists also after the release."""
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


@pytest.mark.weakness("A9")
def test_reboot_keeps_what_was_not_read(machine: MachineFactory) -> None:
    """A script fails and reboots without saving: the next boot has the dump again."""
    m = machine(smp="2")
    m.boot()
    word = token(m)
    m.crash()
    assert m.kind == "capture"
    m.reboot("reboot -f")
    assert_dump(m, word, cpus=2)
    release(m)
    rearm(m)


def panic_in_capture(m: Machine) -> None:
    """Panic in the capture kernel; firmware has a dump already, so the kernel reboots."""
    m.qmp.command("set-action", panic="none")
    m.crash("echo 1 >/proc/sys/kernel/panic; echo c >/proc/sysrq-trigger")


@pytest.mark.ours("an untouched kernel does not count")
@pytest.mark.parametrize("limit", [3, 1, 0])
def test_attempts(machine: MachineFactory, limit: int) -> None:
    """After the allowed number of boots the next one discards the dump; 0 is no limit."""
    m = machine(smp="2", append="fadump=on" + ("" if limit == 3 else f" fadump_attempts={limit}"))
    m.boot()
    m.crash()
    for attempt in range(1, (limit or 5) + 1):
        assert m.kind == "capture"
        seen = status(m)
        assert (seen["attempt"], seen["attempt_limit"]) == (str(attempt), str(limit)), seen
        said = f"of {limit} to save this dump" if limit else "to save this dump, there is no limit"
        assert f"Attempt {attempt} {said}" in m.console_text(m.boots)
        if attempt == 2:
            # A panic counts like a reset, also after a part of the dump was read.
            m.check("dd if=/proc/vmcore of=/dev/null bs=1M count=100 2>&1")
            panic_in_capture(m)
        else:
            m.system_reset()
    if not limit:
        assert m.kind == "capture" and status(m)["attempt"] == "6"
        return
    assert m.kind == "production"
    assert status(m)["dump"] == "given-up"
    assert (f"{limit} attempts to save the dump have failed, it is given up"
            in m.console_text(m.boots))
    assert_armed(m)
    # The kernel has removed the description from the tree after reading it.
    m.check("test -s /sys/firmware/fdt")
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)
    assert status(m)["attempt"] == "1"


def rtas_memory(m: Machine) -> Span:
    """The memory of RTAS, where firmware stores registers when CPUs stop."""
    base, size = (int(m.check(f"od -An -tx1 /proc/device-tree/rtas/{name} | tr -d ' '"), 16)
                  for name in ("linux,rtas-base", "rtas-size"))
    return Span(base, base + size)


def test_end_in_the_middle_of_saving(machine: MachineFactory) -> None:
    """A reset, then a panic, ends a save: each page of the dump is still as at the crash.

    Except for firmware's own memory, which it writes at a panic of the capture kernel.
    """
    m = machine(smp="2")
    m.boot()
    rtas = rtas_memory(m)
    word, image = token(m), crash_with_image(m)
    copy = m.share / "vmcore"
    for enough, end in ((100 * MIB, m.system_reset), (1024 * MIB, lambda: panic_in_capture(m))):
        m.check("labtool copy /proc/vmcore /lab/vmcore >/dev/null 2>&1 &")
        m.wait_for(lambda least=enough: copy.exists() and copy.stat().st_size >= least, 90,
                   "first part of a copy")
        end()
        assert m.kind == "capture"
        assert copy.stat().st_size < 1900 * MIB, "the copy was complete before the end"
        copy.unlink()
    assert_dump(m, word, cpus=2)
    result = compare_with_image(m, image)
    assert result.pages > 20000, str(result)
    assert not [at for at in result.different if not rtas.start <= at < rtas.end], str(result)
    release(m)
    rearm(m)


@pytest.mark.long  # a kexec hangs now and then, see test_upgrade.py
@pytest.mark.ours("an untouched kernel never removes the description from its tree")
def test_kexec_finds_no_dump_that_is_gone(machine: MachineFactory,
                                          initramfs: Path) -> None:
    """A kexec kernel finds no dump after a release, even if its tree was made before that."""
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


BUSY = "Device or resource busy"

#: Processes that have the file open or mapped.
USERS = ("for p in /proc/[0-9]*; do { ls -l $p/fd; cat $p/maps; } 2>/dev/null | "
         "grep -q ' /proc/vmcore$' && echo ${p#/proc/}; done; true")


def refused(m: Machine) -> str:
    """Try a release that must fail at once; the error."""
    error = try_write(m, "release_mem", "1", timeout=20)
    assert error, "the release did not fail"
    return error


HOLDERS = ("insmod /lab/stuck.ko; labtool into /proc/vmcore /proc/stuck",
           "labtool hold /proc/vmcore start",
           "labtool hold /proc/vmcore middle",
           "cat /proc/vmcore | sleep 1000",
           "sleep 1000 </proc/vmcore")


@pytest.mark.weakness("B6")
def test_release_while_in_use(machine: MachineFactory, kernel: Kernel) -> None:
    """A release during use fails at once and changes nothing; afterwards it works.

    The uses: a reader in a page fault, mapped headers, mapped memory, a reader that waits
    for its pipe, an open file.
    """
    m = machine(smp="2")
    m.boot()
    copy_into(m, kernel.module(GUEST / "stuck.c"), "stuck.ko")
    word = token(m)
    m.crash()
    before = meminfo(m, "MemTotal")
    for command in HOLDERS:
        m.check(f"({command}) >/tmp/user 2>&1 & sleep 2")
        users = m.check(USERS).split()
        assert users, f"{command}: nothing has the file open or mapped"
        assert refused(m) == BUSY, command
        assert status(m)["dump"] == "waiting" and meminfo(m, "MemTotal") == before
        assert value(m, "enabled") == "1", f"{command}: a file of fadump hangs"
        assert m.check(USERS).split() == users, f"{command}: its file or its mapping is gone"
        m.check(f"kill -9 {' '.join(users)}")
        m.wait_for(lambda: not m.check(USERS), 20, f"end of {command}")
    assert_dump(m, word, cpus=2)
    release(m)
    rearm(m)


@pytest.mark.weakness("B6")
def test_open_during_release(machine: MachineFactory, functions: Functions) -> None:
    """/proc/vmcore cannot be opened once firmware is asked to invalidate the dump.

    Firmware is busy for 4 seconds and refuses then: the dump can be opened again. Readers
    of fadump's files do not wait for it.
    """
    m = machine(smp="2")
    m.boot()
    word = token(m)
    m.crash()
    answers = Answers([9903, 9903, 9903, 9903, -1])
    with Breakpoints(m, functions, [refuse_discard(m, answers)]):
        m.check(f"(echo 1 >{SYSFS}/release_mem) 2>/tmp/release & "
                f"sleep 1; timeout 1 cat {SYSFS}/dump_status >/tmp/status; "
                "for n in 1 2 3; do labtool span /proc/vmcore; "
                "cat /proc/vmcore; sleep 0.3; done >/tmp/open 2>&1; wait", timeout=60)
    assert answers.given[-1] == -1
    said = read(m, "/tmp/open").splitlines()
    assert len(said) == 6 and all(BUSY in line for line in said), said
    assert "Input/output error" in read(m, "/tmp/release")
    assert "dump: waiting" in read(m, "/tmp/status")
    assert_dump(m, word, cpus=2)
    release(m)
    rearm(m)


@pytest.mark.weakness("B5")
def test_no_kdump_kernel_after_release(machine: MachineFactory) -> None:
    """is_kdump_kernel() is false for drivers: the address of the core is invalid."""
    m = machine(smp="2")
    m.boot()
    m.crash()
    release(m)
    at = int(m.check("grep ' elfcorehdr_addr$' /proc/kallsyms").split()[0], 16)
    m.qmp.command("stop")
    word = m.read_phys(at & ~(0xf << 60), 8)
    m.qmp.command("cont")
    assert word == b"\xff" * 8, word.hex()
