# SPDX-License-Identifier: GPL-2.0-or-later
"""`make bench`: measure an untouched kernel and ours with the same work.

A life is one guest from its boot through a crash to production again; it gives all figures
that one guest can give. QEMU counts instructions (-icount) and the guest has one processor,
so a count is exact where the machine is stopped: at breakpoints, at the entry of a function
and at its return. Waiting does not count. The work of virtio devices depends on the host's
timing. Therefore figures that include a boot are measured in a guest with nothing but its
console, and the other figures in a second guest with the lab's agent.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from .. import BUILD, REPO, LabError
from ..build.initramfs import Initramfs
from ..build.kernel import Kernel
from ..build.toolbox import Toolbox
from ..machine.breakpoints import Breakpoint, Breakpoints, Call, functions_of
from ..machine.qemu import Machine
from ..ui import duration, ui
from . import figures
from .figures import KERNELS, TOLERANCE, Figure, Row

OUT = BUILD / "bench"
SYSFS = "/sys/kernel/fadump"
PAGE = 65536
#: The part of a dump that is read to measure the rate.
READ_MIB = 512

#: Functions with breakpoints: at the entry, and also at the return.
INIT = "run_init_process"
ENTRIES = ("early_init_devtree", INIT)
CALLS = ("vmcore_init", "release_mem_store", "registered_store")
#: The system call with which labtool marks the begin and the end of its work.
MARK = "sys_sched_yield"
#: Names that differ between kernels; the first that the kernel has is used.
PANIC = ("vpanic", "panic")
OPEN = ("fadump_init", "setup_fadump")


# -- counting ------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Stop:
    """A stop of the machine."""

    where: str
    icount: int
    when: float


class Stops:
    """Breakpoints that record the instruction count, and the stops at them."""

    def __init__(self, machine: Machine, functions: Mapping[str, int]) -> None:
        self.machine = machine
        self.functions = functions
        self.stops: list[Stop] = []

    def note(self, where: str) -> None:
        """Record a stop."""
        count = self.machine.qmp.command("query-replay")["icount"]
        self.stops.append(Stop(where, int(count), time.monotonic()))

    def entry(self, *names: str) -> Breakpoint:
        """A breakpoint at the first function that exists; its stops have the first name."""
        return Breakpoint(self.first(names), lambda call: self.note(names[0]))

    def call(self, *names: str) -> Breakpoint:
        """The same, also at the function's return."""
        def returned(call: Call) -> None:
            self.note(f"{names[0]} returned")

        def entered(call: Call) -> None:
            self.note(names[0])
            call.after = returned
        return Breakpoint(self.first(names), entered)

    def first(self, names: Sequence[str]) -> str:
        """The first name that this kernel has."""
        for name in names:
            if name in self.functions:
                return name
        raise LabError(f"The kernel has no function {' or '.join(names)}")

    def count(self, where: str) -> int:
        """The number of stops at a place."""
        return sum(stop.where == where for stop in self.stops)

    def last(self, *where: str) -> Stop:
        """The last stop at one of some places."""
        for stop in reversed(self.stops):
            if stop.where in where:
                return stop
        raise LabError(f"The kernel did not come to {' or '.join(where)}")

    def both(self, where: str) -> tuple[Stop, Stop]:
        """The last entry of a function, and its return."""
        return self.last(where), self.last(f"{where} returned")


# -- lives ---------------------------------------------------------------------


#: Stems of figures and their units; a life's name is added to the stem.
RESERVE = {"reservation_bytes": "bytes"}
BOOT = {"boot_instructions": "instructions", "boot_seconds": "s"}
CRASH = {"capture_boot_instructions": "instructions", "capture_boot_seconds": "s",
         "dump_open_instructions": "instructions",
         "crash_to_vmcore_instructions": "instructions", "crash_to_vmcore_seconds": "s"}
READ = {"vmcore_read_instructions_per_page": "instructions/page", "vmcore_read_seconds": "s",
        "vmcore_mmap_instructions_per_page": "instructions/page", "vmcore_mmap_seconds": "s"}
