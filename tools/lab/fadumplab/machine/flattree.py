# SPDX-License-Identifier: GPL-2.0-or-later
"""Flattened device trees: find, shorten, replace and add properties."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterator

from .. import LabError

MAGIC = 0xd00dfeed
#: Bytes of the header; the word after the magic is the size of the whole tree.
HEADER = 40
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9


@dataclasses.dataclass(frozen=True)
class Property:
    """One property; `at` is the offset of its value in the blob."""

    node: str
    name: str
    at: int
    value: bytes


def total_size(header: bytes) -> int:
    """The size of the whole tree, from its first eight bytes."""
    magic, size = struct.unpack_from(">II", header)
    if magic != MAGIC or size < HEADER:
        raise LabError(f"No flattened device tree starts with {header[:8].hex()}")
    return int(size)


def text(blob: bytes, at: int) -> str:
    """A string that ends with a zero byte."""
    return blob[at:blob.index(b"\0", at)].decode(errors="replace")


def padded(size: int) -> int:
    """A size rounded up to the next word: everything in a tree is word-aligned."""
    return (size + 3) & ~3


def properties(blob: bytes) -> Iterator[Property]:
    """All properties of the tree, in its order."""
    total_size(blob)
    at, strings = struct.unpack_from(">II", blob, 8)
    path: list[str] = []
    while True:
        word, = struct.unpack_from(">I", blob, at)
        at += 4
        if word == BEGIN_NODE:
            path.append(text(blob, at))
            at += padded(len(path[-1]) + 1)
        elif word == END_NODE:
            path.pop()
        elif word == PROP:
            size, name = struct.unpack_from(">II", blob, at)
            at += 8
            yield Property("/".join(path) or "/", text(blob, strings + name), at,
                           blob[at:at + size])
            at += padded(size)
        elif word == END:
            return
        elif word != NOP:
            raise LabError(f"The device tree has a token {word:#x} at {at - 4:#x}")


def find(blob: bytes, node: str, name: str) -> Property:
    """A property by its name and its node, such as /rtas."""
    for prop in properties(blob):
        if (prop.node, prop.name) == (node, name):
            return prop
    raise LabError(f"The device tree has no {node}/{name}")


def shorten(prop: Property, size: int) -> dict[int, bytes]:
    """The bytes to write, by their offsets in the blob, that shorten a property."""
    if size > len(prop.value):
        raise LabError(f"{prop.name} has {len(prop.value)} bytes and cannot have {size}")
    unused = padded(len(prop.value)) - padded(size)
    return {prop.at - 8: struct.pack(">I", size),
            prop.at + padded(size): struct.pack(">I", NOP) * (unused // 4)}


def _with(blob: bytes, at: int, end: int, new: bytes, string: bytes = b"") -> bytes:
    """The tree with the structure's bytes [at, end) replaced, and one more string."""
    begin, strings, reserved = struct.unpack_from(">III", blob, 8)
    # A tree made by prom_init does not have the size of its structure in the header.
    after = min([place for place in (strings, reserved, len(blob)) if place > begin])
    last = next(place for place in range(reserved, len(blob), 16)
                if not any(blob[place:place + 16]))
    entries = blob[reserved:last + 16]
    structure = blob[begin:at] + new + blob[end:after]
    names = blob[strings:strings + struct.unpack_from(">I", blob, 32)[0]] + string
    at_structure = HEADER + len(entries)
    at_strings = at_structure + len(structure)
    return (struct.pack(">IIIII", MAGIC, at_strings + len(names), at_structure, at_strings, HEADER)
            + blob[20:32] + struct.pack(">II", len(names), len(structure))
            + entries + structure + names)


def replace(blob: bytes, prop: Property, value: bytes) -> bytes:
    """The tree with a new value of a property."""
    name = blob[prop.at - 4:prop.at]
    return _with(blob, prop.at - 8, prop.at + padded(len(prop.value)),
                 struct.pack(">I", len(value)) + name + value.ljust(padded(len(value)), b"\0"))


def add(blob: bytes, before: Property, name: str, value: bytes) -> bytes:
    """The tree with one more property, inserted before this one."""
    nr_strings, = struct.unpack_from(">I", blob, 32)
    return _with(blob, before.at - 12, before.at - 12,
                 struct.pack(">III", PROP, len(value), nr_strings)
                 + value.ljust(padded(len(value)), b"\0"), name.encode() + b"\0")
