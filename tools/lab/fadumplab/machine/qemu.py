# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest in QEMU: its console, its agent, its resets, and its unexpected behaviour.

The guest's results arrive on a virtio port, never on the console. The console is read all
the time: an oops, a warning, a lockdep report or a stall there fails the current wait.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import fcntl
import itertools
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Optional

from .. import BUILD, LabError
from ..build.toolbox import Toolbox
from . import pnor, ramcopy
from .gdbstub import GdbStub
from .qmp import Event, Qmp

#: For slow hosts: LAB_TIMEOUT_FACTOR=3 triples every time limit.
TIMEOUT_FACTOR = float(os.environ.get("LAB_TIMEOUT_FACTOR", "1"))

#: Kernel messages that are failures.
FAULTS = re.compile(
    r"\bOops\b|kernel BUG at|WARNING: .* at |\bBUG: |Kernel panic|Unable to handle kernel"
    r"|possible (circular|recursive|irq) lock|inconsistent lock state|suspicious RCU"
    r"|INFO: task .* blocked for more|self-detected stall|detected stalls on CPUs"
    r"|soft lockup|Hard LOCKUP|KASAN: |UBSAN: |KFENCE: |list_(add|del) corruption"
    r"|Bad page state|nobody cared|Out of memory: |page allocation failure"
    r"|rcu: INFO: |Kernel attempted to |Machine [Cc]heck|stuck CPU|OS terminated")


#: OPAL calibrates the SBE's timer. If the host is busy at that moment, OPAL finds the timer
#: broken and does not use the SBE; there can be no dump in that boot.
FIRMWARE_ERRORS = re.compile(r"SBE: Error calibrating timer")


class MachineError(LabError):
    """The guest did something unexpected, or nothing within the time limit."""


class FirmwareError(MachineError):
    """The firmware disabled a device that a dump needs; a new machine may work."""


@dataclasses.dataclass(frozen=True)
class Result:
    """Exit status and output of a command in the guest."""

    rc: int
    out: str


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the console."""

    when: float
    text: str
    #: The number of the kernel that printed it, from 1; a kexec starts another kernel, too.
    kernel: int


@dataclasses.dataclass(frozen=True)
class Hello:
    """The agent's first message of a boot."""

    when: float
    kind: str
    release: str
    boot_id: str


@dataclasses.dataclass(frozen=True)
class MachineType:
    """The differences between QEMU's Power machines."""

    cpu: str
    options: str
    arguments: tuple[str, ...]
    #: The bus option of each PCI device; a root port has room for one device.
    buses: tuple[str, str] = ("", "")
    #: The prefix of the backend's log lines, and the firmware's part of a dump for a sentence.
    prefix: str = "rtas"
    dump_method: str = "ibm,os-term, boot memory copied"
    mem: str = "2G"
    flash: bool = False
    #: Whether all CPUs must be stopped and idle before a reset: a running CPU may undo it.
    stops_at_reset: bool = False


def powernv(cpu: str) -> MachineType:
    """A bare-metal machine with this processor."""
    return MachineType(cpu, "", ("-net", "none", "-serial", "chardev:console"),
                       (",bus=pcie.0", ",bus=pcie.1"), "opal", "MPIPL, boot memory copied",
                       "4G", flash=True, stops_at_reset=True)


MACHINES: Mapping[str, MachineType] = {
    "pseries": MachineType("power10", "x-vof=on",
                           ("-nodefaults", "-device", "spapr-vty,chardev=console")),
    "powernv9": powernv("power9"),
    "powernv10": powernv("power10"),
    "powernv11": powernv("power11"),
}


#: For machine_opts of a pseries: QEMU's default firmware, which takes 20 s more for a boot.
SLOF = "x-vof=off"


def is_reset(event: Event) -> bool:
    """Whether the event is a reset by the guest, done or pending."""
    return (event.name == "RESET" and bool(event.data.get("guest"))
            or event.name == "SHUTDOWN" and event.data.get("reason") == "guest-reset")


