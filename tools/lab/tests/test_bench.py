# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench without a machine: ratios, tables, selections, differing runs."""

from __future__ import annotations

import argparse
import json
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab import LabError  # noqa: E402
from fadumplab.machine.qemu import Machine  # noqa: E402
from fadumplab.report import bench, figures  # noqa: E402
from fadumplab.report.bench import Bench, Failure, Life, Living, Stop, Stops  # noqa: E402
from fadumplab.report.figures import Figure, Row, Spread  # noqa: E402

COST = Figure("boot_instructions_2G", "instructions")
CLOCK = Figure("boot_seconds_2G", "s")
SIZE = Figure("capture_memtotal_2G", "bytes", more_is_better=True)

#: Names of figures that other programs rely on.
NAMES = ("release_instructions_per_page_2G", "release_instructions_per_page_16G",
         "release_instructions_per_page_64G", "release_instructions_per_page_256G",
         "memory_missing_after_release_2G", "memory_missing_after_release_16G",
         "capture_memtotal_256G_512M", "capture_1T_512M", "crash_to_production_instructions_16G",
         "regsave_parse_ns_8", "regsave_parse_ns_2048", "elfcore_build_ns_1",
         "elfcore_build_ns_4096")


class RowTest(unittest.TestCase):
    """One figure of two kernels."""

    def test_ratio(self) -> None:
        self.assertEqual(figures.ratio(200, 50), 0.25)
        self.assertEqual(figures.ratio(318, 0), 0)
        self.assertEqual(figures.ratio(0, 0), 1)
        self.assertIsNone(figures.ratio(0, 5))
        self.assertIsNone(figures.ratio(None, 5))
        self.assertIsNone(figures.ratio(5, None))

    def test_verdict(self) -> None:
        self.assertEqual(Row(COST, 100, 50).verdict, "better")
        self.assertEqual(Row(COST, 100, 102).verdict, "worse")
        self.assertEqual(Row(COST, 100, 100.9).verdict, "same")
        self.assertEqual(Row(SIZE, 100, 102).verdict, "better")
        self.assertEqual(Row(SIZE, 0, 1).verdict, "better")
        self.assertEqual(Row(SIZE, 0, 0).verdict, "same")
        self.assertEqual(Row(COST, None, 1).verdict, "")


class RunsTest(unittest.TestCase):
    """The figures of several runs."""

    def test_median_of_those_that_have_it(self) -> None:
        runs = {"untouched": [{"boot_instructions_2G": 1.0}, {}], "ours": [
            {"boot_instructions_2G": 3.0}, {"boot_instructions_2G": 9.0},
            {"boot_instructions_2G": 4.0}]}
        self.assertEqual(figures.rows([COST, CLOCK], runs),
                         [Row(COST, 1, 4), Row(CLOCK, None, None)])

    def test_only_counts_have_to_agree(self) -> None:
        runs = {"untouched": [{COST.name: 1000.0, CLOCK.name: 1.0},
                              {COST.name: 1009.0, CLOCK.name: 7.0}],
                "ours": [{COST.name: 1000.0}, {COST.name: 1011.0}]}
        found = figures.spreads([COST, CLOCK], runs)
        self.assertEqual([(spread.kernel, round(spread.share, 4)) for spread in found],
                         [("ours", 0.011), ("untouched", 0.009)])
        self.assertEqual([spread.kernel for spread in found
                          if spread.share > figures.TOLERANCE], ["ours"])

    def test_one_run_has_no_spread(self) -> None:
        self.assertEqual(figures.spreads([COST], {"ours": [{COST.name: 1.0}]}), [])

    def test_nothing_and_something_differ(self) -> None:
        runs = {"ours": [{COST.name: 0.0}, {COST.name: 5.0}]}
        self.assertEqual(figures.spreads([COST], runs)[0].share, float("inf"))


