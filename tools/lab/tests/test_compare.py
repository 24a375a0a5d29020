# SPDX-License-Identifier: GPL-2.0-or-later
"""Allowed differences between a dump and memory at the crash."""

import struct
import types

import pytest
from fadumplab import LabError
from fadumplab.dump.compare import Slots, note_slots
from fadumplab.dump.core import NOTE_SLOT

NOTE = struct.pack("<III", 5, 504, 1) + b"CORE\0\0\0\0" + bytes(range(252)) * 2 + bytes(12)
OTHER = NOTE[:100] + b"\x55" + NOTE[101:]


def record(*parts: tuple[int, bytes]) -> bytes:
    """A crash-info record with note slots."""
    at = 64 + 24 * len(parts)
    table = data = b""
    for number, part in parts:
        table += struct.pack(">6I", number, 1, at + len(data), len(part), 1, 0)
        data += part
    head = b"FADUPCI1" + struct.pack(">5I", 1, 64, at + len(data), len(parts), 24)
    return head.ljust(64, b"\0") + table + data


def test_slots_of_a_record() -> None:
    notes = struct.pack(">IIQQQ", NOTE_SLOT, 3, 0x1000, 0, 0x3000)
    assert note_slots(record((4, bytes(32)), (7, notes))) == [0x1000, 0x3000]
    assert note_slots(record((4, bytes(32)))) == [], "an older record has none"


@pytest.mark.parametrize("data", [bytes(200), record((7, struct.pack(">IIQ", 100, 1, 0x1000)))])
def test_nonsense_is_not_taken_for_none(data: bytes) -> None:
    with pytest.raises(LabError):
        note_slots(data)


def explain(changes: dict[int, bytes]) -> bool:
    """Whether a difference is allowed: a page of two slots, the second with a note already."""
    slots = Slots(types.SimpleNamespace(filled_slots={NOTE}), [0x10400, 0x10800])
    before = bytearray(b"\xaa" * 4096)
    before[0x400:0x400 + NOTE_SLOT] = bytes(NOTE_SLOT)
    before[0x800:0x800 + NOTE_SLOT] = OTHER
    after = bytearray(before)
    for at, data in changes.items():
        after[at:at + len(data)] = data
    return slots.explain(0x10000, bytes(before), bytes(after))


def test_a_slot_may_be_filled() -> None:
    assert len(NOTE) == NOTE_SLOT
    assert explain({})
    assert explain({0x400: NOTE})


@pytest.mark.parametrize("changes", [
    pytest.param({0x400: OTHER}, id="no note of the core's"),
    pytest.param({0x400: NOTE[:100]}, id="half a note"),
    pytest.param({0x404: NOTE}, id="beside a slot"),
    pytest.param({0x800: NOTE}, id="over another note"),
    pytest.param({0x400: NOTE, 0x3ff: b"\0"}, id="a byte in front"),
    pytest.param({0x400: NOTE, 0x400 + NOTE_SLOT: b"\0"}, id="a byte behind"),
])
def test_nothing_else_may_differ(changes: dict[int, bytes]) -> None:
    assert not explain(changes)
