# SPDX-License-Identifier: GPL-2.0-or-later
"""The unit tests inside the kernel, at boot."""

from __future__ import annotations

import re

import pytest
from conftest import MachineFactory


@pytest.mark.ours("an untouched kernel has no such tests")
def test_kunit(machine: MachineFactory) -> None:
    """All our suites run, and no case fails."""
    m = machine(smp="2", mem="1G", append="fadump=on kunit.enable=1 kunit.autorun=1")
    m.boot()
    lines = [re.sub(r"^\[\s*[\d.]+\]\s?", "", line) for line in m.console_text().splitlines()]
    failed = [line.strip() for line in lines if re.match(r"\s*not ok \d+", line)]
    passed = [line for line in lines if re.match(r"\s*ok \d+ (?!.*# SKIP)", line)]
    suites = {found[1] for line in lines if (found := re.match(r"ok \d+ (fadump_\w+)", line))}
    started = {found[1] for line in lines
               if (found := re.match(r"\s*# Subtest: (fadump_\w+)", line))}
    assert not failed, "\n".join(failed)
    assert suites and suites == started, f"started {started}, passed {suites}"
    assert len(passed) > len(suites)
    print(f"{len(suites)} suites, {len(passed) - len(suites)} cases")
