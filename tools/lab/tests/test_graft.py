# SPDX-License-Identifier: GPL-2.0-or-later
"""Graft, ungraft and patch: on a made-up tree, and on real ones where the cache has them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Optional
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab import cache_dir  # noqa: E402
from fadumplab.graft import proc_vmcore  # noqa: E402
from fadumplab.graft.edits import DropText, Misfit, OneOf, ReplaceText  # noqa: E402
from fadumplab.graft.graft import (ANY, EDITS, HOME, KNOWN, SELFTESTS, STATE, Graft,  # noqa: E402
                                   GraftError, Patch, hunks, series, tree_version)

TREE = {
    "Makefile": "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\nNAME = Oak\n",
    "Kbuild": "obj-y += arch/\n",
    "arch/powerpc/Kbuild": "obj-y += kernel/\nobj-y += mm/\n\nobj-$(CONFIG_XMON) += xmon/\n",
    "arch/powerpc/Kconfig": (
        "config BEFORE\n\tbool\n\n"
        "config FA_DUMP\n\tbool \"dump\"\n\thelp\n\t  Text.\n\n"
        "config PRESERVE_FA_DUMP\n\tbool \"keep\"\n\tdepends on !FA_DUMP\n\n"
        "config OPAL_CORE\n\tbool \"core\"\n\n"
        "config AFTER\n\tbool"),
    "arch/powerpc/kernel/Makefile": (
        "obj-y += prom.o\nobj-$(CONFIG_FA_DUMP)\t\t+= fadump.o\n"
        "obj-$(CONFIG_PRESERVE_FA_DUMP)\t+= fadump.o\nobj-y += iommu.o\n"),
    "arch/powerpc/kernel/fadump.c": "int one;\n",
    "arch/powerpc/kernel/traps.c": (
        "\tif (other())\n\t\treturn true;\n"
        "\tif (should_fadump_crash())\n\t\treturn true;\n\treturn false;\n"),
    "arch/powerpc/kernel/crash_dump.c":
        "\t\tvaddr = ioremap_cache(paddr, PAGE_SIZE);\n\t\tcopy(vaddr);\n",
    "arch/powerpc/kexec/core_64.c": (
        "#include <asm/crashdump-ppc64.h>\n\n"
        "\t\t\treturn -ETXTBSY;\n\n\t/* We also should not overwrite more */\n"),
    "arch/powerpc/mm/book3s64/hash_utils.c": (
        "\tunsigned target_hpt_shift;\n\n\tif (!mmu_hash_ops.resize_hpt)\n\t\treturn 0;\n\n"
        "\ttarget_hpt_shift = htab_shift_for_mem_size(new_mem_size);\n\n"
        "\tif (target_hpt_shift > ppc64_pft_size ||\n"
        "\t    target_hpt_shift < ppc64_pft_size - 1)\n\t\treturn 1;\n"),
    "arch/powerpc/platforms/pseries/Makefile":
        "obj-y += setup.o\nobj-$(CONFIG_FA_DUMP)\t+= rtas-fadump.o\n",
    "arch/powerpc/platforms/pseries/mobility.c": (
        "#include <asm/machdep.h>\n\nvoid post_mobility_fixup(void)\n{\n"
        "\tread_24x7_sys_info();\n\n\treturn;\n}\n"),
    "arch/powerpc/platforms/pseries/rtas-fadump.c": "int two;\n",
    "arch/powerpc/platforms/pseries/rtas-fadump.h": "/* no end of line */",
    "arch/powerpc/platforms/powernv/Makefile": (
        "obj-y += setup.o\nobj-$(CONFIG_FA_DUMP) += opal-fadump.o\n"
        "obj-$(CONFIG_PRESERVE_FA_DUMP) += opal-fadump.o\nobj-$(CONFIG_OPAL_CORE) += opal-core.o\n"
        "obj-$(CONFIG_PCI) += pci.o\n"),
    "arch/powerpc/platforms/powernv/opal-fadump.c": "int three;\n",
    "arch/powerpc/platforms/powernv/opal-fadump.h": "int three;\n",
    "arch/powerpc/platforms/powernv/opal-core.c": "int four;\n",
    "arch/powerpc/include/asm/fadump.h": "#define OLD\n",
    "arch/powerpc/include/asm/fadump-internal.h": "#define INTERNAL\n",
    "fs/proc/vmcore.c": (
        "static unsigned int vmcore_open;\n"
        + proc_vmcore.OPEN + "{\n\tmutex_lock(&vmcore_mutex);\n\tif (vmcore_open + 1 == 0) {\n}\n"
        + proc_vmcore.READ + proc_vmcore.ZEROS + proc_vmcore.LISTED + "vma);\n"),
    "include/linux/crash_dump.h": proc_vmcore.NEXT + proc_vmcore.MEMBER + proc_vmcore.DECLARED,
    "Documentation/arch/powerpc/index.rst": "    dscr\n    firmware-assisted-dump\n    htm\n",
    "Documentation/arch/powerpc/firmware-assisted-dump.rst": "Old text\n",
    "tools/testing/selftests/powerpc/Makefile":
        "SUB_DIRS = alignment\t\t\\\n\t   dscr\t\t\t\\\n\t   mm\n",
}

OURS = {
    "Kbuild": "obj-y += core.o\n",
    "Kconfig": "config FA_DUMP\n\tbool \"ours\"\n",
    "Makefile": "not for the kernel\n",
    "core.c": "int core;\n",
    "core.h": "/* our header */",
    "asm/fadump.h": "#define NEW\n",
    "lib/ranges.c": "int ranges;\n",
    "boot/boot.h": "/* early */\n",
    "tests/cases/table.h": "{ 1, 2 },\n",
    "tests/cases/blob.bin": "\0\1\2",
    "tests/corpus/dump/seed": "\0\1\2",
    "tests/corpus.h": "int size_of_corpus;\n",
    "tests/core.o": "litter",
    "tools/lab/lab.py": "not for the kernel\n",
    "Documentation/firmware-assisted-dump.rst": "New text\n",
    "Documentation/fadump-design.rst": "Design\n",
    "Documentation/ABI/sysfs-kernel-fadump": "What:\n",
    "Documentation/ABI/obsolete/sysfs-old": "What:\n",
    "selftests/Makefile": "all:\n",
    "selftests/run.sh": "#!/bin/sh\n",
    "selftests/parts/.gitignore": "built\n",
}


def populate(top: Path, files: dict[str, str]) -> None:
    """Make files with times in the past, so that a new time is visible."""
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, ns=(10 ** 18 + len(name), 10 ** 18 + len(name)))


def snapshot(top: Path) -> dict[str, tuple[object, ...]]:
    """Every path below top: kind, mode, time and content."""
    seen: dict[str, tuple[object, ...]] = {}
    for path in sorted(top.rglob("*")):
        name = str(path.relative_to(top))
        if path.is_symlink():
            seen[name] = ("link", os.readlink(path))
        elif path.is_file():
            status = path.stat()
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            seen[name] = ("file", status.st_mode, status.st_mtime_ns, content)
    return seen


def contents(top: Path) -> dict[str, bytes]:
    """Every file below top, with links followed, without the graft's own state."""
    found: dict[str, bytes] = {}
    for folder, folders, names in os.walk(top, followlinks=True):
        folders[:] = [name for name in folders if name not in (STATE, ".git")]
        for name in names:
            path = Path(folder, name)
            found[str(path.relative_to(top))] = path.read_bytes()
    return found


