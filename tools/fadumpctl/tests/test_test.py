# SPDX-License-Identifier: GPL-2.0-or-later
"""test: the token before the crash and after it."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import time
from pathlib import Path

import cores
from lab import CAPTURED, DONE, FAILED, HERE, ID, INTERRUPTED, STATE, USAGE, Case


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

    def test_words(self) -> None:
        """What it says of file systems is what it does."""
        self.assertIn("written its file systems back (sync); programs are not ended",
                      " ".join(self.run_program("test", "--help").stdout.split()))
        master, slave = pty.openpty()
        with self.start("test", stdin=slave) as child:
            os.write(master, b"no\n")
            out, _err = child.communicate(timeout=60)
        os.close(slave)
        os.close(master)
        self.assertIn("file systems are written back first, programs are not ended",
                      " ".join(out.split()))
        self.assertEqual(child.returncode, INTERRUPTED)
        self.assertEqual(self.read("/proc/sysrq-trigger"), "")

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

    def saved(self, name: str, token: str, **info: object) -> Path:
        """A dump that is there, of whatever machine."""
        dump = self.path("/var/crash") / name
        dump.mkdir(parents=True)
        now = int(time.time())
        (dump / "info.json").write_text(json.dumps(
            {"began": now, "ended": now + 1, "crashed": now - 1, **info}))
        (dump / "dmesg.txt").write_text(f"fadumpctl test: token {token}\n")
        return dump

    def test_report_of_other_machines(self) -> None:
        """What they have saved there is not looked into, be it named like this one."""
        token = self.crash()
        self.reboot(token)
        self.path("/proc/vmcore").unlink()
        now = int(time.time())
        for name in ("fadump-other-01234567-20300101-000000", "fadump-other-20300101-000000",
                     f"fadump-{os.uname().nodename}-01234567-20300101-000000",
                     f"fadump-a-{ID}-01234567-20300101-000000"):
            self.saved(name, "0" * 32, began=now + 9)
            got = self.json("test", "--report", "-j", code=FAILED)
            self.assertIsNone(got["dump"], name)
        # The initramfs may know this one by another name.
        ours = self.saved(f"fadump-localhost-{ID}-20300101-000000", token)
        self.assertEqual(self.json("test", "--report", "-j")["dump"], str(ours))

    def test_report_without_an_id(self) -> None:
        token = self.crash()
        self.reboot(token)
        self.path("/proc/vmcore").unlink()
        self.path("/etc/machine-id").unlink()
        node = re.sub(r"[^A-Za-z0-9._-]", "_", os.uname().nodename)[:47]
        self.saved(f"fadump-{node}-2-20300101-000000", "0" * 32)
        self.assertIsNone(self.json("test", "--report", "-j", code=FAILED)["dump"])
        ours = self.saved(f"fadump-{node}-20300101-000000", token)
        self.assertEqual(self.json("test", "--report", "-j")["dump"], str(ours))

    def test_report_of_what_others_have_put_there(self) -> None:
        """A FIFO, no JSON, numbers that are no times."""
        token = self.crash()
        self.reboot(token)
        self.path("/proc/vmcore").unlink()
        for day, info in enumerate(({"crashed": -1 << 63}, {"ended": (1 << 63) - 1},
                                    {"ended": "x"}), 1):
            self.saved(f"fadump-x-{ID}-2030010{day}-000000", token, **info)
            got = self.json("test", "--report", "-j")
            self.assertTrue(got["token_found"])
            for key in ("crash_to_boot", "boot_to_save", "save"):
                self.assertLess(got[key] or 0, 100)
            shutil.rmtree(self.path("/var/crash"))
        dump = self.saved(f"fadump-x-{ID}-20300101-000000", token)
        for began in (-1 << 63, (1 << 63) - 1):
            (dump / "info.json").write_text(json.dumps({"began": began}))
            self.assertIsNone(self.json("test", "--report", "-j", code=FAILED)["dump"])
        (dump / "dmesg.txt").unlink()
        os.mkfifo(dump / "dmesg.txt")
        (dump / "info.json").write_text("{" * 100000)
        self.assertFalse(self.json("test", "--report", "-j", code=FAILED)["token_found"])

    def test_crash_time_that_is_none(self) -> None:
        self.reboot(self.crash())
        for text in ("", "-5", " 5", "+5", "12x", "\n1795590007", "253402300800", "9" * 19,
                     "9" * 40):
            self.write("/proc/vmcore", cores.core(records=[b"x"], crashed=text))
            got = self.json("test", "--report", "-j", code=FAILED)
            self.assertIsNone(got["crash_to_boot"], text)
            self.assertIsNone(got["test_to_crash"], text)
            self.assertNotIn("Crashed", self.run_program("inspect").stdout)

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
