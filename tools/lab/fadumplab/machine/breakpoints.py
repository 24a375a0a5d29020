# SPDX-License-Identifier: GPL-2.0-or-later
"""Breakpoints in the running guest, at the start of functions of its kernel.

    with Breakpoints(machine, symbols, [change_tree(...), *rtas_answers(...)]):
        machine.resume_reset()

At each call a breakpoint's action may read and write registers and memory, or return a
value instead of the function; then the guest continues. The machine runs and resets as it
does without breakpoints.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import mmap
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Optional

from .. import LabError
from . import flattree
from .gdbstub import GdbStub
from .qemu import Machine

SHT_SYMTAB, STT_FUNC = 2, 2
#: Real mode ignores the upper four bits of an address, and so do we.
REAL = (1 << 60) - 1
#: Signals of a stop: a breakpoint was hit; the machine waits for a reset.
TRAP, QUIT = 5, 3


def elf_functions(data: bytes | mmap.mmap) -> dict[str, int]:
    """The functions of a 64-bit ELF file, with their local entry points.

    An ELFv2 function may begin with code that only a call from another module runs. That
    code continues at the local entry point, so a breakpoint there sees every call.
    """
    order = "<" if data[5] == 1 else ">"
    shoff, = struct.unpack_from(order + "Q", data, 40)
    shentsize, shnum = struct.unpack_from(order + "HH", data, 58)
    sections = [struct.unpack_from(order + "IIQQQQIIQQ", data, shoff + number * shentsize)
                for number in range(shnum)]
    functions: dict[str, int] = {}
    for _name, kind, _flags, _addr, offset, size, link, *_rest in sections:
        if kind != SHT_SYMTAB:
            continue
        strings = sections[link][4]
        names = data[strings:strings + sections[link][5]]
        for name, info, other, _shndx, value, _size in struct.iter_unpack(
                order + "IBBHQQ", data[offset:offset + size]):
            if info & 15 == STT_FUNC:
                local = (1 << (other >> 5)) & ~3
                functions[names[name:names.index(b"\0", name)].decode()] = value + local
    return functions


@functools.lru_cache(maxsize=4)
def functions_of(vmlinux: Path) -> Mapping[str, int]:
    """The functions of a kernel."""
    with vmlinux.open("rb") as file, \
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return elf_functions(data)


class Call:
    """A CPU at the start of a function."""

    def __init__(self, stub: GdbStub, thread: str) -> None:
        self.stub = stub
        self.thread = thread
        self.answered = False
        #: Set by an action: called once when the function has returned.
        self.after: Optional[Callable[[Call], None]] = None
        stub.select(thread)

    def argument(self, number: int) -> int:
        """An argument of the function, counted from 0."""
        return self.stub.register(f"r{3 + number}")

    def answer(self, value: int) -> None:
        """Return to the caller with this value; the function does not run."""
        self.stub.set_register("r3", value)
        self.stub.set_register("pc", self.stub.register("lr"))
        self.answered = True

    def crash(self) -> None:
        """Jump to address 0 instead of the call: an oops, and a panic with panic_on_oops."""
        self.stub.set_register("pc", 0)
        self.answered = True

    def read(self, address: int, length: int) -> bytes:
        """Memory, by a real address or one of the kernel's linear mapping."""
        return self.stub.read(address & REAL, length)

    def write(self, address: int, data: bytes) -> None:
        """Write memory, by the same addresses."""
        self.stub.write(address & REAL, data)


@dataclasses.dataclass
class Breakpoint:
    """A function of the kernel, and the action at its call."""

    function: str
    action: Callable[[Call], None]
    #: Whether the first hit removes it.
    once: bool = False
    hits: int = 0


