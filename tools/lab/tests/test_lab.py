# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of the lab without machines: configs, counts, versions, progress."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import unittest
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import lab  # noqa: E402
from fadumplab import LabError  # noqa: E402
from fadumplab.build.kernel import (CONFIGS, Kernel, config_complaints, options_since,  # noqa: E402
                                    ours_only, parse_config)
from fadumplab.build.toolbox import (DEBIAN, ROOTS, TOOLS, Toolbox, find_mirror,  # noqa: E402
                                     unique, version_key)
from fadumplab.check import ALL_STAGES, BOOT_STAGES, Tally  # noqa: E402
from fadumplab.machine.qemu import wait_idle  # noqa: E402
from fadumplab.system.debian import digest  # noqa: E402
from fadumplab.ui import Ui, duration  # noqa: E402


class ConfigTest(unittest.TestCase):
    """Config fragments and their results."""

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
            # Variants may change options of base.config; alone-* replace it.
            if not path.name.startswith(("base", "variant-", "alone-")):
                self.assertEqual(base.keys() & options.keys(), set(), path.name)

    def test_options_that_have_changed_their_name(self) -> None:
        for kver, name in (("6.1", None), ("6.12", "linux-6.12"), ("7.2", "linux-6.12"),
                           ("7.3", "linux-7.3"), ("7.10", "linux-7.3"), ("8.0", "linux-7.3")):
            self.assertEqual([path.stem for path in options_since(kver)], [name] if name else [])

    def test_only_lines_about_our_files(self) -> None:
        ours = "../arch/powerpc/fadump/ranges.c:10:5: warning: unused variable"
        header = "../arch/powerpc/include/asm/fadump.h:7:1: error: expected ;"
        other = "../arch/powerpc/kernel/prom.c:1:1: warning: something"
        self.assertEqual(ours_only([ours, header, other, "  CC  arch/powerpc/fadump/ranges.o"]),
                         [ours, header])


class StartTest(unittest.TestCase):
    """The files that a new object directory copies from another."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.box = Toolbox(Path(directory.name))

    def built(self, *paths: str, **options: Any) -> Kernel:
        """A kernel with these files."""
        kernel = Kernel(self.box, **options)
        for path in paths:
            (kernel.obj / path).parent.mkdir(parents=True, exist_ok=True)
            (kernel.obj / path).touch()
        return kernel

    def taken(self, **options: Any) -> list[str]:
        """The paths that a kernel with these options copies."""
        kernel = Kernel(self.box, **options)
        with mock.patch.object(self.box, "run") as run:
            kernel._start()
        self.assertTrue(kernel.obj.is_dir())
        return [str(path).replace(f"{self.box.cache}/build/", "")
                for call in run.call_args_list for path in call.args[0][-2:]]

    def test_variant_takes_all_of_its_kernel(self) -> None:
        four = self.built("vmlinux", pages="4k").name
        base = self.built("vmlinux").name
        self.assertEqual(self.taken(variant="preserve"), [f"{base}/", f"{base}-preserve"])
        self.assertEqual(self.taken(variant="preserve", pages="4k"),
                         [f"{four}/", f"{four}-preserve"])

    def test_others_take_programs(self) -> None:
        base = self.built("vmlinux").name
        for options in ({"variant": "pseries"}, {"pages": "4k"}, {"endian": "be"},
                        {"purpose": "check", "variant": "plain"}, {"flavour": "debug"}):
            with self.subTest(options):
                self.assertEqual(self.taken(**options),
                                 [f"{base}/scripts", Kernel(self.box, **options).name])

    def test_nothing_of_another_source_or_of_a_build_that_failed(self) -> None:
        self.built("vmlinux", kver="7.2")
        self.built("vmlinux", untouched=True)
        self.built("kernel/fork.o")
        self.assertEqual(self.taken(variant="preserve"), [])
        self.assertEqual(self.taken(pages="4k"), [])

    def test_nothing_of_itself(self) -> None:
        self.assertEqual(self.taken(), [])


class LinkTest(unittest.TestCase):
    """Symbols that a kernel would lack, found without linking it."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.box = Toolbox(Path(directory.name))
        self.symbols: dict[Path, str] = {}

    def has(self, kernel: Kernel, path: str, symbols: str) -> None:
        """Have the kernel a file in which nm finds these symbols."""
        (kernel.obj / path).parent.mkdir(parents=True, exist_ok=True)
        (kernel.obj / path).touch()
        self.symbols[kernel.obj / path] = symbols

    def nm(self, argv: list[Any], **_: Any) -> subprocess.CompletedProcess[str]:
        """What nm -P prints for these files."""
        return subprocess.CompletedProcess(
            argv, 0, "".join(f"{self.symbols[path]}\n" for path in argv[3:]))

    def lacking(self, ours: str, left: str = "") -> list[str]:
        """What a kernel lacks of which our archive has these symbols, and an old object others."""
        base, alone = Kernel(self.box), Kernel(self.box, variant="pseries")
        for kernel in (base, alone):
            self.has(kernel, "arch/powerpc/kernel/setup.o", "setup T\nhook U")
        self.has(base, "arch/powerpc/fadump/built-in.a", "fadump.a[fadump.o]:\nhook T\nsetup U")
        self.has(base, "vmlinux", "setup T\nhook T\nprintk T")
        self.has(alone, "arch/powerpc/fadump/built-in.a", ours)
        self.has(alone, "arch/powerpc/fadump/capture.o", left)
        with mock.patch.multiple(alone, _prepared=nullcontext, configure=mock.DEFAULT,
                                 make=mock.DEFAULT), \
                mock.patch.object(self.box, "run", self.nm):
            return alone.link_check(base)

    def test_what_our_archive_defines_and_needs(self) -> None:
        self.assertEqual(self.lacking("hook T\nprintk U\nsetup U"), [])
        self.assertEqual(self.lacking("hook T\ncma_alloc U"), ["cma_alloc"])
        self.assertEqual(self.lacking("printk U"), ["hook"])

    def test_objects_of_renamed_files_do_not_count(self) -> None:
        self.assertEqual(self.lacking("hook T", left="old_name U"), [])
        self.assertEqual(self.lacking("printk U", left="hook T"), ["hook"])


