# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading dumps: ELF cores, fadump's debugfs file, crash(8), whole-memory comparison."""

from __future__ import annotations

import dataclasses
import mmap
import re
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Optional

from . import LabError
from .toolbox import Toolbox

PT_LOAD, PT_NOTE = 1, 4
NT_PRSTATUS, NT_VMCOREINFO = 1, 0
ET_CORE, EM_PPC64 = 4, 21

#: Where struct elf_prstatus keeps its registers on 64-bit Power, and how many bytes.
PRSTATUS_REGS, PRSTATUS_SIZE = 112, 504
#: A CPU's slot in the dead kernel's memory: one note, and the empty one behind it.
NOTE_SLOT = 12 + 8 + PRSTATUS_SIZE + 12
#: What the first registers behind the 32 general ones are.
SPECIAL = ("nip", "msr", "orig_gpr3", "ctr", "link", "xer", "ccr", "softe", "trap", "dar",
           "dsisr", "result")

#: One block of the comparison; within a differing block each page is looked at.
BLOCK = 1 << 20


@dataclasses.dataclass(frozen=True, order=True)
class Span:
    """Bytes [start, end) of physical memory."""

    start: int
    end: int

    @property
    def size(self) -> int:
        """Bytes in it."""
        return self.end - self.start

    def __str__(self) -> str:
        return f"[{self.start:#x}-{self.end:#x})"


@dataclasses.dataclass(frozen=True)
class Segment:
    """One program header."""

    kind: int
    flags: int
    offset: int
    vaddr: int
    paddr: int
    filesz: int
    memsz: int

    @property
    def span(self) -> Span:
        """The physical memory it stands for."""
        return Span(self.paddr, self.paddr + self.memsz)


@dataclasses.dataclass(frozen=True)
class Registers:
    """The registers of one NT_PRSTATUS note."""

    pid: int
    gpr: tuple[int, ...]
    special: dict[str, int]

    @property
    def nip(self) -> int:
        """Where the CPU was."""
        return self.special["nip"]


