# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian systems without a machine: files, QEMU's arguments, names in the cache."""

from __future__ import annotations

import hashlib
import io
import shlex
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab import LabError  # noqa: E402
from fadumplab.build.toolbox import DEBIAN, GUEST, HOST, Toolbox  # noqa: E402
from fadumplab.machine.qemu import Machine  # noqa: E402
from fadumplab.system.debian import AGENT, FILES, SCRIPTS, Debian, digest, pack  # noqa: E402
from fadumplab.system.guest import PIECES, Load, check_files  # noqa: E402


class PackTest(unittest.TestCase):
    """The archive of files that the lab adds."""

    def members(self) -> dict[str, tarfile.TarInfo]:
        """The members of an archive by name."""
        with tarfile.open(fileobj=io.BytesIO(Debian._files())) as archive:
            return {member.name: member for member in archive}

    def test_everything_is_in_it_and_roots(self) -> None:
        members = self.members()
        names = {str(path.relative_to(FILES)) for path in FILES.rglob("*") if path.is_file()}
        self.assertEqual(set(members), names | {"usr/local/lib/lab/agent"})
        self.assertEqual({(m.uid, m.gid) for m in members.values()}, {(0, 0)})

    def test_modes(self) -> None:
        members = self.members()
        self.assertEqual(members["usr/local/lib/lab/load"].mode, 0o755)
        self.assertEqual(members["etc/fstab"].mode, 0o644)

    def test_the_same_files_give_the_same_bytes(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            top = Path(name)
            (top / "b").mkdir()
            (top / "b/x").write_text("x")
            first = pack(top, {"a": AGENT})
            (top / "b/x").write_text("x")
            self.assertEqual(pack(top, {"a": AGENT}), first)
            (top / "b/x").write_text("y")
            self.assertNotEqual(pack(top, {"a": AGENT}), first)


class NameTest(unittest.TestCase):
    """Changes that need a new system."""

    def test_each_part_counts_where_it_stands(self) -> None:
        names = {digest(parts) for parts in ([b"a", b"b"], [b"ab"], [b"b", b"a"], [b"a", b"b", b""])}
        self.assertEqual(len(names), 4)

    def test_roots_of_older_recipes_are_stale(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            box = Toolbox(Path(name))
            for root in (DEBIAN.dirname, HOST.dirname, "debian-0123456789", "host-0123456789"):
                (box.cache / root).mkdir()
            self.assertEqual({path.name for path in box.stale()},
                             {"debian-0123456789", "host-0123456789"})

    def test_all_of_debian_comes_from_one_suite(self) -> None:
        for recipe in DEBIAN.alternatives():
            self.assertEqual(len(recipe.sources("mirror")), 1)
        self.assertEqual(DEBIAN.suite, GUEST.suite)


class ScriptTest(unittest.TestCase):
    """The scripts that run inside the machine."""

    def test_scripts_stop_at_the_first_failure(self) -> None:
        for name in ("install", "add"):
            self.assertIn("\nset -eu\n", (SCRIPTS / name).read_text())

    def test_the_agent_is_the_labs(self) -> None:
        unit = (FILES / "etc/systemd/system/lab-agent.service").read_text()
        self.assertIn("ExecStart=/bin/sh /usr/local/lib/lab/agent\n", unit)


class LoadTest(unittest.TestCase):
    """The load's file and memory after a crash."""

    load = Load("word", 3, frozenset(range(PIECES)))

    def test_lines(self) -> None:
        text = "".join(f"word line {number}\n" for number in range(1, 6))
        self.assertEqual(self.load.missing_lines(text), 0)
        self.assertEqual(self.load.missing_lines(text.replace("line 2", "line 7")), 1)
        self.assertEqual(self.load.missing_lines("word line 1\nword li"), 2)
        self.assertEqual(self.load.missing_lines(""), 3)

    def test_pieces(self) -> None:
        pieces = [f"word {number:06}".ljust(4096).encode() for number in range(PIECES)]
        with tempfile.TemporaryDirectory() as name:
            dump = Path(name) / "vmcore"
            dump.write_bytes(b"head" + b"".join(pieces))
            self.assertEqual(self.load.missing_pieces(dump), 0)
            dump.write_bytes(b"".join(pieces[:5] + pieces[7:]) + pieces[1] + b"word 000005 x")
            self.assertEqual(self.load.missing_pieces(dump), 2)
            self.assertEqual(Load("word", 0, self.load.kept - {5}).missing_pieces(dump), 1)
            with self.assertRaises(LabError):
                Load("word", 0, frozenset({1})).missing_pieces(dump)
            self.assertEqual(Load("other", 0, self.load.kept).missing_pieces(dump), PIECES)


class FilesTest(unittest.TestCase):
    """Complete and incomplete directories of a dump."""

    def setUp(self) -> None:
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.where = Path(self.directory.name)
        sums = ""
        for name in ("dmesg.txt", "vmcore", "info.json"):
            (self.where / name).write_text(name)
            sums += f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n"
        (self.where / "SHA256SUMS").write_text(sums)

    def test_complete(self) -> None:
        check_files(self.where)

    def test_of_another_kind(self) -> None:
        with self.assertRaisesRegex(LabError, "does not have the files"):
            check_files(self.where, "vmcore.flat")

    def test_changed(self) -> None:
        (self.where / "dmesg.txt").write_text("other")
        with self.assertRaisesRegex(LabError, "dmesg.txt does not match its checksum"):
            check_files(self.where)

    def test_without_a_sum(self) -> None:
        lines = (self.where / "SHA256SUMS").read_text().splitlines()[1:]
        (self.where / "SHA256SUMS").write_text("\n".join(lines))
        with self.assertRaisesRegex(LabError, "does not have the checksums"):
            check_files(self.where)


class MachineTest(unittest.TestCase):
    """QEMU's arguments for disks and the network."""

    def machine(self, **options: Any) -> Machine:
        """A machine that is not started."""
        return Machine(Toolbox(Path("/nowhere")), Path("/kernel"), options.pop("initramfs", None),
                       name="m", **options)

    def test_disks_are_copies_in_order(self) -> None:
        m = self.machine(disks=[Path("/a.img"), Path("/b.img")])
        self.assertEqual([disk.name for disk in m.disks], ["disk0.img", "disk1.img"])
        told = shlex.join(m._devices("null"))
        self.assertNotIn("/a.img", told)
        self.assertLess(told.index("drive=disk0"), told.index("drive=disk1"))
        for disk in m.disks:
            self.assertIn(f"file={disk},", told)

    def test_nothing_that_was_not_asked_for(self) -> None:
        m = self.machine()
        self.assertNotIn("virtio-blk", shlex.join(m._devices("null")))
        self.assertNotIn("-netdev", m._devices("null"))
        self.assertNotIn("-initrd", m._software())

    def test_network_and_initramfs(self) -> None:
        m = self.machine(network=True, initramfs=Path("/initrd"))
        self.assertIn("-netdev", m._devices("null"))
        self.assertIn("/initrd", m._software())

    def test_bare_metal_has_no_room_for_them(self) -> None:
        for options in ({"network": True}, {"disks": [Path("/a.img")]}):
            with self.assertRaises(LabError):
                self.machine(machine="powernv10", **options)


if __name__ == "__main__":
    unittest.main()