RELEASE = {"release_instructions_per_page": "instructions/page", "release_seconds": "s"}
MEMORY = {"memory_missing_after_release": "bytes", "memory_change_after_release": "bytes",
          "cma_missing_after_release": "bytes"}
RETURN = {"crash_to_production_instructions": "instructions", "crash_to_production_seconds": "s"}


@dataclasses.dataclass(frozen=True)
class Life:
    """A guest and the figures that it gives."""

    name: str
    mem: str
    stems: Mapping[str, str]
    append: str = "fadump=on"
    machine_opts: str = ""
    smp: str = "1"
    #: The name of figures about the capture kernel alone.
    capture: str = ""
    #: Whether the only figure is whether the dump opens.
    opens: bool = False
    #: Seconds for a boot.
    timeout: float = 180

    def figures(self) -> Iterator[Figure]:
        """The figures of this life."""
        for stem, unit in self.stems.items():
            yield Figure(f"{stem}_{self.name}", unit)
        if self.opens:
            yield Figure(f"capture_{self.capture}", "", more_is_better=True)
        elif self.capture:
            yield Figure(f"capture_memtotal_{self.capture}", "bytes", more_is_better=True)

    @property
    def is_alone(self) -> bool:
        """Whether some figures are measured in a guest with nothing but its console."""
        return bool(self.stems.keys() & (BOOT | CRASH | RETURN).keys())

    @property
    def is_watched(self) -> bool:
        """Whether some figures are measured in a guest with the lab's agent."""
        return bool(self.capture or self.stems.keys() - (BOOT | CRASH | RETURN).keys())

    def gives(self, stems: Mapping[str, str]) -> bool:
        """Whether the life has all these stems."""
        return stems.keys() <= self.stems.keys()


#: Less boot memory than the default, so that the host has room for the copy.
SMALL = "fadump=on crashkernel=512M"

LIVES = (
    Life("2G", "2G", {**RESERVE, **BOOT, **CRASH, **READ, **RELEASE, **MEMORY}, capture="2G"),
    Life("16G", "16G", {**RESERVE, **BOOT, **CRASH, **RELEASE, **MEMORY, **RETURN}),
    Life("64G", "64G", RELEASE, append=SMALL),
    Life("256G", "256G", {**RESERVE, **BOOT, **CRASH, **RELEASE}, append=SMALL, capture="256G_512M",
         timeout=300),
    Life("1T", "1T", {}, append=SMALL, capture="1T_512M", opens=True, timeout=300),
    Life("16G_hash", "16G", RELEASE, append="fadump=on disable_radix",
         machine_opts="cap-hpt-max-page-size=16m"),
    Life("32cpus", "2G", {"dump_open_instructions": "instructions"}, smp="32"),
)

#: Figures of our library code, measured on the host.
HOST = (*(Figure(f"regsave_parse_ns_{cpus}", "ns") for cpus in (8, 32, 128, 512, 2048)),
        *(Figure(f"elfcore_build_ns_{count}", "ns") for count in (1, 16, 256, 4096)))


def all_figures() -> list[Figure]:
    """All figures, in the order of the table."""
    return [*(figure for life in LIVES for figure in life.figures()), *HOST]


