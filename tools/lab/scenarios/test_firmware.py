# SPDX-License-Identifier: GPL-2.0-or-later
"""Firmware that refuses, is busy, or returns from a call that must not return.

QEMU's firmware does none of that. A call of the kernel stops at a breakpoint, which
returns the scenario's value; firmware does not get the call.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Optional

import pytest
from conftest import Functions, MachineFactory
from fadumplab.build.kernel import Kernel
from fadumplab.machine.breakpoints import (Answers, Breakpoint, Breakpoints, Call, change_tree,
                                           opal_answers, opal_call)
from fadumplab.machine.qemu import Machine
from firmware import (ADD_RANGE, OPAL_BUSY, OPAL_BUSY_EVENT, OPAL_HARDWARE, OPAL_UNSUPPORTED,
                      REGISTER, UNREGISTER, dump_call, refuse_discard, refuse_trigger)
from steps import (MIB, REGION, assert_armed, assert_dump, assert_pattern, copy_into,
                   crash_without_dump, cycle, fill_memory, meminfo, rearm, regions, release, token,
                   try_write, value)

INVALID, EXISTS, IO = "Invalid argument", "File exists", "Input/output error"
HELD, TIMED_OUT = "Device or resource busy", "Connection timed out"


@pytest.mark.weakness("A10")
@pytest.mark.parametrize("name, status", [("pseries", -1), ("powernv10", OPAL_HARDWARE)])
def test_dump_that_firmware_keeps(machine: MachineFactory, functions: Functions, name: str,
                                  status: int) -> None:
    """A dump that cannot be invalidated stays complete; the next attempt frees it, once."""
    m = machine(machine=name, smp="2")
    m.boot()
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)
    before, answers = meminfo(m, "MemTotal"), Answers([status])
    with Breakpoints(m, functions, [refuse_discard(m, answers)]):
        assert try_write(m, "release_mem", "1") == IO, "release_mem returned another error"
    assert answers.given == [status]
    assert meminfo(m, "MemTotal") == before, "memory was freed although firmware has the dump"
    assert_dump(m, word, cpus=2)
    release(m)
    assert meminfo(m, "MemTotal") > before + 1024 * MIB
    assert try_write(m, "release_mem", "1"), "release_mem worked twice"
    # Some of the free memory is CMA memory, which a pipe of the shell cannot use.
    fill_memory(m, leave=96 * MIB)
    assert_pattern(m)
    m.check("rm /tmp/pattern")
    rearm(m)
    cycle(m, cpus=2)


@pytest.mark.weakness("B2")
@pytest.mark.parametrize("name, status", [("pseries", -1), ("powernv10", OPAL_UNSUPPORTED)])
def test_trigger_that_returns(machine: MachineFactory, functions: Functions, name: str,
                              status: int) -> None:
    """Firmware takes no dump: the oops continues to its panic, and panic=1 restarts.

    So the kernel calls the trigger twice. A panic without an oops calls it once, see
    test_others_stop_where_firmware_does_not_stop_them().
    """
    m = machine(machine=name, smp="2", append="fadump=on panic=1 oops=panic")
    m.boot()
    assert_armed(m)
    answers = Answers([status], repeat=True)
    with Breakpoints(m, functions, [refuse_trigger(m, answers)]):
        m.crash("echo BUG >/sys/kernel/debug/provoke-crash/DIRECT", timeout=60)
    assert m.kind == "production", "there is a dump although firmware took none"
    assert answers.given
    assert_armed(m)
    cycle(m, cpus=2)


def without_fadump(tree: bytes) -> dict[int, bytes]:
    """The next kernel has no argument for fadump."""
    return {tree.index(b"fadump=on"): b"nodump=on"}


@pytest.mark.ours("an untouched kernel leaves the registration in force")
def test_boot_does_not_wait_for_busy_firmware(machine: MachineFactory,
                                              functions: Functions) -> None:
    """A registration of an earlier kernel is withdrawn in the background."""
    m = machine(smp="2", append="fadump=on panic=1")
    m.boot()
    assert_armed(m)
    answers = Answers([9903] * 15)
    with Breakpoints(m, functions, [change_tree(without_fadump),
                                    dump_call(m, answers, UNREGISTER)]):
        m.system_reset()
        assert (value(m, "enabled"), value(m, "registered")) == ("0", "0")
        assert try_write(m, "registered", "1") == "Operation not permitted"
        assert None not in answers.given, "the boot took as long as firmware did"
        m.wait_for(lambda: None in answers.given, 60, "end of the wait for firmware")
    crash_without_dump(m)


@pytest.mark.parametrize("name, busy", [("pseries", [-2, 9900, 9901, -2]),
                                        ("powernv10", [OPAL_BUSY] * 3)])
def test_trigger_of_busy_firmware(machine: MachineFactory, functions: Functions, name: str,
                                  busy: list[int]) -> None:
    """Firmware answers busy to the crashing kernel, then takes the dump."""
    m = machine(machine=name, smp="2")
    m.boot()
    word, answers = token(m), Answers(busy)
    with Breakpoints(m, functions, [refuse_trigger(m, answers)]):
        m.crash()
    assert answers.given == [*busy, None]
    assert_dump(m, word, cpus=2)
    release(m)
    rearm(m)


def reset_at(m: Machine, trigger: Breakpoint, answers: Answers, number: int) -> Breakpoint:
    """The same return values; after one of them every CPU gets a system reset."""
    def action(call: Call) -> None:
        trigger.action(call)
        if len(answers.given) == number:
            m.qmp.command("inject-nmi")
    return Breakpoint(trigger.function, action)


@pytest.mark.parametrize("name, status, crash", [("pseries", -2, Machine.crash),
                                                 ("pseries", -2, Machine.reset_by_nmi),
                                                 ("powernv10", OPAL_BUSY, Machine.crash)])
def test_system_reset_of_the_cpu_that_waits(machine: MachineFactory, functions: Functions,
                                            name: str, status: int,
                                            crash: Callable[[Machine], object]) -> None:
    """A system reset interrupts the wait for firmware: the call is repeated, there is a dump."""
    m = machine(machine=name, smp="2", append="fadump=on panic=1")
    m.boot()
    word, answers = token(m), Answers([status] * 5)
    with Breakpoints(m, functions, [reset_at(m, refuse_trigger(m, answers), answers, 3)]):
        crash(m)
    assert_dump(m, word, cpus=2, panic="")
    assert "Oops: System Reset" not in (m.share / "dmesg").read_text(errors="replace")
    release(m)
    rearm(m)


class BusyUntilPolled(Answers):
    """OPAL must be polled after each call; without that it stays busy."""

    def __init__(self) -> None:
        super().__init__([])
        self.polled = False

    def next(self) -> Optional[int]:
        """Firmware's own value if it was polled since the previous call, otherwise busy."""
        self.given.append(None if self.polled else OPAL_BUSY_EVENT)
        self.polled = False
        return self.given[-1]

    def poll(self, call: Call) -> None:
        """Note that the kernel polls."""
        self.polled = True


