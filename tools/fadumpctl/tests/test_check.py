# SPDX-License-Identifier: GPL-2.0-or-later
"""check: each part broken in turn."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
import unittest
from pathlib import Path
from typing import Any

import cores
from lab import (ARMED, CAPTURED, DONE, INTERRUPTED, MISSING, NOT_READY, PROGRAM, USAGE,
                 WAITING)
from test_integration import INITRAMFS, ScriptCase

RELEASE = os.uname().release
STAMP = f"/var/lib/fadumpctl/initramfs-{RELEASE}"
RESULT = "/run/fadump/check.json"
MIB = 1 << 20
LABELS = {"armed": "Armed", "boot-memory": "Boot memory", "configuration": "Configuration",
          "target": "Target", "writable": "Takes files", "room": "Room",
          "makedumpfile": "makedumpfile", "filter": "Filter", "initramfs": "Initramfs"}

GOOD = {
    **ARMED,
    "/sys/kernel/fadump/boot_mem_size": f"{512 * MIB}\n",
    "/sys/kernel/fadump/boot_mem_recommended": f"{320 * MIB}\n",
    "/proc/meminfo": "MemTotal:    200000 kB\nMemFree:      90000 kB\nBuffers:       1000 kB\n"
                     "Cached:       20000 kB\nSwapCached:       0 kB\nAnonPages:    80000 kB\n",
    "/proc/kcore": cores.core(),
    "/etc/fstab": "UUID=aa / ext4 errors=remount-ro 0 1\n",
    "/proc/self/mounts": "/dev/vda2 / ext4 rw 0 0\n",
}


class CheckCase(ScriptCase):
    """A machine where nothing is wrong."""

    machine = GOOD

    def setUp(self) -> None:
        super().setUp()
        self.needs("findmnt", "sha256sum")
        self.program("findmnt", f'case "$*" in *--tab-file*) exec {shutil.which("findmnt")} '
                                '"$@" ;; esac; echo /')
        self.crash = Path(os.path.realpath(self.crash))
        self.conf("COMPRESS=zstd")
        self.lib = self.path("/usr/lib/fadump")
        self.lib.mkdir(parents=True)
        for path in INITRAMFS.iterdir():
            (self.lib / path.name).symlink_to(path)
        self.make_initramfs()

    def make_initramfs(self) -> None:
        """An initramfs, as far as fadump is concerned."""
        self.script(self.lib / "fadump-stamp", RELEASE)
        self.write(f"/boot/initrd.img-{RELEASE}", "image")

    def everything(self) -> dict[str, Any]:
        """All files, except for the result and the logs of the fake programs."""
        paths = [self.top, *(p for p in self.top.rglob("*")
                             if p not in (self.log, self.top / "pid")
                             and self.path("/run") not in (p, *p.parents))]
        return {str(p): (p.lstat().st_mode, p.lstat().st_size, None if p == self.top else
                         p.lstat().st_mtime_ns,
                         hashlib.sha256(p.read_bytes()).digest() if p.is_file() else None)
                for p in paths}

    def check(self, *args: Any, code: int = DONE) -> dict[str, str]:
        """Run it; the answers, after a check that no file has changed."""
        before = self.everything()
        out = self.run_program("check", *args, code=code).stdout
        self.assertEqual(self.everything(), before)
        lines = {line[:20].rstrip(): line[20:] for line in out.splitlines()}
        self.assertEqual(list(lines), list(LABELS.values()), out)
        return {name: lines[label] for name, label in LABELS.items()}

    def wrong(self, name: str, text: str, *args: Any) -> dict[str, str]:
        """Only this answer is wrong."""
        said = self.check(*args, code=NOT_READY)
        self.assertRegex(said[name], f"^WRONG: .*{text}")
        self.assertEqual([n for n, s in said.items() if s.startswith("WRONG")], [name], said)
        return said

    def unknown(self, name: str, text: str, *args: Any) -> dict[str, str]:
        """This answer is unknown, and none is wrong."""
        said = self.check(*args)
        self.assertRegex(said[name], f"^unknown: .*{text}")
        return said

    def ok(self, name: str, text: str) -> dict[str, str]:
        """Nothing is wrong, and the answer has this text."""
        said = self.check()
        self.assertRegex(said[name], f"^ok: .*{text}")
        return said


class TestGood(CheckCase):
    """Nothing is wrong."""

    def test_all(self) -> None:
        for name, text in self.check().items():
            self.assertTrue(text.startswith("ok: "), f"{name}: {text}")

    def test_json(self) -> None:
        got = self.json("check", "--json")
        self.assertIs(got["ready"], True)
        self.assertLess(abs(got["time"] - time.time()), 60)
        self.assertEqual([c["name"] for c in got["checks"]], list(LABELS))
        self.assertEqual({c["verdict"] for c in got["checks"]}, {"ok"})
        self.path("/sys/kernel/fadump/registered").write_text("0\n")
        got = self.json("check", "-j", code=NOT_READY)
        self.assertIs(got["ready"], False)
        self.assertEqual(got["checks"][0]["verdict"], "wrong")

    def test_option_root(self) -> None:
        """The scripts use the test's root directory as well."""
        self.env["FADUMPCTL_ROOT"] = ""
        out = self.run_program(f"--root={self.root}", "check").stdout
        self.assertIn("Initramfs           ok: up to date\n", out)

    def test_terminal(self) -> None:
        for columns in (40, 80):
            text = self.on_terminal("check", columns=columns)
            self.assert_fits("".join(line for line in text.splitlines(True)
                                     if not line.startswith("fadumpctl: not root")), columns)
            self.assertIn("Takes files         ok:", text)

    def test_usage(self) -> None:
        for args in (["word"], ["--timeout=0"], ["--timeout=x"], ["-t", "2h"]):
            self.run_program("check", *args, code=USAGE)

    def test_no_fadump(self) -> None:
        shutil.rmtree(self.path("/sys/kernel/fadump"))
        self.assertIn("CONFIG_FA_DUMP", self.run_program("check", code=MISSING).stderr)

    def test_completion(self) -> None:
        self.assertIn("--timeout", self.run_program("help", "check").stdout)
        self.assertIn("check", self.run_program("help").stdout)


