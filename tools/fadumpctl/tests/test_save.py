# SPDX-License-Identifier: GPL-2.0-or-later
"""save: the files afterwards, also after a failure."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tarfile
import time
import unittest
from pathlib import Path
from typing import Any

import cores
from lab import (CAPTURED, DAMAGED, DONE, FAILED, FULL, HERE, ID, IGNORED, INTERRUPTED, LINK,
                 PROGRAM, PROGRAM_FAILED, STATE, STATUS, USAGE, Case)

NODE = f'{re.sub(r"[^A-Za-z0-9._-]", "_", os.uname().nodename)[:47] or "localhost"}-{ID}'
NAME = re.compile(rf"fadump-{re.escape(NODE)}-\d{{8}}-\d{{6}}(-\d+)?$")
LOG = re.compile(rf"fadumplog-{re.escape(NODE)}-\d{{8}}-\d{{6}}(-\d+)?$")
KEPT = {"dmesg.txt", "failed.txt", "SHA256SUMS"}
FILES = {"vmcore", "dmesg.txt", "info.json", "SHA256SUMS"}


def old_name(day: int) -> str:
    """A dump of another day."""
    return f"fadump-{NODE}-202001{day:02}-000000"


class SaveCase(Case):
    """A machine with a dump and a target."""

    machine = CAPTURED

    def setUp(self) -> None:
        super().setUp()
        self.crash = self.top / "crash"
        self.crash.mkdir()
        self.log = self.top / "calls"
        self.env["FAKE_LOG"] = str(self.log)
        self.env["TMPDIR"] = str(self.top)

    def save(self, *args: Any, target: Any = None, code: int = DONE) -> Any:
        """Save with the fake programs."""
        return self.run_program("save", "--makedumpfile", HERE / "makedumpfile.sh", "--ssh",
                                HERE / "ssh.sh", *args, target or self.crash, code=code)

    def calls(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def names(self, top: Path | None = None) -> list[str]:
        """All names in the target, except for the lock."""
        return sorted(p.name for p in (top or self.crash).iterdir()
                      if p.name != ".fadumpctl.lock")

    def check_dump(self, dump: Path, files: set[str]) -> None:
        """All files are there, with the right checksums."""
        self.assertRegex(dump.name, NAME)
        self.assertEqual({p.name for p in dump.iterdir()}, files)
        sums = dict(reversed(line.split("  ")) for line in
                    (dump / "SHA256SUMS").read_text().splitlines())
        self.assertEqual(set(sums), files - {"SHA256SUMS"})
        for name, want in sums.items():
            self.assertEqual(hashlib.sha256((dump / name).read_bytes()).hexdigest(), want, name)

    def check_log(self, result: Any) -> None:
        """Only the log and a report are left, not under a dump's name."""
        (name,) = self.names()
        self.assertRegex(name, LOG)
        kept = self.crash / name
        self.assertEqual({p.name for p in kept.iterdir()}, KEPT)
        self.assertRegex((kept / "dmesg.txt").read_text(), "log of|Kernel panic")
        report = (kept / "failed.txt").read_text()
        self.assertIn("the dump was not saved\nkernel: 7.3.4-test\ncrashed: 2026-", report)
        for line in result.stderr.split("not saved; the dump")[0].splitlines()[:-1]:
            if line.startswith(("fadumpctl: ", "  ")):
                self.assertIn(line.removeprefix("fadumpctl: "), report)
        subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=kept, check=True)
        self.assertIn(f"{name} has the log", result.stderr)
        shutil.rmtree(kept)

    def check_failed(self, result: Any, begun: bool = True) -> None:
        """No dump is left, and the messages say why."""
        if begun:
            self.check_log(result)
        self.assertEqual(self.names(), [])
        self.assertIn("the dump stays in memory", result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(self.read("/sys/kernel/fadump/release_mem"), "")
        self.assertEqual(list(self.top.glob("fadumpctl.*")), [])


class TestDirectory(SaveCase):
    """To a directory."""

    def test_save(self) -> None:
        result = self.save("-t", 4)
        dump = Path(result.stdout.strip())
        self.assertEqual(dump.parent, self.crash)
        self.check_dump(dump, FILES)
        self.assertTrue((dump / "vmcore").read_bytes().startswith(b"KDUMP   "))
        self.assertEqual(dump.stat().st_mode & 0o777, 0o700)
        self.assertEqual((dump / "vmcore").stat().st_mode & 0o777, 0o600)
        self.assertIn("-l -d 31 --message-level 7 --num-threads 4 ", self.calls())
        self.assertIn("Copying data", result.stderr)
        info = json.loads((dump / "info.json").read_text())
        self.assertEqual(info["release"], "7.3.4-test")
        self.assertEqual(info["crashed"], 1795590007)
        self.assertEqual(info["bytes"], (dump / "vmcore").stat().st_size)
        self.assertEqual(self.read("/sys/kernel/fadump/release_mem"), "")

    def test_level(self) -> None:
        """A makedumpfile that does not know this kernel cannot tell which pages are user memory."""
        new = "OSRELEASE=7.3.4-test\nPAGESIZE=65536\nOFFSET(page.compound_info)=8\n"
        source = self.root / "proc/vmcore"
        old_core = source.read_bytes()
        source.write_bytes(cores.core(info=new))
        result = self.save("-q")
        self.assertIn("-l -d 23 ", self.calls())
        self.assertRegex(result.stderr, r"makedumpfile\.sh: does not know .*\(level 23\)")
        info = json.loads((Path(result.stdout.strip()) / "info.json").read_text())
        self.assertEqual(info["level"], 23)

        for level, said in ((31, "level 31 may leave out kernel stacks"), (15, "level 15 may"),
                            (23, ""), (1, "")):
            result = self.save("-q", "-d", level)
            self.assertIn(f"-l -d {level} ", self.calls())
            self.assertTrue(said in result.stderr if said else not result.stderr, result.stderr)

        for args in (["--raw"], ["--log-only"]):
            self.assertEqual(self.save("-q", *args).stderr, "")

        programs = self.top / "programs"
        programs.mkdir()
        knows = programs / "makedumpfile"
        knows.write_text((HERE / "makedumpfile.sh").read_text() + "# page.compound_info\n")
        knows.chmod(0o755)
        self.env["PATH"] = f"/nowhere:{programs}:{os.environ['PATH']}"
        for program in ("makedumpfile", knows):
            result = self.save("-q", "--makedumpfile", program)
            self.assertIn("-d 31", self.calls().splitlines()[-1])
            self.assertEqual(result.stderr, "")

        for old in (old_core, cores.core(info=new + "OFFSET(page.compound_head)=8\n")):
            source.write_bytes(old)
            result = self.save("-q")
            self.assertIn("-d 31", self.calls().splitlines()[-1])
            self.assertEqual(result.stderr, "")

    def test_options(self) -> None:
        result = self.save("-d", 1, "-c", "zstd", "-t", 1, "-q")
        self.assertIn("-z -d 1 --message-level 7 ", self.calls())
        self.assertNotIn("--num-threads", self.calls())
        self.assertEqual(result.stderr, "")
        for bad in (["-d", 32], ["-d", "x"], ["-c", "gzip"], ["-t", 0], ["-k", 0], ["x"]):
            self.save(*bad, code=USAGE)

    def test_node(self) -> None:
        dump = Path(self.save("-q", "--node", "an other/node").stdout.strip())
        self.assertRegex(dump.name, rf"^fadump-an_other_node-{ID}-\d{{8}}-\d{{6}}$")

    def id_in_name(self) -> str:
        """The id in a dump's name."""
        name = Path(self.save("-q", "--log-only", "--node", "n").stdout.strip()).name
        match = re.fullmatch(r"fadumplog-n-(?:([0-9a-f]{8})-)?\d{8}-\d{6}(?:-\d+)?", name)
        assert match, name
        return match[1] or ""

    def test_machine(self) -> None:
        """Firmware's id is used before /etc/machine-id, which may be a clone."""
        self.assertEqual(self.id_in_name(), ID)
        found = {ID}
        for name in ("vm,uuid", "ibm,partition-uuid"):
            self.write(f"/proc/device-tree/{name}", b"00000000-0000-0000-0000-000000000000\0")
            self.assertIn(self.id_in_name(), found)
            self.write(f"/proc/device-tree/{name}", f"1-{name}\0".encode())
            self.assertNotIn(one := self.id_in_name(), found)
            found.add(one)
        shutil.rmtree(self.path("/proc/device-tree"))
        for bad in ("uninitialized\n", "\n", "0" * 32):
            self.write("/etc/machine-id", bad)
            self.assertEqual(self.id_in_name(), "")
        self.path("/etc/machine-id").unlink()
        self.assertEqual(self.id_in_name(), "")
        self.write("/proc/device-tree/system-id", b"IBM,021234567\0")
        found.add(self.id_in_name())
        self.write("/proc/device-tree/ibm,partition-no", b"\0\0\0\2")
        found.add(self.id_in_name())
        self.assertEqual(len(found), 5)

    def test_opalcore(self) -> None:
        self.write("/sys/firmware/opal/core", b"\x7fELF opal")
        self.check_dump(Path(self.save().stdout.strip()), FILES | {"opalcore"})

    def test_twice_in_a_second(self) -> None:
        for _ in range(3):
            self.save("-q")
        self.assertEqual(len(self.names()), 3)

    def test_release(self) -> None:
        out = self.save("--release").stdout
        self.assertIn("Released", out)
        self.assertEqual(self.read("/sys/kernel/fadump/release_mem"), "1\n")
        self.assertEqual(self.read("/sys/kernel/fadump/registered"), "1\n")

    def test_parent_ignores_signals(self) -> None:
        """With SIGCHLD ignored by the parent, exit statuses are still right."""
        def ignore() -> None:
            for sig in (signal.SIGCHLD, signal.SIGHUP, signal.SIGPIPE):
                signal.signal(sig, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGTERM})

        command = ("save", "--release", "--makedumpfile", HERE / "makedumpfile.sh", self.crash)
        self.env["FAKE"] = "full"
        with self.start(*command, preexec_fn=ignore) as child:
            _out, err = child.communicate(timeout=60)
        self.assertNotEqual(child.returncode, DONE, err)
        self.assertEqual(self.read("/sys/kernel/fadump/release_mem"), "")
        self.assertRegex(" ".join(self.names()), LOG)
        del self.env["FAKE"]
        with self.start(*command, preexec_fn=ignore) as child:
            _out, err = child.communicate(timeout=60)
        self.assertEqual(child.returncode, DONE, err)
        self.assertEqual(self.read("/sys/kernel/fadump/release_mem"), "1\n")

    def test_log_only(self) -> None:
        dump = Path(self.save("--log-only").stdout.strip())
        self.assertRegex(dump.name, rf"^fadumplog-{re.escape(NODE)}-")
        self.assertEqual({p.name for p in dump.iterdir()}, FILES - {"vmcore"})
        self.save("--log-only", "--release", code=USAGE)

    def test_log_without_makedumpfile(self) -> None:
        self.env["FAKE_DMESG"] = "fail"
        dump = Path(self.save().stdout.strip())
        self.assertIn("Kernel panic", (dump / "dmesg.txt").read_text())
        self.write("/proc/vmcore", cores.core(info=""))
        result = self.save()
        self.assertIn("saved without its log", result.stderr)
        self.check_dump(Path(result.stdout.strip()), FILES - {"dmesg.txt"})

    def test_opalcore_that_cannot_be_read(self) -> None:
        """A file beside the dump that cannot be read does not fail the dump."""
        self.path("/sys/firmware/opal").mkdir(parents=True)
        self.replace_by_link("/sys/firmware/opal/core", "/proc/self/mem")
        for target in (self.crash, f"ssh://host{self.crash}"):
            result = self.save(target=target)
            self.assertIn("opalcore: Input/output error: saved as far", result.stderr)
            for name in self.names():
                dump = self.crash / name
                self.check_dump(dump, {p.name for p in dump.iterdir()} | {"opalcore"})
                shutil.rmtree(dump)
        self.save("--log-only")
        shutil.rmtree(self.crash / self.names()[0])
        self.replace_by_link("/proc/vmcore", "/proc/self/mem")
        result = self.save("--raw", code=DAMAGED)
        self.assertIn("vmcore: cannot be read", result.stderr)
        (name,) = self.names()
        self.assertEqual({p.name for p in (self.crash / name).iterdir()}, KEPT)

    def test_no_room_for_a_log(self) -> None:
        self.env["TMPDIR"] = "/no/such/place"
        result = self.save()
        self.assertIn("/no/such/place: No such file", result.stderr)
        self.check_dump(Path(result.stdout.strip()), FILES)
        self.assertEqual(list(self.path("/run").iterdir()), [])
        self.path("/run").rmdir()
        result = self.save()
        self.assertIn("saved without its log", result.stderr)
        self.check_dump(Path(result.stdout.strip()), FILES - {"dmesg.txt"})
        self.save("--log-only", code=FAILED)

    def test_raw(self) -> None:
        data = cores.core() + bytes(1 << 16) + b"end" + bytes(1 << 16)
        self.write("/proc/vmcore", data)
        self.env["FAKE_DMESG"] = "fail"
        dump = Path(self.save("--raw").stdout.strip())
        self.check_dump(dump, FILES)
        self.assertEqual((dump / "vmcore").read_bytes(), data)
        self.assertLess((dump / "vmcore").stat().st_blocks * 512, len(data))

    def test_raw_elsewhere(self) -> None:
        """A raw dump is not in the flattened format, and not named so."""
        device = self.top / "device"
        device.write_bytes(bytes(1 << 20))
        self.save("--raw", target=device)
        with tarfile.open(device) as tar:
            self.assertEqual({n.rsplit("/", 1)[-1] for n in tar.getnames()}, FILES)
        name = self.save("--raw", target=f"ssh://host{self.crash}").stdout.strip().split("/")[-1]
        self.check_dump(self.crash / name, FILES)
        info = json.loads((self.crash / name / "info.json").read_text())
        self.assertEqual((info["file"], info["bytes"]), ("vmcore", len(cores.core())))

    def test_other_source(self) -> None:
        source = self.top / "core"
        source.write_bytes(cores.core())
        self.save("--source", source)
        self.assertIn(str(source), self.calls())
        self.save("--source", source, "--release", code=USAGE)
        self.save("--source", self.top / "none", code=FAILED)

    def test_crash_time_that_is_none(self) -> None:
        for text in ("-5", "12x", "253402300800", "9" * 40):
            self.write("/proc/vmcore", cores.core(crashed=text))
            dump = Path(self.save("-q", "--log-only").stdout.strip())
            self.assertIsNone(json.loads((dump / "info.json").read_text())["crashed"], text)

    def test_no_dump(self) -> None:
        self.path("/proc/vmcore").unlink()
        self.assertIn("no dump is waiting", self.save(code=STATE).stderr)

    def test_bad_targets(self) -> None:
        self.save(target=self.top / "none", code=FAILED)
        self.save(target="/dev/null", code=USAGE)
        self.save(target="ssh://-x/path", code=USAGE)

    def test_terminal(self) -> None:
        text = self.on_terminal("save", "--makedumpfile", HERE / "makedumpfile.sh", self.crash)
        self.assertIn("Copying data", text)
        self.assertIn("####", text)
        bars = re.sub(re.escape(str(self.crash)) + r"\S*", "", text)
        self.assert_fits(bars, 79)

    # -- failures -----------------------------------------------------------

    def test_full(self) -> None:
        self.env["FAKE"] = "full"
        result = self.save("-t", 1, code=FULL)
        self.check_failed(result)
        self.assertIn("makedumpfile.sh: write_buffer: Can't write", result.stderr)
        self.assertIn("orderly reboot discards it", result.stderr)
        self.write("/sys/kernel/fadump/dump_status", STATUS.format(read="part"))
        self.assertNotIn("orderly reboot", self.save("-t", 1, code=FULL).stderr)

    def test_full_is_not_tried_again(self) -> None:
        self.env["FAKE"] = "full"
        self.save("-t", 4, code=FULL)
        self.assertEqual(self.calls().count("-d 31"), 1)

    def test_full_disk_for_real(self) -> None:
        """A file system of 64 KiB, if the test may mount one."""
        script = ('mount -t tmpfs -o size=64k none "$1" && shift && "$@"; rc=$?; '
                  'ls -A "$CRASH"; exit $rc')
        env = {**self.environment(), "CRASH": str(self.crash)}
        probe = subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True)
        if probe.returncode:
            self.skipTest("unshare is not allowed")
        for args in ([], ["--raw"]):
            self.write("/proc/vmcore", cores.core() + b"x" * 100000)
            done = subprocess.run(
                ["unshare", "-rm", "sh", "-c", script, "sh", str(self.crash), PROGRAM, "save",
                 "-t", "1", "--makedumpfile", str(HERE / "makedumpfile.sh"), *args,
                 str(self.crash)], env=env, check=False, capture_output=True, text=True)
            if "mount" in done.stderr:
                self.skipTest(done.stderr)
            self.assertIn("not saved; the dump stays in memory", done.stderr)
            lock, log = done.stdout.split()
            self.assertEqual(lock, ".fadumpctl.lock")
            self.assertRegex(log, LOG)
            if args:
                self.assertEqual(done.returncode, FULL, done.stderr)

    def test_makedumpfile_fails(self) -> None:
        for fake, text in (("partial", "failed with exit status 1"),
                           ("killed", "killed by signal 9"), ("junk", "has not written a dump")):
            self.env["FAKE"] = fake
            result = self.save("-t", 1, code=PROGRAM_FAILED)
            self.check_failed(result)
            self.assertIn(text, result.stderr)
            self.assertIn("--raw", result.stderr)

    def test_one_thread_is_the_second_chance(self) -> None:
        self.env["FAKE"] = "threads"
        result = self.save("-t", 3)
        self.assertIn("trying again with one thread", result.stderr)
        self.check_dump(Path(result.stdout.strip()), FILES)

    def test_no_makedumpfile(self) -> None:
        result = self.run_program("save", "--makedumpfile", "/no/such/program", self.crash,
                                  code=PROGRAM_FAILED)
        self.check_failed(result)
        self.assertIn("cannot be run", result.stderr)

    def _hang(self, **more: Any) -> "subprocess.Popen[str]":
        ready = self.top / "ready"
        ready.unlink(missing_ok=True)
        self.env.update(FAKE="hang", FAKE_READY=str(ready))
        child = self.start("save", "-t", 1, "--makedumpfile", HERE / "makedumpfile.sh",
                           self.crash, **more)
        end = time.monotonic() + 20
        while not ready.exists():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        return child

    def test_terminated(self) -> None:
        for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # What nohup has switched off stays off.
            if sig.name[3:] in IGNORED:
                continue
            child = self._hang()
            child.send_signal(sig)
            _, err = child.communicate(timeout=20)
            self.assertEqual(child.returncode, INTERRUPTED, err)
            self.assertIn("interrupted", err)
            self.check_failed(subprocess.CompletedProcess([], INTERRUPTED, "", err))

    def test_killed(self) -> None:
        """After SIGKILL the log is there without a dump's name; the next save removes the rest."""
        child = self._hang()
        child.kill()
        child.wait()
        (left,) = self.names()
        self.assertRegex(left, LOG)
        self.assertEqual({p.name for p in (self.crash / left).iterdir()},
                         {"dmesg.txt", "vmcore.partial"})
        del self.env["FAKE"]
        dump = Path(self.save().stdout.strip())
        self.assertEqual(self.names(), [dump.name, left])
        self.assertEqual([p.name for p in (self.crash / left).iterdir()], ["dmesg.txt"])

    def test_full_for_the_rest(self) -> None:
        """A failure after the dump is written leaves no dump's name either."""
        self.path("/sys/firmware/opal").mkdir(parents=True)
        self.write("/sys/firmware/opal/core", "memory")
        for junk in ("junk", "partial"):
            self.env["FAKE"] = junk
            self.check_failed(self.save("-t", 1, code=PROGRAM_FAILED))

    def test_no_log(self) -> None:
        self.env.update(FAKE="full", FAKE_DMESG="fail")
        self.write("/proc/vmcore", cores.core(info=""))
        for target in (self.crash, f"ssh://host{self.crash}"):
            self.save("-t", 1, target=target, code=FULL)
            (name,) = self.names()
            self.assertEqual({p.name for p in (self.crash / name).iterdir()},
                             KEPT - {"dmesg.txt"})
            shutil.rmtree(self.crash / name)

    def test_endless_log(self) -> None:
        """A damaged log takes a bounded time, and the dump is saved."""
        self.env["FAKE_DMESG"] = "fail"
        cores.endless_log(self.path("/proc/vmcore"))
        result = self.save("-q", "--timeout", 8)
        self.assertIn("the log is cut", result.stderr)
        self.check_dump(Path(result.stdout.strip()), FILES)

    def test_endless_log_is_interrupted(self) -> None:
        self.env["FAKE_DMESG"] = "fail"
        cores.endless_log(self.path("/proc/vmcore"))
        child = self.start("save", "--makedumpfile", HERE / "makedumpfile.sh", self.crash)
        time.sleep(1)
        began = time.monotonic()
        child.terminate()
        _, err = child.communicate(timeout=70)
        self.assertEqual(child.returncode, INTERRUPTED, err)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(self.names(), [])

    def test_makedumpfile_hangs_over_the_log(self) -> None:
        self.env["FAKE_DMESG"] = "hang"
        result = self.save("-q", "--timeout", 8)
        self.assertIn("has not finished within 2 s", result.stderr)
        dump = Path(result.stdout.strip())
        self.check_dump(dump, FILES)
        self.assertIn("Kernel panic", (dump / "dmesg.txt").read_text())

    def test_no_locks(self) -> None:
        """A partial dump may still be written to: it stays."""
        if not shutil.which("gcc"):
            self.skipTest("there is no compiler")
        lib, left = self.top / "nolock.so", f".fadump-{NODE}-20200101-000000.partial"
        subprocess.run(["gcc", "-xc", "-shared", "-fPIC", "-o", lib, "-"], check=True, text=True,
                       input="#include <errno.h>\n"
                             "int flock(int fd, int how) { errno = ENOLCK; return -1; }\n")
        (self.crash / left).mkdir()
        # One that has the sanitizers wants to be asked before any other library.
        self.env.update(LD_PRELOAD=str(lib), ASAN_OPTIONS="verify_asan_link_order=0")
        self.assertIn("nothing prevents two saves", self.save().stderr)
        self.assertIn(left, self.names())
        self.assertEqual(len(self.names()), 2)

    def test_one_at_a_time(self) -> None:
        child = self._hang()
        del self.env["FAKE"]
        self.assertIn("another save is running here", self.save(code=STATE).stderr)
        self.assertEqual(len(self.names()), 1)
        child.terminate()
        child.communicate(timeout=20)

    def test_require_mount(self) -> None:
        result = self.save("--require-mount", code=LINK)
        self.assertIn("nothing is mounted there", result.stderr)
        self.assertEqual(self.names(), [])


