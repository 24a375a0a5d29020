# SPDX-License-Identifier: GPL-2.0-or-later
"""drgn and gdb, in a root of their own: what they make of a dump."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from . import cache_dir
from .toolbox import DEBUGGERS, Toolbox


class Debuggers(Toolbox):
    """Made when somebody asks for it, so that no other root has to be made again for it."""

    @classmethod
    def open(cls, verbose: bool = False) -> "Debuggers":
        """The root, complete; what is missing is fetched now."""
        box = cls(cache_dir(), verbose)
        box.logs.mkdir(parents=True, exist_ok=True)
        box.tools = box.builder.ensure(DEBUGGERS)
        return box

    def drgn(self, vmlinux: Path, dump: Path, script: str) -> str:
        """What drgn's Python prints for a script; prog is the dump."""
        opened = (f"import drgn\nprog = drgn.Program()\nprog.set_core_dump({str(dump)!r})\n"
                  f"prog.load_debug_info([{str(vmlinux)!r}])\n")
        return self.run(["python3", "-"], input=opened + script, cwd=dump.parent,
                        timeout=300).stdout

    def gdb(self, vmlinux: Path, dump: Path, commands: Sequence[str]) -> str:
        """What gdb prints for commands."""
        words = [word for command in commands for word in ("-ex", command)]
        return self.run(["gdb-multiarch", "-nx", "-batch", *words, vmlinux, dump],
                        cwd=dump.parent, timeout=300).stdout