class TreeCase(unittest.TestCase):
    """A small tree and a small directory of ours."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="fadump-graft-")
        self.addCleanup(scratch.cleanup)
        self.tree = Path(scratch.name, "linux")
        self.repo = Path(scratch.name, "ours")
        populate(self.tree, TREE)
        populate(self.repo, OURS)
        environ = mock.patch.dict(os.environ)
        environ.start()
        self.addCleanup(environ.stop)
        os.environ.pop(ANY, None)
        (self.tree / "arch/powerpc/kernel/Makefile").chmod(0o664)
        (self.repo / "selftests/run.sh").chmod(0o755)

    def graft(self) -> Graft:
        return Graft(self.tree, self.repo)

    def read(self, name: str) -> str:
        return (self.tree / name).read_text()

    def make_it(self, version: str) -> None:
        """Change the version of the tree."""
        words = zip(("VERSION", "PATCHLEVEL", "SUBLEVEL"), version.split("."))
        (self.tree / "Makefile").write_text("".join(f"{name} = {n}\n" for name, n in words))


class VersionTest(TreeCase):
    """The kernel versions that can be grafted."""

    #: Older than all, between two, newer than all, and one that begins like a known version.
    STRANGERS = ("6.1.176", "7.1.9", "7.4.0", "6.120.1")

    def both(self) -> list[Callable[[], object]]:
        """The graft and the patch."""
        return [self.graft().apply, Patch(self.tree, self.repo).changes]

    def test_any_other_is_refused_by_number(self) -> None:
        for version in self.STRANGERS:
            self.make_it(version)
            before = snapshot(self.tree)
            for change in self.both():
                with self.subTest(version), self.assertRaises(GraftError) as caught:
                    change()
                said = str(caught.exception)
                for word in (f"Linux {version};", *KNOWN, "Nothing was changed", f"{ANY}=1"):
                    self.assertIn(word, said)
            self.assertEqual(snapshot(self.tree), before)

    def test_known_ones_are_taken(self) -> None:
        for version in KNOWN:
            with self.subTest(version):
                self.make_it(f"{version}.118")
                self.assertTrue(Patch(self.tree, self.repo).changes())
                self.assertTrue(self.graft().apply())
                self.graft().undo()

    def test_any_is_taken_when_asked(self) -> None:
        self.make_it("6.1.176")
        for setting in ("", "0"):
            with mock.patch.dict(os.environ, {ANY: setting}):
                with self.assertRaises(GraftError):
                    self.graft().apply()
        with mock.patch.dict(os.environ, {ANY: "1"}):
            self.assertTrue(Patch(self.tree, self.repo).changes())
            self.assertTrue(self.graft().apply())

    def test_undo_of_any_version(self) -> None:
        before = snapshot(self.tree)
        self.graft().apply()
        with mock.patch("fadumplab.graft.graft.KNOWN", ("9.1",)):
            self.assertTrue(self.graft().undo())
        self.assertEqual(snapshot(self.tree), before)

    def test_version_of_a_makefile(self) -> None:
        self.assertEqual(tree_version(self.tree), "7.3.4")
        self.assertEqual(series("7.3.4"), "7.3")


class GraftTest(TreeCase):
    """Graft and undo."""

    def test_tree_after_graft(self) -> None:
        self.assertTrue(self.graft().apply())
        self.assertEqual((self.tree / HOME).resolve(), self.repo)
        self.assertEqual(self.read("arch/powerpc/Kbuild").splitlines()[:2],
                         ["obj-y += kernel/", "obj-y += fadump/"])
        self.assertEqual(self.read("arch/powerpc/Kconfig"),
                         "config BEFORE\n\tbool\n\nsource \"arch/powerpc/fadump/Kconfig\"\n\n"
                         "config AFTER\n\tbool")
        self.assertEqual(self.read("arch/powerpc/kernel/Makefile"),
                         "obj-y += prom.o\nobj-y += iommu.o\n")
        self.assertEqual(self.read("arch/powerpc/kernel/traps.c"),
                         "\tif (other())\n\t\treturn true;\n\treturn false;\n")
        self.assertEqual(self.read("arch/powerpc/kernel/crash_dump.c"),
                         "\t\tvaddr = ioremap_cache(paddr, PAGE_SIZE);\n"
                         "\t\tif (!vaddr)\n\t\t\treturn -ENOMEM;\n\t\tcopy(vaddr);\n")
        self.assertEqual(self.read("arch/powerpc/platforms/powernv/Makefile"),
                         "obj-y += setup.o\nobj-$(CONFIG_PCI) += pci.o\n")
        self.assertEqual(self.read("arch/powerpc/include/asm/fadump.h"), "#define NEW\n")
        self.assertFalse((self.tree / "arch/powerpc/kernel/fadump.c").exists())
        mode = (self.tree / "arch/powerpc/kernel/Makefile").stat().st_mode
        self.assertEqual(mode & 0o777, 0o664)

    def test_selftests_have_a_directory_of_the_tree(self) -> None:
        self.graft().apply()
        place = self.tree / SELFTESTS / "fadump"
        self.assertTrue(place.is_dir())
        self.assertFalse(place.is_symlink(), "make would build in our directory")
        for name in ("Makefile", "run.sh", "parts/.gitignore"):
            self.assertTrue((place / name).is_symlink(), name)
            self.assertFalse((place / name).parent.is_symlink(), name)
            self.assertTrue((place / name).samefile(self.repo / "selftests" / name), name)
        self.assertEqual(self.read(f"{SELFTESTS}/Makefile"),
                         "SUB_DIRS = alignment\t\t\\\n\t   dscr\t\t\t\\\n"
                         "\t   fadump\t\t\\\n\t   mm\n")

    def test_undo_removes_the_selftests_directory(self) -> None:
        self.graft().apply()
        self.graft().undo()
        self.assertFalse((self.tree / SELFTESTS / "fadump").exists())
        self.assertEqual(self.read(f"{SELFTESTS}/Makefile"), TREE[f"{SELFTESTS}/Makefile"])

    def test_undo_leaves_what_was_built_in_the_tree(self) -> None:
        self.graft().apply()
        built = self.tree / SELFTESTS / "fadump/built"
        built.write_text("a program")
        self.assertFalse((self.repo / "selftests/built").exists())
        self.graft().undo()
        self.assertEqual([path.name for path in built.parent.iterdir()], ["built"])
        self.assertTrue(self.graft().apply())
        self.assertEqual(built.read_text(), "a program")

    def test_new_selftest_grafts_anew(self) -> None:
        before = snapshot(self.tree)
        self.graft().apply()
        populate(self.repo, {"selftests/more.c": "int more;\n"})
        self.assertTrue(self.graft().apply())
        self.assertEqual(self.read(f"{SELFTESTS}/fadump/more.c"), "int more;\n")
        (self.repo / "selftests/more.c").unlink()
        self.assertTrue(self.graft().apply())
        self.assertFalse((self.tree / SELFTESTS / "fadump/more.c").is_symlink())
        self.graft().undo()
        self.assertEqual(snapshot(self.tree), before)

    def test_other_selftests_are_not_changed(self) -> None:
        populate(self.tree, {f"{SELFTESTS}/fadump/Makefile": "theirs:\n"})
        before = snapshot(self.tree)
        with self.assertRaisesRegex(GraftError, f"{SELFTESTS}/fadump/Makefile: it already exists"):
            self.graft().apply()
        self.assertEqual(snapshot(self.tree), before)

    def test_twice_changes_nothing(self) -> None:
        self.graft().apply()
        before = snapshot(self.tree)
        self.assertFalse(self.graft().apply())
        self.assertEqual(snapshot(self.tree), before)

    def test_undo_restores_bytes_modes_and_times(self) -> None:
        before = snapshot(self.tree)
        self.graft().apply()
        self.assertNotEqual(snapshot(self.tree), before)
        self.assertTrue(self.graft().undo())
        self.assertEqual(snapshot(self.tree), before)
        self.assertFalse(self.graft().undo())

    def test_hard_links_elsewhere_keep_their_content(self) -> None:
        copy = self.tree.with_name("copy")
        shutil.copytree(self.tree, copy, copy_function=os.link)
        before = snapshot(copy)
        self.graft().apply()
        self.assertEqual(snapshot(copy), before)
        self.graft().undo()
        self.assertEqual(snapshot(copy), before)

    def test_interrupted_graft_is_finished_or_undone(self) -> None:
        before = snapshot(self.tree)
        self.graft().apply()
        complete = snapshot(self.tree)
        kept = self.tree / STATE / "orig/arch/powerpc/kernel/fadump.c"
        shutil.copy2(kept, self.tree / "arch/powerpc/kernel/fadump.c")
        (self.tree / HOME).unlink()
        self.assertTrue(self.graft().apply())
        self.assertEqual(snapshot(self.tree), complete)
        (self.tree / HOME).unlink()
        self.graft().undo()
        self.assertEqual(snapshot(self.tree), before)

    def test_edited_file_is_not_overwritten(self) -> None:
        self.graft().apply()
        victim = self.tree / "arch/powerpc/Kconfig"
        victim.write_text(victim.read_text() + "# mine\n")
        before = snapshot(self.tree)
        with self.assertRaisesRegex(GraftError, "arch/powerpc/Kconfig was changed"):
            self.graft().undo()
        with self.assertRaisesRegex(GraftError, "arch/powerpc/Kconfig was changed"):
            self.graft().apply()
        self.assertEqual(snapshot(self.tree), before)

    def test_damaged_original_is_noticed(self) -> None:
        self.graft().apply()
        (self.tree / STATE / "orig/arch/powerpc/Kconfig").write_text("lost\n")
        with self.assertRaisesRegex(GraftError, "is not what was kept"):
            self.graft().undo()

    def test_strange_tree_is_left_alone(self) -> None:
        (self.tree / "arch/powerpc/platforms/pseries/Makefile").write_text("obj-y += setup.o\n")
        (self.tree / "arch/powerpc/kernel/fadump.c").unlink()
        (self.tree / "arch/powerpc/kernel/traps.c").write_text("\treturn true;\n")
        before = snapshot(self.tree)
        with self.assertRaises(GraftError) as caught:
            self.graft().apply()
        self.assertIn("pseries/Makefile: no line matches", str(caught.exception))
        self.assertIn("kernel/fadump.c: there is no such file", str(caught.exception))
        self.assertIn("kernel/traps.c: 0 places have", str(caught.exception))
        self.assertEqual(snapshot(self.tree), before)

    def test_occupied_place_is_left_alone(self) -> None:
        populate(self.tree, {f"{HOME}/other.c": "int other;\n"})
        with self.assertRaisesRegex(GraftError, "arch/powerpc/fadump: it already exists"):
            self.graft().apply()
        self.assertFalse((self.tree / STATE).exists())

    def test_no_tree_at_all(self) -> None:
        with self.assertRaisesRegex(GraftError, "not the top of a Linux tree"):
            Graft(self.repo, self.repo).apply()

    def test_directory_that_already_lies_in_place(self) -> None:
        shutil.copytree(self.repo, self.tree / HOME)
        before = snapshot(self.tree)
        inside = Graft(self.tree, self.tree / HOME)
        self.assertTrue(inside.apply())
        self.assertFalse((self.tree / HOME).is_symlink())
        self.assertEqual(self.read("arch/powerpc/include/asm/fadump.h"), "#define NEW\n")
        self.assertEqual(self.read(f"{SELFTESTS}/fadump/run.sh"), "#!/bin/sh\n")
        inside.undo()
        self.assertEqual(snapshot(self.tree), before)

    def test_changed_list_of_edits_grafts_anew(self) -> None:
        before = snapshot(self.tree)
        Graft(self.tree, self.repo, EDITS[:2]).apply()
        self.assertTrue(self.graft().apply())
        self.assertFalse((self.tree / "arch/powerpc/kernel/fadump.c").exists())
        self.graft().undo()
        self.assertEqual(snapshot(self.tree), before)


def git(tree: Path, *args: str, input: Optional[bytes] = None) -> subprocess.CompletedProcess[bytes]:
    """Run git in a tree, without the user's settings."""
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(["git", "-C", str(tree), *args], input=input, env=env,
                          capture_output=True, check=False)


