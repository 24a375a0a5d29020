# SPDX-License-Identifier: GPL-2.0-or-later
"""Words that the tree does not use, in code, comments and documents, and their replacements.

One thing has one name everywhere, the name that kernel developers and administrators know.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from . import LabError

#: Patterns and their replacements. A pattern begins and ends at a letter's boundary, so that
#: it also matches a part of an identifier; the case of letters does not matter.
WORDS: Mapping[str, str] = {
    r"(dead|dying)[ _]kernels?": "crashed kernel",
    r"kernels? (dies|died)": "the kernel crashes",
    r"lend(s|ing|able)?|lent": "CMA area, reserve as CMA",
    r"fadump_claims?(_\w+)?|claims\.[cho]": "reserved ranges",
    r"fadump_absent(_\w+)?|absent\.[cho]|absent memory": "deferred memory",
    r"plug(s|ged|ging)?[ _]in": "add (deferred memory)",
    r"(giv(e|es|en|ing)|gave)[ _]back|what_to_free": "release",
    r"keep_back|give_now|hold_hash_table|let_go_of_hash_table": "(no such step)",
    r"salvag(e|es|ed|ing)": "recover",
    r"fadump_loss(es)?(_\w+)?|fadump_lost(_\w+)?|losses": "missing",
    r"fates?": "outcome",
    r"fadump_origin(_\w+)?": "summary (of a dump)",
    r"fadump_needs?(_\w+)?|need\.[cho]": "estimate",
    r"un_?suited|is_suited|arguments_suit": "filter, is_allowed",
    r"twins?": "copy, complement",
    r"withh[eo]ld(s|ing)?": "disable",
    r"patien(t|ce)": "timeout",
    r"has_books\w*|books(_\w+)?": "counters, memmap",
    r"go_down_with_dump": "reboot_with_dump",
    r"[a-z]+_void|void(s|ed|ing)": "invalidate",
    r"fadump_\w*attach": "probe",
    r"pure (code|files?|functions?|parts?|steps?)|fadump-pure\w*|_pure": "library code",
    r"(people|persons?)": "user, administrator, reader, user interface",
    r"picture\.[cho]|picture_\w+|\w+_picture|(memory|time)picture": "map",
    r"workshops?": "build root",
    r"ill firmware|firmware (is|falls|fell) ill": "firmware error",
    r"vouch(es|ed)?": "verified, untrusted",
    r"(some|no|any|every)body('s)?": "name the subject: the function, CPU, process",
    r"who(m|se)?ever|(?-i:Who)|(?<=[;:,] )who (has|is|asks?|reads?|wants?)":
        "name the subject: the function, CPU, process",
}

#: Uses with another meaning: messages of the kernel, the user of that name, and a word of the
#: program's JSON that is older than this list.
ALLOWED = re.compile(r"nobody cared|nobody:|[\"'@/=]nobody\b|-u nobody\b|\bNOBODY\b|"
                     r"all-(maybe-)?but-lent-pages")

#: These files have the words as data.
EXEMPT = {"tools/lab/fadumplab/words.py", "tools/lab/tests/test_words.py"}

FORBIDDEN = re.compile("|".join(
    rf"(?P<w{number}>(?<![A-Za-z])({pattern})(?![A-Za-z]))"
    for number, pattern in enumerate(WORDS)), re.IGNORECASE)


def tracked_files(repo: Path) -> list[str]:
    """The files that git tracks."""
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=repo, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as why:
        raise LabError(f"git cannot list the files of {repo}: {why}") from why
    return os.fsdecode(done.stdout).rstrip("\0").split("\0")


def text_of(path: Path) -> str:
    """The content of a text file; nothing for links, binary files and deleted files."""
    if path.is_symlink() or not path.is_file():
        return ""
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode(errors="replace")


def complaints_of(text: str) -> Iterator[str]:
    """One text for each forbidden word in a line."""
    for found in FORBIDDEN.finditer(ALLOWED.sub("", text)):
        number = next(name for name, value in found.groupdict().items() if value)
        yield f"'{found[0]}': use {list(WORDS.values())[int(number[1:])]}"


def complaints(repo: Path, names: Iterable[str]) -> list[str]:
    """A line for each forbidden word in these files and in their names."""
    lines: list[str] = []
    for name in names:
        if name in EXEMPT:
            continue
        lines += [f"{name}: name: {one}" for one in complaints_of(name)]
        lines += [f"{name}:{number}: {one}"
                  for number, line in enumerate(text_of(repo / name).splitlines(), 1)
                  for one in complaints_of(line)]
    return lines
