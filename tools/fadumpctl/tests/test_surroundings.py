# SPDX-License-Identifier: GPL-2.0-or-later
"""All commands: standard files that are closed or full, narrow terminals."""

from __future__ import annotations

import re
import subprocess
import tarfile
from typing import Any

import cores
from lab import ARMED, CAPTURED, DONE, FAILED, FULL, PROGRAM, USAGE
from test_capture import CaptureCase
from test_save import FILES


class TestHelp(CaptureCase):
    """--version and help."""

    def test_version(self) -> None:
        for args in (["--version"], ["-V"], ["save", "--version"]):
            self.assertRegex(self.run_program(*args).stdout, r"^fadumpctl [0-9]\S*\n$")

    def test_help(self) -> None:
        self.assertEqual(self.run_program("help").stdout, self.run_program("--help").stdout)
        commands = re.findall(r"^  ([a-z]+) ", self.run_program("help").stdout, re.M)
        self.assertIn("help", commands)
        for command in commands:
            out = self.run_program("help", command).stdout
            self.assertEqual(out, self.run_program(command, "--help").stdout)
            self.assertTrue(out.startswith(f"Usage: fadumpctl {command} "), out)

    def test_bad_help(self) -> None:
        self.assertIn("no such command", self.run_program("help", "nonsense", code=USAGE).stderr)
        self.run_program("help", "save", "map", code=USAGE)


class TestOutput(CaptureCase):
    """Standard output and error that cannot be written to."""

    def shell(self, script: str, *args: Any, code: int = DONE) -> str:
        """Run the program with redirections; its standard error."""
        done = subprocess.run(["bash", "-o", "pipefail", "-c", script, PROGRAM, *map(str, args)],
                              env=self.environment(), check=False, capture_output=True, text=True)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def check_saved(self) -> None:
        """Remove the dump, which has all of its files."""
        (name,) = self.names()
        self.check_dump(self.crash / name, FILES)
        for path in (self.crash / name).iterdir():
            path.unlink()
        (self.crash / name).rmdir()

    def test_save_is_done(self) -> None:
        """A full stdout does not give an exit status about the target."""
        for script in ('"$0" "$@" >/dev/full', 'trap "" PIPE; "$0" "$@" | true'):
            err = self.shell(script, "save", self.crash, code=FAILED)
            self.assertIn("standard output: a write failed; everything else is done", err)
            self.check_saved()

    def test_a_failure_stays_what_it_was(self) -> None:
        self.env["FAKE"] = "full"
        self.shell('"$0" "$@" >/dev/full', "save", "-t", 1, self.crash, code=FULL)

    def test_capture_is_done(self) -> None:
        """capture's exit status only tells that no dump is waiting."""
        err = self.shell('"$0" capture >/dev/full')
        self.assertIn("standard output: No space left on device", err)
        self.check_saved()
        self.assertTrue(self.released())

    def test_a_list_is_not_done(self) -> None:
        for command in ("status", "status --json", "conf", "map", "help"):
            self.shell(f'"$0" {command} >/dev/full',
                       code=11 if "status" in command else DONE if command == "help" else FAILED)
        for how in ("", "--svg"):
            err = self.shell(f'"$0" map {how} --output=/dev/full', code=FULL)
            self.assertRegex(err, r"^fadumpctl: /dev/full: No space left on device\n$")

    def test_closed(self) -> None:
        """With closed standard files, no message is written into another file."""
        device = self.top / "device"
        for closed in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", "<&- >&- 2>&-"):
            for args in ([], ["--raw"]):
                self.shell(f'"$0" "$@" {closed}', "save", *args, self.crash)
                self.assertEqual((self.crash / ".fadumpctl.lock").read_bytes(), b"")
                self.check_saved()
            device.write_bytes(bytes(1 << 20))
            self.shell(f'"$0" "$@" {closed}', "save", device)
            with tarfile.open(device) as tar:
                names = {name.rsplit("/", 1)[-1] for name in tar.getnames()}
            self.assertEqual(names, FILES - {"vmcore"} | {"vmcore.flat"})
            self.boot(CAPTURED)


class TestTerminal(CaptureCase):
    """Terminals of all widths."""

    def test_narrow(self) -> None:
        """Lines are wrapped between words."""
        core = self.top / "core"
        core.write_bytes(cores.core(records=[b"long words " * 12, b"x" * 100]))
        self.write("/sys/kernel/fadump/boot_mem_recommended", "536870913\n")
        for machine in (CAPTURED, ARMED, {"/sys/kernel/fadump/cma_size": "0\n"}):
            self.boot(machine)
            for columns in (40, 59, 132):
                for args in (["status"], ["recommend"], ["map"], ["inspect", core], ["help"],
                             ["inspect", "--cpus", "--vmcoreinfo", core], ["help", "capture"],
                             ["args", "--help"]):
                    text = self.on_terminal(*args, columns=columns)
                    self.assert_fits(text, min(columns, 80))
                    self.assertGreater(len(text), 20, args)

    def test_narrower(self) -> None:
        """Below 40 columns the terminal itself wraps lines; the program ends all the same."""
        for columns in (1, 20, 39):
            self.assert_fits(self.on_terminal("status", columns=columns), 40)

    def test_no_escapes(self) -> None:
        """No carriage return on a dumb terminal."""
        for env in ({"TERM": "xterm"}, {"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.env.update(env)
            self.boot(CAPTURED)
            text = self.on_terminal("save", "--release", self.crash, columns=60)
            self.assertIn("Copying data", text)
            self.assertNotIn("\x1b", text)
            if env["TERM"] == "dumb":
                self.assertNotIn("\r", text.replace("\r\n", "\n"))
                self.assertNotIn("###", text)

    def test_spelling(self) -> None:
        self.boot(CAPTURED)
        out = self.run_program("status", code=11).stdout
        for text in ("  CPUs              3\n", "  Crashing CPU      1\n",
                     "  VMCOREINFO        record\n"):
            self.assertIn(text, out)
