# SPDX-License-Identifier: GPL-2.0-or-later
"""Stopping the running guest where the kernel calls something, to change what comes of it.

    with Breakpoints(machine, symbols, [change_tree(...), *rtas_answers(...)]):
        machine.resume_reset()

A breakpoint is the start of a function of the kernel. At each call its action may
look at registers and memory, change them, or answer in the function's place; then
the guest goes on. The machine runs and resets as it does without.
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
#: Real mode does not look at these bits of an address, and neither do we.
REAL = (1 << 60) - 1
#: Why a guest stops: at a breakpoint; to wait for a reset.
TRAP, QUIT = 5, 3


def elf_functions(data: bytes | mmap.mmap) -> dict[str, int]:
    """Every function of a 64-bit ELF file, and where a call from its own module enters.

    ELFv2 functions may have code in front that only a call from afar runs; it ends
    at that place too.
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
        #: What to do when the function has returned: set it, and it is called once.
        self.after: Optional[Callable[[Call], None]] = None
        stub.select(thread)

    def argument(self, number: int) -> int:
        """The function's arguments, from 0 on."""
        return self.stub.register(f"r{3 + number}")

    def answer(self, value: int) -> None:
        """Return to the caller with this value; the function does not run."""
        self.stub.set_register("r3", value)
        self.stub.set_register("pc", self.stub.register("lr"))
        self.answered = True

    def die(self) -> None:
        """The kernel goes astray in place of the call: an oops, and a panic if oopses are."""
        self.stub.set_register("pc", 0)
        self.answered = True

    def read(self, address: int, length: int) -> bytes:
        """Memory, by a real address or one of the kernel's linear mapping."""
        return self.stub.read(address & REAL, length)

    def write(self, address: int, data: bytes) -> None:
        """Change it."""
        self.stub.write(address & REAL, data)


@dataclasses.dataclass
class Breakpoint:
    """A function of the kernel, and what to do when it is called."""

    function: str
    action: Callable[[Call], None]
    #: Forgotten when it was hit.
    once: bool = False
    hits: int = 0


class Breakpoints:
    """Serves breakpoints while the guest runs; use it as a context manager.

    Leaving it removes them. The guest runs on if it does not wait for a reset.
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
        self._stub.go_on()
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
        stub.go_on()
        self._halts += signal == QUIT

    def _settle(self) -> None:
        """Before a machine that waits for a reset runs again, the stub has to be told to go on.

        A packet that comes later would stop it, without a word.
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


# -- what tests want to do ----------------------------------------------------


#: Takes the tree, tells what to write at which of its offsets.
TreeChange = Callable[[bytes], Mapping[int, bytes]]


def change_tree(change: TreeChange) -> Breakpoint:
    """The next kernel finds its flattened device tree changed."""
    def action(call: Call) -> None:
        at = call.argument(0)
        size = flattree.total_size(call.read(at, 8))
        for offset, data in change(call.read(at, size)).items():
            call.write(at + offset, data)
    return Breakpoint("early_init_devtree", action)


@dataclasses.dataclass
class Answers:
    """What firmware says in the place of what it would have said, call by call.

    An answer of None is firmware's own. When there are no more the last one counts,
    if it is to be repeated, or firmware's own.
    """

    values: Sequence[Optional[int]]
    repeat: bool = False
    given: list[Optional[int]] = dataclasses.field(default_factory=list)

    def next(self) -> Optional[int]:
        """The answer to one more call."""
        number = len(self.given)
        value = (self.values[number] if number < len(self.values)
                 else self.values[-1] if self.repeat else None)
        self.given.append(value)
        return value


def before_rtas_call(wanted: Sequence[int], action: Callable[[Call], None]) -> Breakpoint:
    """An ordinary RTAS call with this token and first argument; no lock is held yet."""
    def entered(call: Call) -> None:
        if [call.argument(0), call.argument(4)] == list(wanted):
            action(call)
    return Breakpoint("rtas_call", entered)


def rtas_call(wanted: Sequence[int], action: Callable[[Call], None]) -> Breakpoint:
    """An RTAS call with this token and these first arguments, whatever way it is made."""
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
    """An OPAL call, such as opal_mpipl_update, with those first arguments."""
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
