# SPDX-License-Identifier: GPL-2.0-or-later
"""The user interface: one live line of progress on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from types import TracebackType
from typing import Optional, TextIO


def duration(seconds: float) -> str:
    """Seconds as text: 4.2 s, 3 min 05 s."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes} min {rest:02d} s"


def readable_size(count: int) -> str:
    """Bytes in a few characters: 512 B, 1.5 GiB."""
    for unit, step in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= step:
            return f"{count / step:.1f}".removesuffix(".0") + f" {unit}"
    return f"{count} B"


class Ui:
    """The one place that writes progress; safe to use from several threads."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self.stream = stream
        self.live = stream.isatty()
        self._lock = threading.Lock()
        self._tasks: list["Task"] = []

    def say(self, text: str) -> None:
        """Print one lasting line."""
        with self._lock:
            self._wipe()
            print(text, file=self.stream, flush=True)
            self._draw()

    def task(self, title: str) -> "Task":
        """A piece of work, as a context manager."""
        return Task(self, title)

    def start(self, task: "Task") -> None:
        """Show a task from now on."""
        with self._lock:
            self._tasks.append(task)
            if not self.live:
                print(f"-> {task.title} ...", file=self.stream, flush=True)
            self._draw()

    def finish(self, task: "Task", verdict: str) -> None:
        """Replace a task by one lasting line."""
        with self._lock:
            self._wipe()
            self._tasks.remove(task)
            print(verdict, file=self.stream, flush=True)
            self._draw()

    def refresh(self) -> None:
        """Redraw the live line."""
        with self._lock:
            self._draw()

    def _wipe(self) -> None:
        if self.live and self._tasks:
            self.stream.write("\r\x1b[K")

    def _draw(self) -> None:
        if not self.live or not self._tasks:
            return
        text = " | ".join(task.line() for task in self._tasks)
        width = shutil.get_terminal_size().columns - 1
        self.stream.write("\r\x1b[K" + text[:width])
        self.stream.flush()


class Task:
    """A running piece of work: title, changing detail, final verdict."""

    #: Seconds between two lines about the same task where no terminal is attached.
    PLAIN_INTERVAL = 20.0
    #: Seconds between two redraws of the live line.
    LIVE_INTERVAL = 0.5

    def __init__(self, ui: Ui, title: str) -> None:
        self.ui = ui
        self.title = title
        self.detail = ""
        self.result = ""
        self.started = 0.0
        self._shown = 0.0
        self._stop = threading.Event()
        self._ticker: Optional[threading.Thread] = None

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.started

    def line(self) -> str:
        """The live text of this task."""
        detail = f" {self.detail}" if self.detail else ""
        return f"-> {self.title}:{detail} [{int(self.seconds)} s]"

    def update(self, detail: str) -> None:
        """Set the detail; cheap enough for every line of a build's output."""
        self.detail = detail
        if self.ui.live or time.monotonic() - self._shown < self.PLAIN_INTERVAL:
            return
        self._shown = time.monotonic()
        self.ui.say(f"   {self.title}: {detail} [{int(self.seconds)} s]")

    def _tick(self) -> None:
        while not self._stop.wait(self.LIVE_INTERVAL):
            self.ui.refresh()

    def __enter__(self) -> "Task":
        self.started = self._shown = time.monotonic()
        self.ui.start(self)
        if self.ui.live:
            self._ticker = threading.Thread(target=self._tick, daemon=True)
            self._ticker.start()
        return self

    def __exit__(self, kind: Optional[type[BaseException]],
                 value: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self._stop.set()
        if self._ticker:
            self._ticker.join()
        took = duration(self.seconds)
        if kind is None:
            note = f" ({self.result})" if self.result else ""
            self.ui.finish(self, f"ok {self.title}{note}, {took}")
        else:
            self.ui.finish(self, f"!! {self.title}: FAILED after {took}")


#: The process-wide instance.
ui = Ui()
