# SPDX-License-Identifier: GPL-2.0-or-later
"""The graft as a series of mails, in the order in which a reviewer reads it.

series.toml has the patches: subject, text, and the files that each carries. Every file of the
graft belongs to exactly one of them. Five files also have contents before that patch, which
are generated here:

- Kbuild and tests/Kbuild name the sources that are there. Until the switch the option of the
  KUnit tests links the library and compiles kernel code.
- Kconfig has that option only; the other options stay in the architecture's Kconfig.
- arch/powerpc/Kconfig reads that file.
- arch/powerpc/kernel/fadump.c, the old code, agrees with the new <asm/fadump.h>.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import textwrap
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from .. import BUILD, REPO, LabError
from .edits import Edit, ReplaceKconfig, ReplaceText
from .graft import EDITS, HOME, POWERPC, GraftError, Patch, git_mode, make_plan, read, tree_version

TABLE = Path(__file__).with_name("series.toml")
OUT = BUILD / "series"
PREFIX = "powerpc/fadump: "
#: A reviewer reads no more.
MOST_PATCHES = 25

#: The file of the tree that gets our options, and the one that it reads.
OPTIONS, OUR_OPTIONS = f"{POWERPC}/Kconfig", f"{HOME}/Kconfig"
#: The option that builds our code before the switch.
TESTS = "FA_DUMP_KUNIT_TEST"

OLD_CODE, NEW_HEADER = f"{POWERPC}/kernel/fadump.c", f"{POWERPC}/include/asm/fadump.h"
#: The old code with the prototypes of the new header.
AGREE: tuple[Edit, ...] = (
    ReplaceText(OLD_CODE, "\nint is_fadump_memory_area(", "\nbool is_fadump_memory_area("),
    ReplaceText(OLD_CODE, "\nint should_fadump_crash(", "\nbool should_fadump_crash("),
    ReplaceText(OLD_CODE, "\nint is_fadump_active(", "\nbool is_fadump_active("),
    ReplaceText(OLD_CODE, "\nint __init setup_fadump(", "\nstatic int __init setup_fadump("),
)

#: The contents of files by their paths in a tree; None where there is no file.
Contents = Mapping[str, Optional[bytes]]


class SeriesError(LabError):
    """The table and the files do not agree; no mail was written."""


# -- the table ---------------------------------------------------------------

@dataclass(frozen=True)
class Entry:
    """One patch of the table."""

    subject: str
    text: str
    files: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """The commit message, without a sign-off."""
        return f"{PREFIX}{self.subject}\n\n{self.text.strip()}\n"


@dataclass(frozen=True)
class Table:
    """The whole table."""

    subject: str
    text: str
    entries: tuple[Entry, ...]

    @classmethod
    def read(cls, path: Path = TABLE) -> "Table":
        """From its file."""
        data = tomllib.loads(path.read_text())
        entries = tuple(Entry(patch["subject"], patch["text"], tuple(patch.get("files", ())),
                              tuple(patch.get("edits", ()))) for patch in data["patch"])
        return cls(data["cover"]["subject"], data["cover"]["text"], entries)


# -- contents before the patch that carries a file ---------------------------

def joined(text: str) -> list[str]:
    """The lines of a makefile, continued ones as one."""
    return re.sub(r"\s*\\\n\s*", " ", text).splitlines()


#: A list of objects, or of folders.
LIST = re.compile(r"(?P<name>[\w-]+-(?P<when>y|\$\(CONFIG_\w+\)))\s*(?:\+=|:=)\s*"
                  r"(?P<words>[\w./-]+(?:\.o|/)(?: [\w./-]+\.o)*)$")
#: An option that excludes the one with which our code is built before the switch.
ELSEWHERE = "PRESERVE_FA_DUMP"


def kbuild_lines(text: str, there: Callable[[str], bool]) -> Iterator[str]:
    """Lists of a Kbuild file, of objects whose sources are there: library linked, rest compiled."""
    for line in joined(text):
        found = LIST.match(line)
        if not found or ELSEWHERE in line:
            continue
        words = found["words"].split()
        if words == ["fadump-all.o"] or words[0].endswith("/"):
            yield line
            continue
        words = [word for word in words if there(word[:-len("o")] + "c")]
        for name, some in ((found["name"], [word for word in words if word.startswith("lib/")]),
                           (f"always-{found['when']}",
                            [word for word in words if not word.startswith("lib/")])):
            if some:
                yield f"{name} += {' '.join(some)}"


def interim_kbuild(text: str, there: Callable[[str], bool]) -> str:
    """Our Kbuild file before the switch."""
    head = [line for line in joined(text) if line.startswith(("# SPDX", "ccflags"))]
    return "\n".join([
        head[0], "", *head[1:], "",
        "# The old code works until the new one is complete. Until then kernel code is",
        "# compiled and not linked.",
        f"ifdef CONFIG_{TESTS}", *kbuild_lines(text, there), "endif", ""])


def interim_tests(text: str, there: Callable[[str], bool]) -> str:
    """The Kbuild file of the tests before the switch: suites that are there."""
    lines: list[str] = []
    for line in joined(text):
        found = LIST.match(line)
        if found and not found["words"].endswith("/"):
            words = [word for word in found["words"].split() if there(word[:-len("o")] + "c")]
            if not words:
                continue
            line = f"{found['name']} += {' '.join(words)}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def entry_of(text: str, name: str) -> list[str]:
    """The lines of one Kconfig entry."""
    lines = text.splitlines()
    start = lines.index(f"config {name}")
    rest = lines[start + 1:]
    end = next((n for n, line in enumerate(rest) if ReplaceKconfig.ENTRY.match(line)), len(rest))
    entry = [lines[start], *rest[:end]]
    while not entry[-1].strip() or entry[-1].startswith("#"):
        entry.pop()
    return entry


def interim_kconfig(text: str, elsewhere: Sequence[str]) -> str:
    """Our Kconfig file before the switch: the tests, with what FA_DUMP needs and selects."""
    names = [name for name in re.findall(r"^config (\w+)$", text, re.MULTILINE)
             if name not in elsewhere]
    needs = [line for line in entry_of(text, "FA_DUMP")
             if line.startswith(("\tdepends on", "\tselect"))]
    out = [text.splitlines()[0]]
    for name in names:
        entry = entry_of(text, name)
        if name == TESTS:
            at = next(n for n, line in enumerate(entry) if line.startswith("\tdepends on")) + 1
            entry[at:at] = needs
        out += ["", *entry]
    return "\n".join(out) + "\n"


# -- the series --------------------------------------------------------------

@dataclass(frozen=True)
class Step:
    """One patch: its entry and what it makes of files."""

    entry: Entry
    contents: Contents


class Series:
    """The patches of the table against one tree."""

    def __init__(self, tree: Path, repo: Path = REPO, table: Optional[Table] = None,
                 edits: Sequence[Edit] = EDITS) -> None:
        patch = Patch(tree, repo, edits)
        self.tree, self.repo = patch.tree, patch.repo
        self.table = table or Table.read()
        self.changes = {change.path: change for change in patch.changes()}
        self.where = {str(path.relative_to(self.repo)): place
                      for path, place in Patch.placed(self.repo)}
        self.modes = {place: git_mode(path) for path, place in Patch.placed(self.repo)}
        self.options = next((edit.names for edit in edits if isinstance(edit, ReplaceKconfig)), ())

    @property
    def base(self) -> Contents:
        """The touched files as the tree has them."""
        return {path: self.bytes_of(change.old) for path, change in self.changes.items()}

    @staticmethod
    def bytes_of(content: Any) -> Optional[bytes]:
        """A file's bytes; the patch has no links."""
        return content if isinstance(content, bytes) else None

    def steps(self) -> list[Step]:
        """All patches, or one SeriesError that names everything that is wrong."""
        wrong = list(self._complaints())
        if wrong:
            raise SeriesError("The table of the series and the files do not agree; no mail was "
                              "written:\n  " + "\n  ".join(wrong))
        state, carried, steps = dict(self.base), set[str](), []
        for entry in self.table.entries:
            paths = set(self._paths(entry)) & self.changes.keys()
            carried |= paths
            wanted = {path: self.bytes_of(self.changes[path].new) for path in paths}
            wanted |= {path: content for path, content in self._interim(carried).items()
                       if path in self.changes and path not in carried}
            step = Step(entry, {path: content for path, content in sorted(wanted.items())
                                if content != state[path]})
            state.update(step.contents)
            steps.append(step)
        return steps

    def last_with(self, prefix: str) -> int:
        """The number of the last patch that carries a file with such a path in the tree."""
        return max((number for number, entry in enumerate(self.table.entries, 1)
                    if any(path.startswith(prefix) for path in self._paths(entry))), default=0)

    def cover(self) -> str:
        """The text of the cover letter."""
        values = {"version": tree_version(self.tree),
                  "benchmark": benchmark(self._ours("README.md")),
                  "library": self.last_with(f"{HOME}/tests/lib/"),
                  "switch": self.last_with(f"{HOME}/Kbuild"), "last": len(self.table.entries)}
        return self.table.text.strip().format(**values)

    # -- which patch carries what ------------------------------------------

    def _paths(self, entry: Entry) -> list[str]:
        """The places in the tree of what a patch carries."""
        ours = [self.where[name] for glob in entry.files for name in self._matches(glob)]
        return [*ours, *(path for path in entry.edits if path in self.changes)]

    def _matches(self, glob: str) -> list[str]:
        names = (str(path.relative_to(self.repo)) for path in self.repo.glob(glob))
        return sorted(name for name in names if name in self.where)

    def _complaints(self) -> Iterator[str]:
        """Everything that is wrong with the table."""
        if len(self.table.entries) > MOST_PATCHES:
            yield f"{len(self.table.entries)} patches; {MOST_PATCHES} are the most"
        carriers: dict[str, list[str]] = {path: [] for path in self.changes}
        for number, entry in enumerate(self.table.entries, 1):
            for glob in entry.files:
                if not self._matches(glob):
                    yield f"patch {number} carries {glob}: no such file here goes into a tree"
            for path in entry.edits:
                if path not in self.changes:
                    yield f"patch {number} carries {path}: the graft does not change it"
            for path in self._paths(entry):
                carriers.setdefault(path, []).append(f"patch {number}")
        for path, numbers in sorted(carriers.items()):
            if not numbers:
                yield f"{path}: no patch carries it"
            elif len(numbers) > 1:
                yield f"{path}: {' and '.join(numbers)} carry it"

    # -- before the switch --------------------------------------------------

    def _interim(self, carried: set[str]) -> Contents:
        """Contents of the files that have some before the patch that carries them."""
        def there(folder: str) -> Callable[[str], bool]:
            return lambda name: f"{folder}/{name}" in carried

        found: dict[str, Optional[bytes]] = {}
        if any(path.startswith(f"{HOME}/lib/") and path.endswith(".c") for path in carried):
            found[OUR_OPTIONS] = interim_kconfig(self._ours("Kconfig"), self.options).encode()
            found[f"{HOME}/Kbuild"] = interim_kbuild(self._ours("Kbuild"), there(HOME)).encode()
            found[f"{HOME}/tests/Kbuild"] = interim_tests(self._ours("tests/Kbuild"),
                                                          there(f"{HOME}/tests")).encode()
            found[OPTIONS] = self._edited(OPTIONS, [ReplaceText(
                OPTIONS, "\nconfig FA_DUMP\n", f'\nsource "{OUR_OPTIONS}"\n\nconfig FA_DUMP\n')])
        if NEW_HEADER in carried:
            found[OLD_CODE] = self._edited(OLD_CODE, AGREE)
        return found

    def _ours(self, name: str) -> str:
        return (self.repo / name).read_text()

    def _edited(self, path: str, edits: Sequence[Edit]) -> Optional[bytes]:
        changes = make_plan(edits, lambda name: read(self.tree / name))
        return self.bytes_of(changes[0].new)


