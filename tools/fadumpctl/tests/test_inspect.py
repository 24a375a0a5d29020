# SPDX-License-Identifier: GPL-2.0-or-later
"""inspect, and completion of what all commands share."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
import unittest
from pathlib import Path
from typing import Any

import cores
from lab import (DAMAGED, DONE, FAILED, HAVE_KDUMPFILE, HERE, IGNORED, INTERRUPTED, MISSING,
                 STATE, USAGE, Case)

LOG = ["[    1.500000] first", "[    1.501000] Kernel panic - not syncing: test",
       "[    1.502000] two", "[    1.502000] lines", "[    1.503000] \\x1b[31mred\\xff",
       "[    1.504000] the last one"]

WHOLE = cores.compressed(cores.core())
SHORT = "the file ends before its memory does"


class InspectCase(Case):
    """A file, and inspect."""

    def dump(self, data: bytes) -> str:
        """The name of the file."""
        path = self.top / "dump"
        path.write_bytes(data)
        return str(path)


class TestInspect(InspectCase):
    """fadumpctl inspect."""

    def test_both_byte_orders(self) -> None:
        for order, name in (("<", "little"), (">", "big")):
            got = self.json("inspect", "--json", self.dump(cores.core(order)))
            self.assertEqual(got["machine"], f"ppc64, {name} endian")
            self.assertEqual(got["release"], "7.3.4-test")
            self.assertEqual(len(got["cpus"]), 3)
            self.assertEqual(got["crashing_cpu_note"], 1)
            self.assertEqual(got["cpus"][1]["pid"], 101)
            self.assertEqual(got["cpus"][1]["registers"]["nip"], "0x2020")
            self.assertEqual(got["cpus"][0]["registers"], {})
            self.assertEqual(got["gaps"][0]["start"], "0x103c0")
            self.assertEqual(got["vmcoreinfo"]["PAGESIZE"], "65536")
            self.assertEqual(got["log"], LOG)
            self.assertEqual(got["damage"], [])

    def test_text(self) -> None:
        out = self.run_program("inspect", self.dump(cores.core())).stdout
        for text in ("Kernel              7.3.4-test", "2026-11-25 07:00:07 UTC",
                     "Registers in note 1, of the CPU that crashed, pid 101",
                     "nip 0000000000002020", *LOG):
            self.assertIn(text, out)
        self.assert_fits(out)
        self.assertNotIn("\x1b", out)

    def test_terminal(self) -> None:
        core = cores.core(records=[b"long words " * 12, b"x" * 100])
        for args in ([], ["--cpus", "--vmcoreinfo"]):
            self.assert_fits(self.on_terminal("inspect", *args, self.dump(core)))

    def test_all_cpus(self) -> None:
        got = self.json("inspect", "--json", "--cpus", self.dump(cores.core()))
        self.assertEqual(got["cpus"][2]["registers"]["r1"], "0x3001")

    def test_log_that_has_wrapped(self) -> None:
        records = [b"record %d " % i + b"." * (i * 7 % 40) for i in range(30)]
        dump = self.dump(cores.core(records=records))
        got = self.json("inspect", "--json", "-l", "all", dump)["log"]
        self.assertTrue(got)
        for line, record in zip(reversed(got), reversed(records)):
            self.assertTrue(line.endswith(record.decode()), line)
        self.assertEqual(len(self.json("inspect", "-j", "-l", "2", dump)["log"]), 2)
        self.assertEqual(self.json("inspect", "-j", "-l", "0", dump)["log"], [])

    def test_without_vmcoreinfo(self) -> None:
        dump = self.dump(cores.core(info=""))
        self.assertIsNone(self.json("inspect", "-j", dump)["log"])
        self.assertIn("No log: there is no VMCOREINFO", self.run_program("inspect", dump).stdout)
        dump = self.dump(cores.core(info="OSRELEASE=5.4\n"))
        self.assertIn("5.10 and later", self.run_program("inspect", dump).stdout)

    def test_vmcore_is_the_default(self) -> None:
        self.assertIn("no dump is waiting", self.run_program("inspect", code=STATE).stderr)
        self.write("/proc/vmcore", cores.core())
        self.assertIn("7.3.4-test", self.run_program("inspect").stdout)

    def test_other_machine(self) -> None:
        got = self.json("inspect", "-j", "-c", self.dump(cores.core(machine=62)))
        self.assertEqual(got["machine"], "x86-64")
        self.assertIsNone(got["crashing_cpu_note"])
        self.assertEqual(got["log"], LOG)

    def test_cut(self) -> None:
        whole = cores.core()
        out = self.run_program("inspect", self.dump(whole[:-200]), code=DAMAGED).stdout
        self.assertIn("the file ends before its memory does", out)
        self.assertIn("nip 0000000000002020", out)

    def test_not_a_dump(self) -> None:
        for data in (b"", b"text\n", cores.core()[:100], b"\x7fELF" + bytes(100)):
            err = self.run_program("inspect", self.dump(data), code=DAMAGED).stderr
            self.assertIn("not a dump", err)
        self.assertIn("Is a directory",
                      self.run_program("inspect", self.top, code=FAILED).stderr)
        self.assertIn("No such file",
                      self.run_program("inspect", self.top / "none", code=FAILED).stderr)
        for number in ("many", "1,000", "2k", "-1", "18446744073709551616", ""):
            self.run_program("inspect", f"--log={number}", code=USAGE)
        for number in ("0", "1000001", "soon", ""):
            self.run_program("inspect", f"--timeout={number}", code=USAGE)
        self.run_program("inspect", "a", "b", code=USAGE)

    def test_what_is_no_file(self) -> None:
        """A file whose open() may wait for ever, or has an effect, is not opened."""
        fifo, place = self.top / "fifo", self.top / "socket"
        os.mkfifo(fifo)
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(str(place))
        for path in (fifo, place, "/dev/zero", "/dev/tty", "/dev/stdin"):
            for command in ("inspect", "save --raw --source"):
                err = self.run_program(*command.split(), path, code=FAILED).stderr
                self.assertIn(f"{path}: neither a file nor a block device", err)

    @unittest.skipIf(HAVE_KDUMPFILE, "there is libkdumpfile")
    def test_without_libkdumpfile(self) -> None:
        err = self.run_program("inspect", self.dump(WHOLE), code=MISSING).stderr
        self.assertIn("needs libkdumpfile", err)

    @unittest.skipUnless(HAVE_KDUMPFILE, "there is no libkdumpfile")
    def test_library_that_cannot_be_loaded(self) -> None:
        """Only a compressed file needs the library."""
        (self.top / "libkdumpfile.so.10").write_text("no library")
        self.env["LD_LIBRARY_PATH"] = str(self.top)
        err = self.run_program("inspect", self.dump(WHOLE), code=MISSING).stderr
        self.assertIn("needs libkdumpfile: ", err)
        self.run_program("inspect", self.dump(cores.core()))

    @unittest.skipUnless(HAVE_KDUMPFILE, "there is no libkdumpfile")
    def test_compressed(self) -> None:
        """A saved dump has the same contents as its source."""
        got = self.json("inspect", "-j", "-c", self.dump(WHOLE))
        want = self.json("inspect", "-j", "-c", self.dump(cores.core()))
        self.assertEqual(got["format"], "makedumpfile")
        self.assertEqual(got["log"], LOG)
        for key in ("machine", "release", "cpus", "crashing_cpu_note", "vmcoreinfo", "damage"):
            self.assertEqual(got[key], want[key], key)

    @unittest.skipUnless(HAVE_KDUMPFILE, "there is no libkdumpfile")
    def test_damaged_compressed(self) -> None:
        err = self.run_program("inspect", self.dump(b"KDUMP   " + bytes(500)),
                               code=DAMAGED).stderr
        self.assertIn("dump: ", err)
        err = self.run_program("inspect", self.dump(b"makedumpfile" + bytes(500)),
                               code=DAMAGED).stderr
        self.assertIn("makedumpfile -R", err)


class TestCut(InspectCase):
    """A dump that is cut at any offset is reported as damaged."""

    def setUp(self) -> None:
        super().setUp()
        # The library's crashes are for the program to handle.
        self.env["ASAN_OPTIONS"] = "handle_segv=0:handle_sigbus=0"

    def without_library(self) -> None:
        (self.top / "libkdumpfile.so.10").write_text("no library")
        self.env["LD_LIBRARY_PATH"] = str(self.top)

    def assert_damaged(self, data: bytes, *args: str) -> None:
        """Damage is in the exit status and in the messages."""
        got = self.run_program("inspect", *args, self.dump(data), code=DAMAGED)
        said = got.stdout + got.stderr
        self.assertTrue(any(word in said for word in ("amaged", "not a dump")), said)

    def cut_everywhere(self, whole: bytes, block: int, intact: int) -> None:
        self.run_program("inspect", self.dump(whole), code=intact)
        for at in cores.cuts(whole, block):
            with self.subTest(at=at):
                self.assert_damaged(whole[:at])

    def test_elf(self) -> None:
        whole = cores.core()
        for at in (*range(0, len(whole), 64), 63, 65, 121, len(whole) - 1):
            with self.subTest(at=at):
                self.assert_damaged(whole[:at])

    @unittest.skipUnless(HAVE_KDUMPFILE, "there is no libkdumpfile")
    def test_compressed(self) -> None:
        self.cut_everywhere(WHOLE, cores.PAGE, DONE)

    @unittest.skipUnless(HAVE_KDUMPFILE, "there is no libkdumpfile")
    def test_small_pages(self) -> None:
        for order in ("<", ">"):
            self.cut_everywhere(cores.compressed(cores.core(order), 4096), 4096, DONE)

    @unittest.skipUnless(HAVE_KDUMPFILE, "there is no libkdumpfile")
    def test_split(self) -> None:
        self.cut_everywhere(cores.compressed(cores.core(), 4096, first=17), 4096, DONE)

    @unittest.skipUnless(HAVE_KDUMPFILE, "there is no libkdumpfile")
    def test_json(self) -> None:
        """JSON output is complete or empty."""
        for at in cores.cuts(WHOLE, cores.PAGE)[1:]:
            with self.subTest(at=at):
                got = self.run_program("inspect", "-j", self.dump(WHOLE[:at]), code=DAMAGED)
                if got.stdout:
                    self.assertIn(SHORT, json.loads(got.stdout)["damage"])
                else:
                    self.assertIn("damaged: ", got.stderr)

    def test_without_the_library(self) -> None:
        self.without_library()
        for order in ("<", ">"):
            self.cut_everywhere(cores.compressed(cores.core(order), 4096), 4096, MISSING)
        err = self.run_program("inspect", self.dump(WHOLE[:-1]), code=DAMAGED).stderr
        self.assertIn(f"damaged: {SHORT}", err)

    def test_flattened(self) -> None:
        """The flattened format ends with a mark. Not every version of the library reads it."""
        self.without_library()
        for inner in (cores.core(), cores.compressed(cores.core(), 4096)):
            whole = cores.flattened(inner)
            self.run_program("inspect", self.dump(whole), code=MISSING)
            for at in (12, 100, 4095, *range(4096, len(whole), 999), len(whole) - 1):
                with self.subTest(at=at):
                    self.assert_damaged(whole[:at])

    def test_that_never_was_whole(self) -> None:
        """makedumpfile was killed, or the disk was full: zero descriptors, or a status bit."""
        self.without_library()
        whole = bytearray(cores.compressed(cores.core(), 4096))
        descs = 4 * 4096
        for at, raw, word in ((descs + 24, bytes(24), "makedumpfile has not finished it"),
                              (424, struct.pack("<I", 9), "marked it as incomplete"),
                              (descs + 8, struct.pack("<I", 4097), "are invalid"),
                              (428, struct.pack("<I", 4097), "are invalid"),
                              (4096 + 32, struct.pack("<Q", 1 << 40), "notes lie outside")):
            changed = whole.copy()
            changed[at:at + len(raw)] = raw
            err = self.run_program("inspect", self.dump(bytes(changed)), code=DAMAGED).stderr
            self.assertIn(word, err)

    def test_other_commands(self) -> None:
        """save and test do not pass such a file to the library, which could crash."""
        target = self.top / "target"
        target.mkdir()
        err = self.run_program("save", "--raw", "-q", "-s", self.dump(WHOLE[:0x30000]),
                               "--makedumpfile=false", target).stderr
        self.assertIn(f"damaged: {SHORT}", err)

    def test_end_without_pages(self) -> None:
        """The last part of a split dump may have no page, nor all of its bitmap."""
        self.without_library()
        dump = cores.compressed(cores.core(), 4096, first=100)
        self.run_program("inspect", self.dump(dump[:3 * 4096 + 128 // 8]), code=MISSING)


@unittest.skipUnless(HAVE_KDUMPFILE, "there is no libkdumpfile")
class TestLibrary(InspectCase):
    """Whatever libkdumpfile does, inspect ends in order."""

    def setUp(self) -> None:
        super().setUp()
        self.stub = self.top / "libkdumpfile.so.10"
        compiler = shutil.which("gcc") or shutil.which("clang") or "cc"
        subprocess.run([compiler, "-shared", "-fPIC", "-o", self.stub,
                        HERE / "stub-kdumpfile.c"], check=True)
        self.pid = self.top / "pid"
        info = f"OSRELEASE=7.3.4-test\nSYMBOL(prb)={cores.LINEAR:x}\n{cores.OFFSETS}"
        self.env = {"LD_LIBRARY_PATH": str(self.top), "STUB_INFO": info,
                    "STUB_PID": str(self.pid),
                    "ASAN_OPTIONS": "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigfpe=0"}

    def goes_wrong(self, where: str, how: Any) -> None:
        """Set the environment of the stub library."""
        self.env.update(STUB_WHERE=where, STUB_HOW=str(how))

    def child(self) -> int:
        """The process that hangs in the library."""
        for _ in range(1000):
            if self.pid.exists() and (text := self.pid.read_text()).endswith("\n"):
                return int(text)
            time.sleep(0.02)
        raise AssertionError("the library was not called")

    def assert_gone(self, pid: int, seconds: float = 0) -> None:
        """The process has ended and was waited for."""
        end = time.monotonic() + seconds
        while Path(f"/proc/{pid}").exists():
            self.assertLess(time.monotonic(), end, f"{pid} is still there")
            time.sleep(0.02)

    def test_intact(self) -> None:
        """The result without a fault."""
        self.goes_wrong("nowhere", 0)
        got = self.run_program("inspect", self.dump(WHOLE))
        self.assertIn("7.3.4-test", got.stdout)
        self.assertNotIn("Damaged", got.stdout)

    def test_crash(self) -> None:
        for sig in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE):
            self.goes_wrong("new", int(sig))
            for args in ([], ["--json"]):
                got = self.run_program("inspect", *args, self.dump(WHOLE), code=DAMAGED)
                self.assertIn(f"libkdumpfile has crashed with signal {int(sig)} (", got.stderr)
                self.assertEqual(bool(got.stdout), not args)

    def test_crash_in_between(self) -> None:
        """The output before the crash says that it is incomplete."""
        for how in (int(signal.SIGSEGV), "exit"):
            self.goes_wrong("read", how)
            got = self.run_program("inspect", self.dump(WHOLE), code=DAMAGED)
            self.assertIn("Kernel              7.3.4-test\n", got.stdout)
            self.assertTrue(got.stdout.endswith("\nDamaged             the rest cannot be read\n"),
                            got.stdout)
            self.assertEqual(
                self.run_program("inspect", "-j", self.dump(WHOLE), code=DAMAGED).stdout, "")

    def test_crash_at_the_end(self) -> None:
        """After the output is complete, the library is not called again."""
        self.goes_wrong("free", int(signal.SIGSEGV))
        self.assertEqual(self.json("inspect", "-j", self.dump(WHOLE))["release"], "7.3.4-test")

    def test_exit(self) -> None:
        """exit() by the library is damage, whatever its status."""
        self.goes_wrong("new", "exit")
        err = self.run_program("inspect", self.dump(WHOLE), code=DAMAGED).stderr
        self.assertIn("libkdumpfile has exited", err)

    def test_signal_to_us(self) -> None:
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # What nohup has switched off stays off.
            if sig.name[3:] in IGNORED:
                continue
            self.pid.unlink(missing_ok=True)
            self.goes_wrong("new", "hang")
            with self.start("inspect", self.dump(WHOLE)) as program:
                pid = self.child()
                program.send_signal(sig)
                _, err = program.communicate(timeout=20)
            self.assertEqual(program.returncode, INTERRUPTED, err)
            self.assertIn("interrupted", err)
            self.assert_gone(pid)

    def test_time_limit(self) -> None:
        self.goes_wrong("read", "hang")
        self.run_program("inspect", "--timeout=1", self.dump(WHOLE), code=INTERRUPTED)
        self.assert_gone(self.child())

    def test_killed(self) -> None:
        """Whichever process is killed, none is left. A killed child is no damage of the file."""
        self.goes_wrong("new", "hang")
        with self.start("inspect", self.dump(WHOLE)) as program:
            os.kill(self.child(), signal.SIGKILL)
            _, err = program.communicate(timeout=20)
        self.assertEqual(program.returncode, FAILED, err)
        self.assertIn("killed by signal 9", err)
        self.pid.unlink()
        with self.start("inspect", self.dump(WHOLE)) as program:
            pid = self.child()
            program.kill()
        self.assert_ended(pid)

    def assert_ended(self, pid: int) -> None:
        """An orphan may have no parent that asks for its exit status."""
        for _ in range(500):
            try:
                state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            except FileNotFoundError:
                return
            if state in "ZX":
                return
            time.sleep(0.02)
        self.fail(f"{pid} is still there")

    def test_output(self) -> None:
        """A full disk and a closed pipe are no damage."""
        self.goes_wrong("nowhere", 0)
        for data in (WHOLE, cores.core()):
            path = self.dump(data)
            with open("/dev/full", "w", encoding="ascii") as full:
                with self.start("inspect", path, stdout=full) as program:
                    _, err = program.communicate(timeout=20)
            self.assertEqual(program.returncode, FAILED, err)
            self.assertIn("standard output: ", err)
            read, write = os.pipe()
            os.close(read)
            with self.start("inspect", path, stdout=write) as program:
                os.close(write)
                _, err = program.communicate(timeout=20)
            # With SIGPIPE ignored, the error is like that of a full disk.
            if "PIPE" in IGNORED:
                self.assertEqual(program.returncode, FAILED, err)
                self.assertIn("standard output: ", err)
            else:
                self.assertEqual((program.returncode, err), (-signal.SIGPIPE, ""))
