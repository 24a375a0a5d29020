# SPDX-License-Identifier: GPL-2.0-or-later
"""What check-series looks at, without a kernel."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab import check_series  # noqa: E402


class CheckTest(unittest.TestCase):
    """What check-series looks at."""

    def test_maintainers(self) -> None:
        text = ("POWERPC\nF:\tarch/powerpc/\nF:\tDocumentation/ABI/*/sysfs-a\n\n"
                "THE REST\nF:\t*\nF:\t*/\n")
        paths = ["arch/powerpc/x.c", "Documentation/ABI/testing/sysfs-a", "lib/x.c"]
        self.assertEqual(check_series.without_maintainer(paths, text), ["lib/x.c"])

    def test_kunit(self) -> None:
        good = "[    1.0] ok 1 fadump_ranges\n[    1.1]     ok 3 other\n"
        self.assertEqual(check_series.kunit_complaints(good, {"fadump_ranges"}), [])
        self.assertEqual(check_series.kunit_complaints(good, {"fadump_ranges", "fadump_elf"}),
                         ["the suite fadump_elf did not pass"])
        self.assertEqual(check_series.kunit_complaints(good + "[    1.2]     not ok 4 sum\n",
                                                       {"fadump_ranges"}), ["not ok 4 sum"])

    def test_suites(self) -> None:
        self.assertEqual(check_series.suites_of(['\t.name = "fadump_elf",\n', "int x;\n"]),
                         {"fadump_elf"})

    def test_other_files(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="fadump-series-")
        self.addCleanup(scratch.cleanup)
        tree, copy = Path(scratch.name, "linux"), Path(scratch.name, "copy")
        (tree / "init").mkdir(parents=True)
        for name in ("Kbuild", "Makefile", "init/main.c"):
            (tree / name).write_text(name)
        subprocess.run(["cp", "-al", tree, copy], check=True)
        self.assertEqual(list(check_series.other_files(copy, tree, set())), [])
        (copy / "Kbuild").unlink()
        (copy / "Kbuild").write_text("obj-y += other/\n")
        (copy / "more").write_text("")
        (copy / "Makefile").unlink()
        found = list(check_series.other_files(copy, tree, {"more"}))
        self.assertEqual(len(found), 2, found)
        self.assertIn("Kbuild changed", found[0])
        self.assertIn("Makefile is in one", found[1])


if __name__ == "__main__":
    unittest.main()