class TestKernel(CheckCase):
    """Questions about the kernel."""

    def test_not_armed(self) -> None:
        self.write("/sys/kernel/fadump/registered", "0\n")
        self.wrong("armed", "not registered with firmware: fadumpctl register tries again")
        self.write("/sys/kernel/fadump/enabled", "0\n")
        self.wrong("armed", "the kernel could not set it up")

    def test_waiting(self) -> None:
        for name in ("registered", "release_mem", "dump_status"):
            self.write(f"/sys/kernel/fadump/{name}", CAPTURED[f"/sys/kernel/fadump/{name}"])
        self.wrong("armed", "a dump is waiting: save and release it")

    def test_boot_memory(self) -> None:
        size = "/sys/kernel/fadump/boot_mem_recommended"
        self.write(size, f"{512 * MIB + 1}\n")
        self.wrong("boot-memory", "reboot with crashkernel=513M")
        self.write(size, f"{512 * MIB}\n")
        self.ok("boot-memory", "512.0 MiB")
        self.path(size).unlink()
        self.unknown("boot-memory", "does not measure")

    def test_configuration(self) -> None:
        self.conf("COMPRESS=zstd", "KEEP=1,000")
        self.make_initramfs()
        self.wrong("configuration", "fadumpctl conf shows them")
        self.conf("COMPRESS=zstd", "WHEN=never")
        self.make_initramfs()
        self.ok("configuration", "WHEN=never")


