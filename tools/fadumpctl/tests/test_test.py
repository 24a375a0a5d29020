# SPDX-License-Identifier: GPL-2.0-or-later
"""test: the token, memory and registers, before the crash and after it."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import struct
import subprocess
import time
import unittest
from pathlib import Path
from typing import Any, Optional

import cores
from lab import (CAPTURED, DONE, FAILED, HAVE_KDUMPFILE, HERE, ID, INTERRUPTED, STATE,
                 USAGE, Case)


class Crash(Case):
    """A machine that can crash."""

    def setUp(self) -> None:
        super().setUp()
        self.write("/proc/sys/kernel/random/boot_id", "first\n")
        self.write("/proc/sysrq-trigger", "")
        self.write("/dev/kmsg", "")
        self.path("/var/lib").mkdir(parents=True)
        self.env["TMPDIR"] = str(self.top)

    def crash(self) -> str:
        """Run the test; the token that it stores."""
        # This machine does not crash, and that is said.
        self.assertIn("the machine goes on",
                      self.run_program("test", "--yes", code=FAILED).stderr)
        self.assertEqual(self.read("/proc/sysrq-trigger"), "c")
        return json.loads(self.read("/var/lib/fadumpctl/test.json"))["token"]

    def reboot(self, token: str, **more: Any) -> None:
        """A capture kernel, with the dump of the crashed one."""
        self.boot(CAPTURED)
        self.write("/proc/sys/kernel/random/boot_id", "second\n")
        self.write("/proc/stat", f"cpu 1\nintr {'0 ' * 40000}\nbtime {int(time.time())}\n")
        records = [b"fadumpctl test: token " + token.encode(), b"panic"]
        info = cores.core(records=records, **more).replace(b"CRASHTIME=1795590007",
                                                   b"CRASHTIME=%d" % time.time())
        self.write("/proc/vmcore", info)


class TestTest(Crash):
    """fadumpctl test."""

    def test_token(self) -> None:
        token = self.crash()
        self.assertEqual(len(token), 32)
        self.assertEqual(self.read("/dev/kmsg"), f"fadumpctl test: token {token}\n")

    def test_words(self) -> None:
        """File systems are written back, as the help says."""
        self.assertIn("writes its file systems back (sync); programs are not ended",
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
        self.assertIn("Token               found in the dump", out)
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
        """Add a saved dump of a machine."""
        dump = self.path("/var/crash") / name
        dump.mkdir(parents=True)
        now = int(time.time())
        (dump / "info.json").write_text(json.dumps(
            {"began": now, "ended": now + 1, "crashed": now - 1, **info}))
        (dump / "dmesg.txt").write_text(f"fadumpctl test: token {token}\n")
        return dump

    def test_report_of_other_machines(self) -> None:
        """Dumps of other machines are not read, even if the machines have similar names."""
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
        """A FIFO, invalid JSON, invalid times."""
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
        """A target that cannot be searched may have a dump."""
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
            self.assertIn(f"cannot look into {where}" if where else "none is waiting",
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


# -- thorough ------------------------------------------------------------------

MASK = (1 << 64) - 1


def mix(x: int) -> int:
    """The pattern of selftest/pattern.c, computed independently."""
    for shift in (31, 29):
        x = (x ^ x >> shift) * 0x9E3779B97F4A7C15 & MASK
    return x ^ x >> 32


def pattern(seed: int, address: int, size: int) -> bytes:
    """A page of the test."""
    base = mix((seed + address) & MASK)
    return b"fadump test page" + struct.pack(
        f"<{size // 8 - 2}Q", seed, address,
        *(mix((base + n) & MASK) for n in range(4, size // 8)))


def registers(seed: int, cpu: int) -> tuple[int, ...]:
    """r14 to r21 of a CPU."""
    first = mix(seed) & ~0xFFFFFFFF | cpu
    return (first, *(mix((first + n) & MASK) for n in range(1, 8)))


PLACES = ("low", "middle", "high", "dump_area")
HOST_PAGE = os.sysconf("SC_PAGESIZE")
#: Where the program takes memory.
BASE = 1 << 45


#: A library whose alarms come sixty times as early.
HASTE = """\
#include <sys/time.h>
unsigned int alarm(unsigned int seconds)
{
	struct itimerval t = { .it_value = { seconds / 60, seconds % 60 * 1000000 / 60 } };

	setitimer(ITIMER_REAL, &t, 0);
	return 0;
}
"""


class TestFill(Crash):
    """Filling memory before the crash."""

    machine = {**Crash.machine, "/sys/devices/system/cpu/online": "0\n"}

    def setUp(self) -> None:
        super().setUp()
        self.write("/etc/fadump.conf", "LEVEL=17\n")
        self.write("/proc/self/oom_score_adj", "0")
        self.available(HOST_PAGE)
        self.path("/proc/sysrq-trigger").unlink()
        os.mkfifo(self.path("/proc/sysrq-trigger"))

    def available(self, kib: int) -> None:
        """Set the available memory, of which the test takes 7/8 and keeps 1/8."""
        self.write("/proc/meminfo", f"MemTotal: 2000000 kB\nMemAvailable: {kib} kB\n")
        pages = kib * 1024 // HOST_PAGE * 7 // 8
        # All over the 2 GiB of this machine, the last page first.
        apart = (2 << 30) // HOST_PAGE // (pages + 1)
        self.pfns = [apart * (pages - i) for i in range(pages)]
        with self.path("/proc/self/pagemap").open("wb") as file:
            file.seek(BASE // HOST_PAGE * 8)
            file.write(struct.pack(f"<{pages}Q", *(1 << 63 | pfn for pfn in self.pfns)))

    def fill(self) -> tuple[dict[str, Any], dict[int, bytes]]:
        """Run the test up to the crash; the stored file, and the program's memory."""
        child = self.start("test", "--thorough", "--yes")
        for _ in range(600):
            if self.read("/dev/kmsg") or child.poll() is not None:
                break
            time.sleep(0.05)
        self.assertIsNone(child.poll(), "ended before the crash")
        test = json.loads(self.read("/var/lib/fadumpctl/test.json"))
        there = self.memory(child, test)
        self.assertEqual(self.read("/proc/sysrq-trigger"), "c")
        child.communicate(timeout=60)
        return test, there

    def memory(self, child: "subprocess.Popen[str]", test: dict[str, Any]) -> dict[int, bytes]:
        """The contents of the pages that are kept, by physical address."""
        wanted = {pfn for place in PLACES for pfn in test["thorough"]["pages"][place]}
        with Path(f"/proc/{child.pid}/mem").open("rb", 0) as file:
            there = {}
            for i, pfn in enumerate(self.pfns):
                file.seek(BASE + i * HOST_PAGE)
                page = file.read(HOST_PAGE)
                if pfn in wanted:
                    there[pfn * HOST_PAGE] = page
                else:
                    self.assertFalse(any(page), f"page {i} is still there")
        return there

    def test_places(self) -> None:
        """Each place has the same number of pages, all inside of it."""
        pages = self.fill()[0]["thorough"]["pages"]
        self.assertEqual({place: len(pages[place]) for place in PLACES},
                         dict.fromkeys(PLACES, 32))
        ends = {"low": (0, 0x14000000), "dump_area": (0x14010000, 0x28020000),
                # Half of what is neither.
                "middle": (0x14000000, 0x54100000), "high": (0x54000000, 0x80000000)}
        for place, (start, end) in ends.items():
            for pfn in pages[place]:
                self.assertTrue(start <= pfn * HOST_PAGE < end, f"{place}: {pfn:#x}")
        # They are not only the first that were seen.
        self.assertGreater(len({pfn // 8192 for pfn in pages["high"]}), 10)

    def test_comes_through(self) -> None:
        """A dump with the program's memory: the report finds all pages."""
        test, there = self.fill()
        seed = int(test["token"][:16], 16)
        self.assertEqual(len(there), 128)
        for address, page in there.items():
            self.assertEqual(page, pattern(seed, address, HOST_PAGE), f"{address:#x}")
        self.reboot(test["token"], memory=there.items(),
                    cpu_notes=[cores.cpu("<", 1, 0, some=registers(seed, 0))])
        proof = self.json("test", "--report", "--json")["proof"]
        for place in PLACES:
            self.assertEqual(proof["pages"][place]["good"], 32)
        self.assertEqual(self.read("/proc/self/oom_score_adj"), "1000")

    def test_between_regions(self) -> None:
        """Under SLOF a part of the dump area is in no region: it belongs to the area as well."""
        self.write("/sys/kernel/debug/powerpc/fadump_region",
                   "CPU : [0x00000014010000-0x0000001401ffff] 0x10000 bytes, Dumped: 0x0\n"
                   "DUMP: [0x00000024020000-0x0000003801ffff] 0x14000000 bytes, Dumped: 0x0\n")
        pages = self.fill()[0]["thorough"]["pages"]
        self.assertTrue(any(pfn * HOST_PAGE < 0x24000000 for pfn in pages["dump_area"]))
        self.assertTrue(all(pfn * HOST_PAGE >= 0x38020000
                            for place in ("middle", "high") for pfn in pages[place]))

    def test_unknown_regions(self) -> None:
        """Without debugfs the dump area is unknown, and the report says so."""
        self.path("/sys/kernel/debug/powerpc/fadump_region").unlink()
        thorough = self.fill()[0]["thorough"]
        self.assertFalse(thorough["knows_dump_area"])
        self.assertEqual([len(thorough["pages"][place]) for place in PLACES], [32, 32, 32, 0])

    def test_machine(self) -> None:
        """Model and firmware, but nothing that identifies the machine."""
        self.write("/proc/device-tree/model", b"IBM,9105-22A\0")
        self.write("/proc/device-tree/compatible", b"IBM,9105\0IBM,pseries\0")
        self.write("/proc/device-tree/system-id", b"IBM,0278123456\0")
        self.write("/proc/device-tree/rtas/ibm,configure-kernel-dump", b"\0\0\x20\x2b")
        machine = self.fill()[0]["thorough"]["machine"]
        self.assertEqual(machine["firmware"], {
            "model": "IBM,9105-22A", "compatible": "IBM,9105 IBM,pseries",
            "rtas/ibm,configure-kernel-dump": "0000202b"})
        self.assertEqual(machine["kernel"]["mem_reserved"], 335740928)
        self.assertNotIn("0278123456", json.dumps(machine))

    def refuse(self, said: str) -> None:
        """The test refuses to crash, with this message."""
        got = self.run_program("test", "--thorough", "--yes", code=FAILED)
        self.assertIn(said, got.stderr)
        self.assertEqual(self.read("/dev/kmsg"), "")

    def test_no_crash(self) -> None:
        """No crash happens: it gives up, and its threads end. A minute is a second here."""
        if not shutil.which("gcc"):
            self.skipTest("there is no compiler")
        lib = self.top / "alarm.so"
        subprocess.run(["gcc", "-xc", "-shared", "-fPIC", "-o", lib, "-"], check=True, text=True,
                       input=HASTE)
        self.env.update(LD_PRELOAD=str(lib), ASAN_OPTIONS="verify_asan_link_order=0")
        for more in (), ("--thorough",):
            got = self.run_program("test", "--yes", *more, code=FAILED)
            self.assertIn("no crash within 60 seconds", " ".join(got.stderr.split()))

    def test_cannot(self) -> None:
        """Without filled memory there is no crash."""
        self.write("/proc/self/pagemap", b"")
        self.refuse("only root may read them")
        self.write("/proc/meminfo", "MemAvailable: 1 kB\n")
        self.refuse("not enough memory")

    def test_level(self) -> None:
        """A level that leaves out user memory is reported before the crash."""
        self.write("/etc/fadump.conf", "LEVEL=31\n")
        got = self.run_program("test", "--thorough", code=USAGE)
        self.assertIn("LEVEL=23 keeps them", got.stderr)
        self.write("/etc/fadump.conf", "LEVEL=23\n")
        got = self.run_program("test", "--thorough", code=USAGE)
        self.assertNotIn("LEVEL", got.stderr)


class TestProof(Crash):
    """The report about a thorough test."""

    token = "0123456789abcdef" * 2
    seed = 0x0123456789ABCDEF
    #: Of pages of 64 KiB; other pages of the core's are beside them.
    pages = {"low": [2, 3, 5], "middle": [6, 0x1000], "high": [7, 0x2000], "dump_area": [0x1500]}

    def remember(self, **more: Any) -> None:
        """Write test.json."""
        thorough = {"page_size": cores.PAGE, "knows_dump_area": True, "pages": self.pages,
                    "cpus": [0, 1, 4], "machine": {"firmware": {"model": "a model"},
                                                   "kernel": {"release": "6.12", "mem_reserved":
                                                              1 << 30, "cma_size": 1 << 20}},
                    **more}
        self.write("/var/lib/fadumpctl/test.json", json.dumps(
            {"token": self.token, "boot_id": "first", "began": int(time.time()),
             "thorough": thorough}))

    def memory(self) -> dict[int, bytes]:
        """All pages outside of the dump area, as they were."""
        return {pfn * cores.PAGE: pattern(self.seed, pfn * cores.PAGE, cores.PAGE)
                for place in PLACES[:3] for pfn in self.pages[place]}

    def notes(self, *cpus: Optional[int]) -> list[bytes]:
        """Registers of these CPUs; None is the one that crashed."""
        return [cores.cpu("<", 1, 0x1000, trap=0x700 * (cpu is None),
                          some=() if cpu is None else registers(self.seed, cpu))
                for cpu in cpus]

    def captured(self, memory: dict[int, bytes], notes: list[bytes]) -> None:
        """A dump with these is waiting."""
        self.remember()
        self.reboot(self.token, memory=memory.items(), cpu_notes=notes)

    def report(self, *args: Any, code: int = DONE) -> Any:
        """The report as JSON; the text has the same."""
        got = self.json("test", "--report", "--json", *args, code=code)
        text = self.run_program("test", "--report", *args, code=code).stdout
        self.assert_fits(text.replace(str(self.root), ""))
        flat = " ".join(text.split())
        for part in (*got["proof"]["pages"].values(), got["proof"]["cpus"]):
            for sentence in part["named"]:
                self.assertIn(sentence, flat)
        return got

    def test_all_good(self) -> None:
        """Every page outside of the dump area, every CPU."""
        self.captured(self.memory(), self.notes(0, None, 4))
        got = self.report()
        self.assertEqual([got["proof"]["pages"][place]["good"] for place in PLACES],
                         [3, 2, 2, 0])
        self.assertEqual(got["proof"]["pages"]["dump_area"]["missing"], 1)
        self.assertEqual((got["proof"]["cpus"]["own"], got["proof"]["cpus"]["crashed"]), (2, 1))
        self.assertFalse([part["named"] for part in got["proof"]["pages"].values()
                          if part["named"]] + got["proof"]["cpus"]["named"])
        text = self.run_program("test", "--report").stdout
        self.assertRegex(text, r"Pages, low +3 good\n")
        self.assertRegex(text, r"Pages, dump area +1 missing \(by design")
        self.assertRegex(text, r"CPUs +2 own, 1 crashed\n")
        self.assertRegex(text, r"Kernel +without dump_status: 6.12\n"
                               r"Dump area +1.0 GiB\n +1.0 MiB of it reserved as CMA\n"
                               r"Firmware +model: a model\n")

    def test_pages(self) -> None:
        """Exactly the wrong pages are named, with their state."""
        memory = self.memory()
        at = {pfn: pfn * cores.PAGE for pfn in (2, 3, 5, 6, 7, 0x1500)}
        memory[at[2]] = memory[at[2]][:0x1000] + bytes(16) + memory[at[2]][0x1010:]
        memory[at[3]] = memory[at[5]]
        memory[at[6]] = bytes(cores.PAGE)
        del memory[at[7]]
        memory[at[0x1500]] = b"copy" * (cores.PAGE // 4)
        self.captured(memory, self.notes(0, None, 4))
        pages = self.report(code=FAILED)["proof"]["pages"]
        self.assertEqual(pages["low"]["named"], [
            "0x20000: 16 of 65536 bytes differ, the first word at +0x1000",
            "0x30000: holds the page of 0x50000"])
        self.assertEqual(pages["middle"]["named"], ["0x60000: holds something else"])
        self.assertEqual(pages["high"]["named"], ["0x70000: not in the dump"])
        self.assertEqual((pages["dump_area"]["foreign"], pages["dump_area"]["named"]), (1, []))
        self.assertEqual([pages["low"][word] for word in ("good", "damaged", "misplaced")],
                         [1, 1, 1])

    def test_only_one_is_gone(self) -> None:
        """One page is enough to fail."""
        for pfn in (5, 0x1000, 0x2000):
            memory = self.memory()
            del memory[pfn * cores.PAGE]
            self.captured(memory, self.notes(0, None, 4))
            self.report(code=FAILED)

    def test_cpus(self) -> None:
        """Registers of another CPU's, damaged ones, none."""
        few = list(registers(self.seed, 0))
        few[3] ^= 1
        self.captured(self.memory(), [cores.cpu("<", 1, 0, some=tuple(few)),
                                      *self.notes(4)])
        cpus = self.report(code=FAILED)["proof"]["cpus"]
        self.assertEqual(cpus["named"], ["CPU 0: some registers have changed",
                                         "CPU 1: has the registers of CPU 4",
                                         "CPU 4: has no registers in the dump"])
        self.assertEqual([cpus[word] for word in ("own", "damaged", "of_another", "missing")],
                         [0, 1, 1, 1])

    def test_busy_cpu(self) -> None:
        """A busy CPU is not a fault of firmware."""
        self.captured(self.memory(), [*self.notes(0, None), cores.cpu("<", 1, 7)])
        cpus = self.report()["proof"]["cpus"]
        self.assertEqual((cpus["busy"], cpus["named"]), (1, ["CPU 4: ran something else"]))

    def test_big_endian(self) -> None:
        """Notes are in the crashed kernel's order, pages are not."""
        self.remember()
        self.reboot(self.token, order=">", memory=self.memory().items(), cpu_notes=[
            cores.cpu(">", 1, 0, some=registers(self.seed, cpu)) for cpu in (0, 1, 4)])
        self.assertEqual(self.report()["proof"]["cpus"]["own"], 3)

    def test_untouched_kernel(self) -> None:
        """A kernel with the old names, and a dump that another program has saved."""
        self.captured(self.memory(), self.notes(0, None, 4))
        dump = self.top / "dump.202611301200"
        self.path("/proc/vmcore").rename(dump)
        for name in ("/sys/kernel/fadump", "/sys/kernel/debug"):
            self.path(name).rename(self.path(f"{name}.gone"))
        self.report("--in", dump)
        memory = self.memory()
        del memory[5 * cores.PAGE]
        self.captured(memory, self.notes(0, None, 4))
        self.path("/proc/vmcore").rename(dump)
        low = self.report("--in", dump, code=FAILED)["proof"]["pages"]["low"]
        self.assertEqual(low["named"], ["0x50000: not in the dump"])

    def test_unknown_regions(self) -> None:
        """If the dump area is unknown, a missing page may lie in it."""
        memory = self.memory()
        del memory[5 * cores.PAGE]
        self.captured(memory, self.notes(0, None, 4))
        self.remember(knows_dump_area=False)
        out = self.run_program("test", "--report", code=FAILED).stdout
        self.assertIn("Which pages are in the dump area is unknown", out)

    def test_saved_dump(self) -> None:
        """The file that belongs to a saved dump, and its level."""
        self.captured(self.memory(), self.notes(0, None, 4))
        self.path("/var/crash").mkdir()
        self.env["FAKE_DMESG"] = "fail"
        where = Path(self.run_program("save", "--raw", self.path("/var/crash")).stdout.strip())
        self.path("/proc/vmcore").unlink()
        got = self.report("--in", self.path("/var/crash"))
        self.assertEqual((got["dump"], got["proof"]["level"]), (str(where), None))
        info = json.loads((where / "info.json").read_text())
        (where / "info.json").write_text(json.dumps({**info, "level": 31}))
        out = self.run_program("test", "--report", "--in", self.path("/var/crash")).stdout
        self.assertIn("without user memory", out)
        # No name in it leads out of the directory.
        (where / "info.json").write_text(json.dumps({**info, "file": "../vmcore"}))
        (where / "vmcore").rename(where.parent / "vmcore")
        got = self.json("test", "--report", "-j", "--in", self.path("/var/crash"), code=FAILED)
        self.assertIsNone(got["proof"])

    @unittest.skipUnless(HAVE_KDUMPFILE, "built without libkdumpfile")
    def test_compressed(self) -> None:
        """A compressed dump; without user memory the report says why pages are missing."""
        # Where pages do not follow on each other the library itself loses memory.
        self.env["ASAN_OPTIONS"] = "detect_leaks=0"
        self.pages = {"low": [2, 3], "middle": [5], "high": [6, 7], "dump_area": []}
        dump = self.top / "dump"
        self.captured(self.memory(), self.notes(0, None, 4))
        raw = self.path("/proc/vmcore").read_bytes()
        dump.write_bytes(cores.compressed(raw))
        got = self.report("--in", dump)["proof"]
        self.assertEqual([got["pages"][place]["good"] for place in PLACES], [2, 1, 2, 0])
        dump.write_bytes(dump.read_bytes()[:-100])
        got = self.run_program("test", "--report", "--in", dump, code=FAILED)
        self.assertIn("damaged: ", got.stderr)
        self.captured({}, self.notes(0, None, 4))
        dump.write_bytes(cores.compressed(self.path("/proc/vmcore").read_bytes()))
        got = self.report("--in", dump, code=FAILED)["proof"]
        self.assertTrue(got["without_programs"])

    @unittest.skipUnless(HAVE_KDUMPFILE and shutil.which("gcc"), "no library, or no compiler")
    def test_damaged_dump_takes_too_long(self) -> None:
        """libkdumpfile hangs. A minute is a second here."""
        self.captured({}, [])
        dump = self.top / "dump"
        dump.write_bytes(cores.compressed(self.path("/proc/vmcore").read_bytes()))
        libs = self.top / "libkdumpfile.so.10", self.top / "alarm.so"
        (self.top / "alarm.c").write_text(HASTE)
        for lib, source in zip(libs, (HERE / "stub-kdumpfile.c", self.top / "alarm.c")):
            subprocess.run(["gcc", "-shared", "-fPIC", "-o", lib, source], check=True)
        self.env.update(LD_LIBRARY_PATH=str(self.top), STUB_WHERE="new", STUB_HOW="hang",
                        STUB_INFO="", STUB_PID=str(self.top / "pid"), LD_PRELOAD=str(libs[1]),
                        ASAN_OPTIONS="verify_asan_link_order=0")
        got = self.run_program("test", "--report", "--in", dump, code=INTERRUPTED)
        self.assertIn("the report has not finished within 600 seconds", got.stderr)

    def test_output(self) -> None:
        """One file: the object of --json, and the lines of the text."""
        self.captured(self.memory(), self.notes(0, None, 4))
        sent = self.top / "report.json"
        out = self.run_program("test", "--report", "--output", sent).stdout
        got = json.loads(sent.read_text())
        self.assertEqual(got.pop("text"), out.splitlines())
        self.assertEqual(got, self.json("test", "--report", "--json"))
        got = self.run_program("test", "--report", "-o", "/dev/full", code=5)
        self.assertIn("No space left", got.stderr)
        self.run_program("test", "--output", sent, code=USAGE)
        self.run_program("test", "--report", "--thorough", code=USAGE)

    def test_output_without_names(self) -> None:
        """A report does not name the machine, as a dump's name does."""
        self.captured(self.memory(), self.notes(0, None, 4))
        sent = self.top / "report.json"
        where = self.path(f"/var/crash/fadump-secret-{ID}-20300101-000000")
        where.mkdir(parents=True)
        self.path("/proc/vmcore").rename(where / "vmcore")
        (where / "info.json").write_text(json.dumps({"began": int(time.time()) + 5,
                                                     "file": "vmcore"}))
        (where / "dmesg.txt").write_text(f"[    1.0] fadumpctl test: token {self.token}\n")
        self.assertIn("secret", self.run_program("test", "--report", "-o", sent).stdout)
        self.assertTrue(json.loads(sent.read_text())["token_found"])
        for name in ("secret", ID):
            self.assertNotIn(name, sent.read_text())
        shutil.rmtree(where)
        self.write("/etc/fadump.conf", "TARGET=ssh://me@secret/dumps\n")
        self.run_program("test", "--report", "-o", sent, code=FAILED)
        self.assertNotIn("secret", sent.read_text())

    def test_damaged_list(self) -> None:
        """A damaged list: the rest of the report is there, with a message."""
        self.captured(self.memory(), self.notes(0, None, 4))
        good: dict[str, Any] = {"page_size": cores.PAGE, "cpus": [0], "pages": self.pages}
        for key, value in (("page_size", 3), ("page_size", 1 << 40), ("page_size", "65536"),
                           ("pages", []), ("pages", {"low": [1]}),
                           ("pages", {**self.pages, "low": ["x"]}),
                           ("pages", {**self.pages, "low": [-1]}),
                           ("pages", {**self.pages, "low": [1 << 62]}),
                           ("pages", {**self.pages, "low": [1] * 70000}),
                           ("cpus", 7), ("cpus", [1 << 40]), ("cpus", [0] * 9000)):
            self.remember(**{**good, key: value})
            got = self.run_program("test", "--report", code=FAILED)
            self.assertIn(f'damaged: "{key}" is invalid', got.stderr)
            self.assertIn("found in the dump", got.stdout)

    def test_damaged_file(self) -> None:
        """test.json is cut anywhere, or far too long."""
        self.captured(self.memory(), self.notes(0, None, 4))
        text = self.read("/var/lib/fadumpctl/test.json")
        for end in range(0, len(text), 37):
            self.write("/var/lib/fadumpctl/test.json", text[:end])
            got = self.run_program("test", "--report", code=STATE)
            self.assertIn("test.json: damaged in line", got.stderr)
        self.write("/var/lib/fadumpctl/test.json", text.rstrip("}") + " " * (5 << 20) + "}}")
        self.assertIn("not a file of fadumpctl test",
                      self.run_program("test", "--report", code=STATE).stderr)

    def test_damaged_dump(self) -> None:
        """Of a dump that is cut, the pages that it has are compared."""
        self.captured(self.memory(), self.notes(0, None, 4))
        raw = self.path("/proc/vmcore").read_bytes()
        self.write("/proc/vmcore", raw[:-3 * cores.PAGE + 100])
        pages = self.report(code=FAILED)["proof"]["pages"]
        self.assertEqual([pages[place]["missing"] for place in PLACES], [0, 1, 2, 1])
