# SPDX-License-Identifier: GPL-2.0-or-later
"""Every kind of crash gives a good dump, with the right CPU as the crashing one."""

from __future__ import annotations

import dataclasses
import re
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import MachineFactory
from fadumplab.build.initramfs import GUEST
from fadumplab.build.kernel import Kernel
from fadumplab.dump.core import Registers, Vmcore
from fadumplab.machine.qemu import Machine
from steps import assert_armed, assert_dump, copy_into, read, rearm, release, token, value

#: The largest part of an interrupt stack that is used.
STACK = 8192
PARAM = "/sys/module/crasher/parameters/crash"
LKDTM = "/sys/kernel/debug/provoke-crash"

#: The functions in which the registers of a panic() are saved, because panic() gets none.
CRASH_C = ("crash_fadump", "trigger_dump")
#: The functions in which a CPU waits if its system reset came while another's was handled.
PARKED = (*CRASH_C, "wait_for_firmware")

OOPS_IS_FATAL = "echo 1 >/proc/sys/kernel/panic_on_oops"
LOCKUP_IS_FATAL = ("echo 1 >/proc/sys/kernel/hardlockup_panic; "
                   "echo 1 >/proc/sys/kernel/softlockup_panic; "
                   "echo {} >/proc/sys/kernel/watchdog_thresh")
HUNG_IS_FATAL = ("echo 1 >/proc/sys/kernel/hung_task_panic; "
                 "echo 1 >/proc/sys/kernel/hung_task_timeout_secs")


@pytest.fixture(scope="session")
def crasher(kernel: Kernel) -> Path:
    """The module that crashes the kernel in a given way."""
    return kernel.module(GUEST / "crasher.c")


@dataclasses.dataclass(frozen=True)
class Way:
    """The log's text for one of the crasher's ways, and the function of its CPU."""

    panic: str
    function: str = ""
    before: str = OOPS_IS_FATAL


WAYS = {
    "panic": Way("Kernel panic - not syncing: crasher: panic of CPU"),
    "bug": Way("kernel BUG at", "crasher_bug"),
    "null": Way("Kernel NULL pointer dereference on write", "crasher_null"),
    "jump": Way("Unable to handle kernel instruction fetch", "nowhere"),
    "overrun": Way("corrupted stack end detected inside scheduler"),
}


def function_of(m: Machine, address: int) -> str:
    """The kernel's function at an address; the capture kernel runs the same image."""
    script = f"$1 > \"{address:016x}\" {{exit}} $2 ~ /[tT]/ {{s = $3}} END {{print s}}"
    return m.check(f"awk '{script}' /proc/kallsyms").split(".")[0]


@dataclasses.dataclass(frozen=True)
class Symbols:
    """The functions of the crasher at their addresses in one boot."""

    starts: Sequence[tuple[int, str]]

    @classmethod
    def load(cls, m: Machine) -> "Symbols":
        """Load the module; its functions."""
        m.check(f"[ -e {PARAM} ] || insmod /lab/crasher.ko")
        text = m.check("grep '[tT] .*\\[crasher\\]' /proc/kallsyms")
        rows = (line.split() for line in text.splitlines())
        return cls(sorted((int(row[0], 16), row[2].split(".")[0]) for row in rows))

    def of(self, address: int) -> str:
        """The module's function at an address, or an empty text."""
        below = [name for start, name in self.starts if start <= address < start + 0x10000]
        return below[-1] if below else ""


@dataclasses.dataclass(frozen=True)
class Victim:
    """The crashing CPU and task in the dump's log."""

    cpu: int
    pid: int
    command: str


def victims(m: Machine) -> list[Victim]:
    """The crashing CPUs and tasks, from register dumps and backtraces in the order of the log."""
    log = (m.share / "dmesg").read_text(errors="replace")
    return [Victim(int(cpu), int(pid), command) for cpu, pid, command in
            re.findall(r"CPU: (\d+) (?:UID: \d+ )?PID: (\d+) Comm: (\S+)", log)]


