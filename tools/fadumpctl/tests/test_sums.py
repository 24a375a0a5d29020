# SPDX-License-Identifier: GPL-2.0-or-later
"""Checksums on every way to a target, and saves without them."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import cores
from lab import FULL, PROGRAM_FAILED
from test_save import FILES, KEPT, LOG, SaveCase

SUMS = {"SHA256SUMS"}

#: KiB, which no buffer and no number of them divides.
SIZE = 2999

#: libcrypto, as far as it is used, which takes all but a file that is large.
BROKEN = """
#include <stddef.h>
void *EVP_MD_CTX_new(void) { static int ctx; return &ctx; }
void EVP_MD_CTX_free(void *ctx) { (void)ctx; }
const void *EVP_sha256(void) { return NULL; }
int EVP_DigestInit_ex(void *c, const void *t, void *e) { (void)c, (void)t, (void)e; return 1; }
int EVP_DigestUpdate(void *c, const void *d, size_t len) { (void)c, (void)d; return len < 60000; }
int EVP_DigestFinal_ex(void *c, unsigned char *digest, unsigned int *len)
{
	(void)c, (void)len;
	for (int i = 0; i < 32; i++)
		digest[i] = 0x5a;
	return 1;
}
"""


def big_core() -> bytes:
    """A dump with holes of all lengths, some longer than several buffers."""
    rand = random.Random(1)
    data = bytearray(cores.core())
    data += bytes(-len(data) % 4096)
    for length in (1, 3, 64, 65, 200, 1, 2):
        data += rand.randbytes(4096 * length + 100 * (length == 3)) + bytes(4096 * length)
    return bytes(data + b"the end".ljust(5000, b"\0"))


class SumsCase(SaveCase):
    """Dumps larger than all buffers."""

    def setUp(self) -> None:
        super().setUp()
        self.env["FAKE_SIZE"] = str(SIZE)
        self.device = self.top / "device"
        self.device.write_bytes(bytes(16 << 20))

    def places(self) -> list[Any]:
        """A directory, a device, another host."""
        return [self.crash, self.device, f"ssh://user@host{self.crash}"]

    def saved(self, *args: Any, target: Any) -> Path:
        """Save; the directory of the dump, extracted if it is an archive."""
        out = self.top / "out"
        shutil.rmtree(out, ignore_errors=True)
        self.device.write_bytes(bytes(16 << 20))
        name = self.save("-q", *args, target=target).stdout.strip()
        if target != self.device:
            return self.crash / name.split("/")[-1]
        with tarfile.open(self.device) as tar:
            tar.extractall(out)
        (dump,) = out.iterdir()
        return dump

    def dump_name(self, target: Any) -> str:
        return "vmcore" if target == self.crash else "vmcore.flat"


class TestSums(SumsCase):
    """Saves with checksums."""

    def test_filtered(self) -> None:
        """A filtered dump, which makedumpfile writes to the directory itself."""
        for target in self.places():
            dump = self.saved(target=target)
            name = self.dump_name(target)
            self.check_dump(dump, FILES - {"vmcore"} | {name})
            self.assertEqual((dump / name).stat().st_size, SIZE * 1024 + (12, 16)[".flat" in name])

    def test_raw(self) -> None:
        data = big_core()
        self.write("/proc/vmcore", data)
        for target in self.places():
            dump = self.saved("--raw", target=target)
            self.check_dump(dump, FILES)
            self.assertEqual((dump / "vmcore").read_bytes(), data)

    @staticmethod
    def next_data(fd: int, at: int) -> int:
        """The offset of the next data, or -1."""
        try:
            return os.lseek(fd, at, os.SEEK_DATA)
        except OSError:
            return -1

    def test_holes(self) -> None:
        """No hole is written, wherever a buffer ends."""
        data = big_core()
        self.write("/proc/vmcore", data)
        got = self.saved("--raw", target=self.crash) / "vmcore"
        blocks = [at for at in range(0, len(data), 4096)
                  if any(data[at:at + 4096]) or at + 4096 > len(data)]
        with got.open("rb") as file:
            there = [at for at in range(0, len(data), 4096)
                     if self.next_data(file.fileno(), at) == at]
        self.assertEqual(there, blocks)

    def test_without_libcrypto(self) -> None:
        """The loader finds a file that is not a library."""
        broken = self.top / "lib"
        broken.mkdir()
        (broken / "libcrypto.so.3").write_bytes(b"\x7fELF" + b"no library" * 100)
        self.env["LD_LIBRARY_PATH"] = str(broken)
        self.write("/proc/vmcore", big_core())
        for args in ([], ["--raw"]):
            for target in self.places():
                dump = self.saved(*args, target=target)
                self.check_dump(dump, {p.name for p in dump.iterdir()})

    def libcrypto(self, text: str) -> None:
        """A libcrypto that is found."""
        lib, source = self.top / "lib", self.top / "broken.c"
        lib.mkdir()
        source.write_text(text)
        cc = shutil.which("gcc") or shutil.which("clang") or "cc"
        subprocess.run([cc, "-shared", "-fPIC", "-o", lib / "libcrypto.so.3", source], check=True)
        self.env["LD_LIBRARY_PATH"] = str(lib)

    def test_broken_libcrypto(self) -> None:
        """libcrypto is used if it is there; its failure does not fail a dump."""
        self.libcrypto(BROKEN)
        result = self.save("--raw", "-q")
        self.assertEqual(result.stderr, "")
        dump = Path(result.stdout.strip())
        self.assertEqual((dump / "SHA256SUMS").read_text(), "".join(
            f"{'5a' * 32}  {name}\n" for name in ("dmesg.txt", "vmcore", "info.json")))
        result = self.save("-q")
        self.assertIn("vmcore: saved without a checksum: libcrypto has failed", result.stderr)
        self.assertNotIn("vmcore", (Path(result.stdout.strip()) / "SHA256SUMS").read_text())

    def test_libcrypto_that_sums_nothing(self) -> None:
        """Without any checksum there is no SHA256SUMS, and the dump is saved."""
        self.libcrypto(BROKEN.replace("len < 60000", "!len"))
        for target in self.places():
            dump = self.saved("--raw", target=target)
            self.assertEqual({p.name for p in dump.iterdir()}, FILES - SUMS)


class TestNoSums(SumsCase):
    """Saves without checksums."""

    def test_no_file(self) -> None:
        for target in self.places():
            for args in ([], ["--raw"], ["--log-only"]):
                if target == self.device and args == ["--log-only"]:
                    continue
                dump = self.saved("--no-checksum", *args, target=target)
                beside = FILES - SUMS - {"vmcore"}
                files = {"--raw": {"vmcore"}, "--log-only": set()}
                self.assertEqual({p.name for p in dump.iterdir()}, beside | files.get(
                    args[0] if args else "", {self.dump_name(target)}))

    def test_content(self) -> None:
        """Size and head of a file that was not read are known."""
        data = big_core()
        self.write("/proc/vmcore", data)
        for target in self.places():
            dump = self.saved("--no-checksum", "--raw", target=target)
            self.assertEqual((dump / "vmcore").read_bytes(), data)
        dump = self.saved("--no-checksum", target=self.crash)
        self.assertIn(f'"bytes": {SIZE * 1024 + 12},', (dump / "info.json").read_text())
        self.env["FAKE"] = "junk"
        for target in self.places():
            result = self.save("--no-checksum", "--overwrite", target=target, code=PROGRAM_FAILED)
            self.assertIn("has not written a dump", result.stderr)

    def test_not_read_again(self) -> None:
        """The file by makedumpfile is unchanged."""
        self.assertIn("checksum", self.save().stderr)
        self.assertNotIn("checksum", self.save("--no-checksum").stderr)

    def test_configured(self) -> None:
        self.write("/etc/fadump.conf", f"TARGET={self.crash}\nCHECKSUM=no\n")
        for target in (self.crash, f"ssh://user@host{self.crash}"):
            self.assertNotIn("SHA256SUMS", {p.name for p in self.saved(target=target).iterdir()})
        self.write("/etc/fadump.conf", f"TARGET={self.crash}\nCHECKSUM=yes\n")
        self.check_dump(self.saved(target=self.crash), FILES)

    def test_failed(self) -> None:
        """The log and the report stay, with their right checksums."""
        for target in (self.crash, f"ssh://user@host{self.crash}"):
            self.env["FAKE"] = "full"
            result = self.save("-q", "--no-checksum", target=target, code=FULL)
            (name,) = self.names()
            self.assertRegex(name, LOG)
            self.assertEqual({p.name for p in (self.crash / name).iterdir()}, KEPT - SUMS)
            self.assertIn("has the log and a report", result.stderr)
            del self.env["FAKE"]
            self.saved("--no-checksum", target=target)
            self.assertEqual({p.name for p in (self.crash / name).iterdir()}, KEPT - SUMS)
            for path in self.crash.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)

    def test_finished_logs_stay(self) -> None:
        """The next save keeps a finished save, and of an unfinished one only the log."""
        for target in (self.crash, f"ssh://user@host{self.crash}"):
            self.write("/sys/firmware/opal/core", b"\x7fELF opal")
            log = self.saved("--no-checksum", "--log-only", target=target)
            killed = self.crash / (log.name[:-len("YYYYMMDD-HHMMSS")] + "20200101-000000")
            shutil.copytree(log, killed)
            (killed / "info.json").unlink()
            (killed / "vmcore").write_text("half")
            self.saved("--no-checksum", target=target)
            self.assertEqual({p.name for p in log.iterdir()},
                             {"dmesg.txt", "opalcore", "info.json"})
            self.assertEqual({p.name for p in killed.iterdir()}, {"dmesg.txt"})
            for path in self.crash.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)

    def test_lost_on_the_way(self) -> None:
        """Without checksums, a failed write on the other host is still reported."""
        self.env["FAKE_SSH"] = "full"
        result = self.save("--no-checksum", target=f"ssh://user@host{self.crash}", code=FULL)
        self.assertIn("not saved; the dump stays in memory", result.stderr)
