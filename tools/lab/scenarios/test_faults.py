# SPDX-License-Identifier: GPL-2.0-or-later
"""The catalogue of faults (tests/faults.c), staged in machines that have crashed.

The machine stops between firmware's save and the reboot. Bytes that firmware or the
dead kernel left are damaged, and the kernel that boots then has to make the most of
it: no fault may lose the dump, and what is missing is named, no more and no less.

RTAS keeps a dump over resets, so one crash serves many faults: reset, repair,
damage, boot. OPAL forgets it, so that there each fault takes a crash.
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
from fadumplab.machine.qemu import FirmwareIll, Machine
from steps import CRASH, LAYOUT, SYSFS, assert_armed, cycle, read, rearm, regions, release, token

pytestmark = pytest.mark.ours("these bytes stand where our layout puts them")

PIECE = 4096
TAG_CPU = 0
PROPERTY, CPU_TAG = "ibm,kernel-dump", "opal-cpu-tag"

#: Blobs in memory: where fadump_layout says where they are, and how far behind that.
PLACES = {"register-save-area": ("CPU", 0), "crash-info-slot": ("crash info", 0),
          "crash-info": ("crash info", 4096), "opal-metadata": ("metadata", 0)}

#: Which fuzzer has such a blob for a seed: those of real machines are kept for it.
FUZZERS = {PROPERTY: "dump", "register-save-area": "regsave", "crash-info": "crash-info",
           "opal-metadata": "opal-meta", "opal-threads": "opal-regs", CPU_TAG: "opal-meta"}
HARVEST = BUILD / "harvest"

Fault = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Catalogue:
    """All faults, and the machine that they are about."""

    cpus: int
    crash_cpu: int
    machines: Mapping[str, Any]
    faults: Sequence[Fault]

    def live(self, machine: str, blob: str) -> list[Fault]:
        """Those that can be staged there; FAULTS="I4b C5" has only some of them staged."""
        only = os.environ.get("FAULTS", "").split()
        return [fault for fault in self.faults if fault["blob"] == blob
                and machine in fault["machines"] and "live" in fault["where"]
                and (not only or fault["id"] in only)]

    def size(self, machine: str, blob: str) -> int:
        """How many bytes a blob has."""
        return int(self.machines[machine]["blobs"][blob]["size"])

    def boot_memory(self, machine: str, fault: Fault) -> int:
        """How much of the boot memory the core has."""
        total = int(self.machines[machine]["boot_memory"])
        return {"all": total, "none": 0}.get(fault["boot_memory"], fault["boot_memory"])


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The catalogue, as the tests' own program prints it."""
    done = subprocess.run(["make", "-s", "-C", "tools/host", "faults.json"], cwd=REPO, text=True,
                          stdout=subprocess.PIPE, check=True)
    found = json.loads(Path(done.stdout.split()[-1]).read_text())
    return Catalogue(found["cpus"], found["crash_cpu"], found["machines"], found["faults"])


def damaged(blob: bytes, fault: Fault) -> bytes:
    """The blob with the fault in it; what is cut off is not there."""
    new = bytearray(blob)
    for change in fault["changes"]:
        at, width, value = change["at"], change["width"], int(change["value"], 16)
        old = int.from_bytes(new[at:at + width], "big")
        value = {"set": value, "add": old + value, "xor": old ^ value}[change["op"]]
        new[at:at + width] = (value % (1 << 8 * width)).to_bytes(width, "big")
    return bytes(new[:fault.get("cut", len(new))])


def harvest(machine: str, name: str, blob: bytes) -> None:
    """A real machine's, for tests/corpus."""
    if name in FUZZERS:
        path = HARVEST / FUZZERS[name] / f"{machine}-{name.removeprefix('ibm,')}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blob)


def damage_property(fault: Fault) -> Breakpoint:
    """The description of the dump in the device tree."""
    def change(tree: bytes) -> dict[int, bytes]:
        prop = flattree.find(tree, "/rtas", PROPERTY)
        harvest("pseries", PROPERTY, prop.value)
        new = damaged(prop.value, fault)
        return {prop.at: new, **flattree.shorten(prop, len(new))}
    return change_tree(change)


def damage_tag(fault: Fault, size: int) -> Breakpoint:
    """What OPAL's tag points to: OPAL makes it while it boots, and tells the kernel."""
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
    """A machine that has crashed, stopped; what firmware and the dead kernel left."""

    m: Machine
    word: str
    places: Mapping[str, int]
    blobs: Mapping[str, bytes]
    image: Path
    #: From where the boot memory was copied to where.
    moved: int
    #: Where the dead kernel had slots for notes; and where they are today, as it left them.
    slots: Sequence[int]
    notes: Mapping[int, bytes]
    #: The fault that is in memory now.
    struck: str = ""

    def strike(self, fault: Fault) -> None:
        """Everything as the crash left it, but for the fault if that is in memory.

        RTAS has saved all by the time of the crash, and another fault may have been
        there since. OPAL's machine saves registers while it resets, once.
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
        """Into memory, and into its image: a core may have what the fault has changed."""
        stub.write(place, blob)
        with self.image.open("r+b") as image:
            image.seek(place)
            image.write(blob)


def find_places(m: Machine) -> dict[str, int]:
    """Where the next crash's blobs will be."""
    layout = dict(re.findall(r"^([\w ]+): (0x[0-9a-f]+)-", read(m, LAYOUT), re.MULTILINE))
    places = {name: int(layout[label], 16) + offset
              for name, (label, offset) in PLACES.items() if label in layout}
    if m.machine != "pseries":
        names = m.check("ls /proc/device-tree/reserved-memory")
        places["opal-threads"] = int(re.search(r"arch-registers@(\w+)", names)[1], 16)
    return places


