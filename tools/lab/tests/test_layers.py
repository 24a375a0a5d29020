# SPDX-License-Identifier: GPL-2.0-or-later
"""The check of layers finds upward uses and circles."""

from __future__ import annotations

from fadumplab.build.layers import Arrow, calls, circles, complaints, includes, is_downwards


def test_directions() -> None:
    """Downwards is allowed, upwards and sideways is not."""
    allowed = [("fadump.c", "capture/capture.h"), ("capture/records.c", "memory/memory.h"),
               ("boot/boot.h", "fadump-internal.h"), ("fadump-internal.h", "lib/fadump-lib.h"),
               ("lib/dump.c", "lib/ranges.c"), ("arm.c", "crash.c")]
    refused = [("lib/dump.c", "fadump-internal.h"), ("memory/map.c", "boot/boot.h"),
               ("boot/cmdline.c", "fadump.c"), ("capture/records.c", "elfcore.c"),
               ("fadump-internal.h", "boot/boot.h"), ("memory/pages.c", "capture/capture.h")]
    for user, used in allowed:
        assert is_downwards(Arrow(user, used, "")), (user, used)
    for user, used in refused:
        assert not is_downwards(Arrow(user, used, "")), (user, used)


def test_includes() -> None:
    """Quoted includes count, those of tests do not."""
    text = '#include <linux/mm.h>\n#include "boot/boot.h"\n'
    found = list(includes({"lib/a.c": text, "tests/b.c": text}))
    assert found == [Arrow("lib/a.c", "boot/boot.h", "include")]
    assert complaints(found) == ["lib/a.c: uses boot/boot.h (include)"]


def test_calls() -> None:
    """A call upwards and a circle on one level are named."""
    defined = {"fadump.c": ["state"], "memory/map.c": ["map"], "lib/a.c": ["a"], "lib/b.c": ["b"]}
    wanted = {"fadump.c": ["map", "printk"], "memory/map.c": ["state"], "lib/a.c": ["b"],
              "lib/b.c": ["a"]}
    assert complaints(list(calls(defined, wanted))) == [
        "memory/map.c: uses fadump.c (state)",
        "a circle: fadump.c, memory/map.c",
        "a circle: lib/a.c, lib/b.c"]


def test_long_circle() -> None:
    """A circle of three files."""
    arrows = [Arrow("a.c", "b.c", ""), Arrow("b.c", "c.c", ""), Arrow("c.c", "a.c", ""),
              Arrow("d.c", "a.c", "")]
    assert circles(arrows) == ["a circle: a.c, b.c, c.c"]
