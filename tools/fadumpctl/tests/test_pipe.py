# SPDX-License-Identifier: GPL-2.0-or-later
"""PIPE: the dump goes through a command on its way to the target."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import cores
from lab import FULL, INTERRUPTED, LINK, PROGRAM_FAILED
from test_capture import CaptureCase
from test_check import CheckCase
from test_integration import INITRAMFS

FILES = {"vmcore.pipe", "dmesg.txt", "info.json", "SHA256SUMS"}
#: KiB of a dump that does not fit into all pipes together.
LONG = 3000


class PipeCase(CaptureCase):
    """A machine with PIPE."""

    def setUp(self) -> None:
        super().setUp()
        self.env["FAKE_SIZE"] = str(LONG)

    def pipe(self, command: str, *args: Any, target: Any = None) -> Path:
        """Capture through the command; the dump, which is whole."""
        self.conf(f'PIPE="{command}"', target=target)
        self.write("/sys/kernel/fadump/release_mem", "")
        result = self.capture("-q", "-t", 2, *args)
        self.assertTrue(self.released())
        return self.crash / Path(result.stdout.splitlines()[0]).name

    def fails(self, command: str, text: str, *args: Any, code: int = PROGRAM_FAILED,
              target: Any = None) -> None:
        """Nothing is saved or released, and the log is kept with the reason."""
        self.conf(f'PIPE="{command}"', target=target)
        self.write("/sys/kernel/fadump/release_mem", "")
        result = self.capture("-t", 2, *args, code=code)
        self.assertIn(text, result.stderr)
        self.check_failed(result)

    def check_flat(self, data: bytes) -> None:
        """A whole dump in the flattened format."""
        self.assertTrue(data.startswith(b"makedumpfile\0"))
        self.assertEqual(len(data), 16 + LONG * 1024)
        self.assertEqual(data[-4:], str(LONG - 1).encode())


class TestPipe(PipeCase):
    """What the command writes is saved."""

    def test_directory(self) -> None:
        dump = self.pipe("gzip -1")
        self.check_dump(dump, FILES)
        self.check_flat(gzip.decompress((dump / "vmcore.pipe").read_bytes()))
        info = json.loads((dump / "info.json").read_text())
        self.assertEqual((info["file"], info["piped"]), ("vmcore.pipe", "vmcore.flat"))
        self.assertEqual(info["bytes"], (dump / "vmcore.pipe").stat().st_size)
        self.assertEqual((dump / "vmcore.pipe").stat().st_mode & 0o777, 0o600)

    def test_other_host(self) -> None:
        dump = self.pipe("gzip -1", target=f"ssh://host{self.crash}")
        self.check_dump(dump, FILES)
        self.check_flat(gzip.decompress((dump / "vmcore.pipe").read_bytes()))

    def test_device(self) -> None:
        device = self.path("/dev/sdx")
        self.write("/dev/sdx", bytes(8 << 20))
        self.pipe("gzip -1", target=device)
        with tarfile.open(device) as tar:
            (name,) = (n for n in tar.getnames() if n.endswith("/vmcore.pipe"))
            member = tar.extractfile(name)
            assert member
            self.check_flat(gzip.decompress(member.read()))

    def test_raw(self) -> None:
        self.write("/proc/vmcore", cores.core() + bytes(1 << 20) + b"x" * 100000)
        for target in (None, f"ssh://host{self.crash}"):
            dump = self.pipe("gzip -1", "--raw", target=target)
            self.check_dump(dump, FILES)
            self.assertEqual(gzip.decompress((dump / "vmcore.pipe").read_bytes()),
                             self.path("/proc/vmcore").read_bytes())
            self.assertEqual(json.loads((dump / "info.json").read_text())["piped"], "vmcore")

    def test_zeros(self) -> None:
        """What the command writes may end in zeros."""
        dump = self.pipe("cat; head -c 100000 /dev/zero")
        self.check_dump(dump, FILES)
        self.assertEqual((dump / "vmcore.pipe").stat().st_size, 16 + LONG * 1024 + 100000)

    def test_more_than_it_reads(self) -> None:
        """The output is read while the command's input is full."""
        dump = self.pipe("od -v -An -tx1")
        self.check_dump(dump, FILES)
        text = (dump / "vmcore.pipe").read_text()
        self.check_flat(bytes.fromhex("".join(text.split())))

    def test_elsewhere(self) -> None:
        """A client of an object store writes nothing, and may close its output."""
        for command in ("cat", "exec 1>&-; cat"):
            dump = self.pipe(f"{command} >{self.top}/object")
            self.check_dump(dump, FILES)
            self.assertEqual((dump / "vmcore.pipe").read_bytes(), b"")
            self.check_flat((self.top / "object").read_bytes())

    def test_log_only(self) -> None:
        self.conf('PIPE="false"')
        (name,) = self.run_program("save", "-q", "--log-only").stdout.splitlines()
        self.assertNotIn("piped", json.loads((Path(name) / "info.json").read_text()))

    def test_show(self) -> None:
        self.conf('PIPE="gzip | cat >&2 && true"')
        out = self.run_program("conf").stdout
        self.assertIn("PIPE='gzip | cat >&2 && true'\nPRE", out)
        # The initramfs has no such programs.
        self.assertIn("WHEN='boot'\n", out)
        self.conf('PIPE="gzip"', target='"/a ssh://host/b"')
        self.assertIn("WHEN='network'\n", self.run_program("conf").stdout)


