# SPDX-License-Identifier: GPL-2.0-or-later
"""`make demo`: one crash, from production back to production, step by step."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

from .. import LabError
from ..build.initramfs import Initramfs
from ..build.kernel import Kernel
from ..build.toolbox import Toolbox
from ..dump.core import Vmcore
from ..dump.crash import CrashSession
from ..dump.regions import REGION, parse_regions
from ..machine.qemu import Machine
from ..ui import duration, readable_size, ui
from .page import write_report
from .results import CPUS, OUT, Cpu, Phase, Results, Stage

SYSFS = "/sys/kernel/fadump"
DEBUGFS = "/sys/kernel/debug/powerpc"
#: Filters zero and free pages. Pages of programs stay, because makedumpfile 1.7.8 takes some
#: kernel pages for those (see the guide's table of tools), and page cache helps debugging.
SAVE = "makedumpfile -l -d 17 --message-level 4 /proc/vmcore /lab/dump"


class Demo:
    """Runs the phases and collects their results."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.results = Results(args.machine)
        self.kernel: Kernel
        self.toolbox: Toolbox
        self.machine: Machine

    @contextlib.contextmanager
    def phase(self, name: str, title: str, quiet: bool = False) -> Iterator[Phase]:
        """Time a phase, show it while it runs, and record its verdict."""
        phase = Phase(name, title, time.monotonic())
        self.results.phases.append(phase)
        task = contextlib.nullcontext() if quiet else ui.task(f"demo: {title}")
        with task as shown:
            try:
                yield phase
                phase.ok = True
            except BaseException as why:
                phase.verdict = str(why).splitlines()[0] if str(why) else repr(why)
                raise
            finally:
                phase.seconds = time.monotonic() - phase.start
                if shown:
                    shown.result = phase.verdict

    def run(self) -> None:
        """All phases, in order."""
        with self.phase("lab", "lab ready", quiet=True) as phase:
            self.toolbox = Toolbox.open(self.args.verbose)
            phase.verdict = f"tools, guest and crash in {self.toolbox.cache}"
        with self.phase("kernel", "kernel built", quiet=True) as phase:
            self.kernel = Kernel(self.toolbox, self.args.kver, self.args.flavour,
                                 untouched=getattr(self.args, "untouched", False),
                                 ksrc=self.args.ksrc).build()
            phase.verdict = f"Linux {self.kernel.kver} with this subsystem"
        self.results.vmlinux = self.kernel.vmlinux
        self.run_machine(Initramfs(self.toolbox, self.kernel).build())

    def run_machine(self, initramfs: Path, **options: Any) -> None:
        """Start the machine and run the phases in it."""
        self.machine = Machine(self.toolbox, self.kernel.image, initramfs, name="machine",
                               smp=str(CPUS), base=OUT, keep=True, machine=self.args.machine,
                               **options)
        self.results.memory = self.machine.mem
        self.results.ram_bytes = self.machine.ram_bytes
        with self.machine:
            self.run_phases()

    def run_phases(self) -> None:
        """All phases with a running machine: from the first boot to the second registration."""
        self.boot()
        self.armed()
        self.crash_it()
        self.capture()
        self.save()
        reader = Reader(self)
        reader.start()
        try:
            self.release()
            self.rearm()
        finally:
            reader.join()
        reader.result()

    # -- phases -------------------------------------------------------------

    def boot(self) -> None:
        """Boot the production kernel."""
        with self.phase("boot", "production boot") as phase:
            self.results.facts["release"] = self.machine.boot().release
            phase.verdict = (f"Linux {self.results.facts['release']}, {CPUS} CPUs, "
                             f"{self.machine.mem} of memory")

    def armed(self) -> None:
        """Check that fadump is registered with firmware."""
        with self.phase("arm", "armed") as phase:
            stage = self.record_stage("production")
            self.demand("registered", "1")
            reserved = self.results.facts["mem_reserved"] = int(self.value("mem_reserved"))
            phase.verdict = (
                f"registered; {readable_size(stage.regions.boot_memory)} of boot memory, "
                f"{readable_size(reserved)} reserved, {readable_size(stage.cma)} of it as CMA")

    def crash_it(self) -> None:
        """Crash the guest; wait for the reset by firmware."""
        machine = self.machine
        with self.phase("crash", "crash, firmware saves and resets") as phase:
            machine.expect_crash()
            machine.expected_boots += 1
            self.results.times["crash"] = time.monotonic()
            machine.send("echo c >/proc/sysrq-trigger")
            machine.wait(lambda: machine.guest_resets == machine.expected_boots - 1, 60,
                         "firmware's reset")
            self.results.times["reset"] = machine.reset_times[-1]
            phase.verdict = f"panic, {machine.type.dump_method}, machine reset"
        panic = machine.line_time(r"Kernel panic - not syncing", self.results.times["crash"])
        self.results.times["panic"] = panic or self.results.times["crash"]

    def capture(self) -> None:
        """Wait for the capture kernel; read the head of its dump."""
        machine = self.machine
        with self.phase("capture", "capture boot") as phase:
            machine.wait(lambda: machine.boots >= 2, 90, "agent of the capture kernel")
            self.results.times["captured"] = machine.hellos[1].when
            if machine.kind != "capture":
                raise machine.error("the kernel after the crash has no /proc/vmcore")
            stage = self.record_stage("capture")
            machine.check("dd if=/proc/vmcore of=/lab/headers bs=64k count=8 2>&1")
            self.results.core = Vmcore(machine.share / "headers")
            size = int(machine.check("stat -c %s /proc/vmcore"))
            self.results.facts["vmcore_bytes"] = size
            phase.verdict = (f"/proc/vmcore of {readable_size(size)}, registers of "
                             f"{len(self.results.core.cpus)} CPUs; "
                             f"runs in {readable_size(stage.total)}")

    def save(self) -> None:
        """Save the dump on the host, filtered and compressed."""
        with self.phase("save", "save with makedumpfile") as phase:
            self.machine.check(SAVE, timeout=300)
            dump = OUT / "dump"
            shutil.copyfile(self.machine.share / "dump", dump)
            (self.machine.share / "dump").unlink()
            self.results.facts["dump_bytes"] = dump.stat().st_size
            phase.verdict = f"{readable_size(dump.stat().st_size)} in {dump}"
        self.results.times["saved"] = time.monotonic()

    def release(self) -> None:
        """Release the dump's memory."""
        with self.phase("release", "release memory") as phase:
            before = self.results.stages[-1].total
            self.machine.check(f"echo 1 >{SYSFS}/release_mem", timeout=120)
            self.results.times["released"] = time.monotonic()
            stage = self.record_stage("released")
            phase.verdict = f"{readable_size(before)} became {readable_size(stage.total)}"

    def rearm(self) -> None:
        """Register for the next crash, without a reboot."""
        with self.phase("rearm", "armed again") as phase:
            self.machine.check(f"[ $(cat {SYSFS}/registered) = 1 ] || echo 1 >{SYSFS}/registered")
            self.demand("registered", "1")
            self.results.times["rearmed"] = time.monotonic()
            phase.verdict = (f"back in production {self.results.since_crash('rearmed'):.1f} s "
                             "after the crash")

    # -- the guest's state ----------------------------------------------------

    def value(self, name: str) -> str:
        """The content of one of fadump's sysfs files."""
        return self.machine.check(f"cat {SYSFS}/{name}")

    def demand(self, name: str, wanted: str) -> None:
        """Raise a MachineError unless a sysfs file has this content."""
        if self.value(name) != wanted:
            raise self.machine.error(f"{SYSFS}/{name} is {self.value(name)}, not {wanted}")

    def record_stage(self, name: str) -> Stage:
        """Record the guest's use of memory."""
        text = self.machine.check(f"cat {REGION}")
        layout = self.machine.sh(f"cat {DEBUGFS}/fadump_layout 2>/dev/null").out
        info = dict(re.findall(r"^(\w+):\s+(\d+) kB$", self.machine.check("cat /proc/meminfo"),
                               re.MULTILINE))
        stage = Stage(name, parse_regions(text), text, layout, int(info["MemTotal"]) << 10,
                      int(info.get("CmaTotal", "0")) << 10)
        self.results.stages.append(stage)
        return stage

    def print_summary(self) -> None:
        """Print the summary."""
        print()
        width = max(len(phase.title) for phase in self.results.phases)
        for phase in self.results.phases:
            mark = "ok  " if phase.ok else "FAIL"
            print(f"  {mark} {phase.title:{width}} {duration(phase.seconds):>13}  "
                  f"{phase.verdict}")
        print()
        for name, path in self.results.files().items():
            print(f"  {name:16} {path}")
        print("\nDemo FAILED." if self.results.failure else
              f"\nDemo passed: {duration(self.results.since_crash('rearmed'))} from the crash to a "
              "machine that is ready for the next one.")


