#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Install, upgrade and remove the packages.

    packages.py DEB RPM     both of this machine's architecture

Runs as root of a mount namespace of its own, on a Debian system with dpkg, rpm, their
checkers and systemd. Every test has a copy of this system, which it may change; systemd
does not run there, and a script in place of systemctl writes down what it is told.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
if len(sys.argv) != 3:
    sys.exit(__doc__)
DEB, RPM = (Path(name).resolve() for name in sys.argv[1:])

SYSTEMCTL = """#!/bin/sh
echo "systemctl $*" >>/calls
case " $* " in
*" start "* | *" stop "* | *restart* | *daemon-reload*) ;;
*) SYSTEMD_OFFLINE=1 exec /usr/bin/systemctl.real "$@" ;;
esac
"""
DRACUT = '#!/bin/sh\necho "dracut $*" >>/calls\n'

#: Packages that stay installed: kdump-tools, and one that makes an initramfs.
NEIGHBOUR = """Package: {name}
Version: 1
Architecture: all
Maintainer: Nemo <nemo@example.org>
Description: stands for the real one
"""
TRIGGERED = '#!/bin/sh\n[ "$1" != triggered ] || echo "$2" >>/calls\n'

CONF, PROGRAM = "etc/fadump.conf", "usr/sbin/fadumpctl"
ENABLED = "etc/systemd/system/multi-user.target.wants/fadump.service"
#: A dump, and files that the program writes.
DUMP = "var/crash/fadump-1/vmcore"
STATE = ("var/lib/fadumpctl/initramfs-7.3", "var/lib/fadumpctl/test.json")
#: What the older version has, and not the newer one.
FORMER = "usr/lib/fadump/former"

#: How dracut is called.
REBUILT = "dracut --force --regenerate-all"

#: Paths and facts.
Files = dict[str, tuple[int, ...]]

#: Databases and logs of package managers, and what the tests put there.
OWN = re.compile(r"(var/lib/(dpkg|rpm)|var/log|calls|tmp|proc|dev)(/|$)")


