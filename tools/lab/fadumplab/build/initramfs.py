# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's initramfs: busybox, makedumpfile, kexec, and three files of the lab."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

from .. import LAB, LabError
from .kernel import Kernel
from .toolbox import Toolbox, locked

GUEST = LAB / "guest"

#: Programs of the guest root, with their paths in the initramfs.
PROGRAMS = {
    "usr/bin/busybox": "bin/busybox",
    "usr/bin/makedumpfile": "usr/bin/makedumpfile",
    "usr/sbin/kexec": "usr/sbin/kexec",
}
LIBRARIES = "usr/lib/powerpc64le-linux-gnu"
LOADER = "lib64/ld64.so.2"
COMPILER = "powerpc64le-linux-gnu-"


@dataclasses.dataclass(frozen=True)
class Entry:
    """One member of the archive."""

    name: str
    mode: int
    data: bytes = b""
    device: tuple[int, int] = (0, 0)


class Archive:
    """Writes the "newc" cpio format that the kernel unpacks."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.inode = 0

    def add(self, entry: Entry) -> None:
        """Append one member."""
        self.inode += 1
        name = entry.name.encode() + b"\0"
        fields = (self.inode, entry.mode, 0, 0, 1, 0, len(entry.data), 0, 0,
                  *entry.device, len(name), 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields)
        self.parts.append(pad4(head + name))
        self.parts.append(pad4(entry.data))

    def finish(self) -> bytes:
        """The archive, with its trailer."""
        self.add(Entry("TRAILER!!!", 0))
        return b"".join(self.parts)


def pad4(data: bytes) -> bytes:
    """Zero bytes up to a multiple of four."""
    return data + bytes(-len(data) % 4)


class Initramfs:
    """Builds the archive once for each content; it is the same for every kernel."""

    def __init__(self, toolbox: Toolbox, kernel: Optional[Kernel] = None) -> None:
        self.toolbox = toolbox
        self.kernel = kernel

    def build(self) -> Path:
        """The archive's path; the archive is made now if one of its sources changed."""
        kept = self.toolbox.cache / "initramfs" / f"{self._stamp()}.cpio"
        with locked(self.toolbox.cache / "locks" / "initramfs", "packing the initramfs"):
            if not kept.is_file():
                kept.parent.mkdir(parents=True, exist_ok=True)
                new = kept.with_suffix(".new")
                new.write_bytes(self._pack())
                new.rename(kept)
        return kept

    def _stamp(self) -> str:
        digest = hashlib.sha256(self.toolbox.guest.name.encode())
        for path in (*sorted(GUEST.iterdir()), Path(__file__)):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()[:12]

    def _pack(self) -> bytes:
        archive = Archive()
        for entry in self._entries():
            archive.add(entry)
        return archive.finish()

    def _entries(self) -> Iterator[Entry]:
        for name in ("bin", "dev", "etc", "lab", "lib", "lib64", "proc", "root", "sys", "tmp",
                     "usr", "usr/bin", "usr/lib", "usr/sbin", "usr/lib/powerpc64le-linux-gnu"):
            yield Entry(name, stat.S_IFDIR | 0o755)
        yield Entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
        yield self._file("init", GUEST / "init", 0o755)
        yield self._file("agent", GUEST / "agent")
        yield Entry("usr/bin/labtool", stat.S_IFREG | 0o755, self._labtool())
        for source, name in PROGRAMS.items():
            yield self._file(name, self.toolbox.guest / source, 0o755)
        for name in sorted(self._libraries()):
            yield self._file(f"{LIBRARIES}/{name}", self.toolbox.guest / LIBRARIES / name, 0o755)
        loader = self.toolbox.guest / LIBRARIES / "ld64.so.2"
        yield self._file(LOADER, loader, 0o755)

    @staticmethod
    def _file(name: str, source: Path, mode: int = 0o644) -> Entry:
        try:
            return Entry(name, stat.S_IFREG | mode, source.read_bytes())
        except OSError as why:
            raise LabError(f"The guest needs {source}, which cannot be read: {why}") from why

    def _libraries(self) -> set[str]:
        """All shared libraries that the programs need, directly or through another library."""
        found: set[str] = set()
        queue = [self.toolbox.guest / source for source in PROGRAMS]
        while queue:
            for name in self._needed(queue.pop()):
                path = self.toolbox.guest / LIBRARIES / name
                if name not in found and path.is_file():
                    found.add(name)
                    queue.append(path)
        return found

    def _needed(self, program: Path) -> list[str]:
        dump = self.toolbox.run([COMPILER + "objdump", "-p", program], cwd="/").stdout
        return re.findall(r"^\s+NEEDED\s+(\S+)$", dump, re.MULTILINE)

    def _labtool(self) -> bytes:
        """The compiled labtool, the lab's own program in the guest."""
        work = Path(tempfile.mkdtemp(prefix="labtool-", dir=self.toolbox.cache))
        try:
            self.toolbox.run([COMPILER + "gcc", "-O2", "-static", "-s", "-Wall", "-o",
                              work / "labtool", GUEST / "labtool.c"], cwd="/")
            return (work / "labtool").read_bytes()
        finally:
            shutil.rmtree(work)
