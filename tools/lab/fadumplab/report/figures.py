# SPDX-License-Identifier: GPL-2.0-or-later
"""The figures of `make bench`: their names, ratios, table, JSON and chart."""

from __future__ import annotations

import dataclasses
import html
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Optional

#: The two kernels, in the order of the table.
KERNELS = ("untouched", "ours")

#: The results of a run: figures by their names.
Values = Mapping[str, float]

#: The allowed difference between two runs, as a share.
TOLERANCE = 0.01


@dataclasses.dataclass(frozen=True)
class Figure:
    """A figure of both kernels, or of ours alone."""

    name: str
    unit: str
    #: Whether a larger value is better.
    more_is_better: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether the figure is counted, so that a second run must give the same."""
        return self.unit.startswith("instructions")


@dataclasses.dataclass(frozen=True)
class Row:
    """One figure with its values; None for a failed measurement."""

    figure: Figure
    untouched: Optional[float]
    ours: Optional[float]

    @property
    def ratio(self) -> Optional[float]:
        """Our value divided by the untouched kernel's."""
        return ratio(self.untouched, self.ours)

    @property
    def verdict(self) -> str:
        """'better', 'worse' or 'same' within the tolerance; '' if a value is missing."""
        if self.untouched is None or self.ours is None:
            return ""
        close = abs(self.ours - self.untouched) <= TOLERANCE * abs(self.untouched)
        if close:
            return "same"
        return "better" if (self.ours > self.untouched) == self.figure.more_is_better else "worse"


def ratio(untouched: Optional[float], ours: Optional[float]) -> Optional[float]:
    """Ours divided by the other; 1 if both are 0, None if there is no ratio."""
    if untouched is None or ours is None:
        return None
    if untouched == 0:
        return 1.0 if ours == 0 else None
    return ours / untouched


# -- selection -----------------------------------------------------------------


def is_wanted(name: str, selection: str) -> bool:
    """Whether a selection such as 'release_16G, boot' includes the figure of that name.

    Each word of a selection consists of parts of a name. It selects all figures that have all
    its parts.
    """
    words = selection.replace(",", " ").split()
    parts = set(name.split("_"))
    return not words or any(set(word.split("_")) <= parts for word in words)


# -- several runs ----------------------------------------------------------------


def middle(runs: Sequence[Values], name: str) -> Optional[float]:
    """The median of a figure over the runs that have it."""
    values = [run[name] for run in runs if name in run]
    return statistics.median(values) if values else None


def rows(figures: Iterable[Figure], runs: Mapping[str, Sequence[Values]]) -> list[Row]:
    """The table's rows from the results of each kernel's runs."""
    return [Row(figure, *(middle(runs.get(kernel, ()), figure.name) for kernel in KERNELS))
            for figure in figures]


@dataclasses.dataclass(frozen=True)
class Spread:
    """The least and the largest value of one figure over the runs of one kernel."""

    name: str
    kernel: str
    least: float
    most: float

    @property
    def share(self) -> float:
        """The difference as a share of the least value."""
        if self.most == self.least:
            return 0.0
        return (self.most - self.least) / self.least if self.least else float("inf")

    def __str__(self) -> str:
        return (f"{self.name}, {self.kernel}: {number(self.least)} to {number(self.most)}, "
                f"{self.share:.2%}")


def spreads(figures: Iterable[Figure], runs: Mapping[str, Sequence[Values]]) -> list[Spread]:
    """The spreads of all exact figures with several runs, the widest first."""
    found: list[Spread] = []
    for figure in figures:
        for kernel in KERNELS:
            values = [run[figure.name] for run in runs.get(kernel, ()) if figure.name in run]
            if figure.is_exact and len(values) > 1:
                found.append(Spread(figure.name, kernel, min(values), max(values)))
    return sorted(found, key=lambda spread: spread.share, reverse=True)


# -- for programs -----------------------------------------------------------------


def as_json(table: Iterable[Row]) -> list[dict[str, Any]]:
    """The content of bench.json."""
    return [{"name": row.figure.name, "unit": row.figure.unit, "untouched": plain(row.untouched),
             "ours": plain(row.ours), "ratio": None if row.ratio is None else round(row.ratio, 4)}
            for row in table]


