# SPDX-License-Identifier: GPL-2.0-or-later
"""What scenarios have in common: arming, crashing, judging a dump, releasing it."""

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
#: Our record stands so far behind the one for other kernels.
OUR_OFFSET = 4096
CRASH = "echo c >/proc/sysrq-trigger"

MIB, GIB = 1 << 20, 1 << 30


def read(m: Machine, path: str) -> str:
    """A file of the guest, without its last newline."""
    return m.check(f"cat {path}")


def value(m: Machine, name: str) -> str:
    """One of fadump's sysfs files."""
    return read(m, f"{SYSFS}/{name}")


def status(m: Machine) -> dict[str, str]:
    """dump_status; what is missing as one text."""
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
    """Where the next crash's copies will be, in the order of what they are of."""
    found = re.findall(r"^copy: \S+ -> (0x[0-9a-f]+) \((\d+) bytes\)$",
                       m.sh(f"cat {LAYOUT}").out, re.MULTILINE)
    return [Span(int(at, 16), int(at, 16) + int(size)) for at, size in found] or \
        [row.span for row in regions(m).of("DUMP")]


def record_address(m: Machine) -> int:
    """Where the next crash's records will stand; 0 on a kernel without us."""
    found = re.search(r"^crash info: (0x[0-9a-f]+)-", m.sh(f"cat {LAYOUT}").out, re.MULTILINE)
    return int(found[1], 16) if found else 0


def slots_of(m: Machine, at: int) -> list[int]:
    """Where the kernel of a stopped machine, with records there, has slots for CPU notes."""
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
    """A word that only this boot's log has."""
    word = f"lab-token-{secrets.token_hex(8)}"
    m.check(f"echo {word} >/dev/kmsg")
    return word


def headers(m: Machine, name: str = "headers") -> Vmcore:
    """The start of /proc/vmcore: ELF headers and notes."""
    m.check(f"dd if=/proc/vmcore of=/lab/{name} bs=64k count=8 2>&1")
    return Vmcore(m.share / name)


def assert_dump(m: Machine, word: str, cpus: int, panic: str = "sysrq triggered crash") -> Vmcore:
    """There is a dump of that boot: its log, its version, a note for each CPU."""
    assert m.kind == "capture", f"the kernel after the crash has no dump:\n{fadump_log(m)}"
    core = headers(m)
    assert core.vmcoreinfo.get("OSRELEASE") == m.hellos[-2].release
    assert "CRASHTIME" in core.vmcoreinfo, "vmcoreinfo was not updated at the crash"
    assert len(core.cpus) == cpus, f"registers of {len(core.cpus)} CPUs, {cpus} expected"
    log = dmesg(m)
    assert word in log, "the dump's kernel log is not the crashed kernel's"
    assert panic in log, f"the dump's kernel log does not say '{panic}'"
    return core


def assert_complete(m: Machine, core: Vmcore, reserved: int) -> None:
    """All memory is in the dump but for the dump area, of which the record's page is there."""
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
    """What the running kernel says about fadump."""
    return m.sh("dmesg | grep -i 'fadump\\|firmware-assisted'").out


def release(m: Machine) -> None:
    """Give the dump's memory back."""
    m.check(f"echo 1 >{SYSFS}/release_mem", timeout=120)
    assert m.sh("test -e /proc/vmcore").rc, "/proc/vmcore is there after release_mem"


def rearm(m: Machine) -> None:
    """Register again, in the kernel that has captured."""
    m.check(f"[ $(cat {SYSFS}/registered) = 1 ] || echo 1 >{SYSFS}/registered")
    assert value(m, "registered") == "1", "fadump is not registered after a release"


def fill_memory(m: Machine, leave: int = 40 * MIB) -> int:
    """Use nearly all free memory for a file of a known pattern; how many MiB."""
    wanted = (meminfo(m, "MemAvailable") - leave) // MIB
    m.check(f"mount -o remount,size={wanted + 64}M /tmp")
    out = m.check(f"labtool fill /tmp/pattern {wanted}", timeout=120)
    filled = int(re.search(r"filled (\d+) MiB", out)[1])
    assert filled >= wanted * 9 // 10, f"filled {filled} of {wanted} MiB"
    return filled


def assert_pattern(m: Machine) -> None:
    """The file of fill_memory is what was written."""
    result = m.sh("labtool check /tmp/pattern", timeout=120)
    assert result.rc == 0, f"memory of a user's file changed: {result.out.strip()}"


def assert_rtas(m: Machine) -> None:
    """RTAS still answers, and with a date."""
    result = m.sh("labtool rtas", timeout=20)
    assert result.rc == 0 and "status 0, year 20" in result.out, f"RTAS: {result.out}"


def cycle(m: Machine, cpus: int, command: str = CRASH, word: Optional[str] = None) -> Vmcore:
    """Crash, judge the dump, release it, arm again."""
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
    """Crash a kernel that is not registered: firmware lets it go on, panic=1 reboots it."""
    m.qmp.command("set-action", panic="none")
    m.crash()
    assert m.kind == "production", "there is a dump although nothing was registered"


def copy_into(m: Machine, source: Path, name: str) -> None:
    """A file of the host into the share."""
    (m.share / name).write_bytes(source.read_bytes())


def ten_crashes(m: Machine) -> None:
    """The same, on any machine."""
    m.boot()
    assert_armed(m)
    totals: list[int] = []
    for _ in range(10):
        cycle(m, cpus=2)
        assert_armed(m)
        totals.append(meminfo(m, "MemTotal"))
    assert max(totals) - min(totals) <= 1 * MIB, totals
    assert m.boots == 11 and m.guest_resets == 10
