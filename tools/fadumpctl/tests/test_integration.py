# SPDX-License-Identifier: GPL-2.0-or-later
"""systemd units, initramfs scripts, completion and make install."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

from lab import ARMED, HERE, ID, INTERRUPTED, PROGRAM
from test_capture import CaptureCase
from test_save import FILES

INTEGRATION = HERE.parents[1] / "integration"
UNITS = INTEGRATION / "systemd"
INITRAMFS = INTEGRATION / "initramfs"
DRACUT = INTEGRATION / "dracut"

#: The shells that an initramfs may have.
SHELLS = [["dash"], ["busybox", "sh"], ["sh"]]


class ScriptCase(CaptureCase):
    """A script, run on a machine made of files."""

    def setUp(self) -> None:
        super().setUp()
        self.env["FADUMPCTL"] = PROGRAM
        (self.bin / "fadumpctl").symlink_to(PROGRAM)
        self.write("/etc/hostname", "node7\n")

    def script(self, *argv: Any, code: int = 0) -> "subprocess.CompletedProcess[str]":
        """Run it."""
        done = subprocess.run(list(map(str, argv)), env=self.environment(), check=False,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def needs(self, *programs: str) -> None:
        """Skip the test if these programs are missing."""
        for name in programs:
            if not shutil.which(name):
                self.skipTest(f"there is no {name}")


    def mounts_nothing(self) -> None:
        """Only the root file system is mounted, or FAKE_MOUNTED; the real fstab does not count."""
        self.needs("findmnt")
        self.program("findmnt", f'case "$*" in *--tab-file*) exec {shutil.which("findmnt")} '
                                '"$@" ;; esac; echo "${FAKE_MOUNTED:-/}"')


class TestCompletion(ScriptCase):
    """Completion in bash."""

    def proposals(self, *words: str) -> list[str]:
        """Words that complete the last one."""
        line = " ".join(f"'{word}'" for word in ("fadumpctl", *words))
        return self.script("bash", "-c", f". {HERE.parent}/completion/fadumpctl\n"
                           f"COMP_WORDS=({line}) COMP_CWORD={len(words)}\n_fadumpctl\n"
                           'printf "%s\\n" "${COMPREPLY[@]}"').stdout.split()

    def test_commands(self) -> None:
        self.assertEqual(set(self.proposals("re")), {"register", "release", "recommend"})
        self.assertEqual(self.proposals("--root", "/x", "insp"), ["inspect"])
        self.assertEqual(self.proposals("help", "insp"), ["inspect"])

    def test_options(self) -> None:
        self.assertEqual(self.proposals("save", "--comp"), ["--compress"])
        self.assertEqual(self.proposals("save", "--compress", "z"), ["zlib", "zstd"])
        self.assertIn("--svg", self.proposals("map", "-"))

    def test_files(self) -> None:
        (self.top / "dump-of-today").mkdir()
        self.assertEqual(self.proposals("inspect", f"{self.top}/dump-of"),
                         [f"{self.top}/dump-of-today"])
        (self.top / "dump-of-1").touch()
        for words in (["test", "--in"], ["test", "-i"]):
            self.assertEqual(set(self.proposals(*words, f"{self.top}/dump-of")),
                             {f"{self.top}/dump-of-today", f"{self.top}/dump-of-1"})
        self.assertEqual(self.proposals("--root", f"{self.top}/dump-of"),
                         [f"{self.top}/dump-of-today"])


#: What keeps a service of the distribution from its start.
DISABLED = "# By fadump-generator\n[Unit]\nConditionPathExists=!/usr/sbin/fadumpctl\n"


class TestGenerator(ScriptCase):
    """The service that saves the dump after the initramfs."""

    def generate_all(self) -> dict[str, str]:
        """Run the generator; the files that it makes."""
        out = self.top / "generator"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        self.script(UNITS / "fadump-generator", out, out, out)
        return {str(p.relative_to(out)): os.readlink(p) if p.is_symlink() else p.read_text()
                for p in out.rglob("*") if p.is_symlink() or p.is_file()}

    def generate(self) -> dict[str, str]:
        """The files for our own services."""
        return {name: text for name, text in self.generate_all().items()
                if not name.startswith("kdump")}

    def disabled(self) -> list[str]:
        """The services of kdump that do not start."""
        return sorted(name.split(".")[0] for name, text in self.generate_all().items()
                      if name.startswith("kdump") and text == DISABLED)

    def test_kdump(self) -> None:
        """kdump's services start only if this package is not in charge."""
        names = ["kdump", "kdump-early", "kdump-tools"]
        self.assertEqual(self.disabled(), names)
        self.path("/proc/vmcore").unlink()
        self.assertEqual(self.disabled(), names)
        self.conf("WHEN=never")
        self.assertEqual(self.disabled(), [])
        self.conf()
        self.write("/sys/kernel/fadump/enabled", "0\n")
        self.assertEqual(self.disabled(), [])
        self.path("/sys/kernel/fadump/enabled").unlink()
        self.assertEqual(self.disabled(), [])
        self.write("/sys/kernel/fadump_enabled", "1\n")
        self.assertEqual(self.disabled(), names)

    def test_dump_of_kdump_is_saved_by_kdump(self) -> None:
        self.path("/sys/kernel/fadump/release_mem").unlink()
        self.assertEqual(self.disabled(), [])

    def test_production(self) -> None:
        self.path("/proc/vmcore").unlink()
        self.assertEqual(self.generate(), {})

    def test_dump_of_kdump(self) -> None:
        self.path("/sys/kernel/fadump/release_mem").unlink()
        self.assertEqual(self.generate(), {})

    def test_check_waits_for_the_network(self) -> None:
        """With WHEN=network, the check waits for the network as well."""
        self.path("/proc/vmcore").unlink()
        self.conf(target="ssh://host/crash")
        self.assertEqual(self.generate(), {
            "fadump-check.service.d/when.conf":
                "# By fadump-generator\n[Unit]\nWants=network-online.target\n"})
        self.path("/sys/kernel/fadump/registered").unlink()
        self.assertEqual(self.generate(), {})

    def test_boot(self) -> None:
        for when in ("WHEN=boot", "WHEN=initramfs", "", "WHEN='"):
            self.conf(when)
            made = self.generate()
            self.assertEqual(set(made), {"fadump-capture.service.d/when.conf",
                                         "fadump-capture.service.d/limit.conf",
                                         "multi-user.target.wants/fadump-capture.service"})
            text = made["fadump-capture.service.d/when.conf"]
            self.assertIn("Before=basic.target\n", text)
            self.assertNotIn("network", text)

    def test_network(self) -> None:
        for when, target in (("WHEN=network", None), ("", "ssh://host/crash")):
            self.conf(when, target=target)
            text = self.generate()["fadump-capture.service.d/when.conf"]
            self.assertIn("Wants=network-online.target\n", text)
            self.assertNotIn("Before=", text)

    def when(self) -> str:
        """The dependencies in when.conf."""
        return self.generate()["fadump-capture.service.d/when.conf"]

    def test_what_target_is_on_comes_first(self) -> None:
        self.needs("findmnt", "systemd-escape")
        self.conf(target="/var/crash")
        self.write("/etc/fstab", "/dev/vda1 / ext4 defaults 0 1\n")
        self.assertNotIn(".mount", self.when())
        self.write("/etc/fstab", "LABEL=a /srv/my-dumps xfs nofail 0 2\n/dev/vdb /srv ext4 ro 0 2\n")
        for target in ("/srv/my-dumps", "/srv/my-dumps/a/b"):
            self.conf(target=target)
            text = self.when()
            self.assertIn("Wants=srv-my\\x2ddumps.mount\nAfter=srv-my\\x2ddumps.mount\n", text)
            self.assertIn("Before=basic.target\n", text)
        self.conf(target="/srv/other")
        self.assertIn("After=srv.mount\n", self.when())

    def test_another_hosts_file_system(self) -> None:
        self.needs("findmnt", "systemd-escape")
        for entry in ("host:/crash {} nfs4 defaults 0 0", "/dev/sdb1 {} ext4 noatime,_netdev 0 0",
                      "//host/crash {} cifs guest,nofail 0 0", "me@host:/x {} fuse.sshfs ro 0 0"):
            self.write("/etc/fstab", entry.format("/srv/dumps") + "\n")
            for when in ("", "WHEN=boot", "WHEN=initramfs"):
                self.conf(when, target="/srv/dumps/here")
                text = self.when()
                self.assertIn("Wants=network-online.target\n", text)
                self.assertIn("After=srv-dumps.mount\n", text)
                self.assertNotIn("Before=", text)

    def test_a_device_comes_first(self) -> None:
        self.needs("systemd-escape")
        self.conf(target="/dev/disk/by-id/scsi-1")
        self.assertIn("Wants=dev-disk-by\\x2did-scsi\\x2d1.device\n"
                      "After=dev-disk-by\\x2did-scsi\\x2d1.device\n", self.when())

    def test_time_limit(self) -> None:
        for line, seconds in (("", 7200), ("TIMEOUT=600", 600), ("TIMEOUT=2h", 7200)):
            self.conf(line)
            text = self.generate()["fadump-capture.service.d/limit.conf"]
            self.assertIn(f"[Service]\nTimeoutStartSec={seconds}\n", text)

    def test_never(self) -> None:
        self.conf("WHEN=never")
        self.assertEqual(self.generate(), {})

    def test_without_the_program(self) -> None:
        self.env["FADUMPCTL"] = "/no/such/program"
        self.assertIn("Before=basic.target\n",
                      self.generate()["fadump-capture.service.d/when.conf"])

    def test_units(self) -> None:
        """systemd-analyze accepts the units and the generator's files."""
        if not shutil.which("systemd-analyze"):
            self.skipTest("there is no systemd-analyze")
        for when in ("boot", "network"):
            self.conf(f"WHEN={when}")
            self.generate()
            units = [str(unit) for unit in sorted(UNITS.glob("*.*"))]
            self.env["SYSTEMD_UNIT_PATH"] = f"{self.top}/generator:{UNITS}:"
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units],
                                  env=self.environment(), check=False, capture_output=True,
                                  text=True)
            wrong = [line for line in done.stderr.splitlines()
                     if "is not executable: No such file" not in line]
            self.assertEqual(wrong, [])


