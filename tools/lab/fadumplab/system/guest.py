# SPDX-License-Identifier: GPL-2.0-or-later
"""What a Debian guest is asked to do and to hand over, for scenarios and the demo."""

from __future__ import annotations

import dataclasses
import hashlib
import mmap
import re
import secrets
from pathlib import Path

from .. import LabError
from ..dump.regions import REGION, parse_regions
from ..machine.qemu import Machine

#: Seconds for a boot of Debian, and for a crash, the capture and all of that boot, where
#: every instruction is emulated.
BOOT, RETURN = 400, 900

CRASH_DIR = "/var/crash"

#: The kernel's only two tables that are allocated so early.
TABLES = re.compile(r"(?:Dentry cache|Inode-cache) hash table entries: \d+ \(order: \d+, "
                    r"(\d+) bytes")

#: Pages of programs are in the dump, and can be found in it without a program that knows
#: its format. Without the free ones and those of zeroes it is not large.
CONFIGURE = "printf 'LEVEL=17\\nCOMPRESS=none\\n' >>/etc/fadump.conf && fadumpctl conf"

#: What the load holds of memory, in MiB, and how many pieces of it have a number.
KNOWN = 48
PIECES = KNOWN * 256


@dataclasses.dataclass(frozen=True)
class Load:
    """A process at work: its word, how many lines of its file were on the disk, and which
    pieces of its memory a dump has to have."""

    word: str
    lines: int
    kept: frozenset[int]

    @property
    def file(self) -> str:
        """What it writes to."""
        return f"/srv/{self.word}"

    def lost_lines(self, text: str) -> int:
        """How many of the lines that were on the disk are not in the file's text."""
        wanted = [f"{self.word} line {number}" for number in range(1, self.lines + 1)]
        return sum(line != want for line, want in
                   zip(text.splitlines() + [""] * self.lines, wanted))

    def lost_pieces(self, dump: Path) -> int:
        """How many of those pieces are not in a dump that is not compressed."""
        if len(self.kept) < PIECES // 2:
            raise LabError(f"only {len(self.kept)} of {PIECES} pieces were out of firmware's way")
        pattern = re.compile(re.escape(self.word.encode()) + rb" (\d{6}) {64}")
        with dump.open("rb") as file, \
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
            found = {int(match[1]) for match in pattern.finditer(memory)}
        return len(self.kept - found)


def pieces_kept(m: Machine) -> frozenset[int]:
    """The pieces of a load's memory that are not where firmware will write to.

    A process may have memory that is lent of the dump area, and a crash costs it that.
    """
    rows = parse_regions(m.check(f"cat {REGION}")).rows
    m.check("cp /run/lab-load.at /lab/")
    places = [int(line) for line in (m.share / "lab-load.at").read_text().splitlines()]
    if not rows or len(set(places)) != PIECES:
        raise m.error(f"{len(set(places))} places of {PIECES} pieces of memory, "
                      f"and {len(rows)} that firmware will write to")
    return frozenset(number for number, place in enumerate(places)
                     if not any(row.span.start <= place < row.span.end for row in rows))


def put_under_load(m: Machine) -> Load:
    """Something that a crash interrupts, before long: pages may move."""
    word = f"lab-known-{secrets.token_hex(8)}"
    m.check("rm -f /run/lab-load && systemd-run --quiet --unit=lab-load "
            f"/usr/local/lib/lab/load {word} {KNOWN} /srv/{word}")
    m.wait_for(lambda: m.sh("test -s /run/lab-load").rc == 0, 120, "line of the load's")
    return Load(word, int(m.check("cat /run/lab-load")), pieces_kept(m))


def state_of_system(m: Machine) -> str:
    """What systemd says of all units when everything that is to be started has been."""
    return m.sh("systemctl is-system-running --wait", timeout=BOOT).out.strip()


def failed_units(m: Machine) -> list[str]:
    """The names of those that have failed."""
    text = m.check("systemctl --failed --plain --no-legend --no-pager")
    return [line.split()[0] for line in text.splitlines() if line]


def kernels_seen(m: Machine) -> int:
    """How many kernels the console has had the first line of."""
    return sum("Linux version " in line.text for line in m.lines)


def tables_shrank(m: Machine) -> int:
    """Bytes by which this kernel's tables are smaller than those of the first one.

    They are made before the page allocator is there, as large as the memory of that
    moment asks for, and count in MemTotal only where they are not.
    """
    first, now = (sum(map(int, TABLES.findall(m.console_text(number))))
                  for number in (1, kernels_seen(m)))
    return first - now


def dumps_in(m: Machine, where: str = CRASH_DIR) -> set[str]:
    """The names of the dumps there, of those that are not finished as well."""
    return set(m.check(f"cd {where} && ls -A | grep fadump- || :").split())


def fetch(m: Machine, where: str) -> Path:
    """A directory of the guest, on this host."""
    m.check(f"cp -r {where} /lab/", timeout=300)
    return m.share / Path(where).name


def check_files(where: Path, dump: str = "vmcore") -> None:
    """All files of a dump have to be there, and to be what their sums say."""
    files = {dump, "dmesg.txt", "info.json"}
    there = {path.name for path in where.iterdir()}
    if there != files | {"SHA256SUMS"}:
        raise LabError(f"{where} has other files than those of a dump: {sorted(there)}")
    lines = (where / "SHA256SUMS").read_text().splitlines()
    sums = {name: told for told, name in (line.split("  ") for line in lines)}
    if set(sums) != files:
        raise LabError(f"{where} has sums of other files than those of a dump: {sorted(sums)}")
    for name, told in sums.items():
        with (where / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != told:
                raise LabError(f"{where}/{name} is not what its sum says")