class TestDirectory(CheckCase):
    """A directory as the target."""

    def setUp(self) -> None:
        super().setUp()
        # The initramfs is about the target, too; that is another test.
        self.path(STAMP).unlink()
        (self.lib / "fadump-stamp").unlink()
        self.write("/usr/lib/fadump/fadump-stamp", "#!/bin/sh\n")
        (self.lib / "fadump-stamp").chmod(0o755)

    def mounts(self, *lines: str) -> None:
        """Set the mounted file systems."""
        self.write("/proc/self/mounts", "/dev/vda2 / ext4 rw 0 0\n" +
                   "".join(f"{line}\n" for line in lines))

    def fstab(self, line: str) -> None:
        """Write fstab."""
        self.write("/etc/fstab", f"# comment\nUUID=aa / ext4 defaults 0 1\n{line}\n")

    def test_gone(self) -> None:
        self.conf(target=self.crash / "gone")
        said = self.wrong("target", "No such file or directory: create it, or set another TARGET")
        for name in ("writable", "room"):
            self.assertEqual(said[name], "unknown: skipped because of: Target")

    def test_gone_and_what_is_said_before(self) -> None:
        self.conf("KEEP=1,000", target=self.crash / "gone")
        said = self.check(code=NOT_READY)
        self.assertRegex(said["target"], "^WRONG: .*/gone: No such file or directory: create it")

    def test_neither(self) -> None:
        self.conf(target="/dev/null")
        self.wrong("target", "neither a directory nor a block device")

    def test_full(self) -> None:
        self.write("/proc/meminfo", f"MemTotal: {1 << 50} kB\nMemFree: {1 << 40} kB\n")
        self.wrong("room", "free, and a dump may need 1023.0 PiB .*level 31 keeps.*: free some")

    def test_full_of_old_dumps(self) -> None:
        self.write("/proc/meminfo", f"MemTotal: {1 << 50} kB\nMemFree: {1 << 40} kB\n")
        self.conf("MAKE_ROOM=1000")
        self.unknown("room", "free, and a dump may need 1023.0 PiB .*: MAKE_ROOM removes older")

    def test_estimate(self) -> None:
        """The level reduces the estimate; a level for only a part of the cache does not."""
        for level, kib in ((0, 200000), (1, 200000), (2, 200000), (4, 179000), (8, 120000),
                           (16, 110000), (23, 89000), (31, 9000)):
            self.conf(f"LEVEL={level}")
            self.ok("room", f"at most {kib / 1024:.1f} MiB .*level {level} keeps")
        self.write("/proc/meminfo", "MemTotal: 10 kB\nMemFree: 20 kB\n")
        self.ok("room", "at most 0 bytes")
        self.path("/proc/meminfo").unlink()
        self.unknown("room", "/proc/meminfo")

    def test_require_mount(self) -> None:
        self.conf("REQUIRE_MOUNT=yes")
        self.wrong("target", "nothing is mounted there, and REQUIRE_MOUNT=yes: mount it")

    def test_not_mounted_now(self) -> None:
        """A boot mounts it; the directory below is not checked."""
        (self.crash / "here").mkdir()
        self.conf("REQUIRE_MOUNT=yes", target=self.crash / "here")
        self.fstab(f"LABEL=dumps {self.crash} xfs noauto 0 2")
        said = self.wrong("target", "not mounted, and LABEL=dumps, which")
        self.write("/dev/disk/by-label/dumps", "")
        for mounted in ([], [f"systemd-1 {self.crash} autofs rw 0 0"]):
            self.mounts(*mounted)
            said = self.ok("target",
                           f"not mounted now; /etc/fstab mounts LABEL=dumps on {self.crash}")
            for name in ("writable", "room"):
                self.assertEqual(said[name], "unknown: skipped because of: Target")
        self.fstab(f"server:/x {self.crash} nfs4 _netdev,x-systemd.automount 0 0")
        self.ok("target", "/etc/fstab mounts server:/x")

    def test_not_mounted_at_boot(self) -> None:
        """A boot should have mounted it, and has not: unknown."""
        self.fstab(f"server:/x {self.crash} nfs4 _netdev 0 0")
        said = self.unknown("target", f"though a boot should mount server:/x on {self.crash}")
        self.assertEqual(said["room"], "unknown: skipped because of: Target")

    def test_mounted(self) -> None:
        self.fstab(f"LABEL=dumps {self.crash} xfs noatime 0 2")
        self.mounts(f"/dev/vdb {self.crash} xfs rw 0 0")
        self.assertIn("ok: ", self.ok("target", "on /dev/vdb$")["room"])
        self.fstab("")
        said = self.unknown("target", "/dev/vdb is mounted there, but not by /etc/fstab")
        self.assertIn("ok: ", said["room"])
        self.fstab(f"LABEL=all {self.crash.parent}/ ext4 noatime 0 2")
        self.mounts(f"/dev/vda3 {self.crash.parent} ext4 rw 0 0",
                    f"/dev/vdb {self.crash} xfs rw 0 0")
        said = self.unknown("target", "/dev/vdb is mounted there, but not by /etc/fstab")
        self.assertIn("ok: ", said["room"])

    def test_link(self) -> None:
        """A symbolic link: its destination must be mounted."""
        link = self.top / "link"
        link.symlink_to(self.crash)
        self.conf(target=link)
        self.fstab(f"LABEL=dumps {self.crash} xfs noatime 0 2")
        self.wrong("target", "not mounted, and LABEL=dumps, which")

    def in_namespace(self, options: str) -> str:
        """With another file system there, if the test may mount one."""
        script = ('mount -t tmpfs -o "$1" none "$2" && shift 2 && "$@"; rc=$?; '
                  'ls -A "$CRASH"; exit $rc')
        env = {**self.environment(), "CRASH": str(self.crash)}
        if subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode:
            self.skipTest("unshare is not allowed")
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script, "sh", options,
                               str(self.crash), PROGRAM, "check"],
                              env=env, check=False, capture_output=True, text=True)
        if "mount:" in done.stderr:
            self.skipTest(done.stderr)
        self.assertEqual(done.returncode, NOT_READY, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), len(LABELS), "a file was left there")
        return done.stdout

    @unittest.skipIf(not os.geteuid(), "root may write everywhere")
    def test_not_allowed(self) -> None:
        self.crash.chmod(0o555)
        self.wrong("writable", "Permission denied: make it writable")

    def test_read_only(self) -> None:
        self.conf()
        self.assertRegex(self.in_namespace("ro"),
                         "Takes files +WRONG: .*Read-only file system: make it writable")

    @unittest.skipIf(os.geteuid(), "only root may write everywhere")
    def test_file_system_without_nameless_files(self) -> None:
        self.conf(target="/proc")
        self.assertIn("ok: /proc: can be written to", self.wrong("room", "0 bytes free")["writable"])

    def test_full_for_real(self) -> None:
        self.conf()
        out = self.in_namespace("size=64k")
        self.assertRegex(out, "Room +WRONG: .*64.0 KiB free, and a dump may need 8.8 MiB")
        self.assertRegex(out, "Takes files +ok: ")