class TestTarget(ScriptCase):
    """fadump-target."""

    def setUp(self) -> None:
        super().setUp()
        self.mounts_nothing()
        self.crash = Path(os.path.realpath(self.crash))
        self.fstab()

    def fstab(self, *lines: str) -> None:
        """Write it."""
        self.write("/etc/fstab", "".join(f"{line}\n" for line in (
            "# comment", "UUID=aa / ext4 errors=remount-ro 0 1", "/dev/sdc none swap sw 0 0",
            *lines)))

    def target(self) -> dict[str, str]:
        """Its output, as a dictionary."""
        out = self.script(INITRAMFS / "fadump-target").stdout
        return dict(re.findall(r"^(\w+)='(.*)'$", out, re.M))

    def no(self) -> str:
        """The reason why the initramfs must not save a dump."""
        done = self.script(INITRAMFS / "fadump-target", code=1)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_root(self) -> None:
        root = {"device": "root", "type": "", "options": "rw", "dir": str(self.crash),
                "node": "node7"}
        # Even if fstab has it: the kernel's command line knows better.
        self.fstab()
        self.assertEqual(self.target(), root)
        self.write("/etc/fstab", "")
        self.assertEqual(self.target(), root)
        self.path("/etc/fstab").unlink()
        self.assertEqual(self.target(), root)

    def test_node(self) -> None:
        for text, node in (("node8", "node8"), ("node8\n\n", "node8"), ("", "localhost")):
            self.write("/etc/hostname", text)
            self.assertEqual(self.target()["node"], node)
        self.path("/etc/hostname").unlink()
        self.assertEqual(self.target()["node"], "localhost")

    def test_file_system_of_its_own(self) -> None:
        for source, device in (("LABEL=dumps", "/dev/disk/by-label/dumps"),
                               ("PARTUUID=1-2", "/dev/disk/by-partuuid/1-2"),
                               ("/dev/mapper/vg-crash", "/dev/mapper/vg-crash")):
            self.fstab(f"{source} {self.crash} xfs noatime 0 2")
            self.assertEqual(self.target(), {"device": device, "type": "xfs", "options": "rw",
                                             "dir": "", "node": "node7"})

    def test_type_that_fstab_leaves_open(self) -> None:
        """Without a type, a save would write over the device."""
        self.program("blkid", 'echo "$*" >&2; [ -z "${FAKE_TYPE:-}" ] || echo "$FAKE_TYPE"')
        self.fstab(f"/dev/sdd {self.crash} auto noatime 0 2")
        self.assertIn("the file system on /dev/sdd is not known", self.no())
        self.env["FAKE_TYPE"] = "xfs"
        self.assertEqual(self.target()["type"], "xfs")

    def test_below_one(self) -> None:
        self.fstab(f"UUID=bb {self.crash.parent} btrfs noatime,subvol=@var,nofail 0 0")
        self.env["FAKE_MOUNTED"] = str(self.crash.parent)
        said = self.target()
        self.assertEqual((said["type"], said["options"], said["dir"]),
                         ("btrfs", "rw,subvol=@var", f"/{self.crash.name}"))

    def test_block_device_keeps_its_name(self) -> None:
        node = self.top / "sdx"
        try:
            os.mknod(node, stat.S_IFBLK | 0o600, os.makedev(7, 250))
        except PermissionError:
            self.skipTest("no devices can be made here")
        self.program("realpath", f'echo "{node}"')
        for target, device in (("/dev/disk/by-id/x", "/dev/disk/by-id/x"),
                               ("/srv/link", str(node))):
            self.conf(target=target)
            self.assertEqual(self.target(), {"device": device, "type": "", "options": "rw",
                                             "dir": "", "node": "node7"})

    def test_not_in_fstab(self) -> None:
        self.env["FAKE_MOUNTED"] = str(self.crash)
        self.assertIn("fstab does not tell what is mounted", self.no())

    def test_nothing_to_do(self) -> None:
        self.fstab(f"server:/crash {self.crash} nfs _netdev 0 0")
        self.assertIn("not a local disk", self.no())
        self.fstab()
        self.conf("REQUIRE_MOUNT=yes")
        self.assertIn("nothing is to be mounted", self.no())
        self.conf("WHEN=boot")
        self.assertIn("WHEN is boot", self.no())
        self.conf(target="ssh://host/crash")
        self.assertIn("WHEN is network", self.no())
        self.conf(target="/no/such/place")
        self.assertIn("cannot be found", self.no())
        self.conf(target="/dev/null")
        self.assertIn("neither", self.no())