#: The place for files in the host's memory, and the memory that they must leave free.
HOST_MEMORY, HOST_MEMORY_FREE = Path("/dev/shm"), 6 << 30


def available_memory() -> int:
    """The host's available memory in bytes."""
    found = re.search(r"^MemAvailable: +(\d+) kB$", Path("/proc/meminfo").read_text(), re.M)
    return int(found[1]) << 10 if found and HOST_MEMORY.is_dir() else 0


def bytes_of(size: str) -> int:
    """The bytes of a size in QEMU's form: 512M, 2G, 1T."""
    number, unit = re.fullmatch(r"(\d+)([MGT])", size).groups()
    return int(number) << {"M": 20, "G": 30, "T": 40}[unit]


def is_idle(process: int, thread: int) -> bool:
    """Whether a thread neither runs nor waits for a disk; a thread that has ended is idle."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        state = Path(f"/proc/{process}/task/{thread}/stat").read_text().rpartition(")")[2].split()
        return state[0] not in ("R", "D")
    return True


def wait_idle(process: int, threads: Sequence[int], seconds: float) -> bool:
    """Wait until all threads are idle three times in a row; one may only wait for a lock."""
    quiet, deadline = 0, time.monotonic() + seconds
    while quiet < 3 and time.monotonic() < deadline:
        quiet = quiet + 1 if all(is_idle(process, thread) for thread in threads) else 0
        time.sleep(0.01)
    return quiet == 3


class Machine:
    """One QEMU process; use it as a context manager."""

    def __init__(self, toolbox: Toolbox, image: Optional[Path], initramfs: Optional[Path], *,
                 name: str, mem: str = "", module: str = "", smp: str = "4",
                 machine: str = "pseries", machine_opts: str = "", append: str = "fadump=on",
                 cpu: str = "", extra: Sequence[str] = (), numa: Sequence[str] = (),
                 reserve: bool = True, disks: Sequence[Path] = (), network: bool = False,
                 icount: bool = False, bare: bool = False, base: Path = BUILD / "lab",
                 keep: bool = False) -> None:
        self.toolbox = toolbox
        #: The kernel; None boots from the disk.
        self.image = image
        self.initramfs = initramfs
        self.name = name
        self.smp = smp
        if machine not in MACHINES:
            raise LabError(f"No machine '{machine}' here; there are {', '.join(MACHINES)}")
        self.machine = machine
        self.type = MACHINES[machine]
        self.mem = mem or self.type.mem
        #: Size of a memory module, "1G" or "1G@4T"; without an address, at the next full GiB.
        self.module, _, self.module_at = module.partition("@")
        if self.type.flash and numa:
            raise LabError(f"{machine} has its memory in one piece")
        if self.type.flash and (disks or network):
            raise LabError(f"{machine} has no bus for a disk or a network card here")
        self.machine_opts = machine_opts
        self.append = f"console=hvc0 {append}".strip()
        self.cpu = cpu or self.type.cpu
        self.extra = list(extra)
        self.numa = list(numa)
        self.reserve = reserve
        #: Disk images; the machine gets copies as /dev/vda, /dev/vdb, ...
        self.images = list(disks)
        #: Whether the machine has a network, in which 10.0.2.2 is this host's 127.0.0.1.
        self.network = network
        self.icount = icount
        #: Whether the machine has no share, no agent and no device that depends on the host's time.
        self.bare = bare
        self.keep = keep
        self.workspace = base / name
        self.share = self.workspace / "share"
        self.started = 0.0
        self.lines: list[Line] = []
        self.events: list[Event] = []
        self.hellos: list[Hello] = []
        self.expected_boots = 0
        self._allowed: list[re.Pattern[str]] = []
        self._crash_from: Optional[int] = None
        self._crash_until = 0
        self._uptime = 0.0
        self._answers: dict[str, Result] = {}
        self._requests = 0
        self._scanned = 0
        self._gone = False
        self._hold = False
        self._has_stub = False
        #: Called before each reset of a stopped machine by the lab, and after it, before the
        #: machine runs again. A bare-metal machine saves registers in that reset.
        self.before_reset: Optional[Callable[[], None]] = None
        self.after_reset: Optional[Callable[[], None]] = None
        self._changed = threading.Condition()
        self._sockets: Optional[Path] = None
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._qmp: Optional[Qmp] = None
        self._agent: Optional[socket.socket] = None
        self._lock: Optional[IO[str]] = None
        self._image: Optional[Path] = None

    # -- starting and ending ------------------------------------------------

    def __enter__(self) -> "Machine":
        self._claim()
        shutil.rmtree(self.workspace, ignore_errors=True)
        self.share.mkdir(parents=True)
        self._sockets = Path(tempfile.mkdtemp(prefix="fadump-"))
        self._write_script()
        for image, disk in zip(self.images, self.disks):
            subprocess.run(["cp", "--sparse=always", image, disk], check=True)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    @property
    def disks(self) -> list[Path]:
        """The machine's own disks."""
        return [self.workspace / f"disk{number}.img" for number, _ in enumerate(self.images)]

    @property
    def prefix(self) -> str:
        """The prefix of the backend's log lines."""
        return self.type.prefix

    def _claim(self) -> None:
        """Lock a workspace; another run may have a machine of the same name."""
        base, locks = self.workspace.parent, self.workspace.parent / ".locks"
        locks.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(1):
            name = self.name if number == 1 else f"{self.name}.{number}"
            lock = (locks / name).open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            self._lock = lock
            self.workspace, self.share = base / name, base / name / "share"
            return

    def __exit__(self, kind: Optional[type[BaseException]], value: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.stop()
        if self._image:
            shutil.rmtree(self._image.parent, ignore_errors=True)
        if kind is None and not self.keep:
            shutil.rmtree(self.workspace, ignore_errors=True)
        if self._lock:
            self._lock.close()
            self._lock = None

    def _start(self) -> None:
        argv = ["setpriv", "--pdeathsig", "KILL",
                *self.toolbox.enter_argv(self.arguments(), cwd=self.workspace)]
        with (self.workspace / "qemu.log").open("wb") as log:
            self._process = subprocess.Popen(
                argv, env=self.toolbox.environment(), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        self.started = time.monotonic()
        threading.Thread(target=self._read_console, daemon=True).start()
        self._qmp = self._connect_qmp()
        self._prefer_timers()
        self._agent = socket.socket(socket.AF_UNIX)
        self._agent.connect(str(self._socket_path("agent")))
        threading.Thread(target=self._read_agent, daemon=True).start()
        self.expected_boots = 1
        if self.type.stops_at_reset:
            self._qmp.command("set-action", reboot="shutdown", shutdown="pause")
        self._qmp.command("cont")

    def _prefer_timers(self) -> None:
        """Raise the priority of QEMU's main thread, which runs the devices' timers.

        Firmware does not use a timer that is late, see FIRMWARE_ERRORS. Without the permission
        the priority stays as it is.
        """
        assert self._process
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, -10)

    def _connect_qmp(self) -> Qmp:
        deadline = time.monotonic() + 20 * TIMEOUT_FACTOR
        while time.monotonic() < deadline and not self._gone:
            with contextlib.suppress(OSError):
                return Qmp(self._socket_path("qmp"), self._on_event, self._on_close)
            time.sleep(0.02)
        raise self.error("QEMU did not start")

    def stop(self) -> None:
        """End QEMU in any state."""
        process, self._process = self._process, None
        if process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stdout:
                process.stdout.close()
        if self._qmp:
            self._qmp.close()
        if self._agent:
            self._agent.close()
        if self._sockets:
            shutil.rmtree(self._sockets, ignore_errors=True)

    def _socket_path(self, what: str) -> Path:
        assert self._sockets
        return self._sockets / what

    # -- the QEMU command ---------------------------------------------------

    def machine_argument(self) -> str:
        """The argument of -M."""
        parts = [self.machine, self.type.options, self.machine_opts]
        if not self.reserve:
            parts.append("memory-backend=ram")
        return ",".join(part for part in parts if part)

    def _hardware(self) -> list[str]:
        accel = "tcg,thread=single" if self.icount else "tcg"
        argv = ["qemu-system-ppc64", "-M", self.machine_argument(), "-cpu", self.cpu,
                "-accel", accel, "-m", self._memory(), "-smp", self.smp, "-display", "none",
                *self.type.arguments]
        if not self.reserve:
            size = self.mem.split(",")[0]
            argv += ["-object", f"memory-backend-ram,id=ram,size={size},reserve=off"]
        if self.module:
            argv += ["-object", f"memory-backend-ram,id=ram1,size={self.module},reserve=off",
                     "-device", "pc-dimm,id=module,memdev=ram1"
                     + (f",addr={bytes_of(self.module_at)}" if self.module_at else "")]
        if self.type.flash:
            argv += ["-drive", f"file={self._flash()},if=mtd,format=raw"]
        for node in self.numa:
            argv += ["-numa", node]
        if self.icount:
            # The same instruction counts in each run: no host clock, no randomness.
            argv += ["-icount", "shift=0,sleep=off", "-rtc", "base=2025-01-01,clock=vm",
                     "-seed", "1"]
        return argv

    def _memory(self) -> str:
        """The argument of -m."""
        if not self.module:
            return self.mem
        end = self.ram_bytes + bytes_of(self.module_at or "0M")
        return f"{self.mem},slots=1,maxmem={(end >> 30) + 1}G"

    def _flash(self) -> Path:
        """The machine's own flash, which is writable."""
        path = self.workspace / "pnor.bin"
        return path if path.exists() else pnor.write(path)

    def _devices(self, agent: str) -> list[str]:
        if self.bare:
            return ["-chardev", f"{agent},id=agent"]
        first, second = self.type.buses
        return [*self._storage(), *self._card(),
                "-fsdev", f"local,id=lab,path={self.share},security_model=none",
                "-device", f"virtio-9p-pci,fsdev=lab,mount_tag=lab{first}",
                "-chardev", f"{agent},id=agent", "-device", f"virtio-serial-pci{second}",
                "-device", "virtserialport,chardev=agent,name=agent"]

    def _storage(self) -> list[str]:
        """The disks; QEMU survives every crash of the guest, so the host need not flush them."""
        argv: list[str] = []
        for disk in self.disks:
            argv += ["-drive", f"file={disk},id={disk.stem},if=none,format=raw,cache=unsafe",
                     "-device", f"virtio-blk-pci,drive={disk.stem}"]
        return argv

    def _card(self) -> list[str]:
        if not self.network:
            return []
        return ["-netdev", "user,id=network,ipv6=off",
                "-device", "virtio-net-pci,netdev=network,romfile="]

    def _software(self) -> list[str]:
        if not self.image:
            return self.extra
        initrd = ["-initrd", str(self.initramfs)] if self.initramfs else []
        return ["-kernel", str(self.image), *initrd, "-append", self.append, *self.extra]

    def arguments(self) -> list[str]:
        """The QEMU command of the lab."""
        agent = f"socket,path={self._socket_path('agent')},server=on,wait=off"
        return [*self._hardware(), "-chardev", "stdio,id=console,signal=off",
                *self._devices(agent), "-S",
                "-qmp", f"unix:{self._socket_path('qmp')},server=on,wait=off", *self._software()]

    def _write_script(self) -> None:
        """A script that starts the same machine with console and monitor on the terminal."""
        argv = [*self._hardware(), "-chardev", "stdio,id=console,mux=on,signal=off",
                "-mon", "chardev=console", *self._devices("null"), *self._software()]
        command = shlex.join(self.toolbox.enter_argv(argv, cwd=self.workspace))
        path = self.workspace / "qemu.sh"
        path.write_text("#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-or-later\n"
                        "# The machine of this run by hand; Ctrl-A X ends it.\n"
                        f"mkdir -p {shlex.quote(str(self.share))}\nexec {command}\n")
        path.chmod(0o755)

    # -- input --------------------------------------------------------------

    def _note(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    def _read_console(self) -> None:
        assert self._process and self._process.stdout
        with (self.workspace / "console.log").open("w") as log, \
                contextlib.suppress(ValueError, OSError):
            for raw in self._process.stdout:
                line = self._line(raw.decode(errors="replace").rstrip())
                log.write(f"[{line.when - self.started:9.3f}] {line.text}\n")
                log.flush()
                self._note(lambda: self.lines.append(line))

    def _line(self, text: str) -> Line:
        """A line with its time and kernel; printk's clock starts at 0 in a new kernel."""
        kernel = self.lines[-1].kernel if self.lines else 1
        stamp = re.match(r"\[\s*(\d+\.\d{6})\]", text)
        if stamp:
            uptime, self._uptime = self._uptime, float(stamp[1])
            kernel += self._uptime == 0 and uptime > 0
        return Line(time.monotonic(), text, kernel)

    def _read_agent(self) -> None:
        assert self._agent
        with contextlib.suppress(OSError, ValueError):
            for line in self._agent.makefile("r", encoding="ascii", errors="replace"):
                self._note(lambda: self._agent_line(line.split()))

    def _agent_line(self, words: list[str]) -> None:
        if words[:2] == ["hello", "boot"]:
            facts = dict(word.split("=", 1) for word in words[2:])
            self.hellos.append(Hello(time.monotonic(), facts["kind"], facts["release"],
                                     facts["id"]))
        elif len(words) in (2, 3) and words[0].isdigit():
            out = base64.b64decode(words[2]) if len(words) == 3 else b""
            self._answers[words[0]] = Result(int(words[1]), out.decode(errors="replace"))

    def _on_event(self, event: Event) -> None:
        self._note(lambda: self.events.append(event))
        if self.type.stops_at_reset and is_reset(event) and not self._hold:
            threading.Thread(target=self._reset, daemon=True).start()

    def _reset(self) -> None:
        """Reset the machine, also if it is set to pause at resets, and continue it."""
        seen = len(self.events)
        self._await_idle()
        if self.before_reset:
            self.before_reset()
        with contextlib.suppress(LabError):
            self.qmp.command("set-action", reboot="reset", shutdown="poweroff")
            self.qmp.command("system_reset")
            if self.type.stops_at_reset or self.after_reset:
                self._await_event("RESET", seen)
            if self.type.stops_at_reset:
                self.qmp.command("set-action", reboot="shutdown", shutdown="pause")
            if self.after_reset:
                self.after_reset()
            self.qmp.command("cont")

    def _await_idle(self) -> None:
        """Wait until all CPU threads of a stopped machine are idle.

        The CPU that calls firmware for a dump counts as stopped before its thread has returned
        from the call. On a busy host the thread may return after the reset: the CPU then
        continues at the old place, and firmware waits for it for ever.
        """
        with contextlib.suppress(LabError):
            if self.qmp.command("query-status")["running"]:
                return
            threads = [cpu["thread-id"] for cpu in self.qmp.command("query-cpus-fast")]
            assert self._process
            wait_idle(self._process.pid, threads, 20 * TIMEOUT_FACTOR)

    def _await_event(self, name: str, seen: int) -> None:
        """Wait for a new event."""
        with self._changed:
            self._changed.wait_for(lambda: self._gone or any(
                event.name == name for event in self.events[seen:]), 20 * TIMEOUT_FACTOR)

    def _on_close(self) -> None:
        def gone() -> None:
            self._gone = True
        self._note(gone)

    # -- judging ------------------------------------------------------------

    def error(self, what: str, kind: type[MachineError] = MachineError) -> MachineError:
        """A MachineError with the paths of all logs and the console's last lines."""
        last = "\n".join(f"    {line.text}" for line in self.lines[-12:])
        return kind(
            f"{self.name}: {what}\nThe console's last lines:\n{last}\n"
            f"Console: {self.workspace / 'console.log'}\n"
            f"QEMU's own messages: {self.workspace / 'qemu.log'}\n"
            f"The same machine by hand: {self.workspace / 'qemu.sh'}")

    def allow(self, regex: str) -> None:
        """Accept matching lines of the console from now on."""
        self._allowed.append(re.compile(regex))

    @property
    def guest_resets(self) -> int:
        """The number of resets by the guest or its firmware."""
        return len(self.reset_times)

    @property
    def reset_times(self) -> list[float]:
        """The times of these resets."""
        return [event.when for event in self.events if is_reset(event)]

    @property
    def halts(self) -> int:
        """The number of times the machine stopped to wait for a reset or for its end."""
        return sum(event.name == "SHUTDOWN" for event in self.events)

    def _judge(self) -> None:
        """Raise a MachineError if the guest did something unexpected."""
        while self._scanned < len(self.lines):
            index, self._scanned = self._scanned, self._scanned + 1
            self._judge_line(index, self.lines[index])
        if len({hello.boot_id for hello in self.hellos}) < self.boots:
            raise self.error("the agent in the guest ended and was started again")
        if self.boots > self.expected_boots:
            raise self.error(f"booted {self.boots} times, {self.expected_boots} expected")
        if self.guest_resets > self.expected_boots - 1:
            raise self.error(f"reset itself {self.guest_resets} times, "
                             f"{self.expected_boots - 1} expected")

    def _judge_line(self, index: int, line: Line) -> None:
        if FIRMWARE_ERRORS.search(line.text):
            raise self.error("the busy host made its firmware fail, there can be no dump",
                             FirmwareError)
        if self._crash_from is not None and index >= self._crash_from:
            if line.kernel < self._crash_until:
                return
            self._crash_from = None
        if FAULTS.search(line.text) and not any(ok.search(line.text) for ok in self._allowed):
            time.sleep(0.5)
            raise self.error(f"the kernel complained: {line.text}")

    def wait(self, ready: Callable[[], bool], timeout: float, what: str) -> None:
        """Wait until ready() is true; a fault of the guest or the time limit is an error."""
        deadline = time.monotonic() + timeout * TIMEOUT_FACTOR
        with self._changed:
            while True:
                self._judge()
                if ready():
                    return
                if self._gone:
                    raise self.error(f"QEMU ended while waiting for {what}")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise self.error(f"no {what} within {timeout * TIMEOUT_FACTOR:.0f} s")
                self._changed.wait(left)

    def wait_for(self, ready: Callable[[], bool], timeout: float, what: str) -> None:
        """The same for a state without an event: ready() is called ten times a second."""
        deadline = time.monotonic() + timeout * TIMEOUT_FACTOR
        while not ready():
            if time.monotonic() > deadline:
                raise self.error(f"no {what} within {timeout * TIMEOUT_FACTOR:.0f} s")
            self.watch(0.1)

    # -- using the guest ----------------------------------------------------

    @property
    def boots(self) -> int:
        """The number of kernels that have started the agent."""
        return len(self.hellos)

    @property
    def kind(self) -> str:
        """production or capture, as the agent of the running kernel says."""
        return self.hellos[-1].kind if self.hellos else ""

    def boot(self, timeout: float = 90) -> Hello:
        """Wait for the first boot's agent."""
        return self._await_boot(1, timeout)

    def _await_boot(self, number: int, timeout: float) -> Hello:
        self.wait(lambda: self.boots >= number, timeout, f"agent of boot {number}")
        return self.hellos[number - 1]

    def sh(self, command: str, timeout: float = 60) -> Result:
        """Run a shell command in the guest."""
        number = self.send(command)
        short = command if len(command) < 60 else command[:57] + "..."
        self.wait(lambda: number in self._answers, timeout, f"answer to '{short}'")
        return self._answers.pop(number)

    def send(self, command: str) -> str:
        """Start a shell command in the guest without waiting; the number of its answer."""
        assert self._agent
        self._requests += 1
        text = base64.b64encode(command.encode()).decode()
        self._agent.sendall(f"{self._requests} {text}\n".encode())
        return str(self._requests)

    def check(self, command: str, timeout: float = 60) -> str:
        """Run a shell command that must succeed; its output without the last newline."""
        result = self.sh(command, timeout)
        if result.rc:
            raise self.error(f"'{command}' failed in the guest ({result.rc}): {result.out}")
        return result.out.removesuffix("\n")

    def expect_crash(self, kernels: int = 1) -> None:
        """Accept all console lines until that many kernels have started."""
        with self._changed:
            self._judge()
            self._crash_from = len(self.lines)
            self._crash_until = (self.lines[-1].kernel if self.lines else 1) + kernels

    def crash(self, command: str = "echo c >/proc/sysrq-trigger", *, expect_boot: bool = True,
              kernels: int = 1, timeout: float = 90) -> Optional[Hello]:
        """Crash the guest; wait for the next kernel.

        If the command starts another kernel, which crashes, kernels is 2.
        """
        self.expect_crash(kernels)
        if expect_boot:
            self.expected_boots += 1
        self.send(command)
        return self._await_boot(self.expected_boots, timeout) if expect_boot else None

    def system_reset(self, timeout: float = 90) -> Hello:
        """Reset the machine from outside; wait for the next kernel."""
        self.expect_crash()
        self.expected_boots += 1
        self._reset()
        return self._await_boot(self.expected_boots, timeout)

    def reset_by_nmi(self, timeout: float = 90) -> Hello:
        """A system reset exception on every CPU; wait for the next kernel."""
        self.expect_crash()
        self.expected_boots += 1
        self.qmp.command("inject-nmi")
        return self._await_boot(self.expected_boots, timeout)

    def reboot(self, command: str = "reboot -f", timeout: float = 90) -> Hello:
        """An orderly reboot, or a kexec; wait for the next kernel."""
        self.expected_boots += 1
        self.send(command)
        return self._await_boot(self.expected_boots, timeout)

    def power_off(self, command: str = "poweroff -f", timeout: float = 60) -> None:
        """An orderly end; QEMU has ended, and all writes are in its disk images."""
        self.send(command)
        self.wait(lambda: self._gone, timeout, "end of the machine")
        assert self._process
        self._process.wait()

    def watch(self, seconds: float) -> None:
        """Wait for some time; a fault of the guest is an error."""
        with contextlib.suppress(TimeoutError):
            deadline = time.monotonic() + seconds
            with self._changed:
                while (left := deadline - time.monotonic()) > 0:
                    self._judge()
                    self._changed.wait(left)

    # -- the console --------------------------------------------------------

    def console_text(self, kernel: Optional[int] = None) -> str:
        """The console's text, all of it or of one kernel (1, 2, ...)."""
        with self._changed:
            return "\n".join(line.text for line in self.lines
                             if kernel in (None, line.kernel))

    def console_ends(self, count: int = 40) -> str:
        """The last console lines of every kernel, for a report."""
        with self._changed:
            kernels = [[f"[{line.when - self.started:9.3f}] {line.text}" for line in group]
                       for _, group in itertools.groupby(self.lines, lambda line: line.kernel)]
        return "\n...\n".join("\n".join(lines[-count:]) for lines in kernels)

    def expect_console(self, regex: str, timeout: float = 60, since: int = 0) -> re.Match[str]:
        """Wait for a console line that matches."""
        pattern = re.compile(regex)
        found: list[re.Match[str]] = []

        def seen() -> bool:
            hits = (pattern.search(line.text) for line in self.lines[since:])
            found.extend(hit for hit in hits if hit)
            return bool(found)
        self.wait(seen, timeout, f"console line /{regex}/")
        return found[0]

    def line_time(self, regex: str, after: float = 0) -> Optional[float]:
        """The time (monotonic) of a matching console line."""
        pattern = re.compile(regex)
        for line in self.lines:
            if line.when >= after and pattern.search(line.text):
                return line.when
        return None

    # -- stopped between firmware's save and the reset ------------------------

    @property
    def qmp(self) -> Qmp:
        """QEMU's machine protocol."""
        assert self._qmp
        return self._qmp

    def crash_paused(self, command: str = "echo c >/proc/sysrq-trigger",
                     timeout: float = 60) -> None:
        """Crash the guest; return when firmware has saved the dump, with the machine stopped."""
        self._hold = True
        self.expected_boots += 1
        self.qmp.command("set-action", reboot="shutdown", shutdown="pause")
        self.expect_crash()
        seen = len(self.events)
        self.send(command)

        def stopped() -> bool:
            return any(event.name == "SHUTDOWN" for event in self.events[seen:])
        self.wait(stopped, timeout, "stop at the reset")
        reasons = [event.data.get("reason") for event in self.events[seen:]
                   if event.name == "SHUTDOWN"]
        if reasons != ["guest-reset"]:
            raise self.error(f"stopped because of {reasons}, not for firmware's reset")

    def resume_reset(self, timeout: float = 90) -> Hello:
        """Let the reset happen; wait for the next kernel."""
        self._hold = False
        self._reset()
        return self._await_boot(self.expected_boots, timeout)

    def pmemsave(self, path: Path, address: int, size: int) -> Path:
        """Write physical memory into a file of the host."""
        self.qmp.command("pmemsave", timeout=300, val=address, size=size, filename=str(path))
        return path

    def save_memory(self) -> Path:
        """Write all memory into a file; it replaces an earlier one, and is deleted at the end.

        The file is in the host's memory if that has room: writing gigabytes to a disk takes long.
        """
        if self._image is None:
            required = self.ram_bytes + HOST_MEMORY_FREE
            where = HOST_MEMORY if available_memory() > required else self.workspace
            self._image = Path(tempfile.mkdtemp(prefix="fadump-", dir=where)) / "memory"
        address = ramcopy.host_address(self.qmp.monitor("info ramblock"), self.ram_bytes)
        assert self._process
        if address is None:
            return self.pmemsave(self._image, 0, self.ram_bytes)
        try:
            return ramcopy.copy(self._process.pid, address, self.ram_bytes, self._image)
        except PermissionError:
            return self.pmemsave(self._image, 0, self.ram_bytes)

    @property
    def ram_bytes(self) -> int:
        """The bytes of memory that the machine starts with."""
        return bytes_of(self.mem.split(",")[0]) + bytes_of(self.module or "0M")

    def registers(self) -> list[dict[str, int]]:
        """Each virtual CPU's registers, by QEMU's names (NIP, MSR, GPR00, ...)."""
        found: list[dict[str, int]] = []
        text = self.qmp.monitor("info registers -a")
        for block in re.split(r"^CPU#\d+\r?$", text, flags=re.MULTILINE)[1:]:
            pairs = re.findall(r"\b(NIP|LR|CTR|XER|MSR|CR|DAR|DSISR)\s+([0-9a-f]+)", block)
            regs = {name: int(value, 16) for name, value in pairs}
            for first, values in re.findall(r"GPR(\d\d)((?: [0-9a-f]{16})+)", block):
                for offset, value in enumerate(values.split()):
                    regs[f"GPR{int(first) + offset:02}"] = int(value, 16)
            found.append(regs)
        return found

    def stub(self) -> GdbStub:
        """A connection to QEMU's gdb stub; it stops the guest."""
        path = self._socket_path("gdb")
        if not self._has_stub:
            self.qmp.monitor(f"gdbserver unix:{path},server=on,wait=off")
            self._has_stub = True
        # After a closed connection QEMU takes a moment to listen again.
        deadline = time.monotonic() + 10 * TIMEOUT_FACTOR
        while time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                return GdbStub(path)
            time.sleep(0.02)
        raise self.error("QEMU's gdb stub does not listen")

    def read_phys(self, address: int, length: int) -> bytes:
        """Read physical memory of the stopped guest."""
        with self.stub() as stub:
            return stub.read(address, length)

    def write_phys(self, address: int, data: bytes) -> None:
        """Write physical memory of the stopped guest."""
        with self.stub() as stub:
            stub.write(address, data)
