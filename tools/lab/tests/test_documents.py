# SPDX-License-Identifier: GPL-2.0-or-later
"""What the static stage says about documents."""

from __future__ import annotations

import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab import LabError  # noqa: E402
from fadumplab.documents import names, pages  # noqa: E402

LOG = """What the log says
=================

   * - Line
     - Consequence
   * - ``Reserved 320MB of memory at ...``
     - There is a dump area.
   * - ``The dump has not been saved, firmware keeps it for the
       next boot``, ``crashkernel: ... expected``
     - A reboot.

Troubleshooting
===============
"""


class DocsCase(unittest.TestCase):
    """A small repository."""

    def setUp(self) -> None:
        self.repo = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.repo)
        self.write("fadump.c", 'pr_info("Reserved %lldMB of memory at %#016llx "\n'
                               '\t"(System RAM: %ldMB)\\n", a, b, c);\n'
                               'pr_warn("The dump has not been saved, %s\\n", d);\n')
        self.write("lib/ranges.c", "")
        self.write("tools/lab/scenarios/test_story.py", "")
        self.write("README.md", "`fadump.c` `lib/` `prom.c` `build/demo/`\n")
        self.write(names.GUIDE, LOG)

    def write(self, name: str, text: str) -> None:
        """A file with this content."""
        path = self.repo / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class TestFiles(DocsCase):
    """Names of files."""

    def test_known(self) -> None:
        self.write("Documentation/a.rst", "``ranges.c`` ``scenarios/test_story.py`` ``lib/``\n")
        self.assertEqual(list(names.unknown_files(self.repo)), [])

    def test_unknown(self) -> None:
        self.write("Documentation/a.rst", "\n``range.c`` and ``ranges.c``\n")
        self.assertEqual(list(names.unknown_files(self.repo)),
                         ["Documentation/a.rst:2: no such file: range.c"])
        self.write("Documentation/a.rst", "``memory/``\n")
        self.assertEqual(len(list(names.unknown_files(self.repo))), 1)

    def test_litter(self) -> None:
        """What a build leaves behind is no file of ours."""
        self.write("build/old.c", "")
        self.write("README.md", "`old.c`\n")
        self.assertEqual(len(list(names.unknown_files(self.repo))), 1)


class TestComments(DocsCase):
    """Comments that a document includes."""

    def test_title(self) -> None:
        self.write("lib/ranges.c", "/**\n * DOC: Range sets\n */\n")
        for title, name, found in (("Range sets", "ranges.c", 0), ("Range set", "ranges.c", 1),
                                   ("Range sets", "range.c", 1)):
            self.write("Documentation/a.rst", "3. ::\n\n   .. kernel-doc:: "
                       f"arch/powerpc/fadump/lib/{name}\n      :doc: {title}\n")
            self.assertEqual(len(list(names.unknown_comments(self.repo))), found)


class TestMessages(DocsCase):
    """Lines of the log."""

    def unknown(self, line: str) -> list[str]:
        """With this in the guide."""
        self.write(names.GUIDE, LOG.replace("Reserved 320MB of memory at ...", line))
        return list(names.unknown_messages(self.repo))

    def test_known(self) -> None:
        self.assertEqual(list(names.unknown_messages(self.repo)), [])

    def test_unknown(self) -> None:
        for line in ("Reserves 320MB of memory at ...", "Reserved 320MB of ... RAM at",
                     "The dump has been saved, well"):
            self.assertEqual(self.unknown(line), [f"{names.GUIDE}: no source prints: {line}"])

    def test_source_changes(self) -> None:
        self.write("fadump.c", 'pr_info("Reserved %lldMB at %#llx\\n", a, b);\n')
        self.assertEqual(len(list(names.unknown_messages(self.repo))), 2)

    def test_no_chapter(self) -> None:
        self.write(names.GUIDE, "Guide\n=====\n")
        with self.assertRaisesRegex(LabError, "no chapter"):
            list(names.unknown_messages(self.repo))


FIRST = """Five commands
=============

	# fadumpctl check
	Armed               ok: firmware dumps the next crash
	Boot memory         ok: 320.0 MiB, of which 300.0 MiB are needed
	Boot memory         320.0 MiB
	...
	/var/crash/fadump-1
	Released: 1.7 GiB of memory.

	    fadump=on crashkernel=320M

What is needed
==============
"""

FADUMPCTL = """f("Armed", "firmware dumps the next crash"); g("Boot memory",
"%s, of which %s are needed"); h("Released: %s of memory.\\n"); i("\\n    %s crashkernel=%lluM\\n");
"""


class TestOutput(DocsCase):
    """What fadumpctl prints."""

    def setUp(self) -> None:
        super().setUp()
        self.write(names.GUIDE, FIRST)
        self.write("tools/fadumpctl/cmd/check.c", FADUMPCTL)

    def test_known(self) -> None:
        self.assertEqual(list(names.unknown_output(self.repo)), [])

    def test_unknown(self) -> None:
        """Words or a label of before."""
        for old, new in (("dumps the", "keeps the"), ("are needed", "suffice"),
                         ("Boot memory", "Memory"), ("of memory.", "came back."),
                         ("crashkernel=", "crash=")):
            self.write("tools/fadumpctl/cmd/check.c", FADUMPCTL.replace(old, new))
            self.assertTrue(list(names.unknown_output(self.repo)), old)


class TestPages(DocsCase):
    """What Sphinx gets, and what is made of its words."""

    def test_place(self) -> None:
        """Documents lie where a kernel has them, and nothing of a former build."""
        self.write("Documentation/ABI/testing/sysfs-x", "What: x\n")
        self.write("Documentation/pictures/a.svg", "<svg/>")
        tree = self.repo / "tree"
        self.write(f"tree/Documentation/{pages.FOLDER}/old.rst", "")
        folder = pages.place(tree, self.repo)
        self.assertEqual({str(path.relative_to(folder)) for path in folder.rglob("*")
                          if path.is_file()},
                         {"index.rst", "ABI/testing/sysfs-x", "arch/powerpc/pictures/a.svg",
                          "arch/powerpc/firmware-assisted-dump.rst"})

    def test_complaints(self) -> None:
        output = ("Using alabaster theme\n"
                  "WARNING: dot(1) not found\n"
                  "WARNING: /sys/x is defined 2 times: Documentation/ABI/testing/sysfs-x:3\n"
                  "/t/Documentation/fadump-lab/arch/powerpc/fadump-design.rst:3: WARNING: what\n"
                  "Warning: arch/powerpc/fadump/lib/layout.c:9 'Layout' not found\n")
        self.assertEqual(pages.complaints(output), [
            "Documentation/fadump-design.rst:3: WARNING: what",
            "Warning: arch/powerpc/fadump/lib/layout.c:9 'Layout' not found"])