class Vmcore:
    """The headers and notes of an ELF core such as /proc/vmcore."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        with path.open("rb") as file:
            self._read(file)

    def _read(self, file: BinaryIO) -> None:
        ident = file.read(16)
        if ident[:5] != b"\x7fELF\x02":
            raise LabError(f"{self.path} is no 64-bit ELF file: it starts with {ident.hex()}")
        self.order = "<" if ident[5] == 1 else ">"
        head = struct.unpack(self.order + "HHIQQQIHHHHHH", file.read(48))
        kind, machine, self.phoff, self.flags = head[0], head[1], head[4], head[6]
        if (kind, machine) != (ET_CORE, EM_PPC64):
            raise LabError(f"{self.path} is no core of 64-bit Power: type {kind}, "
                           f"machine {machine}")
        file.seek(self.phoff)
        self.segments = [self._segment(file.read(head[8])) for _ in range(head[9])]
        self.notes: list[tuple[str, int, bytes]] = []
        for segment in self.segments:
            if segment.kind == PT_NOTE:
                file.seek(segment.offset)
                self._notes(file.read(segment.filesz))

    def _segment(self, data: bytes) -> Segment:
        kind, flags, offset, vaddr, paddr, filesz, memsz, _align = struct.unpack(
            self.order + "IIQQQQQQ", data)
        return Segment(kind, flags, offset, vaddr, paddr, filesz, memsz)

    def _notes(self, data: bytes) -> None:
        at = 0
        while at + 12 <= len(data):
            namesz, descsz, kind = struct.unpack_from(self.order + "III", data, at)
            if not namesz:
                break
            name = data[at + 12:at + 12 + namesz].rstrip(b"\0").decode(errors="replace")
            start = at + 12 + (namesz + 3) // 4 * 4
            self.notes.append((name, kind, data[start:start + descsz]))
            at = start + (descsz + 3) // 4 * 4

    @property
    def loads(self) -> list[Segment]:
        """The PT_LOAD headers."""
        return [segment for segment in self.segments if segment.kind == PT_LOAD]

    @property
    def cpus(self) -> list[Registers]:
        """One set of registers for each NT_PRSTATUS, in the order of the file."""
        return [self._registers(desc) for name, kind, desc in self.notes
                if (name, kind) == ("CORE", NT_PRSTATUS)]

    @property
    def filled_slots(self) -> set[bytes]:
        """The same as a capture kernel writes them into the dead kernel's memory."""
        return {(struct.pack(self.order + "III", len(name) + 1, len(desc), kind)
                 + name.encode().ljust(8, b"\0") + desc).ljust(NOTE_SLOT, b"\0")
                for name, kind, desc in self.notes if (name, kind) == ("CORE", NT_PRSTATUS)}

    def memory(self, paddr: int, size: int) -> bytes:
        """What the dump has there."""
        for load in self.loads:
            if load.paddr <= paddr and paddr + size <= load.paddr + load.filesz:
                with self.path.open("rb") as file:
                    file.seek(load.offset + paddr - load.paddr)
                    return file.read(size)
        raise LabError(f"{self.path} has no {size} bytes at {paddr:#x}")

    def slot(self, paddr: int) -> Registers:
        """The registers in a CPU's slot there."""
        slot = self.memory(paddr, NOTE_SLOT)
        if slot[:17] != struct.pack(self.order + "III", 5, PRSTATUS_SIZE, NT_PRSTATUS) + b"CORE\0":
            raise LabError(f"{self.path} has no note at {paddr:#x}: {slot[:24].hex()}")
        return self._registers(slot[20:20 + PRSTATUS_SIZE])

    def _registers(self, desc: bytes) -> Registers:
        if len(desc) != PRSTATUS_SIZE:
            raise LabError(f"{self.path}: a PRSTATUS of {len(desc)} bytes, not {PRSTATUS_SIZE}")
        words = struct.unpack_from(self.order + "48Q", desc, PRSTATUS_REGS)
        pid = struct.unpack_from(self.order + "i", desc, 32)[0]
        return Registers(pid, words[:32], dict(zip(SPECIAL, words[32:])))

    @property
    def vmcoreinfo(self) -> dict[str, str]:
        """What the crashed kernel says about itself."""
        texts = [desc.rstrip(b"\0").decode(errors="replace") for name, _kind, desc in self.notes
                 if name == "VMCOREINFO"]
        lines = "\n".join(texts).splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


# -- fadump_region -----------------------------------------------------------

REGION = "/sys/kernel/debug/powerpc/fadump_region"


@dataclasses.dataclass(frozen=True)
class Region:
    """One line of the debugfs file: CPU, HPTE, DUMP, or PRESERVED (a line without a name)."""

    label: str
    span: Span
    dumped: int
    source: Optional[int] = None


@dataclasses.dataclass(frozen=True)
class Regions:
    """The file powerpc/fadump_region of debugfs."""

    rows: tuple[Region, ...]
    other: tuple[str, ...]

    def of(self, label: str) -> list[Region]:
        """Rows with that label."""
        return [row for row in self.rows if row.label == label]

    @property
    def boot_memory(self) -> int:
        """How much is copied at a crash."""
        return sum(row.span.size for row in self.of("DUMP"))


#: The documented form, to the letter.
DOCUMENTED = re.compile(
    r"^(?P<label>CPU |HPTE|DUMP|    ): ?"
    r"\[(?P<start>0x[0-9a-f]{14,})-(?P<end>0x[0-9a-f]{14,})\] "
    r"(?P<size>0x[0-9a-f]+) bytes, Dumped: (?P<dumped>0x[0-9a-f]+)$")
#: What a 7.3 kernel without us prints for boot memory.
NEWER = re.compile(
    r"^DUMP: Src: (?P<source>0x[0-9a-f]+), Dest: (?P<start>0x[0-9a-f]+), "
    r"Size: (?P<size>0x[0-9a-f]+), Dumped: (?P<dumped>0x[0-9a-f]+) bytes$")