class TestDevice(CheckCase):
    """A block device; below a test's root directory a file stands for it."""

    def setUp(self) -> None:
        super().setUp()
        self.device = self.top / "device"
        self.device.write_bytes(bytes(16 * MIB))
        self.conf(target=self.device)
        self.path(STAMP).unlink()

    def test_good(self) -> None:
        said = self.ok("target", "free for a dump")
        self.assertIn("16.0 MiB free", said["room"])

    def test_in_use(self) -> None:
        self.device.write_bytes(b"x" + bytes(16 * MIB))
        self.wrong("target", r"holds data that a dump does not replace: clear it \(wipefs\)")

    def test_small(self) -> None:
        self.device.write_bytes(bytes(MIB))
        self.wrong("room", "1.0 MiB free, and a dump may need 8.8 MiB")

    def test_gone(self) -> None:
        self.device.unlink()
        self.wrong("target", "No such file or directory")


class TestSsh(CheckCase):
    """A target on another host."""

    def setUp(self) -> None:
        super().setUp()
        self.path(STAMP).unlink()
        self.conf(target=f"ssh://crash@dumps:2222{self.crash}")
        self.env["FAKE_PID"] = str(self.top / "pid")

    def test_good(self) -> None:
        said = self.ok("target", "ssh logs in without a question")
        self.assertIn("can be written to", said["writable"])
        self.assertRegex(said["room"], "ok: .* free")
        self.assertIn("needs nothing of fadump: fadump: not saving in the initramfs: WHEN is network",
                      said["initramfs"])
        self.assertIn("-oBatchMode=yes -oConnectTimeout=30 ", self.calls())
        self.assertIn("-oUpdateHostKeys=no -p 2222 -- crash@dumps", self.calls())

    def test_refused(self) -> None:
        self.env["FAKE_SSH"] = "refused"
        said = self.wrong("target", "does not log in: .*Connection refused: make the host "
                                    "reachable, and give root a key")
        self.assertEqual(said["room"], "unknown: skipped because of: Target")

    def test_asks(self) -> None:
        self.env["FAKE_SSH"] = "asks"
        self.wrong("target", "does not log in: .*Permission denied .publickey,password.\\.: make")

    def gone(self) -> None:
        """The process that hangs."""
        pid = int((self.top / "pid").read_text())
        for _ in range(100):
            try:
                state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            except (FileNotFoundError, ProcessLookupError):
                return
            if state == "Z":
                return
            time.sleep(0.05)
        self.fail("it goes on")

    def test_hangs(self) -> None:
        self.env["FAKE_SSH"] = "hang"
        began = time.monotonic()
        self.wrong("target", "no answer within 1 s: see whether its disk", "--timeout=1")
        self.assertLess(time.monotonic() - began, 20)
        self.gone()

    def test_interrupted(self) -> None:
        self.env["FAKE_SSH"] = "hang"
        with self.start("check") as child:
            while not (self.top / "pid").exists():
                time.sleep(0.05)
            child.send_signal(signal.SIGTERM)
            _, err = child.communicate(timeout=20)
        self.assertEqual(child.returncode, INTERRUPTED)
        self.assertIn("interrupted", err)
        self.assertFalse(self.path(RESULT).exists())
        self.gone()

    def test_no_directory(self) -> None:
        self.conf(target=f"ssh://dumps{self.crash}/gone")
        self.wrong("target", "there is no such directory: .*cd.*: create it")

    def test_read_only(self) -> None:
        self.env["FAKE_SSH"] = "readonly"
        self.wrong("writable", "Permission denied: make it writable")

    def test_full(self) -> None:
        self.program("df", 'echo "Filesystem 1024-blocks Used Available Capacity Mounted on"\n'
                           'echo "/dev/sdb 10240 10000 240 98% /srv"')
        self.wrong("room", "240.0 KiB free, and a dump may need")
        self.program("df", "echo what")
        self.unknown("room", "No data available")

    def test_no_ssh(self) -> None:
        self.program("ssh", "exit 127")
        self.wrong("target", "ssh cannot be run: install it")


