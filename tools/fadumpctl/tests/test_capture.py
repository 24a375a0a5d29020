# SPDX-License-Identifier: GPL-2.0-or-later
"""capture, and /etc/fadump.conf."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from pathlib import Path
from typing import Any

from lab import (ARMED, CAPTURED, DONE, FAILED, FULL, HERE, INTERRUPTED, LINK, MISSING,
                 NOT_ARMED, PROGRAM_FAILED, STATE, STATUS, USAGE)
from test_save import FILES, SaveCase, old_name

CONF = "/etc/fadump.conf"
STATUS_FILE = "/sys/kernel/fadump/dump_status"
SYSRQ = "/proc/sysrq-trigger"


class CaptureCase(SaveCase):
    """A machine with a dump and with fadump.conf."""

    def setUp(self) -> None:
        super().setUp()
        self.bin = self.top / "bin"
        self.bin.mkdir()
        self.env["PATH"] = f"{self.bin}:/usr/bin:/bin"
        self.program("makedumpfile", f'exec sh "{HERE}/makedumpfile.sh" "$@"')
        self.program("ssh", f'exec sh "{HERE}/ssh.sh" "$@"')
        self.program("reboot", f'echo reboot >>"{self.log}"')
        self.program("sulogin", f'echo sulogin >>"{self.log}"')
        self.program("systemctl", f'echo "systemctl $*" >>"{self.log}"')
        self.conf()

    def program(self, name: str, script: str) -> None:
        """Put a program first in PATH."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def conf(self, *lines: str, target: Any = None) -> None:
        """Write the file."""
        self.write(CONF, "\n".join((f"TARGET={target or self.crash}", *lines)) + "\n")

    def capture(self, *args: Any, code: int = DONE) -> Any:
        return self.run_program("capture", *args, code=code)

    def released(self) -> bool:
        return self.read("/sys/kernel/fadump/release_mem") == "1\n"


class TestCapture(CaptureCase):
    """A dump is saved and released."""

    def test_capture(self) -> None:
        result = self.capture()
        (name,) = self.names()
        self.check_dump(self.crash / name, FILES)
        self.assertIn(str(self.crash / name), result.stdout)
        self.assertIn("Released", result.stdout)
        self.assertIn("Armed for the next crash", result.stdout)
        self.assertTrue(self.released())

    def test_nothing_is_waiting(self) -> None:
        self.boot(ARMED)
        self.assertIn(f"No dump is waiting. One would be saved to {self.crash}.",
                      self.capture().stdout)
        self.assertEqual(self.names(), [])
        self.assertEqual(self.calls(), "")

    def test_no_fadump(self) -> None:
        for path in self.path("/sys/kernel/fadump").iterdir():
            path.unlink()
        self.capture(code=MISSING)

    def test_twice(self) -> None:
        self.capture()
        self.write(STATUS_FILE, "dump: released\n")
        self.capture()
        self.assertEqual(len(self.names()), 1)

    def test_as_configured(self) -> None:
        for day in range(1, 4):
            (self.crash / old_name(day)).mkdir()
        self.conf("LEVEL=17", "COMPRESS='zstd'", 'THREADS="3"  # three', "KEEP=2")
        self.capture("-q")
        self.assertIn("-z -d 17 --message-level 7 --num-threads 3 ", self.calls())
        self.assertEqual(len(self.names()), 2)

    def test_more_arguments(self) -> None:
        """They stand before the files, for a file and for a stream."""
        self.conf("MAKEDUMPFILE_ARGS='--work-dir  /x --non-mmap'")
        self.capture("-q", "-t", 2)
        self.assertRegex(self.calls(), r"--num-threads 2 --work-dir /x --non-mmap \S+/vmcore \S+\n")
        self.capture("-q", f"ssh://host{self.crash}")
        self.assertRegex(self.calls(), r"-F --work-dir /x --non-mmap \S+/vmcore\n")

    def test_more_arguments_that_we_set(self) -> None:
        self.conf("MAKEDUMPFILE_ARGS='--non-mmap -d 1'")
        self.assertIn("MAKEDUMPFILE_ARGS=--non-mmap -d 1: not at most 32 words without the "
                      "options that other keys set; using the default, none",
                      self.capture("-q").stderr)
        self.assertNotIn("--non-mmap", self.calls())

    def test_options_win(self) -> None:
        self.conf("LEVEL=17", "KEEP=1")
        (self.crash / old_name(1)).mkdir()
        self.capture("-q", "-d", 3, "-k", 5)
        self.assertIn("-d 3 ", self.calls())
        self.assertEqual(len(self.names()), 2)

    def test_to_another_target(self) -> None:
        """KEEP is about the configured target only."""
        self.conf("KEEP=1", "REQUIRE_MOUNT=yes", target="/no/such/place")
        (self.crash / old_name(1)).mkdir()
        self.capture("-q", self.crash)
        self.assertEqual(len(self.names()), 2)

    def test_make_room(self) -> None:
        """MAKE_ROOM is about the configured target only."""
        (self.crash / old_name(1)).mkdir()
        self.conf("MAKE_ROOM=1000000000")
        self.save("-q")
        self.assertEqual(len(self.names()), 2)
        self.capture("-q")
        self.assertEqual(len(self.names()), 1)

    def test_ssh(self) -> None:
        self.conf(target=f"ssh://user@host{self.crash}")
        self.capture()
        self.assertEqual(len(self.names()), 1)
        self.assertTrue(self.released())

    def test_contradictions(self) -> None:
        self.capture("--log-only", code=USAGE)
        self.capture("--failure=panic", code=USAGE)
        self.capture("a", "b", code=USAGE)
        self.assertFalse(self.released())


