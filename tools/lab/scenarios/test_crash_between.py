# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel crashes while it registers, unregisters, or releases a dump.

At a breakpoint it jumps to address 0 instead of the call. There is a dump if it was
registered with firmware at that moment. In either case the next kernel boots with all
of its memory, and the next crash gives a dump.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from conftest import Functions, MachineFactory
from fadumplab.machine.breakpoints import Breakpoint, Breakpoints, Call
from fadumplab.machine.qemu import Machine
from firmware import INVALIDATE, REGISTER, UNREGISTER, at_order
from steps import (SYSFS, assert_armed, assert_pattern, cycle, dmesg, fill_memory, headers, meminfo,
                   rearm, regions, release, token)

pytestmark = pytest.mark.ours("these are functions of ours")

Place = Callable[[Machine, Callable[[Call], None]], Breakpoint]


def order(command: int) -> Place:
    """A breakpoint before a command to firmware."""
    return lambda m, action: at_order(m, command, action)


def function(name: str) -> Place:
    """A breakpoint at the start of a function."""
    return lambda m, action: Breakpoint(name, action)


@dataclasses.dataclass(frozen=True)
class CrashPlace:
    """A crash: the command that leads to it, its place, and the machines that take a dump."""

    command: str
    breakpoint: Place
    dump: tuple[str, ...] = ()
    #: Whether the dump is the one that the capture kernel was about to release.
    is_older: bool = False


PSERIES = ("pseries",)
RELEASE = f"echo 1 >{SYSFS}/release_mem"
REGISTER_AGAIN = f"echo 0 >{SYSFS}/registered; echo 1 >{SYSFS}/registered"
UNREGISTER_IT = f"echo 0 >{SYSFS}/registered"

#: RTAS takes a dump at every os-term; OPAL only at a reboot with MPIPL.
PRODUCTION = {
    "register, before the firmware call": CrashPlace(REGISTER_AGAIN, order(REGISTER)),
    "register, after the firmware call": CrashPlace(REGISTER_AGAIN, function("fadump_crash_arm"),
                                                    PSERIES),
    "unregister, before the firmware call": CrashPlace(UNREGISTER_IT, order(UNREGISTER), PSERIES),
    "unregister, after the firmware call": CrashPlace(UNREGISTER_IT, function("fadump_crash_invalidate")),
}

#: RTAS keeps a dump until it is invalidated; OPAL until the next boot.
CAPTURE = {
    "release, before the dump is invalidated": CrashPlace(RELEASE, order(INVALIDATE), PSERIES,
                                                          is_older=True),
    "release, before the core is removed": CrashPlace(RELEASE, function("fadump_vmcore_remove")),
    "release, before the first page is freed":
        CrashPlace(RELEASE, function("fadump_pages_release")),
    "release, after the registration": CrashPlace(RELEASE, function("fadump_crash_arm"), PSERIES),
}


def crash_at(m: Machine, functions: Functions, place: CrashPlace) -> str:
    """Crash there; the word in the crashed kernel's log."""
    calls: list[Call] = []

    def action(call: Call) -> None:
        if not calls:
            calls.append(call)
            call.crash()
    word = token(m)
    m.qmp.command("set-action", panic="none")
    with Breakpoints(m, functions, [place.breakpoint(m, action)]):
        m.crash(f"echo 1 >/proc/sys/kernel/panic_on_oops; {place.command}")
    assert calls, "the kernel did not reach the breakpoint"
    return word


def assert_log(m: Machine, word: str, cpus: int) -> None:
    """There is a dump: it has the crashed kernel's log and a note for each CPU."""
    assert m.kind == "capture", "there is no dump"
    assert len(headers(m).cpus) == cpus
    assert word in dmesg(m), "the dump's kernel log is not the crashed kernel's"


def assert_production(m: Machine, memory: int) -> None:
    """The state after a boot without a dump."""
    assert m.kind == "production", "there is a dump although none was taken"
    assert_armed(m)
    assert meminfo(m, "MemTotal") == memory


@pytest.mark.parametrize("name", ["pseries", "powernv10"])
def test_crash_between(machine: MachineFactory, functions: Functions, name: str) -> None:
    """Crash in production, armed or while arming."""
    m = machine(machine=name, smp="2", append="fadump=on panic=1")
    m.boot()
    memory = meminfo(m, "MemTotal")
    for what, place in PRODUCTION.items():
        print(what)
        word = crash_at(m, functions, place)
        if name in place.dump:
            assert_log(m, word, cpus=2)
            release(m)
            rearm(m)
            m.reboot()
        assert_production(m, memory)
    cycle(m, cpus=2)
    fill_memory(m)
    assert_pattern(m)


@pytest.mark.parametrize("name", ["pseries", pytest.param("powernv10", marks=pytest.mark.long)])
def test_crash_in_release(machine: MachineFactory, functions: Functions, name: str) -> None:
    """Crash in the capture kernel, during a release."""
    m = machine(machine=name, smp="2", append="fadump=on panic=1")
    m.boot()
    memory = meminfo(m, "MemTotal")
    boot_memory = regions(m).boot_memory
    for what, place in CAPTURE.items():
        print(what)
        word = token(m)
        m.crash()
        assert_log(m, word, cpus=2)
        second = crash_at(m, functions, place)
        if name in place.dump:
            assert_log(m, word if place.is_older else second, cpus=2)
            release(m)
            rearm(m)
            m.reboot()
        assert_production(m, memory)
        assert regions(m).boot_memory == boot_memory
    cycle(m, cpus=2)
    fill_memory(m)
    assert_pattern(m)
