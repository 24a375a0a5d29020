# SPDX-License-Identifier: GPL-2.0-or-later
"""recommend --apply and --undo: the boot loader's configuration."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from lab import (ARMED, DONE, FAILED, INTERRUPTED, MISSING, PROGRAM_FAILED, STATE, USAGE, Case)

DROP_IN, DEFAULT = "/etc/default/grub.d/fadump.cfg", "/etc/default/grub"
RECORD = "/var/lib/fadumpctl/grubby"
WANTED = "fadump=on crashkernel=513M"
LINE = f'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT {WANTED}"\n'
SIZE = "/sys/kernel/fadump/boot_mem_size"

MEASURED = {**ARMED, SIZE: "335544320\n",
            "/sys/kernel/fadump/boot_mem_recommended": "536870913\n"}

GRUB = """\
# If you change this file, run grub2-mkconfig.
GRUB_TIMEOUT=8
GRUB_CMDLINE_LINUX_DEFAULT="quiet crashkernel=1G"
GRUB_CMDLINE_LINUX=""
"""

ENTRIES = {
    "b": "title B\nlinux /boot/vmlinuz-2\noptions root=/dev/sda1 ro crashkernel=1G quiet\n",
    "a": "title A\nlinux /boot/vmlinuz-1\noptions root=/dev/sda1 fadump=nocma crashkernel=2G ro\n",
}

#: What grubby does with boot entries: arguments that exist are replaced where they are.
GRUBBY = r"""#!{python}
import os, pathlib, re, sys

top = pathlib.Path(os.environ["FADUMPCTL_ROOT"])
options = dict(word[2:].split("=", 1) for word in sys.argv[1:])
entries = sorted((top / "boot/loader/entries").glob("*.conf"), reverse=True)
texts = {{path: dict(line.split(" ", 1) for line in path.read_text().splitlines())
         for path in entries}}
if "info" in options:
    for number, entry in enumerate(texts.values()):
        print(f'index={{number}}\nkernel="{{entry["linux"]}}"\nargs="{{entry["options"]}}"')
    sys.exit()
with open(top / "log", "a") as log:
    log.write(" ".join(sys.argv[1:]) + "\n")
broken = (top / "broken").exists() and options.get("args", "") in (top / "broken").read_text()
for path, entry in texts.items():
    if options["update-kernel"] not in ("ALL", entry["linux"]):
        continue
    words = entry["options"].split()
    if not (top / "forgets").exists():
        for name in options.get("remove-args", "").split():
            words = [word for word in words if word.split("=")[0] != name]
    for new in options.get("args", "").split():
        same = [i for i, word in enumerate(words) if word.split("=")[0] == new.split("=")[0]]
        if same:
            words[same[0]] = new
        else:
            words.append(new)
    path.write_text("".join(f"{{k}} {{v}}\n" for k, v in
                            {{**entry, "options": " ".join(words)}}.items()))
    if broken:
        sys.exit("no space left on /boot")
"""

#: update-grub and grub2-mkconfig only read; the log has their arguments.
READER = """#!/bin/sh
echo "${{0##*/}} $*" >>"$FADUMPCTL_ROOT/log"
[ ! -e "$FADUMPCTL_ROOT/slow" ] || {{ : >"$FADUMPCTL_ROOT/runs"; exec sleep 60; }}
[ ! -e "$FADUMPCTL_ROOT/broken" ] || {{ echo "no space left on /boot" >&2; exit 1; }}
"""


class LoaderCase(Case):
    """A machine that has measured, with a boot loader's programs."""

    machine = MEASURED

    def setUp(self) -> None:
        super().setUp()
        self.bin = self.top / "bin"
        self.bin.mkdir()
        self.env["PATH"] = f"{self.bin}:/usr/bin:/bin"

    def program(self, name: str, text: str) -> None:
        """Install a program."""
        path = self.bin / name
        path.write_text(text.format(python=sys.executable))
        path.chmod(0o755)

    def apply(self, code: int = DONE) -> str:
        result = self.run_program("recommend", "--apply", "--yes", code=code)
        self.assert_fits(result.stdout, 100)
        return result.stdout + result.stderr

    def undo(self, code: int = DONE) -> str:
        result = self.run_program("recommend", "--undo", "--yes", code=code)
        return result.stdout + result.stderr

    def log(self) -> list[str]:
        return self.read("/log").splitlines() if self.path("/log").exists() else []

    def assert_no_rest(self, place: Path) -> None:
        """No temporary file is left."""
        self.assertLessEqual({path.name for path in place.iterdir()},
                             {"fadump.cfg", "grub", "grub.d", "other.cfg"})


