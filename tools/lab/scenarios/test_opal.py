# SPDX-License-Identifier: GPL-2.0-or-later
"""Bare metal: OPAL takes the dump."""

from __future__ import annotations

import dataclasses
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import MachineFactory
from fadumplab.build.kernel import Kernel
from fadumplab.build.toolbox import Toolbox
from fadumplab.dump.compare import Comparison, compare
from fadumplab.dump.core import Span, Vmcore
from fadumplab.dump.crash import CrashSession
from fadumplab.dump.regions import documented_only, parse_regions
from fadumplab.machine.qemu import Machine
from steps import (MIB, REGION, assert_armed, assert_dump, assert_pattern, copy_into, cycle,
                   fill_memory, meminfo, read, rearm, record_address, regions, release, slots_of,
                   token, value)

CPUS = 4
PAGE = 65536
LOAD_AREA_END = 0x30000000


def reserved_memory(m: Machine) -> list[Span]:
    """The memory that OPAL reserves."""
    out = m.check("cd /proc/device-tree/reserved-memory; for d in */; do "
                  "echo $(hexdump -ve '1/1 \"%02x\"' $d/reg); done")
    spans = []
    for line in out.split():
        base, size = struct.unpack(">QQ", bytes.fromhex(line))
        spans.append(Span(base, base + size))
    assert len(spans) > 5, out
    return spans


def freed(text: str) -> list[Span]:
    """The bytes that a release has freed, from the kernel's log."""
    found = re.findall(r"fadump: (?:freeing reserved|adding deferred) memory "
                       r"\(0x(\w+) - 0x(\w+)\)", text)
    return [Span(int(base, 16), int(end, 16)) for base, end in found]


@dataclasses.dataclass
class Story:
    """One crash of a powernv10, stopped after firmware's save."""

    word: str
    ram: int
    mem_reserved: int
    reserved_by_firmware: list[Span]
    registers: list[dict[str, int]]
    image: Path
    slots: list[int]
    regions: tuple[str, str, str]
    capture_memory: int
    cmdline: str
    vmcore: Vmcore
    dump: Path
    console: tuple[str, str]


def run_story(m: Machine) -> Story:
    """Run the machine; collect everything for the scenarios."""
    m.boot()
    assert_armed(m)
    m.check("echo lab.story=1 >/sys/kernel/fadump/bootargs_append")
    word, production, reserved_by_firmware = token(m), read(m, REGION), reserved_memory(m)
    reserved, record = int(value(m, "mem_reserved")), record_address(m)
    m.check("labtool fill /tmp/pattern 96")
    m.crash_paused()
    registers, image, slots = m.registers(), m.save_memory(), slots_of(m, record)
    m.resume_reset()
    core = assert_dump(m, word, CPUS)
    capture, small, cmdline = read(m, REGION), meminfo(m, "MemTotal"), read(m, "/proc/cmdline")
    m.check("labtool copy /proc/vmcore /lab/vmcore", timeout=180)
    m.check("makedumpfile -l -d 17 --message-level 4 /proc/vmcore /lab/dump", timeout=120)
    release(m)
    rearm(m)
    assert len(core.cpus) == CPUS
    return Story(word, m.ram_bytes, reserved, reserved_by_firmware, registers, image, slots,
                 (production, capture, read(m, REGION)), small, cmdline,
                 Vmcore(m.share / "vmcore"), m.share / "dump",
                 (m.console_text(1), m.console_text(2)))


@pytest.fixture(scope="module")
def story(module_machine: MachineFactory) -> Iterator[Story]:
    """One run for several scenarios."""
    yield run_story(module_machine(machine="powernv10", smp=str(CPUS)))


@pytest.fixture(scope="module")
def comparison(story: Story) -> Comparison:
    """The vmcore compared with the hypervisor's image."""
    copies = [row.span for row in parse_regions(story.regions[0]).of("DUMP")]
    return compare(story.vmcore, story.image, PAGE, copies, story.slots)


def test_notes_in_memory(story: Story) -> None:
    """Each CPU's slot has the same registers as its note in the core, in the same order."""
    assert len(story.slots) == CPUS
    for core, slot in zip(story.vmcore.cpus, story.slots, strict=True):
        note = story.vmcore.slot(slot)
        assert (note.pid, note.gpr, note.special) == (core.pid, core.gpr, core.special), hex(slot)


