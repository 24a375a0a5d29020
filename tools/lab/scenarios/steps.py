# SPDX-License-Identifier: GPL-2.0-or-later
"""Common steps of scenarios: arm, crash, check a dump, release it."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Optional

from fadumplab.dump.compare import RECORD_HEAD, note_slots, uncovered
from fadumplab.dump.core import Span, Vmcore
from fadumplab.dump.regions import REGION, Regions, parse_regions
from fadumplab.machine.qemu import Machine

SYSFS = "/sys/kernel/fadump"
LAYOUT = "/sys/kernel/debug/powerpc/fadump_layout"
#: The offset of our record from the record for other kernels.
OUR_OFFSET = 4096
CRASH = "echo c >/proc/sysrq-trigger"

MIB, GIB = 1 << 20, 1 << 30


def read(m: Machine, path: str) -> str:
    """The content of a file of the guest, without its last newline."""
    return m.check(f"cat {path}")


def value(m: Machine, name: str) -> str:
    """The content of one of fadump's sysfs files."""
    return read(m, f"{SYSFS}/{name}")


def try_write(m: Machine, name: str, text: str, timeout: float = 60) -> str:
    """Write to one of fadump's sysfs files; the error's text, or an empty text."""
    result = m.sh(f"echo '{text}' >{SYSFS}/{name}", timeout=timeout)
    return result.out.rsplit(":", 1)[-1].strip() if result.rc else ""


def status(m: Machine) -> dict[str, str]:
    """The lines of dump_status; lines with the same key are joined."""
    found: dict[str, str] = {}
    for line in value(m, "dump_status").splitlines():
        key, text = line.split(": ", 1)
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def meminfo(m: Machine, name: str) -> int:
    """A line of /proc/meminfo in bytes."""
    found = re.search(rf"^{name}:\s+(\d+) kB$", read(m, "/proc/meminfo"), re.MULTILINE)
    assert found, f"no {name} in /proc/meminfo"
    return int(found[1]) << 10


def regions(m: Machine) -> Regions:
    """The parsed fadump_region."""
    return parse_regions(read(m, REGION))


def copies(m: Machine) -> list[Span]:
    """The places of firmware's copies at the next crash, in the order of boot memory."""
    found = re.findall(r"^copy: \S+ -> (0x[0-9a-f]+) \((\d+) bytes\)$",
                       m.sh(f"cat {LAYOUT}").out, re.MULTILINE)
    return [Span(int(at, 16), int(at, 16) + int(size)) for at, size in found] or \
        [row.span for row in regions(m).of("DUMP")]


def record_address(m: Machine) -> int:
    """The address of the next crash's records; 0 on an untouched kernel."""
    found = re.search(r"^crash info: (0x[0-9a-f]+)-", m.sh(f"cat {LAYOUT}").out, re.MULTILINE)
    return int(found[1], 16) if found else 0


def slots_of(m: Machine, at: int) -> list[int]:
    """The addresses of the CPUs' note slots, from the records of a stopped machine."""
    if not at:
        return []
    with m.stub() as stub:
        head = stub.read(at + OUR_OFFSET, RECORD_HEAD)
        return note_slots(stub.read(at + OUR_OFFSET, int.from_bytes(head[16:20], "big")))


def assert_armed(m: Machine) -> None:
    """Enabled, registered, and with boot memory to save."""
    assert m.kind == "production" or m.sh("test -e /proc/vmcore").rc, "a dump is still there"
    assert value(m, "enabled") == "1", "fadump is not enabled"
    assert value(m, "registered") == "1", "fadump is not registered"
    assert regions(m).boot_memory >= 256 * MIB, "fadump_region shows no boot memory"


def token(m: Machine) -> str:
    """Write a random word to the kernel log; the word identifies this boot's log."""
    word = f"lab-token-{secrets.token_hex(8)}"
    m.check(f"echo {word} >/dev/kmsg")
    return word


def headers(m: Machine, name: str = "headers") -> Vmcore:
    """The ELF headers and notes of /proc/vmcore."""
    m.check(f"dd if=/proc/vmcore of=/lab/{name} bs=64k count=8 2>&1")
    return Vmcore(m.share / name)


def assert_dump(m: Machine, word: str, cpus: int, panic: str = "sysrq triggered crash") -> Vmcore:
    """There is a dump of the boot with that word: its log, its version, a note for each CPU."""
    assert m.kind == "capture", f"the kernel after the crash has no dump:\n{fadump_log(m)}"
    core = headers(m)
    assert core.vmcoreinfo.get("OSRELEASE") == m.hellos[-2].release
    assert "CRASHTIME" in core.vmcoreinfo, "vmcoreinfo was not updated at the crash"
    assert len(core.cpus) == cpus, f"registers of {len(core.cpus)} CPUs, {cpus} expected"
    log = dmesg(m)
    assert word in log, "the dump's kernel log is not the crashed kernel's"
    assert panic in log, f"the dump's kernel log does not have '{panic}'"
    return core


