# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that a pseries machine boots from: GRUB, kernel and initrd.

SLOF loads the whole PReP partition, which has GRUB. The second disk partition is a cpio
archive, which GRUB reads as a file system.
"""

from __future__ import annotations

import struct
from pathlib import Path

from ..build.initramfs import Archive, Entry
from ..build.toolbox import GRUB, Toolbox

SECTOR = 512
MIB = 1 << 20
#: The size that installers use.
PREP_SIZE = 8 * MIB
PREP, LINUX = 0x41, 0x83
MODULES = ("boot", "linux", "newc", "part_msdos", "search_fs_file")


def partition(kind: int, start: int, size: int) -> bytes:
    """An entry of the partition table, without cylinder addresses."""
    return struct.pack("<B3sB3sII", 0x80 if kind == PREP else 0, b"\xff\xff\xff", kind,
                       b"\xff\xff\xff", start // SECTOR, size // SECTOR)


def core_image(toolbox: Toolbox, folder: Path, append: str) -> bytes:
    """GRUB as one ELF file that boots Linux without a menu."""
    root = toolbox.builder.ensure(GRUB)
    config, image = folder / "grub.cfg", folder / "grub.elf"
    config.write_text("search.file /vmlinux root\n"
                      f"linux /vmlinux {append}\n"
                      "initrd /initrd\n"
                      "boot\n")
    # Started by the root's own loader: in older suites the link to the loader is absolute.
    toolbox.run(["qemu-ppc64le", "-L", root, root / "lib/powerpc64le-linux-gnu/ld64.so.2",
                 root / "usr/bin/grub-mkimage", "-O", "powerpc-ieee1275",
                 "-d", root / "usr/lib/grub/powerpc-ieee1275",
                 "-p", "/", "-c", config, "-o", image, *MODULES], cwd=folder)
    return image.read_bytes()


def disk(toolbox: Toolbox, folder: Path, kernel: Path, initrd: bytes, append: str) -> Path:
    """Write the disk into the folder, which must be visible inside the toolbox; its path."""
    files = Archive()
    files.add(Entry("vmlinux", 0o100644, kernel.read_bytes()))
    files.add(Entry("initrd", 0o100644, initrd))
    content = files.finish()
    content += bytes(-len(content) % MIB)
    loader = core_image(toolbox, folder, append)
    assert len(loader) <= PREP_SIZE
    table = partition(PREP, MIB, PREP_SIZE) + partition(LINUX, MIB + PREP_SIZE, len(content))
    path = folder / "grub.img"
    with path.open("wb") as image:
        image.write(bytes(446) + table + bytes(32) + b"\x55\xaa")
        image.seek(MIB)
        image.write(loader)
        image.seek(MIB + PREP_SIZE)
        image.write(content)
    return path
