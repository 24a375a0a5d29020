# SPDX-License-Identifier: GPL-2.0-or-later
"""The debugfs file fadump_region: regions that firmware copies, and preserved memory."""

from __future__ import annotations

import dataclasses
import re
from typing import Optional

from .. import LabError
from .core import Span

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
        """Bytes that firmware copies at a crash."""
        return sum(row.span.size for row in self.of("DUMP"))


#: The documented form.
DOCUMENTED = re.compile(
    r"^(?P<label>CPU |HPTE|DUMP|    ): ?"
    r"\[(?P<start>0x[0-9a-f]{14,})-(?P<end>0x[0-9a-f]{14,})\] "
    r"(?P<size>0x[0-9a-f]+) bytes, Dumped: (?P<dumped>0x[0-9a-f]+)$")
#: The form of an untouched 7.3 kernel for boot memory.
NEWER = re.compile(
    r"^DUMP: Src: (?P<source>0x[0-9a-f]+), Dest: (?P<start>0x[0-9a-f]+), "
    r"Size: (?P<size>0x[0-9a-f]+), Dumped: (?P<dumped>0x[0-9a-f]+) bytes$")


def parse_regions(text: str) -> Regions:
    """Parse both forms of the file; other lines are kept as text."""
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
    """Lines that differ from the documented form."""
    strict = re.compile(DOCUMENTED.pattern.replace("): ?", "): "))
    return [line for line in text.splitlines() if not strict.match(line)]
