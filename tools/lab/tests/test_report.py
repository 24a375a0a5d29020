# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo's report and summary, made from results without a machine."""

from __future__ import annotations

import json
import re
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab.dump.core import Segment, Vmcore  # noqa: E402
from fadumplab.dump.regions import parse_regions  # noqa: E402
from fadumplab.report.page import Page  # noqa: E402
from fadumplab.report.results import Cpu, Phase, Results, Stage, backtrace  # noqa: E402

MIB = 1 << 20
REGIONS = ("CPU : [0x00000010000000-0x0000001000ffff] 0x10000 bytes, Dumped: 0x0\n"
           "DUMP: [0x00000010010000-0x0000002000ffff] 0x10000000 bytes, Dumped: 0x0\n")
BACKTRACE = ' #0 [c0001] crash_kexec at c0002\n #1 [c0003] sysrq_handle_crash at c0004\n'
TIMES = {"crash": 10.0, "reset": 10.4, "captured": 15.0, "saved": 17.0, "released": 17.5,
         "rearmed": 18.25}


def complete() -> Results:
    """The results of a demo that has passed."""
    results = Results("pseries", memory="2G", ram_bytes=2048 * MIB, started=9.0)
    results.phases = [Phase("boot", "production boot", 9.0, 1.0, True, "Linux 7.3")]
    results.stages = [Stage(name, parse_regions(REGIONS), REGIONS, "", 1800 * MIB, 256 * MIB)
                      for name in ("production", "capture", "released")]
    loads = [Segment(1, 7, 65536, 0, 0, 256 * MIB, 256 * MIB),
             Segment(1, 7, 257 * MIB, 0, 513 * MIB, 1535 * MIB, 1535 * MIB)]
    results.core = cast(Vmcore, SimpleNamespace(loads=loads))
    special = dict.fromkeys(("nip", "link", "msr", "ctr", "xer", "ccr", "dar", "dsisr"), 1)
    results.cpus = [Cpu(0, "sysrq_handle_crash+36", True, tuple(range(32)), special)]
    results.crash = {"bt": BACKTRACE}
    results.facts = {"release": "7.3.4", "dump_bytes": 20 * MIB}
    results.times = dict(TIMES)
    return results


def headings(page: str) -> list[str]:
    """The titles of a page's sections."""
    return re.findall(r"<h2>(.*?)</h2>", page)


class PageTest(unittest.TestCase):
    """The HTML page."""

    def test_complete(self) -> None:
        page = Page(complete()).html()
        self.assertEqual(headings(page), [
            "Memory at each stage", "From the crash back to production", "Phases",
            "The panic task, as crash shows it", "Registers of every CPU",
            "The kernel&#x27;s fadump_region", "Files"])
        for text in ("passed", "8.2 s", "20 MiB", "<mark>sysrq_handle_crash</mark>",
                     "Dump area, CMA area", "crashed here"):
            self.assertIn(text, page)
        for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
            ElementTree.fromstring(svg)

    def test_failure_before_the_first_boot(self) -> None:
        results = Results("pseries", failure="no <kernel>")
        page = Page(results).html()
        self.assertEqual(headings(page), ["Phases", "Files"])
        self.assertIn("no &lt;kernel&gt;", page)
        self.assertIn("failed", page)

    def test_boot_memory_is_drawn_from_its_copy(self) -> None:
        page = Page(complete()).html()
        self.assertRegex(page, r'class="copy ribbon"')
        self.assertRegex(page, r'class="kept ribbon"')


class SummaryTest(unittest.TestCase):
    """The same for programs."""

    def test_summary(self) -> None:
        summary: dict[str, Any] = json.loads(json.dumps(complete().summary()))
        self.assertEqual(summary["verdict"], "passed")
        self.assertEqual(summary["seconds_from_crash_to_production"], 8.25)
        self.assertEqual(summary["machine"], {"type": "pseries", "memory": "2G", "cpus": 4})
        self.assertEqual([one["bytes"] for one in summary["segments"]], [256 * MIB, 1535 * MIB])
        self.assertEqual(summary["crash"]["backtrace"], ["crash_kexec", "sysrq_handle_crash"])

    def test_without_a_crash(self) -> None:
        summary = Results("pseries", failure="why").summary()
        self.assertEqual((summary["verdict"], summary["seconds_from_crash_to_production"]),
                         ("failed", None))
        self.assertEqual(summary["segments"], [])

    def test_backtrace(self) -> None:
        self.assertEqual(backtrace("PID: 1\n" + BACKTRACE), ["crash_kexec", "sysrq_handle_crash"])


if __name__ == "__main__":
    unittest.main()
