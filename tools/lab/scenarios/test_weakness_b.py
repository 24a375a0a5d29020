# SPDX-License-Identifier: GPL-2.0-or-later
"""Weaknesses of an untouched kernel after a fault.

Each scenario marked weakness(...) fails there. The faults are in data that both kernels
use: firmware's description, its register save area, its return values.
"""

from __future__ import annotations

import dataclasses
import re
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Optional

import pytest
from conftest import Functions, MachineFactory
from deferred import index_of, remove_block
from fadumplab.dump.core import Vmcore
from fadumplab.machine import flattree
from fadumplab.machine.breakpoints import Answers, Breakpoint, Breakpoints, Call, change_tree
from fadumplab.machine.qemu import Machine
from firmware import OPAL_HARDWARE, OPAL_UNSUPPORTED, refuse_trigger
from steps import (CRASH, MIB, SYSFS, assert_armed, assert_dump, cycle, dmesg, fadump_log,
                   fill_memory, headers, meminfo, read, rearm, regions, release, token, value)


PAGE = 65536
ENOMEM = -12


# -- B1: one damaged item -------------------------------------------------------

SECTION_CPU, SECTION_HPTE, SECTION_BOOT_MEM = 1, 2, 0x11


def section(tree: bytes, wanted: int) -> tuple[int, bytes]:
    """The address in the tree and the bytes of a section of the dump's description."""
    prop = flattree.find(tree, "/rtas", "ibm,kernel-dump")
    count, = struct.unpack_from(">H", prop.value, 4)
    first, = struct.unpack_from(">I", prop.value, 8)
    for at in range(first, first + 40 * count, 40):
        if struct.unpack_from(">H", prop.value, at + 4) == (wanted,):
            return prop.at + at, prop.value[at:at + 40]
    raise AssertionError(f"firmware's description has no section of type {wanted:#x}")


def with_error(kind: int) -> Breakpoint:
    """A breakpoint: firmware's description has an error in this section."""
    def change(tree: bytes) -> dict[int, bytes]:
        at, _ = section(tree, kind)
        return {at + 6: struct.pack(">H", 1)}
    return change_tree(change)


def too_short(kind: int, missing: int) -> Breakpoint:
    """A breakpoint: firmware has written less of this section."""
    def change(tree: bytes) -> dict[int, bytes]:
        at, old = section(tree, kind)
        dumped, = struct.unpack_from(">Q", old, 24)
        assert dumped > missing
        return {at + 24: struct.pack(">Q", dumped - missing)}
    return change_tree(change)


@dataclasses.dataclass(frozen=True)
class Damage:
    """One damaged item, and the number of CPUs that still have registers."""

    cpus: int
    tree: Sequence[Breakpoint] = ()
    #: Or bytes of the register save area: the old bytes, the number of their place, the new bytes.
    saved: tuple[bytes, int, bytes] = (b"", 0, b"")


DAMAGES: Mapping[str, Callable[[], Damage]] = {
    "register-record": lambda: Damage(1, saved=(b"CPUSTRT\0", 1, b"CPUS????")),
    "register-area": lambda: Damage(1, saved=(b"REGSAVE\0", 0, b"????????")),
    "cpu-section": lambda: Damage(2, [with_error(SECTION_CPU)]),
    "hpte-section": lambda: Damage(2, [with_error(SECTION_HPTE)]),
    "boot-memory-section": lambda: Damage(2, [too_short(SECTION_BOOT_MEM, PAGE)]),
}


def strike(m: Machine, at: int, damage: Damage) -> None:
    """Change the register save area of the stopped machine."""
    old, number, new = damage.saved
    with m.stub() as stub:
        area = stub.read(at, 16384)
        places = [found.start() for found in re.finditer(re.escape(old), area)]
        assert len(places) > number, f"firmware has saved {len(places)} of {old!r}"
        stub.write(at + places[number], new)


@pytest.mark.weakness("B1")
@pytest.mark.parametrize("what", DAMAGES)
def test_damage_of_one_thing(machine: MachineFactory, functions: Functions, what: str) -> None:
    """The damaged item is missing, and everything else is in the dump."""
    m, damage = machine(smp="2"), DAMAGES[what]()
    m.boot()
    assert_armed(m)
    word, (area,) = token(m), regions(m).of("CPU")
    m.crash_paused(f"taskset 1 sh -c '{CRASH}'")
    if damage.saved[0]:
        strike(m, area.span.start, damage)
    with Breakpoints(m, functions, damage.tree):
        m.resume_reset()
    assert m.kind == "capture", f"no dump at all, because of one thing:\n{fadump_log(m)}"
    assert len(headers(m).cpus) == damage.cpus
    assert word in dmesg(m)
    release(m)
    rearm(m)
    assert_armed(m)


# -- B7: no files -----------------------------------------------------------------


