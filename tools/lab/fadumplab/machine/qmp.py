# SPDX-License-Identifier: GPL-2.0-or-later
"""A small client of QEMU's machine protocol (QMP)."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import queue
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import LabError

#: Seconds until QEMU answers, at most: before that it clears the hash table, 8 GiB for 1 TiB.
START = 300.0


@dataclasses.dataclass(frozen=True)
class Event:
    """An asynchronous event of QEMU."""

    when: float
    name: str
    data: dict[str, Any]


class Qmp:
    """One connection: commands one after the other, events through a callback."""

    def __init__(self, path: Path, on_event: Callable[[Event], None],
                 on_close: Callable[[], None]) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("r", encoding="utf-8")
        self._on_event = on_event
        self._on_close = on_close
        self._turn = threading.Lock()
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._lines.readline()
        self._socket.settimeout(None)
        threading.Thread(target=self._read, daemon=True).start()
        self.command("qmp_capabilities", timeout=START)

    def command(self, name: str, timeout: float = 60, **arguments: Any) -> Any:
        """Run one command; its return value, or a LabError with QEMU's message."""
        request: dict[str, Any] = {"execute": name}
        if arguments:
            request["arguments"] = {key.replace("_", "-"): value
                                    for key, value in arguments.items()}
        try:
            with self._turn:
                self._socket.sendall(json.dumps(request).encode() + b"\n")
                answer = self._answers.get(timeout=timeout)
        except (OSError, queue.Empty) as why:
            raise LabError(f"QEMU does not answer '{name}': {why!r}") from why
        if "error" in answer:
            raise LabError(f"QEMU refused '{name}': {answer['error'].get('desc')}")
        return answer.get("return")

    def monitor(self, line: str) -> str:
        """Run a command of the human monitor; its text."""
        return str(self.command("human-monitor-command", command_line=line))

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in self._lines:
                message = json.loads(line)
                if "event" in message:
                    self._on_event(Event(time.monotonic(), message["event"],
                                         message.get("data", {})))
                else:
                    self._answers.put(message)
        self._answers.put({"error": {"desc": "connection closed"}})
        self._on_close()
