# SPDX-License-Identifier: GPL-2.0-or-later
"""The headers and notes of an ELF core: segments of memory, registers of each CPU."""

from __future__ import annotations

import dataclasses
import struct
from pathlib import Path
from typing import BinaryIO

from .. import LabError

PT_LOAD, PT_NOTE = 1, 4
NT_PRSTATUS, NT_VMCOREINFO = 1, 0
ET_CORE, EM_PPC64 = 4, 21

#: Offset of the registers in struct elf_prstatus on 64-bit Power, and the struct's size.
PRSTATUS_REGS, PRSTATUS_SIZE = 112, 504
#: Bytes of a CPU's slot in the crashed kernel's memory: a note and a terminating empty note.
NOTE_SLOT = 12 + 8 + PRSTATUS_SIZE + 12
#: The registers that follow the 32 general ones.
SPECIAL = ("nip", "msr", "orig_gpr3", "ctr", "link", "xer", "ccr", "softe", "trap", "dar",
           "dsisr", "result")


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
        """The physical memory of the segment."""
        return Span(self.paddr, self.paddr + self.memsz)


@dataclasses.dataclass(frozen=True)
class Registers:
    """The registers of one NT_PRSTATUS note."""

    pid: int
    gpr: tuple[int, ...]
    special: dict[str, int]

    @property
    def nip(self) -> int:
        """The CPU's next instruction."""
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
        """The CPUs' notes as a capture kernel writes them into the crashed kernel's memory."""
        return {(struct.pack(self.order + "III", len(name) + 1, len(desc), kind)
                 + name.encode().ljust(8, b"\0") + desc).ljust(NOTE_SLOT, b"\0")
                for name, kind, desc in self.notes if (name, kind) == ("CORE", NT_PRSTATUS)}

    def memory(self, paddr: int, size: int) -> bytes:
        """Bytes of the dump at a physical address."""
        for load in self.loads:
            if load.paddr <= paddr and paddr + size <= load.paddr + load.filesz:
                with self.path.open("rb") as file:
                    file.seek(load.offset + paddr - load.paddr)
                    return file.read(size)
        raise LabError(f"{self.path} has no {size} bytes at {paddr:#x}")

    def slot(self, paddr: int) -> Registers:
        """The registers in the CPU's slot at a physical address."""
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
        """The crashed kernel's vmcoreinfo as a dictionary."""
        texts = [desc.rstrip(b"\0").decode(errors="replace") for name, _kind, desc in self.notes
                 if name == "VMCOREINFO"]
        lines = "\n".join(texts).splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)
