# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel dies while it registers, unregisters, or gives a dump back.

At a breakpoint it goes astray instead of making the call. There is a dump if
firmware had been told of one by then, and if not there is none; in either case the
next kernel comes up, has all of its memory, and the next crash is a dump.
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
    """Before firmware is given this order."""
    return lambda m, action: at_order(m, command, action)


def function(name: str) -> Place:
    """Before this function runs."""
    return lambda m, action: Breakpoint(name, action)


@dataclasses.dataclass(frozen=True)
class Death:
    """Where the kernel dies, doing what; where a dump is to come of it, and whose it is."""

    command: str
    place: Place
    dump: tuple[str, ...] = ()
    is_older: bool = False


PSERIES = ("pseries",)
RELEASE = f"echo 1 >{SYSFS}/release_mem"
REGISTER_AGAIN = f"echo 0 >{SYSFS}/registered; echo 1 >{SYSFS}/registered"
UNREGISTER_IT = f"echo 0 >{SYSFS}/registered"

#: RTAS takes a dump of whoever asks to be terminated; OPAL only if it is asked for one.
PRODUCTION = {
    "register, firmware does not know": Death(REGISTER_AGAIN, order(REGISTER)),
    "register, firmware knows": Death(REGISTER_AGAIN, function("fadump_crash_arm"), PSERIES),
    "unregister, firmware knows": Death(UNREGISTER_IT, order(UNREGISTER), PSERIES),
    "unregister, firmware has forgotten": Death(UNREGISTER_IT, function("fadump_crash_void")),
}

#: RTAS keeps a dump until it is told to forget it; OPAL until the next boot.
CAPTURE = {
    "release, firmware has the dump": Death(RELEASE, order(INVALIDATE), PSERIES, is_older=True),
    "release, the core is there": Death(RELEASE, function("fadump_capture_close")),
    "release, nothing is free": Death(RELEASE, function("fadump_pages_release")),
    "release, firmware knows": Death(RELEASE, function("fadump_crash_arm"), PSERIES),
}


def die(m: Machine, functions: Functions, death: Death) -> str:
    """Die there; the word that only the dead kernel's log has."""
    deaths = []

    def action(call: Call) -> None:
        if not deaths:
            deaths.append(call)
            call.die()
    word = token(m)
    m.qmp.command("set-action", panic="none")
    with Breakpoints(m, functions, [death.place(m, action)]):
        m.crash(f"echo 1 >/proc/sys/kernel/panic_on_oops; {death.command}")
    assert deaths, "the kernel did not get to that place"
    return word


def assert_log(m: Machine, word: str, cpus: int) -> None:
    """A dump, whoever wanted it: the dead kernel's log and a note for each CPU."""
    assert m.kind == "capture", "the dump is lost"
    assert len(headers(m).cpus) == cpus
    assert word in dmesg(m), "the dump's kernel log is not the dead kernel's"


def assert_production(m: Machine, memory: int) -> None:
    """As after any boot."""
    assert m.kind == "production", "there is a dump although nobody took one"
    assert_armed(m)
    assert meminfo(m, "MemTotal") == memory


@pytest.mark.parametrize("name", ["pseries", "powernv10"])
def test_crash_between(machine: MachineFactory, functions: Functions, name: str) -> None:
    """In production, armed or nearly so."""
    m = machine(machine=name, smp="2", append="fadump=on panic=1")
    m.boot()
    memory = meminfo(m, "MemTotal")
    for what, death in PRODUCTION.items():
        print(what)
        word = die(m, functions, death)
        if name in death.dump:
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
    """In the capture kernel, on the way back to production."""
    m = machine(machine=name, smp="2", append="fadump=on panic=1")
    m.boot()
    memory = meminfo(m, "MemTotal")
    boot_memory = regions(m).boot_memory
    for what, death in CAPTURE.items():
        print(what)
        word = token(m)
        m.crash()
        assert_log(m, word, cpus=2)
        second = die(m, functions, death)
        if name in death.dump:
            assert_log(m, word if death.is_older else second, cpus=2)
            release(m)
            rearm(m)
            m.reboot()
        assert_production(m, memory)
        assert regions(m).boot_memory == boot_memory
    cycle(m, cpus=2)
    fill_memory(m)
    assert_pattern(m)