@unittest.skipUnless(shutil.which("git"), "needs git")
class PatchTest(TreeCase):
    """The same as a patch."""

    def apply(self) -> None:
        text = Patch(self.tree, self.repo).text()
        for options in (("--check",), ()):
            done = git(self.tree, "apply", "--whitespace=nowarn", *options, "-", input=text)
            self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_patch_equals_graft(self) -> None:
        shutil.copytree(self.tree, self.tree.with_name("grafted"))
        grafted = Graft(self.tree.with_name("grafted"), self.repo)
        grafted.apply()
        self.apply()
        patched, linked = contents(self.tree), contents(grafted.tree)
        for name, data in linked.items():
            if name in patched:
                if not name.startswith("Documentation/"):
                    self.assertEqual(patched[name], data, name)
            else:
                self.assertRegex(name, rf"^{HOME}/", name)
        extra = patched.keys() - linked.keys()
        self.assertTrue(all(name.startswith("Documentation/") for name in extra), extra)

    def test_each_part_in_its_place(self) -> None:
        self.apply()
        self.assertEqual((self.tree / HOME / "core.h").read_text(), "/* our header */")
        self.assertEqual((self.tree / HOME / "lib/ranges.c").read_text(), "int ranges;\n")
        self.assertEqual((self.tree / HOME / "boot/boot.h").read_text(), "/* early */\n")
        self.assertEqual((self.tree / HOME / "tests/cases/blob.bin").read_bytes(), b"\0\1\2")
        self.assertEqual(self.read("Documentation/ABI/testing/sysfs-kernel-fadump"), "What:\n")
        self.assertEqual(self.read("Documentation/ABI/obsolete/sysfs-old"), "What:\n")
        self.assertEqual(self.read("Documentation/arch/powerpc/firmware-assisted-dump.rst"),
                         "New text\n")
        self.assertIn("    fadump-design\n", self.read("Documentation/arch/powerpc/index.rst"))
        self.assertIn("\t   fadump\t", self.read("tools/testing/selftests/powerpc/Makefile"))
        script = self.tree / SELFTESTS / "fadump/run.sh"
        self.assertFalse(script.is_symlink())
        self.assertTrue(script.stat().st_mode & 0o100)
        for name in ("Makefile", "tools", "tests/core.o", "Documentation", "selftests"):
            self.assertFalse((self.tree / HOME / name).exists(), name)

    def test_corpus_stays_here(self) -> None:
        placed = {str(path.relative_to(self.repo)): where
                  for path, where in Patch.placed(self.repo)}
        self.assertEqual({name for name in placed if "corpus" in name}, {"tests/corpus.h"})
        self.assertIn("tests/cases/table.h", placed)
        self.assertNotIn(b"tests/corpus/", Patch(self.tree, self.repo).text())

    def test_grafted_tree_is_refused(self) -> None:
        self.graft().apply()
        with self.assertRaisesRegex(GraftError, "is grafted"):
            Patch(self.tree, self.repo).text()

    def test_last_line_without_newline(self) -> None:
        marker = b"\\ No newline at end of file\n"
        self.assertEqual(hunks(b"a", b"a\n"), b"@@ -1 +1 @@\n-a\n" + marker + b"+a\n")
        self.assertEqual(hunks(b"", b"a"), b"@@ -0,0 +1 @@\n+a\n" + marker)


