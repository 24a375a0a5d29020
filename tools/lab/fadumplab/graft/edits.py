# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes to single files of a Linux tree.

An edit gets the content of a path and returns the new content, or raises a Misfit with the
reason.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional, Union


@dataclass(frozen=True)
class Link:
    """A symbolic link as the content of a path."""

    target: str


#: What a path holds: bytes of a file, a link, or None for nothing.
Content = Union[bytes, Link, None]


class Misfit(Exception):
    """The content is not what an edit expects."""


class Edit(ABC):
    """One change to one path of the tree."""

    def __init__(self, path: str) -> None:
        self.path = path

    @abstractmethod
    def change(self, content: Content) -> Content:
        """The new content, or a Misfit."""

    @staticmethod
    def text(content: Content) -> str:
        """Content as text; a Misfit if it is no file."""
        if not isinstance(content, bytes):
            raise Misfit("there is no such file" if content is None else "it is a symbolic link")
        return content.decode(errors="surrogateescape")

    @staticmethod
    def data(text: str) -> bytes:
        """The reverse of text()."""
        return text.encode(errors="surrogateescape")


class AddLine(Edit):
    """Insert a line after the only line that matches."""

    def __init__(self, path: str, after: str, line: str) -> None:
        super().__init__(path)
        self.after = after
        self.line = line

    def change(self, content: Content) -> Content:
        lines = self.text(content).splitlines(keepends=True)
        if self.line + "\n" in lines:
            raise Misfit(f"it already has the line '{self.line}'")
        found = [n for n, line in enumerate(lines) if re.match(self.after, line.rstrip("\n"))]
        if len(found) != 1:
            raise Misfit(f"{len(found)} lines match /{self.after}/, one was expected")
        lines.insert(found[0] + 1, self.line + "\n")
        return self.data("".join(lines))


class DropLines(Edit):
    """Delete every line that matches; at least one must."""

    def __init__(self, path: str, pattern: str) -> None:
        super().__init__(path)
        self.pattern = pattern

    def change(self, content: Content) -> Content:
        lines = self.text(content).splitlines(keepends=True)
        kept = [line for line in lines if not re.match(self.pattern, line.rstrip("\n"))]
        if len(kept) == len(lines):
            raise Misfit(f"no line matches /{self.pattern}/")
        return self.data("".join(kept))


class ReplaceText(Edit):
    """Replace text that occurs exactly once."""

    def __init__(self, path: str, old: str, new: str) -> None:
        super().__init__(path)
        self.old = old
        self.new = new

    def change(self, content: Content) -> Content:
        text = self.text(content)
        if text.count(self.old) != 1:
            raise Misfit(f"{text.count(self.old)} places have\n{self.old}one was expected")
        return self.data(text.replace(self.old, self.new))


class DropText(ReplaceText):
    """Delete consecutive lines that occur exactly once."""

    def __init__(self, path: str, *lines: str) -> None:
        super().__init__(path, "".join(f"{line}\n" for line in lines), "")


class OneOf(Edit):
    """Several lists of edits of one file: the first list without a Misfit is applied."""

    def __init__(self, path: str, *cases: Sequence[Edit]) -> None:
        super().__init__(path)
        self.cases = cases

    def change(self, content: Content) -> Content:
        reasons: list[str] = []
        for case in self.cases:
            new = content
            try:
                for edit in case:
                    new = edit.change(new)
                return new
            except Misfit as why:
                reasons.append(str(why))
        raise Misfit("; or ".join(reasons))


class ReplaceKconfig(Edit):
    """Replace whole Kconfig entries by a source line in the place of the first."""

    ENTRY = re.compile(r"(config|menuconfig|choice|endchoice|menu|endmenu|if|endif|comment|"
                       r"source|mainmenu)\b")

    def __init__(self, path: str, names: Sequence[str], source: str) -> None:
        super().__init__(path)
        self.names = names
        self.source = source

    def change(self, content: Content) -> Content:
        lines = self.text(content).splitlines(keepends=True)
        first: Optional[int] = None
        for name in self.names:
            start, end = self._entry(lines, name)
            del lines[start:end]
            if first is None or start < first:
                first = start
        lines[first:first] = [f'source "{self.source}"\n', "\n"]
        return self.data("".join(lines))

    def _entry(self, lines: Sequence[str], name: str) -> tuple[int, int]:
        """The line numbers of an entry and of the entry after it."""
        starts = [n for n, line in enumerate(lines) if line.rstrip() == f"config {name}"]
        if len(starts) != 1:
            raise Misfit(f"{len(starts)} entries 'config {name}', one was expected")
        for end in range(starts[0] + 1, len(lines)):
            if self.ENTRY.match(lines[end]):
                return starts[0], end
        return starts[0], len(lines)


class Remove(Edit):
    """Delete a file."""

    def change(self, content: Content) -> Content:
        self.text(content)
        return None


class Replace(Edit):
    """Replace upstream's file by a link to ours."""

    def __init__(self, path: str, target: str) -> None:
        super().__init__(path)
        self.target = target

    def change(self, content: Content) -> Content:
        self.text(content)
        return Link(self.target)


class Plant(Edit):
    """Make a link at a path that does not exist."""

    def __init__(self, path: str, target: str) -> None:
        super().__init__(path)
        self.target = target

    def change(self, content: Content) -> Content:
        if content is not None:
            raise Misfit("it already exists and is not ours")
        return Link(self.target)


def object_line(*objects: str) -> str:
    """A pattern for makefile lines that build one of these objects and nothing else."""
    names = "|".join(map(re.escape, objects))
    return rf"obj-\$\(CONFIG_\w+\)\s*\+=\s*({names})\s*$"