def crash(m: Machine, catalogue: Catalogue) -> Crashed:
    """Crash, and stop before the reset."""
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
    """The next boot in here finds the fault."""
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


# -- judging ------------------------------------------------------------------


LOOK = (f"cat {SYSFS}/dump_status && dd if=/proc/vmcore of=/lab/headers bs=64k count=8 2>&1 &&"
        "labtool sample /proc/vmcore /lab/sample && rm -f /lab/dmesg && "
        "makedumpfile --dump-dmesg -f /proc/vmcore /lab/dmesg")


def missing(status: str) -> list[str]:
    """The codes of all losses that dump_status names."""
    codes = re.findall(r"^missing: ([\w-]+)", status, re.MULTILINE)
    return [] if codes == ["none"] else codes


def wrong_pieces(crashed: Crashed, core: Vmcore) -> list[int]:
    """Pieces of the core that are not what the hypervisor had there, or at its copy."""
    ram, slots = crashed.m.ram_bytes, Slots(core, crashed.slots)
    wrong = []
    with crashed.image.open("rb") as file, \
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        sample = (crashed.m.share / "sample").read_bytes()
        assert sample, "nothing could be read"
        for at in range(0, len(sample), 8 + PIECE):
            # The guest's order of bytes is this machine's.
            paddr, = struct.unpack_from("<Q", sample, at)
            # Bare metal's firmware writes to the last doubleword of RAM at each boot.
            size = PIECE - 8 * (paddr + PIECE == ram)
            piece = sample[at + 8:at + 8 + size]
            if not any(slots.explain(paddr, memory[place:place + size], piece)
                       for place in (paddr, paddr + crashed.moved)):
                wrong.append(paddr)
    return wrong


def judge(crashed: Crashed, fault: Fault, catalogue: Catalogue) -> None:
    """The dump is there, lacks what the fault may cost, and says so."""
    m = crashed.m
    assert m.kind == "capture", "the dump is lost"
    status = m.check(LOOK, timeout=90)
    assert missing(status) == fault["lost"], f"missing is {missing(status)}, not {fault['lost']}"
    core = Vmcore(m.share / "headers")
    cpus = catalogue.cpus if fault["cpus"] < 0 else fault["cpus"]
    assert len(core.cpus) == cpus, f"registers of {len(core.cpus)} CPUs, not of {cpus}"
    top = int(catalogue.machines[m.machine]["boot_memory"])
    boot = sum(load.memsz for load in core.loads if load.paddr < top)
    wanted = catalogue.boot_memory(m.machine, fault)
    assert boot == wanted, f"{boot} bytes of boot memory, not {wanted}"
    assert f"\nboot_memory: {wanted}\n" in status, "dump_status has another idea of boot memory"
    left = fault["left"]
    assert f"\ncrash_notes: {cpus - left} slots filled, {left} left\n" in status, status
    wrong = wrong_pieces(crashed, core)
    assert not wrong, f"{len(wrong)} pieces differ, the first at {wrong[0]:#x}"
    log = (m.share / "dmesg").read_text(errors="replace")
    assert crashed.word in log, "the log is not the dead kernel's"


def judge_all_memory(crashed: Crashed) -> None:
    """Every page of it."""
    m = crashed.m
    m.check("labtool copy /proc/vmcore /lab/vmcore", timeout=180)
    result = compare(Vmcore(m.share / "vmcore"), crashed.image, slots=crashed.slots)
    (m.share / "vmcore").unlink()
    assert set(result.different) <= {m.ram_bytes - 65536}, str(result)


# -- staging -------------------------------------------------------------------


class Tally:
    """What went wrong, fault by fault."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    @contextlib.contextmanager
    def of(self, fault: Fault) -> Iterator[None]:
        """A fault that fails does not keep the others from their turn."""
        started = time.monotonic()
        try:
            yield
            print(f"{fault['id']}: {time.monotonic() - started:.1f} s")
        except (LabError, AssertionError) as why:
            first = str(why).splitlines()[0] if str(why) else repr(why)
            self.complaints.append(f"{fault['id']} ({fault['text']}): {first}")
            print(self.complaints[-1])

    def close(self) -> None:
        """Say it all at once."""
        assert not self.complaints, "\n".join(self.complaints)


def stage_on_pseries(machine: MachineFactory, kernel: Kernel, catalogue: Catalogue,
                     faults: Sequence[Fault]) -> None:
    """All of them with one crash; after the last the machine goes back to production."""
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
        # Who knows what such a machine has been through.
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
    """From production to production."""
    assert_armed(m)
    crashed = crash(m, catalogue)
    with staged(crashed, fault, kernel, catalogue):
        m.resume_reset()
    judge(crashed, fault, catalogue)
    release(m)
    rearm(m)


def stage_on_powernv(machine: MachineFactory, kernel: Kernel, catalogue: Catalogue,
                     faults: Sequence[Fault]) -> None:
    """Each fault with a crash of its own, and back to production in between.

    Where the emulated firmware falls ill on the way, that fault alone begins anew.
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
                except FirmwareIll:
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
    """What every check has the time for."""
    faults = [fault for blob in BLOBS[name] for fault in catalogue.live(name, blob)
              if fault["id"] in SOME[name]]
    assert len(faults) == len(SOME[name]), "some of them are not in the catalogue"
    STAGES[name](machine, kernel, catalogue, faults)


@pytest.mark.long
@pytest.mark.parametrize("name, blob", [(name, blob) for name in BLOBS for blob in BLOBS[name]])
def test_all_faults(machine: MachineFactory, kernel: Kernel, catalogue: Catalogue, name: str,
                    blob: str) -> None:
    """Every fault that can be staged."""
    STAGES[name](machine, kernel, catalogue, catalogue.live(name, blob))