class TestInitramfs(ScriptCase):
    """fadump-capture."""

    def setUp(self) -> None:
        super().setUp()
        self.mount_point = self.path("/run/fadump/target")
        self.program("mount", f'echo "mount $*" >>"{self.log}"; [ -z "${{FAKE_MOUNT:-}}" ] || '
                              'exit 32\nfor last in "$@"; do :; done; '
                              f'rmdir "$last" && ln -s "{self.top}" "$last"')
        self.program("umount", f'echo "umount $*" >>"{self.log}"; rm "$1"; mkdir "$1"')
        self.env["FADUMP_TIMEOUT"] = "1"
        self.write("/dev/vda2", bytes(1 << 20))
        self.told(device="/dev/vda2", type="ext4", options="rw", dir="/crash", node="node7")
        # There the file has the name that it has on the real root.
        self.conf("KEEP=1", target="/var/crash")

    def told(self, **values: str) -> None:
        """Write fadump.target."""
        self.write("/etc/fadump.target", "".join(f"{k}='{v}'\n" for k, v in values.items()))

    def initramfs(self, *args: str, code: int = 0, shell: Any = ("sh",)) -> Any:
        """Run fadump-capture."""
        return self.script(*shell, INITRAMFS / "fadump-capture", *args, code=code)

    def check_saved(self) -> None:
        (name,) = self.names()
        self.assertRegex(name, rf"^fadump-node7-{ID}-")
        self.assertEqual({p.name for p in (self.crash / name).iterdir()}, FILES)
        self.assertTrue(self.released())
        self.assertEqual(list(self.mount_point.iterdir()), [])

    def test_capture(self) -> None:
        for shell in SHELLS:
            if not shutil.which(shell[0]):
                continue
            self.write("/sys/kernel/fadump/release_mem", "")
            self.initramfs(shell=shell)
            self.check_saved()
            self.assertIn(f"mount -t ext4 -o rw {self.root}/dev/vda2 {self.mount_point}",
                          self.calls())
            self.assertIn(f"umount {self.mount_point}", self.calls())

    def test_time_limit(self) -> None:
        self.conf("TIMEOUT=1", target="/var/crash")
        self.env["FAKE"] = "hang"
        began = time.monotonic()
        self.assertIn("stays in memory", self.initramfs(code=INTERRUPTED).stderr)
        self.assertLess(time.monotonic() - began, 20)

    def test_keep(self) -> None:
        """KEEP applies to the target under its name in the initramfs."""
        for keep, left in (("KEEP=2", 2), ("KEEP=0", 4), ("", 5), ("KEEP=x", 6),
                           ("KEEP=1,000", 7)):
            for day in (1, 2):
                (self.crash / f"fadump-node7-{ID}-202001{day:02}-000000").mkdir(exist_ok=True)
            self.conf(keep, target="/var/crash")
            self.write("/sys/kernel/fadump/release_mem", "")
            self.initramfs()
            self.assertEqual(len(self.names()), left, keep)
            self.assertTrue(self.released())

    def test_make_room(self) -> None:
        """The same for MAKE_ROOM, with and without KEEP."""
        for lines, left in ((["MAKE_ROOM=1000000000", "KEEP=9"], 1), (["MAKE_ROOM=1"], 3)):
            for day in (1, 2):
                (self.crash / f"fadump-node7-{ID}-202001{day:02}-000000").mkdir()
            self.conf(*lines, target="/var/crash")
            self.write("/sys/kernel/fadump/release_mem", "")
            self.initramfs()
            self.assertEqual(len(self.names()), left, lines)
            shutil.rmtree(self.crash)
            self.crash.mkdir()

    def test_root(self) -> None:
        self.told(device="root", type="", options="rw", dir="/crash", node="node7")
        self.initramfs("/dev/vda2", "btrfs", "subvol=@,ro")
        self.check_saved()
        self.assertIn("mount -t btrfs -o subvol=@,ro,rw ", self.calls())
        self.assertIn("is unknown", self.initramfs(code=1).stderr)

    def test_block_device(self) -> None:
        self.told(device="/dev/vda2", type="", options="rw", dir="", node="node7")
        self.initramfs()
        self.assertTrue(self.released())
        self.assertNotIn("mount", self.calls())

    def test_production(self) -> None:
        self.path("/proc/vmcore").unlink()
        self.boot(ARMED)
        self.initramfs()
        self.assertEqual(self.calls(), "")

    def test_not_configured(self) -> None:
        self.path("/etc/fadump.target").unlink()
        self.initramfs()
        self.assertEqual(self.calls(), "")

    def test_no_device(self) -> None:
        self.path("/dev/vda2").unlink()
        self.assertIn("saved later", self.initramfs(code=1).stderr)
        self.assertFalse(self.released())

    def test_no_local_device(self) -> None:
        """A root that never has a device file is not waited for."""
        self.told(device="root", type="", options="rw", dir="/crash", node="node7")
        self.env["FADUMP_TIMEOUT"] = "50"
        for shell in SHELLS:
            if not shutil.which(shell[0]):
                continue
            for device in ("nfs:server:/root", "server:/root", "zfs:pool/root", "ZFS=pool/root",
                           "zfs:AUTO", "/dev/nfs", "UUID=aa"):
                began = time.monotonic()
                done = self.initramfs(device, "auto", code=1, shell=shell)
                self.assertEqual(done.stderr, f"fadump: the root file system is on {device}, "
                                 "which is not a device in /dev; the dump is saved later\n")
                self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(self.calls(), "")

    def test_no_mount(self) -> None:
        self.env["FAKE_MOUNT"] = "fail"
        self.assertIn("cannot be mounted", self.initramfs(code=1).stderr)
        self.assertFalse(self.released())

    def test_full(self) -> None:
        """The initramfs ignores FAILURE, because there is another attempt."""
        self.conf("FAILURE=reboot", target="/var/crash")
        self.env["FAKE"] = "full"
        self.assertIn("stays in memory", self.initramfs(code=5).stderr)
        self.assertNotIn("reboot\n", self.calls())
        self.assertFalse(self.released())
        self.assertIn(f"umount {self.mount_point}", self.calls())


