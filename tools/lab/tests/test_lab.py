# SPDX-License-Identifier: GPL-2.0-or-later
"""Small pure parts of the lab: configs, counts, versions, progress."""

from __future__ import annotations

import io
import os
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab import LabError  # noqa: E402
from fadumplab.check import Tally  # noqa: E402
from fadumplab.kernel import CONFIGS, config_complaints, ours_only, parse_config  # noqa: E402
from fadumplab.toolbox import TOOLS, find_mirror, unique, version_key  # noqa: E402
from fadumplab.ui import Ui, duration  # noqa: E402


class ConfigTest(unittest.TestCase):
    """Fragments and what became of them."""

    def test_parse(self) -> None:
        text = '# words\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C="x y"\nCONFIG_D=17\n'
        self.assertEqual(parse_config(text), {"CONFIG_A": "y", "CONFIG_B": "n",
                                              "CONFIG_C": '"x y"', "CONFIG_D": "17"})

    def test_option_that_did_not_stick_is_named(self) -> None:
        wanted = "CONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\n# CONFIG_D is not set\n"
        self.assertEqual(config_complaints(wanted, "CONFIG_A=y\nCONFIG_C=y\n"),
                         ["CONFIG_B: wanted y, got n (not offered by this tree)",
                          "CONFIG_C: wanted n, got y"])

    def test_fragments_do_not_contradict_each_other(self) -> None:
        base = parse_config((CONFIGS / "base.config").read_text())
        for path in CONFIGS.glob("*.config"):
            options = parse_config(path.read_text())
            self.assertTrue(options, path.name)
            # Those that leave a part of it out are for that, or stand by themselves.
            if not path.name.startswith(("base", "variant-", "alone-")):
                self.assertEqual(base.keys() & options.keys(), set(), path.name)

    def test_only_lines_about_our_files(self) -> None:
        ours = "../arch/powerpc/fadump/ranges.c:10:5: warning: unused variable"
        header = "../arch/powerpc/include/asm/fadump.h:7:1: error: expected ;"
        other = "../arch/powerpc/kernel/prom.c:1:1: warning: something"
        self.assertEqual(ours_only([ours, header, other, "  CC  arch/powerpc/fadump/ranges.o"]),
                         [ours, header])


class TallyTest(unittest.TestCase):
    """Counting what test programs say."""

    def test_pytest_summary(self) -> None:
        tally = Tally.of_output(["collected 9 items\n", "= 1 failed, 7 passed, 1 skipped in 2s =\n"],
                                1)
        self.assertEqual(str(tally), "7 passed, 1 failed, 1 skipped")

    def test_errors_are_failures(self) -> None:
        self.assertEqual(Tally.of_output(["3 passed, 2 errors in 1s"], 1), Tally(3, 2, 0))

    def test_silence_is_no_success(self) -> None:
        self.assertEqual(Tally.of_output(["nothing to count"], 0), Tally(0, 1, 0))
        self.assertEqual(Tally.of_output(["5 passed"], 2), Tally(5, 1, 0))


class ToolboxTest(unittest.TestCase):
    """Decisions of the toolbox that need no root."""

    def test_versions(self) -> None:
        self.assertEqual(sorted(["6.12", "6.9", "7.3"], key=version_key), ["6.9", "6.12", "7.3"])

    def test_mirror_of_the_environment(self) -> None:
        with mock.patch.dict(os.environ, {"DEBIAN_MIRROR": "http://mirror.test/debian"}):
            self.assertEqual(find_mirror(), "http://mirror.test/debian")

    def test_mirror_of_apt_is_the_archive(self) -> None:
        listed = "http://a.test/debian-security/\nhttp://b.test/debian/\nhttp://c.test/node\n"
        with mock.patch.dict(os.environ), mock.patch("subprocess.run") as run:
            os.environ.pop("DEBIAN_MIRROR", None)
            run.return_value.stdout = listed
            self.assertEqual(find_mirror(), "http://b.test/debian")
            run.return_value.stdout = ""
            with self.assertRaisesRegex(LabError, "DEBIAN_MIRROR"):
                find_mirror()

    def test_root_name_follows_recipe(self) -> None:
        self.assertRegex(TOOLS.dirname, r"^tools-[0-9a-f]{10}$")

    def test_parents_are_bound_first(self) -> None:
        self.assertEqual(unique([Path("/usr/bin"), Path("/usr"), Path("/usr"), Path("/nowhere")]),
                         ["/usr", "/usr/bin"])


class UiTest(unittest.TestCase):
    """Plain progress."""

    def test_plain_lines(self) -> None:
        out = io.StringIO()
        screen = Ui(out)
        with screen.task("work") as task:
            task.update("half")
            task.result = "all"
        with self.assertRaises(ValueError), screen.task("other"):
            raise ValueError
        lines = out.getvalue().splitlines()
        self.assertEqual(lines[0], "-> work ...")
        self.assertRegex(lines[1], r"^ok work \(all\), 0\.\d s$")
        self.assertRegex(lines[3], r"^!! other: FAILED after")

    def test_duration(self) -> None:
        self.assertEqual((duration(4.24), duration(185.2)), ("4.2 s", "3 min 05 s"))


if __name__ == "__main__":
    unittest.main()