class TestMakedumpfile(CheckCase):
    """Questions about makedumpfile."""

    def setUp(self) -> None:
        super().setUp()
        self.env["FAKE_PID"] = str(self.top / "pid")

    def test_compression(self) -> None:
        self.env["FAKE_ZSTD"] = "disabled"
        said = self.wrong("makedumpfile", "version 1.7.8 .*: has no zstd: set another COMPRESS")
        self.assertIn("ok: ", said["filter"])
        for name in ("none", "zlib", "lzo"):
            self.conf(f"COMPRESS={name}")
            self.make_initramfs()
            self.ok("makedumpfile", f"LEVEL=31, COMPRESS={name}")

    def test_more_arguments(self) -> None:
        self.conf("COMPRESS=zstd", "MAKEDUMPFILE_ARGS='--non-mmap --foo'")
        self.make_initramfs()
        self.ok("makedumpfile", "LEVEL=31")
        self.assertIn(" --non-mmap --foo vmcore dump --check-params\n", self.calls())
        self.env["FAKE_PARAMS"] = "fail"
        said = self.wrong("makedumpfile", "refuses MAKEDUMPFILE_ARGS=\"--non-mmap --foo\": correct")
        self.assertIn("ok: ", said["filter"])
        self.env["FAKE_PARAMS"] = "old"
        self.unknown("makedumpfile", "cannot check MAKEDUMPFILE_ARGS")
        self.env["FAKE_ZSTD"] = "disabled"
        self.wrong("makedumpfile", "has no zstd")

    def test_tells_nothing(self) -> None:
        self.env["FAKE_VERSION"] = "old"
        self.unknown("makedumpfile", "does not tell whether it has zstd")

    def test_missing(self) -> None:
        for script in ("exit 127", "exit 1", "kill -9 $$"):
            self.program("makedumpfile", script)
            self.make_initramfs()
            said = self.wrong("makedumpfile", "makedumpfile: cannot be run: install it")
            self.assertIn("unknown: skipped", said["filter"])

    def test_hangs(self) -> None:
        self.env["FAKE_VERSION"] = "hang"
        said = self.wrong("makedumpfile", "no answer within 1 s: install one that runs", "-t1")
        self.assertIn("unknown: skipped", said["filter"])

    def test_level(self) -> None:
        self.write("/proc/kcore", cores.core(
            info="OSRELEASE=7.3.4-test\nPAGESIZE=65536\nOFFSET(page.compound_info)=8\n"))
        said = self.ok("makedumpfile",
                       "does not know this kernel's pages: level 23 is used instead of LEVEL=31")
        self.assertIn("level 23 keeps", said["room"])

    def test_kernel(self) -> None:
        self.env["FAKE_USAGE"] = "fail"
        self.wrong("filter", "makedumpfile --mem-usage /proc/kcore fails")
        self.assertIn(f"--mem-usage {self.root}/proc/kcore\n", self.calls())

    def test_kernel_cannot_be_told(self) -> None:
        for usage, text in (("kdump", "only if memory is reserved for kdump: only a crash can"),
                            ("new", "reads this kernel, but is older than it"),
                            ("hang", "no answer within 1 s: normal on a machine with much memory")):
            self.env["FAKE_USAGE"] = usage
            self.unknown("filter", text, *(["-t", 1] if usage == "hang" else []))
        self.path("/proc/kcore").unlink()
        self.unknown("filter", "kcore: No such file or directory")

    def test_kernel_is_locked_down(self) -> None:
        """kcore passes access(), but not open(), like this socket."""
        kcore = self.path("/proc/kcore")
        kcore.unlink()
        self.env["FAKE_USAGE"] = "fail"
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(str(kcore))
        self.unknown("filter", "kcore: No such device or address")


