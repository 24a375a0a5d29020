# SPDX-License-Identifier: GPL-2.0-or-later
"""What is tried after a failure: the next target, a higher level, the log alone."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import cores
from lab import DONE, FAILED, FULL, HERE, INTERRUPTED, LINK, NOT_READY, PROGRAM_FAILED, STATE
from test_capture import CaptureCase
from test_check import CheckCase
from test_integration import INITRAMFS
from test_save import FILES, LOG, NAME
from test_test import Crash


class FallbackCase(CaptureCase):
    """A machine with several targets."""

    def setUp(self) -> None:
        super().setUp()
        self.other = self.top / "other"
        self.other.mkdir()
        self.targets(self.crash, self.other)

    def targets(self, *targets: Any, lines: Any = ()) -> None:
        """Write the file with these targets."""
        self.conf(*lines, target=f'"{" ".join(map(str, targets))}"')

    def makedumpfile(self, condition: str, mode: str) -> None:
        """Fail in this way where the shell's condition about the arguments is true."""
        self.program("makedumpfile", f'case "$*" in *--dump-dmesg*) ;; *) {condition} && '
                                     f'export FAKE={mode} ;; esac\n'
                                     f'exec sh "{HERE}/makedumpfile.sh" "$@"')

    def full(self, target: Path) -> None:
        """This target has no space left."""
        self.makedumpfile(f'case "$*" in *{target}/*) ;; *) false ;; esac', "full")

    def saved_in(self, target: Path) -> Path:
        """The only dump in this target."""
        (name,) = self.names(target)
        self.check_dump(target / name, FILES)
        return target / name

    def log_in(self, target: Path) -> Path:
        """The only log in this target."""
        (name,) = self.names(target)
        self.assertRegex(name, LOG)
        return target / name


