# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps in debuggers: the crashed thread, and the registers of each CPU."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import MachineFactory
from fadumplab.build.initramfs import GUEST
from fadumplab.build.kernel import Kernel
from fadumplab.build.toolbox import Toolbox
from fadumplab.dump.crash import CrashSession
from fadumplab.dump.debuggers import Debuggers
from fadumplab.machine.qemu import Machine
from steps import CRASH, assert_armed, copy_into, rearm, release, value

pytestmark = pytest.mark.ours("what is expected is ours")

FATAL_OOPS = "echo 1 >/proc/sys/kernel/panic_on_oops"
CRASHED_THREAD = """
thread = prog.crashed_thread()
print(f"crashed: {thread.tid} {thread.object.comm.string_().decode()}")
print(thread.stack_trace())
"""


def save(m: Machine) -> tuple[Path, Path]:
    """Save the dump as an ELF core and compressed, filtered as far as debuggers allow."""
    m.check("rm -f /lab/core /lab/dump; makedumpfile -E -d 31 /proc/vmcore /lab/core && "
            "makedumpfile -l -d 31 /proc/vmcore /lab/dump", timeout=240)
    return m.share / "core", m.share / "dump"


def panic_on_cpu_1(m: Machine) -> None:
    """Crash in a thread of the crasher, which is not the agent's task."""
    m.check("insmod /lab/crasher.ko")
    m.crash("echo 'panic process 1' >/sys/module/crasher/parameters/crash")


#: Ways to crash, and the command of the crashing thread; any thread for a system reset.
WAYS: dict[str, tuple[Callable[[Machine], object], str]] = {
    "oops": (lambda m: m.crash(f"{FATAL_OOPS}; taskset 2 sh -c "
                               "'echo EXCEPTION >/sys/kernel/debug/provoke-crash/DIRECT'"), "sh"),
    "sysrq": (lambda m: m.crash(f"taskset 2 sh -c '{CRASH}'"), "sh"),
    "panic": (panic_on_cpu_1, "crasher/1"),
    "reset": (Machine.reset_by_nmi, r"\S+"),
}


@pytest.mark.parametrize("way", WAYS)
def test_drgn_finds_the_thread_that_crashed(machine: MachineFactory, debuggers: Debuggers,
                                            kernel: Kernel, way: str) -> None:
    """drgn finds it in the core and in the compressed dump, for each way to crash."""
    m = machine(smp="2")
    copy_into(m, kernel.module(GUEST / "crasher.c"), "crasher.ko")
    m.boot()
    assert_armed(m)
    go, command = WAYS[way]
    go(m)
    crashed = value(m, "dump_status")
    cpu = int(re.search(r"^crashing_cpu: (\d+)$", crashed, re.MULTILINE)[1])
    for dump in save(m):
        said = debuggers.drgn(kernel.vmlinux, dump, CRASHED_THREAD
                              + "print('CPU', prog['panic_cpu'].counter.value_())\n")
        assert re.search(rf"^crashed: \d+ {command}$", said, re.MULTILINE), said
        assert re.search(rf"^CPU {cpu}$", said, re.MULTILINE), said
    release(m)
    rearm(m)


def r13_by_cpu(said: str) -> dict[int, int]:
    """r13 of each CPU in crash's 'help -r'; r13 points to the CPU's own data."""
    parts = re.split(r"^CPU (\d+):", said, flags=re.MULTILINE)[1:]
    found = {int(cpu): re.search(r"\bR13: ([0-9a-f]+)", text)
             for cpu, text in zip(parts[::2], parts[1::2])}
    return {cpu: int(r13[1], 16) for cpu, r13 in found.items() if r13}


#: A drgn script for the same; drgn does not use the notes of the core.
R13 = """
from drgn.helpers.linux.cpumask import for_each_online_cpu
from drgn.helpers.linux.sched import cpu_curr
for cpu in for_each_online_cpu(prog):
    print(f"CPU {cpu}: R13: {prog.stack_trace(cpu_curr(prog, cpu))[0].register('r13'):x}")
"""


def test_a_cpu_was_offline(machine: MachineFactory, toolbox: Toolbox, debuggers: Debuggers,
                           kernel: Kernel) -> None:
    """Each online CPU has its own registers in its own slot.

    crash 9.0.2 shows wrong registers of the compressed dump, see the guide.
    """
    m = machine(smp="4")
    m.boot()
    assert_armed(m)
    m.check("echo 0 >/sys/devices/system/cpu/cpu1/online")
    m.crash_paused(f"taskset 8 sh -c '{CRASH}'")
    own = {cpu: regs["GPR13"] for cpu, regs in enumerate(m.registers()) if cpu != 1}
    m.resume_reset()
    assert "\ncrash_notes: 3 slots filled, 1 left\n" in value(m, "dump_status")
    core, dump = save(m)
    said = CrashSession(toolbox, kernel.vmlinux, core).run(["help -r"])["help -r"]
    assert r13_by_cpu(said) == own, said
    for path in (core, dump):
        said = debuggers.drgn(kernel.vmlinux, path, R13)
        assert r13_by_cpu(said) == own, f"{path.name}: {said}"
    release(m)
    rearm(m)