class TestFailure(PipeCase):
    """Nothing is released, and nothing looks like a dump."""

    def test_status(self) -> None:
        for command in ("cat; exit 3", "exit 3", "head -c 9; exit 3", "exec >&-; cat; exit 3"):
            self.fails(command, "PIPE: failed with exit status 3")

    def test_its_messages(self) -> None:
        self.fails("cat; echo no key >&2; exit 3", "  PIPE: no key\n")

    def test_killed(self) -> None:
        self.program("killed", "cat; kill -9 $PPID")
        self.fails("killed; true", "PIPE: killed by signal 9")

    def test_missing(self) -> None:
        self.fails("/no/such/program", "PIPE: cannot be run")

    def test_ends_too_early(self) -> None:
        """A command that has not read all has not saved all, whatever its status."""
        for command in ("true", "head -c 100000", "exec <&-; sleep 0.1"):
            self.fails(command, "PIPE: the command has ended before the dump")

    def test_other_host(self) -> None:
        target = f"ssh://host{self.crash}"
        self.fails("cat; exit 3", "PIPE: failed with exit status 3", target=target)
        for fake, text, code in (("broken", "closed by remote host", LINK),
                                 ("full", "No space left on device", FULL)):
            self.env["FAKE_SSH"] = fake
            self.fails("cat", text, target=target, code=code)

    def test_makedumpfile(self) -> None:
        for fake, text in (("partial", "makedumpfile: failed with exit status 1"),
                           ("killed", "makedumpfile: killed by signal 9"),
                           ("junk", "has not written a dump")):
            self.env["FAKE"] = fake
            self.fails("cat", text)

    def test_time_limit(self) -> None:
        self.program("hang", f'echo $$ >"{self.top}/pid"; exec sleep 60')
        for command in ("hang", "cat; exec hang"):
            self.fails(command, "interrupted", "--timeout", 5, code=INTERRUPTED)
            process = Path("/proc") / (self.top / "pid").read_text().strip()
            # A zombie has no command line.
            self.assertFalse(process.exists() and (process / "cmdline").read_bytes(), command)


class TestEncryption(PipeCase):
    """Programs that administrators use."""

    def test_gpg(self) -> None:
        # gpg needs its agent, which is a package of its own.
        for name in ("gpg", "gpg-agent"):
            if not shutil.which(name):
                self.skipTest(f"there is no {name}")
        home, secret = self.top / "gnupg", self.top / "secret"
        home.mkdir(mode=0o700)
        secret.write_text("secret\n")
        gpg = f"gpg --homedir {home} --batch --quiet --pinentry-mode loopback " \
              f"--passphrase-file {secret}"
        dump = self.pipe(f"{gpg} --symmetric")
        self.check_dump(dump, FILES)
        done = subprocess.run(["sh", "-c", f"{gpg} --decrypt {dump}/vmcore.pipe"],
                              check=True, capture_output=True, timeout=60)
        self.check_flat(done.stdout)
        shutil.rmtree(dump)
        secret.unlink()
        self.fails(f"{gpg} --symmetric", "PIPE: ")

    def test_age(self) -> None:
        if not shutil.which("age"):
            self.skipTest("there is no age")
        key, recipients = self.top / "key", self.top / "recipients"
        subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
        recipients.write_bytes(subprocess.run(["age-keygen", "-y", key], check=True,
                                              capture_output=True).stdout)
        dump = self.pipe(f"age -R {recipients}")
        self.check_dump(dump, FILES)
        done = subprocess.run(["age", "-d", "-i", key, dump / "vmcore.pipe"], check=True,
                              capture_output=True, timeout=60)
        self.check_flat(done.stdout)
        shutil.rmtree(dump)
        recipients.write_text("no recipient\n")
        self.fails(f"age -R {recipients}", "PIPE: ")


class TestScripts(CheckCase):
    """What else knows of PIPE."""

    def test_initramfs(self) -> None:
        self.conf('PIPE="gzip"', "COMPRESS=zstd")
        self.assertIn("WHEN is boot", self.script(INITRAMFS / "fadump-target", code=1).stderr)

    def test_check(self) -> None:
        """A program that is missing is found before the crash."""
        self.program("there", "exit 1")
        for command in ("there --x", "cat | there", "A=1 missing", f"{self.bin}/there"):
            self.conf("COMPRESS=zstd", f'PIPE="{command}"')
            self.make_initramfs()
            self.ok("configuration", "all of .* is valid")
        for command in ("missing --x", f"{self.bin}/missing"):
            self.conf("COMPRESS=zstd", f'PIPE="{command}"')
            self.make_initramfs()
            self.wrong("configuration", f"PIPE: {command.split()[0]} is not there: install it")
        self.assertFalse(os.path.exists(self.bin / "missing"))
