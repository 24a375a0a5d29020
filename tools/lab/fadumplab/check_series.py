# SPDX-License-Identifier: GPL-2.0-or-later
"""`make check-series`: every mail of the series, applied to a clean tree one after the other.

The tree is made of hard links to the source, so that nothing here writes to a file in place.
"""

from __future__ import annotations

import argparse
import contextlib
import filecmp
import fnmatch
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import BUILD, REPO, LabError
from .build.initramfs import Initramfs
from .build.kernel import Kernel, Source, ours_only, short_hash
from .build.toolbox import Toolbox, remove_tree
from .graft.graft import HOME, Graft, read, series, tree_version, write
from .graft.series import Git, Series, Step
from .graft.series import write as write_mails
from .machine.qemu import Machine
from .report import demo
from .report.results import OUT as DEMO
from .ui import duration, ui

OUT = BUILD / "check-series"
TESTS = f"{HOME}/tests/"
#: Nothing below these is part of a kernel.
NOT_COMPILED = ("Documentation/", "tools/")
#: checkpatch asks for a maintainer of each new file; without_maintainer() answers.
IGNORED = "FILE_PATH_CHANGES"


@dataclass
class Verdict:
    """What was done with one patch, and what is wrong with it."""

    title: str
    done: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        """For the reader of the output."""
        word = "FAIL" if self.wrong else "ok"
        yield f"{word:5}{self.title}: {', '.join(self.done)} ({duration(self.seconds)})"
        for line in self.wrong:
            yield f"     {line}"


# -- what is looked at -------------------------------------------------------

def maintained(maintainers: str) -> list[str]:
    """The patterns of files that have a maintainer other than THE REST."""
    patterns = re.findall(r"^F:\t(\S+)$", maintainers, re.MULTILINE)
    return [pattern for pattern in patterns if pattern not in ("*", "*/")]


def without_maintainer(paths: Iterable[str], maintainers: str) -> list[str]:
    """Those of the files that MAINTAINERS does not list."""
    patterns = maintained(maintainers)
    return [path for path in paths
            if not any(path.startswith(pattern.rstrip("/") + "/") or path == pattern
                       or fnmatch.fnmatchcase(path, pattern) for pattern in patterns)]


def suites_of(sources: Iterable[str]) -> set[str]:
    """The KUnit suites that sources define."""
    return {name for text in sources for name in re.findall(r'\.name = "(fadump_\w+)"', text)}


def kunit_complaints(console: str, wanted: set[str]) -> list[str]:
    """What is wrong with a run of the KUnit suites."""
    lines = [re.sub(r"^\[\s*[\d.]+\]\s?", "", line) for line in console.splitlines()]
    wrong = [line.strip() for line in lines if re.match(r"\s*not ok \d+", line)]
    passed = {found[1] for line in lines if (found := re.match(r"ok \d+ (fadump_\w+)", line))}
    return wrong + [f"the suite {name} did not pass" for name in sorted(wanted - passed)]


def other_files(tree: Path, pristine: Path, known: set[str]) -> Iterator[str]:
    """Files that differ from the source and are not among those that should."""
    names = {str(path) for top in (tree, pristine) for path in files(top)}
    for name in sorted(names - known):
        ours, theirs = tree / name, pristine / name
        if not (os.path.lexists(ours) and os.path.lexists(theirs)):
            yield f"{name} is in one of the trees only"
        elif not same(ours, theirs):
            yield f"{name} changed, and no patch should have changed it"


def files(top: Path) -> Iterator[Path]:
    """The relative path of every file and link below a directory."""
    for folder, folders, names in os.walk(top):
        if Path(folder) == top:
            folders[:] = [name for name in folders if name != ".git"]
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in [*names, *links]:
            yield Path(folder, name).relative_to(top)


def same(one: Path, other: Path) -> bool:
    """Whether two paths hold the same; hard links are not read."""
    if one.is_symlink() or other.is_symlink():
        return read(one) == read(other)
    return os.path.samestat(one.lstat(), other.lstat()) or filecmp.cmp(one, other, shallow=False)


# -- kernels of the tree -----------------------------------------------------

