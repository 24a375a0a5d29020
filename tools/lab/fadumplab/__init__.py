# SPDX-License-Identifier: GPL-2.0-or-later
"""The fadump lab: kernels, machines and scenarios for firmware-assisted dump."""

from __future__ import annotations

import os
from pathlib import Path

#: The directory that is arch/powerpc/fadump/ of a Linux tree.
REPO = Path(__file__).resolve().parents[3]

#: Where everything a run leaves behind for people goes (never in git).
BUILD = REPO / "build"


def cache_dir() -> Path:
    """The directory of downloaded and compiled things, shared by all clones."""
    return Path(os.environ.get("FADUMP_LAB", "~/.cache/fadump-lab")).expanduser().resolve()


class LabError(Exception):
    """Something a person has to know; the text is the whole message."""
