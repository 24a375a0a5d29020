# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios' options and fixtures: kernels, machines, and the control run.

    --kver 6.12      another kernel of the toolbox
    --flavour debug  a kernel with KASAN, lockdep and more
    --untouched      the control run: only scenarios marked weakness(...), on
                     the kernel without this subsystem, where each must fail
    --long           scenarios marked long as well (or LONG=1)
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Optional

import pytest
from _pytest.runner import runtestprotocol

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
pytest.register_assert_rewrite("steps", "deferred", "memory")

from fadumplab import BUILD, LabError  # noqa: E402
from fadumplab.build.initramfs import Initramfs  # noqa: E402
from fadumplab.build.kernel import Kernel  # noqa: E402
from fadumplab.build.toolbox import DEFAULT_KVER, Toolbox  # noqa: E402
from fadumplab.dump.debuggers import Debuggers  # noqa: E402
from fadumplab.machine.breakpoints import functions_of  # noqa: E402
from fadumplab.machine.qemu import FirmwareError, Machine, bytes_of  # noqa: E402

MachineFactory = Callable[..., Machine]
#: The addresses of the kernel's functions.
Functions = Mapping[str, int]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our options."""
    group = parser.getgroup("fadump lab")
    group.addoption("--kver", default=os.environ.get("KVER") or DEFAULT_KVER)
    group.addoption("--flavour", default=os.environ.get("FLAVOUR") or "fast")
    group.addoption("--untouched", action="store_true")
    group.addoption("--try-untouched", action="store_true",
                    help="every scenario on the untouched kernel, verdicts as they are")
    group.addoption("--long", action="store_true",
                    default=os.environ.get("LONG", "0") not in ("", "0"))


def pytest_configure(config: pytest.Config) -> None:
    """Our markers."""
    config.addinivalue_line("markers", "weakness(name): fails on an untouched kernel")
    config.addinivalue_line("markers", "ours(why): cannot be run on an untouched kernel")
    config.addinivalue_line("markers", "xdist_group(name): run in one process")
    config.addinivalue_line("markers", "long: only with --long or LONG=1")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Select scenarios: the weaknesses in the control run, long ones only with --long."""
    for item in items:
        # Scenarios that share a machine have to be in the same process.
        if "module_machine" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    if not config.getoption("--long"):
        config.hook.pytest_deselected(
            items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    if config.getoption("--untouched"):
        other = [item for item in items if not item.get_closest_marker("weakness")]
        items[:] = [item for item in items if item.get_closest_marker("weakness")]
        config.hook.pytest_deselected(items=other)
    elif config.getoption("--try-untouched"):
        items[:] = [item for item in items if not item.get_closest_marker("ours")]


#: The number of attempts at a scenario whose firmware fails on a busy host.
TRIES = 3
FIRMWARE_FAILED = pytest.StashKey[bool]()
LOCKS = BUILD / "lab" / ".locks"


@contextlib.contextmanager
def turn(alone: bool) -> Iterator[None]:
    """Run beside the scenarios of other processes, or alone: then new ones have to wait."""
    LOCKS.mkdir(parents=True, exist_ok=True)
    with (LOCKS / "gate").open("w") as gate, (LOCKS / "turn").open("w") as lock:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: Optional[pytest.Item]) -> bool:
    """Run a scenario; after a firmware error, run it again without others beside it."""
    place = {"nodeid": item.nodeid, "location": item.location}
    for tried in range(TRIES):
        item.stash[FIRMWARE_FAILED] = False
        item.ihook.pytest_runtest_logstart(**place)
        with turn(alone=tried > 0):
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
        if tried == TRIES - 1 or not item.stash[FIRMWARE_FAILED]:
            break
        print(f"{item.name}: firmware error on a busy host, once more", file=sys.stderr)
        forget(item)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(**place)
    return True


def forget(item: Any) -> None:
    """Forget an attempt: the scenario's fixtures, and fixtures of its file that have failed."""
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        for definition in definitions:
            if definition.cached_result and definition.cached_result[2]:
                definition.cached_result = None
    item._initrequest()


def is_firmware_error(excinfo: Optional[pytest.ExceptionInfo[BaseException]]) -> bool:
    """Whether a failure is a firmware error, which a busy host causes."""
    return excinfo is not None and isinstance(excinfo.value, FirmwareError)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Add the consoles to a failure's report; in the control run, swap passed and failed."""
    outcome = yield
    report = outcome.get_result()
    if is_firmware_error(call.excinfo):
        item.stash[FIRMWARE_FAILED] = True
    if report.when == "call" and report.failed:
        for machine in machines_of(item):
            report.sections.append((f"console of {machine.name}", machine.console_ends()))
    if not item.config.getoption("--untouched") or report.when != "call" or report.skipped \
            or is_firmware_error(call.excinfo):
        return
    if report.passed:
        report.outcome = "failed"
        report.longrepr = "The untouched kernel does not have this weakness here."
        return
    report.outcome = "passed"
    item.config.stash.setdefault(SEEN, []).append((item.name, first_line(call)))


def machines_of(item: pytest.Item) -> list[Machine]:
    """The machines of a scenario."""
    return [machine for factory in getattr(item, "funcargs", {}).values()
            if isinstance(factory, Factory) for machine in factory.machines]


SEEN = pytest.StashKey[list[tuple[str, str]]]()


#: Characters of an error's text in the summary.
ERROR_LEN = 200


