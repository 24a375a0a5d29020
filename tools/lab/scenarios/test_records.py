# SPDX-License-Identifier: GPL-2.0-or-later
"""Crash-info records of other fadump kernels.

The machine stops between firmware's save and the reboot, and the crashed kernel's record is
rewritten there in another kernel's form.
"""

from __future__ import annotations

import mmap
import re
import struct

import pytest
from conftest import MachineFactory
from fadumplab.build.kernel import Kernel
from fadumplab.build.toolbox import Toolbox
from fadumplab.dump.core import Vmcore
from fadumplab.dump.crash import CrashSession
from fadumplab.machine.qemu import Machine
from steps import (CRASH, OUR_OFFSET, assert_armed, assert_dump, headers, rearm, record_address,
                   release, token, value)

pytestmark = pytest.mark.ours("these records stand where our layout puts them")

SIG_REGS, INF_REGS, REGS_SZ = 40, 24, 384
PT_NOTE = 4
#: The upper bits of an address in the linear mapping; a bit of the MMU's features.
LINEAR, RADIX = 0xc << 60, 0x40


def forget_ours(m: Machine, at: int) -> None:
    """Remove our own record; the record of Linux 6.10 to 7.3 stays."""
    assert m.read_phys(at + OUR_OFFSET, 8) == b"FADUPCI1"
    m.write_phys(at + OUR_OFFSET, bytes(8))


def as_fadmpinf(sig: bytes, at: int) -> bytes:
    """A FADMPSIG record in the form of kernels before 6.10."""
    cpu, = struct.unpack_from("<I", sig, 12)
    note, size = struct.unpack_from("<QQ", sig, 16)
    regs_size, mask_size = struct.unpack_from("<II", sig, 32)
    assert regs_size == REGS_SZ
    regs, mask = sig[SIG_REGS:SIG_REGS + REGS_SZ], sig[SIG_REGS + REGS_SZ:][:mask_size]
    headers_at = at + INF_REGS + REGS_SZ + mask_size
    head = struct.pack("<8sQIxxxx", b"FNIPMDAF", headers_at, cpu)
    ehdr = b"\x7fELF" + bytes(28) + struct.pack("<QQIHHHHHH", 64, 0, 0, 64, 56, 2, 0, 0, 0)
    cpus_note = struct.pack("<IIQQQQQQ", PT_NOTE, 0, 0, 0, 0, 0, 0, 0)
    info_note = struct.pack("<IIQQQQQQ", PT_NOTE, 0, note, 0, note, size, size, 0)
    return head + regs + mask + ehdr + cpus_note + info_note


@pytest.mark.parametrize("kind", ["FADMPSIG", "FADMPINF"])
def test_record_of_another_kernel(machine: MachineFactory, kind: str) -> None:
    """Registers, order of CPUs and VMCOREINFO come from the older record."""
    m = machine(smp="4")
    m.boot()
    at = record_address(m)
    word = token(m)
    m.check("echo 0 >/sys/devices/system/cpu/cpu1/online")
    m.crash_paused(f"taskset 4 sh -c '{CRASH}'")
    sig = m.read_phys(at, 1024)
    assert sig[:8] == b"GISPMDAF", "no record for other kernels"
    forget_ours(m, at)
    if kind == "FADMPINF":
        m.write_phys(at, as_fadmpinf(sig, at))
    m.resume_reset()
    core = assert_dump(m, word, cpus=4)
    nip, = struct.unpack_from("<Q", sig, SIG_REGS + 32 * 8)
    r1, = struct.unpack_from("<Q", sig, SIG_REGS + 8)
    # CPUs 0, 2 and 3 were online, so the crashing CPU 2 comes second.
    assert core.cpus[1].nip == nip and core.cpus[1].gpr[1] == r1
    log = m.console_text(kernel=m.boots)
    assert "The dump is incomplete" not in log
    release(m)
    rearm(m)
    assert_armed(m)


