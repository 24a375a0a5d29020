# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures and the README's table: complete, within their frame, and of the committed figures."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab import REPO, LabError  # noqa: E402
from fadumplab.documents import pictures  # noqa: E402
from fadumplab.report import bench  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
#: No letter is wider, in the sizes of the style.
WIDEST = {"title": 10.5, "small": 8, "soft": 8.5, "": 9}


class PictureCase(unittest.TestCase):
    """A copy of the files that pictures are made of."""

    def setUp(self) -> None:
        self.repo = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.repo)
        for name in (pictures.FIGURES, pictures.README):
            (self.repo / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPO / name, self.repo / name)
        pictures.write(self.repo)

    def change(self, name: str, ours: float) -> None:
        """Another value of a figure."""
        path = self.repo / pictures.FIGURES
        entries = json.loads(path.read_text())
        for entry in entries:
            if entry["name"] == name:
                entry["ours"] = ours
        path.write_text(json.dumps(entries))


class TestFiles(PictureCase):
    """What is written, and what is noticed."""

    def test_written_once(self) -> None:
        self.assertEqual(pictures.stale(self.repo), [])
        self.assertEqual(pictures.write(self.repo), [])

    def test_edited(self) -> None:
        """A file that was edited, or that is missing, is told by its name."""
        for name in (pictures.MEMORY, pictures.CHART):
            path = self.repo / name
            path.write_text(path.read_text().replace("rect", "rest", 1))
            self.assertEqual([line.split(":")[0] for line in pictures.stale(self.repo)],
                             [str(name)])
            path.unlink()
            self.assertEqual(len(pictures.stale(self.repo)), 1)
            pictures.write(self.repo)

    def test_figure(self) -> None:
        """A new figure is missing in the README and in the chart."""
        self.change("release_instructions_per_page_16G", 999)
        self.assertEqual({line.split(":")[0] for line in pictures.stale(self.repo)},
                         {str(pictures.README), str(pictures.CHART)})
        pictures.write(self.repo)
        readme = (self.repo / pictures.README).read_text()
        self.assertIn("109 / 999 / 137 / 138 |", readme)
        self.assertIn(">999<", (self.repo / pictures.CHART).read_text())

    def test_no_place(self) -> None:
        (self.repo / pictures.README).write_text("# fadump\n")
        with self.assertRaisesRegex(LabError, "no place"):
            pictures.stale(self.repo)


class TestFigures(unittest.TestCase):
    """The committed file."""

    def test_names(self) -> None:
        """Each is a figure of the benchmark, and in the table; each row has one unit."""
        figures = pictures.read_figures(REPO / pictures.FIGURES)
        self.assertLessEqual(figures.keys(), {figure.name for figure in bench.all_figures()})
        self.assertEqual([name for row in pictures.ROWS for name in row.names], list(figures))
        for row in pictures.ROWS:
            self.assertEqual(len({figures[name].unit for name in row.names}), 1, row.name)
        self.assertLessEqual({pair.name for pair in pictures.PAIRS}, figures.keys())

    def test_direction(self) -> None:
        """What is better is what the benchmark says is better."""
        better = {figure.name: figure.more_is_better for figure in bench.all_figures()}
        for pair in pictures.PAIRS:
            self.assertEqual(pair.more_is_better, better[pair.name], pair.name)

    def test_verdict(self) -> None:
        pair = pictures.Pair("", "", "")
        more = dataclasses.replace(pair, more_is_better=True)
        for ours, less_word, more_word in ((50, "better", "worse"), (100.9, "same", "same"),
                                           (200, "worse", "better")):
            value = pictures.Value("", 100, ours)
            self.assertEqual(pictures.verdict(pair, value), less_word)
            self.assertEqual(pictures.verdict(more, value), more_word)


class TestDrawing(unittest.TestCase):
    """Both pictures as a program reads them."""

    def drawings(self) -> list[ElementTree.Element]:
        """Parsed."""
        figures = pictures.read_figures(REPO / pictures.FIGURES)
        return [ElementTree.fromstring(picture)
                for picture in (pictures.draw_memory(), pictures.chart(figures))]

    def test_within_the_frame(self) -> None:
        for root in self.drawings():
            height = float(root.attrib["height"])
            self.assertEqual(root.attrib["width"], "800")
            for box in root.iter(f"{SVG}rect"):
                x, y = float(box.attrib["x"]), float(box.attrib["y"])
                self.assertLessEqual(x + float(box.attrib["width"]), 800)
                self.assertLessEqual(y + float(box.attrib["height"]), height)

    def test_text_within_the_frame(self) -> None:
        for root in self.drawings():
            for line in root.iter(f"{SVG}text"):
                kinds = line.attrib.get("class", "").split()
                width = len(line.text or "") * min(WIDEST.get(kind, 9) for kind in kinds or [""])
                left = float(line.attrib["x"]) - width * (
                    1 if "end" in kinds else 0.5 if "mid" in kinds else 0)
                self.assertGreaterEqual(left, 0, line.text)
                self.assertLessEqual(left + width, 800, line.text)

    def test_classes(self) -> None:
        """Each has a style."""
        styled = set(re.findall(r"\.([a-z]+)", pictures.STYLE))
        for root in self.drawings():
            used = {kind for part in root.iter() for kind in part.attrib.get("class", "").split()}
            self.assertLessEqual(used, styled)

    def test_pieces_of_a_bar(self) -> None:
        """RAM has no gap and no overlap."""
        for bar in pictures.BARS:
            parts = sorted(bar.parts, key=lambda part: part.left)
            self.assertEqual((parts[0].left, parts[-1].right), (pictures.START, pictures.END))
            for part, behind in zip(parts, parts[1:]):
                self.assertEqual(part.right, behind.left, bar.title)