class TestReleaseFails(CaptureCase):
    """After a save, FAILURE has no effect."""

    def setUp(self) -> None:
        super().setUp()
        self.conf("FAILURE=reboot")
        self.write(SYSRQ, "")

    def check_saved(self, err: str) -> None:
        (name,) = self.names()
        self.check_dump(self.crash / name, FILES)
        self.assertNotIn("not saved", err)
        self.assertNotIn("stays in memory", err)
        self.assertNotIn("reboot\n", self.calls())
        self.assertEqual(self.read(SYSRQ), "")

    def test_not_released(self) -> None:
        self.replace_by_link("/sys/kernel/fadump/release_mem", "/dev/full")
        err = self.capture(code=FAILED).stderr
        self.assertIn("its memory is not released, see fadumpctl release", err)
        self.check_saved(err)

    def test_not_all_memory_is_back(self) -> None:
        self.replace_by_link("/sys/kernel/fadump/release_mem", "/dev/full")
        self.program("makedumpfile", f'printf "dump: releasing\\nto_return: 4096\\n" '
                     f'>"{self.path(STATUS_FILE)}"\nexec sh "{HERE}/makedumpfile.sh" "$@"')
        err = self.capture(code=FAILED).stderr
        self.assertIn("except for 4.0 KiB of its memory; fadumpctl release tries again", err)
        self.check_saved(err)

    def test_not_armed(self) -> None:
        self.replace_by_link("/sys/kernel/fadump/registered", "/dev/full")
        err = self.capture().stderr
        self.assertIn("nothing is armed", err)
        self.check_saved(err)
        self.save("--release", code=NOT_ARMED)