def test_opal_that_wants_to_be_polled(machine: MachineFactory, functions: Functions) -> None:
    """OPAL must be polled during a registration, and during a crash."""
    m = machine(machine="powernv10", smp="1")
    m.boot()
    assert try_write(m, "registered", "0") == ""
    answers = BusyUntilPolled()
    poll = opal_call("opal_poll_events", [0], answers.poll)
    with Breakpoints(m, functions, [poll, opal_answers("opal_mpipl_update", answers, ADD_RANGE)]):
        assert try_write(m, "registered", "1") == ""
    assert answers.given == [OPAL_BUSY_EVENT, None] * (len(answers.given) // 2)
    word, answers.given[:] = token(m), []
    with Breakpoints(m, functions, [poll, refuse_trigger(m, answers)]):
        m.crash()
    assert answers.given == [OPAL_BUSY_EVENT, None]
    assert_dump(m, word, cpus=1)
    release(m)
    rearm(m)


@pytest.mark.weakness("B3")
def test_region_file_during_release(machine: MachineFactory) -> None:
    """fadump_region can be read while memory is freed."""
    m = machine(machine="powernv10", smp="4")
    m.boot()
    m.crash()
    m.check(f"(while [ ! -e /tmp/enough ]; do cat {REGION} >/dev/null; done; "
            "touch /tmp/ended) 2>/tmp/complaints &")
    release(m)
    m.check("touch /tmp/enough; n=0; while [ ! -e /tmp/ended ] && [ $n -lt 50 ]; do "
            "sleep 0.2; n=$((n + 1)); done; [ -e /tmp/ended ] && [ ! -s /tmp/complaints ]")
    rearm(m)
    assert_armed(m)


def test_opal_refuses_at_boot(machine: MachineFactory, functions: Functions) -> None:
    """OPAL refuses the registration at boot; a later attempt succeeds, and there is a dump."""
    m = machine(machine="powernv10", smp="2", append="fadump=on panic=1")
    answers = Answers([OPAL_HARDWARE])
    with Breakpoints(m, functions, [opal_answers("opal_mpipl_update", answers, ADD_RANGE)]):
        m.boot()
    assert answers.given == [OPAL_HARDWARE]
    assert (value(m, "enabled"), value(m, "registered")) == ("1", "0")
    assert try_write(m, "registered", "1") == ""
    assert_armed(m)
    cycle(m, cpus=2)


@pytest.mark.parametrize("call, arguments", [("opal_mpipl_update", [ADD_RANGE]),
                                             ("opal_mpipl_register_tag", [3]),
                                             ("opal_mpipl_register_tag", [2])])
def test_opal_refuses_one_step(machine: MachineFactory, functions: Functions, call: str,
                               arguments: list[int]) -> None:
    """An incomplete registration is withdrawn: no dump then, and the next attempt is complete."""
    m = machine(machine="powernv10", smp="1", append="fadump=on panic=1")
    m.boot()
    assert try_write(m, "registered", "0") == ""
    with Breakpoints(m, functions, [opal_answers(call, Answers([OPAL_HARDWARE]), *arguments)]):
        assert try_write(m, "registered", "1") == IO
    assert value(m, "registered") == "0"
    m.crash()
    assert m.kind == "production", "there is a dump although nothing was registered"
    assert_armed(m)
    with Breakpoints(m, functions, [opal_answers(call, Answers([OPAL_BUSY] * 3), *arguments)]):
        assert try_write(m, "registered", "0") == try_write(m, "registered", "1") == ""
    cycle(m, cpus=1)


@pytest.mark.long  # a kexec hangs now and then, see test_upgrade.py
@pytest.mark.weakness("B10")
def test_registration_of_another_layout(machine: MachineFactory, kernel: Kernel,
                                        initramfs: Path) -> None:
    """An older kernel's registration, left behind by a reset from outside, is replaced."""
    m = machine(smp="1")
    m.boot()
    boot_memory = regions(m).boot_memory
    copy_into(m, kernel.image, "next-kernel")
    copy_into(m, initramfs, "next-initrd")
    m.check("kexec -l /lab/next-kernel --initrd=/lab/next-initrd "
            "--append='console=hvc0 fadump=on crashkernel=512M'", timeout=60)
    m.reboot("kexec -e")
    assert_armed(m)
    assert regions(m).boot_memory == 512 * MIB
    m.system_reset()
    assert_armed(m)
    assert regions(m).boot_memory == boot_memory
    cycle(m, cpus=1)
    assert_armed(m)


#: RTAS's return values; the administrator's error message; whether fadump is armed then.
ON_REGISTER: list[tuple[list[int], str, str]] = [
    ([-2, 9900, 9901, 9902], "", "1"),
    ([-2] * 20, "", "1"),
    ([-1], IO, "0"),
    ([-3], INVALID, "0"),
    ([-9], "", "1"),
    ([-9, -9], EXISTS, "0"),
    ([-10], HELD, "0"),
]


def test_answers_to_register(machine: MachineFactory, functions: Functions) -> None:
    """Busy: the kernel waits. A stale registration is replaced. Any other value is an error."""
    m = machine(smp="1")
    m.boot()
    for values, words, armed in ON_REGISTER:
        assert try_write(m, "registered", "0") == ""
        with Breakpoints(m, functions, [dump_call(m, Answers(values), REGISTER)]):
            assert try_write(m, "registered", "1") == words, f"firmware returned {values}"
        assert value(m, "registered") == armed, f"firmware returned {values}"
        assert try_write(m, "registered", "1") == ""
    assert_armed(m)
    cycle(m, cpus=1)


def test_answers_to_unregister(machine: MachineFactory, functions: Functions) -> None:
    """A failed unregistration stays registered, and a crash gives a dump."""
    m = machine(smp="1")
    m.boot()
    for values, words, armed in [([-2, 9900], "", "0"), ([-1], IO, "1")]:
        assert try_write(m, "registered", "1") == ""
        with Breakpoints(m, functions, [dump_call(m, Answers(values), UNREGISTER)]):
            assert try_write(m, "registered", "0") == words
        assert value(m, "registered") == armed
    assert_armed(m)
    cycle(m, cpus=1)


@pytest.mark.long
@pytest.mark.parametrize("name, status", [("pseries", 9905), ("pseries", 9904),
                                          ("powernv10", OPAL_BUSY)])
def test_firmware_that_is_busy_for_ever(machine: MachineFactory, functions: Functions, name: str,
                                        status: int) -> None:
    """A registration ends with an error after the time limit."""
    m = machine(machine=name, smp="1")
    m.boot()
    assert try_write(m, "registered", "0") == ""
    answers = Answers([status], repeat=True)
    wanted = (dump_call(m, answers, REGISTER) if name == "pseries" else
              opal_answers("opal_mpipl_update", answers, ADD_RANGE))
    with Breakpoints(m, functions, [wanted]):
        assert try_write(m, "registered", "1", timeout=150) in (TIMED_OUT, HELD)
    assert value(m, "registered") == "0"
    assert try_write(m, "registered", "1") == ""
    cycle(m, cpus=1)
