# SPDX-License-Identifier: GPL-2.0-or-later
"""`make check`: all tests, the fastest stages first."""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Optional

from . import BUILD, LAB, REPO, LabError
from .build.build_root import ARCHITECTURES, BuildRoot
from .build.kernel import Finding, Kernel
from .build.proofs import ProofsRoot
from .build.toolbox import Toolbox
from .documents import names, pages
from .ui import duration, ui
from .words import complaints, tracked_files

#: The counts that pytest, the host runner and our own stages print.
COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?)\b")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
#: What a stage's program puts before a failed test and its reason.
FAILED = "failed: "


@dataclasses.dataclass
class Tally:
    """Numbers of passed, failed and skipped tests; one line for each failure."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = dataclasses.field(default_factory=list)

    def __iadd__(self, other: "Tally") -> "Tally":
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures
        return self

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"

    @classmethod
    def of_output(cls, lines: Sequence[str], code: int) -> "Tally":
        """Numbers from the last line that has any; a non-zero exit is at least one failure."""
        tally = cls(failures=[line.strip() for line in lines if line.startswith(FAILED)])
        for line in reversed(lines):
            found = COUNT.findall(COLOUR.sub("", line))
            if found:
                for number, what in found:
                    name = "failed" if what.startswith("error") else what
                    setattr(tally, name, getattr(tally, name) + int(number))
                break
        if code and not tally.failed:
            tally.failed = 1
        if not code and not tally.passed and not tally.skipped:
            tally.failed = 1
        return tally


@dataclasses.dataclass
class Outcome:
    """One stage, finished."""

    name: str
    tally: Tally
    seconds: float
    log: Optional[Path]


def stream(argv: Sequence[str], log: Path, env: Optional[Mapping[str, str]] = None) -> Tally:
    """Run a test program; show its output, write it to the log, count its results."""
    log.parent.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    with log.open("w") as out:
        child = subprocess.Popen(argv, cwd=REPO, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                 stderr=subprocess.STDOUT, text=True, errors="replace",
                                 env={**os.environ, **(env or {})})
        for line in child.stdout or ():
            out.write(line)
            sys.stdout.write(line)
            sys.stdout.flush()
            lines.append(line)
        code = child.wait()
    return Tally.of_output(lines, code)


def pytest_argv(toolbox: Toolbox, *args: str) -> tuple[list[str], dict[str, str]]:
    """The command and environment of pytest: this Python, the toolbox's pytest."""
    path = f"{toolbox.tools}/usr/lib/python3/dist-packages"
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args]
    return argv, {"PYTHONPATH": f"{LAB}{os.pathsep}{path}", "PYTHONDONTWRITEBYTECODE": "1"}


#: The default for all fuzzers together.
FUZZ_SECONDS = "20"

#: Machines that run in parallel: with one, a processor is idle for a third of the time.
MACHINES_AT_A_TIME = "2"

#: The platforms with a kernel config of their own, which must link without the other one.
PLATFORMS = ("pseries", "powernv")