class Living:
    """One life of one kernel; values has all figures so far, also after a failure."""

    def __init__(self, life: Life, machine: Machine, functions: Mapping[str, int]) -> None:
        self.life = life
        self.machine = machine
        self.stops = Stops(machine, functions)
        self.functions = functions
        self.values: dict[str, float] = {}

    def add(self, stem: str, value: float) -> None:
        """Record a figure if this life has its stem."""
        if stem in self.life.stems:
            self.values[f"{stem}_{self.life.name}"] = value

    def span(self, stem: str, first: Stop, last: Stop) -> None:
        """Instructions and seconds between two stops."""
        self.add(f"{stem}_instructions", last.icount - first.icount)
        self.add(f"{stem}_seconds", last.when - first.when)

    def per_page(self, stem: str, first: Stop, last: Stop, pages: float) -> None:
        """The same, divided by the number of pages."""
        self.add(f"{stem}_instructions_per_page", (last.icount - first.icount) / pages)
        self.add(f"{stem}_seconds", last.when - first.when)

    def breakpoints(self) -> list[Breakpoint]:
        """All breakpoints of this life."""
        stops = self.stops
        return [stops.entry(*PANIC), stops.call(*OPEN), stops.entry(MARK),
                *(stops.entry(name) for name in ENTRIES), *(stops.call(name) for name in CALLS)]

    # -- with nothing but the console -----------------------------------------

    def run_alone(self) -> None:
        """Boot, crash and return to production in a guest with nothing but its console."""
        machine, stops = self.machine, self.stops
        machine.expected_boots = 2
        machine.expect_crash()
        with Breakpoints(machine, self.functions, self.breakpoints()):
            self.await_init(1)
            self.span("boot", Stop("power on", 0, machine.started), stops.last(INIT))
            self.await_init(2)
            self.span("capture_boot", stops.last("early_init_devtree"), stops.last(INIT))
            self.span("dump_open", *stops.both(OPEN[0]))
            self.span("crash_to_vmcore", stops.last(PANIC[0]), stops.last("vmcore_init returned"))
            if self.life.gives(RETURN):
                self.await_production()

    def await_init(self, boots: int) -> None:
        """Wait until that many kernels have started their first program."""
        self.machine.wait_for(lambda: self.stops.count(INIT) >= boots, self.life.timeout,
                              f"first program of kernel {boots}")

    def await_production(self) -> None:
        """Wait until the guest has saved, released and armed, see guest/init."""
        said = self.machine.expect_console(r"lab: saved (\d+), registered (\d+)",
                                           self.life.timeout)
        if said.groups() != ("0", "1"):
            raise self.machine.error(f"the guest did not return to production: {said[0]}")
        self.span("crash_to_production", self.stops.last(PANIC[0]), self.stops.last(
            "release_mem_store returned", "registered_store returned"))

    # -- with the lab's agent -------------------------------------------------

    def run(self) -> None:
        """Crash; measure the capture kernel."""
        self.machine.boot(self.life.timeout)
        if self.machine.check(f"cat {SYSFS}/registered") != "1":
            raise self.machine.error("fadump is not registered")
        self.add("reservation_bytes", int(self.machine.check(f"cat {SYSFS}/mem_reserved")))
        before = self.meminfo()
        if self.life.opens:
            self.only_open()
            return
        self.machine.crash(timeout=self.life.timeout)
        with Breakpoints(self.machine, self.functions, self.breakpoints()):
            captured = self.in_capture()
        self.released(before, captured, self.meminfo())

    def only_open(self) -> None:
        """Record 1 if there is a capture kernel with a dump that can be read, otherwise 0."""
        name = f"capture_{self.life.capture}"
        self.values[name] = 0
        self.machine.crash(timeout=120)
        self.machine.check("head -c 64 /proc/vmcore | grep -q ELF")
        self.values[name] = 1

    def in_capture(self) -> Mapping[str, int]:
        """Read and release the dump; the memory before the release."""
        if self.machine.kind != "capture":
            raise self.machine.error("the kernel after the crash has no /proc/vmcore")
        captured = self.meminfo()
        if self.life.capture:
            self.values[f"capture_memtotal_{self.life.capture}"] = captured["MemTotal"]
        if self.life.gives(READ):
            self.read("read", "vmcore_read")
            self.read("map", "vmcore_mmap")
        if self.life.gives(RELEASE):
            self.machine.check(f"echo 1 >{SYSFS}/release_mem", timeout=600)
        return captured

    def read(self, how: str, stem: str) -> None:
        """Measure reading a part of the dump."""
        seen = len(self.stops.stops)
        self.machine.check(f"labtool {how} /proc/vmcore {READ_MIB}", timeout=300)
        first, last = [stop for stop in self.stops.stops[seen:] if stop.where == MARK]
        self.per_page(stem, first, last, (READ_MIB << 20) / PAGE)

    def released(self, before: Mapping[str, int], captured: Mapping[str, int],
                 after: Mapping[str, int]) -> None:
        """Record the figures of a release, and the memory that is missing after it."""
        if not self.life.gives(RELEASE):
            return
        pages = (after["MemTotal"] - captured["MemTotal"]) / PAGE
        if pages <= 0:
            raise self.machine.error("the release added no memory")
        self.per_page("release", *self.stops.both("release_mem_store"), pages)
        change = after["MemTotal"] - before["MemTotal"]
        self.add("memory_change_after_release", change)
        self.add("memory_missing_after_release", max(0, -change))
        self.add("cma_missing_after_release",
                  max(0, before.get("CmaTotal", 0) - after.get("CmaTotal", 0)))

    def meminfo(self) -> Mapping[str, int]:
        """The guest's /proc/meminfo in bytes."""
        return parse_meminfo(self.machine.check("cat /proc/meminfo"))


