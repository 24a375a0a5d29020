# SPDX-License-Identifier: GPL-2.0-or-later
"""The catalogue of faults (tests/faults.c), applied to the memory of crashed machines.

The machine stops between firmware's save and the reboot. Bytes of firmware or of the
crashed kernel are damaged there. The capture kernel must still have a dump, and name
exactly what is missing.

RTAS keeps a dump over resets, so one crash is enough for many faults: reset, repair,
damage, boot. OPAL discards it, so that each fault needs a crash.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import mmap
import os
import re
import struct
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import TRIES, MachineFactory
from fadumplab import BUILD, REPO, LabError
from fadumplab.build.kernel import Kernel
from fadumplab.dump.compare import Slots, compare, note_slots
from fadumplab.dump.core import NOTE_SLOT, Vmcore
from fadumplab.machine import flattree
from fadumplab.machine.breakpoints import Breakpoint, Breakpoints, Call, change_tree, functions_of
from fadumplab.machine.gdbstub import GdbStub
from fadumplab.machine.qemu import FirmwareError, Machine
from steps import CRASH, LAYOUT, SYSFS, assert_armed, cycle, read, rearm, regions, release, token

pytestmark = pytest.mark.ours("these bytes stand where our layout puts them")

PIECE = 4096
TAG_CPU = 0
PROPERTY, CPU_TAG = "ibm,kernel-dump", "opal-cpu-tag"

#: Blobs in memory: the line of fadump_layout with their address, and the offset from there.
PLACES = {"register-save-area": ("CPU", 0), "crash-info-slot": ("crash info", 0),
          "crash-info": ("crash info", 4096), "opal-metadata": ("metadata", 0)}

#: The fuzzers with such a blob as a seed: blobs of real machines are kept for them.
FUZZERS = {PROPERTY: "dump", "register-save-area": "regsave", "crash-info": "crash-info",
           "opal-metadata": "opal-meta", "opal-threads": "opal-regs", CPU_TAG: "opal-meta"}
HARVEST = BUILD / "harvest"

Fault = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Catalogue:
    """All faults, and the machine of the catalogue."""

    cpus: int
    crash_cpu: int
    machines: Mapping[str, Any]
    faults: Sequence[Fault]

    def live(self, machine: str, blob: str) -> list[Fault]:
        """The faults that can be applied there; FAULTS="I4b C5" selects some of them."""
        only = os.environ.get("FAULTS", "").split()
        return [fault for fault in self.faults if fault["blob"] == blob
                and machine in fault["machines"] and "live" in fault["where"]
                and (not only or fault["id"] in only)]

    def size(self, machine: str, blob: str) -> int:
        """The bytes of a blob."""
        return int(self.machines[machine]["blobs"][blob]["size"])

    def boot_memory(self, machine: str, fault: Fault) -> int:
        """The bytes of boot memory in the core."""
        total = int(self.machines[machine]["boot_memory"])
        return {"all": total, "none": 0}.get(fault["boot_memory"], fault["boot_memory"])


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue, as the host's test program prints it."""
    done = subprocess.run(["make", "-s", "-C", "tools/host", "faults.json"], cwd=REPO, text=True,
                          stdout=subprocess.PIPE, check=True)
    found = json.loads(Path(done.stdout.split()[-1]).read_text())
    return Catalogue(found["cpus"], found["crash_cpu"], found["machines"], found["faults"])


def damaged(blob: bytes, fault: Fault) -> bytes:
    """The blob with the fault, shortened if the fault cuts it off."""
    new = bytearray(blob)
    for change in fault["changes"]:
        at, width, value = change["at"], change["width"], int(change["value"], 16)
        old = int.from_bytes(new[at:at + width], "big")
        value = {"set": value, "add": old + value, "xor": old ^ value}[change["op"]]
        new[at:at + width] = (value % (1 << 8 * width)).to_bytes(width, "big")
    return bytes(new[:fault.get("cut", len(new))])


def harvest(machine: str, name: str, blob: bytes) -> None:
    """Save a real machine's blob for tests/corpus."""
    if name in FUZZERS:
        path = HARVEST / FUZZERS[name] / f"{machine}-{name.removeprefix('ibm,')}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blob)