class Check:
    """The stages of a run and the sum of their results."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.logs = BUILD / "check"
        self.outcomes: list[Outcome] = []
        self._toolbox: Optional[Toolbox] = None

    @property
    def toolbox(self) -> Toolbox:
        """The toolbox, set up when the first stage needs it."""
        if self._toolbox is None:
            self._toolbox = Toolbox.open(self.args.verbose)
        return self._toolbox

    def kernel(self, flavour: Optional[str] = None, variant: str = "") -> Kernel:
        """The kernel that the command line names."""
        return Kernel(self.toolbox, self.args.kver, flavour or self.args.flavour,
                      ksrc=self.args.ksrc, variant=variant)

    # -- stages -------------------------------------------------------------

    def host(self) -> Tally:
        """The library code (values in, values out), compiled for this machine."""
        return stream(["make", "--no-print-directory", "check-host"], self.logs / "host.log")

    def bigendian(self) -> Tally:
        """The library code again, compiled for big-endian Power."""
        return stream(["make", "--no-print-directory", "-C", "tools/host", "check-be",
                       f"TOOLBOX={self.toolbox.tools}"], self.logs / "bigendian.log")

    def unit(self) -> Tally:
        """The tests of the lab itself."""
        argv, env = pytest_argv(self.toolbox, "-q", "tools/lab/tests")
        return stream(argv, self.logs / "unit.log", env)

    def fuzz(self) -> Tally:
        """Every decoder with random and damaged input."""
        seconds = os.environ.get("FUZZ_SECONDS") or FUZZ_SECONDS
        return stream(["make", "--no-print-directory", "-C", "tools/host", "fuzz",
                       f"TOOLBOX={self.toolbox.tools}", f"SECONDS={seconds}"],
                      self.logs / "fuzz.log")

    def prove(self) -> Tally:
        """Decoders and sets of ranges, for every input up to a length."""
        root = ProofsRoot.open(self.args.verbose)
        return stream(root.prove_argv(self.args.select), self.logs / "prove.log",
                      root.environment())

    def tools(self) -> Tally:
        """fadumpctl, its boot services and the packages."""
        root = BuildRoot.open(self.args.verbose)
        tally = stream(root.check_argv(), self.logs / "tools.log", root.environment())
        print("Another compiler, and a parent that ignores signals:", flush=True)
        tally += stream(root.check_argv("CC=clang-19", "IGNORED=CHLD HUP PIPE"),
                        self.logs / "tools-clang.log", root.environment())
        packages = [build(arch) for arch in ARCHITECTURES for build in (root.deb, root.rpm)]
        print(*packages, "Packages, installed and removed:", sep="\n", flush=True)
        tally += Tally(passed=len(packages))
        tally += stream(root.packages_argv(*packages[:2]), self.logs / "packages.log",
                        root.environment())
        return tally

    def docs(self) -> Tally:
        """The documents, built as the kernel builds its own."""
        return self._findings("docs", [self._pages()])

    def _pages(self) -> Finding:
        """All web pages."""
        return pages.Pages(pages.DocumentsRoot.open(self.args.verbose)).build()

    def static(self) -> Tally:
        """Compilers and checkers over our files."""
        findings = [Finding("words", complaints(REPO, tracked_files(REPO))), *names.findings(),
                    self._pages(), *self.kernel("fast").static_checks()]
        return self._findings("static", findings)

    def _findings(self, stage: str, findings: Iterable[Finding]) -> Tally:
        """Print them and keep them; one test each."""
        tally = Tally()
        log = self.logs / f"{stage}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as out:
            for finding in findings:
                tally += Tally(passed=1) if finding.ok else \
                    Tally(failed=1, failures=[f"{FAILED}{finding.name}"])
                text = f"{'ok' if finding.ok else 'FAIL'} {finding.name}"
                for line in [text, *(f"    {line}" for line in finding.lines)]:
                    print(line, file=out)
                    print(line, flush=True)
        return tally

    def build(self) -> Tally:
        """The kernel of the scenarios, and kernels with parts disabled."""
        base = self.kernel().build()
        self.kernel("fast", "preserve").build()
        tally = Tally(passed=2)
        for platform in PLATFORMS:
            lacking = self.kernel("fast", platform).link_check(base)
            print("\n".join(f"{platform} alone lacks {name}" for name in lacking), flush=True)
            tally += Tally(failed=1, failures=[f"{FAILED}{platform} alone would not link"]) \
                if lacking else Tally(passed=1)
        return tally

    def scenarios(self) -> Tally:
        """KUnit and the scenarios, in virtual machines."""
        at_a_time = os.environ.get("LAB_JOBS") or MACHINES_AT_A_TIME
        argv, log, env = self._scenario_command([])
        argv += ["-n", at_a_time, "--dist", "loadgroup", "--durations", "15"]
        env["LAB_TIMEOUT_FACTOR"] = os.environ.get("LAB_TIMEOUT_FACTOR") or at_a_time
        return stream(argv, log, env)

    def control(self) -> Tally:
        """The weakness scenarios on the untouched kernel, where each must fail."""
        return stream(*self._scenario_command(["--untouched"]))

    def _scenario_command(self, extra: Sequence[str]) -> tuple[list[str], Path, dict[str, str]]:
        options = ["--kver", self.args.kver, "--flavour", self.args.flavour, *extra]
        if self.args.select:
            options += ["-k", self.args.select]
        argv, env = pytest_argv(self.toolbox, "-v", "-rN", "tools/lab/scenarios", *options)
        if self.args.ksrc:
            env["KSRC"] = self.args.ksrc
        return argv, self.logs / ("control.log" if extra else "scenarios.log"), env

    # -- running ------------------------------------------------------------

    def run(self, names: Sequence[str]) -> int:
        """Run all stages, also after a failure; the exit status."""
        with ThreadPoolExecutor(1) as pool:
            stages = {name: getattr(self, name) for name in names}
            for name in names:
                if name == BESIDE_BUILD and "build" in stages:
                    stages["build"] = pool.submit(self.build).result
                self._stage(name, stages[name])
        total = Tally()
        print()
        for outcome in self.outcomes:
            total += outcome.tally
            word = "FAIL" if outcome.tally.failed else "ok"
            log = f"   {outcome.log}" if outcome.tally.failed and outcome.log else ""
            print(f"{word:5}{outcome.name:11}{duration(outcome.seconds):>14}   "
                  f"{outcome.tally}{log}")
            for line in outcome.tally.failures:
                print(f"     {line}")
        print(total, flush=True)
        return 1 if total.failed else 0

    def _stage(self, name: str, stage: Callable[[], Tally]) -> None:
        ui.say(f"\n== {name}: {getattr(self, name).__doc__.splitlines()[0]}")
        started = time.monotonic()
        try:
            tally = stage()
        except LabError as why:
            print(why, flush=True)
            tally = Tally(failed=1, failures=[f"{FAILED}{str(why).splitlines()[0]}"])
        log = self.logs / f"{name}.log"
        self.outcomes.append(Outcome(name, tally, time.monotonic() - started,
                                     log if log.exists() else None))


#: The stages of `make check` on the newest kernel, and on any other.
ALL_STAGES = ("host", "bigendian", "unit", "tools", "fuzz", "build", "static", "scenarios")
BOOT_STAGES = ("build", "scenarios")
#: From this stage on the kernels are built: it and the next two leave processors idle.
BESIDE_BUILD = "unit"