def test_log_lines(story: Story) -> None:
    """The log lines that administrators look for, before and after the crash."""
    assert re.search(r"fadump: Reserved .*opal fadump: Registration is successful!"
                     r".*Kernel panic - not syncing: sysrq triggered crash",
                     story.console[0], re.DOTALL)
    assert re.search(r"opal fadump: Firmware-assisted dump is active.*preserving crash data"
                     r".*opal fadump: Registration is successful!", story.console[1], re.DOTALL)
    assert "The dump is incomplete" not in story.console[1]


def test_every_page_is_as_saved_by_firmware(story: Story, comparison: Comparison) -> None:
    """No page differs but the last of RAM, where firmware writes eight bytes at a boot."""
    assert comparison.pages > 20000, str(comparison)
    last = story.ram - PAGE
    assert set(comparison.different) <= {last}, str(comparison)
    if comparison.different:
        load = next(load for load in story.vmcore.loads if load.paddr + load.filesz > last)
        with story.vmcore.path.open("rb") as dump, story.image.open("rb") as image:
            dump.seek(load.offset + last - load.paddr)
            image.seek(last)
            ours, theirs = dump.read(PAGE), image.read(PAGE)
        assert ours[:-8] == theirs[:-8], "more than the last doubleword of RAM differs"


def test_only_the_dump_area_and_firmware_are_missing(story: Story,
                                                      comparison: Comparison) -> None:
    """Only the dump area and memory that OPAL reserves are missing in the dump."""
    spans = [row.span for row in parse_regions(story.regions[0]).rows]
    area = Span(min(s.start for s in spans) - PAGE, min(s.start for s in spans) - PAGE
                + story.mem_reserved)
    allowed = [area, *(Span(s.start // PAGE * PAGE, -(-s.end // PAGE) * PAGE)
                       for s in story.reserved_by_firmware)]
    for gap in comparison.gaps:
        at = gap.start
        while at < gap.end:
            cover = [span.end for span in allowed if span.start <= at < span.end]
            assert cover, f"{at:#x} is missing and neither dump area nor firmware's"
            at = max(cover)


def test_firmware_memory_is_not_in_the_dump(story: Story) -> None:
    """Firmware's memory is not in the core, and a release does not free it."""
    given = freed(story.console[1])
    assert given and sum(span.size for span in given) > 1024 * MIB
    for span in story.reserved_by_firmware:
        for load in story.vmcore.loads:
            assert span.end <= load.paddr or load.paddr + load.memsz <= span.start, \
                f"OPAL's {span} is in the core"
        for other in given:
            assert span.end <= other.start or other.end <= span.start, f"OPAL's {span} was freed"


def test_registers_are_as_saved_by_firmware(story: Story) -> None:
    """The other CPUs' registers are those of the hypervisor; QEMU does not save CR."""
    notes = {cpu.gpr[13]: cpu for cpu in story.vmcore.cpus}
    assert len(notes) == CPUS
    theirs = [(*(regs[f"GPR{n:02}"] for n in range(32)), regs["NIP"], regs["MSR"])
              for regs in story.registers]
    ours = [(*note.gpr, note.nip, note.special["msr"]) for note in story.vmcore.cpus]
    same = sum(regs in theirs for regs in ours)
    assert same == CPUS - 1, f"{same} of {CPUS - 1} other CPUs have the registers they had"


def test_extra_arguments(story: Story) -> None:
    """bootargs_append works with OPAL too: its address is in the metadata."""
    assert story.cmdline.split().count("lab.story=1") == 1


def test_region_file(story: Story) -> None:
    """The documented form, with DUMP lines only: registers are in firmware's own memory."""
    for text in story.regions:
        assert not documented_only(text)
    before, during, after = map(parse_regions, story.regions)
    assert {row.label for row in before.rows} == {"DUMP"}
    assert all(row.dumped == 0 for row in before.rows + after.rows)
    assert [row.span for row in during.of("DUMP")] == [row.span for row in before.of("DUMP")]
    assert all(row.dumped == row.span.size for row in during.rows)
    assert before.boot_memory == after.boot_memory >= LOAD_AREA_END


def test_crash_opens_the_dump(story: Story, toolbox: Toolbox, kernel: Kernel) -> None:
    """crash shows the panic task, its backtrace and the log."""
    session = CrashSession(toolbox, kernel.vmlinux, story.dump, story.dump.with_name("crash.log"))
    said = session.run(["sys", "bt", "log"])
    assert re.search(r"PANIC: .*sysrq triggered crash", said["sys"]), said["sys"]
    assert f"CPUS: {CPUS}" in said["sys"]
    assert re.search(r"#\d+ \[\w+\] sysrq_handle_crash at", said["bt"]), said["bt"]
    assert story.word in said["log"]


@pytest.mark.parametrize("name, smp, append", [
    ("powernv9", "1", "fadump=nocma"),
    ("powernv9", "4,threads=4", "fadump=on"),
    ("powernv10", "1", "fadump=on"),
    ("powernv10", "4,threads=4", "fadump=nocma"),
    ("powernv11", "1", "fadump=on"),
    ("powernv11", "4,threads=4", "fadump=nocma"),
])
def test_two_crashes(machine: MachineFactory, name: str, smp: str, append: str) -> None:
    """Two crashes in a row with each processor, one and four threads, with and without CMA."""
    m = machine(machine=name, smp=smp, append=append)
    m.boot()
    assert_armed(m)
    cma = meminfo(m, "CmaTotal")
    assert cma == 0 if "nocma" in append else cma >= regions(m).boot_memory - 64 * MIB
    cpus = int(smp.split(",")[0])
    cycle(m, cpus)
    assert_armed(m)
    core = cycle(m, cpus)
    assert_armed(m)
    assert len({cpu.gpr[13] for cpu in core.cpus}) == cpus


def test_memory_after_release(machine: MachineFactory) -> None:
    """Released memory can be used, and OPAL still works."""
    m = machine(machine="powernv10", smp="2")
    m.boot()
    m.crash()
    release(m)
    fill_memory(m)
    assert_pattern(m)
    m.check("date; dmesg -n 7")
    m.reboot("echo b >/proc/sysrq-trigger")
    assert_armed(m)


def test_bigger_boot_memory(machine: MachineFactory) -> None:
    """Boot memory with a hole for firmware's memory: more than one piece is copied."""
    m = machine(machine="powernv10", smp="2", append="fadump=on crashkernel=1G")
    m.boot()
    assert_armed(m)
    assert len(regions(m).of("DUMP")) >= 2
    assert regions(m).boot_memory == 1024 * MIB
    cycle(m, cpus=2)
    assert_armed(m)


def test_below_the_minimum(machine: MachineFactory) -> None:
    """Less than 768 MiB of boot memory is refused: OPAL loads up to there."""
    m = machine(machine="powernv10", smp="1", append="fadump=on crashkernel=512M")
    m.boot()
    assert value(m, "enabled") == "0"
    assert re.search(r"Can't enable fadump with boot memory size \(0x20000000\) less than "
                     r"0x30000000", m.console_text())


def test_reset_in_the_middle(machine: MachineFactory) -> None:
    """OPAL discards a dump on a reset: a clean boot, armed, and the next dump is good."""
    m = machine(machine="powernv10", smp="2")
    m.boot()
    m.crash()
    assert m.kind == "capture"
    m.system_reset()
    assert m.kind == "production"
    assert_armed(m)
    cycle(m, cpus=2)


def test_unregister_and_register(machine: MachineFactory) -> None:
    """Unregistered, a crash gives no dump; registered again, it does."""
    m = machine(machine="powernv10", smp="2", append="fadump=on panic=1")
    m.boot()
    m.check("echo 0 >/sys/kernel/fadump/registered")
    m.crash()
    assert m.kind == "production", "there is a dump although nothing was registered"
    assert_armed(m)
    for _ in range(3):
        m.check("echo 0 >/sys/kernel/fadump/registered; echo 1 >/sys/kernel/fadump/registered")
        m.check("echo 1 >/sys/kernel/fadump/registered")
    cycle(m, cpus=2)


def start_by_kexec(m: Machine) -> None:
    """Start the next kernel by kexec, as a boot loader does."""
    m.check("kexec -l /lab/next-kernel --initrd=/lab/next-initrd "
            "--append='console=hvc0 fadump=on'", timeout=60)
    m.reboot("kexec -e")


@pytest.mark.ours("needs a kernel with PRESERVE_FA_DUMP")
def test_boot_loader_keeps_the_dump(machine: MachineFactory, kernel: Kernel,
                                    preserve_kernel: Kernel, initramfs: Path) -> None:
    """A boot loader's kernel preserves the dump and starts the kernel that saves it; twice."""
    m = machine(machine="powernv10", smp="2", image=preserve_kernel.image)
    m.boot()
    assert m.sh("test -e /sys/kernel/fadump").rc, "the boot loader's kernel has fadump"
    copy_into(m, kernel.image, "next-kernel")
    copy_into(m, initramfs, "next-initrd")
    start_by_kexec(m)
    for _ in range(2):
        assert_armed(m)
        word = token(m)
        m.check("labtool fill /tmp/pattern 96")
        m.crash()
        assert m.kind == "production", "the boot loader's kernel has a dump"
        assert "Preserving crash data for processing in next boot." in m.check("dmesg")
        assert meminfo(m, "MemTotal") < LOAD_AREA_END
        start_by_kexec(m)
        assert_dump(m, word, cpus=2)
        assert "The dump is incomplete" not in m.console_text(kernel=m.boots)
        release(m)
        rearm(m)


def opal_core(m: Machine, toolbox: Toolbox) -> tuple[str, Path]:
    """OPAL's core: readelf's output and the file."""
    m.check("labtool copy /sys/firmware/opal/mpipl/core /lab/opalcore", timeout=120)
    path = m.share / "opalcore"
    return toolbox.run(["powerpc64-linux-gnu-readelf", "-hlnW", path], cwd="/").stdout, path


@pytest.mark.ours("addresses that QEMU has moved on are not corrected elsewhere")
def test_opals_own_core(machine: MachineFactory, toolbox: Toolbox) -> None:
    """OPAL's core has all threads' registers and OPAL's memory, until it is released."""
    m = machine(machine="powernv10", smp="2")
    m.boot()
    assert m.sh("ls /sys/firmware/opal/mpipl/core").rc, "OPAL has a core without a crash"
    m.crash_paused()
    memory = m.pmemsave(m.workspace / "opal", LOAD_AREA_END, 32 * MIB)
    m.resume_reset()
    said, path = opal_core(m, toolbox)
    assert re.search(r"Data:\s+2's complement, big endian", said), said
    assert re.search(r"Type:\s+CORE", said) and re.search(r"Machine:\s+PowerPC64", said)
    assert len(re.findall(r"NT_PRSTATUS", said)) == 2 and "NT_AUXV" in said, said
    first, *loads = re.findall(r"^  (NOTE|LOAD)\s+0x(\w+) 0x(\w+) 0x(\w+) 0x(\w+) 0x(\w+)", said,
                               re.MULTILINE)
    assert first[0] == "NOTE" and loads, said
    _, offset, vaddr, paddr, filesz, _ = loads[0]
    assert int(vaddr, 16) == LOAD_AREA_END and int(paddr, 16) == 0
    size = int(filesz, 16)
    assert size > 16 * MIB
    with path.open("rb") as core:
        core.seek(int(offset, 16))
        ours = core.read(size)
    assert b"Performing MPIPL" in ours, "OPAL's log in its core does not end with the crash"
    # OPAL may write a little between its copy and the reset.
    theirs = memory.read_bytes()[:size]
    pages = range(0, size, 4096)
    same = sum(ours[at:at + 4096] == theirs[at:at + 4096] for at in pages)
    assert same >= len(pages) - 8, f"{len(pages) - same} of {len(pages)} pages differ"


@pytest.mark.ours("without this subsystem it is upstream's")
def test_opals_core_is_released_on_its_own(machine: MachineFactory) -> None:
    """release_core and release_mem work in either order; the old name is a link."""
    m = machine(machine="powernv10", smp="1")
    m.boot()
    core, gate = "/sys/firmware/opal/mpipl/core", "/sys/firmware/opal/mpipl/release_core"
    for order in ("core", "mem"):
        m.crash()
        assert m.check("readlink -f /sys/firmware/opal/core") == core
        assert m.check(f"stat -c %a {core} {gate}").split() == ["400", "200"]
        if order == "mem":
            release(m)
        m.check(f"[ $(head -c 4 {core} | tail -c 3) = ELF ]")
        for wrong in ("0", "2", "x", "''"):
            assert m.sh(f"echo {wrong} >{gate}").rc, f"release_core takes {wrong}"
        m.check(f"tail -c 1000000 -f {core} >/dev/null & sleep 1; echo 1 >{gate}; kill $!")
        assert m.sh(f"ls {core} || ls /sys/firmware/opal/core").rc
        assert "not permitted" in m.sh(f"echo 1 >{gate}").out + m.sh(
            f"sh -c 'echo 1 >{gate}' 2>&1").out
        if order == "core":
            release(m)
        rearm(m)