def parse_regions(text: str) -> Regions:
    """Both forms of the file; lines of neither kind are kept apart."""
    rows: list[Region] = []
    other: list[str] = []
    for line in text.splitlines():
        if found := DOCUMENTED.match(line):
            start, size = int(found["start"], 16), int(found["size"], 16)
            if int(found["end"], 16) != start + size - 1:
                raise LabError(f"fadump_region does not add up: {line}")
            rows.append(Region(found["label"].strip() or "PRESERVED", Span(start, start + size),
                               int(found["dumped"], 16)))
        elif found := NEWER.match(line):
            start, size = int(found["start"], 16), int(found["size"], 16)
            rows.append(Region("DUMP", Span(start, start + size), int(found["dumped"], 16),
                               int(found["source"], 16)))
        elif line.strip():
            other.append(line)
    return Regions(tuple(rows), tuple(other))


def documented_only(text: str) -> list[str]:
    """Lines that are not in the documented form to the letter."""
    strict = re.compile(DOCUMENTED.pattern.replace("): ?", "): "))
    return [line for line in text.splitlines() if not strict.match(line)]


# -- notes in the dead kernel's memory ---------------------------------------

#: Of the crash-info record, see fadump-abi.h.
RECORD_MAGIC, RECORD_HEAD, RECORD_NOTES = b"FADUPCI1", 64, 7


def note_slots(record: bytes) -> list[int]:
    """Where the record's kernel has its slots, one for each CPU that may come."""
    if not record.startswith(RECORD_MAGIC):
        raise LabError(f"This is no crash-info record: {record[:16].hex()}")
    head, _total, parts, step = struct.unpack_from(">IIII", record, 12)
    for at in range(head, head + parts * step, step):
        part, _version, offset, _size = struct.unpack_from(">IIII", record, at)
        if part == RECORD_NOTES:
            size, count = struct.unpack_from(">II", record, offset)
            if size != NOTE_SLOT:
                raise LabError(f"The record has slots of {size} bytes, not {NOTE_SLOT}")
            return [at for at in struct.unpack_from(f">{count}Q", record, offset + 8) if at]
    return []


class Slots:
    """What in a dump may differ from memory at the crash, and how.

    A capture kernel puts its notes where the crashed kernel has slots for them, if there
    is nothing yet, and counts itself in the head of the crash-info record.
    """

    #: Where the record's head may begin in a piece, and where in the head the count stands.
    HEADS, COUNT = (0, 4096), (40, 48)

    def __init__(self, core: Vmcore, addresses: Sequence[int] = ()) -> None:
        self.addresses = addresses
        self.notes = core.filled_slots

    def explain(self, address: int, before: bytes, after: bytes) -> bool:
        """Whether a piece of memory is what it was, but for slots that were filled."""
        wanted = bytearray(before)
        for slot in self.addresses:
            part = slice(slot - address, slot - address + NOTE_SLOT)
            if 0 <= part.start and part.stop <= len(before) and not any(before[part]) \
                    and bytes(after[part]) in self.notes:
                wanted[part] = after[part]
        for head in self.HEADS:
            if before[head:].startswith(RECORD_MAGIC):
                count = slice(*(head + at for at in self.COUNT))
                wanted[count] = after[count]
        return wanted == after


# -- comparing whole memories ------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A vmcore held against the hypervisor's image of the same memory."""

    pages: int
    different: tuple[int, ...]
    gaps: tuple[Span, ...]

    def __str__(self) -> str:
        first = ", ".join(f"{page:#x}" for page in self.different[:8])
        gaps = ", ".join(map(str, self.gaps)) or "none"
        return (f"{self.pages} pages compared, {len(self.different)} differ"
                + (f" (first: {first})" if first else "") + f"; not in the dump: {gaps}")


