# SPDX-License-Identifier: GPL-2.0-or-later
"""Flattened device trees: where a property stands, and how to make it shorter in place."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterator

from . import LabError

MAGIC = 0xd00dfeed
#: Bytes of the header; the word behind the magic is the size of it all.
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
    """How many bytes the whole tree has, from the first eight."""
    magic, size = struct.unpack_from(">II", header)
    if magic != MAGIC or size < HEADER:
        raise LabError(f"No flattened device tree starts with {header[:8].hex()}")
    return int(size)


def text(blob: bytes, at: int) -> str:
    """A string that ends with a zero byte."""
    return blob[at:blob.index(b"\0", at)].decode(errors="replace")


def padded(size: int) -> int:
    """Everything in a tree begins on a word."""
    return (size + 3) & ~3


def properties(blob: bytes) -> Iterator[Property]:
    """Every property of the tree, in its order."""
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
    """That property of that node, such as /rtas."""
    for prop in properties(blob):
        if (prop.node, prop.name) == (node, name):
            return prop
    raise LabError(f"The device tree has no {node}/{name}")


def shorten(prop: Property, size: int) -> dict[int, bytes]:
    """What to write where (offsets in the blob) so that the property has fewer bytes."""
    if size > len(prop.value):
        raise LabError(f"{prop.name} has {len(prop.value)} bytes and cannot have {size}")
    unused = padded(len(prop.value)) - padded(size)
    return {prop.at - 8: struct.pack(">I", size),
            prop.at + padded(size): struct.pack(">I", NOP) * (unused // 4)}
