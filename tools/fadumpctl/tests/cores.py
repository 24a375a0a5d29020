# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps of a crashed ppc64 kernel, small enough to read in hexadecimal."""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Optional

LINEAR = 0xC000000000000000
BASE = 0x10000
ID_MASK = (1 << 62) - 1
EM_PPC64 = 21

OFFSETS = """\
SIZE(printk_ringbuffer)=88
OFFSET(printk_ringbuffer.desc_ring)=0
OFFSET(printk_ringbuffer.text_data_ring)=48
OFFSET(printk_ringbuffer.fail)=80
SIZE(prb_desc_ring)=48
OFFSET(prb_desc_ring.count_bits)=0
OFFSET(prb_desc_ring.descs)=8
OFFSET(prb_desc_ring.infos)=16
OFFSET(prb_desc_ring.head_id)=24
OFFSET(prb_desc_ring.tail_id)=32
SIZE(prb_desc)=24
OFFSET(prb_desc.state_var)=0
OFFSET(prb_desc.text_blk_lpos)=8
SIZE(prb_data_blk_lpos)=16
OFFSET(prb_data_blk_lpos.begin)=0
OFFSET(prb_data_blk_lpos.next)=8
SIZE(printk_info)=32
OFFSET(printk_info.seq)=0
OFFSET(printk_info.ts_nsec)=8
OFFSET(printk_info.text_len)=16
SIZE(prb_data_ring)=32
OFFSET(prb_data_ring.size_bits)=0
OFFSET(prb_data_ring.data)=8
"""


class Log:
    """The ring buffer of printk, as memory at BASE."""

    def __init__(self, order: str, records: list[bytes], desc_bits: int = 3,
                 data_bits: int = 8) -> None:
        self.order = order
        self.nr, self.size = 1 << desc_bits, 1 << data_bits
        self.descs = BASE + 0x100
        self.infos = self.descs + 24 * self.nr
        self.data = self.infos + 32 * self.nr
        self.text = bytearray(self.size)
        self.desc_raw = bytearray(24 * self.nr)
        self.info_raw = bytearray(32 * self.nr)
        # Numbers near the end of their range wrap as others do.
        self.tail = self.head = ID_MASK - 1
        self.lpos = (1 << 64) - self.size * 2
        for i, record in enumerate(records):
            self.add(i, record)
        head, bits = self.head, (desc_bits, data_bits)
        self.raw = self.memory(head, bits)

    def add(self, n: int, record: bytes) -> None:
        """Add a record; the oldest one is overwritten when the ring is full."""
        ident = (self.tail + n) & ID_MASK
        size = (8 + len(record) + 7) & ~7
        begin, at = self.lpos, self.lpos % self.size
        if at + size > self.size:
            begin_of_next = (begin // self.size + 1) * self.size
            at, end = 0, begin_of_next + size
        else:
            end = begin + size
        self.lpos = end & ((1 << 64) - 1)
        block = struct.pack(self.order + "Q", ident) + record
        self.text[at:at + len(block)] = block
        slot = ident % self.nr
        struct.pack_into(self.order + "QQQ", self.desc_raw, slot * 24, 2 << 62 | ident,
                         begin, self.lpos)
        struct.pack_into(self.order + "QQH", self.info_raw, slot * 32, n,
                         1500000000 + n * 1000000, len(record))
        self.head = ident

    def memory(self, head: int, bits: tuple[int, int]) -> bytes:
        """The memory of the ring buffer."""
        top = struct.pack(self.order + "Q", LINEAR + BASE + 0x40).ljust(0x40, b"\0")
        ring = struct.pack(self.order + "I4xQQQQ8xI4xQ", bits[0], LINEAR + self.descs,
                           LINEAR + self.infos, head, self.tail, bits[1], LINEAR + self.data)
        raw = (top + ring).ljust(0x100, b"\0")
        return raw + bytes(self.desc_raw) + bytes(self.info_raw) + bytes(self.text)


def endless_log(path: Path) -> None:
    """A core whose log claims 2^26 records, none of them valid; most of the file is a hole."""
    at, high, nr = 0x2000, 1 << 32, 1 << 26
    size = (24 + 32) * nr + (1 << 16)
    top = struct.pack("<Q", LINEAR + BASE + 0x40).ljust(0x40, b"\0")
    ring = struct.pack("<I4xQQQQ8xI4xQ", 26, LINEAR + high, LINEAR + high + 24 * nr, nr - 1, 0,
                       16, LINEAR + high + size - (1 << 16))
    raw = (top + ring).ljust(0x100, b"\0")
    info = f"OSRELEASE=7.3.4-test\nSYMBOL(prb)={LINEAR + BASE:x}\n{OFFSETS}CRASHTIME=1795590007\n"
    notes = note("<", b"VMCOREINFO", 0, info.encode())
    head = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 4, EM_PPC64, 1, 0, 64, 0, 2, 64, 56, 3, 0, 0, 0)
    head += struct.pack("<IIQQQQQQ", 4, 0, 0x200, 0, 0, len(notes), len(notes), 4)
    head += struct.pack("<IIQQQQQQ", 1, 7, at, LINEAR + BASE, BASE, len(raw), len(raw), 0)
    head += struct.pack("<IIQQQQQQ", 1, 7, at + 0x1000, LINEAR + high, high, size, size, 0)
    with path.open("wb") as file:
        file.write((head.ljust(0x200, b"\0") + notes).ljust(at, b"\0") + raw)
        file.truncate(at + 0x1000 + size)