class TestCommandLine(LoaderCase):
    """What does not depend on the boot loader."""

    def test_usage(self) -> None:
        for args in (["--yes"], ["--apply", "--undo"], ["--apply", "--json"], ["--undo", "-j"]):
            self.run_program("recommend", *args, code=USAGE)

    def test_no_boot_loader(self) -> None:
        self.assertIn("change the kernel command line by hand", self.apply(code=MISSING))
        self.assertIn("grubby", self.undo(code=MISSING))

    def test_no_change_is_needed(self) -> None:
        self.write(SIZE, "537919488\n")
        self.assertIn("no change is needed", self.apply())
        self.write("/proc/cmdline", "quiet\n")
        self.assertIn("by hand", self.apply(code=MISSING))

    def test_not_measured(self) -> None:
        self.path("/sys/kernel/fadump/boot_mem_recommended").unlink()
        self.program("update-grub", READER)
        self.assertIn("does not measure", self.apply(code=MISSING))
        self.assertEqual(self.log(), [])


class TestDropIn(LoaderCase):
    """update-grub: a file of ours beside others."""

    def setUp(self) -> None:
        super().setUp()
        self.program("update-grub", READER)
        self.program("grub2-mkconfig", READER)
        self.directory = self.path(DROP_IN).parent
        self.directory.mkdir(parents=True)

    def test_both_ways(self) -> None:
        out = self.apply()
        self.assertIn(f"{DROP_IN}:\n+ # ", out)
        self.assertIn(f"+ {LINE}", out)
        self.assertIn("Then: update-grub\n", out)
        self.assertTrue(self.read(DROP_IN).endswith(LINE))
        self.assertEqual(self.log(), ["update-grub "])
        self.assertIn("has these arguments already", " ".join(self.apply().split()))
        self.assertEqual(self.log(), ["update-grub "])
        self.assertIn(f"- {LINE}", self.undo())
        self.assertFalse(self.path(DROP_IN).exists())
        self.assertEqual(self.log(), ["update-grub "] * 2)
        self.assertIn("has no lines", self.undo(code=STATE))
        self.assert_no_rest(self.directory)

    def test_shell_reads_it(self) -> None:
        """GRUB's scripts source the file: the arguments are the last ones."""
        self.write(DEFAULT, GRUB)
        self.apply()
        self.assertEqual(self.source(DEFAULT, DROP_IN), f"quiet crashkernel=1G {WANTED}\n")

    def source(self, *names: str) -> str:
        """The variable after these files."""
        script = "".join(f". {self.path(name)}; " for name in names)
        return subprocess.run(["sh", "-c", script + 'echo "$GRUB_CMDLINE_LINUX_DEFAULT"'],
                              capture_output=True, text=True, check=True).stdout

    def test_new_size_replaces_the_old_one(self) -> None:
        self.write(DROP_IN, "GRUB_TIMEOUT=1\n")
        self.apply()
        self.write("/sys/kernel/fadump/boot_mem_recommended", "1073741824\n")
        out = self.apply()
        self.assertIn(f"- {LINE}", out)
        self.assertEqual(self.read(DROP_IN).count("crashkernel"), 1)
        self.assertIn("crashkernel=1024M", self.read(DROP_IN))
        self.undo()
        self.assertEqual(self.read(DROP_IN), "GRUB_TIMEOUT=1\n")

    def test_failure_restores(self) -> None:
        self.write("/broken", "")
        for before in (None, "GRUB_TIMEOUT=1\n"):
            if before:
                self.write(DROP_IN, before)
            out = self.apply(code=PROGRAM_FAILED)
            self.assertIn("no space left on /boot", out)
            self.assertIn("fadump.cfg is as before", out)
            self.assertEqual(self.read(DROP_IN) if before else self.path(DROP_IN).exists(),
                             before or False)
        self.path("/broken").unlink()
        self.apply()
        after = self.read(DROP_IN)
        self.write("/broken", "")
        self.undo(code=PROGRAM_FAILED)
        self.assertEqual(self.read(DROP_IN), after)
        self.assert_no_rest(self.directory)

    def test_signal_restores(self) -> None:
        self.write("/slow", "")
        with self.start("recommend", "--apply", "--yes") as child:
            end = time.monotonic() + 20
            while not self.path("/runs").exists():
                self.assertLess(time.monotonic(), end)
                time.sleep(0.01)
            child.send_signal(signal.SIGTERM)
            _, err = child.communicate(timeout=20)
        self.assertEqual(child.returncode, INTERRUPTED, err)
        self.assertFalse(self.path(DROP_IN).exists())

    def test_question(self) -> None:
        """Without a terminal the change is only shown; on one, "yes" makes it."""
        result = self.run_program("recommend", "--apply", code=INTERRUPTED)
        self.assertIn(f"+ {LINE}", result.stdout)
        self.assertIn("nothing has happened; --yes makes the change", result.stderr)
        self.assertIn("not confirmed", self.on_terminal("recommend", "--apply", answer="y\n"))
        self.assertFalse(self.path(DROP_IN).exists())
        self.assertEqual(self.log(), [])
        self.assertIn("The next boot uses it",
                      self.on_terminal("recommend", "--apply", answer="yes\n"))
        self.assertTrue(self.path(DROP_IN).exists())
        self.run_program("recommend", "--undo", code=INTERRUPTED)
        self.assertTrue(self.path(DROP_IN).exists())

    def test_later_file(self) -> None:
        """A file that GRUB reads after ours would win."""
        other = "/etc/default/grub.d/other.cfg"
        self.write("/etc/default/grub.d/a.cfg", f"X={WANTED}\n")
        self.write(other, LINE)
        self.assertIn("other.cfg: sets crashkernel= or fadump= after", self.apply(code=STATE))
        self.assertFalse(self.path(DROP_IN).exists())
        self.write(other, f"  # {WANTED}\n")
        self.path("/etc/default/grub.d/a.cfg").unlink()
        self.apply()

    def test_unwritable(self) -> None:
        self.directory.rmdir()
        self.assertIn("No such file", self.apply(code=FAILED))
        self.assertEqual(self.log(), [])