def first_line(call: pytest.CallInfo[Any]) -> str:
    """The reason of a failure, in one line."""
    return str(call.excinfo.value).splitlines()[0][:ERROR_LEN] if call.excinfo else ""


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """A line for each failure and its reason; the failures of the control run."""
    for report in terminalreporter.getreports("failed") + terminalreporter.getreports("error"):
        crash = getattr(report.longrepr, "reprcrash", None)
        why = crash.message.partition("\n")[0][:ERROR_LEN] if crash else report.when
        terminalreporter.write_line(f"failed: {report.nodeid}: {why}")
    seen = config.stash.get(SEEN, [])
    if seen:
        terminalreporter.section("the untouched kernel failed, as it should")
        for name, why in seen:
            terminalreporter.write_line(f"{name}: {why}")


@pytest.fixture(scope="session")
def toolbox() -> Toolbox:
    """The toolbox."""
    return Toolbox.open()


@pytest.fixture(scope="session")
def debuggers() -> Debuggers:
    """drgn and gdb."""
    return Debuggers.open()


def is_untouched(config: pytest.Config) -> bool:
    """Whether this run uses a kernel without this subsystem."""
    return bool(config.getoption("--untouched") or config.getoption("--try-untouched"))


@pytest.fixture(scope="session")
def kernel(toolbox: Toolbox, pytestconfig: pytest.Config) -> Kernel:
    """The kernel under test, built."""
    return Kernel(toolbox, pytestconfig.getoption("--kver"), pytestconfig.getoption("--flavour"),
                  untouched=is_untouched(pytestconfig), ksrc=os.environ.get("KSRC")).build()


@pytest.fixture(scope="session")
def functions(kernel: Kernel) -> Functions:
    """The functions of the kernel under test, for breakpoints."""
    return functions_of(kernel.vmlinux)


@pytest.fixture(scope="session")
def untouched_kernel(toolbox: Toolbox) -> Kernel:
    """The newest untouched kernel, independent of the version under test."""
    return Kernel(toolbox, DEFAULT_KVER, "fast", untouched=True, variant="plain").build()


@pytest.fixture(scope="session")
def preserve_kernel(toolbox: Toolbox, kernel: Kernel) -> Kernel:
    """A boot loader's kernel with PRESERVE_FA_DUMP, which keeps a dump unread."""
    return kernel.sibling("preserve").build()


@pytest.fixture(scope="session")
def initramfs(toolbox: Toolbox, kernel: Kernel) -> Path:
    """The guest's initramfs."""
    return Initramfs(toolbox, kernel).build()


#: powerpc 7.3 replays an interrupt inside an interrupt, which lockdep reports in the first
#: second of every boot, also without this subsystem.
KNOWN_REPORT = r"lockdep_hardirqs_on_prepare"


def make_room_for_kasan(options: dict[str, Any]) -> None:
    """Enlarge memory and boot memory: KASAN's shadow is an eighth of all RAM, in one piece."""
    mem = bytes_of(options.get("mem", "3G").split(",")[0])
    if not options.get("module"):
        mem = max(mem, 2 << 30)
        options["mem"] = f"{mem >> 20}M"
    append = options.get("append", "fadump=on")
    if "crashkernel=" not in append and "fadump=off" not in append:
        options["append"] = f"{append} crashkernel={max(768, mem >> 22)}M"


class Factory:
    """Makes machines and ends them; the workspace of a failed scenario is kept."""

    def __init__(self, toolbox: Toolbox, kernel: Kernel, initramfs: Path, name: str) -> None:
        self.toolbox = toolbox
        self.kernel = kernel
        self.initramfs = initramfs
        self.name = re.sub(r"[^\w.-]+", "-", name).strip("-")
        self.machines: list[Machine] = []

    def __call__(self, **options: Any) -> Machine:
        """Start a machine; its first kernel is booting."""
        number = f"-{len(self.machines) + 1}" if self.machines else ""
        options.setdefault("name", self.name + number)
        options.setdefault("base", BUILD / "lab")
        image = options.pop("image", self.kernel.image)
        initrd = options.pop("initramfs", self.initramfs)
        if self.kernel.flavour == "debug":
            make_room_for_kasan(options)
        machine = Machine(self.toolbox, image, initrd, keep=True, **options)
        if self.kernel.flavour == "debug":
            machine.allow(KNOWN_REPORT)
        self.machines.append(machine)
        return machine.__enter__()

    def finish(self, failed: bool) -> None:
        """End all machines."""
        for machine in self.machines:
            machine.keep = failed
            machine.__exit__(None, None, None)


STATUS = pytest.StashKey[bool]()


@pytest.hookimpl(hookwrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Record for the fixtures whether the scenario failed."""
    outcome = yield
    if outcome.excinfo is not None and not item.config.getoption("--untouched") \
            and not isinstance(outcome.excinfo[1], FirmwareError):
        for node in item.listchain():
            node.stash[STATUS] = True


@pytest.fixture
def machine(request: pytest.FixtureRequest, toolbox: Toolbox, kernel: Kernel,
            initramfs: Path) -> Iterator[MachineFactory]:
    """A factory of machines for one scenario."""
    factory = Factory(toolbox, kernel, initramfs, request.node.name)
    yield factory
    factory.finish(request.node.stash.get(STATUS, False))


@pytest.fixture(scope="module")
def module_machine(request: pytest.FixtureRequest, toolbox: Toolbox, kernel: Kernel,
                   initramfs: Path) -> Iterator[MachineFactory]:
    """A factory of machines that several scenarios of a file share."""
    factory = Factory(toolbox, kernel, initramfs, Path(request.node.name).stem)
    try:
        yield factory
    except LabError:
        factory.finish(True)
        raise
    factory.finish(request.node.stash.get(STATUS, False))
