# SPDX-License-Identifier: GPL-2.0-or-later
"""crash(8) on a dump: one session, and what each command printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from .. import LabError
from ..build.toolbox import Toolbox


class CrashSession:
    """A session of crash with one dump."""

    def __init__(self, toolbox: Toolbox, vmlinux: Path, dump: Path,
                 log: Optional[Path] = None) -> None:
        self.toolbox = toolbox
        self.vmlinux = vmlinux
        self.dump = dump
        self.log = log

    def run(self, commands: Sequence[str], timeout: float = 300) -> dict[str, str]:
        """Run the commands in one session; the text of each, and under "" the text before them."""
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