def no_files_for(name: str) -> Iterator[Breakpoint]:
    """Breakpoints: the kernel cannot make files in its sysfs directory of this name."""
    made: list[bool] = []

    def directory(call: Call) -> None:
        if call.read(call.argument(0), len(name) + 1) == name.encode() + b"\0":
            made.append(True)

    def files(call: Call) -> None:
        if made:
            made.clear()
            call.answer(ENOMEM)
    yield Breakpoint("kobject_create_and_add", directory)
    yield Breakpoint("sysfs_create_group", files)
    yield Breakpoint("sysfs_create_groups", files)


@pytest.mark.weakness("B7")
def test_dump_without_files(machine: MachineFactory, functions: Functions) -> None:
    """A capture kernel without memory for its sysfs files still has the dump."""
    m = machine(smp="2")
    m.boot()
    assert_armed(m)
    word = token(m)
    m.crash_paused()
    with Breakpoints(m, functions, list(no_files_for("fadump"))):
        m.resume_reset()
    assert m.sh(f"test -e {SYSFS}/enabled").rc, "the files are there"
    assert_dump(m, word, cpus=2)
    m.reboot("reboot -f")
    assert_dump(m, word, cpus=2)
    release(m)
    rearm(m)


# -- B8: tags after a failed reservation ----------------------------------------


TAG_OPAL, TAG_KERNEL, TAG_BOOT_MEM = 1, 2, 3


def record_tags(tags: dict[int, int], refuse: int, answers: Answers) -> Breakpoint:
    """Record the tags that firmware gets; firmware refuses one of them."""
    def action(call: Call) -> None:
        tag = call.argument(0)
        answer = answers.next() if tag == refuse else None
        if answer is None:
            tags[tag] = call.argument(1)
        else:
            call.answer(answer)
    return Breakpoint("opal_mpipl_register_tag", action)


@pytest.mark.weakness("B8")
def test_no_tag_of_a_failed_reservation(machine: MachineFactory, functions: Functions) -> None:
    """OPAL refuses the second tag: the first, which has an address, must be removed."""
    m, answers = machine(machine="powernv10", smp="1"), Answers([OPAL_HARDWARE])
    tags: dict[int, int] = {}
    with Breakpoints(m, functions, [record_tags(tags, TAG_BOOT_MEM, answers)]):
        m.boot()
    assert answers.given == [OPAL_HARDWARE]
    assert value(m, "registered") == "0"
    before = meminfo(m, "MemTotal")
    assert not tags.get(TAG_KERNEL), f"OPAL was left with a tag for {tags[TAG_KERNEL]:#x}"
    fill_memory(m)
    m.expect_crash()
    m.reboot("labtool restart mpipl")
    assert m.check("ls /proc/device-tree/ibm,opal/dump/mpipl-boot"), "it was no MPIPL"
    assert m.kind == "production", "there is a dump although nothing was registered"
    assert_armed(m)
    assert abs(meminfo(m, "MemTotal") - before) < 64 * MIB
    cycle(m, cpus=1)


# -- B9: OPAL's own core -----------------------------------------------------------


def no_regions_of_opals() -> Breakpoint:
    """A breakpoint: OPAL's metadata for its own core has no regions."""
    asked: list[int] = []

    def returned(call: Call) -> None:
        at, = struct.unpack(">Q", call.read(asked[-1], 8))
        call.write(at + 20, bytes(4))

    def query(call: Call) -> None:
        if call.argument(0) == TAG_OPAL:
            asked.append(call.argument(1))
            call.after = returned
    return Breakpoint("opal_mpipl_query_tag", query)


@pytest.mark.weakness("B9")
def test_opals_core_with_bad_metadata(machine: MachineFactory, functions: Functions) -> None:
    """Without OPAL's core the kernel boots, and its own dump is complete."""
    m = machine(machine="powernv10", smp="2")
    m.boot()
    m.crash()
    assert m.check("ls /sys/firmware/opal/mpipl/core"), "no core where all is well"
    release(m)
    rearm(m)
    word, damage = token(m), no_regions_of_opals()
    m.crash_paused()
    with Breakpoints(m, functions, [damage]):
        m.resume_reset()
    assert damage.hits, "the kernel did not read OPAL's metadata"
    assert_dump(m, word, cpus=2)
    assert m.sh("ls /sys/firmware/opal/mpipl/core /sys/firmware/opal/core").rc
    assert "Could not export /sys/firmware/opal/core" in m.console_text(m.boots)
    release(m)
    cycle(m, cpus=2)


# -- B11: removed memory ----------------------------------------------------------


@pytest.mark.weakness("B11")
def test_boot_memory_is_not_removed(machine: MachineFactory) -> None:
    """Boot memory cannot be removed, registered or not, because firmware copies it.

    Memory is 512 MiB and a module from 1 GiB on; boot memory ends in the module.
    """
    m = machine(mem="512M", module="5G", smp="2", append="fadump=on crashkernel=1280M")
    m.boot()
    assert_armed(m)
    assert len(regions(m).of("DUMP")) == 2
    inside, behind = index_of(m, 1024 * MIB), index_of(m, 4608 * MIB)
    assert remove_block(m, behind), "memory cannot be removed here at all"
    assert not remove_block(m, inside), "boot memory was removed while registered"
    m.check(f"echo 0 >{SYSFS}/registered")
    assert not remove_block(m, inside), "boot memory was removed while nothing was registered"
    rearm(m)
    core = cycle(m, cpus=2)
    assert 1024 * MIB in {load.paddr for load in core.loads}