class TestTargets(FallbackCase):
    """The next target, if one fails."""

    def test_first(self) -> None:
        self.capture("-q")
        self.saved_in(self.crash)
        self.assertEqual(self.names(self.other), [])
        self.assertTrue(self.released())

    def test_next(self) -> None:
        self.full(self.crash)
        result = self.capture("-q", "-t", 1)
        self.assertIn(f"trying the next target, {self.other}\n", result.stderr)
        self.assertEqual(result.stdout.splitlines()[0], str(self.saved_in(self.other)))
        self.assertIn("the dump was not saved", (self.log_in(self.crash) / "failed.txt").read_text())
        self.assertTrue(self.released())

    def test_missing(self) -> None:
        """Targets that are not there, and of another kind."""
        self.env["FAKE_SSH"] = "refused"
        self.targets(self.top / "none", f"ssh://host{self.crash}", self.other)
        self.assertEqual(self.capture("-q").stderr.count("trying the next target"), 2)
        self.saved_in(self.other)

    def test_in_use(self) -> None:
        """A target that holds other data does not prevent the next one."""
        self.write("/dev/sdx", b"data" * 100000)
        self.targets(self.path("/dev/sdx"), self.other)
        self.capture("-q")
        self.saved_in(self.other)

    def test_names_of_an_attempt(self) -> None:
        """Nothing of a failed attempt is used in the next: names, sums, format."""
        self.env["FAKE_SSH"] = "broken"
        self.env["FAKE_SIZE"] = "3000"
        self.targets(f"ssh://host:2222{self.crash}", f"ssh://host{self.top}/none", self.other)
        self.capture("-q")
        hosts = [line for line in self.calls().splitlines() if line.startswith("ssh")]
        self.assertIn("-p 2222 ", hosts[0])
        self.assertNotIn("-p 2222 ", hosts[-1])
        self.saved_in(self.other)

    def test_rotation(self) -> None:
        """KEEP and REQUIRE_MOUNT are about each of them."""
        self.full(self.crash)
        for target in (self.crash, self.other):
            for day in range(1, 4):
                (target / f"{self.capture_name()}-2020010{day}-000000").mkdir()
        self.targets(self.crash, self.other, lines=["KEEP=1"])
        self.capture("-q", "-t", 1)
        self.saved_in(self.other)
        self.assertEqual(len([n for n in self.names() if NAME.match(n)]), 3)

    @staticmethod
    def capture_name() -> str:
        """A dump's name up to the time."""
        return NAME.pattern.split("-\\d")[0].replace("\\", "")

    def test_not_released(self) -> None:
        """A dump that is saved, but not released, is not saved again."""
        self.replace_by_link("/sys/kernel/fadump/release_mem", "/dev/full")
        self.capture("-q", code=FAILED)
        self.saved_in(self.crash)
        self.assertEqual(self.names(self.other), [])

    def test_interrupted(self) -> None:
        """A signal ends all attempts."""
        ready = self.top / "ready"
        self.env.update(FAKE="hang", FAKE_READY=str(ready))
        with self.start("capture", "-t", 1) as child:
            end = time.monotonic() + 20
            while not ready.exists():
                self.assertLess(time.monotonic(), end)
                time.sleep(0.02)
            child.send_signal(signal.SIGTERM)
            _, err = child.communicate(timeout=20)
        self.assertEqual(child.returncode, INTERRUPTED, err)
        self.assertEqual(self.names(self.other), [])

    def test_time_limit_is_one_for_all(self) -> None:
        self.program("makedumpfile", 'case "$*" in *--dump-dmesg*) ;; *) sleep 5; FAKE=full\n'
                     'export FAKE ;; esac\n' f'exec sh "{HERE}/makedumpfile.sh" "$@"')
        # With a time limit of its own, the second attempt would find the target full.
        self.capture("-q", "-t", 1, "--timeout", 8, code=INTERRUPTED)
        self.log_in(self.crash)
        self.log_in(self.other)

    def test_given_target(self) -> None:
        """A target on the command line is the only one, and may have blanks in its name."""
        self.full(self.crash)
        self.capture("-t", 1, self.crash, code=FULL)
        self.assertEqual(self.names(self.other), [])
        blanks = self.top / f"a {self.other}"
        blanks.mkdir(parents=True)
        self.capture("-q", blanks)
        self.saved_in(blanks)

    def test_save(self) -> None:
        self.full(self.crash)
        self.run_program("save", "-q", "-t", 1)
        self.saved_in(self.other)
        self.assertFalse(self.released())

    def test_status(self) -> None:
        """The exit status is that of the last failure that another attempt may change."""
        self.write("/dev/sdx", b"data" * 100000)
        self.env["FAKE"] = "full"
        self.write("/proc/sysrq-trigger", "")
        for targets, code, restarts in (((self.crash, self.path("/dev/sdx")), FULL, True),
                                        ((self.path("/dev/sdx"), self.crash), FULL, True),
                                        ((self.path("/dev/sdx"),), STATE, False)):
            self.targets(*targets, lines=["FAILURE=reboot"])
            err = self.capture("-q", "-t", 1, code=code).stderr
            self.assertEqual("restarting at once" in err, restarts, err)

    def test_nothing_is_waiting(self) -> None:
        self.boot({"/sys/kernel/fadump/dump_status": "dump: none\n"})
        self.path("/proc/vmcore").unlink()
        self.path("/sys/kernel/fadump/release_mem").unlink()
        self.assertIn(f"would be saved to {self.crash} {self.other}.",
                      " ".join(self.capture().stdout.split()))