class OutputTest(unittest.TestCase):
    """Table, JSON, chart."""

    TABLE = (Row(COST, 66016617, 33008308.5), Row(CLOCK, 2.0, 1.5), Row(SIZE, None, 3 << 20),
             Row(Figure("missing<2G", "bytes"), 318 << 20, 0))

    def test_json(self) -> None:
        found = json.loads(json.dumps(figures.as_json(self.TABLE)))
        self.assertEqual(found[0], {"name": "boot_instructions_2G", "unit": "instructions",
                                    "untouched": 66016617, "ours": 33008300, "ratio": 0.5})
        self.assertEqual(found[2], {"name": "capture_memtotal_2G", "unit": "bytes",
                                    "untouched": None, "ours": 3145728, "ratio": None})
        self.assertEqual(found[3]["ratio"], 0)
        self.assertTrue(all(list(one) == ["name", "unit", "untouched", "ours", "ratio"]
                            for one in found))

    def test_seconds_stand_beside_counts(self) -> None:
        lines = figures.text_table(self.TABLE).splitlines()
        self.assertEqual(len(lines), 4)
        self.assertEqual(lines[1].split(), ["boot_instructions_2G", "66,016,617", "instructions",
                                            "33,008,308", "instructions", "0.500", "0.750",
                                            "better"])
        self.assertEqual(lines[2].split(), ["capture_memtotal_2G", "-", "3.0", "MiB", "-"])

    def test_seconds_alone_have_a_line(self) -> None:
        self.assertIn("boot_seconds_2G", figures.text_table([Row(CLOCK, 2.0, 1.0)]))

    def test_clock_of(self) -> None:
        self.assertEqual(figures.clock_of("release_instructions_per_page_16G_hash"),
                         "release_seconds_16G_hash")
        self.assertEqual(figures.clock_of("memory_missing_after_release_2G"), "")

    def test_chart_has_what_both_kernels_have(self) -> None:
        text = figures.chart(self.TABLE)
        root = ElementTree.fromstring(text)
        bars = [one.get("class") for one in root.iter("{http://www.w3.org/2000/svg}rect")]
        self.assertEqual(bars, ["untouched", "better"] * 3)
        self.assertIn("missing&lt;2G", text)
        self.assertNotIn("capture_memtotal", text)


class FiguresTest(unittest.TestCase):
    """All figures, and the selected ones."""

    def test_names_that_programs_look_for(self) -> None:
        names = [figure.name for figure in bench.all_figures()]
        self.assertEqual(set(NAMES) - set(names), set())
        self.assertEqual(len(names), len(set(names)))

    def test_every_figure_has_a_guest(self) -> None:
        for life in bench.LIVES:
            self.assertTrue(life.is_alone or life.is_watched, life.name)
        alone = {life.name for life in bench.LIVES if life.is_alone}
        watched = {life.name for life in bench.LIVES if life.is_watched}
        self.assertEqual(alone, {"2G", "16G", "256G", "32cpus"})
        self.assertEqual(watched, {"2G", "16G", "64G", "256G", "1T", "16G_hash"})

    def test_selection(self) -> None:
        def chosen(selection: str) -> list[str]:
            return [figure.name for figure in bench.all_figures()
                    if figures.is_wanted(figure.name, selection)]
        self.assertIn("release_instructions_per_page_16G", chosen("release_16G"))
        self.assertFalse([name for name in chosen("release_16G") if "2G" in name.split("_")])
        self.assertEqual(chosen("capture_1T_512M"), ["capture_1T_512M"])
        self.assertEqual(chosen("16"), ["elfcore_build_ns_16"])
        self.assertEqual(set(chosen("boot_2G, regsave_8")), {
            "boot_instructions_2G", "boot_seconds_2G", "capture_boot_instructions_2G",
            "capture_boot_seconds_2G", "regsave_parse_ns_8"})
        self.assertEqual(len(chosen("")), len(bench.all_figures()))

    def test_lines_of_the_host(self) -> None:
        text = "regsave_parse_ns_8 12.5\nnoise\nelfcore_build_ns_1 46\n"
        self.assertEqual(bench.parse_host(text), {
            "regsave_parse_ns_8": 12.5, "elfcore_build_ns_1": 46.0})

    def test_meminfo(self) -> None:
        self.assertEqual(bench.parse_meminfo("MemTotal:   2048 kB\nHugePages_Total:   0\n"),
                         {"MemTotal": 2 << 20})


class Guest:
    """The part of a machine that a life uses."""

    @staticmethod
    def error(what: str) -> LabError:
        """The error of a machine."""
        return LabError(what)


