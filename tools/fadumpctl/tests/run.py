# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the program's tests with nothing but Python itself.

    run.py [WORD...]    only tests whose name has one of the words
"""

from __future__ import annotations

import sys
import unittest
from collections.abc import Iterator
from pathlib import Path


def each(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """Every test in it."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each(test)
        else:
            yield test


def main(words: list[str]) -> int:
    """Run them, print the sum. The exit status."""
    found = unittest.defaultTestLoader.discover(str(Path(__file__).parent))
    tests = [t for t in each(found) if not words or any(w in t.id() for w in words)]
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(
        unittest.TestSuite(tests))
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    for test, why in result.skipped:
        print(f"skipped {test.id()}: {why}")
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
