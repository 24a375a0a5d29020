# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the documents name what there is: files, log messages, output of fadumpctl."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from .. import REPO, LabError
from ..build.kernel import Finding
from ..graft.graft import Patch
from . import pictures

GUIDE = "Documentation/firmware-assisted-dump.rst"

#: Files of the kernel's that our documents name without a path.
KERNELS = {"prom.c", "traps.c"}
#: What the lab leaves behind, and where a kernel tree has our selftests.
ELSEWHERE = ("build/", "tools/testing/")

#: A name in the typewriter face that has to be a file or a folder of ours.
NAMED = re.compile(r"`{1,2}((?:[\w-]+/)*[\w.-]+\.(?:c|h|py)|(?:[\w-]+/)+)`{1,2}")

#: Our directory in a kernel tree, and what is no part of a checkout.
HOME = "arch/powerpc/fadump/"
NOT_OURS = {".git", "build", "__pycache__"}


def our_paths(repo: Path) -> set[str]:
    """Every file and folder, the latter with a slash behind it."""
    found: set[str] = set()
    for where, folders, files in os.walk(repo):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        top = os.path.relpath(where, repo) + "/" if where != str(repo) else ""
        found |= {top + name for name in files} | {f"{top}{name}/" for name in folders}
    return found


def documents(repo: Path) -> list[Path]:
    """The README, and what a kernel tree gets."""
    return [repo / "README.md", *sorted((repo / "Documentation").glob("*.rst"))]


def is_there(name: str, paths: set[str]) -> bool:
    """Whether a document may call one of these by that name."""
    name = name.removeprefix(HOME)
    return not name or name in paths or any(path.endswith(f"/{name}") for path in paths)


def unknown_files(repo: Path = REPO) -> Iterator[str]:
    """Names of files and folders that do not exist."""
    paths = our_paths(repo)
    for document in documents(repo):
        for number, line in enumerate(document.read_text().splitlines(), 1):
            for name in NAMED.findall(line):
                if name not in KERNELS and not name.startswith(ELSEWHERE) \
                        and not is_there(name, paths):
                    yield f"{document.relative_to(repo)}:{number}: no such file: {name}"


DIRECTIVE = re.compile(r"^ *\.\. kernel-doc:: (\S+)\n +:doc: (.*)$", re.M)


def unknown_comments(repo: Path = REPO) -> Iterator[str]:
    """Comments that a document includes by their title and no source has: Sphinx says nothing."""
    for document in documents(repo):
        for where, title in DIRECTIVE.findall(document.read_text()):
            source = repo / where.removeprefix(HOME)
            if not source.is_file() or f"DOC: {title}\n" not in source.read_text():
                yield f"{document.relative_to(repo)}: {where} has no comment \"DOC: {title}\""


STRING = re.compile(r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*')
FORMAT = re.compile(r"%[-#0 .*\d]*(?:l{0,2}|h{0,2}|z)[a-rt-zA-Z]")
#: Messages of the kernel that the guide explains as well.
KERNEL_SAYS = ("crashkernel: ",)


def strings(paths: Iterable[Path]) -> list[str]:
    """All strings of these sources; numbers that are printed or constant are #."""
    found: list[str] = []
    for path in paths:
        for literal in STRING.findall(path.read_text()):
            joined = re.sub(r'"\s*"', "", literal).strip('"')
            plain = re.sub(r"(\\n|\s)+", " ", re.sub(r"%[.\d*]+s", "%s", joined)).strip()
            found.append(re.sub(r"\d+", "#", FORMAT.sub("#", plain)))
    return found


def messages(repo: Path) -> list[str]:
    """What our kernel code prints."""
    return strings(path for path in Patch.sources(repo)
                   if path.suffix == ".c" and "tests" not in path.parts)


#: So much of a message is fixed text, if the rest may stand for any words.
ENOUGH = 10


def says(message: str, line: str) -> bool:
    """Whether a message is what the guide quotes; ... there and %s here stand for anything."""
    line = re.sub(r"\d+", "#", line)
    if re.search(".*".join(map(re.escape, line.split("..."))), message):
        return True
    pieces = message.split("%s")
    return len("".join(pieces)) >= ENOUGH and bool(
        re.fullmatch(".*".join(map(re.escape, pieces)), line))


def chapter(guide: str, title: str) -> str:
    """The text of one chapter of the guide."""
    found = re.search(rf"^{title}\n=+\n(.*?)^\S[^\n]*\n=+\n", guide, re.M | re.S)
    if not found:
        raise LabError(f"{GUIDE} has no chapter \"{title}\"")
    return found[1]


def quoted(guide: str) -> Iterator[str]:
    """What the guide's chapter about the log has in the left column of its tables."""
    log = chapter(guide, "What the log says")
    for cell in re.findall(r"^   \* - (.*?)\n     - ", log, re.M | re.S):
        yield from (" ".join(words.split()) for words in re.findall(r"``(.*?)``", cell, re.S))


def unknown_messages(repo: Path = REPO) -> Iterator[str]:
    """Quoted lines of the log that no source has."""
    known = messages(repo)
    for line in quoted((repo / GUIDE).read_text()):
        if not line.startswith(KERNEL_SAYS) and not any(says(one, line) for one in known):
            yield f"{GUIDE}: no source prints: {line}"


#: A line of fadumpctl's: a label or none, a verdict or none, and words.
OUTPUT = re.compile(r"^\t(?=[A-Z ])(?:(\w[\w ]{0,18}?) {2,})? *(?:ok: )?(\S.*)$", re.M)


def unknown_output(repo: Path = REPO) -> Iterator[str]:
    """Lines that fadumpctl prints in the guide's first chapter and not in its sources."""
    known = strings(path for path in sorted((repo / "tools/fadumpctl").rglob("*.c"))
                    if "tests" not in path.parts)
    for label, words in OUTPUT.findall(chapter((repo / GUIDE).read_text(), "Five commands")):
        if label and label not in known:
            yield f"{GUIDE}: fadumpctl has no label {label}"
        if not re.fullmatch(r"[\d.]+ \wiB", words) and not any(says(one, words) for one in known):
            yield f"{GUIDE}: fadumpctl does not print: {words}"


def findings(repo: Path = REPO) -> Iterable[Finding]:
    """What the static stage has to say about documents and pictures."""
    yield Finding("pictures", pictures.stale(repo))
    yield Finding("files named in documents", list(unknown_files(repo)))
    yield Finding("comments included in documents", list(unknown_comments(repo)))
    yield Finding("messages quoted in the guide",
                  [*unknown_messages(repo), *unknown_output(repo)])
