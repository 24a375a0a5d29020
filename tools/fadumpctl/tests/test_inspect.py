# SPDX-License-Identifier: GPL-2.0-or-later
"""inspect, and completion of what all commands share."""

from __future__ import annotations

import os
import socket
import unittest

import cores
from lab import DAMAGED, FAILED, HAVE_KDUMPFILE, MISSING, STATE, USAGE, Case

LOG = ["[    1.500000] first", "[    1.501000] Kernel panic - not syncing: test",
       "[    1.502000] two", "[    1.502000] lines", "[    1.503000] \\x1b[31mred\\xff",
       "[    1.504000] the last one"]


class TestInspect(Case):
    """fadumpctl inspect."""

    def dump(self, data: bytes) -> str:
        path = self.top / "dump"
        path.write_bytes(data)
        return str(path)

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
        self.run_program("inspect", "a", "b", code=USAGE)

    def test_what_is_no_file(self) -> None:
        """Nothing is opened that may wait for ever, or that does something when it is."""
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
        err = self.run_program("inspect", self.dump(b"KDUMP   " + bytes(500)),
                               code=MISSING).stderr
        self.assertIn("needs libkdumpfile", err)

    @unittest.skipUnless(HAVE_KDUMPFILE, "there is no libkdumpfile")
    def test_library_that_cannot_be_loaded(self) -> None:
        """Only such a file needs it."""
        (self.top / "libkdumpfile.so.10").write_text("no library")
        self.env["LD_LIBRARY_PATH"] = str(self.top)
        err = self.run_program("inspect", self.dump(b"KDUMP   " + bytes(500)),
                               code=MISSING).stderr
        self.assertIn("needs libkdumpfile: ", err)
        self.run_program("inspect", self.dump(cores.core()))

    @unittest.skipUnless(HAVE_KDUMPFILE, "there is no libkdumpfile")
    def test_compressed(self) -> None:
        """What save leaves says the same as what it has read."""
        # The library does not free what it made to list the pages.
        self.env["ASAN_OPTIONS"] = "detect_leaks=0"
        got = self.json("inspect", "-j", "-c", self.dump(cores.compressed(cores.core())))
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