def note(order: str, name: bytes, kind: int, desc: bytes) -> bytes:
    """One note."""
    head = struct.pack(order + "III", len(name) + 1, len(desc), kind)
    return head + pad(name + b"\0") + pad(desc)


def pad(data: bytes, size: int = 4) -> bytes:
    """Pad to a multiple of it."""
    return data + b"\0" * (-len(data) % size)


def cpu(order: str, pid: int, first: int, softe: int = 0, trap: int = 0,
        some: tuple[int, ...] = ()) -> bytes:
    """A CPU's note; its registers count up from first, except for some from r14 on."""
    regs = [first + i for i in range(39)] + [softe, trap] + [0] * 7
    regs[14:14 + len(some)] = some
    desc = bytes(32) + struct.pack(order + "I", pid) + bytes(76)
    desc += struct.pack(order + "48Q", *regs) + bytes(8)
    return note(order, b"CORE", 1, desc)


RECORDS = [b"first", b"Kernel panic - not syncing: test", b"two\nlines",
           b"\x1b[31mred\xff", b"the last one"]


def core(order: str = "<", records: list[bytes] | None = None, info: str | None = None,
         cpus: int = 3, machine: int = EM_PPC64, crashed: str = "1795590007",
         cpu_notes: Optional[list[bytes]] = None,
         memory: Iterable[tuple[int, bytes]] = ()) -> bytes:
    """A core: two ranges of memory with a gap, further ranges, notes, VMCOREINFO."""
    log = Log(order, RECORDS if records is None else records)
    if info is None:
        info = ("OSRELEASE=7.3.4-test\nPAGESIZE=65536\n"
                f"SYMBOL(prb)={LINEAR + BASE:x}\n{OFFSETS}CRASHTIME={crashed}\n")
    if cpu_notes is None:
        cpu_notes = [cpu(order, 100 + i if i == 1 else 0, 0x1000 * (i + 1),
                         3 if i == 1 else 0) for i in range(cpus)]
    notes = b"".join(cpu_notes) + note(order, b"VMCOREINFO", 0, info.encode())
    loads = [(BASE, log.raw), (0x40000, b"high memory".ljust(64, b".")), *memory]
    at = 64 + 56 * (1 + len(loads))
    segments = [struct.pack(order + "IIQQQQQQ", 4, 0, at, 0, 0, len(notes), len(notes), 4)]
    body = notes
    for paddr, raw in loads:
        segments.append(struct.pack(order + "IIQQQQQQ", 1, 7, at + len(body), LINEAR + paddr,
                                    paddr, len(raw), len(raw), 0))
        body += raw
    head = b"\x7fELF" + bytes([2, 1 if order == "<" else 2, 1]) + bytes(9)
    head += struct.pack(order + "HHIQQQIHHHHHH", 4, machine, 1, 0, 64, 0, 2, 64, 56,
                        len(segments), 0, 0, 0)
    return head + b"".join(segments) + body


PAGE = 0x10000


def memory_of(elf: bytes, order: str) -> tuple[bytes, dict[int, bytes]]:
    """An ELF core's notes, and its ranges of memory."""
    phoff = struct.unpack_from(order + "Q", elf, 32)[0]
    nr = struct.unpack_from(order + "H", elf, 56)[0]
    notes, loads = b"", {}
    for i in range(nr):
        kind, _, at, _, paddr, size = struct.unpack_from(order + "IIQQQQ", elf, phoff + 56 * i)
        if kind == 4:
            notes = elf[at:at + size]
        else:
            loads[paddr] = elf[at:at + size]
    return notes, loads