class TestDefault(LoaderCase):
    """grub2-mkconfig: lines in GRUB's own file."""

    def setUp(self) -> None:
        super().setUp()
        self.program("grub2-mkconfig", READER)

    def test_both_ways(self) -> None:
        """Bytes, mode and a missing newline at the end are as before."""
        for before in (GRUB, GRUB.rstrip("\n"), ""):
            self.write(DEFAULT, before)
            self.path(DEFAULT).chmod(0o640)
            self.assertIn(f"Then: grub2-mkconfig -o {self.root}/boot/grub2/grub.cfg", self.apply())
            self.assertTrue(self.read(DEFAULT).startswith(before))
            self.assertIn(LINE.strip(), self.read(DEFAULT).splitlines())
            self.apply()
            self.undo()
            self.assertEqual(self.read(DEFAULT), before)
            self.assertEqual(self.path(DEFAULT).stat().st_mode & 0o777, 0o640)
        self.assertEqual(set(self.log()), {f"grub2-mkconfig -o {self.root}/boot/grub2/grub.cfg"})
        self.assert_no_rest(self.path("/etc/default"))

    def test_other_changes_stay(self) -> None:
        self.write(DEFAULT, GRUB)
        self.apply()
        self.write(DEFAULT, self.read(DEFAULT).replace("TIMEOUT=8", "TIMEOUT=1") + "GRUB_X=1\n")
        self.undo()
        self.assertEqual(self.read(DEFAULT), GRUB.replace("TIMEOUT=8", "TIMEOUT=1") + "GRUB_X=1\n")

    def test_link(self) -> None:
        """A link stays one."""
        self.write("/etc/grub.real", GRUB)
        self.path("/etc/default").mkdir()
        self.path(DEFAULT).symlink_to("../grub.real")
        self.apply()
        self.assertTrue(self.path(DEFAULT).is_symlink())
        self.assertIn(LINE, self.read("/etc/grub.real"))

    def test_failure_restores(self) -> None:
        self.write(DEFAULT, GRUB)
        self.write("/broken", "")
        self.apply(code=PROGRAM_FAILED)
        self.assertEqual(self.read(DEFAULT), GRUB)


