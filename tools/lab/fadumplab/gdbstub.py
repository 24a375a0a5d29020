# SPDX-License-Identifier: GPL-2.0-or-later
"""Physical memory of a stopped guest, through QEMU's gdb stub."""

from __future__ import annotations

import socket
from pathlib import Path
from types import TracebackType
from typing import Optional

from . import LabError

#: Bytes in one packet; the stub's buffer takes 4096 characters, two for a byte.
CHUNK = 1024


class GdbStub:
    """A connection in physical-memory mode; the guest must be stopped already.

    Closing it hangs up without a detach, because a detach would let the guest run.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(path))
        self._pending = b""
        self.ask("QStartNoAckMode")
        self._socket.sendall(b"+")
        if self.ask("Qqemu.PhyMemMode:1") != "OK":
            raise LabError("QEMU's gdb stub has no physical memory mode")

    def __enter__(self) -> "GdbStub":
        return self

    def __exit__(self, kind: Optional[type[BaseException]], value: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self._socket.close()

    def read(self, address: int, length: int) -> bytes:
        """Bytes at a physical address."""
        data = b""
        while len(data) < length:
            step = min(CHUNK, length - len(data))
            answer = self.ask(f"m{address + len(data):x},{step:x}")
            if answer.startswith("E"):
                raise LabError(f"QEMU cannot read {step} bytes at {address + len(data):#x}")
            data += bytes.fromhex(answer)
        return data

    def write(self, address: int, data: bytes) -> None:
        """Change bytes at a physical address."""
        for at in range(0, len(data), CHUNK):
            part = data[at:at + CHUNK]
            if self.ask(f"M{address + at:x},{len(part):x}:{part.hex()}") != "OK":
                raise LabError(f"QEMU cannot write {len(part)} bytes at {address + at:#x}")

    def ask(self, text: str) -> str:
        """One packet out, the answering packet's text back."""
        self._socket.sendall(b"$%s#%02x" % (text.encode(), sum(text.encode()) & 0xff))
        while True:
            start = self._pending.find(b"$")
            end = self._pending.find(b"#", start)
            if start >= 0 and end >= 0 and len(self._pending) >= end + 3:
                packet = self._pending[start + 1:end]
                self._pending = self._pending[end + 3:]
                if not packet.startswith((b"T", b"S")):
                    return packet.decode()
                continue
            more = self._socket.recv(65536)
            if not more:
                raise LabError("QEMU closed the gdb connection")
            self._pending += more