# -- the mails ---------------------------------------------------------------

def benchmark(readme: str) -> str:
    """The table of the README in columns of plain text."""
    rows: list[list[str]] = []
    for line in readme.splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and (rows or cells[-2:] == ["untouched", "ours"]):
            rows.append(cells)
        elif rows:
            break
    if len(rows) < 3:
        raise SeriesError("README.md has no table with the columns 'untouched' and 'ours', which "
                          "the cover letter quotes; no mail was written")
    return "\n".join(line for row in [rows[0], *rows[2:]] for line in columns(row))


#: Columns of the table in a mail; a row is 72 characters at most.
WIDTHS = (33, 18, 17)


def columns(cells: Sequence[str]) -> list[str]:
    """The lines of one row."""
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, WIDTHS)]
    height = max(map(len, wrapped))
    return ["  ".join(f"{lines[n] if n < len(lines) else '':{width}}"
                      for lines, width in zip(wrapped, WIDTHS)).rstrip() for n in range(height)]


def author() -> tuple[str, str]:
    """Name and address of the user, as git knows them."""
    done = subprocess.run(["git", "var", "GIT_AUTHOR_IDENT"], cwd=REPO, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    found = re.match(r"(.+) <(.+)> \d+ [+-]\d+$", done.stdout.strip())
    if not found:
        raise LabError("git does not know whose mails these are: set user.name and user.email\n"
                       + done.stderr.strip())
    return found[1], found[2]


def last_change() -> int:
    """When this directory changed last: mails of one state are the same."""
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=REPO, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return int(done.stdout) if done.stdout.strip() else int(time.time())


class Git:
    """A repository apart from its work tree, untouched by anyone's settings."""

    def __init__(self, directory: Path, tree: Path) -> None:
        self.directory, self.tree = directory, tree
        self.name, self.mail = author()
        self.when = last_change()

    def __call__(self, *args: str, text: str = "") -> str:
        """Run git; its output."""
        env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
                "GIT_DIR": str(self.directory), "GIT_WORK_TREE": str(self.tree),
                "GIT_AUTHOR_NAME": self.name, "GIT_AUTHOR_EMAIL": self.mail,
                "GIT_COMMITTER_NAME": self.name, "GIT_COMMITTER_EMAIL": self.mail,
                "GIT_AUTHOR_DATE": f"{self.when} +0000",
                "GIT_COMMITTER_DATE": f"{self.when} +0000"}
        try:
            done = subprocess.run(["git", *args], cwd=self.tree, env=env, input=text, text=True,
                                  errors="replace", check=False, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
        except FileNotFoundError as why:
            raise LabError("The series is made with git: apt-get install git") from why
        if done.returncode:
            raise LabError(f"git {' '.join(args[:2])}: exit {done.returncode}\n{done.stdout}")
        return done.stdout

    def start(self, paths: Sequence[str], version: str) -> None:
        """A repository whose first commit has these files of the work tree."""
        self("init", "-q", "-b", "series")
        self.commit(paths, f"Linux {version}\n")

    def commit(self, paths: Sequence[str], message: str, *options: str) -> None:
        """A commit of these files, a second after the one before."""
        self.when += 1
        self("add", "-A", "-f", "--pathspec-from-file=-", text="\n".join(paths))
        self("commit", "-q", "--no-verify", *options, "-F", "-", text=message)


def put(tree: Path, contents: Contents, modes: Mapping[str, str]) -> None:
    """Write files below a scratch tree."""
    for path, content in contents.items():
        where = tree / path
        if content is None:
            where.unlink(missing_ok=True)
            continue
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(content)
        where.chmod(int(modes.get(path, "100644")[-3:], 8))


def write(series: Series, out: Path = OUT) -> list[Path]:
    """The mails as files, cover letter first, in place of those of an earlier run."""
    steps = series.steps()
    cover = series.cover()
    before = {path: content for path, content in series.base.items() if content is not None}
    modes = {path: git_mode(series.tree / path) for path in before} | series.modes
    with tempfile.TemporaryDirectory(prefix="fadump-series-") as scratch:
        tree = Path(scratch, "tree")
        put(tree, before, modes)
        git = Git(Path(scratch, "git"), tree)
        git.start(sorted(before), tree_version(series.tree))
        for step in steps:
            put(tree, step.contents, modes)
            git.commit(sorted(step.contents), step.entry.message, "--signoff")
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        git("config", "branch.series.description", f"{series.table.subject}\n\n{cover}\n")
        git("format-patch", "-q", "-n", "--cover-letter", "--cover-from-description=subject",
            "--no-renames", "--zero-commit", "--no-signature", "-o", str(out),
            f"HEAD~{len(steps)}..HEAD")
    return sorted(out.glob("*.patch"))