def damage_property(fault: Fault) -> Breakpoint:
    """A breakpoint that damages the description of the dump in the device tree."""
    def change(tree: bytes) -> dict[int, bytes]:
        prop = flattree.find(tree, "/rtas", PROPERTY)
        harvest("pseries", PROPERTY, prop.value)
        new = damaged(prop.value, fault)
        return {prop.at: new, **flattree.shorten(prop, len(new))}
    return change_tree(change)


def damage_tag(fault: Fault, size: int) -> Breakpoint:
    """A breakpoint that damages the metadata of OPAL's tag, which OPAL makes while it boots."""
    asked: list[int] = []

    def returned(call: Call) -> None:
        at, = struct.unpack(">Q", call.read(asked[0], 8))
        tag = call.read(at, size)
        harvest("powernv10", CPU_TAG, tag)
        call.write(at, damaged(tag, fault).ljust(size, b"\0"))

    def query(call: Call) -> None:
        if call.argument(0) == TAG_CPU and not asked:
            asked.append(call.argument(1))
            call.after = returned
    return Breakpoint("opal_mpipl_query_tag", query)


@dataclasses.dataclass
class Crashed:
    """A stopped machine after a crash; the data of firmware and of the crashed kernel."""

    m: Machine
    word: str
    places: Mapping[str, int]
    blobs: Mapping[str, bytes]
    image: Path
    #: The sources and destinations of the boot memory's copies.
    moved: int
    #: The crashed kernel's note slots; and their places now with their content at the crash.
    slots: Sequence[int]
    notes: Mapping[int, bytes]
    #: The fault that is in memory.
    struck: str = ""

    def strike(self, fault: Fault) -> None:
        """Restore the memory of the crash, and apply the fault if it is one of memory.

        RTAS has saved everything at the crash, and another fault may have been applied since.
        OPAL's machine saves registers during the first reset.
        """
        with self.m.stub() as stub:
            if self.m.machine == "pseries":
                for name, blob in self.blobs.items():
                    self._put(stub, self.places[name], blob)
                for place, note in self.notes.items():
                    stub.write(place, note)
            if fault["blob"] not in (PROPERTY, CPU_TAG):
                place = self.places[fault["blob"]]
                blob = stub.read(place, len(self.blobs[fault["blob"]]))
                harvest(self.m.machine, fault["blob"], blob)
                self._put(stub, place, damaged(blob, fault).ljust(len(blob), b"\0"))
                self.struck = fault["id"]

    def _put(self, stub: GdbStub, place: int, blob: bytes) -> None:
        """Write memory and its image: the changed bytes may be in the core."""
        stub.write(place, blob)
        with self.image.open("r+b") as image:
            image.seek(place)
            image.write(blob)


def find_places(m: Machine) -> dict[str, int]:
    """The places of the next crash's blobs."""
    layout = dict(re.findall(r"^([\w ]+): (0x[0-9a-f]+)-", read(m, LAYOUT), re.MULTILINE))
    places = {name: int(layout[label], 16) + offset
              for name, (label, offset) in PLACES.items() if label in layout}
    if m.machine != "pseries":
        names = m.check("ls /proc/device-tree/reserved-memory")
        places["opal-threads"] = int(re.search(r"arch-registers@(\w+)", names)[1], 16)
    return places


def crash(m: Machine, catalogue: Catalogue) -> Crashed:
    """Crash; stop before the reset."""
    places, word = find_places(m), token(m)
    copy, = regions(m).of("DUMP")
    moved = copy.span.start
    m.crash_paused(f"taskset {1 << catalogue.crash_cpu:x} sh -c '{CRASH}'")
    with m.stub() as stub:
        blobs = {name: stub.read(at, catalogue.size(m.machine, name))
                 for name, at in places.items()}
        slots = note_slots(blobs["crash-info"])
        notes = {at: stub.read(at, NOTE_SLOT)
                 for at in (slot + moved * (slot < copy.span.size) for slot in slots)}
    return Crashed(m, word, places, blobs, m.save_memory(), moved, slots, notes)