class TestRotation(SaveCase):
    """Rotation of old dumps."""

    def setUp(self) -> None:
        super().setUp()
        for day in range(1, 6):
            dump = self.crash / old_name(day)
            dump.mkdir()
            (dump / "vmcore").write_text("old")
        for name in (f"fadump-other-{NODE}-20200101-000000", "fadump-notes", "mine",
                     f"fadump-{NODE}-20200101-000000.bak"):
            (self.crash / name).mkdir()
            (self.crash / name / "file").write_text("keep")
        (self.crash / f".fadump-{NODE}-20200101-000000.partial").mkdir()

    def test_all_are_kept(self) -> None:
        self.save("-q")
        self.assertEqual(len(self.names()), 10)

    def test_newest_are_kept(self) -> None:
        new = Path(self.save("-q", "--keep", 3).stdout.strip()).name
        mine = [n for n in self.names() if NAME.match(n)]
        self.assertEqual(mine, sorted([old_name(4), old_name(5), new]))
        self.assertEqual(len(self.names()), 3 + 4)

    def test_the_one_just_saved_stays(self) -> None:
        """Dumps with later times in their names: the clock was wrong."""
        future = f"fadump-{NODE}-21060207-062815"
        (self.crash / future).mkdir()
        new = Path(self.save("-q", "--keep", 2).stdout.strip()).name
        mine = [n for n in self.names() if NAME.match(n)]
        self.assertEqual(mine, sorted([future, new]))
        time.sleep(1.1)
        new = Path(self.save("-q", "--keep", 1).stdout.strip()).name
        self.assertEqual([n for n in self.names() if NAME.match(n)], [new])

    def test_a_log_is_no_dump(self) -> None:
        for _ in range(3):
            self.save("-q", "--log-only", "--keep", 1)
        self.assertEqual(len([n for n in self.names() if NAME.match(n)]), 5)
        self.assertEqual(len([n for n in self.names() if n.startswith("fadumplog-")]), 1)
        self.save("-q", "--keep", 1)
        self.assertEqual(len([n for n in self.names() if NAME.match(n)]), 1)
        self.assertEqual(len([n for n in self.names() if n.startswith("fadumplog-")]), 1)

    def test_nothing_goes_after_a_failure(self) -> None:
        self.env["FAKE"] = "full"
        for _ in range(2):
            self.save("-t", 1, "--keep", 1, code=FULL)
            time.sleep(1.1)
        self.assertEqual(len([n for n in self.names() if NAME.match(n)]), 5)
        self.assertEqual(len([n for n in self.names() if LOG.match(n)]), 2)
        del self.env["FAKE"]
        for target, keep, left in ((self.crash, 2, 2), (f"ssh://host{self.crash}", 1, 1)):
            self.save("--keep", keep, target=target)
            time.sleep(1.1)
            self.assertEqual(len([n for n in self.names() if NAME.match(n)]), left)
            self.assertEqual(len([n for n in self.names() if LOG.match(n)]), left)

    def test_links_are_not_followed(self) -> None:
        victim = self.top / "victim"
        victim.mkdir()
        (victim / "file").write_text("keep")
        (self.crash / old_name(9)).symlink_to(victim)
        self.save("-q", "--keep", 1)
        self.assertTrue((victim / "file").exists())


