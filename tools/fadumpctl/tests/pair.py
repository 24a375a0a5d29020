# SPDX-License-Identifier: GPL-2.0-or-later
"""How long save takes, beside cp: measured in pairs, as a machine is never quiet.

    pair.py [MIB [PAIRS]]    copies from and to /dev/shm, which needs twice the room

From one file system to the same one the kernel copies for cp. From /proc/vmcore it does
not: there cp reads and writes, and so does the cp that save is compared with.

Nothing that sums is faster than its sum. Where one CPU sums more slowly than another
copies, save cannot take less time than that, and is compared with it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cores

PROGRAM = os.environ["FADUMPCTL"]
PIECE = 64 << 20

#: Of the time of cp or the sum, whichever takes longer, that save may take.
GOAL = 1.3


def make_core(path: Path, size: int) -> None:
    """A core with a log, and so many MiB of memory without zeros."""
    piece = os.urandom(min(PIECE, size))
    with path.open("wb") as file:
        file.write(cores.core())
        while file.tell() < size:
            file.write(piece)


def seconds(*argv: object) -> float:
    """Seconds that a program takes."""
    began = time.monotonic()
    subprocess.run(list(map(str, argv)), check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def save(*options: str) -> list[str]:
    """The time of makedumpfile for the log is not measured."""
    return [PROGRAM, "save", "--raw", "--quiet", "--makedumpfile=false", *options, "--source"]


WAYS = {
    "cp": ["cp", "--reflink=never"],
    "cp by the kernel": ["cp"],
    "the sum alone": [],
    "save": save(),
    "save --no-checksum": save("--no-checksum"),
}


def summing(size: int) -> float:
    """Seconds to compute the checksum of so much in memory, by OpenSSL as well."""
    piece, total = os.urandom(1 << 20), hashlib.sha256()
    began = time.monotonic()
    for _ in range(size >> 20):
        total.update(piece)
    return time.monotonic() - began


def measure(way: list[str], core: Path, to: Path) -> float:
    """Seconds to copy it."""
    if not way:
        return summing(core.stat().st_size)
    to.mkdir()
    taken = seconds(*way, core, to)
    shutil.rmtree(to)
    return taken


def compare(top: Path, mib: int, pairs: int) -> float:
    """Measure, and print. Return the time of save relative to the least possible."""
    core = top / "core"
    make_core(core, mib << 20)
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(pairs):
        for name, way in WAYS.items():
            taken[name].append(measure(way, core, top / "to"))
    for name, times in taken.items():
        ratio = statistics.median(t / cp for t, cp in zip(times, taken["cp"]))
        print(f"{name:18} {statistics.median(times):7.3f} s "
              f"({min(times):.3f} to {max(times):.3f}), {ratio:.2f} of cp")
    return statistics.median(t / max(least) for t, *least in
                             zip(taken["save"], taken["cp"], taken["the sum alone"]))


def main(words: list[str]) -> int:
    """The exit status."""
    mib, pairs = (int(word) for word in (*words, *["1024", "7"][len(words):]))
    with tempfile.TemporaryDirectory(prefix="fadumpctl-pair-", dir="/dev/shm") as top:
        ratio = compare(Path(top), mib, pairs)
    print(f"{mib} MiB, {pairs} pairs: save takes {ratio:.2f} of cp or the sum, "
          f"whichever takes longer; at most {GOAL} is wanted")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