def real_trees() -> list[Path]:
    """Kernel sources that the lab has unpacked."""
    return sorted((cache_dir() / "src").glob("linux-source-*/arch/powerpc"))


@unittest.skipUnless(real_trees(), "no kernel source unpacked yet")
@unittest.skipUnless(shutil.which("git"), "needs git")
class RealTreeTest(unittest.TestCase):
    """The edits on files of real trees."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="fadump-graft-")
        self.addCleanup(scratch.cleanup)
        self.top = Path(scratch.name)
        self.repo = self.top / "ours"
        populate(self.repo, OURS)

    def excerpt(self, powerpc: Path) -> Path:
        """The part of a real tree that the edits change."""
        source = powerpc.parents[1]
        tree = self.top / source.name
        names = {edit.path for edit in EDITS} | {
            "Makefile", "Kbuild", "Documentation/arch/powerpc/index.rst"}
        for name in names:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, tree / name)
        return tree

    def test_round_trip(self) -> None:
        for powerpc in real_trees():
            with self.subTest(powerpc.parents[1].name):
                tree = self.excerpt(powerpc)
                before = snapshot(tree)
                graft = Graft(tree, self.repo)
                self.assertTrue(graft.apply())
                self.assertFalse(graft.apply())
                left = {name for name in EDIT_TEXTS if (tree / name).is_file()
                        and "fadump.o" in (tree / name).read_text()}
                self.assertEqual(left, set())
                graft.undo()
                self.assertEqual(snapshot(tree), before)

    def test_patch_applies(self) -> None:
        for powerpc in real_trees():
            with self.subTest(powerpc.parents[1].name):
                tree = self.excerpt(powerpc)
                text = Patch(tree, self.repo).text()
                done = git(tree, "apply", "--whitespace=nowarn", "-", input=text)
                self.assertEqual((done.returncode, done.stderr), (0, b""))


class EditTest(unittest.TestCase):
    """Single edits of a file's text."""

    def test_replace_needs_one_place(self) -> None:
        edit = ReplaceText("x", "a\n", "b\n")
        self.assertEqual(edit.change(b"a\nc\n"), b"b\nc\n")
        for text in (b"c\n", b"a\na\n"):
            with self.assertRaisesRegex(Misfit, "one was expected"):
                edit.change(text)

    def test_one_of_takes_the_first_that_fits(self) -> None:
        """A list of edits is applied completely or not at all."""
        new = [ReplaceText("x", "a\n", "b\n"), DropText("x", "new")]
        old = [ReplaceText("x", "a\n", "c\n"), DropText("x", "old")]
        edit = OneOf("x", new, old)
        self.assertEqual(edit.change(b"a\nnew\n"), b"b\n")
        self.assertEqual(edit.change(b"a\nold\n"), b"c\n")
        with self.assertRaisesRegex(Misfit, "have\nnew\n.*; or 0 places have\nold"):
            edit.change(b"a\n")

    def test_vmcore_of_both_kinds(self) -> None:
        """A tree that counts open files gets the functions alone, an older one the count as well."""
        older = ("static bool vmcore_opened;\n" + proc_vmcore.OPEN
                 + "{\n\tspin_lock(&vmcore_cb_lock);\n" + proc_vmcore.OPENED + proc_vmcore.READ
                 + proc_vmcore.ZEROS + proc_vmcore.LISTED + "vma);\n\t.proc_open\t= open_vmcore,\n")
        for text, lock, counts in ((TREE["fs/proc/vmcore.c"], "mutex_lock(&vmcore_mutex)", 0),
                                   (older, "spin_lock(&vmcore_cb_lock)", 1)):
            content = text.encode()
            for edit in proc_vmcore.EDITS:
                if edit.path == proc_vmcore.SOURCE:
                    content = edit.change(content)
            after = content.decode()
            self.assertEqual(after.count("int release_vmcore("), counts)
            self.assertEqual(after.count("\t.proc_release\t= release_vmcore,\n"), counts)
            self.assertIn(f"\t{lock};\n\tif (!vmcore_open) {{\n", after)


EDIT_TEXTS = {edit.path for edit in EDITS if edit.path.endswith("Makefile")}


if __name__ == "__main__":
    unittest.main()
