# SPDX-License-Identifier: GPL-2.0-or-later
"""The series: its table against our files, contents before the switch, the mails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab import REPO  # noqa: E402
from fadumplab.graft import series  # noqa: E402
from fadumplab.graft.graft import HOME, SELFTESTS, Patch  # noqa: E402
from fadumplab.graft.series import Entry, Series, SeriesError, Table  # noqa: E402
from test_graft import OURS, TREE, populate  # noqa: E402

OLD_CODE = ("int one;\nint is_fadump_memory_area(u64 addr)\nint should_fadump_crash(void)\n"
            "int is_fadump_active(void)\nint __init setup_fadump(void)\n")

#: A library of one file, its suite, and kernel code.
SMALL = {
    **OURS,
    "README.md": "| | untouched | ours |\n|---|---|---|\n| pages, `all` | 1 | 2 |\n\nText\n",
    "Kbuild": "# SPDX\n\nccflags-y += -I $(src)\n\nobj-$(CONFIG_FA_DUMP) += fadump-all.o\n"
              "fadump-all-y := core.o\nfadump-all-y += lib/one.o \\\n\tlib/two.o\n"
              "obj-$(CONFIG_PRESERVE_FA_DUMP) += keep.o\n"
              "obj-$(CONFIG_FA_DUMP_KUNIT_TEST) += tests/\n",
    "Kconfig": "# SPDX\n\nconfig FA_DUMP\n\tbool \"ours\"\n\tdepends on PROC\n\tselect CRC\n\n"
               "config PRESERVE_FA_DUMP\n\tbool\n\nconfig OPAL_CORE\n\tbool\n\n# Parts.\n"
               "config PART\n\tbool\n\n"
               "config FA_DUMP_KUNIT_TEST\n\tbool \"tests\"\n\tdepends on FA_DUMP\n"
               "\thelp\n\t  T.\n",
    "lib/one.c": "int one;\n",
    "lib/two.c": "int two;\n",
    "tests/Kbuild": "ccflags-y += -I\n\nsuites-y := one_kunit.o core_kunit.o\n"
                    "obj-y += $(suites-y)\n",
    "tests/one_kunit.c": "int suite;\n",
    "tests/core_kunit.c": "int suite;\n",
}

#: All of it but what the edits of EDITED carry.
SMALL_FILES = (
    ("lib/*.c", "tests/one_kunit.c"),
    ("core.*", "boot/*", "asm/fadump.h", "tests/cases/*", "tests/corpus.h", "selftests/**/*"),
    ("Documentation/**/*",),
    ("Kbuild", "Kconfig", "tests/Kbuild", "tests/core_kunit.c"),
)


class SeriesCase(unittest.TestCase):
    """A tree and a directory of ours, both made up."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="fadump-series-")
        self.addCleanup(scratch.cleanup)
        self.top = Path(scratch.name)
        self.tree, self.repo = self.top / "linux", self.top / "ours"
        populate(self.tree, {**TREE, "arch/powerpc/kernel/fadump.c": OLD_CODE})
        populate(self.repo, SMALL)
        (self.repo / "selftests/run.sh").chmod(0o755)
        author = mock.patch.object(series, "author", lambda: ("Ann Author", "author@example.com"))
        author.start()
        self.addCleanup(author.stop)

    def table(self, *more: Sequence[str]) -> Table:
        """One patch for each group of files, and a last one with everything else."""
        edits = sorted(change.path for change in Patch(self.tree, self.repo).changes()
                       if change.path not in {place for _, place in Patch.placed(self.repo)})
        groups = [*SMALL_FILES, *more]
        entries = [Entry(f"part {number}", "Text.\n", tuple(files))
                   for number, files in enumerate(groups, 1)]
        return Table("all of it", "Why.\n{benchmark}\nLinux {version}, patch {switch} of {last}.\n",
                     (*entries, Entry("the rest", "Text.\n", (), tuple(edits))))

    def series(self, *more: Sequence[str]) -> Series:
        return Series(self.tree, self.repo, self.table(*more))

    def contents(self, number: int, name: str) -> str:
        """What a file holds after a patch."""
        state = dict(self.series().base)
        for step in self.series().steps()[:number]:
            state.update(step.contents)
        content = state.get(name)
        self.assertIsNotNone(content, name)
        return content.decode()

    def complaint(self, *more: Sequence[str]) -> str:
        """What is said of a table with these patches more."""
        with self.assertRaises(SeriesError) as caught:
            self.series(*more).steps()
        return str(caught.exception)