class TestInitramfs(CheckCase):
    """Is the initramfs up to date?"""

    AGAIN = ": rebuild it: update-initramfs -u -k all"

    def test_configuration(self) -> None:
        self.conf("COMPRESS=zstd", "KEEP=3")
        self.wrong("initramfs", f"made before /etc/fadump.conf changed{self.AGAIN}")
        self.make_initramfs()
        self.check()

    def test_fstab(self) -> None:
        self.write("/etc/fstab", f"/dev/vdb {self.crash} xfs defaults 0 2\n")
        self.write("/proc/self/mounts", f"/dev/vdb {self.crash} xfs rw 0 0\n")
        self.wrong("initramfs", r"before where TARGET is \(/etc/fstab\) changed")

    def test_host_name(self) -> None:
        self.write("/etc/hostname", "node8\n")
        self.wrong("initramfs", "made before the host name changed")

    def test_programs(self) -> None:
        self.program("makedumpfile", self.bin.joinpath("makedumpfile").read_text() + "\n# new")
        self.wrong("initramfs", "made before makedumpfile changed")
        self.make_initramfs()
        self.program("another", f'exec {PROGRAM} "$@"')
        self.env["FADUMPCTL"] = str(self.bin / "another")
        self.wrong("initramfs", "made before fadumpctl changed")

    def test_not_made(self) -> None:
        self.path(STAMP).unlink()
        self.wrong("initramfs", f"this kernel's initramfs does not save a dump{self.AGAIN}")

    def test_not_written(self) -> None:
        """The hook has run, but the image is older."""
        image = self.path(f"/boot/initrd.img-{RELEASE}")
        os.utime(image, (time.time() - 60,) * 2)
        self.wrong("initramfs", f"was not written when it was last made{self.AGAIN}")
        image.rename(self.path(f"/boot/initramfs-{RELEASE}.img"))
        self.wrong("initramfs", "not written")

    def test_has_nothing_to_do(self) -> None:
        self.conf("COMPRESS=zstd", "WHEN=boot")
        self.wrong("initramfs", f"still saves to the former target{self.AGAIN}")
        self.make_initramfs()
        self.assertFalse(self.path(STAMP).exists())
        self.ok("initramfs", "needs nothing of fadump: fadump: not saving in the initramfs: WHEN is boot")

    def test_not_installed(self) -> None:
        (self.lib / "fadump-stamp").unlink()
        self.unknown("initramfs", "/usr/lib/fadump/fadump-stamp: cannot be run")

    def test_without_configuration(self) -> None:
        """Without a file, defaults are used, and are described as well."""
        self.path("/etc/fadump.conf").unlink()
        self.make_initramfs()
        if not Path("/var/crash").is_dir():
            self.assertFalse(self.path(STAMP).exists())
            return
        self.assertIn("/etc/fadump.conf=\n", self.read(STAMP))


