# SPDX-License-Identifier: GPL-2.0-or-later
"""The fadump lab: kernels, machines and scenarios for firmware-assisted dump.

The folders are layers. Each may import those above it in this list and no others, and
tests/test_imports.py checks that:

    graft     this directory inside a Linux tree
    build     Debian roots, kernels, initramfs, packages
    machine   QEMU, its control channels, breakpoints
    dump      ELF cores, comparison with memory, debuggers
    system    a Debian system in the machine
    report    demos and the benchmark, with their reports
    documents pictures and web pages; needs graft and build alone
"""

from __future__ import annotations

import os
from pathlib import Path

#: The directory that is arch/powerpc/fadump/ of a Linux tree.
REPO = Path(__file__).resolve().parents[3]

#: The lab's own files: configs, guest programs, Debian scripts, scenarios.
LAB = REPO / "tools/lab"

#: Results of a run, for its reader; git ignores the directory.
BUILD = REPO / "build"


def cache_dir() -> Path:
    """The directory of downloads and builds, shared by all clones."""
    return Path(os.environ.get("FADUMP_LAB", "~/.cache/fadump-lab")).expanduser().resolve()


class LabError(Exception):
    """A failure that ends a command; the text is the whole message."""
