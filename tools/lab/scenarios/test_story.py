# SPDX-License-Identifier: GPL-2.0-or-later
"""All checks of one crash: 4 CPUs, radix, CMA, stopped after firmware's save.

With VOF, which does not write to memory, and with SLOF.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from conftest import MachineFactory
from fadumplab.build.kernel import Kernel
from fadumplab.build.toolbox import Toolbox
from fadumplab.dump.compare import Comparison, compare
from fadumplab.dump.core import Span, Vmcore
from fadumplab.dump.crash import CrashSession
from fadumplab.dump.debuggers import Debuggers
from fadumplab.dump.regions import Regions, documented_only, parse_regions
from fadumplab.machine.qemu import SLOF, Machine
from steps import (MIB, REGION, SYSFS, assert_armed, copies, dmesg, meminfo, read, rearm,
                   record_address, release, slots_of, token, value)

CPUS = 4
PAGE = 65536


@dataclasses.dataclass
class Story:
    """Data collected during the run."""

    word: str
    ram: int
    mem_reserved: int
    production: str
    copies: list[Span]
    registers: list[dict[str, int]]
    image: Path
    slots: list[int]
    status: str
    capture: str
    capture_memory: int
    cmdline: str
    log: str
    vmcore: Vmcore
    dump: Path
    released: str
    memory: tuple[int, int]
    console: tuple[str, str]


def run_story(m: Machine) -> Story:
    """Run the machine; collect data without checking it."""
    m.boot()
    assert_armed(m)
    m.check("echo lab.story=1 >/sys/kernel/fadump/bootargs_append")
    word, production, record, places = token(m), read(m, REGION), record_address(m), copies(m)
    reserved, before = int(value(m, "mem_reserved")), meminfo(m, "MemTotal")
    m.check("labtool fill /tmp/pattern 96")
    m.crash_paused()
    registers, image, slots = m.registers(), m.save_memory(), slots_of(m, record)
    m.resume_reset()
    assert m.kind == "capture", "no dump after the crash"
    status = m.sh(f"cat {SYSFS}/dump_status").out
    capture, small = read(m, REGION), meminfo(m, "MemTotal")
    m.check("labtool copy /proc/vmcore /lab/vmcore", timeout=180)
    m.check("makedumpfile -l -d 17 --message-level 4 /proc/vmcore /lab/dump", timeout=120)
    log, cmdline = dmesg(m), read(m, "/proc/cmdline")
    release(m)
    rearm(m)
    return Story(word, m.ram_bytes, reserved, production, places, registers, image, slots, status,
                 capture, small, cmdline, log, Vmcore(m.share / "vmcore"), m.share / "dump",
                 read(m, REGION), (before, meminfo(m, "MemTotal")),
                 (m.console_text(1), m.console_text(2)))


@pytest.fixture(scope="module", params=[
    pytest.param("", id="vof"), pytest.param(SLOF, id="slof", marks=pytest.mark.long)])
def story(request: pytest.FixtureRequest, module_machine: MachineFactory) -> Iterator[Story]:
    """One run for all scenarios here."""
    yield run_story(module_machine(smp=str(CPUS), machine_opts=request.param))


@pytest.fixture(scope="module")
def comparison(story: Story) -> Comparison:
    """The vmcore compared with the hypervisor's image."""
    return compare(story.vmcore, story.image, PAGE, story.copies, story.slots)


def in_order(text: str, patterns: Sequence[str], never: Sequence[str] = ()) -> None:
    """The patterns match in this order, and none of the other patterns matches before the last."""
    at = 0
    for pattern in patterns:
        found = re.compile(pattern).search(text, at)
        assert found, f"the console does not have '{pattern}' at its place"
        at = found.end()
    for pattern in never:
        assert not re.search(pattern, text[:at]), f"the console has '{pattern}'"


def test_log_lines_in_production(story: Story) -> None:
    """The lines of QEMU's own test, up to the crash."""
    in_order(story.console[0], [
        r"fadump: Reserved ", r"rtas fadump: Registration is successful!",
        r"Kernel panic - not syncing: sysrq triggered crash",
    ], never=[r"fadump: Firmware-Assisted Dump is not supported on this hardware",
              r"fadump: Failed to find memory chunk for reservation!"])


def test_log_lines_in_capture(story: Story) -> None:
    """The lines of QEMU's own test, after the crash."""
    in_order(story.console[1], [
        r"rtas fadump: Firmware-assisted dump is active", r"preserving crash data",
    ], never=[r"fadump: Reserved "])


def test_every_page_is_as_saved_by_firmware(comparison: Comparison) -> None:
    """/proc/vmcore is equal to memory at firmware's save, apart from note slots."""
    assert comparison.pages > 20000, str(comparison)
    assert not comparison.different, str(comparison)


