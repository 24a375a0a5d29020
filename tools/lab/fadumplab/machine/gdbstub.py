# SPDX-License-Identifier: GPL-2.0-or-later
"""Physical memory, registers and breakpoints of a guest, through QEMU's gdb stub."""

from __future__ import annotations

import contextlib
import re
import socket
from pathlib import Path
from types import TracebackType
from typing import Optional

from .. import LabError

#: Bytes in one packet; the stub's buffer takes 4096 characters, two for a byte.
CHUNK = 1024

#: QEMU's numbers of the registers that the lab uses, beside r0 to r31.
SPECIAL = {"pc": 64, "msr": 65, "lr": 67, "ctr": 68}


def packet(text: str) -> bytes:
    """A command in the protocol's form."""
    return b"$%s#%02x" % (text.encode(), sum(text.encode()) & 0xff)


def split(pending: bytes) -> tuple[Optional[str], bytes]:
    """The first complete packet of the received bytes, if any, and the rest of the bytes."""
    start = pending.find(b"$")
    end = pending.find(b"#", start)
    if start < 0 or end < 0 or len(pending) < end + 3:
        return None, pending
    return pending[start + 1:end].decode(), pending[end + 3:]


def stopped_by(reply: str) -> tuple[int, str]:
    """The signal of a stop reply, and its thread ('' for none)."""
    found = re.match(r"[TS]([0-9a-f]{2})(?:.*?thread:([0-9a-fp.]+);)?", reply)
    if not found:
        raise LabError(f"QEMU's gdb stub: no stop reply, but '{reply}'")
    return int(found[1], 16), found[2] or ""


def register_number(name: str) -> int:
    """The stub's number of a register."""
    return SPECIAL[name] if name in SPECIAL else int(name.removeprefix("r"))


def is_little(msr: bytes) -> bool:
    """Whether the MSR has its little-endian bit; registers come in the guest's byte order."""
    return bool(msr[0] & 1)


class GdbStub:
    """A connection in physical-memory mode; connecting stops the guest.

    close() does not detach, because a detach would continue the guest.
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
        self.close()

    def close(self) -> None:
        """Close the connection; the guest stays stopped or running."""
        self._socket.close()

    # -- memory -------------------------------------------------------------

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
            self._order(f"M{address + at:x},{len(part):x}:{part.hex()}",
                        f"write {len(part)} bytes at {address + at:#x}")

    # -- registers of one thread ----------------------------------------------

    def select(self, thread: str) -> None:
        """Select the thread that register() and set_register() use."""
        self._order(f"Hg{thread}", f"show the registers of thread {thread}")

    def register(self, name: str) -> int:
        """A register of the selected thread: r0 to r31, or one of SPECIAL."""
        return int.from_bytes(self._raw(name), self._byte_order())

    def set_register(self, name: str, value: int) -> None:
        """Write a register of the selected thread."""
        data = (value & (1 << 64) - 1).to_bytes(8, self._byte_order())
        self._order(f"P{register_number(name):x}={data.hex()}", f"set {name}")

    def _raw(self, name: str) -> bytes:
        return bytes.fromhex(self.ask(f"p{register_number(name):x}"))

    def _byte_order(self) -> str:
        return "little" if is_little(self._raw("msr")) else "big"

    # -- running ------------------------------------------------------------

    def set_breakpoint(self, address: int) -> None:
        """Set a breakpoint for all CPUs."""
        self._order(f"Z0,{address:x},4", f"break at {address:#x}")

    def clear_breakpoint(self, address: int) -> None:
        """Remove the breakpoint."""
        self._order(f"z0,{address:x},4", f"forget the breakpoint at {address:#x}")

    def resume(self) -> None:
        """Continue the guest, unless it waits for a reset; wait_stop() returns when it stops."""
        self._socket.sendall(packet("c"))

    def step(self, thread: str) -> None:
        """Execute one instruction of one thread, also at a breakpoint."""
        self._socket.sendall(packet(f"vCont;s:{thread}"))
        while self.wait_stop(30) is None:
            raise LabError(f"QEMU does not come back from a step of thread {thread}")

    def wait_stop(self, timeout: float) -> Optional[tuple[int, str]]:
        """The signal and thread of the guest's stop; None if it still runs after the timeout."""
        self._socket.settimeout(timeout)
        try:
            return stopped_by(self._receive())
        except TimeoutError:
            return None
        finally:
            with contextlib.suppress(OSError):
                self._socket.settimeout(30)

    # -- packets --------------------------------------------------------------

    def ask(self, text: str) -> str:
        """Send one packet and return the text of its answer; stop replies are ignored."""
        self._socket.sendall(packet(text))
        while True:
            answer = self._receive()
            if not answer.startswith(("T", "S")):
                return answer

    def _order(self, text: str, what: str) -> None:
        answer = self.ask(text)
        if answer != "OK":
            raise LabError(f"QEMU cannot {what}: '{answer}'")

    def _receive(self) -> str:
        while True:
            found, self._pending = split(self._pending)
            if found is not None:
                return found
            more = self._socket.recv(65536)
            if not more:
                raise LabError("QEMU closed the gdb connection")
            self._pending += more