class TestLevel(FallbackCase):
    """A level that leaves out more, if no target has taken the dump."""

    def setUp(self) -> None:
        super().setUp()
        self.makedumpfile('case "$*" in *"-d 31"*) false ;; esac', "full")

    def test_level(self) -> None:
        self.targets(self.crash, self.other, lines=["LEVEL=17"])
        err = self.capture("-q", "-t", 1).stderr
        self.assertIn("trying again with level 31, which leaves out more", err)
        self.assertEqual([line.split("-d ")[1][:2] for line in self.calls().splitlines()
                          if "-d " in line], ["17", "17", "31"])
        self.assertEqual(len([n for n in self.names() if NAME.match(n)]), 1)
        self.assertTrue(self.released())

    def test_report(self) -> None:
        """The last report tells all that was tried."""
        self.env["FAKE"] = "partial"
        self.program("makedumpfile", f'exec sh "{HERE}/makedumpfile.sh" "$@"')
        self.targets(self.crash, self.other, lines=["LEVEL=17"])
        self.capture("-q", "-t", 1, code=PROGRAM_FAILED)
        report = (self.other / self.names(self.other)[-1] / "failed.txt").read_text()
        self.assertEqual(report.count("trying the next target"), 2)
        self.assertIn("no target has taken the dump: trying again with level 31", report)

    def test_bound(self) -> None:
        """The level is lowered where makedumpfile does not know the kernel's pages."""
        self.write("/proc/vmcore", cores.core(info="OSRELEASE=7.3.4-test\nPAGESIZE=65536\n"
                                                   "OFFSET(page.compound_info)=8\n"))
        self.makedumpfile('case "$*" in *"-d 23"*) false ;; esac', "full")
        self.targets(self.crash, lines=["LEVEL=17"])
        self.capture("-q", "-t", 1)
        self.assertNotIn("-d 31", self.calls())

    def test_not_for_these(self) -> None:
        """The level is the highest, or the administrator has chosen it."""
        self.env["FAKE"] = "full"
        self.targets(self.crash)
        self.assertNotIn("trying again", self.capture("-q", "-t", 1, code=FULL).stderr)
        self.targets(self.crash, lines=["LEVEL=17"])
        for args in (["-d", 17], [self.crash]):
            self.assertNotIn("trying again",
                             self.capture("-q", "-t", 1, *args, code=FULL).stderr)


class TestLog(FallbackCase):
    """The log alone, if no target has it."""

    def test_log(self) -> None:
        """The only host answers again after the dump has failed."""
        self.program("ssh", f'[ -e "{self.top}/up" ] || {{ : >"{self.top}/up"; exit 255; }}\n'
                            f'exec sh "{HERE}/ssh.sh" "$@"')
        self.targets(f"ssh://host{self.crash}")
        err = self.capture("-q", code=LINK).stderr
        self.assertIn("no target has the log: trying to save the log alone\n", err)
        self.assertEqual({p.name for p in self.log_in(self.crash).iterdir()},
                         FILES - {"vmcore"})
        self.assertFalse(self.released())

    def test_a_target_has_it(self) -> None:
        self.full(self.crash)
        self.targets(self.crash, self.top / "none")
        self.assertNotIn("log alone", self.capture("-q", "-t", 1, code=FAILED).stderr)
        self.log_in(self.crash)

    def test_it_cannot_help(self) -> None:
        self.write("/dev/sdx", b"data" * 100000)
        self.targets(self.path("/dev/sdx"))
        self.assertNotIn("log alone", self.capture("-q", code=STATE).stderr)


class TestConf(FallbackCase):
    """TARGET as a list."""

    def test_when(self) -> None:
        """The initramfs tries the first target; what tries all of them needs the network."""
        for targets, when, then in ((("/a", "ssh://h/b"), "initramfs", "initramfs"),
                                    (("ssh://h/b", "/a"), "initramfs", "network"),
                                    (("/a", "ssh://h/b"), "boot", "network"),
                                    (("/a", "/b"), "boot", "boot"),
                                    (("ssh://h/a",), "never", "never")):
            self.targets(*targets, lines=[f"WHEN={when}"])
            self.assertIn(f"WHEN='{then}'\n", self.run_program("conf").stdout, targets)

    def test_bad(self) -> None:
        """One target that is none makes the list invalid."""
        for bad in ('"/a b"', '"ssh://host /a"', '" "'):
            self.conf(target=bad)
            self.assertIn("TARGET='/var/crash'\n",
                          self.run_program("conf", code=FAILED).stdout, bad)

    def test_blanks(self) -> None:
        self.conf(target='"  /a   ssh://h/b "')
        self.assertIn("TARGET='/a   ssh://h/b '\n", self.run_program("conf").stdout)