class AppliedSource(Source):
    """A tree as it is."""

    def __init__(self, toolbox: Toolbox, kver: str, tree: Path) -> None:
        super().__init__(toolbox, kver, False, None)
        self.tree = tree

    def prepare(self) -> Path:
        """The tree; the mails are what changes it."""
        return self.tree


class SeriesKernel(Kernel):
    """A kernel of the tree that the mails are applied to."""

    def __init__(self, toolbox: Toolbox, tree: Path, kver: str, purpose: str,
                 variant: str = "") -> None:
        super().__init__(toolbox, kver, "fast", purpose=purpose, variant=variant)
        self.tree = tree
        self.source = AppliedSource(toolbox, kver, tree)

    def fragments(self) -> list[Path]:
        """Without our option as long as the tree does not have it."""
        there = (self.tree / HOME / "Kconfig").is_file()
        return [path for path in super().fragments() if there or path.stem != "fadump"]

    def compile(self, paths: Sequence[str]) -> list[str]:
        """Compile our directory and these sources with W=1; errors, and warnings of ours."""
        with self._prepared(), ui.task(f"{self.name}: W=1") as task:
            self.configure()
            output = ""
            if (self.tree / HOME / "Kbuild").is_file():
                output = self.make("W=1", f"{HOME}/", check=False)
            objects = [path[:-1] + "o" for path in paths]
            rest = [name for name in objects
                    if not name.startswith(f"{HOME}/") or not (self.obj / name).is_file()]
            if rest and "***" not in output:
                output += self.make("W=1", *rest, check=False)
            lines = output.splitlines()
            wrong = ours_only(lines) + [line for line in lines if "***" in line]
            task.result = f"{len(wrong)} complaints"
        return wrong


class LastDemo(demo.Demo):
    """The demo, with the kernel of the last patch."""

    kernel: Kernel

    def run(self) -> None:
        """Everything, in order."""
        self.toolbox = self.kernel.toolbox
        self.results.vmlinux = self.kernel.vmlinux
        self.run_machine(Initramfs(self.toolbox, self.kernel).build())


# -- the check ---------------------------------------------------------------