def assert_victim(m: Machine, core: Vmcore, cpu: int) -> Registers:
    """The log names this CPU, and the note of its number has its registers."""
    victim = victims(m)[-1]
    assert victim.cpu == cpu, f"CPU {victim.cpu} crashed, not CPU {cpu}"
    note = core.cpus[cpu]
    assert note.pid == victim.pid, f"note {cpu} is of pid {note.pid}, not {victim}"
    return note


def assert_crashed_in(m: Machine, symbols: Symbols, note: Registers, function: str) -> None:
    """The registers are in the function that crashed, or in one of panic()'s functions."""
    if function == "nowhere":
        assert note.nip == 0 and symbols.of(note.special["link"]) == "crasher_jump"
    elif function:
        assert symbols.of(note.nip) == function, f"NIP is {note.nip:#x}"
    else:
        found = function_of(m, note.nip)
        assert found in CRASH_C, f"NIP {note.nip:#x} is in {found}"


def order(text: str, before: str = OOPS_IS_FATAL) -> str:
    """The command that starts the crasher."""
    return f"{before}; echo '{text}' >{PARAM}"


def crash_by(m: Machine, cpus: int, way: str, text: str, cpu: int) -> tuple[Vmcore, Symbols]:
    """Crash by these orders, of which the one with this way and CPU is fatal; check the dump."""
    word, symbols = token(m), Symbols.load(m)
    m.crash(order(text))
    core = assert_dump(m, word, cpus, WAYS[way].panic)
    assert_crashed_in(m, symbols, assert_victim(m, core, cpu), WAYS[way].function)
    return core, symbols


def recover(m: Machine) -> None:
    """Release, arm and load the crasher again."""
    release(m)
    rearm(m)


def start(factory: MachineFactory, crasher: Path, **options: object) -> Machine:
    """Start an armed machine with the crasher."""
    m = factory(**options)
    copy_into(m, crasher, "crasher.ko")
    m.boot()
    assert_armed(m)
    return m


@pytest.mark.parametrize("way", ["panic", "bug", "null"])
def test_context(machine: MachineFactory, crasher: Path, way: str) -> None:
    """Crash in a thread, a softirq, an interrupt, with interrupts off; each on another CPU."""
    m = start(machine, crasher, smp="4")
    for cpu, place in enumerate(("process", "softirq", "hardirq", "irqsoff")):
        crash_by(m, 4, way, f"{way} {place} {cpu}", cpu)
        recover(m)


def test_stack_and_jump(machine: MachineFactory, crasher: Path) -> None:
    """A jump to address 0, and a stack overflow."""
    m = start(machine, crasher, smp="2")
    for way in ("jump", "overrun"):
        crash_by(m, 2, way, f"{way} process 1", 1)
        recover(m)


def stack_of(m: Machine, core: Vmcore, note: Registers) -> Sequence[int]:
    """The words on a CPU's stack."""
    at = note.gpr[1] & ~(0xf << 60)
    (load,) = (load for load in core.loads if load.span.start <= at < load.span.end)
    m.check(f"dd if=/proc/vmcore of=/lab/stack bs=16 count={STACK // 16} "
            f"skip={(load.offset + at - load.paddr) // 16} 2>&1")
    return struct.unpack(f"<{STACK // 8}Q", (m.share / "stack").read_bytes())


def assert_spins(m: Machine, symbols: Symbols, core: Vmcore, cpu: int) -> None:
    """The CPU is in the loop, or in an interrupt that came in the loop."""
    note = core.cpus[cpu]
    if symbols.of(note.nip) == "crasher_spin":
        return
    assert any(symbols.of(word) == "crasher_spin"
               for word in (*note.gpr, *stack_of(m, core, note))), \
        f"the spinner's NIP is {note.nip:#x} in {function_of(m, note.nip)}"


def test_in_the_way(machine: MachineFactory, crasher: Path) -> None:
    """Another CPU has interrupts off, or holds the console's lock; or a panic notifier hangs."""
    m = start(machine, crasher, smp="2")
    for way, orders, cpu in (("panic", "spin irqsoff 1 panic process 0", 0),
                             ("bug", "spin hardoff 0 bug softirq 1", 1),
                             ("panic", "spin console 1 panic hardirq 0", 0),
                             ("panic", "notifier process 0 panic process 1", 1)):
        core, symbols = crash_by(m, 2, way, orders, cpu)
        if orders.startswith("spin"):
            assert_spins(m, symbols, core, 1 - cpu)
        recover(m)


