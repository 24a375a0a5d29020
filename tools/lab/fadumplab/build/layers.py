# SPDX-License-Identifier: GPL-2.0-or-later
"""The layers of the kernel code: includes and calls run one way, from the top downwards."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

#: A folder may use folders with lower numbers; folders with the same number may not use each
#: other.
RANKS: Mapping[str, int] = {"lib": 0, "boot": 2, "memory": 2, "capture": 3, "": 4}
#: State and backend interface: below all code that is not library code.
SHARED, SHARED_RANK = "fadump-internal.h", 1
#: Tests may use everything.
FREE = ("tests", "selftests", "asm", "tools")

INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Arrow:
    """One file that uses another, and the reason: an include or symbols."""

    user: str
    used: str
    why: str

    def __str__(self) -> str:
        return f"{self.user}: uses {self.used} ({self.why})"


def folder(path: str) -> str:
    """The folder of a file, "" for the top folder."""
    return PurePath(path).parts[0] if "/" in path else ""


def rank(path: str) -> int:
    """The layer of a file."""
    return SHARED_RANK if path == SHARED else RANKS[folder(path)]


def is_ours(path: str) -> bool:
    """Whether the layers are about this file."""
    return folder(path) not in FREE


def is_downwards(arrow: Arrow) -> bool:
    """Whether the layers allow one file to use another."""
    if folder(arrow.user) == folder(arrow.used) and SHARED not in (arrow.user, arrow.used):
        return True
    return rank(arrow.used) < rank(arrow.user)


def includes(sources: Mapping[str, str]) -> Iterator[Arrow]:
    """The includes of our own files."""
    for path, text in sources.items():
        for name in INCLUDE.findall(text):
            if is_ours(path):
                yield Arrow(path, name, "include")


def calls(defined: Mapping[str, Iterable[str]],
          wanted: Mapping[str, Iterable[str]]) -> Iterator[Arrow]:
    """The use of one object's symbols by another, by the names of their sources."""
    owner = {symbol: path for path, symbols in defined.items() for symbol in symbols}
    for path, symbols in wanted.items():
        users: dict[str, list[str]] = {}
        for symbol in symbols:
            if owner.get(symbol, path) != path:
                users.setdefault(owner[symbol], []).append(symbol)
        for used, names in users.items():
            yield Arrow(path, used, ", ".join(sorted(names)))


def circles(arrows: Iterable[Arrow]) -> list[str]:
    """Groups of files in which each file uses every other, directly or through others."""
    uses: dict[str, set[str]] = {}
    for arrow in arrows:
        uses.setdefault(arrow.user, set()).add(arrow.used)
    reached = {path: reach(path, uses) for path in uses}
    groups = {frozenset({path, *(other for other in reached[path]
                                 if path in reached.get(other, ()))})
              for path in uses if path in reached[path]}
    return sorted("a circle: " + ", ".join(sorted(group)) for group in groups)


def reach(path: str, uses: Mapping[str, set[str]]) -> set[str]:
    """All files that a file uses, directly or through others."""
    found: set[str] = set()
    todo = [path]
    while todo:
        for used in uses.get(todo.pop(), ()):
            if used not in found:
                found.add(used)
                todo.append(used)
    return found


def complaints(arrows: Sequence[Arrow]) -> list[str]:
    """The arrows against the layers, and all circles."""
    wrong = [str(arrow) for arrow in arrows if not is_downwards(arrow)]
    return sorted(wrong) + circles(arrows)
