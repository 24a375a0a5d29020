# SPDX-License-Identifier: GPL-2.0-or-later
"""The Makefile."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from lab import HERE


class TestKdumpfile(unittest.TestCase):
    """libkdumpfile is used where the compiler finds its header, and only there."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory(prefix="fadumpctl-test-")
        self.addCleanup(place.cleanup)
        self.top = Path(place.name)
        compiler = self.top / "cc"
        real = shutil.which("gcc") or shutil.which("clang") or "cc"
        compiler.write_text(f'#!/bin/sh\nexec {real} -nostdinc -I {self.top} "$@"\n')
        compiler.chmod(0o755)

    def kdumpfile(self) -> str:
        """The Makefile's decision."""
        env = {k: v for k, v in os.environ.items()
               if k not in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "KDUMPFILE")}
        return subprocess.run(
            ["make", "-s", "-C", str(HERE.parent), f"CC={self.top}/cc",
             "--eval=show: ; @echo found: $(KDUMPFILE)", "show"],
            env=env, check=True, capture_output=True, text=True).stdout

    def test_no_header(self) -> None:
        self.assertIn("found: n\n", self.kdumpfile())

    def test_header(self) -> None:
        (self.top / "libkdumpfile").mkdir()
        (self.top / "libkdumpfile/kdumpfile.h").touch()
        self.assertIn("found: y\n", self.kdumpfile())