def test_all_at_once(machine: MachineFactory, crasher: Path) -> None:
    """Four CPUs crash at the same moment; one of them takes the dump."""
    m = start(machine, crasher, smp="4")
    for way, place in (("panic", "process"), ("bug", "irqsoff")):
        word, symbols = token(m), Symbols.load(m)
        m.crash(order(" ".join(f"{way} {place} {cpu}" for cpu in range(4))))
        core = assert_dump(m, word, 4, WAYS[way].panic)
        # Others may have crashed as well; they wait in the function that takes the dump.
        taker = int(re.search(r"^crashing_cpu: (\d+)$", value(m, "dump_status"), re.M)[1])
        assert_crashed_in(m, symbols, core.cpus[taker], WAYS[way].function)
        threads = {victim.cpu: victim.pid for victim in victims(m)}
        assert core.cpus[taker].pid == threads[taker]
        recover(m)


def test_watchdog(machine: MachineFactory, crasher: Path) -> None:
    """A CPU hangs; its own watchdog, another CPU's or its timer detects that."""
    m = start(machine, crasher, smp="2")
    # The soft NMI comes every 4.2 s here, and the others wait for half the limit more.
    for place, limit, panic in (("irqsoff", 4, "hard LOCKUP"), ("hardoff", 1, "hard LOCKUP"),
                                ("busy", 1, "softlockup: hung tasks")):
        word, symbols = token(m), Symbols.load(m)
        m.crash(order(f"spin {place} 1", LOCKUP_IS_FATAL.format(limit)))
        core = assert_dump(m, word, 2, panic)
        finder = victims(m)[-1].cpu
        assert finder == {"hardoff": 0, "busy": 1}.get(place, finder)
        assert function_of(m, core.cpus[finder].nip) in CRASH_C
        if finder == 0:
            assert_spins(m, symbols, core, 1)
        recover(m)


def test_hung_task(machine: MachineFactory) -> None:
    """The hung-task detector finds a task that waits for ever."""
    m = machine(smp="2")
    m.boot()
    assert_armed(m)
    word = token(m)
    m.crash(f"{HUNG_IS_FATAL}; echo HUNG_TASK >{LKDTM}/DIRECT")
    core = assert_dump(m, word, 2, "hung_task: blocked tasks")
    victim = victims(m)[-1]
    assert victim.command == "khungtaskd" and core.cpus[victim.cpu].pid == victim.pid
    recover(m)


@pytest.mark.parametrize("place", ["irqsoff",
                                   pytest.param("hardoff", marks=pytest.mark.long)])
def test_system_reset_of_a_spinner(machine: MachineFactory, crasher: Path, place: str) -> None:
    """The hypervisor's system reset reaches a CPU with interrupts off."""
    m = start(machine, crasher, smp="2")
    word, symbols = token(m), Symbols.load(m)
    m.send(order(f"spin {place} 1"))
    m.watch(1)
    m.reset_by_nmi()
    core = assert_dump(m, word, 2, panic="")
    where = [symbols.of(note.nip) or function_of(m, note.nip) for note in core.cpus]
    assert where[1] in ("crasher_spin", *PARKED), where
    assert any(found in PARKED for found in where), f"no CPU waited for the dump: {where}"
    recover(m)


def test_not_armed(machine: MachineFactory, crasher: Path) -> None:
    """Without a registration a crash is a reboot without a dump."""
    m = start(machine, crasher, smp="2", append="fadump=on panic=1")
    Symbols.load(m)
    m.check("echo 0 >/sys/kernel/fadump/registered")
    m.qmp.command("set-action", panic="none")
    m.crash(order("bug hardirq 1"))
    assert m.kind == "production" and value(m, "registered") == "1"
    crash_by(m, 2, "bug", "bug hardirq 1", 1)
    recover(m)