class TestGrubby(LoaderCase):
    """grubby: boot entries, each with arguments of its own."""

    def setUp(self) -> None:
        super().setUp()
        for name in ("grubby", "grub2-mkconfig"):
            self.program(name, GRUBBY if name == "grubby" else READER)
        self.path("/var/lib").mkdir(parents=True)
        self.set_entries(ENTRIES)

    def set_entries(self, entries: dict[str, str]) -> None:
        for name, text in entries.items():
            self.write(f"/boot/loader/entries/{name}.conf", text)

    def entries(self) -> dict[str, str]:
        return {path.stem: path.read_text()
                for path in self.path("/boot/loader/entries").iterdir()}

    def assert_restored(self) -> None:
        """Each entry has its words again; a kernel does not depend on their order."""
        self.assertEqual({name: sorted(text.split()) for name, text in self.entries().items()},
                         {name: sorted(text.split()) for name, text in ENTRIES.items()})

    def test_equal_kernels(self) -> None:
        """The usual case: all kernels have the same arguments, and get back the same bytes."""
        for args in ("crashkernel=1G", "fadump=nocma", "crashkernel=1G fadump=on", "quiet"):
            equal = {name: f"title {name}\nlinux /boot/vmlinuz-{name}\noptions ro {args} x=y\n"
                     for name in "abc"}
            self.set_entries(equal)
            self.apply()
            self.assertNotEqual(self.entries(), equal)
            self.undo()
            self.assertEqual(self.entries(), equal)

    def test_both_ways(self) -> None:
        out = self.apply()
        self.assertIn(f"/boot/vmlinuz-2:\n- crashkernel=1G\n+ {WANTED}\n", out)
        self.assertIn(f"/boot/vmlinuz-1:\n- fadump=nocma crashkernel=2G\n+ {WANTED}\n", out)
        self.assertEqual(self.log(), [f"--update-kernel=ALL --args={WANTED}"])
        for text in self.entries().values():
            self.assertIn("fadump=on", text)
            self.assertIn("crashkernel=513M", text)
        self.assertIn("have these arguments already", self.apply())
        self.assertIn(f"- {WANTED}\n+ crashkernel=1G\n", self.undo())
        self.assert_restored()
        self.assertFalse(self.path(RECORD).exists())
        self.assertIn("nothing to undo", self.undo(code=STATE))

    def test_undo_is_of_the_first_change(self) -> None:
        self.apply()
        self.write("/sys/kernel/fadump/boot_mem_recommended", "1073741824\n")
        self.apply()
        self.undo()
        self.assert_restored()

    def test_kernels_come_and_go(self) -> None:
        """A new kernel gets what the first one had; other arguments stay."""
        self.apply()
        new = {name: text.replace("quiet", "verbose") for name, text in self.entries().items()}
        new["c"] = new.pop("a").replace("vmlinuz-1", "vmlinuz-3")
        self.path("/boot/loader/entries/a.conf").unlink()
        self.set_entries(new)
        self.undo()
        self.assertEqual(self.entries()["b"], ENTRIES["b"].replace("quiet", "verbose"))
        self.assertIn("vmlinuz-3\noptions root=/dev/sda1 crashkernel=1G ro", self.entries()["c"])

    def test_failure_restores(self) -> None:
        self.write("/broken", WANTED)
        out = self.apply(code=PROGRAM_FAILED)
        self.assertIn("no space left on /boot", out)
        self.assertIn("the arguments are as before", out)
        self.assert_restored()
        self.assertFalse(self.path(RECORD).exists())

    def test_undo_is_checked(self) -> None:
        """A grubby that ignores an option is found out, and the undo can be repeated."""
        self.apply()
        self.write("/forgets", "")
        self.assertIn('/boot/vmlinuz-2: grubby left the arguments "fadump=on crashkernel=1G" '
                      'instead of "crashkernel=1G"', self.undo(code=PROGRAM_FAILED))
        self.path("/forgets").unlink()
        self.undo()
        self.assertFalse(self.path(RECORD).exists())

    def test_unreadable_list(self) -> None:
        self.program("grubby", "#!/bin/sh\necho index=0\n")
        self.assertIn("cannot be read", self.apply(code=PROGRAM_FAILED))
        self.program("grubby", "#!/bin/sh\nexit 3\n")
        self.assertIn("exit status 3", self.apply(code=PROGRAM_FAILED))