class Breakpoints:
    """Handles breakpoints while the guest runs; use it as a context manager.

    Leaving it removes the breakpoints; the guest continues unless it waits for a reset.
    """

    def __init__(self, machine: Machine, functions: Mapping[str, int],
                 breakpoints: Sequence[Breakpoint]) -> None:
        self._machine = machine
        self._places: dict[int, Breakpoint] = {}
        for one in breakpoints:
            if one.function not in functions:
                raise LabError(f"The kernel has no function {one.function}")
        if len({one.function for one in breakpoints}) < len(breakpoints):
            raise LabError("A function has more than one breakpoint")
        self._wanted = [(functions[one.function], one) for one in breakpoints]
        self._done = threading.Event()
        self._turn = threading.Lock()
        self._failure: Optional[BaseException] = None
        self._halts = 0
        self._seen = 0
        self._stub: Optional[GdbStub] = None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Breakpoints":
        self._stub = self._machine.stub()
        for place, one in self._wanted:
            self._add(self._stub, place, one)
        self._seen = self._machine.halts
        self._machine.before_reset = self._settle
        self._stub.resume()
        self._thread.start()
        return self

    def __exit__(self, kind: Optional[type[BaseException]], value: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        assert self._stub
        with contextlib.suppress(LabError, OSError):
            self._leave(self._stub)
        if self._failure:
            raise self._failure

    def _leave(self, stub: GdbStub) -> None:
        with self._turn:
            self._done.set()
            self._machine.qmp.command("stop")
        self._thread.join()
        self._machine.before_reset = None
        for place in list(self._places):
            stub.clear_breakpoint(place)
        stub.close()
        if self._machine.qmp.command("query-status")["status"] not in ("shutdown", "prelaunch"):
            self._machine.qmp.command("cont")

    def _serve(self) -> None:
        assert self._stub
        try:
            while not self._done.is_set():
                stopped = self._stub.wait_stop(0.1)
                with self._turn:
                    if stopped and not self._done.is_set():
                        self._stopped(self._stub, *stopped)
        except (LabError, OSError, AssertionError) as why:
            self._failure = why

    def _stopped(self, stub: GdbStub, signal: int, thread: str) -> None:
        if signal == TRAP:
            self._hit(stub, thread)
        stub.resume()
        self._halts += signal == QUIT

    def _settle(self) -> None:
        """Wait until the stub has continued the machine, which stopped to wait for a reset.

        A packet to the stub after the reset would stop the machine again, without any report.
        """
        deadline = time.monotonic() + 10
        while self._halts < self._machine.halts - self._seen and time.monotonic() < deadline:
            time.sleep(0.01)

    def _hit(self, stub: GdbStub, thread: str) -> None:
        call = Call(stub, thread)
        one = self._places.get(stub.register("pc"))
        if one is None:
            return
        one.hits += 1
        if one.once:
            self._forget(stub, one)
        try:
            one.action(call)
            if call.after:
                self._add(stub, stub.register("lr"), Breakpoint("", call.after, once=True))
        except (LabError, AssertionError, LookupError, struct.error) as why:
            self._failure = self._failure or why
        if not call.answered and not one.once:
            stub.step(thread)

    def _add(self, stub: GdbStub, place: int, one: Breakpoint) -> None:
        for address in (place, place & REAL):
            self._places[address] = one
            stub.set_breakpoint(address)

    def _forget(self, stub: GdbStub, one: Breakpoint) -> None:
        for address in [address for address, other in self._places.items() if other is one]:
            del self._places[address]
            stub.clear_breakpoint(address)


# -- breakpoints for tests ----------------------------------------------------


#: Takes the tree, returns new bytes by their offsets in it.
TreeChange = Callable[[bytes], Mapping[int, bytes]]


def change_tree(change: TreeChange) -> Breakpoint:
    """Change the flattened device tree of the next kernel."""
    def action(call: Call) -> None:
        at = call.argument(0)
        size = flattree.total_size(call.read(at, 8))
        for offset, data in change(call.read(at, size)).items():
            call.write(at + offset, data)
    return Breakpoint("early_init_devtree", action)


@dataclasses.dataclass
class Answers:
    """Return values that replace firmware's own, call by call.

    None means firmware's own value. After the last value, that one is repeated if repeat is
    set; otherwise firmware's own values follow.
    """

    values: Sequence[Optional[int]]
    repeat: bool = False
    given: list[Optional[int]] = dataclasses.field(default_factory=list)

    def next(self) -> Optional[int]:
        """The value for one more call."""
        number = len(self.given)
        value = (self.values[number] if number < len(self.values)
                 else self.values[-1] if self.repeat else None)
        self.given.append(value)
        return value


def before_rtas_call(wanted: Sequence[int], action: Callable[[Call], None]) -> Breakpoint:
    """At rtas_call() with this token and first argument; the RTAS lock is not held yet."""
    def entered(call: Call) -> None:
        if [call.argument(0), call.argument(4)] == list(wanted):
            action(call)
    return Breakpoint("rtas_call", entered)


def rtas_call(wanted: Sequence[int], action: Callable[[Call], None]) -> Breakpoint:
    """At every RTAS call with this token and these first arguments."""
    def entered(call: Call) -> None:
        token, nargs, _nret = struct.unpack(">III", call.read(call.argument(0), 12))
        arguments = struct.unpack(f">{nargs}I", call.read(call.argument(0) + 12, 4 * nargs))
        if [token, *arguments][:len(wanted)] == list(wanted):
            action(call)
    return Breakpoint("enter_rtas", entered)


def rtas_answers(wanted: Sequence[int], answers: Answers) -> Breakpoint:
    """Answers to such calls."""
    def action(call: Call) -> None:
        value = answers.next()
        if value is not None:
            at = call.argument(0)
            nargs, = struct.unpack(">I", call.read(at + 4, 4))
            call.write(at + 12 + 4 * nargs, struct.pack(">i", value))
            call.answer(0)
    return rtas_call(wanted, action)


def opal_call(function: str, wanted: Sequence[int],
              action: Callable[[Call], None]) -> Breakpoint:
    """At an OPAL call, such as opal_mpipl_update, with these first arguments."""
    def entered(call: Call) -> None:
        if [call.argument(number) for number in range(len(wanted))] == list(wanted):
            action(call)
    return Breakpoint(function, entered)


def opal_answers(function: str, answers: Answers, *arguments: int) -> Breakpoint:
    """Answers to such calls."""
    def action(call: Call) -> None:
        value = answers.next()
        if value is not None:
            call.answer(value)
    return opal_call(function, arguments, action)
