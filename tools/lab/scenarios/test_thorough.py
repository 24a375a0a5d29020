# SPDX-License-Identifier: GPL-2.0-or-later
"""fadumpctl test --thorough: it checks the memory and registers of a dump.

It also works with an untouched kernel, see --try-untouched.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import MachineFactory
from fadumplab.build.build_root import BuildRoot
from fadumplab.machine.qemu import SLOF, Machine
from steps import assert_armed, copy_into

#: Seconds of the host for filling memory, which takes at most 30 seconds of the guest.
FILL = 240

MODELS = {"pseries": "IBM pSeries", "powernv10": "IBM PowerNV"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A statically linked fadumpctl."""
    return BuildRoot.open().static_program("ppc64el", tmp_path_factory.mktemp("fadumpctl"))


def install(m: Machine, program: Path) -> None:
    """Install fadumpctl; needed in each boot, because only /lab survives a crash."""
    copy_into(m, program, "fadumpctl")
    m.check("cp /lab/fadumpctl /usr/bin/ && chmod 755 /usr/bin/fadumpctl && "
            "mkdir -p /lab/state /var/lib && ln -sfn /lab/state /var/lib/fadumpctl")


@pytest.mark.parametrize("name, firmware", [
    ("pseries", ""), ("powernv10", ""),
    pytest.param("pseries", SLOF, marks=pytest.mark.long)], ids=["vof", "powernv10", "slof"])
def test_comes_through(machine: MachineFactory, program: Path, name: str, firmware: str) -> None:
    """Every page but those of the CMA area is in the dump, and each CPU has its registers."""
    m = machine(machine=name, machine_opts=firmware, smp="2", mem="2G")
    m.boot()
    assert_armed(m)
    install(m, program)
    m.crash("fadumpctl test --thorough --yes", timeout=FILL)
    assert m.kind == "capture", "no dump after the crash"
    install(m, program)
    said = m.check("fadumpctl test --report --output /lab/report.json", timeout=FILL)
    report = json.loads((m.share / "report.json").read_text())
    assert report["text"] == said.splitlines()
    pages, cpus = report["proof"]["pages"], report["proof"]["cpus"]
    for place in ("low", "middle", "high"):
        assert pages[place]["good"] > 100 and not pages[place]["named"], said
    assert pages["dump_area"]["missing"] > 0 and not pages["dump_area"]["good"], said
    assert (cpus["own"], cpus["crashed"]) == (1, 1), said
    assert report["machine"]["firmware"]["model"].startswith(MODELS[name]), said