def uncovered(spans: Iterable[Span], total: int) -> tuple[Span, ...]:
    """What of [0, total) no span covers; overlapping spans are an error."""
    gaps: list[Span] = []
    at = 0
    for span in sorted(spans):
        if span.start < at:
            raise LabError(f"The dump has {Span(span.start, at)} twice")
        if span.start > at:
            gaps.append(Span(at, span.start))
        at = span.end
    if at > total:
        raise LabError(f"The dump claims memory up to {at:#x}; the machine ends at {total:#x}")
    if at < total:
        gaps.append(Span(at, total))
    return tuple(gaps)


def compare(vmcore: Vmcore, image: Path, page: int = 65536,
            copies: Sequence[Span] = (), slots: Sequence[int] = ()) -> Comparison:
    """Every byte of every PT_LOAD against a flat image of physical memory.

    The first segments are boot memory, and copies says where firmware put them.
    Other CPUs go on for a moment after the save: a page that they have written to
    since is held against its copy. Slots may have been filled.
    """
    filled = Slots(vmcore, slots)
    different: list[int] = []
    pages = 0
    with vmcore.path.open("rb") as dump_file, image.open("rb") as image_file, \
            mmap.mmap(dump_file.fileno(), 0, access=mmap.ACCESS_READ) as dump, \
            mmap.mmap(image_file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        for number, load in enumerate(vmcore.loads):
            pages += -(-load.filesz // page)
            places = [0]
            if number < len(copies) and copies[number].size == load.filesz:
                places.append(copies[number].start - load.paddr)
            different += [at for at in _compare_load(load, dump, memory, page)
                          if not any(filled.explain(at, memory[at + moved:at + moved + page],
                                                    page_of(dump, load, at, page))
                                     for moved in places)]
    gaps = uncovered((load.span for load in vmcore.loads), image.stat().st_size)
    return Comparison(pages, tuple(different), gaps)


def page_of(dump: mmap.mmap, load: Segment, address: int, page: int) -> bytes:
    """One page of a segment."""
    at = load.offset + address - load.paddr
    return dump[at:at + page]


def _compare_load(load: Segment, dump: mmap.mmap, memory: mmap.mmap, page: int) -> list[int]:
    different: list[int] = []
    for at in range(0, load.filesz, BLOCK):
        size = min(BLOCK, load.filesz - at)
        ours = dump[load.offset + at:load.offset + at + size]
        theirs = memory[load.paddr + at:load.paddr + at + size]
        if ours == theirs:
            continue
        different += [load.paddr + at + step for step in range(0, size, page)
                      if ours[step:step + page] != theirs[step:step + page]]
    return different


# -- crash(8) ------------------------------------------------------------------


class CrashSession:
    """What crash says about a dump."""

    def __init__(self, toolbox: Toolbox, vmlinux: Path, dump: Path,
                 log: Optional[Path] = None) -> None:
        self.toolbox = toolbox
        self.vmlinux = vmlinux
        self.dump = dump
        self.log = log

    def run(self, commands: Sequence[str], timeout: float = 300) -> dict[str, str]:
        """Run the commands in one session; the text of each, and under "" what came before."""
        script: list[str] = []
        for number, command in enumerate(commands):
            script += [f"echo @@{number}@@", command]
        script += ["echo @@end@@", "quit"]
        done = self.toolbox.run(
            self.toolbox.crash_argv("--no_scroll", self.vmlinux, self.dump),
            input="\n".join(script) + "\n", check=False, timeout=timeout, cwd=self.dump.parent)
        if self.log:
            self.log.write_text(done.stdout)
        if "@@end@@" not in done.stdout:
            log = f"\nThe whole log: {self.log}" if self.log else ""
            raise LabError(f"crash cannot open {self.dump}:\n{done.stdout[-1500:]}{log}")
        return self._split(done.stdout, commands)

    @staticmethod
    def _split(text: str, commands: Sequence[str]) -> dict[str, str]:
        clean = re.sub(r"^crash> .*\n?", "", text, flags=re.MULTILINE)
        parts = re.split(r"^@@(?:\d+|end)@@\s*$", clean, flags=re.MULTILINE)
        found = {"": parts[0]}
        for command, part in zip(commands, parts[1:]):
            found[command] = part.strip("\n")
        return found