@contextlib.contextmanager
def staged(crashed: Crashed, fault: Fault, kernel: Kernel, catalogue: Catalogue) -> Iterator[None]:
    """A context in which the next boot finds the fault."""
    m = crashed.m
    if fault["blob"] not in (PROPERTY, CPU_TAG):
        m.after_reset = lambda: crashed.strike(fault)
        yield
        m.after_reset = None
        assert crashed.struck == fault["id"], "nothing was damaged"
        return
    crashed.strike(fault)
    wanted = (damage_property(fault) if fault["blob"] == PROPERTY else
              damage_tag(fault, catalogue.size(m.machine, CPU_TAG)))
    with Breakpoints(m, functions_of(kernel.vmlinux), [wanted]):
        yield
    assert wanted.hits, f"the kernel did not call {wanted.function}"


# -- checks -------------------------------------------------------------------


LOOK = (f"cat {SYSFS}/dump_status && dd if=/proc/vmcore of=/lab/headers bs=64k count=8 2>&1 &&"
        "labtool sample /proc/vmcore /lab/sample && rm -f /lab/dmesg && "
        "makedumpfile --dump-dmesg -f /proc/vmcore /lab/dmesg")


def missing(status: str) -> list[str]:
    """The codes of everything that dump_status calls missing."""
    codes = re.findall(r"^missing: ([\w-]+)", status, re.MULTILINE)
    return [] if codes == ["none"] else codes


def wrong_pieces(crashed: Crashed, core: Vmcore) -> list[int]:
    """Pieces of the core that differ from the hypervisor's memory and from firmware's copy."""
    ram, slots = crashed.m.ram_bytes, Slots(core, crashed.slots)
    wrong = []
    with crashed.image.open("rb") as file, \
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        sample = (crashed.m.share / "sample").read_bytes()
        assert sample, "nothing could be read"
        for at in range(0, len(sample), 8 + PIECE):
            # The guest's byte order is the host's.
            paddr, = struct.unpack_from("<Q", sample, at)
            # Firmware of bare metal writes the last doubleword of RAM at each boot.
            size = PIECE - 8 * (paddr + PIECE == ram)
            piece = sample[at + 8:at + 8 + size]
            if not any(slots.explain(paddr, memory[place:place + size], piece)
                       for place in (paddr, paddr + crashed.moved)):
                wrong.append(paddr)
    return wrong


def judge(crashed: Crashed, fault: Fault, catalogue: Catalogue) -> None:
    """There is a dump, and exactly what the fault destroys is missing and named."""
    m = crashed.m
    assert m.kind == "capture", "there is no dump"
    status = m.check(LOOK, timeout=90)
    want = fault["missing"]
    assert missing(status) == want, f"missing is {missing(status)}, not {want}"
    core = Vmcore(m.share / "headers")
    cpus = catalogue.cpus if fault["cpus"] < 0 else fault["cpus"]
    assert len(core.cpus) == cpus, f"registers of {len(core.cpus)} CPUs, not of {cpus}"
    top = int(catalogue.machines[m.machine]["boot_memory"])
    boot = sum(load.memsz for load in core.loads if load.paddr < top)
    wanted = catalogue.boot_memory(m.machine, fault)
    assert boot == wanted, f"{boot} bytes of boot memory, not {wanted}"
    assert f"\nboot_memory: {wanted}\n" in status, "dump_status has another idea of boot memory"
    left = fault["empty_notes"]
    assert f"\ncrash_notes: {cpus - left} slots filled, {left} left\n" in status, status
    wrong = wrong_pieces(crashed, core)
    assert not wrong, f"{len(wrong)} pieces differ, the first at {wrong[0]:#x}"
    log = (m.share / "dmesg").read_text(errors="replace")
    assert crashed.word in log, "the log is not the crashed kernel's"


def judge_all_memory(crashed: Crashed) -> None:
    """Compare every page of the dump."""
    m = crashed.m
    m.check("labtool copy /proc/vmcore /lab/vmcore", timeout=180)
    result = compare(Vmcore(m.share / "vmcore"), crashed.image, slots=crashed.slots)
    (m.share / "vmcore").unlink()
    assert set(result.different) <= {m.ram_bytes - 65536}, str(result)


# -- running -------------------------------------------------------------------


