# SPDX-License-Identifier: GPL-2.0-or-later
"""test: the token before the crash and after it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import cores
from lab import CAPTURED, DONE, FAILED, HERE, STATE, USAGE, Case


class TestTest(Case):
    """fadumpctl test."""

    def setUp(self) -> None:
        super().setUp()
        self.write("/proc/sys/kernel/random/boot_id", "first\n")
        self.write("/proc/sysrq-trigger", "")
        self.write("/dev/kmsg", "")
        self.path("/var/lib").mkdir(parents=True)
        self.env["TMPDIR"] = str(self.top)

    def crash(self) -> str:
        """Crash; the token."""
        # This machine does not crash, and that is said.
        self.assertIn("the machine goes on",
                      self.run_program("test", "--yes", code=FAILED).stderr)
        self.assertEqual(self.read("/proc/sysrq-trigger"), "c")
        return json.loads(self.read("/var/lib/fadumpctl/test.json"))["token"]

    def reboot(self, token: str) -> None:
        """Another kernel, with the dump of that one."""
        self.boot(CAPTURED)
        self.write("/proc/sys/kernel/random/boot_id", "second\n")
        self.write("/proc/stat", f"cpu 1\nintr {'0 ' * 40000}\nbtime {int(time.time())}\n")
        records = [b"fadumpctl test: token " + token.encode(), b"panic"]
        info = cores.core(records=records).replace(b"CRASHTIME=1795590007",
                                                   b"CRASHTIME=%d" % time.time())
        self.write("/proc/vmcore", info)

    def test_token(self) -> None:
        token = self.crash()
        self.assertEqual(len(token), 32)
        self.assertEqual(self.read("/dev/kmsg"), f"fadumpctl test: token {token}\n")

    def test_asks(self) -> None:
        self.run_program("test", code=USAGE)
        self.assertEqual(self.read("/proc/sysrq-trigger"), "")

    def test_not_armed(self) -> None:
        self.write("/sys/kernel/fadump/registered", "0\n")
        self.assertIn("not armed", self.run_program("test", "-y", code=STATE).stderr)
        self.boot(CAPTURED)
        self.assertIn("a dump is waiting", self.run_program("test", "-y", code=STATE).stderr)
        self.assertEqual(self.read("/proc/sysrq-trigger"), "")

    def test_report_from_vmcore(self) -> None:
        self.reboot(self.crash())
        got = self.json("test", "--report", "--json")
        self.assertTrue(got["crashed"] and got["token_found"])
        self.assertTrue(got["dump"].endswith("/proc/vmcore"))
        self.assertLess(got["test_to_crash"], 60)
        self.assertLess(got["crash_to_boot"], 60)
        self.assertIsNone(got["save"])
        out = self.run_program("test", "--report").stdout
        self.assertIn("Token               found in it", out)
        self.assert_fits(out.replace(str(self.root), ""))

    def test_report_from_saved_dump(self) -> None:
        self.reboot(self.crash())
        crash = self.path("/var/crash")
        crash.mkdir()
        self.env["FAKE_DMESG"] = "fail"
        dump = Path(self.run_program("save", "--makedumpfile", HERE / "makedumpfile.sh",
                                     crash).stdout.strip())
        time.sleep(1.1)
        self.run_program("save", "--log-only", "-q", "--makedumpfile",
                         HERE / "makedumpfile.sh", crash)
        self.path("/proc/vmcore").unlink()
        got = self.json("test", "--report", "--json", code=DONE)
        self.assertEqual(got["dump"], str(dump))
        self.assertLess(got["save"], 60)
        got = self.json("test", "--report", "-j", "--in", self.top, code=FAILED)
        self.assertIsNone(got["dump"])

    def test_report_from_elsewhere(self) -> None:
        """There may be a dump where it cannot be seen."""
        self.reboot(self.crash())
        self.path("/proc/vmcore").unlink()
        self.write("/dev/sdz", "")
        self.path("/var/crash").mkdir()
        for target, where in (("ssh://host/crash", "ssh://host/crash"),
                              ("/dev/sdz", f"{self.root}/dev/sdz"), ("/var/crash", None)):
            self.write("/etc/fadump.conf", f"TARGET={target}\n")
            got = self.json("test", "--report", "-j", code=FAILED)
            self.assertEqual((got["dump"], got["cannot_look_into"]), (None, where))
            out = self.run_program("test", "--report", code=FAILED).stdout
            self.assertIn(f"cannot look into {where}" if where else "none that is",
                          " ".join(out.split()))

    def test_report_of_another_dump(self) -> None:
        self.crash()
        self.reboot("0" * 32)
        out = self.run_program("test", "--report", code=FAILED).stdout
        self.assertIn("not found", out)

    def test_report_without_a_crash(self) -> None:
        self.run_program("test", "--report", code=STATE)
        self.crash()
        out = self.run_program("test", "--report", code=FAILED).stdout
        self.assertIn("still the same boot", out)
        self.write("/var/lib/fadumpctl/test.json", "{")
        self.run_program("test", "--report", code=STATE)