def living(stems: Mapping[str, str]) -> Living:
    """A life with given stops."""
    one = Living(Life("2G", "2G", stems), cast(Machine, Guest()), {"panic": 1})
    one.stops.stops = [Stop("panic", 100, 1.0), Stop("release_mem_store", 1000, 2.0),
                       Stop("release_mem_store returned", 9000, 2.5)]
    return one


class StopsTest(unittest.TestCase):
    """From stops to figures."""

    BEFORE = {"MemTotal": 100 * bench.PAGE, "CmaTotal": 20 * bench.PAGE}
    CAPTURED = {"MemTotal": 10 * bench.PAGE}

    def test_release(self) -> None:
        one = living({**bench.RELEASE, **bench.MEMORY})
        one.released(self.BEFORE, self.CAPTURED, {"MemTotal": 90 * bench.PAGE})
        self.assertEqual(one.values, {
            "release_instructions_per_page_2G": 100, "release_seconds_2G": 0.5,
            "memory_change_after_release_2G": -10 * bench.PAGE,
            "memory_missing_after_release_2G": 10 * bench.PAGE,
            "cma_missing_after_release_2G": 20 * bench.PAGE})

    def test_more_memory_than_before_is_not_missing(self) -> None:
        one = living({**bench.RELEASE, **bench.MEMORY})
        one.released(self.BEFORE, self.CAPTURED, {"MemTotal": 110 * bench.PAGE,
                                                  "CmaTotal": 20 * bench.PAGE})
        self.assertEqual(one.values["memory_missing_after_release_2G"], 0)
        self.assertEqual(one.values["cma_missing_after_release_2G"], 0)
        self.assertEqual(one.values["memory_change_after_release_2G"], 10 * bench.PAGE)

    def test_nothing_came_back(self) -> None:
        with self.assertRaisesRegex(LabError, "the release added no memory"):
            living(bench.RELEASE).released(self.BEFORE, self.CAPTURED, self.CAPTURED)

    def test_only_what_the_life_is_about(self) -> None:
        one = living(bench.RELEASE)
        one.released(self.BEFORE, self.CAPTURED, self.BEFORE)
        self.assertEqual(set(one.values), {"release_instructions_per_page_2G",
                                           "release_seconds_2G"})

    def test_the_last_of_several(self) -> None:
        stops = Stops(cast(Machine, Guest()), {"panic": 1})
        stops.stops = [Stop("a", 1, 0), Stop("b", 2, 0), Stop("a", 3, 0), Stop("b", 4, 0)]
        self.assertEqual(stops.last("a").icount, 3)
        self.assertEqual(stops.last("a", "b").icount, 4)
        with self.assertRaisesRegex(LabError, "did not come to c"):
            stops.last("c")

    def test_a_function_of_two_names(self) -> None:
        stops = Stops(cast(Machine, Guest()), {"panic": 1})
        self.assertEqual(stops.entry("vpanic", "panic").function, "panic")
        with self.assertRaisesRegex(LabError, "no function x or y"):
            stops.entry("x", "y")


class FailureTest(unittest.TestCase):
    """A failed measurement is reported, and the others follow."""

    def test_a_failure_ends_nothing(self) -> None:
        run = Bench(argparse.Namespace(bench="", repeat=1))

        def fail(_number: int) -> None:
            raise LabError("no agent\nand more")
        run.attempt("untouched", "256G", fail, 0)
        self.assertEqual(run.failures,
                         [Failure("untouched", "256G, untouched: no agent\nand more")])

    def test_status(self) -> None:
        untouched, ours = Failure("untouched", ""), Failure("ours", "")
        self.assertEqual(bench.exit_status([], []), 0)
        self.assertEqual(bench.exit_status([], [untouched]), 0)
        self.assertEqual(bench.exit_status([], [untouched, ours]), 1)
        self.assertEqual(bench.exit_status([Spread("x", "ours", 1, 2)], []), 1)

    def test_nothing_of_that_name(self) -> None:
        with self.assertRaisesRegex(LabError, "capture_1T_512M"):
            Bench(argparse.Namespace(bench="release_17G", repeat=1))


if __name__ == "__main__":
    unittest.main()