def test_no_record_at_all(machine: MachineFactory) -> None:
    """Memory and firmware's registers are in the dump without any record."""
    m = machine(smp="2")
    m.boot()
    at = record_address(m)
    m.crash_paused()
    forget_ours(m, at)
    m.write_phys(at, bytes(8))
    m.resume_reset()
    assert m.kind == "capture"
    m.expect_console("The dump is incomplete: no crash-info record")
    m.check("dd if=/proc/vmcore of=/lab/headers bs=64k count=8 2>&1")
    release(m)
    rearm(m)


#: The begin of the note, after type and size; the begin of its text, on a page of its own.
NOTE = re.compile(rb"\x0b\0\0\0.{4}\0\0\0\0VMCOREINFO\0\0OSRELEASE=", re.DOTALL)
TEXT = re.compile(rb"OSRELEASE=[^\n]+\n(?:[A-Z-]+=[^\n]+\n)*PAGESIZE=")


def forget(m: Machine, pattern: re.Pattern[bytes]) -> int:
    """Overwrite a pattern everywhere in memory; the number of places."""
    path = m.save_memory()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        places = [found.start() for found in pattern.finditer(memory)]
    path.unlink()
    with m.stub() as stub:
        for at in places:
            stub.write(at, bytes(16))
    return len(places)


def assert_log(m: Machine, word: str, toolbox: Toolbox, kernel: Kernel) -> None:
    """makedumpfile filters the dump, and crash finds the crashed kernel's log in it.

    With Linux 7.3, makedumpfile 1.7.8 takes pages of stacks for pages of programs (the guide's
    table of tools), so the filter must keep those.
    """
    m.check("makedumpfile -l -d 23 /proc/vmcore /lab/dump", timeout=180)
    log = CrashSession(toolbox, kernel.vmlinux, m.share / "dump").run(["log"])["log"]
    assert word in log and "sysrq triggered crash" in log


def test_no_note_of_vmcoreinfo(machine: MachineFactory, toolbox: Toolbox, kernel: Kernel) -> None:
    """Without the note, its text in memory is used."""
    m = machine(smp="2")
    m.boot()
    word = token(m)
    m.crash_paused()
    assert forget(m, NOTE), "there was no VMCOREINFO to begin with"
    m.resume_reset()
    core = assert_dump(m, word, cpus=2)
    assert core.vmcoreinfo["PAGESIZE"] == "65536"
    status = value(m, "dump_status")
    assert "\nvmcoreinfo: search\n" in status and "\nmissing: none" in status, status
    assert_log(m, word, toolbox, kernel)
    release(m)
    rearm(m)


def assert_vmcoreinfo(m: Machine, source: str) -> None:
    """dump_status names the missing VMCOREINFO and its replacement."""
    assert m.kind == "capture"
    status = value(m, "dump_status")
    assert f"\nvmcoreinfo: {source}\n" in status and "\nmissing: vmcoreinfo" in status, status


def test_no_vmcoreinfo_at_all(machine: MachineFactory) -> None:
    """Without any VMCOREINFO the dump has everything else: registers and the whole log."""
    m = machine(smp="2")
    m.boot()
    word, at = token(m), record_address(m)
    m.crash_paused()
    assert forget(m, NOTE) and forget(m, TEXT), "there was no VMCOREINFO to begin with"
    forget_ours(m, at)
    m.write_phys(at, bytes(8))
    m.resume_reset()
    assert_vmcoreinfo(m, "none")
    assert m.sh("makedumpfile -l -d 31 /proc/vmcore /lab/dump").rc, "it found what is not there"
    m.check("labtool copy /proc/vmcore /lab/vmcore", timeout=180)
    assert len(Vmcore(m.share / "vmcore").cpus) == 2
    with (m.share / "vmcore").open("rb") as file, \
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as vmcore:
        assert vmcore.find(word.encode()) >= 0, "the crashed kernel's log is not in the copy"
    release(m)
    rearm(m)