# -- B12: the other CPUs ----------------------------------------------------------


COUNTS = 0x6c61622d636f756e


def counter(m: Machine, cpu: int, pages: int) -> list[int]:
    """Start a counter on a CPU; the addresses that it writes."""
    out = f"/tmp/counter{cpu}"
    m.check(f"taskset {1 << cpu:x} labtool count {pages} >{out} 2>&1 & "
            f"until grep -q counting {out}; do sleep 0.1; done")
    places = [int(word, 16) for word in read(m, out).split()[:-1]]
    assert len(places) == pages and all(places), f"{out}: {places}"
    return places


def number_at(m: Machine, place: int) -> int:
    """A number in memory of the running machine."""
    data = m.pmemsave(m.workspace / "number", place, 8).read_bytes()
    return int.from_bytes(data, "little")


@pytest.mark.weakness("B12")
@pytest.mark.parametrize("name, status", [("pseries", -1), ("powernv10", OPAL_UNSUPPORTED)])
def test_others_stop_where_firmware_does_not_stop_them(
        machine: MachineFactory, functions: Functions, name: str, status: int) -> None:
    """Firmware takes no dump: after that only the crashing CPU may change memory."""
    m = machine(machine=name, smp="2", append="fadump=on panic=8")
    m.boot()
    assert_armed(m)
    place, = counter(m, 1, 1)
    answers = Answers([status], repeat=True)
    with Breakpoints(m, functions, [refuse_trigger(m, answers)]):
        m.expect_crash()
        m.expected_boots += 1
        m.send(f"taskset 1 sh -c '{CRASH}'")
        m.wait(lambda: bool(answers.given), 30, "call of firmware")
        time.sleep(3)
        first = number_at(m, place)
        time.sleep(1)
        assert m.boots == 1, "the machine restarted too early"
        assert number_at(m, place) == first > 0, "another CPU goes on and changes memory"
        m.wait(lambda: m.boots == 2, 60, "restart after the panic")
    assert m.kind == "production"
    assert_armed(m)


def in_dump(core: Vmcore, place: int) -> Optional[int]:
    """The file offset of a physical address; None if the dump does not have it."""
    for load in core.loads:
        if load.paddr <= place < load.paddr + load.filesz:
            return load.offset + place - load.paddr
    return None


def numbers(core: Vmcore, places: Sequence[int]) -> dict[int, int]:
    """The counter's numbers in the dump, by the number of their page."""
    found = {}
    with core.path.open("rb") as file:
        for turn, place in enumerate(places, 1):
            at = in_dump(core, place)
            if at is not None:
                file.seek(at)
                found[turn] = int.from_bytes(file.read(8), "little")
    return found


def of_another_moment(found: Mapping[int, int], pages: int, now: int) -> dict[int, int]:
    """Numbers that the counter had not written, or had overwritten, when it was at now."""
    wrong = {}
    for turn, number in found.items():
        # The newest number for this page; for now's page the store may not be done yet.
        newest = now - (now - turn) % pages
        if number != newest and (newest, number) != (now, now - pages):
            wrong[turn] = number
    return wrong


@pytest.mark.parametrize("name", ["pseries", "powernv10"])
def test_others_are_stopped_at_once(machine: MachineFactory, name: str) -> None:
    """CPUs that write all the time: registers and memory in the dump are of one moment.

    The moment is firmware's save, not the panic. No later write is in the dump.
    """
    pages = 1500
    m = machine(machine=name, smp="4", append="fadump=nocma")
    m.boot()
    assert_armed(m)
    top = regions(m).boot_memory
    counters = [counter(m, cpu, pages) for cpu in (1, 2, 3)]
    word = token(m)
    m.crash(f"taskset 1 sh -c '{CRASH}'")
    notes = assert_dump(m, word, cpus=4).cpus
    m.check("labtool copy /proc/vmcore /lab/vmcore", timeout=180)
    core = Vmcore(m.share / "vmcore")
    here = [regs.gpr[14] for regs in notes if regs.gpr[15] == COUNTS]
    assert len(here) >= 2, "the others were not counting"
    seen = [numbers(core, places) for places in counters]
    low = sum(place < top for places in counters for place in places)
    print(f"{sum(map(len, seen))} of {3 * pages} pages in the dump, {low} in boot memory")
    for now in here:
        best = min((of_another_moment(found, pages, now) for found in seen), key=len)
        assert not best, f"register {now}; {len(best)} pages of another moment: {best}"
    release(m)
    rearm(m)