class TestRebuild(ScriptCase):
    """fadump-rebuild."""

    RUNNING = os.uname().release

    def setUp(self) -> None:
        super().setUp()
        self.mounts_nothing()
        self.program("pidof", 'exit "${FAKE_PIDOF:-1}"')
        self.program("update-initramfs", f'echo "$*" >>"{self.log}"; '
                     f'{INITRAMFS}/fadump-stamp "$3"; exit "${{FAKE_UPDATE:-0}}"')
        for kernel in (self.RUNNING, "6.1-old", "6.2-other"):
            self.path(f"/lib/modules/{kernel}").mkdir(parents=True)
        self.stamp("6.1-old")

    def stamp(self, kernel: str) -> None:
        """Describe an image that is made now."""
        self.script(INITRAMFS / "fadump-stamp", kernel)

    def made(self, code: int = 0) -> list[str]:
        """The kernels whose images are made anew."""
        self.log.write_text("")
        self.script(INITRAMFS / "fadump-rebuild", code=code)
        return [line.split()[-1] for line in self.log.read_text().splitlines()]

    def test_only_what_has_changed(self) -> None:
        self.assertEqual(self.made(), [self.RUNNING])
        self.assertEqual(self.made(), [])
        self.write("/etc/hostname", "node8\n")
        self.assertEqual(self.made(), sorted(["6.1-old", self.RUNNING]))
        self.conf("WHEN=boot")
        self.assertEqual(self.made(), sorted(["6.1-old", self.RUNNING]))
        self.assertEqual(self.made(), [])

    def test_a_kernel_that_is_gone(self) -> None:
        self.stamp(self.RUNNING)
        self.stamp("5.9-gone")
        self.write("/etc/hostname", "node8\n")
        self.assertNotIn("5.9-gone", self.made())

    def test_failure(self) -> None:
        self.env["FAKE_UPDATE"] = "1"
        self.assertEqual(self.made(code=1), [self.RUNNING])

    def test_while_packages_are_installed(self) -> None:
        self.env["FAKE_PIDOF"] = "0"
        self.assertEqual(self.made(), [])