def run(*argv: object) -> str:
    """Run a program; a failure shows its output."""
    done = subprocess.run(list(map(str, argv)), stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise AssertionError(f"{argv}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


class Case(unittest.TestCase):
    """A copy of the system: an overlay over it, in memory."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory(prefix="packages-")
        self.addCleanup(place.cleanup)
        run("mount", "-t", "tmpfs", "packages", place.name)
        self.addCleanup(run, "umount", "--lazy", place.name)
        self.top = Path(place.name)
        self.root = self.top / "root"
        for name in ("root", "upper", "work"):
            (self.top / name).mkdir()
        run("mount", "-t", "overlay", "-o", f"lowerdir=/,upperdir={self.top}/upper,"
            f"workdir={self.top}/work{self.overlay_options()}", "packages", self.root)
        for name in ("proc", "dev"):
            run("mount", "--rbind", f"/{name}", self.root / name)
        (self.root / "run/systemd/system").mkdir(parents=True)
        (self.root / "usr/bin/systemctl").rename(self.root / "usr/bin/systemctl.real")
        self.write("usr/bin/systemctl", SYSTEMCTL, 0o755)
        self.write("calls", "")

    @staticmethod
    def overlay_options() -> str:
        """An ordinary user's overlay cannot use attributes of root."""
        users = Path("/proc/self/uid_map").read_text().split()
        return "" if users == ["0", "0", str(2 ** 32 - 1)] else ",userxattr"

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        """Make a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def files(self) -> Files:
        """All files."""
        found = {}
        for where, directories, names in os.walk(self.root):
            inside = os.path.relpath(where, self.root)
            directories[:] = [name for name in directories
                              if not OWN.match(os.path.normpath(f"{inside}/{name}"))]
            for name in (*directories, *names):
                path = os.path.normpath(f"{inside}/{name}")
                if not OWN.match(path):
                    found[path] = self.facts(self.root / path)
        return found

    @staticmethod
    def facts(path: Path) -> tuple[int, ...]:
        """What a package must not change in another package's file."""
        info = path.lstat()
        changing = () if stat.S_ISDIR(info.st_mode) else (info.st_size, info.st_mtime_ns)
        return info.st_mode, *changing

    def calls(self) -> list[str]:
        """What systemctl, dracut and the trigger were told, since the last time."""
        path = self.root / "calls"
        lines = path.read_text().splitlines()
        path.write_text("")
        return lines

    def told(self, verb: str, calls: list[str]) -> bool:
        """Was systemctl told this about fadump.service?"""
        return any(re.match(rf"systemctl .*\b{verb}\b.*fadump\.service", line) for line in calls)

    def assert_untouched(self, calls: list[str]) -> None:
        """Nothing has disarmed firmware."""
        for verb in ("stop", "restart", "try-restart", "disable"):
            self.assertFalse(self.told(verb, calls), calls)

    def assert_same_files(self, before: Files, *more: str) -> None:
        """As before, and these, each in a directory of its own."""
        now = self.files()
        for name in more:
            self.assertIn(name, now)
            for path in {name, *map(str, Path(name).parents)} - set(before):
                now.pop(path, None)
        self.assertEqual(sorted(now.items() ^ before.items()), [])


class TestDeb(Case):
    """The Debian package, with dpkg."""

    def setUp(self) -> None:
        super().setUp()
        self.neighbour("kdump-tools")
        self.neighbour("initramfs-tools", "update-initramfs")
        self.before = self.files()

    def neighbour(self, name: str, trigger: str = "") -> None:
        """Install a package that another one stands for."""
        package = self.top / name
        (package / "DEBIAN").mkdir(parents=True)
        (package / "DEBIAN/control").write_text(NEIGHBOUR.format(name=name))
        if trigger:
            (package / "DEBIAN/triggers").write_text(f"interest-noawait {trigger}\n")
            (package / "DEBIAN/postinst").write_text(TRIGGERED)
            (package / "DEBIAN/postinst").chmod(0o755)
        run("dpkg-deb", "--build", package, self.top / f"{name}.deb")
        self.dpkg("--install", self.top / f"{name}.deb")

    def dpkg(self, *argv: object) -> str:
        """dpkg in the copy; a package is given to it as a file in there."""
        names = []
        for name in argv:
            if isinstance(name, Path):
                shutil.copyfile(name, self.root / "tmp" / name.name)
                name = f"/tmp/{name.name}"
            names.append(name)
        return run("chroot", self.root, "dpkg", "--force-unsafe-io", *names)

    def older(self) -> Path:
        """The package of a version before, with another configuration."""
        tree, package = self.top / "older", self.top / "older.deb"
        run("dpkg-deb", "--raw-extract", DEB, tree)
        control = tree / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^Version: ", r"\g<0>0~~", control.read_text()))
        with (tree / CONF).open("a") as conf:
            conf.write("# an older file\n")
        (tree / FORMER).touch()
        run("dpkg-deb", "-Znone", "--build", tree, package)
        return package

    def test_install(self) -> None:
        self.dpkg("--install", DEB)
        calls = self.calls()
        self.assertTrue(self.told("start", calls), calls)
        self.assertIn("systemctl --system daemon-reload", calls)
        self.assertIn("update-initramfs", calls)
        self.assertTrue((self.root / ENABLED).is_symlink())
        self.assertEqual((self.root / "var/crash").stat().st_mode, stat.S_IFDIR | 0o755)
        self.assertIn(run("dpkg-deb", "-f", DEB, "Version").strip(),
                      run("chroot", self.root, "fadumpctl", "--version"))
        run("chroot", self.root, "fadumpctl", "conf")
        self.assertIn("\nStatus: install ok installed", self.dpkg("--status", "kdump-tools"))

    def test_upgrade(self) -> None:
        """The files are those of an installation, and firmware stays armed."""
        self.dpkg("--install", DEB)
        fresh = self.files()
        self.dpkg("--purge", "fadump-tools")
        self.dpkg("--install", self.older())
        self.assertTrue((self.root / FORMER).exists())
        self.calls()
        self.dpkg("--install", DEB)
        calls = self.calls()
        self.assert_untouched(calls)
        self.assertTrue(self.told("start", calls), calls)
        self.assertIn("update-initramfs", calls)
        self.assertEqual(set(self.files()), set(fresh))
        self.assertNotIn("an older file", (self.root / CONF).read_text())

    def test_upgrade_of_a_changed_system(self) -> None:
        """The administrator's configuration and disabled service stay."""
        self.dpkg("--install", self.older())
        self.write(CONF, "TARGET=/srv\n")
        run("chroot", self.root, "systemctl", "disable", "fadump.service")
        self.calls()
        self.dpkg("--force-confdef", "--force-confold", "--install", DEB)
        self.assertEqual((self.root / CONF).read_text(), "TARGET=/srv\n")
        self.assertFalse((self.root / ENABLED).is_symlink())
        self.assertFalse(self.told("start", self.calls()))

    def test_remove(self) -> None:
        """Configuration stays, the program goes, and firmware is disarmed first."""
        self.dpkg("--install", DEB)
        self.calls()
        self.dpkg("--remove", "fadump-tools")
        calls = self.calls()
        self.assertTrue(self.told("stop", calls), calls)
        self.assertIn("update-initramfs", calls)
        self.assertFalse((self.root / PROGRAM).exists())
        self.assertTrue((self.root / CONF).exists())

    def test_purge(self) -> None:
        """Nothing stays."""
        self.dpkg("--install", DEB)
        for name in STATE:
            self.write(name, "")
        self.dpkg("--purge", "fadump-tools")
        self.assert_same_files(self.before)

    def test_purge_keeps_dumps(self) -> None:
        self.dpkg("--install", DEB)
        self.write(DUMP, "")
        self.dpkg("--purge", "fadump-tools")
        self.assert_same_files(self.before, DUMP)

    def test_lintian(self) -> None:
        for changes in DEB.parent.glob("*.changes"):
            run("lintian", "--fail-on", "error,warning", changes)


class TestRpm(Case):
    """The RPM package; Debian has no such packages for it to depend on."""

    def setUp(self) -> None:
        super().setUp()
        self.write("usr/bin/dracut", DRACUT, 0o755)
        self.write("usr/lib/systemd/system-preset/99-default-disable.preset", "disable *\n")
        for name in ("modules.d", "dracut.conf.d"):
            (self.root / "usr/lib/dracut" / name).mkdir(parents=True, exist_ok=True)
        self.before = self.files()

    def rpm(self, *argv: object) -> str:
        """rpm for the copy."""
        return run("rpm", "--root", self.root, "--dbpath", "/var/lib/rpm", "--nodeps", *argv)

    def older(self) -> Path:
        """The package of a version before, with another configuration."""
        top, tree = self.top / "older", self.top / "tree"
        tree.mkdir()
        run("rpm", "--root", tree, "--dbpath", "/db", "--nodeps", "--noscripts", "-i", RPM)
        shutil.rmtree(tree / "db")
        with (tree / CONF).open("a") as conf:
            conf.write("# an older file\n")
        (tree / FORMER).touch()
        spec = next(RPM.parents[2].glob("SPECS/*.spec")).read_text()
        spec = re.sub(r"(?m)^(Version:\s*)", r"\g<1>0~~", spec)
        spec = re.sub(r"(?ms)^%prep.*?(?=^%post$)",
                      f"%install\ncp -a {tree}/. %{{buildroot}}\n", spec)
        spec = re.sub(r"(?ms)^%doc.*?$|^%changelog.*", "", spec)
        (self.top / "older.spec").write_text(spec)
        run("rpmbuild", "-bb", "--nodeps", "--define", f"_topdir {top}",
            "--define", "debug_package %{nil}", "--define", "__os_install_post %{nil}",
            "--define", "_unpackaged_files_terminate_build 0", self.top / "older.spec")
        return next(top.glob("RPMS/*/*.rpm"))

    def test_install(self) -> None:
        self.rpm("--install", RPM)
        calls = self.calls()
        self.assertTrue(self.told("start", calls), calls)
        self.assertEqual(calls.count(REBUILT), 1)
        self.assertTrue((self.root / ENABLED).is_symlink())
        run("chroot", self.root, "fadumpctl", "conf")

    def test_upgrade(self) -> None:
        """The files are those of an installation, and firmware stays armed."""
        self.rpm("--install", RPM)
        fresh = self.files()
        self.rpm("--erase", "fadump-tools")
        self.rpm("--install", self.older())
        self.assertTrue((self.root / FORMER).exists())
        self.calls()
        self.rpm("--upgrade", RPM)
        calls = self.calls()
        self.assert_untouched(calls)
        self.assertTrue(self.told("start", calls), calls)
        self.assertEqual(calls.count(REBUILT), 1)
        self.assertEqual(set(self.files()), set(fresh))
        self.assertNotIn("an older file", (self.root / CONF).read_text())

    def test_upgrade_of_a_changed_system(self) -> None:
        """The administrator's configuration and disabled service stay."""
        self.rpm("--install", self.older())
        self.write(CONF, "TARGET=/srv\n")
        run("chroot", self.root, "systemctl", "disable", "fadump.service")
        self.calls()
        self.rpm("--upgrade", RPM)
        self.assertEqual((self.root / CONF).read_text(), "TARGET=/srv\n")
        self.assertFalse((self.root / ENABLED).is_symlink())
        self.assertFalse(self.told("start", self.calls()))

    def test_erase(self) -> None:
        """Firmware is disarmed, the images are made without the program; only dumps stay."""
        self.rpm("--install", RPM)
        self.calls()
        for name in (*STATE, DUMP):
            self.write(name, "")
        self.rpm("--erase", "fadump-tools")
        calls = self.calls()
        self.assertTrue(self.told("stop", calls), calls)
        self.assertEqual(calls.count(REBUILT), 1)
        self.assert_same_files(self.before, DUMP)

    def test_rpmlint(self) -> None:
        run("rpmlint", "--config", HERE.parent / "rpm/rpmlint.toml",
            *RPM.parents[2].glob("*RPMS/**/*.rpm"))


def main() -> int:
    """Run the tests and print the result. Return the exit status."""
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    bad = result.failures + result.errors
    for test, _ in bad:
        print(f"failed: {test.id()}")
    print(f"{result.testsRun - len(bad)} passed, {len(bad)} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