class TestFailure(CaptureCase):
    """Each FAILURE, if the dump cannot be saved."""

    def setUp(self) -> None:
        super().setUp()
        self.env["FAKE"] = "full"
        self.write(SYSRQ, "")

    def fail(self, *args: Any, code: int = FULL,  # type: ignore[override]
             begun: bool = True) -> str:
        """Capture to a full target; the messages."""
        result = self.capture("-t", 1, *args, code=code)
        self.check_failed(result, begun)
        self.assertIn("fadumpctl save --release TARGET", result.stderr)
        return result.stderr

    def test_keep(self) -> None:
        self.fail()
        self.assertNotIn("reboot\n", self.calls())
        self.assertNotIn("sulogin", self.calls())
        self.assertNotIn("systemctl", self.calls())

    def test_then_elsewhere(self) -> None:
        self.fail()
        del self.env["FAKE"]
        other = self.top / "other"
        other.mkdir()
        self.save("--release", target=other)
        self.assertEqual(len(self.names(other)), 1)
        self.assertTrue(self.released())

    def test_reboot(self) -> None:
        """An orderly reboot keeps a dump that was not read to its end."""
        self.conf("FAILURE=reboot")
        self.write(STATUS_FILE, STATUS.format(read="part"))
        self.assertIn("rebooting", self.fail())
        self.assertTrue(self.calls().endswith("reboot\n"))
        self.assertEqual(self.read(SYSRQ), "")
        self.log.unlink()
        self.fail("--failure=keep")
        self.assertNotIn("reboot\n", self.calls())

    def test_reboot_after_reading(self) -> None:
        """A dump that was read, but not saved, needs a restart without an orderly reboot."""
        self.conf("FAILURE=reboot")
        self.assertIn("restarting at once", self.fail())
        self.assertNotIn("reboot\n", self.calls())
        self.assertEqual(self.read(SYSRQ), "b")
        self.path(SYSRQ).unlink()
        self.assertIn("No such file", self.fail())
        self.assertNotIn("reboot\n", self.calls())

    def no_reboot(self, why: str, code: int = FULL) -> None:
        """FAILURE=reboot would discard the dump, or would not help: no reboot."""
        self.conf("FAILURE=reboot")
        self.assertIn(why, self.fail(code=code, begun=code != STATE))
        self.assertNotIn("reboot\n", self.calls())
        self.assertEqual(self.read(SYSRQ), "")

    def test_no_reboot_on_bare_metal(self) -> None:
        self.path("/proc/device-tree/ibm,opal").mkdir(parents=True)
        for read in ("end", "part", "no"):
            self.write(STATUS_FILE, STATUS.format(read=read))
            self.no_reboot("firmware of bare metal")

    def test_no_reboot_of_an_untouched_kernel(self) -> None:
        self.path(STATUS_FILE).unlink()
        self.no_reboot("this kernel may discard")

    def test_no_reboot_beside_another_save(self) -> None:
        path = self.crash / ".fadumpctl.lock"
        path.touch(0o600)
        with path.open("w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.no_reboot("another save is running here", code=STATE)

    def test_shell(self) -> None:
        self.conf("FAILURE=shell")
        self.assertIn("a shell", self.fail())
        self.assertTrue(self.calls().endswith("systemctl start fadump-shell.service\n"))
        self.assertNotIn("sulogin\n", self.calls())

    def test_shell_on_a_terminal(self) -> None:
        self.conf("FAILURE=shell")
        self.assertIn("a shell", self.on_terminal("capture", "-t", 1))
        self.assertTrue(self.calls().endswith("sulogin\n"))
        self.assertNotIn("systemctl", self.calls())

    def test_saved_in_the_shell(self) -> None:
        self.conf("FAILURE=shell")
        status = self.path(STATUS_FILE)
        self.program("systemctl", f'echo "dump: released" >"{status}"')
        self.capture("-t", 1)

    def test_no_program(self) -> None:
        self.conf("FAILURE=reboot")
        self.write(STATUS_FILE, STATUS.format(read="no"))
        (self.bin / "reboot").unlink()
        self.env["PATH"] = str(self.bin)
        self.program("makedumpfile", "exit 1")
        self.assertIn("reboot: No such file", self.fail(code=PROGRAM_FAILED))

    def gives_up(self, how: str) -> Any:
        """The dump is discarded; the log is kept."""
        self.log.unlink(missing_ok=True)
        self.conf(f"FAILURE={how}")
        self.write("/sys/kernel/fadump/release_mem", "")
        result = self.capture("-q", "-t", 1, code=FULL)
        self.assertIn(f"FAILURE={how}: the dump is discarded without having been saved",
                      result.stderr)
        self.assertNotIn("capture tries again", result.stderr)
        self.check_log(result)
        return result

    def test_release(self) -> None:
        """The boot goes on with all memory; the status is still that of the save."""
        self.assertIn("Released:", self.gives_up("release").stdout)
        self.assertTrue(self.released())
        self.assertNotIn("reboot\n", self.calls())

    def test_poweroff_and_halt(self) -> None:
        for how in ("poweroff", "halt"):
            self.program(how, f'echo "power {how}" >>"{self.log}"')
            self.gives_up(how)
            self.assertTrue(self.calls().endswith(f"power {how}\n"))
            self.assertFalse(self.released())

    def test_nothing_is_discarded_beside_another_save(self) -> None:
        """The other save needs the dump."""
        path = self.crash / ".fadumpctl.lock"
        path.touch(0o600)
        for how in ("release", "poweroff", "halt"):
            self.program(how, f'echo "power {how}" >>"{self.log}"')
            self.conf(f"FAILURE={how}", "FAILURE_ATTEMPTS=3")
            with path.open("w", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self.capture("-q", code=STATE)
            self.assertFalse(self.released())
            self.assertEqual(self.calls(), "")
            self.assertEqual(self.read(SYSRQ), "")

    def attempt(self, number: int, *lines: str, read: str = "part") -> str:
        """The messages of a failed capture in the boot of this number."""
        self.write(STATUS_FILE, STATUS.format(read=read).replace("attempt: 1",
                                                                 f"attempt: {number}"))
        self.conf(*lines)
        self.log.unlink(missing_ok=True)
        result = self.capture("-q", "-t", 1, code=FULL)
        self.check_log(result)
        return result.stderr

    def test_attempts(self) -> None:
        """Earlier boots only try again."""
        for how in ("keep", "release"):
            for number in (1, 2):
                self.assertIn("rebooting, as FAILURE_ATTEMPTS asks for",
                              self.attempt(number, f"FAILURE={how}", "FAILURE_ATTEMPTS=3"))
                self.assertTrue(self.calls().endswith("reboot\n"))
                self.assertFalse(self.released())
            self.assertNotIn("FAILURE_ATTEMPTS",
                             self.attempt(3, f"FAILURE={how}", "FAILURE_ATTEMPTS=3"))
            self.assertNotIn("reboot\n", self.calls())
            self.assertEqual(self.released(), how == "release")

    def test_attempts_that_are_not_counted(self) -> None:
        """Where no reboot is possible, or none is counted, FAILURE applies at once."""
        lines = ("FAILURE=release", "FAILURE_ATTEMPTS=3")
        self.assertNotIn("FAILURE_ATTEMPTS", self.attempt(0, *lines))
        self.assertTrue(self.released())
        self.write("/sys/kernel/fadump/release_mem", "")
        self.path("/proc/device-tree/ibm,opal").mkdir(parents=True)
        self.assertIn("FAILURE_ATTEMPTS: not rebooting, firmware", self.attempt(1, *lines))
        self.assertTrue(self.released())

    def test_attempts_in_the_initramfs(self) -> None:
        """It is not the last to try in its boot."""
        self.conf("FAILURE=release", "FAILURE_ATTEMPTS=3")
        self.fail("--failure=keep")
        self.assertNotIn("reboot\n", self.calls())
        self.assertEqual(self.read(SYSRQ), "")

    def test_other_failures(self) -> None:
        del self.env["FAKE"]
        self.env["FAKE_SSH"] = "refused"
        self.conf("FAILURE=reboot", target=f"ssh://user@host{self.crash}")
        self.fail(code=LINK, begun=False)
        # A target that makes no sense makes none in the next boot either.
        self.log.unlink()
        self.capture("ssh://host", code=USAGE)
        self.assertNotIn("reboot", self.calls())

    def test_interrupted(self) -> None:
        """Stopping the service leads to no reboot."""
        ready = self.top / "ready"
        self.env.update(FAKE="hang", FAKE_READY=str(ready))
        self.conf("FAILURE=reboot")
        with self.start("capture", "-t", 1) as child:
            end = time.monotonic() + 20
            while not ready.exists():
                self.assertLess(time.monotonic(), end)
                time.sleep(0.02)
            child.send_signal(signal.SIGTERM)
            _, err = child.communicate(timeout=20)
        self.assertEqual(child.returncode, INTERRUPTED, err)
        self.assertNotIn("reboot\n", self.calls())


    def test_time_is_over(self) -> None:
        self.env["FAKE"] = "hang"
        began = time.monotonic()
        self.check_failed(self.capture("-t", 1, "--timeout", 1, code=INTERRUPTED))
        self.assertLess(time.monotonic() - began, 20)


class TestFinal(CaptureCase):
    """FINAL: after a dump was saved and released."""

    def end(self, final: str, code: int = DONE) -> str:
        """The programs that were called to end the boot."""
        self.log.unlink(missing_ok=True)
        self.program("poweroff", f'echo "poweroff" >>"{self.log}"')
        self.conf(f"FINAL={final}")
        self.capture("-q", "-t", 1, code=code)
        return "".join(line for line in self.calls().splitlines() if "-" not in line)

    def test_final(self) -> None:
        for final, called in (("continue", ""), ("reboot", "reboot"), ("poweroff", "poweroff")):
            self.write("/sys/kernel/fadump/release_mem", "")
            self.assertEqual(self.end(final), called)
            self.assertTrue(self.released())

    def test_not_saved(self) -> None:
        self.env["FAKE"] = "full"
        self.assertEqual(self.end("reboot", code=FULL), "")

    def test_not_released(self) -> None:
        """An orderly reboot would discard what is left."""
        self.replace_by_link("/sys/kernel/fadump/release_mem", "/dev/full")
        self.assertEqual(self.end("reboot", code=FAILED), "")

    def test_no_dump(self) -> None:
        self.boot(ARMED)
        self.assertEqual(self.end("reboot"), "")

    def test_by_hand(self) -> None:
        self.conf("FINAL=reboot")
        self.run_program("save", "-q", "--release")
        self.assertNotIn("reboot\n", self.calls())

    def test_when(self) -> None:
        """The initramfs cannot end the boot in order."""
        for final, when in (("continue", "initramfs"), ("reboot", "boot")):
            self.conf(f"FINAL={final}")
            self.assertIn(f"WHEN='{when}'\n", self.run_program("conf").stdout)


class TestConf(CaptureCase):
    """The contents of fadump.conf."""

    def warnings(self, *lines: str) -> list[str]:
        """The messages about the file, without its name."""
        self.conf(*lines)
        self.boot(ARMED)
        return [line.split(f"{CONF}:", 1)[1] for line in self.capture().stderr.splitlines()]

    def test_shipped(self) -> None:
        """The installed file is valid, and has only defaults."""
        shipped = HERE.parents[1] / "integration" / "fadump.conf"
        self.boot(ARMED)
        self.write(CONF, shipped.read_text())
        result = self.capture()
        self.assertEqual(result.stderr, "")
        self.assertIn("saved to /var/crash.", result.stdout)

    def test_nothing_to_complain_of(self) -> None:
        self.assertEqual(self.warnings(
            "", "# comment", "  LEVEL=0", "KEEP=", "COMPRESS=none # comment", "FAILURE='shell'",
            'BOOTARGS="nr_cpus=8 panic=10"', "WHEN=never", "REQUIRE_MOUNT=no"), [])

    def test_complaints(self) -> None:
        malformed = "neither one word nor a text in quotes"
        self.assertEqual(self.warnings("LEVEL=32", "level=1", "LEVEL = 1", "KEEP=$(reboot)",
                                       "KEEP=1;2", "KEEP='1", "KEEP=1 2", "COLOUR=red",
                                       "REQUIRE_MOUNT=maybe", "FAILURE=panic", "WHEN=now",
                                       "COMPRESS=gzip", "THREADS=0", "TARGET=crash",
                                       "TIMEOUT=0", "BOOTARGS=caf\u00e9"),
                         ["2: LEVEL=32: not a number from 0 to 31; using the default, 31",
                          "3: not KEY=VALUE, ignored",
                          "4: not KEY=VALUE, ignored",
                          f"5: KEEP: {malformed}; using the default, 0",
                          f"6: KEEP: {malformed}; using the default, 0",
                          f"7: KEEP: {malformed}; using the default, 0",
                          f"8: KEEP: {malformed}; using the default, 0",
                          "9: COLOUR: unknown, ignored",
                          "10: REQUIRE_MOUNT=maybe: not yes or no; using the default, no",
                          "11: FAILURE=panic: not keep, shell, reboot, release, poweroff or halt; "
                          "using the default, keep",
                          "12: WHEN=now: not initramfs, boot, network or never; "
                          "using the default, initramfs",
                          "13: COMPRESS=gzip: not none, zlib, lzo, snappy or zstd; "
                          "using the default, lzo",
                          "14: THREADS=0: not a number from 1 to 1024; using the default, "
                          f"{min(max((os.cpu_count() or 1) - 1, 1), 32)}",
                          "15: TARGET=crash: not a path that begins with /, or "
                          f"ssh://[user@]host[:port]/path, or several of these; "
                          f"using {self.crash}",
                          "16: TIMEOUT=0: not a number of seconds from 1 to 1000000; "
                          "using the default, 7200",
                          "17: BOOTARGS=caf\\xc3\\xa9: not at most 2046 characters of "
                          "printable ASCII; using the default, none"])

    def held(self, *lines: str, code: int = FAILED) -> dict[str, str]:
        """The values with these lines in the file."""
        self.conf(*lines)
        out = self.run_program("conf", code=code).stdout
        return dict(line.split("=", 1) for line in out.splitlines())

    def test_no_part_of_a_value_is_applied(self) -> None:
        defaults = self.held(code=DONE)
        for line in ("KEEP=1,000", "KEEP=1x", "KEEP=1000001", "KEEP=18446744073709551617",
                     "KEEP=-1", "KEEP=+1", "KEEP=1.5", "KEEP=0x", "TIMEOUT=2h", "TIMEOUT=0",
                     "TIMEOUT=9999999", "LEVEL=3l", "LEVEL=0x3g", "THREADS=2k", "THREADS=2048",
                     "REQUIRE_MOUNT=yes,no", "WHEN=boots", "FAILURE=rebooted", "COMPRESS=zst",
                     "CHECKSUM=no,", "TARGET=/" + "x" * 5000, "TARGET=ssh://user@host:22x/path",
                     "BOOTARGS=" + "x" * 3000, "BOOTARGS=a\x9bb", "KEEP=1\0", "KEEP=1\0000"):
            self.assertEqual(self.held(line), defaults, line)

    def test_an_earlier_or_later_line_holds(self) -> None:
        for lines in (("KEEP=7", "KEEP=1,000"), ("KEEP=1,000", "KEEP=7")):
            self.assertEqual(self.held(*lines)["KEEP"], "'7'")
            self.assertIn("KEEP=1,000: not a number from 0 to 1000000; using 7\n",
                          self.run_program("conf", code=FAILED).stderr)
        self.assertEqual(self.held("REQUIRE_MOUNT=yes", "REQUIRE_MOUNT=maybe")["REQUIRE_MOUNT"],
                         "'yes'")

    def test_a_file_that_is_too_long(self) -> None:
        """A file that is too long may be cut within a value: it is ignored."""
        defaults = self.held(code=DONE)
        text = "#" * (65535 - len("\nKEEP=1")) + "\nKEEP=1"
        self.write(CONF, f"TARGET={self.crash}\n" + text[len(f"TARGET={self.crash}\n"):] + "000\n")
        result = self.run_program("conf", code=FAILED)
        self.assertIn("File too large, all of it ignored", result.stderr)
        self.assertIn(f"KEEP={defaults['KEEP']}\n", result.stdout)

    def test_no_dump_is_removed_for_a_fault(self) -> None:
        self.conf("KEEP=1,000")
        (self.crash / old_name(1)).mkdir()
        self.capture()
        self.assertEqual(len(self.names()), 2)

    def test_lines_of_another_system(self) -> None:
        """No path has an invisible carriage return."""
        self.write(CONF, "TARGET=/srv/crash\r\n\r\nLEVEL=1 # all\r\nKEEP='2'\r\n")
        result = self.run_program("conf", code=FAILED)
        self.assertEqual([line.split(CONF)[1] for line in result.stderr.splitlines()],
                         [":1: TARGET: neither one word nor a text in quotes; "
                          "using the default, /var/crash", ":2: not KEY=VALUE, ignored",
                          ":4: KEEP: neither one word nor a text in quotes; "
                          "using the default, 0"])
        self.assertIn("TARGET='/var/crash'\n", result.stdout)

    def test_bad_hosts(self) -> None:
        """A target that save would refuse is refused now."""
        for target in ("ssh://host", "ssh:///path", "ssh://-x/path", "ssh://host:x/path"):
            self.conf(target=target)
            result = self.run_program("conf", code=FAILED)
            self.assertIn(f"{CONF}:1: TARGET={target}: not a path", result.stderr)
            self.assertIn("TARGET='/var/crash'\n", result.stdout)
        self.conf(target="ssh://root@[fe80::1%eth0]:22/srv/crash")
        self.assertEqual(self.run_program("conf").stderr, "")

    def test_a_fault_costs_no_dump(self) -> None:
        self.conf("LEVEL=x", "KEEP=x")
        self.assertIn("using the default, 31", self.capture().stderr)
        self.assertIn("-d 31 ", self.calls())
        self.assertTrue(self.released())

    def test_show(self) -> None:
        self.conf("KEEP=3", 'BOOTARGS="a b"', "LEVEL=x", "THREADS=2")
        text = f"TARGET='{self.crash}'\n" + (
            "REQUIRE_MOUNT='no'\nWHEN='initramfs'\nFAILURE='keep'\n"
            "FAILURE_ATTEMPTS='1'\nFINAL='continue'\nKEEP='3'\nMAKE_ROOM='0'\nLEVEL='31'\n"
            "COMPRESS='lzo'\nTHREADS='2'\nMAKEDUMPFILE_ARGS=''\nPIPE=''\nPRE=''\nPOST=''\n"
            "CHECKSUM='yes'\nTIMEOUT='7200'\nBOOTARGS='a b'\n")
        self.assertEqual(self.run_program("conf", code=FAILED).stdout, text)
        self.write(CONF, text)
        self.assertEqual(self.run_program("conf").stdout, text)

    def test_unreadable(self) -> None:
        """A missing file is fine, an unreadable one is not."""
        self.path(CONF).unlink()
        self.assertEqual(self.run_program("conf").stderr, "")
        os.mkfifo(self.path(CONF))
        self.run_program("conf")
        self.path(CONF).unlink()
        self.path(CONF).mkdir()
        self.assertIn("Is a directory, all of it ignored",
                      self.run_program("conf", code=FAILED).stderr)

    def test_another_host_needs_a_network(self) -> None:
        for when, then in (("boot", "network"), ("never", "never")):
            self.conf(f"WHEN={when}", target="ssh://host/crash")
            self.assertIn(f"WHEN='{then}'\n", self.run_program("conf").stdout)

    def test_long(self) -> None:
        self.assertEqual(len(self.warnings("TARGET=/" + "x" * 5000)), 1)

    def test_bootargs(self) -> None:
        self.run_program("args", "--configured")
        self.assertEqual(self.read("/sys/kernel/fadump/bootargs_append"), "nr_cpus=8\n")
        self.conf('BOOTARGS="nr_cpus=4 panic=10"  # two')
        self.run_program("args", "--configured")
        self.assertEqual(self.read("/sys/kernel/fadump/bootargs_append"), "nr_cpus=4 panic=10\n")
        self.run_program("args", "--configured", "--clear", code=USAGE)

    def test_save_without_target(self) -> None:
        self.conf("LEVEL=17", "KEEP=1")
        (self.crash / old_name(1)).mkdir()
        dump = Path(self.run_program("save", "-q").stdout.strip())
        self.assertEqual(self.names(), [dump.name])
        self.assertIn("-d 17 ", self.calls())
        self.assertFalse(self.released())

    def test_save_to_another_target(self) -> None:
        """KEEP is about the configured target only."""
        self.conf("REQUIRE_MOUNT=yes", "KEEP=1", target="/no/such/place")
        (self.crash / old_name(1)).mkdir()
        self.save("-q")
        self.assertEqual(len(self.names()), 2)
        self.conf("REQUIRE_MOUNT=yes")
        self.run_program("save", code=LINK)
