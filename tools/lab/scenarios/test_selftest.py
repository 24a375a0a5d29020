# SPDX-License-Identifier: GPL-2.0-or-later
"""The kselftest before, during and after a crash: it passes and changes nothing."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from conftest import MachineFactory
from fadumplab.build.kernel import CROSS, Kernel
from fadumplab.build.toolbox import Toolbox
from fadumplab.machine.qemu import Machine
from steps import REGION, SYSFS, assert_armed, assert_dump, copy_into, read, release, token, value

pytestmark = pytest.mark.ours("the selftest is about files and errors of ours")

PROGRAM = "fadump_sysfs_test"
COLLECTION = "tools/testing/selftests/powerpc"
LAYOUT = "/sys/kernel/debug/powerpc/fadump_layout"

#: Tests that must be run and pass in each state, at least.
AT_LEAST = {"production": 55, "capture": 27, "released": 58, "off": 25}


@dataclasses.dataclass(frozen=True)
class Ktap:
    """The parsed output of a selftest."""

    code: int
    plan: int
    passed: list[str]
    failed: list[str]
    skipped: list[str]
    text: str

    @classmethod
    def parse(cls, text: str, code: int) -> Ktap:
        """Parse the output and the exit status."""
        passed: list[str] = []
        failed: list[str] = []
        skipped: list[str] = []
        plans = re.findall(r"^1\.\.(\d+)(?: # SKIP .*)?$", text, re.MULTILINE)
        assert text.startswith("TAP version 13\n"), text
        assert len(plans) == 1, f"{len(plans)} plans:\n{text}"
        results = re.findall(r"^(ok|not ok) (\d+) (\S+)( # SKIP)?", text, re.MULTILINE)
        numbers = [int(number) for _, number, _, _ in results]
        assert numbers == list(range(1, len(results) + 1)), f"numbers {numbers}"
        for verdict, _, name, skip in results:
            where = failed if verdict == "not ok" else skipped if skip else passed
            where.append(name)
        return cls(code, int(plans[0]), passed, failed, skipped, text)

    def judge(self, state: str) -> None:
        """All planned tests were run, none failed, and enough were not skipped."""
        assert "Bail out!" not in self.text, self.text
        assert not self.failed, f"{', '.join(self.failed)} failed:\n{self.text}"
        total = len(self.passed) + len(self.skipped)
        assert total == self.plan, f"{total} results, {self.plan} planned:\n{self.text}"
        assert len(self.passed) >= AT_LEAST[state], \
            f"only {len(self.passed)} of {self.plan} were run; skipped: {', '.join(self.skipped)}"
        assert self.code == 0, f"exit {self.code}"
        print(f"{state}: {len(self.passed)} passed, {len(self.skipped)} skipped")

    def skips(self, *groups: str) -> set[str]:
        """Skipped tests that are in none of the allowed groups."""
        return {name for name in self.skipped if not name.startswith(groups)}


@pytest.fixture(scope="module")
def program(toolbox: Toolbox, kernel: Kernel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The selftest, built and installed by the tree's own rules."""
    out = tmp_path_factory.mktemp("kselftest")
    toolbox.bind(out)
    top = kernel.src / COLLECTION
    argv = ["make", "-C", top, "ARCH=powerpc", f"CROSS_COMPILE={CROSS[kernel.endian]}"]
    built = [*argv, "SUB_DIRS=fadump", f"OUTPUT={out}/build", f"INSTALL_PATH={out}/install",
             "USERLDFLAGS=-static", "install"]
    # make -k hides an error of a directory; the installed files show it.
    done = toolbox.run(built, cwd="/", check=False)
    installed = out / "install/fadump"
    assert (installed / PROGRAM).is_file(), done.stdout
    for name in ("config", "settings"):
        assert (installed / name).is_file() and not (installed / name).is_symlink(), name
    listed = toolbox.run([*argv, f"OUTPUT={out}/build", "COLLECTION=powerpc", "emit_tests"],
                         cwd="/", check=False).stdout
    assert f"powerpc/fadump:{PROGRAM}" in listed.split(), listed
    for place in (top / "fadump", kernel.src / "arch/powerpc/fadump/selftests"):
        assert not (place / PROGRAM).exists(), f"built in {place}"
    return installed / PROGRAM


