# SPDX-License-Identifier: GPL-2.0-or-later
"""`make demo DEBIAN=1`: a Debian system under load that crashes twice and recovers by itself."""

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
    """The phases of a Debian system, which saves and releases its dump by itself."""

    load: Load
    #: Names of the dumps on its disk.
    saved: set[str]

    def run(self) -> None:
        """All phases, in order."""
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

    def run_phases(self) -> None:
        """All phases with a running machine: from the first boot to the second return."""
        self.boot()
        self.saved = set()
        self.armed()
        self.work()
        self.crash_it()
        self.await_return()
        self.fetch_it()
        self.analyse()
        self.once_more()

    # -- phases -------------------------------------------------------------

    def boot(self) -> None:
        """Boot up to multi-user.target."""
        with self.phase("boot", "Debian boots") as phase:
            self.results.facts["release"] = self.machine.boot(BOOT).release
            self.demand_running()
            name = self.machine.check(". /etc/os-release; echo $PRETTY_NAME")
            phase.verdict = (f"{name}, Linux {self.results.facts['release']}, {CPUS} CPUs, "
                             f"{self.machine.mem} of memory; systemd: running")

    def work(self) -> None:
        """Start a load, which the crash will interrupt."""
        with self.phase("load", "at work") as phase:
            self.load = put_under_load(self.machine)
            phase.verdict = f"a process holds {PIECES} pieces of memory and writes {self.load.file}"

    def await_return(self) -> None:
        """Wait for the next boot, which saves the dump, releases it and starts the services."""
        with self.phase("return", "the dump saved, memory back, Debian up") as phase:
            self.machine.wait(lambda: self.machine.boots == self.machine.expected_boots, RETURN,
                              "agent after the crash")
            self.demand_running()
            self.results.times["rearmed"] = time.monotonic()
            self.demand("registered", "1")
            stage, first = self.record_stage("released"), self.results.stages[0]
            more = tables_shrank(self.machine)
            if (stage.total - more, stage.cma) != (first.total, first.cma):
                raise self.machine.error(
                    f"{readable_size(stage.total)} of memory, {readable_size(stage.cma)} of CMA; "
                    f"there were {readable_size(first.total)} and {readable_size(first.cma)}")
            missing = self.load.missing_lines(self.machine.check(f"cat {self.load.file}"))
            if missing:
                raise self.machine.error(f"{missing} lines that were on the disk are missing")
            phase.verdict = (f"systemd: running, {readable_size(stage.total)} of memory as "
                             "before, registered, no line missing")

    def fetch_it(self) -> None:
        """Copy the saved dump from the guest's disk."""
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
        """Open the dump with crash; it must have the interrupted process."""
        with self.phase("analyse", "open with crash") as phase:
            dump = OUT / "dump/vmcore"
            session = CrashSession(self.toolbox, self.kernel.vmlinux, dump, OUT / "crash.txt")
            said = self.results.crash = session.run(["sys", "bt", "ps", "log"])
            Reader.demand(r"PANIC: .*sysrq triggered crash", said["sys"], "the panic message")
            Reader.demand(r"\bsysrq_handle_crash at\b", said["bt"],
                          "sysrq_handle_crash in the trace")
            Reader.demand(r"(?m)\bload$", said["ps"], "the process that was at work")
            kept, missing = len(self.load.kept), self.load.missing_pieces(dump)
            if missing:
                raise LabError(f"{missing} of {kept} pieces of the load's memory are not in {dump}")
            phase.verdict = (f"trace through {backtrace(said['bt'])[-1]}, the process at work, and "
                             f"{kept} pieces of its memory, all that was not in the dump area")

    def once_more(self) -> None:
        """The same phases for a second crash; the report has the times of the first."""
        times = dict(self.results.times)
        self.work()
        self.crash_it()
        self.await_return()
        self.fetch_it()
        self.results.times = times
        with self.phase("count", "kernels counted") as phase:
            seen = kernels_seen(self.machine)
            if seen != 3:
                raise self.machine.error(f"{seen} kernels for two crashes, not three")
            phase.verdict = "three for two crashes: none booted only to get away from a dump"

    # -- the guest's state ----------------------------------------------------

    def demand_running(self) -> None:
        """Raise a MachineError if a systemd unit has failed."""
        state = state_of_system(self.machine)
        if state != "running":
            raise self.machine.error(f"systemd: {state}: {failed_units(self.machine)}")
