# SPDX-License-Identifier: GPL-2.0-or-later
"""The results of a demo: the demo fills them, its report reads them."""

from __future__ import annotations

import dataclasses
import datetime
import re
import time
from pathlib import Path
from typing import Any, Optional

from .. import BUILD
from ..dump.core import Segment, Vmcore
from ..dump.regions import Regions

OUT = BUILD / "demo"
CPUS = 4


@dataclasses.dataclass
class Phase:
    """One step of the demo."""

    name: str
    title: str
    start: float
    seconds: float = 0
    ok: bool = False
    verdict: str = ""


@dataclasses.dataclass(frozen=True)
class Stage:
    """Memory as the running kernel describes it."""

    name: str
    regions: Regions
    text: str
    layout: str
    total: int
    cma: int


@dataclasses.dataclass(frozen=True)
class Cpu:
    """Registers and current function of one CPU."""

    number: int
    where: str
    crashed: bool
    gpr: tuple[int, ...]
    special: dict[str, int]


@dataclasses.dataclass
class Results:
    """Phases, stages and measurements of one demo; empty at its start."""

    #: The type of the QEMU machine; its memory as QEMU's text and in bytes, once there is one.
    machine: str
    memory: str = ""
    ram_bytes: int = 0
    vmlinux: Optional[Path] = None
    phases: list[Phase] = dataclasses.field(default_factory=list)
    stages: list[Stage] = dataclasses.field(default_factory=list)
    cpus: list[Cpu] = dataclasses.field(default_factory=list)
    core: Optional[Vmcore] = None
    #: The output of each command of the crash session.
    crash: dict[str, str] = dataclasses.field(default_factory=dict)
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)
    #: Events by name, in seconds of the monotonic clock.
    times: dict[str, float] = dataclasses.field(default_factory=dict)
    started: float = dataclasses.field(default_factory=time.monotonic)
    failure: str = ""

    def since_crash(self, event: str) -> float:
        """Seconds from the crash to a later event."""
        return self.times[event] - self.times["crash"]

    @property
    def loads(self) -> list[Segment]:
        """The dump's segments of memory; none before the dump was read."""
        return self.core.loads if self.core else []

    def files(self) -> dict[str, str]:
        """The files that a demo leaves, by their purpose."""
        wanted = {"report": OUT / "report.html", "summary": OUT / "summary.json",
                  "dump": OUT / "dump", "crash session": OUT / "crash.txt",
                  "console": OUT / "machine/console.log", "machine by hand":
                  OUT / "machine/qemu.sh"}
        if self.vmlinux:
            wanted["vmlinux"] = self.vmlinux
        made = ("report", "summary")
        return {name: str(path) for name, path in wanted.items()
                if path.exists() or name in made}

    def summary(self) -> dict[str, Any]:
        """The report's content, for programs."""
        return {
            "verdict": "failed" if self.failure else "passed",
            "failure": self.failure,
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - self.started, 2),
            "seconds_from_crash_to_production":
                round(self.since_crash("rearmed"), 2) if "rearmed" in self.times else None,
            "machine": {"type": self.machine, "memory": self.memory, "cpus": CPUS},
            "facts": self.facts,
            "phases": [{"name": phase.name, "title": phase.title,
                        "seconds": round(phase.seconds, 2), "ok": phase.ok,
                        "verdict": phase.verdict} for phase in self.phases],
            "memory": [{"stage": stage.name, "total_bytes": stage.total, "cma_bytes": stage.cma,
                        "fadump_region": stage.text.splitlines()} for stage in self.stages],
            "segments": [{"physical": load.paddr, "offset": load.offset, "bytes": load.memsz}
                         for load in self.loads],
            "crash": {"backtrace": backtrace(self.crash.get("bt", "")),
                      "cpus": [{"cpu": cpu.number, "where": cpu.where, "crashed": cpu.crashed}
                               for cpu in self.cpus]},
            "files": self.files(),
        }


def backtrace(text: str) -> list[str]:
    """The frames of crash's bt: function names, innermost first."""
    return re.findall(r"^ *#\d+ \[\w+\] (\S+) at", text, re.MULTILINE)