class Reader(threading.Thread):
    """Opens the saved dump with crash, in parallel to the next phases."""

    COMMANDS = ("sys", "bt", "ps -A", "log")

    def __init__(self, demo: Demo) -> None:
        super().__init__(daemon=True)
        self.demo = demo
        self.failure: Optional[BaseException] = None

    def run(self) -> None:
        """The thread's function."""
        try:
            with self.demo.phase("analyse", "open with crash") as phase:
                phase.verdict = self.read()
        except BaseException as why:
            self.failure = why

    def result(self) -> None:
        """Raise a failure of the thread in the caller's thread."""
        if self.failure:
            raise self.failure

    def read(self) -> str:
        """Run one session; the verdict."""
        demo = self.demo
        assert demo.results.core
        registers = demo.results.core.cpus
        session = CrashSession(demo.toolbox, demo.kernel.vmlinux, OUT / "dump", OUT / "crash.txt")
        symbols = [f"sym {cpu.nip:#x}" for cpu in registers]
        said = demo.results.crash = session.run([*self.COMMANDS, *symbols])
        self.demand(r"PANIC: .*sysrq triggered crash", said["sys"], "the panic message")
        self.demand(r"\bsysrq_handle_crash at\b", said["bt"], "sysrq_handle_crash in the trace")
        if len(registers) != CPUS:
            raise LabError(f"The dump has registers of {len(registers)} CPUs, not {CPUS}")
        crashed = int(self.demand(r"CPU: (\d+)", said["bt"], "the panic task's CPU")[1])
        demo.results.cpus = [
            Cpu(number, symbol(said[symbols[number]]), number == crashed, cpu.gpr, cpu.special)
            for number, cpu in enumerate(registers)]
        task = self.demand(r'PID: (\d+).*COMMAND: "([^"]*)"', said["bt"], "the panic task")
        return (f"task {task[2]} (pid {task[1]}) on CPU {crashed}, trace through "
                f"sysrq_handle_crash, registers of {len(registers)} CPUs")

    @staticmethod
    def demand(pattern: str, text: str, what: str) -> re.Match[str]:
        """The match of a pattern that crash's output must have."""
        found = re.search(pattern, text)
        if not found:
            raise LabError(f"crash does not show {what}; its session: {OUT / 'crash.txt'}")
        return found


def symbol(text: str) -> str:
    """The name and offset in crash's answer to sym."""
    words = text.split()
    return words[2] if len(words) > 2 and words[0].startswith("c0") else "?"


def main(args: argparse.Namespace, kind: type[Demo] = Demo) -> int:
    """Run the demo; write the summary and the report, also after a failure."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    demo = kind(args)
    try:
        demo.run()
    except LabError as why:
        demo.results.failure = str(why)
        print(f"\n{why}")
    summary = demo.results.summary()
    (OUT / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    write_report(demo.results, OUT / "report.html")
    demo.print_summary()
    return 1 if demo.results.failure else 0