def parse_meminfo(text: str) -> Mapping[str, int]:
    """The lines of /proc/meminfo, in bytes."""
    return {name: int(value) << 10
            for name, value in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)}


# -- the host --------------------------------------------------------------------


def parse_host(text: str) -> dict[str, float]:
    """Parse lines of a name and a number."""
    return {name: float(value) for name, value in re.findall(r"^(\w+) ([\d.]+)$", text,
                                                              re.MULTILINE)}


def host_values() -> dict[str, float]:
    """Run the benchmark on the host; its figures."""
    done = subprocess.run(["make", "--no-print-directory", "-C", "tools/host", "bench"], cwd=REPO,
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"make -C tools/host bench: exit {done.returncode}\n{done.stderr}")
    return parse_host(done.stdout)


# -- a whole run -----------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Image:
    """The files of a built kernel."""

    vmlinux: Path
    image: Path


@dataclasses.dataclass(frozen=True)
class Failure:
    """A failed measurement of one kernel."""

    kernel: str
    text: str


class Bench:
    """All selected lives of both kernels, repeated as often as the command line says."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.figures = [figure for figure in all_figures()
                        if figures.is_wanted(figure.name, args.bench)]
        if not self.figures:
            raise LabError(f"No figure '{args.bench}'; there are:\n  "
                           + "\n  ".join(figure.name for figure in all_figures()))
        self.wanted = {figure.name for figure in self.figures}
        self.lives = [life for life in LIVES if self._is_asked(life.figures())]
        self.runs: dict[str, list[dict[str, float]]] = {
            kernel: [{} for _ in range(args.repeat)] for kernel in KERNELS}
        self.failures: list[Failure] = []
        self.started = time.monotonic()
        self.toolbox: Toolbox
        self.initramfs: Path

    def _is_asked(self, some: Iterable[Figure]) -> bool:
        return any(figure.name in self.wanted for figure in some)

    def run(self) -> None:
        """Measure everything that is selected."""
        for number in range(self.args.repeat if self._is_asked(HOST) else 0):
            self.attempt("ours", "host", self._host, number)
        if not self.lives:
            return
        self.toolbox = Toolbox.open(self.args.verbose)
        self.initramfs = Initramfs(self.toolbox).build()
        images = {name: self._image(name) for name in KERNELS}
        for number in range(self.args.repeat):
            for life in self.lives:
                for name in KERNELS:
                    if life.is_alone:
                        self.attempt(name, f"{life.name} alone", functools.partial(
                            self._alone, life, name, images[name]), number)
                    if life.is_watched:
                        self.attempt(name, life.name, functools.partial(
                            self._watched, life, name, images[name]), number)

    def attempt(self, kernel: str, what: str, work: Callable[[int], None], number: int) -> None:
        """One measurement; its failure is recorded and does not end the run."""
        again = f", run {number + 1}" if self.args.repeat > 1 else ""
        try:
            with ui.task(f"bench: {what}, {kernel}{again}"):
                work(number)
        except (LabError, AssertionError, LookupError, ValueError) as why:
            self.failures.append(Failure(kernel, f"{what}, {kernel}{again}: {why}"))
            ui.say(f"   {str(why).splitlines()[0]}")

    def _host(self, number: int) -> None:
        self.runs["ours"][number].update(host_values())

    def _image(self, name: str) -> Image:
        """The files of a kernel, built now or from the directory of --images."""
        if self.args.images:
            where = Path(self.args.images).expanduser().resolve() / name
            self.toolbox.bind(where)
            return Image(where / "vmlinux", where / "vmlinux.stripped")
        untouched = name == "untouched"
        kernel = Kernel(self.toolbox, self.args.kver, "fast", untouched=untouched,
                        ksrc=self.args.ksrc, variant="" if untouched else "bench").build()
        return Image(kernel.vmlinux, kernel.image)

    def _alone(self, life: Life, name: str, image: Image, number: int) -> None:
        back = " lab.return" if life.gives(RETURN) else ""
        self._guest(life, f"{name}-alone", image, self.runs[name][number], Living.run_alone,
                    bare=True, append=f"{life.append} lab.solo=crash{back}")

    def _watched(self, life: Life, name: str, image: Image, number: int) -> None:
        self._guest(life, name, image, self.runs[name][number], Living.run, append=life.append)

    def _guest(self, life: Life, label: str, image: Image, values: dict[str, float],
               work: Callable[[Living], None], *, append: str, bare: bool = False) -> None:
        machine = Machine(self.toolbox, image.image, self.initramfs, name=f"{life.name}-{label}",
                          mem=life.mem, smp=life.smp, machine_opts=life.machine_opts,
                          append=append, reserve=False, icount=True, bare=bare,
                          base=OUT / "lives")
        with machine:
            living = Living(life, machine, functions_of(image.vmlinux))
            try:
                work(living)
            finally:
                values.update(living.values)

    # -- results --------------------------------------------------------------

    def rows(self) -> list[Row]:
        """The rows of the table."""
        return figures.rows(self.figures, self.runs)

    def unsteady(self) -> list[figures.Spread]:
        """Exact figures that differ between runs by more than the tolerance."""
        return [spread for spread in figures.spreads(self.figures, self.runs)
                if spread.share > TOLERANCE]

    def write(self) -> None:
        """Write the table as JSON and as a chart."""
        table = self.rows()
        (OUT / "bench.json").write_text(json.dumps(figures.as_json(table), indent=2) + "\n")
        (OUT / "bench.svg").write_text(figures.chart(table), encoding="utf-8")
        (OUT / "runs.json").write_text(json.dumps(self.runs, indent=2) + "\n")

    def print_results(self) -> None:
        """Print the table and all failures."""
        print(f"\n{figures.text_table(self.rows())}\n")
        for spread in figures.spreads(self.figures, self.runs)[:1]:
            print(f"Counts differ most between {self.args.repeat} runs in {spread}")
        for spread in self.unsteady():
            print(f"NOT REPEATABLE: {spread}")
        for failure in self.failures:
            print(f"FAILED: {failure.text}")
        print(f"{OUT / 'bench.json'}  {OUT / 'bench.svg'}\n"
              f"Took {duration(time.monotonic() - self.started)}.")


def exit_status(unsteady: Sequence[figures.Spread], failures: Sequence[Failure]) -> int:
    """1 if our kernel failed or a count is not repeatable; the untouched kernel may fail."""
    return 1 if unsteady or any(failure.kernel == "ours" for failure in failures) else 0


def main(args: argparse.Namespace) -> int:
    """Measure; write the results, also after a failure."""
    bench = Bench(args)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    try:
        bench.run()
    finally:
        bench.write()
        bench.print_results()
    return exit_status(bench.unsteady(), bench.failures)