class TestRoom(SaveCase):
    """Removal of old dumps before a save, if there is no room."""

    def setUp(self) -> None:
        super().setUp()
        for day in range(1, 4):
            (self.crash / old_name(day)).mkdir()
            (self.crash / old_name(day) / "vmcore").write_bytes(bytes(3 << 20))
        (self.crash / f"fadump-other-{NODE}-20200101-000000").mkdir()
        log = self.crash / old_name(1).replace("fadump-", "fadumplog-")
        log.mkdir()
        (log / "failed.txt").write_text("old")
        self.others = {n for n in self.names() if not NAME.match(n)}

    def left(self) -> list[str]:
        """Days of the old dumps that are left; all else is there."""
        names = set(self.names())
        self.assertLessEqual(self.others, names)
        return [day for day in "123" if old_name(int(day)) in names]

    def test_room(self) -> None:
        """Nothing is removed that need not be."""
        for target in (self.crash, f"ssh://host{self.crash}"):
            self.assertEqual(self.save("-q", "--make-room", 1, target=target).stderr, "")
            self.assertEqual(self.left(), ["1", "2", "3"])

    def test_no_room(self) -> None:
        """All of this machine's, and the save is tried in any case."""
        err = self.save("-q", "--make-room", 10 ** 9).stderr
        self.assertEqual(re.findall(r"(\S+): removed to make room", err),
                         [str(self.crash / old_name(day)) for day in (1, 2, 3)])
        self.assertIn("less than 953.7 TiB free: no older dump is left", err)
        self.assertEqual(self.left(), [])
        self.assertEqual(len([n for n in self.names() if NAME.match(n)]), 1)

    def test_as_much_as_needed(self) -> None:
        """The oldest ones, in a file system of 12 MiB."""
        script = ('mount -t tmpfs -o size=12m none "$1" && cp -a "$2"/. "$1" && shift 2 && "$@"; '
                  'rc=$?; ls -A "$CRASH"; exit $rc')
        if subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode:
            self.skipTest("unshare is not allowed")
        old = self.crash.rename(self.top / "old")
        self.crash.mkdir()
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script, "sh", self.crash, old, PROGRAM, "save", "-q",
             "-t", "1", "--make-room=7", "--makedumpfile", HERE / "makedumpfile.sh", self.crash],
            env={**self.environment(), "CRASH": str(self.crash)}, check=False,
            capture_output=True, text=True)
        if "mount" in done.stderr:
            self.skipTest(done.stderr)
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertEqual([day for day in (1, 2, 3) if old_name(day) in done.stdout], [3])
        self.assertEqual(len(re.findall("removed to make room", done.stderr)), 2)

    def test_other_host(self) -> None:
        there = self.top / "there"
        there.mkdir()
        self.env["PATH"] = f"{there}:{os.environ['PATH']}"
        for free, days in (("$((9000 - 3000 * $#))", ["3"]), ("0", []), ("none", ["1", "2", "3"]),
                           ("", ["1", "2", "3"])):
            self.crash.rename(self.top / "gone")
            self.crash.mkdir()
            shutil.rmtree(self.top / "gone")
            self.others.clear()
            for day in (1, 2, 3):
                (self.crash / old_name(day)).mkdir()
            (there / "df").write_text(f'#!/bin/sh\nset -- fadump-*2020*\necho head\n'
                                      f'echo "/dev/x 9000 1 {free} 1% /"\n')
            (there / "df").chmod(0o755)
            err = self.save("-q", "--make-room", 5, target=f"ssh://host{self.crash}").stderr
            self.assertEqual(self.left(), days, free)
            self.assertEqual("less than 5.0 MiB free" in err, free[:1] != "$", err)

    def test_foreign(self) -> None:
        """A directory that another user may have made is not removed."""
        (self.crash / old_name(2)).chmod(0o777)
        for target in (self.crash, f"ssh://host{self.crash}"):
            self.save("-q", "--make-room", 10 ** 9, target=target)
            self.assertEqual(self.left(), ["2"])

    def test_for_a_dump_only(self) -> None:
        self.save("-q", "--log-only", "--make-room", 10 ** 9)
        self.assertEqual(self.left(), ["1", "2", "3"])

    def test_numbers(self) -> None:
        for bad in (0, "1G", 10 ** 10):
            self.save("--make-room", bad, code=USAGE)