class TestStatus(CheckCase):
    """status shows the result of the last check."""

    def said(self) -> str:
        """The line of status about the last check."""
        out = " ".join(self.run_program("status").stdout.split())
        return out.split(" Last check ")[1].split(" Firmware ")[0]

    def test_text(self) -> None:
        self.assertIn("none in this boot", self.said())
        self.check()
        self.assertRegex(self.said(), r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: nothing is wrong$")
        self.conf(target=self.crash / "gone")
        self.path(STAMP).unlink()
        self.check(code=NOT_READY)
        self.assertRegex(self.said(), "UTC: WRONG: target; see fadumpctl check$")

    def test_json(self) -> None:
        self.assertIsNone(self.json("status", "-j")["check"])
        result = self.json("check", "-j")
        self.assertEqual(self.json("status", "-j")["check"], result)
        self.assertEqual(self.path(RESULT).parent.stat().st_mode & 0o777, 0o755)

    def test_damaged(self) -> None:
        for text in ("", "{", "[]", '{"time": 1, "ready": true, "checks": [{"name": 1}]}',
                     '{"time": 1, "ready": true, "checks": [{"name": 1, "verdict": "wrong"}]}',
                     '{"time": "x", "ready": true, "checks": []}', "x" * 100000):
            self.write(RESULT, text)
            self.assertIn("none in this boot", self.said())
            self.assertIsNone(self.json("status", "-j")["check"])

    def test_escapes_become_text(self) -> None:
        self.write(RESULT, '{"time": 99999999999999999, "ready": false, "checks": '
                           '[{"name": "\\u001b[2J", "verdict": "wrong"}]}')
        self.assertNotIn("\x1b", self.run_program("status").stdout)
        self.assertIn("WRONG: \\x1b[2J", self.said())

    def test_place_cannot_be_written(self) -> None:
        self.path("/run").rmdir()
        self.write("/run", "a file")
        err = self.run_program("check").stderr
        self.assertIn("status will not show this result", err)

    def test_waiting(self) -> None:
        self.boot(CAPTURED)
        self.assertIn("Last check", self.run_program("status", code=WAITING).stdout)