def assert_complete(m: Machine, core: Vmcore, reserved: int) -> None:
    """All memory but the dump area is in the dump; of the area, the record's page is in it."""
    gaps = uncovered((load.span for load in core.loads), m.ram_bytes)
    page = core.loads[-1].span
    area = [*gaps, page]
    assert gaps and gaps[0].end == page.start, f"not in the dump: {gaps}"
    assert sum(span.size for span in area) == reserved, f"not in the dump: {gaps}"
    assert max(span.end for span in area) - gaps[0].start == reserved, f"not in the dump: {gaps}"


def dmesg(m: Machine) -> str:
    """The kernel log inside the dump."""
    m.check("makedumpfile --dump-dmesg -f /proc/vmcore /lab/dmesg", timeout=90)
    return (m.share / "dmesg").read_text(errors="replace")


def fadump_log(m: Machine) -> str:
    """The running kernel's log lines about fadump."""
    return m.sh("dmesg | grep -i 'fadump\\|firmware-assisted'").out


def release(m: Machine) -> None:
    """Release the dump."""
    m.check(f"echo 1 >{SYSFS}/release_mem", timeout=120)
    assert m.sh("test -e /proc/vmcore").rc, "/proc/vmcore exists after release_mem"


def rearm(m: Machine) -> None:
    """Register again after a release."""
    m.check(f"[ $(cat {SYSFS}/registered) = 1 ] || echo 1 >{SYSFS}/registered")
    assert value(m, "registered") == "1", "fadump is not registered after a release"


def fill_memory(m: Machine, leave: int = 40 * MIB) -> int:
    """Fill nearly all free memory with a file of a known pattern; its size in MiB."""
    wanted = (meminfo(m, "MemAvailable") - leave) // MIB
    m.check(f"mount -o remount,size={wanted + 64}M /tmp")
    out = m.check(f"labtool fill /tmp/pattern {wanted}", timeout=120)
    filled = int(re.search(r"filled (\d+) MiB", out)[1])
    assert filled >= wanted * 9 // 10, f"filled {filled} of {wanted} MiB"
    return filled


def assert_pattern(m: Machine) -> None:
    """The content of fill_memory's file is unchanged."""
    result = m.sh("labtool check /tmp/pattern", timeout=120)
    assert result.rc == 0, f"memory of a user's file changed: {result.out.strip()}"


def assert_rtas(m: Machine) -> None:
    """RTAS still answers with a date."""
    result = m.sh("labtool rtas", timeout=20)
    assert result.rc == 0 and "status 0, year 20" in result.out, f"RTAS: {result.out}"


def cycle(m: Machine, cpus: int, command: str = CRASH, word: Optional[str] = None) -> Vmcore:
    """Crash, check the dump, release it, arm again."""
    word = word or token(m)
    m.crash(command)
    core = assert_dump(m, word, cpus)
    release(m)
    rearm(m)
    return core


def assert_same_cpus(core: Vmcore, m_registers: list[dict[str, int]]) -> None:
    """Each virtual CPU has its own note: r13 is different on every CPU."""
    there = {regs["GPR13"] for regs in m_registers}
    dumped = {regs.gpr[13] for regs in core.cpus}
    missing = ", ".join(f"{r13:#x}" for r13 in sorted(there - dumped))
    assert not missing, f"no registers in the dump for the CPUs with r13 = {missing}"


def crash_without_dump(m: Machine) -> None:
    """Crash a kernel that is not registered: panic=1 reboots it without a dump."""
    m.qmp.command("set-action", panic="none")
    m.crash()
    assert m.kind == "production", "there is a dump although nothing was registered"


def copy_into(m: Machine, source: Path, name: str) -> None:
    """Copy a file of the host into the share."""
    (m.share / name).write_bytes(source.read_bytes())


def ten_crashes(m: Machine) -> None:
    """Crash and release ten times; MemTotal stays the same."""
    m.boot()
    assert_armed(m)
    totals: list[int] = []
    for _ in range(10):
        cycle(m, cpus=2)
        assert_armed(m)
        totals.append(meminfo(m, "MemTotal"))
    assert max(totals) - min(totals) <= 1 * MIB, totals
    assert m.boots == 11 and m.guest_resets == 10