class TallyTest(unittest.TestCase):
    """Counts in the output of test programs."""

    def test_pytest_summary(self) -> None:
        tally = Tally.of_output(["collected 9 items\n", "= 1 failed, 7 passed, 1 skipped in 2s =\n"],
                                1)
        self.assertEqual(str(tally), "7 passed, 1 failed, 1 skipped")

    def test_failures_are_kept(self) -> None:
        said = ["failed: test_a.py::test_b: it did not\n", "not failed: x\n", "1 failed in 2s\n"]
        tally = Tally(passed=3)
        tally += Tally.of_output(said, 1)
        self.assertEqual(tally, Tally(3, 1, 0, ["failed: test_a.py::test_b: it did not"]))

    def test_errors_are_failures(self) -> None:
        self.assertEqual(Tally.of_output(["3 passed, 2 errors in 1s"], 1), Tally(3, 2, 0))

    def test_silence_is_no_success(self) -> None:
        self.assertEqual(Tally.of_output(["nothing to count"], 0), Tally(0, 1, 0))
        self.assertEqual(Tally.of_output(["5 passed"], 2), Tally(5, 1, 0))


class IdleTest(unittest.TestCase):
    """Idle and busy threads."""

    def rests(self, script: str) -> bool:
        """Whether the only thread of a shell is idle while it runs a script."""
        with subprocess.Popen(["sh", "-c", f"echo; {script}"], stdout=subprocess.PIPE) as child:
            assert child.stdout
            child.stdout.readline()
            try:
                return wait_idle(child.pid, [child.pid], 1)
            finally:
                child.kill()

    def test_one_that_waits(self) -> None:
        self.assertTrue(self.rests("exec sleep 60"))

    def test_one_that_runs(self) -> None:
        self.assertFalse(self.rests("while :; do :; done"))

    def test_one_that_is_gone(self) -> None:
        self.assertTrue(wait_idle(os.getpid(), [0], 1))


class ToolboxTest(unittest.TestCase):
    """Functions of the toolbox that need no root."""

    def test_versions(self) -> None:
        self.assertEqual(sorted(["6.12", "6.9", "7.3"], key=version_key), ["6.9", "6.12", "7.3"])

    def test_newest_kernel_that_fits(self) -> None:
        for asked, got in (("7", "7.3"), ("6", "6.12"), ("7.2", "7.2"), ("6.12", "6.12")):
            self.assertEqual(Toolbox.resolve(asked), got)
        for asked in ("6.1", "7.4", "8"):
            with self.subTest(asked), self.assertRaisesRegex(LabError, f"No Linux {asked} .*6.12"):
                Toolbox.resolve(asked)

    def test_older_kernels_only_boot(self) -> None:
        for kver, stages in (("7.3", ALL_STAGES), ("7", ALL_STAGES), ("7.2", BOOT_STAGES),
                             ("6.12", BOOT_STAGES)):
            with self.subTest(kver), mock.patch.object(lab.Check, "run", return_value=0) as run:
                lab.main(["check", "--kver", kver])
                run.assert_called_once_with(stages)

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


