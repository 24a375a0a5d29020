# SPDX-License-Identifier: GPL-2.0-or-later
"""The order of the stages of a check."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from fadumplab import LabError
from fadumplab.check import Check, Tally


class Stages(Check):
    """Stages that only say what ran; unit does not end before build has begun."""

    def __init__(self, logs: Path, broken: bool = False) -> None:
        super().__init__(argparse.Namespace(verbose=False))
        self.logs = logs
        self.broken = broken
        self.begun = threading.Event()
        self.builds = 0

    def unit(self) -> Tally:
        """Waits for the build."""
        return Tally(passed=int(self.begun.wait(10)))

    def build(self) -> Tally:
        """Counts its calls."""
        self.builds += 1
        self.begun.set()
        if self.broken:
            raise LabError("the compiler is missing")
        return Tally(passed=4)


def test_build_runs_beside_unit(tmp_path: Path) -> None:
    """It starts with unit, runs once, and is counted in its own place."""
    check = Stages(tmp_path)
    assert check.run(["unit", "build"]) == 0
    assert check.builds == 1
    assert [(one.name, one.tally.passed) for one in check.outcomes] == [("unit", 1), ("build", 4)]


def test_failed_build_is_reported(tmp_path: Path) -> None:
    """An error of the build fails the stage build and no other."""
    check = Stages(tmp_path, broken=True)
    assert check.run(["unit", "build"]) == 1
    assert [one.tally.failed for one in check.outcomes] == [0, 1]
    assert check.outcomes[1].tally.failures == ["failed: the compiler is missing"]


def test_no_build_without_its_stage(tmp_path: Path) -> None:
    """unit alone builds nothing."""
    check = Stages(tmp_path)
    check.begun.set()
    assert check.run(["unit"]) == 0
    assert check.builds == 0