#: LKDTM's ways: the log's text, and the function of the CPU.
DIRECT = {
    "PANIC_STOP_IRQOFF": Way("panic stop irqoff test"),
    "EXCEPTION": Way("Kernel NULL pointer dereference on write", "lkdtm_EXCEPTION"),
    "PANIC": Way("Kernel panic - not syncing: dumptest"),
    "BUG": Way("kernel BUG at drivers/misc/lkdtm", "lkdtm_BUG"),
    "PANIC_IN_HARDIRQ": Way("from hard IRQ context"),
    "BUG_IN_HARDIRQ": Way("kernel BUG at drivers/misc/lkdtm", "bug_in_hardirq"),
}
LONG_DIRECT = ["PANIC", "BUG", "PANIC_IN_HARDIRQ", "BUG_IN_HARDIRQ"]


def crash_by_lkdtm(m: Machine, cpus: int, kind: str, command: str) -> None:
    """Crash by one of LKDTM's ways; check the dump."""
    if kind not in read(m, f"{LKDTM}/DIRECT").split():
        pytest.skip(f"this kernel's LKDTM has no {kind}")
    word = token(m)
    m.crash(f"{OOPS_IS_FATAL}; {command}")
    core = assert_dump(m, word, cpus, DIRECT[kind].panic)
    victim = victims(m)[-1]
    note = core.cpus[victim.cpu]
    found = function_of(m, note.nip)
    assert note.pid == victim.pid, f"note {victim.cpu} is of pid {note.pid}, not {victim}"
    assert found in ([DIRECT[kind].function] if DIRECT[kind].function else CRASH_C), found
    recover(m)


@pytest.mark.parametrize("kind", ["PANIC_STOP_IRQOFF", "EXCEPTION",
                                  *(pytest.param(kind, marks=pytest.mark.long)
                                    for kind in LONG_DIRECT)])
def test_lkdtm(machine: MachineFactory, kind: str) -> None:
    """LKDTM in the context of a task."""
    m = machine(smp="2")
    m.boot()
    assert_armed(m)
    crash_by_lkdtm(m, 2, kind, f"echo {kind} >{LKDTM}/DIRECT")


SCSI_DISK = ("-blockdev", "driver=null-co,node-name=disk,size=67108864,read-zeroes=on",
             "-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=disk")


def test_lkdtm_points(machine: MachineFactory, crasher: Path) -> None:
    """LKDTM at its crash points: in an interrupt, in a tasklet, in a request to a SCSI disk.

    Its other points cannot be probed: they are inline, forbidden, or removed.
    """
    m = start(machine, crasher, smp="2", extra=SCSI_DISK,
              append="fadump=on lkdtm.cpoint_count=1")
    for point, kind, provoke in (
            ("INT_HW_IRQ_EN", "BUG", "true"),
            ("INT_TASKLET_ENTRY", "PANIC", f"echo 'notifier softirq 1' >{PARAM}"),
            ("SCSI_QUEUE_RQ", "EXCEPTION", "dd if=/dev/sda of=/dev/null bs=64k count=1")):
        Symbols.load(m)
        crash_by_lkdtm(m, 2, kind, f"echo {kind} >{LKDTM}/{point} && {provoke}")
        assert f"Crash point {point} of type {kind} hit" in (m.share / "dmesg").read_text()


@pytest.mark.long
@pytest.mark.parametrize("way", ["panic", "bug", "null"])
@pytest.mark.parametrize("place", ["process", "busy", "irqsoff", "hardoff", "console", "softirq",
                                   "hardirq"])
def test_context_on_each_cpu(machine: MachineFactory, crasher: Path, way: str,
                             place: str) -> None:
    """All ways of test_context() on both CPUs, and the other ways."""
    m = start(machine, crasher, smp="2")
    for cpu in (0, 1):
        crash_by(m, 2, way, f"{way} {place} {cpu}", cpu)
        recover(m)


@pytest.mark.long
def test_context_on_bare_metal(machine: MachineFactory, crasher: Path) -> None:
    """OPAL takes the dump in every context."""
    m = start(machine, crasher, smp="2", machine="powernv10")
    for way, orders, cpu in (("panic", "panic hardirq 1", 1), ("bug", "bug softirq 0", 0),
                             ("null", "spin irqsoff 0 null irqsoff 1", 1)):
        crash_by(m, 2, way, orders, cpu)
        recover(m)
