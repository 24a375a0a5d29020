# SPDX-License-Identifier: GPL-2.0-or-later
"""Steps with a Debian guest: its load, its state, its dumps. For scenarios and the demo."""

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

#: Seconds for a boot of Debian, and for a crash, the capture and the boot that follows; every
#: instruction is emulated.
BOOT, RETURN = 400, 900

CRASH_DIR = "/var/crash"

#: Messages of the two tables that the kernel allocates before the page allocator works.
TABLES = re.compile(r"(?:Dentry cache|Inode-cache) hash table entries: \d+ \(order: \d+, "
                    r"(\d+) bytes")

#: Dump level 17 keeps the pages of programs, and without compression a test finds their
#: content in the file. Zero and free pages are filtered, which keeps the file small.
CONFIGURE = "printf 'LEVEL=17\\nCOMPRESS=none\\n' >>/etc/fadump.conf && fadumpctl conf"

#: The load's memory in MiB, and the number of its pieces, each of which has its own number.
KNOWN = 48
PIECES = KNOWN * 256


@dataclasses.dataclass(frozen=True)
class Load:
    """A working process: its word, the number of lines of its file that were on the disk, and
    the pieces of its memory that a dump must have."""

    word: str
    lines: int
    kept: frozenset[int]

    @property
    def file(self) -> str:
        """The file that the process writes."""
        return f"/srv/{self.word}"

    def missing_lines(self, text: str) -> int:
        """The number of lines that were on the disk and are not in the file's text."""
        wanted = [f"{self.word} line {number}" for number in range(1, self.lines + 1)]
        return sum(line != want for line, want in
                   zip(text.splitlines() + [""] * self.lines, wanted))

    def missing_pieces(self, dump: Path) -> int:
        """The number of these pieces that an uncompressed dump does not have."""
        if len(self.kept) < PIECES // 2:
            raise LabError(f"only {len(self.kept)} of {PIECES} pieces were outside the dump area")
        pattern = re.compile(re.escape(self.word.encode()) + rb" (\d{6}) {64}")
        with dump.open("rb") as file, \
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
            found = {int(match[1]) for match in pattern.finditer(memory)}
        return len(self.kept - found)


def pieces_kept(m: Machine) -> frozenset[int]:
    """The pieces of a load's memory that firmware will not overwrite.

    A process may have memory in the dump area, which is a CMA area; a crash destroys that.
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
    """Start a load. The crash must follow soon: the kernel may move pages."""
    word = f"lab-known-{secrets.token_hex(8)}"
    m.check("rm -f /run/lab-load && systemd-run --quiet --unit=lab-load "
            f"/usr/local/lib/lab/load {word} {KNOWN} /srv/{word}")
    m.wait_for(lambda: m.sh("test -s /run/lab-load").rc == 0, 120, "line of the load's")
    return Load(word, int(m.check("cat /run/lab-load")), pieces_kept(m))


def state_of_system(m: Machine) -> str:
    """systemd's state of the system after the start of all units."""
    return m.sh("systemctl is-system-running --wait", timeout=BOOT).out.strip()


def failed_units(m: Machine) -> list[str]:
    """The names of failed units."""
    text = m.check("systemctl --failed --plain --no-legend --no-pager")
    return [line.split()[0] for line in text.splitlines() if line]


def kernels_seen(m: Machine) -> int:
    """The number of kernels whose first line the console has."""
    return sum("Linux version " in line.text for line in m.lines)


def tables_shrank(m: Machine) -> int:
    """Bytes by which this kernel's early tables are smaller than those of the first kernel.

    The tables are allocated before the page allocator works, with a size for the memory of
    that moment. MemTotal does not include them, so it is larger where they are smaller.
    """
    first, now = (sum(map(int, TABLES.findall(m.console_text(number))))
                  for number in (1, kernels_seen(m)))
    return first - now


def dumps_in(m: Machine, where: str = CRASH_DIR) -> set[str]:
    """The names of the dumps in a directory, including incomplete ones."""
    return set(m.check(f"cd {where} && ls -A | grep fadump- || :").split())


def fetch(m: Machine, where: str) -> Path:
    """Copy a directory of the guest to this host; its path."""
    m.check(f"cp -r {where} /lab/", timeout=300)
    return m.share / Path(where).name


def check_files(where: Path, dump: str = "vmcore") -> None:
    """Raise a LabError unless a dump has all its files, with the right checksums."""
    files = {dump, "dmesg.txt", "info.json"}
    there = {path.name for path in where.iterdir()}
    if there != files | {"SHA256SUMS"}:
        raise LabError(f"{where} does not have the files of a dump: {sorted(there)}")
    lines = (where / "SHA256SUMS").read_text().splitlines()
    sums = {name: wanted for wanted, name in (line.split("  ") for line in lines)}
    if set(sums) != files:
        raise LabError(f"{where} does not have the checksums of a dump's files: {sorted(sums)}")
    for name, wanted in sums.items():
        with (where / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != wanted:
                raise LabError(f"{where}/{name} does not match its checksum")
