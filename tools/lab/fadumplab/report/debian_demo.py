# SPDX-License-Identifier: GPL-2.0-or-later
"""`make demo DEBIAN=1`: a Debian system at work that crashes twice and goes on by itself."""

from __future__ import annotations

import shutil
import time

from .. import LabError
from ..build.build_root import BuildRoot
from ..build.kernel import Kernel
from ..build.toolbox import Toolbox
from ..dump.crash import CrashSession
from ..system.debian import ROOT_DISK, Debian
from ..system.guest import (BOOT, CONFIGURE, CRASH_DIR, PIECES, RETURN, Load, check_files, dumps_in,
                            failed_units, fetch, kernels_seen, put_under_load, state_of_system,
                            tables_shrank)
from ..ui import readable_size
from .demo import Demo, Reader
from .results import CPUS, OUT, backtrace


class DebianDemo(Demo):
    """The same life, but nobody does by hand what a Debian system does by itself."""

    load: Load
    #: Names of the dumps that are on its disk.
    saved: set[str]

    def run(self) -> None:
        """Everything, in order."""
        with self.phase("lab", "lab ready", quiet=True) as phase:
            self.toolbox = Toolbox.open(self.args.verbose)
            phase.verdict = f"tools, guest and crash in {self.toolbox.cache}"
        with self.phase("kernel", "kernel built", quiet=True) as phase:
            self.kernel = Kernel(self.toolbox, self.args.kver, "fast", ksrc=self.args.ksrc,
                                 variant="debian").build()
            phase.verdict = f"Linux {self.kernel.kver} with this subsystem"
        with self.phase("system", "Debian installed", quiet=True) as phase:
            package = BuildRoot.open(self.args.verbose).deb("ppc64el")
            system = Debian(self.toolbox, self.kernel).system(package, CONFIGURE)
            phase.verdict = f"with {package.name}"
        self.results.vmlinux = self.kernel.vmlinux
        self.run_machine(system.initramfs, disks=[system.disk],
                         append=f"{ROOT_DISK} fadump=on")

    def in_the_guest(self) -> None:
        """From the first boot to the second return."""
        self.boot()
        self.saved = set()
        self.armed()
        self.work()
        self.crash_it()
        self.go_on()
        self.fetch_it()
        self.analyse()
        self.once_more()

    # -- phases -------------------------------------------------------------

    def boot(self) -> None:
        """Up to multi-user.target."""
        with self.phase("boot", "Debian boots") as phase:
            self.results.facts["release"] = self.machine.boot(BOOT).release
            self.demand_running()
            name = self.machine.check(". /etc/os-release; echo $PRETTY_NAME")
            phase.verdict = (f"{name}, Linux {self.results.facts['release']}, {CPUS} CPUs, "
                             f"{self.machine.mem} of memory; systemd says running")

    def work(self) -> None:
        """Something to interrupt."""
        with self.phase("load", "at work") as phase:
            self.load = put_under_load(self.machine)
            phase.verdict = f"a process holds {PIECES} pieces of memory and writes {self.load.file}"

    def go_on(self) -> None:
        """All of it in one boot: the dump is saved and released, services start."""
        with self.phase("return", "the dump saved, memory back, Debian up") as phase:
            self.machine.wait(lambda: self.machine.boots == self.machine.expected_boots, RETURN,
                              "agent after the crash")
            self.demand_running()
            self.results.times["rearmed"] = time.monotonic()
            self.demand("registered", "1")
            stage, first = self.look("released"), self.results.stages[0]
            more = tables_shrank(self.machine)
            if (stage.total - more, stage.cma) != (first.total, first.cma):
                raise self.machine.error(
                    f"{readable_size(stage.total)} of memory, {readable_size(stage.cma)} of CMA; "
                    f"there were {readable_size(first.total)} and {readable_size(first.cma)}")
            lost = self.load.lost_lines(self.machine.check(f"cat {self.load.file}"))
            if lost:
                raise self.machine.error(f"{lost} lines that were on the disk are not any more")
            phase.verdict = (f"systemd says running, {readable_size(stage.total)} of memory as "
                             "before, registered, no line missing")

    def fetch_it(self) -> None:
        """What the guest has saved."""
        with self.phase("save", "the dump on its disk") as phase:
            new = dumps_in(self.machine) - self.saved
            if len(new) != 1:
                raise self.machine.error(f"{len(new)} new dumps in {CRASH_DIR}, not one")
            self.saved |= new
            name = new.pop()
            where = fetch(self.machine, f"{CRASH_DIR}/{name}")
            check_files(where)
            shutil.rmtree(OUT / "dump", ignore_errors=True)
            where.rename(OUT / "dump")
            size = (OUT / "dump/vmcore").stat().st_size
            self.results.facts["dump_bytes"] = size
            phase.verdict = f"{readable_size(size)} in {CRASH_DIR}/{name}"

    def analyse(self) -> None:
        """crash has to find what was interrupted."""
        with self.phase("analyse", "open with crash") as phase:
            dump = OUT / "dump/vmcore"
            session = CrashSession(self.toolbox, self.kernel.vmlinux, dump, OUT / "crash.txt")
            said = self.results.crash = session.run(["sys", "bt", "ps", "log"])
            Reader.demand(r"PANIC: .*sysrq triggered crash", said["sys"], "the panic message")
            Reader.demand(r"\bsysrq_handle_crash at\b", said["bt"],
                          "sysrq_handle_crash in the trace")
            Reader.demand(r"(?m)\bload$", said["ps"], "the process that was at work")
            kept, lost = len(self.load.kept), self.load.lost_pieces(dump)
            if lost:
                raise LabError(f"{lost} of {kept} pieces of the load's memory are not in {dump}")
            phase.verdict = (f"trace through {backtrace(said['bt'])[-1]}, the process at work, and "
                             f"{kept} pieces of its memory, all that was not in the dump area")

    def once_more(self) -> None:
        """A second crash is as good as the first, of which the report has the times."""
        times = dict(self.results.times)
        self.work()
        self.crash_it()
        self.go_on()
        self.fetch_it()
        self.results.times = times
        with self.phase("count", "kernels counted") as phase:
            seen = kernels_seen(self.machine)
            if seen != 3:
                raise self.machine.error(f"{seen} kernels for two crashes, not three")
            phase.verdict = "three for two crashes: none booted only to get away from a dump"

    # -- looking at the guest -------------------------------------------------

    def demand_running(self) -> None:
        """Nothing may have failed."""
        state = state_of_system(self.machine)
        if state != "running":
            raise self.machine.error(f"systemd says {state}: {failed_units(self.machine)}")