class CheckSeries:
    """One run."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.toolbox = Toolbox.open(args.verbose)
        self.pristine = Path(args.ksrc).expanduser().resolve() if args.ksrc else \
            self.toolbox.ksrc(args.kver)
        if args.ksrc:
            self.toolbox.bind(self.pristine)
        self.series = Series(self.pristine)
        self.steps = self.series.steps()
        version = series(tree_version(self.pristine))
        self.tree = (self.toolbox.cache / "trees"
                     / f"{version}-{short_hash(f'{REPO} {self.pristine} series')}")
        self.image = SeriesKernel(self.toolbox, self.tree, version, "series")
        self.checked = SeriesKernel(self.toolbox, self.tree, version, "check-series", "plain")
        self.git: Git
        self.suites: set[str] = set()
        self.passed = self.failed = 0

    def run(self) -> int:
        """Everything; the exit status."""
        mails = write_mails(self.series)[1:]
        self._start()
        for number, (mail, step) in enumerate(zip(mails, self.steps), 1):
            with self._verdict(f"{number:02}/{len(mails)} {step.entry.subject}") as verdict:
                self.git("am", "-q", "--keep-non-patch", str(mail))
                self._patch(number, mail, step, verdict)
        with self._verdict("the tree is the one that make graft makes") as verdict:
            verdict.wrong += self._differences()
            verdict.done.append(f"{len(self.series.changes)} files compared")
        with self._verdict("crash, dump, release and the next registration") as verdict:
            LastDemo.kernel = self.image
            if demo.main(self.args, LastDemo):
                verdict.wrong.append(f"the demo failed; see {DEMO}")
            verdict.done.append("demo")
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed else 0

    @contextlib.contextmanager
    def _verdict(self, title: str) -> Iterator[Verdict]:
        """Say at the end how it went; an error is the last complaint."""
        verdict, started = Verdict(title), time.monotonic()
        try:
            yield verdict
        except LabError as why:
            verdict.wrong += str(why).splitlines()
        verdict.seconds = time.monotonic() - started
        print("\n".join(verdict.lines()), flush=True)
        self.passed += not verdict.wrong
        self.failed += bool(verdict.wrong)

    def _start(self) -> None:
        """A clean tree, and a repository of the files that mails touch."""
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        with ui.task("series: a tree"):
            remove_tree(self.tree)
            self.tree.parent.mkdir(parents=True, exist_ok=True)
            self.toolbox.run(["cp", "-al", self.pristine, self.tree] if not self.args.ksrc else
                             ["rsync", "-a", "--exclude=/.git", f"{self.pristine}/",
                              f"{self.tree}/"], cwd="/")
        before = {path: content for path, content in self.series.base.items()
                  if content is not None}
        for path, content in before.items():
            # A copy with a new time: objects of an earlier run are older.
            write(self.tree / path, content, (self.tree / path).stat().st_mode & 0o777)
        for kernel in (self.image, self.checked):
            shutil.rmtree(kernel.obj / HOME, ignore_errors=True)
        self.git = Git(OUT / "git", self.tree)
        self.git.start(sorted(before), tree_version(self.pristine))

    # -- one patch ----------------------------------------------------------

    def _patch(self, number: int, mail: Path, step: Step, verdict: Verdict) -> None:
        """checkpatch, W=1; a kernel where one is needed; KUnit where suites are new."""
        verdict.done.append("checkpatch")
        verdict.wrong += self._checkpatch(mail, step)
        built = [path for path in step.contents if not path.startswith(NOT_COMPILED)]
        if (self.tree / HOME / "Kbuild").is_file() and built:
            verdict.done.append("W=1")
            verdict.wrong += self.checked.compile(
                [path for path in built if path.endswith(".c") and not path.startswith(TESTS)
                 and (self.tree / path).is_file()])
        new = suites_of(content.decode() for path, content in step.contents.items()
                        if path.startswith(TESTS) and content is not None)
        self.suites |= new
        if new or any(not path.startswith(f"{HOME}/") for path in built):
            self.image.build()
            verdict.done.append("vmlinux")
        if new:
            verdict.wrong += self._kunit(number)
            verdict.done.append(f"KUnit {len(self.suites)} suites")

    def _checkpatch(self, mail: Path, step: Step) -> list[str]:
        done = self.toolbox.run(
            ["perl", "scripts/checkpatch.pl", "--strict", "--terse", "--no-summary",
             "--show-types", "--ignore", IGNORED, mail], cwd=self.tree, check=False)
        new = [path for path in step.contents if self.series.base.get(path) is None]
        return [line.replace(f"{mail.parent}/", "") for line in done.stdout.splitlines()] + [
            f"{path} has no maintainer in MAINTAINERS" for path in without_maintainer(
                new, (self.tree / "MAINTAINERS").read_text(errors="replace"))]

    def _kunit(self, number: int) -> list[str]:
        with ui.task(f"series: KUnit after patch {number}"), Machine(
                self.toolbox, self.image.image, Initramfs(self.toolbox, self.image).build(),
                name=f"{number:02}", base=OUT, smp="2", mem="1G",
                append="fadump=on kunit.enable=1 kunit.autorun=1") as machine:
            machine.boot()
            return kunit_complaints(machine.console_text(), self.suites)

    # -- the end ------------------------------------------------------------

    def _differences(self) -> list[str]:
        """How the tree differs from a grafted one, with files in place of links."""
        with tempfile.TemporaryDirectory(prefix="fadump-series-") as scratch:
            grafted = Path(scratch)
            for path in {*self.series.base, "Makefile", "Kbuild"}:
                if (self.pristine / path).is_file():
                    (grafted / path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(self.pristine / path, grafted / path)
            Graft(grafted, REPO).apply()
            wrong = [f"{path} is not what it is in a grafted tree"
                     for path, change in self.series.changes.items()
                     if read(self.tree / path) != (
                         change.new if path.startswith("Documentation/")
                         else self._content(grafted / path))]
        return wrong + list(other_files(self.tree, self.pristine, set(self.series.changes)))

    @staticmethod
    def _content(path: Path) -> object:
        """What is at a path, links followed."""
        return path.read_bytes() if path.is_file() else None


def main(args: argparse.Namespace) -> int:
    """Run it."""
    return CheckSeries(args).run()