class CarriedTest(SeriesCase):
    """Every file belongs to exactly one patch."""

    def test_last_state_is_the_patch(self) -> None:
        state: dict[str, object] = {}
        for step in self.series().steps():
            self.assertTrue(step.contents, step.entry.subject)
            state.update(step.contents)
        self.assertEqual(state, {change.path: change.new
                                 for change in Patch(self.tree, self.repo).changes()})

    def test_missing_file_is_an_error(self) -> None:
        populate(self.repo, {"lib/deep/planted.c": "int planted;\n"})
        self.assertIn(f"{HOME}/lib/deep/planted.c: no patch carries it", self.complaint())

    def test_missing_edit_is_an_error(self) -> None:
        table = self.table()
        last = Entry("the rest", "Text.\n", (), table.entries[-1].edits[1:])
        with self.assertRaisesRegex(SeriesError, f"{table.entries[-1].edits[0]}: no patch"):
            Series(self.tree, self.repo,
                   Table("", "", (*table.entries[:-1], last))).steps()

    def test_two_carriers_are_an_error(self) -> None:
        self.assertIn(f"{HOME}/lib/one.c: patch 1 and patch 5 carry it",
                      self.complaint(["lib/one.c"]))

    def test_name_without_a_file_is_an_error(self) -> None:
        for name in ("lib/three.c", "tools/lab/lab.py"):
            self.assertIn(f"patch 5 carries {name}: no such file here", self.complaint([name]))

    def test_edit_that_the_graft_does_not_make(self) -> None:
        table = self.table()
        entries = (*table.entries, Entry("more", "Text.\n", (), ("kernel/panic.c",)))
        with self.assertRaisesRegex(SeriesError, "kernel/panic.c: the graft does not change it"):
            Series(self.tree, self.repo, Table("", "", entries)).steps()

    def test_too_many_patches(self) -> None:
        with mock.patch.object(series, "MOST_PATCHES", 4):
            self.assertIn("5 patches; 4 are the most", self.complaint())


class InterimTest(SeriesCase):
    """Files that have contents before the patch that carries them."""

    def test_kbuild_names_what_is_there(self) -> None:
        first = self.contents(1, f"{HOME}/Kbuild")
        self.assertIn("ifdef CONFIG_FA_DUMP_KUNIT_TEST\n"
                      "obj-$(CONFIG_FA_DUMP) += fadump-all.o\n"
                      "fadump-all-y += lib/one.o lib/two.o\n"
                      "obj-$(CONFIG_FA_DUMP_KUNIT_TEST) += tests/\nendif\n", first)
        self.assertNotIn("core.o", first)
        second = self.contents(2, f"{HOME}/Kbuild")
        self.assertIn("always-y += core.o\n", second)
        self.assertNotIn("keep.o", second)
        self.assertEqual(self.contents(5, f"{HOME}/Kbuild"), SMALL["Kbuild"])

    def test_suites_that_are_there(self) -> None:
        self.assertEqual(self.contents(1, f"{HOME}/tests/Kbuild"),
                         "ccflags-y += -I\n\nsuites-y += one_kunit.o\nobj-y += $(suites-y)\n")
        self.assertIn("core_kunit.o", self.contents(4, f"{HOME}/tests/Kbuild"))

    def test_kconfig_has_the_tests_only(self) -> None:
        self.assertEqual(
            self.contents(1, f"{HOME}/Kconfig"),
            "# SPDX\n\nconfig PART\n\tbool\n\nconfig FA_DUMP_KUNIT_TEST\n\tbool \"tests\"\n"
            "\tdepends on FA_DUMP\n\tdepends on PROC\n\tselect CRC\n\thelp\n\t  T.\n")

    def test_options_of_the_tree_stay(self) -> None:
        text = self.contents(1, "arch/powerpc/Kconfig")
        self.assertIn('source "arch/powerpc/fadump/Kconfig"\n\nconfig FA_DUMP\n', text)
        self.assertNotIn("config FA_DUMP\n", self.contents(5, "arch/powerpc/Kconfig"))

    def test_old_code_follows_the_new_header(self) -> None:
        name = "arch/powerpc/kernel/fadump.c"
        self.assertEqual(self.contents(1, name), OLD_CODE)
        self.assertIn("\nbool is_fadump_active(void)\nstatic int __init setup_fadump(void)\n",
                      self.contents(2, name))
        self.assertIsNone(self.series().steps()[4].contents[name])


