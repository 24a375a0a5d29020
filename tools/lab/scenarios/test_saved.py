# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that save a dump, so that an orderly reboot discards it, and programs that do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import MachineFactory
from fadumplab.build.kernel import Kernel
from fadumplab.machine.qemu import Machine
from steps import assert_armed, release, status

SAVES = {
    "cat": "cat /proc/vmcore >/dev/null",
    "cp": "cp /proc/vmcore /dev/null",
    "dd": "dd if=/proc/vmcore of=/dev/null bs=1M 2>&1",
    "level-1": "makedumpfile -l -d 1 /proc/vmcore /lab/dump",
    "level-17": "makedumpfile -l -d 17 /proc/vmcore /lab/dump",
    "level-23": "makedumpfile -l -d 23 /proc/vmcore /lab/dump",
    "level-31": "makedumpfile -l -d 31 /proc/vmcore /lab/dump",
    "read": "makedumpfile --non-mmap -l -d 31 /proc/vmcore /lab/dump",
    "pipe": "makedumpfile -F -l -d 31 /proc/vmcore | cat >/lab/dump",
    "split": "makedumpfile --split -l -d 31 /proc/vmcore /lab/dump /lab/dump.1",
    "thread": "labtool leave /proc/vmcore 0",
    "started by a reader": "labtool run /proc/vmcore makedumpfile -l -d 31 /proc/vmcore /lab/dump",
}

#: After each of these the dump is not saved; none changes the account of a later program.
SAVES_NOT = {
    "nothing": ":",
    "headers": "dd if=/proc/vmcore of=/dev/null bs=64k count=8 2>&1",
    "log": "makedumpfile --dump-dmesg -f /proc/vmcore /tmp/log",
    "first part": "dd if=/proc/vmcore of=/lab/part bs=1M count=100 2>&1",
    "all but the end": "dd if=/proc/vmcore of=/dev/null bs=1M count=1700 2>&1",
    "last part": "tail -c 104857600 /proc/vmcore >/dev/null",
    "all but the start": "dd if=/proc/vmcore of=/dev/null bs=1M skip=16 2>&1",
    "mapping of all": "labtool span /proc/vmcore",
    "full disk": "! makedumpfile -l -d 17 /proc/vmcore /mnt/dump && [ -s /mnt/dump ]",
    "full disk, copied": "! cp /proc/vmcore /mnt/dump",
    "killed": "makedumpfile -l -d 1 /proc/vmcore /lab/dump & "
              "until [ -s /lab/dump ]; do sleep 0.1; done; sleep 1; kill -9 $!; ! wait $!",
    "thread failed": "! labtool leave /proc/vmcore 1",
    "split failed": "dd if=/dev/zero of=/mnt/full bs=1M 2>/dev/null; "
                    "! makedumpfile --split -l -d 17 /proc/vmcore /lab/dump /mnt/dump",
    "started by a reader that does not look": "labtool run /proc/vmcore "
                                              "makedumpfile -l -d 17 /proc/vmcore /mnt/dump",
    "filter failed at the end": "! makedumpfile -F -l -d 31 /proc/vmcore >/dev/full",
    "still running": "labtool leave /proc/vmcore stay >/tmp/stays & "
                     "until grep -q 'has read' /tmp/stays; do sleep 0.5; done",
}


def assert_saved(m: Machine, what: str, saved: bool) -> None:
    """dump_status says whether the dump was saved."""
    assert status(m)["read"] == ("end" if saved else "no"), f"{what}: {status(m)}"


def capture_again(m: Machine) -> None:
    """Reboot: a new kernel has the same dump and no account of earlier programs."""
    m.reboot("echo b >/proc/sysrq-trigger")
    assert m.kind == "capture"
    assert_saved(m, "a new kernel", False)
    m.check("rm -f /lab/dump*")


OTHERS = [pytest.param(name, marks=pytest.mark.long)
          for name in ("capture-before", "4k-pages", "hole")]


@pytest.fixture(params=["first", *OTHERS])
def captured(request: pytest.FixtureRequest, machine: MachineFactory,
             kernel: Kernel) -> Iterator[Machine]:
    """A dump. With --long also one of a former capture kernel, with deferred memory; of a
    kernel with 4k pages; of RAM with a hole of terabytes."""
    options = {"4k-pages": lambda: {"image": kernel.sibling(pages="4k").build().image},
               "hole": lambda: {"module": "1G@4T"}}.get(request.param, dict)()
    m = machine(smp="2", append="fadump=on fadump_attempts=0", **options)
    m.boot()
    m.crash()
    if request.param == "capture-before":
        release(m)
        m.crash()
    assert m.kind == "capture"
    m.check("mkdir -p /mnt && mount -t tmpfs -o size=8M none /mnt")
    yield m


@pytest.mark.ours("an untouched kernel has no dump_status")
def test_saves(captured: Machine) -> None:
    """Programs that read the whole dump and end with success; a reboot then discards it."""
    m = captured
    for what, command in SAVES.items():
        m.check(command, timeout=300)
        assert_saved(m, what, True)
        if command != list(SAVES.values())[-1]:
            capture_again(m)
    m.reboot("reboot -f")
    assert m.kind == "production"
    assert "A program has saved the dump, it is discarded" in m.console_text(m.boots - 1)
    assert_armed(m)


@pytest.mark.ours("an untouched kernel has no dump_status")
def test_does_not_save(captured: Machine) -> None:
    """Programs that fail, are killed, still run, or read only a part."""
    m = captured
    for what, command in SAVES_NOT.items():
        m.check(f"rm -f /lab/dump* /mnt/dump*; {command}", timeout=300)
        assert_saved(m, what, False)
    m.reboot("reboot -f")
    assert m.kind == "capture", "an orderly reboot has ended a dump that was not saved"