def headers(order: str, page: int, notes: bytes, max_pfn: int, first: int) -> list[bytes]:
    """Header; sub header with the notes behind it."""
    info = notes.index(b"OSRELEASE")
    machine = b"ppc64le" if order == "<" else b"ppc64"
    names = [b"Linux", b"node", b"7.3.4-test", b"#1", machine, b""]
    head = b"KDUMP   " + struct.pack(order + "I", 6) + b"".join(n.ljust(65, b"\0") for n in names)
    head = head.ljust(424, b"\0") + struct.pack(order + "IiiIIIIIIi", 1, page, 1, 2, max_pfn,
                                                0, 0, 0, 0, 3)
    sub = struct.pack(order + "QiiQQQQQQQQQQQ", 0, 0, bool(first), 0, 0, page + 512 + info,
                      len(notes) - info, page + 512, len(notes), 0, 0, first, max_pfn, max_pfn)
    return [pad(head, page), pad(sub.ljust(512, b"\0") + notes, page)]


def compressed(elf: bytes, page: int = PAGE, first: int = 0) -> bytes:
    """A core as makedumpfile -c writes it; with first, only the later pages, as with --split."""
    order = "<" if elf[5] == 1 else ">"
    notes, loads = memory_of(elf, order)
    memory = bytearray(8 * PAGE)
    pages = sorted(paddr // page for paddr in loads)
    for paddr, raw in loads.items():
        memory[paddr:paddr + len(raw)] = raw
    max_pfn = len(memory) // page
    # What is memory, what is in the file.
    bitmap = pad(sum(1 << pfn for pfn in pages).to_bytes(max_pfn // 8, "little"), page)
    parts = headers(order, page, notes, max_pfn, first) + [bitmap, bitmap]
    here = [pfn for pfn in pages if pfn >= first]
    at = sum(map(len, parts)) + 24 * len(here)
    descs = data = b""
    for pfn in here:
        raw = bytes(memory[pfn * page:(pfn + 1) * page])
        small = zlib.compress(raw)
        # makedumpfile leaves what does not get smaller; the last one is always so here.
        smaller = len(small) < page and pfn != here[-1]
        raw = small if smaller else raw
        descs += struct.pack(order + "QIIQ", at + len(data), len(raw), smaller, 0)
        data += raw
    return b"".join(parts) + descs + data


def flattened(data: bytes, piece: int = 4000) -> bytes:
    """A dump as makedumpfile -F writes it."""
    out = pad(b"makedumpfile".ljust(16, b"\0") + struct.pack(">QQ", 1, 1), 4096)
    for at in range(0, len(data), piece):
        part = data[at:at + piece]
        out += struct.pack(">qq", at, len(part)) + part
    return out + struct.pack(">qq", -1, -1)


def cuts(dump: bytes, block: int) -> list[int]:
    """Lengths to cut a compressed dump to: at all borders of its parts, and others."""
    order = "<" if struct.unpack_from("<I", dump, 428)[0] == block else ">"
    descs, data = 4 * block, len(dump)
    at = {12, 100, 424, 463, 464, block + 103, block + 104, block + 600, len(dump) - 1}
    at |= set(range(0, len(dump), block))
    while descs < data:
        page, size = struct.unpack_from(order + "QI", dump, descs)
        data = min(data, page)
        at |= {descs, descs + 1, page, page + 1, page + size // 2, page + size - 1}
        descs += 24
    return sorted(at)


def corpus() -> dict[str, bytes]:
    """Write the fuzzer's corpus."""
    little = core()
    return {
        "little-endian": little,
        "big-endian": core(">"),
        "no-vmcoreinfo": core(info=""),
        "cut-in-memory": little[:-200],
        "cut-in-notes": little[:900],
        "other-machine": core(machine=62),
        "empty-log": core(records=[]),
        "compressed": compressed(little, 4096),
        "compressed-big-endian": compressed(core(">"), 4096),
        "compressed-split": compressed(little, 4096, first=17),
        "flattened": flattened(little),
    }


if __name__ == "__main__":
    for name, data in corpus().items():
        Path(sys.argv[1], name).write_bytes(data)