def state_of(m: Machine) -> str:
    """fadump's files and messages, without values that a capture kernel still measures."""
    ignored = "release_mem" + "|boot_mem_used|boot_mem_recommended" * (m.kind == "capture")
    return m.check(f"cd {SYSFS}; for f in *; do echo $f; stat -c '%a %F' $f; "
                   f"case $f in {ignored}) ;; *) cat $f ;; esac; done; cat {REGION} {LAYOUT}")


def start(m: Machine, program: Path, prefix: str = "") -> Ktap:
    """Run the selftest in the guest."""
    copy_into(m, program, PROGRAM)
    m.check(f"cp /lab/{PROGRAM} /tmp/{PROGRAM}; chmod 755 /tmp/{PROGRAM}")
    result = m.sh(f"{prefix}/tmp/{PROGRAM} 2>&1", timeout=300)
    return Ktap.parse(result.out, result.rc)


def run(m: Machine, program: Path, state: str) -> Ktap:
    """Run the selftest and check that it passes and changes nothing."""
    before = state_of(m)
    ktap = start(m, program)
    ktap.judge(state)
    assert state_of(m) == before, f"{state}: the selftest left something behind"
    return ktap


def assert_skips_all(m: Machine, program: Path, why: str, prefix: str = "") -> None:
    """The selftest skips everything, with the exit status that kselftest expects."""
    before = state_of(m)
    ktap = start(m, program, prefix)
    assert ktap.code == 4, f"exit {ktap.code}:\n{ktap.text}"
    assert ktap.text == f"TAP version 13\n1..0 # SKIP {why}\n"
    assert state_of(m) == before


def check_production(m: Machine, program: Path, state: str) -> None:
    """Armed, disarmed, and with arguments set: the selftest changes nothing."""
    ktap = run(m, program, state)
    unexpected = ktap.skips("waiting.", "global.status_", "regions.sums_")
    assert not unexpected, f"skipped: {unexpected}"
    m.check(f"echo lab.kept=1 >{SYSFS}/bootargs_append; echo 0 >{SYSFS}/registered")
    run(m, program, state)
    assert value(m, "registered") == "0"
    assert value(m, "bootargs_append") == "lab.kept=1"
    m.check(f"echo 1 >{SYSFS}/registered")
    assert_armed(m)


@pytest.mark.parametrize("name", ["pseries", "powernv10"])
def test_around_a_crash(machine: MachineFactory, program: Path, name: str) -> None:
    """The selftest before a crash, with a dump, and after the release."""
    m = machine(machine=name, smp="2")
    m.boot()
    assert_armed(m)
    check_production(m, program, "production")
    word = token(m)
    m.crash()
    core = assert_dump(m, word, cpus=2)
    assert "lab.kept=1" in read(m, "/proc/cmdline").split()
    ktap = run(m, program, "capture")
    assert not ktap.skips("ready.", "bootargs.", "global.armed_", "regions.next_"), ktap.skipped
    # The selftest has not changed the dump.
    assert assert_dump(m, word, cpus=2).vmcoreinfo == core.vmcoreinfo
    release(m)
    check_production(m, program, "released")
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)


def test_off(machine: MachineFactory, program: Path) -> None:
    """The selftest skips with fadump=off, and for users other than root."""
    m = machine(smp="1", append="fadump=off")
    m.boot()
    assert_skips_all(m, program, "firmware-assisted dump is off")
    m.check("echo nobody:x:65534:65534::/:/bin/sh >>/etc/passwd")
    assert_skips_all(m, program, "only root may write",
                     "start-stop-daemon -S -c 65534:65534 -x ")


def test_dump_waits_with_fadump_off(machine: MachineFactory, program: Path) -> None:
    """A dump in a kernel with fadump=off: the selftest does not change it."""
    m = machine(smp="1")
    m.boot()
    m.check(f"echo fadump=off >{SYSFS}/bootargs_append")
    m.crash()
    assert m.kind == "capture" and value(m, "enabled") == "0"
    run(m, program, "off")
    release(m)
    assert_skips_all(m, program, "firmware-assisted dump is off")