class TestScripts(CheckCase):
    """Everything else that reads TARGET."""

    def setUp(self) -> None:
        super().setUp()
        self.other = self.crash.parent / "other"
        self.other.mkdir()

    def targets(self, *targets: Any) -> None:
        """Write the file with these targets, and make the initramfs."""
        self.conf("COMPRESS=zstd", target=f'"{" ".join(map(str, targets))}"')
        self.make_initramfs()

    def test_check(self) -> None:
        self.targets(self.crash, self.other)
        said = self.check()
        for name in ("target", "writable", "room"):
            self.assertRegex(said[name], f"^ok: {self.crash}: .*; {self.other}: ", name)

    def test_check_finds_the_wrong_one(self) -> None:
        for targets in ((self.crash, "/no/such"), ("/no/such", self.crash)):
            self.conf("COMPRESS=zstd", target=f'"{" ".join(map(str, targets))}"')
            said = self.check(code=NOT_READY)
            self.assertRegex(said["target"], "^WRONG: /no/such: ")

    def test_check_does_not_know_one(self) -> None:
        self.targets(self.crash, self.other)
        self.write("/etc/fstab", f"server:/x {self.other} nfs4 _netdev 0 0\n")
        said = self.check()
        self.assertRegex(said["target"], f"^unknown: {self.crash}: .*; not mounted now")
        self.assertEqual(said["room"], "unknown: skipped because of: Target")

    def test_initramfs(self) -> None:
        """The initramfs saves to the first one."""
        self.targets(self.crash, self.other)
        out = self.script(INITRAMFS / "fadump-target").stdout
        self.assertIn(f"dir='{self.crash}'\n", out)

    def test_generator(self) -> None:
        """The service waits for all of them."""
        self.needs("systemd-escape")
        self.boot({"/proc/vmcore": "", "/sys/kernel/fadump/release_mem": ""})
        self.write("/etc/fstab", "/dev/vdb /srv/a ext4 ro 0 2\nhost:/b /srv/b nfs4 ro 0 0\n")
        for targets, units, before in (
                (("/srv/a/x", "/dev/vdc"), ("srv-a.mount", "dev-vdc.device"), True),
                (("/srv/a/x", "/srv/b"), ("srv-a.mount", "srv-b.mount"), False),
                (("/srv/a", "ssh://host/x"), ("srv-a.mount",), False),
                (("/x*", "/dev/vdc"), ("dev-vdc.device",), True)):
            self.conf(target=f'"{" ".join(targets)}"')
            out = self.top / "generator"
            out.mkdir(exist_ok=True)
            self.script(INITRAMFS.parent / "systemd/fadump-generator", out, out, out)
            text = (out / "fadump-capture.service.d/when.conf").read_text()
            for unit in units:
                self.assertIn(f"Wants={unit}\nAfter={unit}\n", text)
            self.assertEqual("Before=basic.target\n" in text, before)
            self.assertEqual("network-online" in text, not before)


class TestReport(Crash):
    """test --report looks into all directories."""

    def test_report(self) -> None:
        self.reboot(self.crash())
        for name in ("a", "b"):
            self.path(f"/srv/{name}").mkdir(parents=True)
        self.env["FAKE_DMESG"] = "fail"
        dump = self.run_program("save", "-q", "--makedumpfile", HERE / "makedumpfile.sh",
                                self.path("/srv/b")).stdout.strip()
        self.path("/proc/vmcore").unlink()
        self.write("/etc/fadump.conf", 'TARGET="/srv/a /srv/b"\n')
        self.assertEqual(self.json("test", "--report", "-j", code=DONE)["dump"], dump)
        self.write("/etc/fadump.conf", 'TARGET="/srv/a ssh://host/x"\n')
        self.assertEqual(self.json("test", "--report", "-j", code=FAILED)["cannot_look_into"],
                         "ssh://host/x")
