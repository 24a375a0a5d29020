# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine made of files below a root directory, and the program run on it."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import pty
import signal
import struct
import subprocess
import termios
import tempfile
import unittest
from pathlib import Path
from typing import Any, Optional

import cores

HERE = Path(__file__).resolve().parent
PROGRAM = os.environ["FADUMPCTL"]
#: Signals that the program's parent ignores, as the shell names them.
IGNORED = os.environ.get("IGNORED", "").split()


def have_library(name: str) -> bool:
    """Can the library be loaded?"""
    with contextlib.suppress(OSError):
        return bool(ctypes.CDLL(name))
    return False


HAVE_KDUMPFILE = os.environ.get("HAVE_KDUMPFILE") == "y" and have_library("libkdumpfile.so.10")

DONE, FAILED, USAGE, MISSING, STATE, FULL, LINK, PROGRAM_FAILED, DAMAGED = range(9)
INTERRUPTED, NOT_ARMED, WAITING, NOT_READY, INCOMPLETE = 9, 10, 11, 12, 13

ARMED = {
    "/sys/kernel/fadump/enabled": "1\n",
    "/sys/kernel/fadump/registered": "1\n",
    "/sys/kernel/fadump/mem_reserved": "335740928\n",
    "/sys/kernel/fadump/cma_size": "333447168\n",
    "/sys/kernel/fadump/hotplug_ready": "1\n",
    "/sys/kernel/fadump/bootargs_append": "nr_cpus=8\n",
    "/sys/kernel/fadump/dump_status": "dump: none\n",
    "/proc/cmdline": "console=hvc0 fadump=on crashkernel=320M\n",
    "/proc/meminfo": "MemTotal:        2000000 kB\nMemFree: 1 kB\n",
    "/proc/iomem": "00000000-7fffffff : System RAM\n  00000000-00ffffff : Kernel code\n",
    "/sys/kernel/debug/powerpc/fadump_region":
        "CPU : [0x00000014010000-0x0000001401ffff] 0x10000 bytes, Dumped: 0x0\n"
        "HPTE: [0x00000014020000-0x0000001401ffff] 0x0 bytes, Dumped: 0x0\n"
        "DUMP: [0x00000014020000-0x0000002801ffff] 0x14000000 bytes, Dumped: 0x0\n",
}

#: Of the machine in each test; what its dumps have of it in their names.
MACHINE_ID = "0123456789abcdef0123456789abcdef"
ID = hashlib.sha256(f"fadump {MACHINE_ID}".encode()).hexdigest()[:8]

STATUS = """\
dump: waiting
attempt: 1
read: {read}
description: firmware
kernel: 7.3.4-test
record: own
crashing_cpu: 1
crash_registers: record
cpus: 3
vmcoreinfo: record
boot_memory: 335544320
preserved_memory: 1476198400
missing: cpu (registers of some CPUs are incomplete)
missing: bootargs (the extra boot arguments did not come through)
"""

CAPTURED = {
    **ARMED,
    "/etc/machine-id": f"{MACHINE_ID}\n",
    "/sys/kernel/fadump/registered": "0\n",
    "/sys/kernel/fadump/release_mem": "",
    "/sys/kernel/fadump/cma_size": "0\n",
    "/sys/kernel/fadump/dump_status": STATUS.format(read="end"),
    "/proc/vmcore": cores.core(),
    "/sys/kernel/debug/powerpc/fadump_region":
        "CPU : [0x00000014010000-0x000000140113df] 0x13e0 bytes, Dumped: 0x13e0\n"
        "HPTE: [0x00000014020000-0x0000001401ffff] 0x0 bytes, Dumped: 0x0\n"
        "DUMP: [0x00000014020000-0x0000002801ffff] 0x14000000 bytes, Dumped: 0x14000000\n"
        "    : [0x00000028030000-0x0000007fffffff] 0x57fd0000 bytes, Dumped: 0x57fd0000\n",
}

LEGACY = {
    "/sys/kernel/fadump_enabled": "1\n",
    "/sys/kernel/fadump_registered": "1\n",
    "/proc/cmdline": "fadump=on\n",
    "/proc/meminfo": "MemTotal: 2000000 kB\n",
}


PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Program(subprocess.Popen[str]):
    """A program that ends with its test, even if the test fails."""

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if kind:
            self.kill()
        super().__exit__(kind, value, trace)

    def end(self) -> None:
        """Kill it if it has not ended."""
        self.kill()
        with self:
            pass


class Case(unittest.TestCase):
    """Each test has a machine of its own."""

    machine: dict[str, Any] = ARMED

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory(prefix="fadumpctl-test-")
        self.addCleanup(place.cleanup)
        self.top = Path(place.name)
        self.root = self.top / "root"
        (self.root / "run").mkdir(parents=True)
        self.env: dict[str, str] = {}
        self.boot(self.machine)

    def boot(self, machine: dict[str, Any]) -> None:
        """Make these files, which may replace others."""
        for name, content in machine.items():
            self.write(name, content)

    def path(self, name: str) -> Path:
        """A file of the machine."""
        return self.root / name.lstrip("/")

    def write(self, name: str, content: Any) -> None:
        """Write a file of the machine."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def read(self, name: str) -> str:
        """The contents of a file of the machine."""
        return self.path(name).read_text()

    def replace_by_link(self, name: str, target: str) -> None:
        """Writes to /dev/full fail as on a full disk."""
        self.path(name).unlink(missing_ok=True)
        self.path(name).symlink_to(target)

    def environment(self) -> dict[str, str]:
        """A run of the program."""
        return {**os.environ, "FADUMPCTL_ROOT": str(self.root), **self.env}

    def start(self, *args: Any, **more: Any) -> Program:
        """Start the program, without the ignored SIGHUP of a test run by nohup."""
        before = more.pop("preexec_fn", lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))

        def prepare() -> None:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            before()

        more = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE, **more, "preexec_fn": prepare}
        child = Program([PROGRAM, *map(str, args)], env=self.environment(), text=True, **more)
        self.addCleanup(child.end)
        return child

    def run_program(self, *args: Any, code: int = DONE) -> "subprocess.CompletedProcess[str]":
        """Run it to its end, and check its exit status."""
        with self.start(*args) as child:
            out, err = child.communicate(timeout=60)
        self.assertEqual(child.returncode, code, f"{args}\n{out}\n{err}")
        self.assertNotIn("Sanitizer", err)
        self.assertNotIn("runtime error", err)
        if code not in (DONE, WAITING, NOT_ARMED):
            self.assertTrue(out or err, f"{args} failed without a word")
        return subprocess.CompletedProcess(args, child.returncode, out, err)

    def json(self, *args: Any, code: int = DONE) -> Any:
        """Its JSON output."""
        return json.loads(self.run_program(*args, code=code).stdout)

    def on_terminal(self, *args: Any, columns: int = 80, answer: str = "") -> str:
        """All output on a terminal where this is typed."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
        with self.start(*args, stdin=slave, stdout=slave, stderr=slave):
            os.close(slave)
            os.write(master, answer.encode())
            text = b""
            while piece := self._read_terminal(master):
                text += piece
        os.close(master)
        return text.decode()

    @staticmethod
    def _read_terminal(master: int) -> Optional[bytes]:
        try:
            return os.read(master, 65536)
        except OSError:
            return None

    def assert_fits(self, text: str, columns: int = 80) -> None:
        """No line and no progress bar is wider than the terminal."""
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
            self.assertLessEqual(len(line.replace("\x1b[K", "")), columns, repr(line))
