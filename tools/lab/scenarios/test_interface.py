# SPDX-License-Identifier: GPL-2.0-or-later
"""sysfs, value by value: the result of each write, and unchanged state after an error."""

from __future__ import annotations

from conftest import MachineFactory
from fadumplab.machine.qemu import Machine
from steps import SYSFS, assert_armed, read, token, try_write, value

INVALID, REFUSED, FULL = "Invalid argument", "Operation not permitted", "No space left on device"

MODES = {"enabled": "444", "registered": "644", "mem_reserved": "444", "hotplug_ready": "444",
         "bootargs_append": "644", "boot_mem_size": "444", "boot_mem_used": "444",
         "boot_mem_recommended": "444"}
#: Texts that kstrtoint reads as one and as zero.
ONE, ZERO = ("1", "0x1", "01", "+1"), ("0", "0x0")
JUNK = ("2", "-1", "", "on", "1 ", "1x", "0x", "4294967297")


def test_production(machine: MachineFactory) -> None:
    """Modes, links, and valid and invalid values of each file."""
    m = machine(smp="1")
    m.boot()
    assert_armed(m)
    for name, mode in MODES.items():
        assert m.check(f"stat -c %a {SYSFS}/{name}") == mode, name
    assert m.sh(f"test -e {SYSFS}/release_mem").rc, "release_mem without a dump"
    for name in ("enabled", "registered"):
        assert m.check(f"readlink /sys/kernel/fadump_{name}") == f"fadump/{name}"
        assert read(m, f"/sys/kernel/fadump_{name}") == "1"
    assert value(m, "hotplug_ready") == "1"
    assert int(value(m, "mem_reserved")) > 320 << 20
    check_registered(m)
    check_bootargs(m)


def check_registered(m: Machine) -> None:
    """registered takes an integer that is 0 or 1."""
    for state in ("0", "1"):
        assert try_write(m, "registered", state) == ""
        for junk in JUNK:
            assert try_write(m, "registered", junk) == INVALID, f"'{junk}' was taken"
            assert value(m, "registered") == state, f"'{junk}' changed something"
    for number in (*ZERO, *ONE, "1"):
        assert try_write(m, "registered", number) == "", number
        assert value(m, "registered") == str(int(number, 0)) if number != "01" else "1"
    assert try_write(m, "registered", "0") == try_write(m, "registered", "0") == ""
    assert try_write(m, "registered", "1") == ""


def check_bootargs(m: Machine) -> None:
    """bootargs_append takes text that fits behind the command line."""
    assert value(m, "bootargs_append") == ""
    assert try_write(m, "bootargs_append", "lab.a=1 lab.b=2") == ""
    assert value(m, "bootargs_append") == "lab.a=1 lab.b=2"
    assert try_write(m, "bootargs_append", "x" * 2048) == INVALID
    assert try_write(m, "bootargs_append", "x" * 2040) == FULL
    assert value(m, "bootargs_append") == "lab.a=1 lab.b=2"
    assert try_write(m, "bootargs_append", "lab.c=3") == ""
    assert value(m, "bootargs_append") == "lab.c=3"


def test_capture(machine: MachineFactory) -> None:
    """With a dump fadump cannot be armed; release_mem accepts 1, once."""
    m = machine(smp="1", mem="1G")
    m.boot()
    m.check(f"echo lab.c=3 >{SYSFS}/bootargs_append")
    token(m)
    m.crash()
    assert m.kind == "capture"
    assert m.check(f"stat -c %a {SYSFS}/release_mem") == "200"
    assert m.check("readlink /sys/kernel/fadump_release_mem") == "fadump/release_mem"
    assert read(m, "/proc/cmdline").split().count("lab.c=3") == 1
    assert value(m, "enabled") == "1" and value(m, "registered") == "0"
    for text in ("0", "1", "junk"):
        assert try_write(m, "registered", text) == REFUSED, text
    for junk in ("0", *JUNK):
        assert try_write(m, "release_mem", junk) == INVALID, f"'{junk}' was taken"
    m.check("test -s /proc/vmcore")
    m.check("echo 0x1 >/sys/kernel/fadump_release_mem")
    assert m.sh("test -e /proc/vmcore").rc, "/proc/vmcore is there after release_mem"
    assert try_write(m, "release_mem", "1") == REFUSED
    assert try_write(m, "release_mem", "junk") == REFUSED
    assert try_write(m, "registered", "1") == ""
    assert_armed(m)