def plain(value: Optional[float]) -> Optional[float]:
    """A whole number as int, others rounded to six digits."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(f"{value:.6g}")


# -- for readers ------------------------------------------------------------------


def number(value: Optional[float]) -> str:
    """A value with separated thousands and three significant digits."""
    if value is None:
        return "-"
    if abs(value) >= 1000 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def amount(value: Optional[float], unit: str) -> str:
    """A value with its unit."""
    if value is None:
        return "-"
    if unit == "bytes" and abs(value) >= 1 << 20:
        return f"{value / (1 << 20):,.1f} MiB"
    return number(value) + (f" {unit}" if unit else "")


def share(value: Optional[float]) -> str:
    """A ratio as text."""
    return "-" if value is None else f"{value:.3f}"


#: Parts of names: a figure of instructions, and the figure of seconds that belongs to it.
CLOCKS = (("_instructions_per_page_", "_seconds_"), ("_instructions_", "_seconds_"))


def clock_of(name: str) -> str:
    """The name of the figure that measured the same by the host's clock; '' for none."""
    for counted, timed in CLOCKS:
        if counted in name:
            return name.replace(counted, timed)
    return ""


def text_table(table: Sequence[Row]) -> str:
    """One line for each figure. Seconds are a column, as a ratio, beside their instructions."""
    by_name = {row.figure.name: row for row in table}
    clocks = {clock_of(name) for name in by_name} & by_name.keys()
    lines = [("figure", *KERNELS, "ratio", "clock", "")]
    for row in table:
        if row.figure.name in clocks:
            continue
        clock = by_name.get(clock_of(row.figure.name))
        lines.append((row.figure.name, amount(row.untouched, row.figure.unit),
                      amount(row.ours, row.figure.unit), share(row.ratio),
                      share(clock.ratio) if clock else "", row.verdict))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) if column in (0, 5) else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in lines)


# -- the chart --------------------------------------------------------------------


#: Widths in the chart: the whole, the column of names, the room for text after a bar.
WIDTH, LEFT, RIGHT = 1030, 360, 170
ROW = 40

CHART_STYLE = """
svg { background: #fcfcfb; font: 12.5px system-ui, -apple-system, "Segoe UI", sans-serif }
text { fill: #0b0b0b } .soft { fill: #52514e } .tiny { font-size: 11.5px; fill: #898781 }
.bold { font-weight: 600 } .untouched { fill: #c9c8c0 } .better { fill: #1baf7a }
.same { fill: #2a78d6 } .worse { fill: #d03b3b } .tick { stroke: #e1e0d9 }
@media (prefers-color-scheme: dark) { svg { background: #1a1a19 } text { fill: #fff }
  .soft { fill: #c3c2b7 } .untouched { fill: #55544f } .tick { stroke: #2c2c2a } }
"""


def chart(table: Iterable[Row]) -> str:
    """Two bars for each figure that both kernels have; the longer has the full width."""
    drawn = [row for row in table if row.verdict]
    height = 54 + ROW * len(drawn)
    parts = [f'<text class="bold" x="12" y="22">Untouched kernel and ours</text>'
             f'<text class="tiny" x="12" y="38">each pair to a scale of its own; green: '
             f'better than untouched, red: worse, blue: within {TOLERANCE:.0%}</text>']
    parts += [pair(row, 50 + ROW * index) for index, row in enumerate(drawn)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" aria-label="Figures of both kernels">'
            f"<style>{CHART_STYLE}</style>{''.join(parts)}</svg>\n")


def pair(row: Row, y: float) -> str:
    """A figure's name, its two bars and their values."""
    assert row.untouched is not None and row.ours is not None
    longest = max(abs(row.untouched), abs(row.ours)) or 1
    scale = (WIDTH - LEFT - RIGHT) / longest
    parts = [f'<line class="tick" x1="12" x2="{WIDTH - 12}" y1="{y - 4}" y2="{y - 4}"/>'
             f'<text x="12" y="{y + 13}">{html.escape(row.figure.name)}</text>'
             f'<text class="tiny" x="12" y="{y + 28}">ratio {share(row.ratio)}</text>']
    for kind, value, at in (("untouched", row.untouched, y), (row.verdict, row.ours, y + 17)):
        width = max(abs(value) * scale, 1.5)
        parts.append(
            f'<rect class="{kind}" x="{LEFT}" y="{at}" width="{width:.1f}" height="14" rx="3"/>'
            f'<text class="soft" x="{LEFT + width + 6:.1f}" y="{at + 11}">'
            f"{html.escape(amount(value, row.figure.unit))}</text>")
    return "".join(parts)