@unittest.skipIf(os.geteuid(), "only root gives files to others")
class TestForeign(SaveCase):
    """In a directory that other users may write to, names prove nothing."""

    def setUp(self) -> None:
        super().setUp()
        self.crash.chmod(0o1777)

    def foreign(self, name: str, mode: int = 0o755) -> Path:
        """A directory of another user's, with a file in it."""
        path = self.crash / name
        path.mkdir()
        (path / "file").write_text("theirs")
        path.chmod(mode)
        os.chown(path, 65534, 65534)
        return path

    def targets(self) -> list[Any]:
        return [self.crash, f"ssh://user@host{self.crash}"]

    def test_lock(self) -> None:
        """Any file in the place of the lock: the dump is saved, with a warning."""
        lock = self.crash / ".fadumpctl.lock"
        for make in ("mkdir", "mkfifo", "ln -s /etc/passwd", "touch"):
            subprocess.run([*make.split(), lock], check=True)
            os.chown(lock, 65534, 65534, follow_symlinks=False)
            with self.subTest(make):
                result = self.save("-q")
                self.assertIn("nothing prevents two saves", result.stderr)
                self.check_dump(Path(result.stdout.strip()), FILES)
            if make == "mkdir":
                lock.rmdir()
            else:
                lock.unlink()
        self.assertEqual(self.save("-q").stderr, "")
        self.assertEqual(lock.stat().st_mode & 0o777, 0o600)

    def test_lock_that_is_held(self) -> None:
        """By the owner of a foreign file, or by a user that may open ours."""
        path = self.crash / ".fadumpctl.lock"
        for owner, mode in ((65534, 0o600), (0, 0o644)):
            path.touch()
            path.chmod(mode)
            os.chown(path, owner, owner)
            with path.open("r", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self.assertIn("nothing prevents two saves", self.save("-q").stderr)
            path.unlink()
        path.touch(0o600)
        with path.open("r", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertIn("another save is running here", self.save("-q", code=STATE).stderr)
        self.assertEqual([n for n in self.names() if n.endswith(".partial")], [])

    def test_rotation(self) -> None:
        """Only our own directories are counted and removed."""
        for target in self.targets():
            for day in range(1, 4):
                (self.crash / old_name(day)).mkdir()
            theirs = [self.foreign(old_name(day)) for day in range(11, 14)]
            theirs += [self.foreign(old_name(day).replace("fadump-", "fadumplog-"))
                       for day in range(11, 14)]
            (self.crash / old_name(14)).mkdir()
            (self.crash / old_name(14)).chmod(0o777)
            hidden = self.foreign(f".{old_name(1)}.partial")
            self.save("-q", "--keep", 3, target=target)
            self.assertEqual([(self.crash / old_name(day)).exists() for day in (1, 2, 3, 14)],
                             [False, True, True, True], target)
            for path in (*theirs, hidden):
                self.assertEqual((path / "file").read_text(), "theirs")
            for path in self.crash.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
            time.sleep(1.1)

    def test_leftovers(self) -> None:
        for target in self.targets():
            names = [f".{old_name(1)}.partial", old_name(1).replace("fadump-", "fadumplog-"),
                     f".{old_name(1)}.partial".replace("fadump-", "fadumplog-")]
            theirs = [self.foreign(name) for name in names]
            self.save("-q", target=target)
            for path in theirs:
                self.assertEqual((path / "file").read_text(), "theirs")
                shutil.rmtree(path)
            time.sleep(1.1)

    def test_name_is_taken(self) -> None:
        """Another user takes the name between the log and the dump."""
        taker = self.top / "taker"
        taker.write_text('#!/bin/sh\ncase $1 in --dump-dmesg) ;; *) cd "$TAKEN" && '
                         "for d in fadumplog-*; do mkdir -p fadump-${d#*-}/x; done ;; esac\n"
                         f'exec sh "{HERE}/makedumpfile.sh" "$@"\n')
        taker.chmod(0o755)
        self.env["TAKEN"] = str(self.crash)
        result = self.save("-q", "--makedumpfile", taker)
        dump = Path(result.stdout.strip())
        self.check_dump(dump, FILES)
        self.assertTrue(dump.name.endswith("-2"))


class TestBlockDevice(SaveCase):
    """To a block device; a file stands for it."""

    def setUp(self) -> None:
        super().setUp()
        self.device = self.top / "device"
        self.device.write_bytes(bytes(1 << 20))

    def check_device(self, files: set[str]) -> None:
        out = self.top / "out"
        with tarfile.open(self.device) as tar:
            tar.extractall(out)
        (dump,) = out.iterdir()
        self.check_dump(dump, files)
        self.assertEqual(self.device.stat().st_size, 1 << 20)

    def test_save(self) -> None:
        result = self.save(target=self.device)
        self.assertRegex(result.stdout.strip().split(":")[-1], NAME)
        self.check_device({"vmcore.flat", "dmesg.txt", "info.json", "SHA256SUMS"})
        self.assertIn(" -F ", self.calls())
        self.save(target=self.device)

    def test_foreign_content(self) -> None:
        for at in (0, 1024, 65600):
            data = bytearray(1 << 20)
            data[at] = 1
            self.device.write_bytes(data)
            result = self.save(target=self.device, code=STATE)
            self.assertIn("--overwrite", result.stderr)
            self.assertEqual(self.device.read_bytes(), data)
        self.save("--overwrite", target=self.device)

    def test_a_log_replaces_no_dump(self) -> None:
        self.save("--log-only", target=self.device)
        self.save("--log-only", target=self.device)
        self.save(target=self.device)
        self.save("--log-only", target=self.device, code=STATE)
        self.check_device({"vmcore.flat", "dmesg.txt", "info.json", "SHA256SUMS"})
        self.save("--log-only", "--overwrite", target=self.device)

    def test_failures(self) -> None:
        for fake, code in (("full", FULL), ("partial", PROGRAM_FAILED),
                           ("killed", PROGRAM_FAILED)):
            self.env["FAKE"] = fake
            self.assertIn("stays in memory", self.save(target=self.device, code=code).stderr)
            self.check_kept(KEPT)
        self.env["FAKE_DMESG"] = "fail"
        self.write("/proc/vmcore", cores.core(info=""))
        self.save(target=self.device, code=code)
        self.check_kept(KEPT - {"dmesg.txt"})
        del self.env["FAKE"]
        self.save(target=self.device)

    def check_kept(self, files: set[str]) -> None:
        """An archive of the log and the report, for every tar."""
        with tarfile.open(self.device) as tar:
            names = [name.split("/") for name in tar.getnames()]
        self.assertRegex(names[0][0], LOG)
        self.assertEqual({tuple(n) for n in names}, {(names[0][0], file) for file in files})
        listed = subprocess.run(["tar", "tf", self.device], check=True, capture_output=True,
                                text=True)
        self.assertEqual(listed.stdout.split(), ["/".join(n) for n in names])

    def test_killed(self) -> None:
        ready = self.top / "ready"
        self.env.update(FAKE="hang", FAKE_READY=str(ready))
        with self.start("save", "--makedumpfile", HERE / "makedumpfile.sh",
                        self.device) as child:
            end = time.monotonic() + 20
            while not ready.exists():
                self.assertLess(time.monotonic(), end)
                time.sleep(0.02)
            child.kill()
        self.check_kept({"dmesg.txt"})

    def test_too_small(self) -> None:
        self.device.write_bytes(bytes(1 << 16))
        self.save(target=self.device, code=FULL)
        self.check_kept(KEPT)
        self.device.write_bytes(bytes(1 << 10))
        self.save(target=self.device, code=FULL)
        with self.assertRaises(tarfile.ReadError):
            tarfile.open(self.device)


class TestSsh(SaveCase):
    """To another host; the fake ssh runs on this one."""

    def ssh(self, *args: Any, code: int = DONE) -> Any:
        return self.save(*args, target=f"ssh://user@host:2222{self.crash}", code=code)

    def test_save(self) -> None:
        result = self.ssh()
        name = result.stdout.strip().split("/")[-1]
        self.check_dump(self.crash / name,
                        {"vmcore.flat", "dmesg.txt", "info.json", "SHA256SUMS"})
        self.assertIn("-oBatchMode=yes", self.calls())
        self.assertIn("-p 2222 -- user@host", self.calls())

    def taker(self, first: str, then: str) -> None:
        """The next dump's name is taken while the first is written."""
        program = self.top / "taker"
        program.write_text('#!/bin/sh\nfor script do :; done\n'
                           f'case $script in *{first}*) cd "{self.crash}"; for d in .fadumplog-* '
                           'fadumplog-*; do t=${d#*fadumplog-}; t=${t%.partial}; '
                           f'test ! -d "$d" || mkdir -p "{then}$t/x"; done ;; esac\n'
                           f'exec sh "{HERE}/ssh.sh" "$@"\n')
        program.chmod(0o755)
        self.env["TAKER"] = str(program)

    def test_twice_in_a_second(self) -> None:
        for _ in range(4):
            self.ssh("-q")
        names = self.names()
        self.assertEqual(len(names), 4)
        self.assertGreaterEqual(len([n for n in names if re.search(r"\d{6}-\d+$", n)]), 1)
        # They are dumps like others, and go like others.
        time.sleep(1.1)
        new = self.ssh("-q", "--keep", 2).stdout.strip().split("/")[-1]
        self.assertEqual(len(self.names()), 2)
        self.assertIn(new, self.names())

    def test_name_is_taken(self) -> None:
        """Another user takes the name, before and after the log has one."""
        for first, then in (("vmcore.flat.partial", "fadump-"),
                            ("dmesg.txt.partial", "fadumplog-")):
            self.taker(first, then)
            result = self.run_program("save", "-q", "--makedumpfile", HERE / "makedumpfile.sh",
                                      "--ssh", self.env["TAKER"], f"ssh://host{self.crash}")
            self.assertEqual(result.stderr, "")
            name = result.stdout.strip().split("/")[-1]
            self.check_dump(self.crash / name, FILES - {"vmcore"} | {"vmcore.flat"})
            self.assertTrue(name.endswith("-2"))
            for path in self.crash.iterdir():
                shutil.rmtree(path)
            time.sleep(1.1)

    def test_sums_are_lost(self) -> None:
        """The other host was reset and has lost files, with SHA256SUMS."""
        program = self.top / "reset"
        program.write_text('#!/bin/sh\nfor script do :; done\n'
                           f'case $script in *"sha256sum -c"*) cd "{self.crash}"/fadumplog-* && '
                           ': >vmcore.flat.partial && rm SHA256SUMS.partial ;; esac\n'
                           f'exec sh "{HERE}/ssh.sh" "$@"\n')
        program.chmod(0o755)
        result = self.ssh("--release", "--ssh", program, code=FAILED)
        self.assertIn("not whole", result.stderr)
        self.check_failed(result)

    def test_cut_without_sums(self) -> None:
        """The same without checksums: the sizes are compared."""
        program = self.top / "reset"
        for cut in (": >vmcore.flat.partial", "rm vmcore.flat.partial", "rm info.json.partial",
                    "echo >>vmcore.flat.partial", ": >dmesg.txt"):
            program.write_text('#!/bin/sh\nfor script do :; done\n'
                               f'case $script in *"sha256sum -c"*) cd "{self.crash}"/fadumplog-* && '
                               f'{cut} ;; esac\nexec sh "{HERE}/ssh.sh" "$@"\n')
            program.chmod(0o755)
            result = self.ssh("--release", "--no-checksum", "--ssh", program, code=FAILED)
            self.assertIn("not whole", result.stderr)
            self.assertEqual(self.read("/sys/kernel/fadump/release_mem"), "")
            for path in self.crash.iterdir():
                shutil.rmtree(path)

    def test_leftovers_of_a_second_name(self) -> None:
        other = f"fadumplog-{NODE}-20200101-000000-2x"
        for name in (f".fadumplog-{NODE}-20200101-000000-2.partial",
                     f"fadumplog-{NODE}-20200101-000000-12", other):
            (self.crash / name).mkdir()
            (self.crash / name / "vmcore.flat").write_text("part")
        name = self.ssh().stdout.strip().split("/")[-1]
        self.assertEqual(self.names(), sorted([name, other]))

    def test_odd_directory(self) -> None:
        self.crash = self.top / "it's $(touch x) a `dir`; "
        self.crash.mkdir()
        self.ssh()
        self.assertEqual(len(self.names()), 1)

    def test_rotation(self) -> None:
        for day in range(1, 6):
            (self.crash / old_name(day)).mkdir()
        (self.crash / f"fadump-{NODE}-x").mkdir()
        (self.crash / f".{old_name(1)}.partial").mkdir()
        self.ssh("--keep", 2)
        self.assertEqual(len(self.names()), 3)
        self.assertIn(old_name(5), self.names())

    def test_what_others_are_writing(self) -> None:
        """Remove what this machine has left, not another's whose name has the same beginning."""
        other = f".fadump-{NODE}-2-20200101-000000.partial"
        for name in (other, f".fadump-{NODE}-20200101-000000.partial"):
            (self.crash / name).mkdir()
            (self.crash / name / "vmcore.flat").write_text("part")
        name = self.ssh().stdout.strip().split("/")[-1]
        self.assertEqual(self.names(), sorted([other, name]))
        self.assertTrue((self.crash / other / "vmcore.flat").exists())

    def test_one_at_a_time(self) -> None:
        ready = self.top / "ready"
        self.env.update(FAKE="hang", FAKE_READY=str(ready))
        child = self.start("save", "--makedumpfile", HERE / "makedumpfile.sh", "--ssh",
                           HERE / "ssh.sh", f"ssh://user@host:2222{self.crash}")
        end = time.monotonic() + 20
        while not ready.exists():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        del self.env["FAKE"]
        (partial,) = self.names()
        self.assertRegex(partial, LOG)
        self.assertIn("another fadumpctl is saving", self.ssh(code=STATE).stderr)
        self.assertEqual(self.names(), [partial])
        other = self.top / "other"
        other.mkdir()
        self.save(target=f"ssh://user@host:2222{other}")
        child.kill()
        child.communicate(timeout=20)
        # A killed process leaves no lock.
        self.assertEqual({p.name for p in (self.crash / partial).iterdir()},
                         {"dmesg.txt", "vmcore.flat.partial"})
        time.sleep(1.1)
        self.ssh()
        self.assertEqual([p.name for p in (self.crash / partial).iterdir()], ["dmesg.txt"])

    def test_two_machines_of_one_name(self) -> None:
        """Two machines of one name do not remove each other's files, with or without an id."""
        ready = self.top / "ready"
        target = f"ssh://user@host:2222{self.crash}"
        for known in (True, False):
            if not known:
                self.path("/etc/machine-id").unlink()
            self.env.update(FAKE="hang", FAKE_READY=str(ready))
            child = self.start("save", "--makedumpfile", HERE / "makedumpfile.sh", "--ssh",
                               HERE / "ssh.sh", "--node=localhost", target)
            end = time.monotonic() + 20
            while not ready.exists():
                self.assertLess(time.monotonic(), end)
                time.sleep(0.02)
            ready.unlink()
            (log,) = self.names()
            del self.env["FAKE"]
            # Another machine has a /run of its own.
            shutil.rmtree(self.path("/run"))
            self.path("/run").mkdir()
            if known:
                self.write("/etc/machine-id", "f" * 32 + "\n")
            (self.crash / ".fadump-localhost-20200101-000000.partial").mkdir()
            time.sleep(1.1)
            self.ssh("--node=localhost", "--keep", 1)
            self.assertEqual({p.name for p in (self.crash / log).iterdir()},
                             {"dmesg.txt", "vmcore.flat.partial"})
            self.assertTrue((self.crash / ".fadump-localhost-20200101-000000.partial").exists())
            child.kill()
            child.communicate(timeout=20)
            for path in self.crash.iterdir():
                shutil.rmtree(path)

    def sync(self, script: str) -> None:
        """Replace sync on the other host."""
        there = self.top / "there"
        there.mkdir(exist_ok=True)
        (there / "sync").write_text(f'#!/bin/sh\necho "sync $*" >>"{self.log}"\n{script}\n')
        (there / "sync").chmod(0o755)
        self.env["PATH"] = f"{there}:{os.environ['PATH']}"

    def test_written_back(self) -> None:
        """The name appears only after all files are flushed on the other host."""
        self.sync("")
        name = self.ssh().stdout.strip().split("/")[-1]
        log = name.replace("fadump-", "fadumplog-")
        partial = f".{log}.partial"
        self.assertIn(f"sync -- {partial}/dmesg.txt {partial}\nsync -- .\n", self.calls())
        files = " ".join(f"{log}/{file}" for file in
                         ("SHA256SUMS", "dmesg.txt", "info.json", "vmcore.flat"))
        self.assertIn(f"sync -- {files} {log}\nsync -- .\n", self.calls())

    def test_not_written_back(self) -> None:
        self.sync('case $* in *vmcore.flat*) echo "sync: error syncing: Input/output error" >&2; '
                  'exit 1 ;; esac')
        self.check_failed(self.ssh("--release", code=LINK))

    def test_old_sync(self) -> None:
        self.sync('[ $# -eq 0 ] || exit 1')
        self.ssh()
        self.assertTrue(self.calls().endswith("sync \nsync \n"))
        self.sync('exit 1')
        shutil.rmtree(self.crash / self.names()[0])
        self.check_failed(self.ssh(code=FAILED), begun=False)

    def test_name_is_not_written_back(self) -> None:
        """The final name was given before the failure, and is removed."""
        self.sync('case $* in "-- .") test ! -d fadump-* ;; esac')
        self.check_failed(self.ssh(code=FAILED))

    def test_nowhere_to_lock(self) -> None:
        self.path("/run").rmdir()
        self.assertIn("nothing prevents two saves", self.ssh().stderr)

    def test_the_one_just_saved_stays(self) -> None:
        future = f"fadump-{NODE}-21060207-062815"
        (self.crash / future).mkdir()
        (self.crash / old_name(1)).mkdir()
        new = self.ssh("--keep", 2).stdout.strip().split("/")[-1]
        self.assertEqual(self.names(), sorted([future, new]))
        time.sleep(1.1)
        new = self.ssh("--keep", 1).stdout.strip().split("/")[-1]
        self.assertEqual(self.names(), [new])

    def test_failures(self) -> None:
        for fake, code in (("refused", LINK), ("broken", LINK), ("full", FULL),
                           ("altered", FAILED)):
            self.env["FAKE_SSH"] = fake
            self.env["FAKE_SIZE"] = "3000"
            self.check_failed(self.ssh(code=code), begun=fake != "refused")

    def test_makedumpfile_fails(self) -> None:
        for fake, code in (("full", FULL), ("partial", PROGRAM_FAILED),
                           ("killed", PROGRAM_FAILED), ("junk", PROGRAM_FAILED)):
            self.env["FAKE"] = fake
            self.check_failed(self.ssh(code=code))

    def test_no_directory(self) -> None:
        self.crash.rmdir()
        self.assertIn("cannot begin there", self.ssh(code=FAILED).stderr)

    def test_no_ssh(self) -> None:
        self.run_program("save", "--ssh", "/no/such/program", "ssh://host/x",
                         code=PROGRAM_FAILED)