class Tally:
    """The failures, fault by fault."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    @contextlib.contextmanager
    def of(self, fault: Fault) -> Iterator[None]:
        """A context for one fault: its failure is recorded, and the next fault can follow."""
        started = time.monotonic()
        try:
            yield
            print(f"{fault['id']}: {time.monotonic() - started:.1f} s")
        except (LabError, AssertionError) as why:
            first = str(why).splitlines()[0] if str(why) else repr(why)
            self.complaints.append(f"{fault['id']} ({fault['text']}): {first}")
            print(self.complaints[-1])

    def close(self) -> None:
        """Raise an error with all failures."""
        assert not self.complaints, "\n".join(self.complaints)


def stage_on_pseries(machine: MachineFactory, kernel: Kernel, catalogue: Catalogue,
                     faults: Sequence[Fault]) -> None:
    """Apply all faults to one crash, then return the machine to production."""
    tally, crashed = Tally(), None
    assert faults, "no such fault in the catalogue"
    for fault in faults:
        fresh = crashed is None
        if fresh:
            m = machine(smp=str(catalogue.cpus))
            m.boot()
            crashed = crash(m, catalogue)
        before = len(tally.complaints)
        with tally.of(fault):
            if not fresh:
                m.qmp.command("stop")
            with staged(crashed, fault, kernel, catalogue):
                if fresh:
                    m.resume_reset()
                else:
                    m.system_reset()
            judge(crashed, fault, catalogue)
            if fresh:
                judge_all_memory(crashed)
        # After a failure the state of the machine is unknown: start another.
        if len(tally.complaints) > before:
            m.stop()
            crashed = None
    if crashed:
        with tally.of(fault):
            release(m)
            rearm(m)
            assert_armed(m)
            cycle(m, catalogue.cpus)
    tally.close()


def stage_one_on_powernv(m: Machine, kernel: Kernel, catalogue: Catalogue, fault: Fault) -> None:
    """One crash with one fault, from production to production."""
    assert_armed(m)
    crashed = crash(m, catalogue)
    with staged(crashed, fault, kernel, catalogue):
        m.resume_reset()
    judge(crashed, fault, catalogue)
    release(m)
    rearm(m)


def stage_on_powernv(machine: MachineFactory, kernel: Kernel, catalogue: Catalogue,
                     faults: Sequence[Fault]) -> None:
    """Apply each fault to a crash of its own.

    After an error of the emulated firmware, the same fault is tried again.
    """
    tally, m = Tally(), None
    assert faults, "no such fault in the catalogue"
    for fault in faults:
        before = len(tally.complaints)
        with tally.of(fault):
            for left in reversed(range(TRIES)):
                m = m or machine(machine="powernv10", smp=str(catalogue.cpus))
                try:
                    if not m.boots:
                        m.boot()
                    stage_one_on_powernv(m, kernel, catalogue, fault)
                    break
                except FirmwareError:
                    m.stop()
                    m = None
                    if not left:
                        raise
        if m and len(tally.complaints) > before:
            m.stop()
            m = None
    tally.close()


#: One of each kind: description, registers, record.
SOME = {
    "pseries": ("B1a", "B3a", "C5", "C8a", "C12a", "C15a", "C18d", "C20b", "D3d", "D5c", "D9a",
                "D15a", "I5a", "I5e", "I7a", "I10a", "I12c", "I12g"),
    "powernv10": ("G4a", "G6b", "H2c", "I1k", "I3b", "I5e"),
}
STAGES = {"pseries": stage_on_pseries, "powernv10": stage_on_powernv}
BLOBS = {"pseries": (PROPERTY, "register-save-area", "crash-info", "crash-info-slot"),
         "powernv10": ("opal-metadata", CPU_TAG, "opal-threads", "crash-info", "crash-info-slot")}


@pytest.mark.parametrize("name", ["pseries", "powernv10"])
def test_some_faults(machine: MachineFactory, kernel: Kernel, catalogue: Catalogue,
                     name: str) -> None:
    """A few faults, in every check."""
    faults = [fault for blob in BLOBS[name] for fault in catalogue.live(name, blob)
              if fault["id"] in SOME[name]]
    assert len(faults) == len(SOME[name]), "some of them are not in the catalogue"
    STAGES[name](machine, kernel, catalogue, faults)


@pytest.mark.long
@pytest.mark.parametrize("name, blob", [(name, blob) for name in BLOBS for blob in BLOBS[name]])
def test_all_faults(machine: MachineFactory, kernel: Kernel, catalogue: Catalogue, name: str,
                    blob: str) -> None:
    """All faults that can be applied."""
    STAGES[name](machine, kernel, catalogue, catalogue.live(name, blob))
