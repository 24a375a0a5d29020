# SPDX-License-Identifier: GPL-2.0-or-later
"""The root with cbmc, which proves properties of the library code."""

from __future__ import annotations

from .. import BUILD
from .toolbox import PROOFS, Toolbox


class ProofsRoot(Toolbox):
    """cbmc, and gcc as its preprocessor."""

    RECIPES = (PROOFS,)

    def prove_argv(self, select: str) -> list[str]:
        """The command (for stream) that runs the proofs with this in their names."""
        return self.enter_argv(["make", "--no-print-directory", "-C", "tools/host", "prove",
                                f"O={BUILD}/host", f"K={select}"])
