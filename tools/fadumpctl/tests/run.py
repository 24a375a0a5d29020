# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the program's tests with nothing but Python itself.

    run.py [WORD...]    only tests whose name has one of the words
"""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import sys
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

#: Tests at a time.
JOBS = 4

#: All tests; the processes that run one inherit a copy.
TESTS: list[unittest.TestCase] = []

#: Seconds that a test may take, and then each thing that cleans up behind it.
LIMIT, LIMIT_BEHIND = 300, 20

IGNORING = """#!/bin/bash
trap '' {signals}
exec "{program}" "$@"
"""


def too_long(*_: Any) -> None:
    """End a test that takes too long."""
    raise AssertionError("the test takes too long")


class Result(unittest.TextTestResult):
    """Gives each test a time limit."""

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        signal.setitimer(signal.ITIMER_REAL, LIMIT, LIMIT_BEHIND)

    def stopTest(self, test: unittest.TestCase) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        super().stopTest(test)


def each(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """Every test in it."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each(test)
        else:
            yield test


def ignore(signals: str, directory: str) -> None:
    """Put a parent that ignores signals between tests and program."""
    script = Path(directory) / "fadumpctl"
    script.write_text(IGNORING.format(signals=signals, program=os.environ["FADUMPCTL"]))
    script.chmod(0o755)
    os.environ["FADUMPCTL"] = str(script)


def main(words: list[str]) -> int:
    """Run the tests and print the result. Return the exit status."""
    with tempfile.TemporaryDirectory() as directory:
        if os.environ.get("IGNORED"):
            ignore(os.environ["IGNORED"], directory)
        return run(words)


class Outcome(NamedTuple):
    """Result of a test."""

    text: str
    passed: bool
    failed: bool
    skipped: list[str]


def run_one(nr: int) -> Outcome:
    """One test, in a process of its own."""
    out = io.StringIO()
    signal.signal(signal.SIGALRM, too_long)
    result = unittest.TextTestRunner(stream=out, verbosity=0, resultclass=Result).run(TESTS[nr])
    failed = not result.wasSuccessful()
    return Outcome(out.getvalue() if failed else "", not failed and not result.skipped, failed,
               [f"{test.id()}: {why}" for test, why in result.skipped])


def run(words: list[str]) -> int:
    """Several at a time: most of them wait most of the time."""
    found = unittest.defaultTestLoader.discover(str(Path(__file__).parent))
    TESTS.extend(t for t in each(found) if not words or any(w in t.id() for w in words))
    with multiprocessing.get_context("fork").Pool(JOBS, maxtasksperchild=1) as pool:
        outcomes = pool.map(run_one, range(len(TESTS)), 1)
    for one in outcomes:
        print(one.text, end="")
        for why in one.skipped:
            print(f"skipped {why}")
    failed = sum(one.failed for one in outcomes)
    print(f"{sum(one.passed for one in outcomes)} passed, {failed} failed, "
          f"{sum(bool(one.skipped) for one in outcomes)} skipped")
    return 1 if failed or not TESTS else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