def test_only_the_dump_area_is_missing(story: Story, comparison: Comparison) -> None:
    """Every byte of memory is in a PT_LOAD or in the dump area."""
    spans = [row.span for row in parse_regions(story.production).rows if row.span.size]
    spans += story.copies
    assert comparison.gaps, "the dump area itself is in the dump"
    for gap in comparison.gaps:
        assert any(gap.start < span.end and span.start < gap.end for span in spans), \
            f"{gap} is missing and no part of the dump area; {comparison}"
    missing = sum(gap.size for gap in comparison.gaps)
    assert missing <= -(-story.mem_reserved // PAGE) * PAGE, str(comparison)


def test_headers_are_well_formed(story: Story) -> None:
    """Segments are page-aligned, not empty, inside the file, at the linear mapping's addresses."""
    for load in story.vmcore.loads:
        assert load.filesz == load.memsz > 0
        assert load.paddr % PAGE == 0 and load.offset % PAGE == 0, hex(load.paddr)
        assert load.vaddr == 0xc000000000000000 + load.paddr
        assert load.offset + load.filesz <= story.vmcore.size


def test_registers_are_as_saved_by_firmware(story: Story) -> None:
    """The other CPUs' registers are those of the hypervisor at firmware's save."""
    notes = {cpu.gpr[13]: cpu for cpu in story.vmcore.cpus}
    assert len(story.vmcore.cpus) == len(notes) == CPUS
    same = 0
    for regs in story.registers:
        note = notes[regs["GPR13"]]
        ours = (*note.gpr, note.nip, note.special["msr"], note.special["ccr"])
        theirs = (*(regs[f"GPR{n:02}"] for n in range(32)), regs["NIP"], regs["MSR"], regs["CR"])
        same += ours == theirs
    assert same == CPUS - 1, f"{same} of {CPUS - 1} idle CPUs have the registers they had"


@pytest.mark.ours("an untouched kernel fills none")
def test_notes_in_memory(story: Story) -> None:
    """Each CPU's slot has the same registers as its note in the core, in the same order."""
    assert f"\ncrash_notes: {CPUS} slots filled, 0 left\n" in story.status
    assert len(story.slots) == CPUS
    for core, slot in zip(story.vmcore.cpus, story.slots, strict=True):
        note = story.vmcore.slot(slot)
        assert (note.pid, note.gpr, note.special) == (core.pid, core.gpr, core.special), hex(slot)


def test_saved_log_is_the_crashed_kernels(story: Story) -> None:
    """makedumpfile finds the crashed kernel's log."""
    assert story.word in story.log
    assert "sysrq triggered crash" in story.log


def test_extra_arguments_reach_the_capture_kernel(story: Story) -> None:
    """The text of bootargs_append is on the next kernel's command line, once."""
    assert story.cmdline.split().count("lab.story=1") == 1


def test_capture_kernel_keeps_to_boot_memory(story: Story) -> None:
    """The capture kernel uses boot memory only, and more after the release."""
    boot = parse_regions(story.production).boot_memory
    assert story.capture_memory <= boot
    before, after = story.memory
    assert after >= before - boot - 64 * MIB


@pytest.mark.ours("an untouched kernel prints another form")
def test_region_file_in_production(story: Story) -> None:
    """The documented form, with three regions and nothing dumped."""
    assert not documented_only(story.production)
    found = parse_regions(story.production)
    assert [row.label for row in found.rows] == ["CPU", "HPTE", "DUMP"]
    assert all(row.dumped == 0 for row in found.rows)
    assert_apart([row.span for row in found.rows], story.ram)


@pytest.mark.ours("an untouched kernel prints another form")
def test_region_file_in_capture(story: Story) -> None:
    """The same regions, all dumped, and the preserved ranges."""
    assert not documented_only(story.capture)
    before, found = parse_regions(story.production), parse_regions(story.capture)
    assert [row.span for row in found.of("DUMP")] == [row.span for row in before.of("DUMP")]
    assert [row.label for row in found.rows][:3] == ["CPU", "HPTE", "DUMP"]
    (cpu,), (room,) = found.of("CPU"), before.of("CPU")
    assert cpu.span.start == room.span.start and 0 < cpu.span.size <= room.span.size
    assert all(row.dumped == row.span.size for row in found.rows)
    assert_preserved(found, story)


@pytest.mark.ours("an untouched kernel prints another form")
def test_region_file_after_release(story: Story) -> None:
    """The regions of the next dump, and no preserved ranges."""
    assert not documented_only(story.released)
    found = parse_regions(story.released)
    assert [row.label for row in found.rows] == ["CPU", "HPTE", "DUMP"]
    assert all(row.dumped == 0 for row in found.rows)
    assert found.boot_memory == parse_regions(story.production).boot_memory


def assert_apart(spans: Sequence[Span], ram: int) -> None:
    """Spans do not overlap and are inside memory."""
    at = 0
    for span in sorted(span for span in spans if span.size):
        assert span.start >= at, f"{span} overlaps what is before it"
        at = span.end
    assert at <= ram


def assert_preserved(found: Regions, story: Story) -> None:
    """The preserved ranges are all memory above boot memory but the dump area."""
    preserved = [row.span for row in found.of("PRESERVED")]
    assert preserved, "no preserved range is shown"
    assert all(span.start >= found.boot_memory for span in preserved)
    assert_apart([row.span for row in found.rows], story.ram)
    total = sum(span.size for span in [*preserved, *story.copies[1:]])
    assert total >= story.ram - found.boot_memory - story.mem_reserved - 2 * PAGE


def test_crash_opens_the_dump(story: Story, toolbox: Toolbox, kernel: Kernel) -> None:
    """crash shows the panic task with its backtrace, the other CPUs' tasks, and the log."""
    session = CrashSession(toolbox, kernel.vmlinux, story.dump, story.dump.with_name("crash.log"))
    said = session.run(["sys", "bt", "bt -a", "log", "help -r"])
    assert re.search(r"PANIC: .*sysrq triggered crash", said["sys"]), said["sys"]
    assert f"CPUS: {CPUS}" in said["sys"]
    assert re.search(r"#\d+ \[\w+\] sysrq_handle_crash at", said["bt"]), said["bt"]
    assert 'COMMAND: "sh"' in said["bt"]
    assert story.word in said["log"]
    assert_stacks(re.split(r"^PID: ", said["bt -a"], flags=re.MULTILINE)[1:])
    for cpu in range(CPUS):
        assert re.search(rf"^CPU {cpu}:", said["help -r"], re.MULTILINE), said["help -r"][:2000]


#: A drgn script: a line for each CPU, then the stack of its running task.
STACKS = """
from drgn.helpers.linux.cpumask import for_each_online_cpu
from drgn.helpers.linux.sched import cpu_curr
for cpu in for_each_online_cpu(prog):
    task = cpu_curr(prog, cpu)
    print(f"CPU {cpu}: {task.pid.value_()} {task.comm.string_().decode()}")
    print(prog.stack_trace(task))
"""


def assert_stacks(stacks: Sequence[str], idle: str = "do_idle") -> None:
    """One CPU crashed in a shell's system call; the others were idle, waking up, or at work.

    Beside the shell only kernel threads work, whose stacks begin in kthread().
    """
    assert len(stacks) == CPUS, stacks
    crashed = [stack for stack in stacks if re.search(r"\bsysrq_handle_crash\b", stack)]
    assert len(crashed) == 1 and re.search(r"\bvfs_write\b", crashed[0]), stacks
    for stack in stacks:
        assert stack in crashed or re.search(rf"\b({idle}|do_idle|kthread|exc_\w+)\b",
                                              stack), stack


@pytest.mark.ours("an untouched kernel's dump has no registers where drgn looks")
@pytest.mark.parametrize("name", ["vmcore", "dump"])
def test_drgn_shows_each_cpus_stack(story: Story, debuggers: Debuggers, kernel: Kernel,
                                    name: str) -> None:
    """drgn shows the stacks in the ELF core and in the compressed dump."""
    said = debuggers.drgn(kernel.vmlinux, story.dump.with_name(name), STACKS)
    assert_stacks(re.split(r"^CPU \d+: ", said, flags=re.MULTILINE)[1:])


def test_gdb_shows_each_cpus_stack(story: Story, debuggers: Debuggers, kernel: Kernel) -> None:
    """gdb shows each note as a thread of the ELF core.

    gdb does not find the caller of an assembler function without frame information; an idle
    CPU waits in such a function.
    """
    said = debuggers.gdb(kernel.vmlinux, story.vmcore.path, ["thread apply all backtrace"])
    assert_stacks(re.split(r"^Thread \d+ .*:$", said, flags=re.MULTILINE)[1:],
                  idle="plpar_hcall_norets_notrace")


@pytest.mark.long
def test_crash_opens_the_core(story: Story, toolbox: Toolbox, kernel: Kernel) -> None:
    """crash shows the same stacks of the ELF core as of the compressed dump."""
    said = CrashSession(toolbox, kernel.vmlinux, story.vmcore.path).run(["bt -a"])["bt -a"]
    assert_stacks(re.split(r"^PID: ", said, flags=re.MULTILINE)[1:])
