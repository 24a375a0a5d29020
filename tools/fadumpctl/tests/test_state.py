# SPDX-License-Identifier: GPL-2.0-or-later
"""status, register, unregister, release, args, recommend, map."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import xml.dom.minidom
from pathlib import Path

from lab import (ARMED, CAPTURED, DONE, FAILED, LEGACY, MISSING, NOT_ARMED, STATE, STATUS,
                 USAGE, WAITING, Case)


class TestStatus(Case):
    """fadumpctl status."""

    def test_armed(self) -> None:
        out = self.run_program("status").stdout
        self.assertTrue(out.startswith("Armed               yes\nThe next crash"), out)
        self.assertIn("318.0 MiB are CMA for applications", out)
        self.assertIn("Boot arguments      nr_cpus=8", out)
        self.assertIn("except for pages of applications", out)
        self.assert_fits(out)

    def test_hotplug(self) -> None:
        """Without hotplug_ready, status asks for a new registration."""
        self.assertIn("nothing has to be done after it", self.run_program("status").stdout)
        self.write("/sys/kernel/fadump/hotplug_ready", "0\n")
        self.assertIn("arm again after it: fadumpctl register", self.run_program("status").stdout)
        self.path("/sys/kernel/fadump/hotplug_ready").unlink()
        self.assertIn("arm again after it: fadumpctl register", self.run_program("status").stdout)
        self.write("/sys/kernel/fadump/registered", "0\n")
        self.assertNotIn("Hotplug", self.run_program("status", code=NOT_ARMED).stdout)

    def test_json(self) -> None:
        got = self.json("status", "--json")
        self.assertIs(got["registered"], True)
        self.assertEqual(got["mem_reserved"], 335740928)
        self.assertIsNone(got["boot_mem_size"])
        self.assertEqual(got["next_crash"], "all-but-lent-pages")
        self.assertEqual(got["dump"]["waiting"], False)
        self.assertEqual(got["dump"]["missing"], [])

    def test_not_armed(self) -> None:
        self.write("/sys/kernel/fadump/registered", "0\n")
        self.assertIn("not armed", self.run_program("status", code=NOT_ARMED).stdout)
        for machine, why in (
                ({}, "fadump is on, but not registered with firmware: "
                     "fadumpctl register tries again"),
                ({"/sys/kernel/fadump/enabled": "0\n"},
                 "the kernel could not set it up, its log says why"),
                ({"/proc/cmdline": "crashkernel=1G nofadump=on\n"},
                 "the kernel command line has no fadump=on")):
            self.boot(machine)
            out = " ".join(self.run_program("status", code=NOT_ARMED).stdout.split())
            self.assertTrue(out.startswith(f"Armed no: {why} The next crash"), out)
        self.assertEqual(self.json("status", "-j", code=NOT_ARMED)["next_crash"], "nothing")

    def test_quiet(self) -> None:
        self.assertEqual(self.run_program("status", "-q").stdout, "")

    def test_waiting(self) -> None:
        self.boot(CAPTURED)
        out = self.run_program("status", code=WAITING).stdout
        self.assertTrue(out.startswith("Armed               no: a dump is waiting"), out)
        self.assertIn("  Kernel            7.3.4-test", out)
        self.assertIn("  Boot memory       320.0 MiB", out)
        self.assertIn("  Preserved memory  1.4 GiB", out)
        self.assertIn("cpu (registers of some CPUs are incomplete)", out)
        self.assert_fits(out)
        dump = self.json("status", "--json", code=WAITING)["dump"]
        self.assertEqual(dump["crashing_cpu"], 1)
        self.assertEqual(dump["missing"][0],
                         {"word": "cpu", "text": "registers of some CPUs are incomplete"})

    def test_no_cma_area(self) -> None:
        self.write("/sys/kernel/fadump/cma_size", "0\n")
        self.assertIn("none of it reserved as CMA", self.run_program("status").stdout)
        self.assertEqual(self.json("status", "-j")["next_crash"], "all")

    def test_untouched_kernel(self) -> None:
        for name in ("cma_size", "dump_status"):
            self.path(f"/sys/kernel/fadump/{name}").unlink()
        got = self.json("status", "--json")
        self.assertIsNone(got["cma_size"])
        self.assertEqual(got["next_crash"], "all-maybe-but-lent-pages")
        self.write("/proc/cmdline", "fadump=nocma\n")
        self.assertEqual(self.json("status", "--json")["next_crash"], "all")
        self.write("/sys/kernel/fadump/release_mem", "")
        self.assertFalse(self.json("status", "--json")["dump"]["waiting"])
        self.write("/proc/vmcore", "core")
        self.assertTrue(self.json("status", "--json", code=WAITING)["dump"]["waiting"])

    def test_long_arguments_are_wrapped(self) -> None:
        self.write("/sys/kernel/fadump/bootargs_append", "word=value " * 50 + "x" * 200)
        self.assert_fits(self.run_program("status").stdout)

    def test_escapes_become_text(self) -> None:
        self.write("/sys/kernel/fadump/dump_status", b"dump: none\nkernel: \x1b[2J\xff\n")
        self.assertEqual(self.json("status", "-j")["dump"]["kernel"], "\\x1b[2J\\xff")
        self.assertNotIn("\x1b", self.run_program("status").stdout)

    def test_usage(self) -> None:
        for command in ("status", "register", "unregister", "release", "map", "recommend", "test"):
            self.run_program(command, "word", code=USAGE)
        self.run_program("status", "--nonsense", code=USAGE)
        self.run_program("nonsense", code=USAGE)
        self.run_program(code=USAGE)
        self.assertIn("status", self.run_program("--help").stdout)


class TestNoFadump(Case):
    """A machine whose firmware offers no dumps."""

    machine = {"/proc/cmdline": "\n"}

    def test_all_say_so(self) -> None:
        self.assertIn("no dumps", self.run_program("status", code=MISSING).stdout)
        self.assertFalse(self.json("status", "--json", code=MISSING)["supported"])
        for command in ("register", "unregister", "release", "args", "recommend", "test"):
            err = self.run_program(command, code=MISSING).stderr
            self.assertIn("/sys/kernel/fadump", err)
            self.assertIn("CONFIG_FA_DUMP", err)


class TestRegister(Case):
    """fadumpctl register and unregister."""

    def test_both(self) -> None:
        self.assertEqual(self.run_program("unregister").stdout, "Not armed.\n")
        self.assertEqual(self.read("/sys/kernel/fadump/registered"), "0\n")
        self.assertEqual(self.run_program("register").stdout, "Armed.\n")
        self.assertEqual(self.read("/sys/kernel/fadump/registered"), "1\n")

    def test_error_names_file_and_reason(self) -> None:
        self.replace_by_link("/sys/kernel/fadump/registered", "/dev/full")
        err = self.run_program("register", code=FAILED).stderr
        self.assertIn("/sys/kernel/fadump/registered: No space left on device: "
                      "the crash-info record does not fit", err)

    def test_write_without_effect(self) -> None:
        self.replace_by_link("/sys/kernel/fadump/registered", "/dev/null")
        self.assertIn("still 0 after the write", self.run_program("register", code=FAILED).stderr)


class TestLegacy(Case):
    """A kernel with only the old file names."""

    machine = LEGACY

    def test_names(self) -> None:
        self.assertTrue(self.json("status", "--json")["legacy_names_only"])
        self.run_program("unregister")
        self.assertEqual(self.read("/sys/kernel/fadump_registered"), "0\n")
        self.assert_fits(self.run_program("status", code=NOT_ARMED).stdout)
        err = self.run_program("args", code=MISSING).stderr
        self.assertIn("bootargs_append: no such file", err)

    def test_release_arms_again(self) -> None:
        self.write("/sys/kernel/fadump_registered", "0\n")
        self.write("/sys/kernel/fadump_release_mem", "")
        self.write("/proc/vmcore", "core")
        out = self.run_program("release").stdout
        self.assertEqual(self.read("/sys/kernel/fadump_release_mem"), "1\n")
        self.assertEqual(self.read("/sys/kernel/fadump_registered"), "1\n")
        self.assertIn("Armed for the next crash.", out)


class TestRelease(Case):
    """fadumpctl release."""

    machine = CAPTURED

    def test_release(self) -> None:
        self.run_program("release")
        self.assertEqual(self.read("/sys/kernel/fadump/release_mem"), "1\n")

    def test_nothing_waits(self) -> None:
        self.boot(ARMED)
        self.path("/sys/kernel/fadump/release_mem").unlink()
        self.path("/proc/vmcore").unlink()
        self.assertIn("no dump is waiting", self.run_program("release", code=STATE).stderr)

    def test_unread_dump_is_kept(self) -> None:
        for read in ("no", "part"):
            self.write("/sys/kernel/fadump/dump_status", STATUS.format(read=read))
            self.assertIn(f"read: {read}", self.run_program("release", code=STATE).stderr)
            self.assertEqual(self.read("/sys/kernel/fadump/release_mem"), "")
        self.run_program("release", "--force")
        self.assertEqual(self.read("/sys/kernel/fadump/release_mem"), "1\n")

    def test_refused(self) -> None:
        self.replace_by_link("/sys/kernel/fadump/release_mem", "/dev/full")
        err = self.run_program("release", code=FAILED).stderr
        self.assertIn("too many ranges; nothing was changed", err)
        self.assertEqual(self.read("/sys/kernel/fadump/registered"), "0\n")

    def test_in_use(self) -> None:
        """A process that has the file open or mapped is named."""
        self.replace_by_link("/sys/kernel/fadump/release_mem", "/dev/full")
        for pid, link in (("77", "/proc/vmcore"), ("78", "/dev/null"), ("79", None)):
            self.write(f"/proc/{pid}/comm", f"tool-{pid}\n")
            fds = self.path(f"/proc/{pid}/fd")
            fds.mkdir()
            if link:
                (fds / "3").symlink_to(link)
        self.write("/proc/78/maps", "7f00-7f10 r--p 00000000 00:05 1   /proc/vmcore2\n"
                                    "7f10-7f20 r--p 00000000 00:05 1   /x/proc/vmcore\n")
        self.write("/proc/79/maps", "7f00-7f10 r--p 00000000 00:05 1   /usr/lib/x\n"
                                    "7f10-7f20 r--p 00000000 00:05 1   /proc/vmcore\n")
        err = self.run_program("release", code=FAILED).stderr
        self.assertIn("/proc/vmcore is in use by tool-77 (process 77)", err)
        self.assertIn("/proc/vmcore is in use by tool-79 (process 79)", err)
        self.assertNotIn("tool-78", err)

    def test_the_rest(self) -> None:
        """A release that lacked memory is repeated, whether the dump was saved or not."""
        self.path("/proc/vmcore").unlink()
        rest = STATUS.format(read="part").replace(
            "dump: waiting\n", "dump: releasing\nreturned: 4096\nto_return: 1073741824\n")
        self.write("/sys/kernel/fadump/dump_status", rest)
        self.replace_by_link("/sys/kernel/fadump/release_mem", "/dev/full")
        err = self.run_program("release", code=FAILED).stderr
        self.assertIn("except for 1.0 GiB of its memory; fadumpctl release tries again", err)
        path = self.path("/sys/kernel/fadump/release_mem")
        path.unlink()
        os.mkfifo(path)
        with self.start("release") as child:
            self.wait_until_it_writes(child)
            self.write("/sys/kernel/fadump/dump_status", "dump: released\nto_return: 0\n")
            self.assertEqual(self.take(path), b"1\n")
            _, err = child.communicate(timeout=20)
        self.assertEqual(child.returncode, DONE, err)

    def test_not_armed(self) -> None:
        self.replace_by_link("/sys/kernel/fadump/registered", "/dev/full")
        result = self.run_program("release", code=NOT_ARMED)
        self.assertIn("fadumpctl register tries again", result.stderr)
        self.assertIn("Released", result.stdout)

    def wait_until_it_writes(self, child: "subprocess.Popen[str]") -> None:
        """With two threads, release is about to write to release_mem."""
        end = time.monotonic() + 20
        while len(os.listdir(f"/proc/{child.pid}/task")) < 2:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)

    def take(self, fifo: Path) -> bytes:
        """What the program writes to the FIFO; empty if it does not."""
        fd = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        end = time.monotonic() + 20
        data = b""
        while not data and time.monotonic() < end:
            with contextlib.suppress(BlockingIOError):
                data = os.read(fd, 16)
            time.sleep(0.01)
        os.close(fd)
        return data

    def test_waits_while_the_kernel_releases(self) -> None:
        path = self.path("/sys/kernel/fadump/release_mem")
        path.unlink()
        os.mkfifo(path)
        with self.start("release") as child:
            self.wait_until_it_writes(child)
            self.write("/sys/kernel/fadump/dump_status",
                       STATUS.format(read="end").replace("waiting", "releasing"))
            self.assertEqual(self.take(path), b"1\n")
            self.write("/proc/meminfo", f"MemTotal: {2000000 + 1476198400 // 2048} kB\n")
            with self.assertRaises(subprocess.TimeoutExpired):
                child.wait(timeout=1)
            self.write("/sys/kernel/fadump/dump_status", "dump: released\n")
            out, err = child.communicate(timeout=20)
        self.assertEqual(child.returncode, DONE, err)
        self.assertIn("releasing memory: 50 %", err)
        self.assertIn("Released: 703.9 MiB of memory.", out)


class TestArgs(Case):
    """fadumpctl args."""

    def args(self) -> str:
        return self.read("/sys/kernel/fadump/bootargs_append")

    def test_show_and_set(self) -> None:
        self.assertEqual(self.run_program("args").stdout, "nr_cpus=8\n")
        self.run_program("args", "nr_cpus=4", "panic=10")
        self.assertEqual(self.args(), "nr_cpus=4 panic=10\n")
        self.run_program("args", "--", "-s", "x=y z")
        self.assertEqual(self.args(), "-s x=y z\n")
        self.run_program("args", "--clear")
        self.assertEqual(self.args(), "\n")

    def test_limits(self) -> None:
        self.run_program("args", "x" * 2046)
        self.assertEqual(len(self.args()), 2047)
        for bad in (["x" * 2047], ["--clear", "x"], ["x\ny"], ["x\x7f"]):
            self.run_program("args", *bad, code=USAGE)
        self.assertEqual(len(self.args()), 2047)

    def test_errors(self) -> None:
        self.replace_by_link("/sys/kernel/fadump/bootargs_append", "/dev/full")
        self.assertIn("exceed the kernel's limit",
                      self.run_program("args", "x", code=FAILED).stderr)


class TestRecommend(Case):
    """fadumpctl recommend."""

    def test_kernel_does_not_measure(self) -> None:
        out = self.run_program("recommend", code=MISSING).stdout
        self.assertIn("crashkernel=320M", out)
        self.assertIn("does not measure", out)
        self.assert_fits(out)
        self.assertIsNone(self.json("recommend", "-j", code=MISSING)["command_line"])

    def test_measured(self) -> None:
        self.write("/sys/kernel/fadump/boot_mem_size", "335544320\n")
        self.write("/sys/kernel/fadump/boot_mem_used", "400000000\n")
        self.write("/sys/kernel/fadump/boot_mem_recommended", "536870913\n")
        out = self.run_program("recommend").stdout
        self.assertIn("381.5 MiB", out)
        self.assertIn("fadump=on crashkernel=513M", out)
        self.assert_fits(out)
        self.write("/proc/cmdline", "fadump=nocma crashkernel=1G xcrashkernel=2G\n")
        got = self.json("recommend", "--json")
        self.assertEqual(got["command_line"], "fadump=nocma crashkernel=513M")
        self.assertEqual(got["asked_for"], "crashkernel=1G")

    def test_nothing_measured_yet(self) -> None:
        self.write("/sys/kernel/fadump/boot_mem_size", "536870912\n")
        self.write("/sys/kernel/fadump/boot_mem_used", "0\n")
        self.write("/sys/kernel/fadump/boot_mem_recommended", "536870912\n")
        out = self.run_program("recommend").stdout
        self.assertIn("not measured yet", out)
        self.assertIn("no change is needed", out)


class TestMap(Case):
    """fadumpctl map."""

    def test_armed(self) -> None:
        out = self.run_program("map").stdout
        self.assertIn("Ready for a dump.", out)
        self.assertIn("One character is 8.0 MiB.", out)
        self.assertIn("|" + "B" * 40 + "R" + "C" * 23 + "|", out)
        self.assertIn("B  boot memory         320.0 MiB", out)
        self.assert_fits(out)

    def test_captured(self) -> None:
        self.boot(CAPTURED)
        out = self.run_program("map").stdout
        self.assertIn("A dump is waiting.", out)
        self.assertIn("|" + "P" * 64 + "|", out)
        self.assertIn("this kernel runs in it", out)

    def test_high_addresses_fit(self) -> None:
        self.write("/proc/iomem", "00000000-3fffffff : System RAM\n"
                   "600000000000-60003fffffff : System RAM\n")
        out = self.run_program("map").stdout
        self.assert_fits(out)
        self.assertIn("...", out)

    def test_without_debugfs(self) -> None:
        self.path("/sys/kernel/debug/powerpc/fadump_region").unlink()
        self.assertIn("shows no regions", self.run_program("map").stdout)

    def test_hidden_addresses(self) -> None:
        self.write("/proc/iomem", "00000000-00000000 : System RAM\n")
        self.assertIn("root only", self.run_program("map", code=FAILED).stderr)
        self.write("/proc/iomem", "\n")
        self.assertIn("no System RAM", self.run_program("map", code=FAILED).stderr)
        self.path("/proc/iomem").unlink()
        self.assertIn("No such file", self.run_program("map", code=FAILED).stderr)

    def test_svg(self) -> None:
        self.boot(CAPTURED)
        svg = self.top / "map.svg"
        self.run_program("map", "--svg", "-o", svg)
        document = xml.dom.minidom.parse(str(svg))
        titles = [t.firstChild.data for t in document.getElementsByTagName("title")]
        self.assertIn("CPUs' registers: 0x14010000-0x140113df, 5.0 KiB", titles)
        self.assertTrue(any(t.startswith("preserved: 0x28030000-") for t in titles))
        self.run_program("map", "-o", self.top / "no/such/dir", code=FAILED)