class CleanTest(unittest.TestCase):
    """Removed and kept files of the cache."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        top = Path(directory.name).resolve()
        self.cache = top / "cache"
        environ = mock.patch.dict(os.environ, {"FADUMP_LAB": str(self.cache)})
        environ.start()
        self.addCleanup(environ.stop)
        build = mock.patch.object(lab, "BUILD", top / "results")
        build.start()
        self.addCleanup(build.stop)
        say = mock.patch.object(lab.ui, "say")
        self.say = say.start()
        self.addCleanup(say.stop)
        self.assertEqual(lab.cache_dir(), self.cache)

    def make(self, *paths: str) -> None:
        """Files with directories above them."""
        for path in paths:
            (self.cache / path).parent.mkdir(parents=True, exist_ok=True)
            (self.cache / path).touch()

    def fill(self) -> None:
        """Make files with all names that the lab uses."""
        self.make(f"{TOOLS.dirname}/usr/src/linux-source-7.3.tar.xz",
                  "src/linux-source-7.3/Makefile", "initramfs/0123456789ab.cpio",
                  "locks/initramfs", "locks/src-7.3", "labtool-ab_3de4f/tool.c")
        box = Toolbox(self.cache)
        for kernel in (Kernel(box), Kernel(box, flavour="debug", variant="debian"),
                       Kernel(box, untouched=True, endian="be", pages="4k",
                              purpose="check-clang-19")):
            self.make(f"build/{kernel.name}/vmlinux", f"trees/{kernel.source.label}/Makefile",
                      f"locks/build-{kernel.name}", f"locks/tree-{kernel.source.label}")
        for recipe in (*ROOTS, DEBIAN):
            self.make(f"{recipe.dirname}/etc/passwd", f"{recipe.dirname}.new/etc/passwd",
                      f"logs/{recipe.dirname}.log", f"locks/{recipe.dirname}")
        name = digest([b"system"])
        self.make(f"debian/base-{name}.img", f"debian/base-{name}.unpacked",
                  f"debian/system-{name}/disk.img", f"debian/system-{name}.new/disk.img",
                  f"locks/debian-{name}")

    def left(self) -> set[str]:
        """All files below the cache."""
        return {str(path.relative_to(self.cache))
                for path in self.cache.rglob("*") if path.is_file()}

    def test_distclean_leaves_nothing_of_a_cache(self) -> None:
        self.fill()
        lab.main(["distclean"])
        self.assertFalse(self.cache.exists(), self.left() if self.cache.exists() else "")
        lab.main(["distclean"])

    def test_what_others_have_there_stays(self) -> None:
        theirs = {"www/index.html", "src/linux/Makefile", "src/notes", "build/mine/a.o",
                  "trees/oak", "debian/pool/a.deb", "debian-12/a.iso", "logs/web.log", "locks/db",
                  "tools/hammer", "backup-2024010112/all.tar", "initramfs/old.cpio"}
        self.fill()
        self.make(*theirs)
        for command in ("clean", "distclean"):
            lab.main([command])
            self.assertLessEqual(theirs, self.left(), command)
        self.assertEqual(self.left(), theirs)
        self.assertIn(f"{self.cache} stays", self.say.call_args.args[0])

    def test_links_are_not_followed(self) -> None:
        self.make("elsewhere/precious")
        (self.cache / TOOLS.dirname).symlink_to(self.cache / "elsewhere")
        lab.main(["distclean"])
        self.assertEqual({path.name for path in self.cache.iterdir()}, {"elsewhere"})
        self.assertEqual(self.left(), {"elsewhere/precious"})

    def test_clean_keeps_what_was_fetched(self) -> None:
        self.fill()
        self.make("host-0123456789/etc/passwd")
        lab.main(["clean"])
        self.assertEqual({path.name for path in self.cache.iterdir() if path.suffix != ".new"},
                         {*(recipe.dirname for recipe in (*ROOTS, DEBIAN)), "src", "initramfs",
                          "logs", "locks", "labtool-ab_3de4f"})


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
