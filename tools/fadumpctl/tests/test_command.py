# SPDX-License-Identifier: GPL-2.0-or-later
"""PRE and POST: commands before and after a save."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

from lab import FAILED, FULL, INTERRUPTED, STATE
from test_capture import CaptureCase
from test_check import CheckCase
from test_save import FILES

#: Prints the environment; the file is what has been called.
SHOW = 'echo "$0 target=$FADUMP_TARGET file=${FADUMP_FILE-none} result=${FADUMP_RESULT-none}"'


class CommandCase(CaptureCase):
    """A machine with PRE and POST."""

    def setUp(self) -> None:
        super().setUp()
        self.called = self.top / "called"
        for name in ("pre", "post"):
            self.program(name, f'{SHOW.replace("$0", name)} >>"{self.called}"')
        self.commands("pre", "post")

    def commands(self, pre: str = "", post: str = "", target: Any = None,
                 lines: tuple[str, ...] = ()) -> None:
        """Write the file."""
        self.conf(f'PRE="{pre}"', f'POST="{post}"', *lines, target=target)

    def show(self) -> list[str]:
        """What was called."""
        lines = self.called.read_text().splitlines() if self.called.exists() else []
        self.called.unlink(missing_ok=True)
        return lines


class TestCommands(CommandCase):
    """When they run, and with which environment."""

    def test_saved(self) -> None:
        for target, file in ((self.crash, "vmcore"), (f"ssh://host{self.crash}", "vmcore.flat")):
            self.commands("pre", "post", target=target)
            name = self.capture("-q").stdout.splitlines()[0]
            self.assertEqual(self.show(), [
                f"pre target={target} file=none result=none",
                f"post target={target} file={name}/{file} result=saved"])

    def test_device(self) -> None:
        device = self.path("/dev/sdx")
        self.write("/dev/sdx", bytes(1 << 20))
        self.commands(post="post", target=device)
        name = self.capture("-q").stdout.splitlines()[0]
        self.assertEqual(self.show(), [f"post target={device} file={name}/vmcore.flat result=saved"])

    def test_failed(self) -> None:
        self.env["FAKE"] = "full"
        self.check_failed(self.capture("-q", "-t", 1, code=FULL))
        self.assertEqual(self.show()[1:], [f"post target={self.crash} file=none result=failed"])

    def test_second_target(self) -> None:
        """Once for all targets; POST has the one that has taken the dump."""
        self.commands("pre", "post", target=f'"/no/such {self.crash}"')
        name = self.capture("-q").stdout.splitlines()[0]
        self.assertEqual(self.show(), [
            f"pre target=/no/such {self.crash} file=none result=none",
            f"post target={self.crash} file={name}/vmcore result=saved"])

    def test_log_alone(self) -> None:
        """A log is not a saved dump, unless only the log was asked for."""
        self.program("ssh", f'[ -e "{self.top}/up" ] || {{ : >"{self.top}/up"; exit 255; }}\n'
                            'for script do :; done\nexec sh -c "$script"')
        self.commands(post="post", target=f"ssh://host{self.crash}")
        self.capture("-q", code=6)
        self.assertIn("result=failed", self.show()[0])
        name = self.run_program("save", "-q", "--log-only").stdout.strip()
        self.assertIn(f"file={name}/dmesg.txt result=saved", self.show()[0])

    def test_pipe(self) -> None:
        """The command of PIPE has the names of the attempt."""
        self.program("through", f'{SHOW.replace("$0", "pipe")} >>"{self.called}"; cat')
        self.commands(lines=("PIPE=through",))
        name = self.capture("-q").stdout.splitlines()[0]
        self.assertEqual(self.show(),
                         [f"pipe target={self.crash} file={name}/vmcore.pipe result=none"])

    def test_order(self) -> None:
        """PRE may make the target; POST runs after the release."""
        self.crash.rmdir()
        released = self.path("/sys/kernel/fadump/release_mem")
        self.program("post", f'cat "{released}" >"{self.called}"')
        self.commands(f"mkdir {self.crash}", "post")
        self.capture("-q")
        self.assertEqual(self.show(), ["1"])

    def test_not_released(self) -> None:
        self.replace_by_link("/sys/kernel/fadump/release_mem", "/dev/full")
        self.capture("-q", code=FAILED)
        self.assertIn("result=saved", self.show()[1])

    def test_by_hand(self) -> None:
        name = self.run_program("save", "-q", self.crash).stdout.strip()
        self.assertEqual(len(self.show()), 2)
        self.check_dump(Path(name), FILES)

    def test_no_dump(self) -> None:
        self.path("/proc/vmcore").unlink()
        self.run_program("save", "-q", code=STATE)
        self.assertEqual(self.show(), [])

    def test_when(self) -> None:
        """The initramfs does not have their programs."""
        for commands in (("pre", ""), ("", "post")):
            self.commands(*commands)
            self.assertIn("WHEN='boot'\n", self.run_program("conf").stdout)


class TestFaults(CommandCase):
    """A command that fails changes nothing."""

    def test_status(self) -> None:
        self.commands("echo no disk; exit 3", "echo no mail; exit 4")
        err = self.capture("-q").stderr
        for key, word, code in (("PRE", "disk", 3), ("POST", "mail", 4)):
            self.assertIn(f"  {key}: no {word}\nfadumpctl: {key}: failed with exit status {code}\n"
                          f"fadumpctl: {key} has failed, which does not change the result", err)
        self.assertTrue(self.released())

    def test_missing(self) -> None:
        self.commands("/no/such/program")
        self.assertIn("PRE: cannot be run", self.capture("-q").stderr)
        self.assertTrue(self.released())

    def test_hangs(self) -> None:
        """Each has a quarter of the time limit; what the shell has started ends as well."""
        self.program("hang", f'echo $$ >"{self.top}/pid"; exec sleep 60')
        for commands in (("hang", ""), ("", "hang; true")):
            self.commands(*commands)
            self.write("/sys/kernel/fadump/release_mem", "")
            err = self.capture("-q", "--timeout", 12).stderr
            self.assertIn("has not finished within 3 s", err)
            process = Path("/proc") / (self.top / "pid").read_text().strip()
            # A zombie has no command line.
            self.assertFalse(process.exists() and (process / "cmdline").read_bytes())
            self.assertTrue(self.released())

    def test_leaves_a_process(self) -> None:
        """A process in the background does not delay the save, even if it holds the output."""
        self.commands("sleep 20 &")
        began = time.monotonic()
        self.assertEqual(self.capture("-q").stderr, "")
        self.assertLess(time.monotonic() - began, 10)

    def test_interrupted(self) -> None:
        """A signal ends PRE and the save, and POST tells that it has failed."""
        self.program("hang", f': >"{self.top}/ready"; exec sleep 60')
        self.commands("hang", "post")
        with self.start("capture") as child:
            end = time.monotonic() + 20
            while not (self.top / "ready").exists():
                self.assertLess(time.monotonic(), end)
                time.sleep(0.02)
            child.send_signal(signal.SIGTERM)
            _, err = child.communicate(timeout=20)
        self.assertEqual(child.returncode, INTERRUPTED, err)
        self.assertIn("result=failed", self.show()[0])
        self.assertFalse(self.released())

    def test_signals(self) -> None:
        """A parent that ignores signals does not change what the commands get."""
        def ignore() -> None:
            for sig in (signal.SIGCHLD, signal.SIGPIPE):
                signal.signal(sig, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})

        status = f"grep -E SigBlk\\|SigIgn /proc/self/status >>{self.called}"
        self.program("status", status)
        self.commands("status", "status", lines=('PIPE="status; cat"',))
        with self.start("capture", "-q", preexec_fn=ignore) as child:
            _, err = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 0, err)
        masks = [int(line.split()[1], 16) for line in self.show()]
        self.assertEqual(len(masks), 6)
        for sig in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGTERM):
            self.assertFalse(any(mask >> (sig - 1) & 1 for mask in masks), sig)


class TestCheck(CheckCase):
    """check."""

    def test_check(self) -> None:
        for key in ("PRE", "POST"):
            self.conf("COMPRESS=zstd", f'{key}="missing"')
            self.make_initramfs()
            self.wrong("configuration", f"{key}: missing is not there: install it")
