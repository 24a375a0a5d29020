# SPDX-License-Identifier: GPL-2.0-or-later
"""drgn and gdb on a dump, in a root of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..build.toolbox import DEBUGGERS, Toolbox


class Debuggers(Toolbox):
    """A root of its own: a change of its packages leaves the other roots valid."""

    RECIPES = (DEBUGGERS,)

    def drgn(self, vmlinux: Path, dump: Path, script: str) -> str:
        """The output of a drgn script; prog is the dump."""
        opened = (f"import drgn\nprog = drgn.Program()\nprog.set_core_dump({str(dump)!r})\n"
                  f"prog.load_debug_info([{str(vmlinux)!r}])\n")
        return self.run(["python3", "-"], input=opened + script, cwd=dump.parent,
                        timeout=300).stdout

    def gdb(self, vmlinux: Path, dump: Path, commands: Sequence[str]) -> str:
        """The output of gdb for commands."""
        words = [word for command in commands for word in ("-ex", command)]
        return self.run(["gdb-multiarch", "-nx", "-batch", *words, vmlinux, dump],
                        cwd=dump.parent, timeout=300).stdout
