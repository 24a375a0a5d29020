# SPDX-License-Identifier: GPL-2.0-or-later
"""Check that the program's folders use each other in one direction only.

    layers.py SOURCES OBJECTS

A folder's README has a line "Uses: FOLDER...". A file may include headers of these folders
and of its own, and call functions or use variables of them; objects tell by nm. No circle
of files is allowed, neither of calls nor of headers that include each other.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

#: From each file to the files that it uses, and for each of these a reason.
Graph = dict[str, dict[str, str]]

INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)


def read_uses(top: Path) -> dict[str, set[str]]:
    """For each folder those that it uses, as its README says."""
    lines = {path.parent.name: re.search(r"^Uses: (.*)$", path.read_text(), re.M)
             for path in top.glob("*/README")}
    return {folder: set(line[1].split()) & lines.keys() for folder, line in lines.items() if line}


def read_includes(top: Path, folders: set[str]) -> Graph:
    """Files and the project's headers that they include."""
    graph: Graph = {}
    for folder in folders:
        for path in sorted((top / folder).glob("*.[ch]")):
            names = [name for name in INCLUDE.findall(path.read_text()) if "/" in name]
            graph[f"{folder}/{path.name}"] = {name: "#include" for name in names}
    return graph


def symbols(path: Path) -> Iterator[tuple[str, str]]:
    """The kind and the name of each global symbol in an object."""
    out = subprocess.run([os.environ.get("NM", "nm"), "-g", path], check=True,
                         capture_output=True, text=True).stdout
    for line in out.splitlines():
        kind, name = line.split()[-2:]
        yield kind, name


def read_calls(objects: Path, folders: set[str]) -> Graph:
    """Objects and those that define what they need."""
    found = {f"{folder}/{path.name}": list(symbols(path)) for folder in folders
             for path in sorted((objects / folder).glob("*.o"))}
    home = {name: path for path, names in found.items() for kind, name in names
            if kind not in "UuwvVW"}
    return {path: {home[name]: name for kind, name in names
                   if kind == "U" and home.get(name, path) != path}
            for path, names in found.items()}


def wrong_folders(graph: Graph, uses: dict[str, set[str]]) -> Iterator[str]:
    """Arrows to a folder that the README does not name."""
    for path, others in graph.items():
        folder = path.split("/")[0]
        for other, reason in others.items():
            if other.split("/")[0] not in uses[folder] | {folder}:
                yield f"{path} -> {other} ({reason}): not in {folder}/README"


def find_circle(graph: Graph) -> list[str]:
    """The files of one circle, or none."""
    done: set[str] = set()

    def walk(path: str, way: list[str]) -> list[str]:
        if path in way:
            return [*way[way.index(path):], path]
        if path not in done:
            for other in graph.get(path, ()):
                circle = walk(other, [*way, path])
                if circle:
                    return circle
            done.add(path)
        return []

    for path in graph:
        circle = walk(path, [])
        if circle:
            return circle
    return []


def check(top: Path, objects: Path) -> list[str]:
    """All that is wrong."""
    uses = read_uses(top)
    wrong = [] if uses else [f"{top}: no folder has a README with Uses:"]
    for graph in (read_includes(top, set(uses)), read_calls(objects, set(uses))):
        if not any(graph.values()):
            wrong.append(f"{objects}: nothing to check")
        wrong += wrong_folders(graph, uses)
        circle = find_circle(graph)
        if circle:
            wrong.append("circle: " + " -> ".join(circle))
    return wrong


if __name__ == "__main__":
    FOUND = check(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(FOUND) or "no wrong call, no circle")
    sys.exit(bool(FOUND))