class TestDracut(ScriptCase):
    """The module for dracut, without dracut."""

    #: What dracut offers, so far as it decides something.
    OFFERS = """
require_binaries() { command -v "$@" >/dev/null; }
inst_multiple() { :; }; inst_libdir_file() { :; }; inst_simple() { :; }
inst_hook() { echo "$1 ${3##*/}"; }
instmods() { echo "modules $*"; }
dracut_need_initqueue() { echo need-initqueue; }
"""

    def setUp(self) -> None:
        super().setUp()
        self.needs("bash")
        self.mounts_nothing()
        self.program("makedumpfile", "exit 0")
        text = (DRACUT / "module-setup.sh").read_text().replace("/usr/lib/fadump",
                                                                str(INITRAMFS))
        (self.top / "module-setup.sh").write_text(text)
        self.write("/etc/fstab", f"/dev/sdd {os.path.realpath(self.crash)} xfs noatime 0 2\n")
        self.env |= {"hostonly": "yes", "DRACUT_ARCH": "ppc64le", "kernel": "6.1",
                     "initdir": f"{self.top}/image", "moddir": str(DRACUT)}

    def module(self, function: str, code: int = 0) -> list[str]:
        """What a function of the module prints."""
        return self.script("bash", "-c", f"{self.OFFERS}. {self.top}/module-setup.sh\n{function}",
                           code=code).stdout.splitlines()

    def test_images_that_have_it(self) -> None:
        self.module("check")
        self.env["DRACUT_ARCH"] = "ppc64"
        self.module("check")
        for name, text in (("DRACUT_ARCH", "x86_64"), ("hostonly", ""),
                           ("dracutsysrootdir", "/srv/root")):
            before = self.env.get(name, "")
            self.env[name] = text
            self.module("check", code=255)
            self.env[name] = before

    def test_no_target(self) -> None:
        stamp = self.path("/var/lib/fadumpctl/initramfs-6.1")
        self.script(INITRAMFS / "fadump-stamp", "6.1")
        self.conf("WHEN=boot")
        self.module("check", code=1)
        self.assertFalse(stamp.exists(), "the image has no part of fadump")

    def test_contents(self) -> None:
        self.assertEqual(self.module("installkernel"), ["modules xfs"])
        self.assertEqual(self.module("install"), ["initqueue/finished wait.sh", "need-initqueue",
                                                  "pre-mount capture.sh"])
        self.assertIn("device='/dev/sdd'\n", (self.top / "image/etc/fadump.target").read_text())

    def device(self) -> list[str]:
        """The devices that the configuration adds."""
        text = (DRACUT / "fadump.conf").read_text().replace("/usr/lib/fadump", str(INITRAMFS))
        return self.script("bash", "-c", f'add_device=/dev/one\n{text}\necho "$add_device"'
                           ).stdout.split()

    def test_device(self) -> None:
        self.assertEqual(self.device(), ["/dev/one", "/dev/sdd"])
        self.write("/etc/fstab", "")
        self.assertEqual(self.device(), ["/dev/one"], "the root's device is there anyway")
        self.conf("WHEN=boot")
        self.assertEqual(self.device(), ["/dev/one"])

    def waits(self, turn: int, device: str = "/dev/sdd", vmcore: bool = True) -> bool:
        """Whether the main loop goes on."""
        text = (DRACUT / "wait.sh").read_text().replace("/proc/vmcore", f"{self.top}/vmcore")
        text = text.replace("/etc/fadump.target", f"{self.top}/target")
        (self.top / "target").write_text(f"device={device}\n")
        (self.top / "vmcore").unlink(missing_ok=True)
        if vmcore:
            (self.top / "vmcore").touch()
        done = subprocess.run(["sh", "-c", f"main_loop={turn}\n{text}"], check=False)
        return done.returncode != 0

    def test_wait(self) -> None:
        self.assertTrue(self.waits(0) and self.waits(59))
        self.assertFalse(self.waits(60))
        self.assertFalse(self.waits(0, vmcore=False))
        self.assertFalse(self.waits(0, "root"))
        self.assertFalse(self.waits(0, "/dev/null"))