class RealTableTest(SeriesCase):
    """series.toml and the files of this directory."""

    def setUp(self) -> None:
        super().setUp()
        self.real = Series(self.tree, REPO)
        self.steps = self.real.steps()
        self.number = {place: number for number, step in enumerate(self.steps, 1)
                       for place in self.real._paths(step.entry)}

    def test_each_patch_changes_something(self) -> None:
        self.assertLessEqual(len(self.steps), series.MOST_PATCHES)
        for number, step in enumerate(self.steps, 1):
            self.assertTrue(step.contents, f"patch {number}")

    def test_messages(self) -> None:
        self.assertEqual(len({step.entry.subject for step in self.steps}), len(self.steps))
        for step in self.steps:
            self.assertLessEqual(len(f"{series.PREFIX}{step.entry.subject}"), 72)
            for line in step.entry.text.splitlines():
                self.assertLessEqual(len(line), 72, line)

    def test_includes_are_there_before(self) -> None:
        """A header is carried by the patch that includes it, or by an earlier one."""
        for path, place in Patch.placed(REPO):
            if path.suffix not in (".c", ".h") or not place.startswith(HOME):
                continue
            for name in re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE):
                self.assertLessEqual(self.number[f"{HOME}/{name}"], self.number[place],
                                     f"{place} includes {name}")

    def test_library_and_tests_come_first(self) -> None:
        library = [number for place, number in self.number.items()
                   if place.startswith((f"{HOME}/lib/", f"{HOME}/tests/lib/"))]
        kernel = [number for place, number in self.number.items() if place.startswith(HOME)
                  and place.endswith(".c") and "/lib/" not in place]
        self.assertLess(max(library), min(kernel))
        self.assertEqual(self.number["arch/powerpc/kernel/fadump.c"], len(self.steps))

    def test_kbuild_objects_go_into_a_tree(self) -> None:
        places = {place for _, place in Patch.placed(REPO)}
        for folder in ("", "tests/"):
            text = (REPO / folder / "Kbuild").read_text()
            objects = re.findall(r"([\w./-]+)\.o\b", text)
            self.assertTrue(objects)
            for name in set(objects) - {"fadump-all"}:
                self.assertIn(f"{HOME}/{folder}{name}.c", places)

    def test_kbuild_before_the_switch_names_what_is_there(self) -> None:
        """Each source is built from the patch on that brings it, but for a kernel without us."""
        there: set[str] = set()
        kbuild: dict[str, str] = {}
        for step in self.steps[:self.number[f"{HOME}/Kbuild"] - 1]:
            there |= {place for place in step.contents
                      if place.startswith(HOME) and place.endswith(".c")}
            kbuild |= {folder: (step.contents[f"{HOME}/{folder}Kbuild"] or b"").decode()
                       for folder in ("", "tests/") if f"{HOME}/{folder}Kbuild" in step.contents}
            named = {f"{HOME}/{folder}{name}.c" for folder, text in kbuild.items()
                     for name in re.findall(r"([\w./-]+)\.o\b", text) if name != "fadump-all"}
            self.assertEqual(named, there - {f"{HOME}/preserve.c"}, step.entry.subject)

    def test_readme_has_the_table_of_the_cover(self) -> None:
        lines = series.benchmark((REPO / "README.md").read_text()).splitlines()
        self.assertGreater(len(lines), 5)
        self.assertLessEqual(max(map(len, lines)), 72)


class MailTest(SeriesCase):
    """What git gets."""

    def git(self, *args: str) -> str:
        env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_COMMITTER_NAME": "C",
               "GIT_COMMITTER_EMAIL": "c@example.com", "GIT_AUTHOR_NAME": "C",
               "GIT_AUTHOR_EMAIL": "c@example.com"}
        return subprocess.run(["git", *args], cwd=self.tree, env=env, check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def test_form(self) -> None:
        mails = series.write(self.series(), self.top / "mails")
        self.assertEqual([mail.name[:4] for mail in mails], ["0000", "0001", "0002", "0003",
                                                             "0004", "0005"])
        first = mails[1].read_text()
        self.assertIn("\nFrom: Ann Author <author@example.com>\n", first)
        self.assertIn("\nSubject: [PATCH 1/5] powerpc/fadump: part 1\n", first)
        self.assertIn("\nSigned-off-by: Ann Author <author@example.com>\n---\n", first)
        self.assertRegex(first, r"\n arch/powerpc/fadump/lib/one.c +\|  1 \+\n")

    def test_cover(self) -> None:
        cover = series.write(self.series(), self.top / "mails")[0].read_text()
        self.assertIn("\nSubject: [PATCH 0/5] all of it\n\nWhy.\n", cover)
        self.assertRegex(cover, r"\npages, all +1 +2\n")
        self.assertIn("\nLinux 7.3.4, patch 4 of 5.\n", cover)
        self.assertRegex(cover, r"\n \d+ files changed, \d+ insertions")

    def test_twice_is_the_same(self) -> None:
        texts = [[mail.read_bytes() for mail in series.write(self.series(), self.top / "mails")]
                 for _ in range(2)]
        self.assertEqual(*texts)

    def test_git_am_makes_the_tree(self) -> None:
        mails = series.write(self.series(), self.top / "mails")[1:]
        expected = {change.path: change.new for change in self.series().changes.values()}
        self.git("init", "-q")
        self.git("add", "-f", ".")
        self.git("commit", "-q", "-m", "a tree")
        self.git("am", "-q", *map(str, mails))
        for path, content in expected.items():
            there = (self.tree / path).read_bytes() if (self.tree / path).is_file() else None
            self.assertEqual(there, content, path)
        self.assertTrue(os.access(self.tree / SELFTESTS / "fadump/run.sh", os.X_OK))

    def test_no_table_no_mails(self) -> None:
        (self.repo / "README.md").write_text("Text\n")
        with self.assertRaisesRegex(SeriesError, "no mail was written"):
            series.write(self.series(), self.top / "mails")
        self.assertFalse((self.top / "mails").exists())


if __name__ == "__main__":
    unittest.main()