class TestInstall(ScriptCase):
    """make install."""

    def install(self) -> "subprocess.CompletedProcess[str]":
        return self.script("make", "-C", INTEGRATION, f"DESTDIR={self.top}/dest",
                           "SOURCE_DATE_EPOCH=0", "install-integration")

    def test_configuration(self) -> None:
        """The administrator's file is not replaced."""
        shipped = (INTEGRATION / "fadump.conf").read_text()
        conf = self.top / "dest/etc/fadump.conf"
        new = conf.with_name("fadump.conf.new")
        self.install()
        self.assertEqual(conf.read_text(), shipped)
        self.assertNotIn("is kept; the new version is", self.install().stderr)
        self.assertFalse(new.exists())
        conf.write_text("TARGET=/srv/crash\n")
        self.assertIn(f"{conf} is kept; the new version is", self.install().stderr)
        self.assertEqual(conf.read_text(), "TARGET=/srv/crash\n")
        self.assertEqual(new.read_text(), shipped)

    def test_files(self) -> None:
        self.install()
        lib = self.top / "dest/usr/lib"
        for name in ("systemd/system/fadump-capture.service", "fadump/fadump-capture",
                     "systemd/system-generators/fadump-generator"):
            self.assertTrue((lib / name).exists(), name)


class TestDocuments(ScriptCase):
    """fadump.conf, its manual and the program have the same keys."""

    def test_keys(self) -> None:
        said = set(re.findall(r"^(\w+)=", self.run_program("conf").stdout, re.M))
        shipped = (INTEGRATION / "fadump.conf").read_text()
        manual = (INTEGRATION / "fadump.conf.5").read_text()
        self.assertEqual(set(re.findall(r"^#?([A-Z_]+)=", shipped, re.M)), said)
        self.assertEqual(set(re.findall(r"^\.It Ev (\w+)", manual, re.M)), said)
