# SPDX-License-Identifier: GPL-2.0-or-later
"""`make pictures`: the committed pictures, and the README's table of the benchmark.

Everything is plain SVG text: the memory of one machine in three kernels, drawn from the
description below, and a chart of the figures in tools/lab/figures/benchmark.json. The
README's table has the same figures. The static stage makes all of it again and compares.
"""

from __future__ import annotations

import dataclasses
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Optional

from .. import REPO, LabError

#: Figures with the names of build/bench/bench.json, rounded as they are published.
FIGURES = Path("tools/lab/figures/benchmark.json")
CHART = Path("tools/lab/figures/benchmark.svg")
MEMORY = Path("Documentation/pictures/memory.svg")
README = Path("README.md")

#: What stands around the table in the README.
TABLE = re.compile(r'(?<=<!-- "make pictures" writes this table. -->\n).*?'
                   r"(?=<!-- The end of the table. -->)", re.DOTALL)

WIDTH = 800
MARGIN = 20

#: The background is light in dark mode, too, so that all colours stay readable.
STYLE = """
text { font: 14px "DejaVu Sans", Verdana, "Segoe UI", sans-serif; fill: #1f2328 }
.title { font-weight: bold; font-size: 14.5px } .soft { fill: #59636e; font-size: 13px }
.small { font-size: 12px } .mid { text-anchor: middle } .end { text-anchor: end }
.card { fill: #fcfcfb; stroke: #d1d9e0 } .tick { stroke: #818b98; fill: none }
.live { fill: #b9d7f5; stroke: #3b76b0 } .cma { fill: #d7edc8; stroke: #4f8a2e }
.slot { fill: #e7ddf7; stroke: #7a58b5 } .old { fill: #fbcf9d; stroke: #b0691a }
.firmware { fill: #dfe3e8; stroke: #6e7781 } .hole { fill: none; stroke: #818b98;
stroke-dasharray: 4 3 } .ribbon { fill: #fbcf9d; opacity: .45 }
.untouched { fill: #c3c8ce } .better { fill: #2da44e } .worse { fill: #cf4b3f }
.same { fill: #4a7fc1 }
"""


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """One line of text; y is its baseline."""
    mark = f' class="{kind}"' if kind else ""
    return f'<text{mark} x="{x:g}" y="{y:g}">{html.escape(words)}</text>'


def document(height: float, label: str, parts: Sequence[str]) -> str:
    """The whole file."""
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
            f'width="{WIDTH}" height="{height:g}" role="img" aria-label="{html.escape(label)}">\n'
            "<!-- SPDX-License-Identifier: GPL-2.0-or-later -->\n"
            f'<style>{STYLE}</style>\n<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" '
            f'height="{height - 1:g}" rx="8"/>\n' + "\n".join(parts) + "\n</svg>\n")


# -- memory --------------------------------------------------------------------


#: Borders of the pieces of RAM. The picture is not to scale: the slots are small.
START, BOOT, ARGS, CPUS, COPY, INFO, END = 188, 342, 354, 372, 526, 546, WIDTH - MARGIN
RTAS = (632, 654)
BAR = 48


@dataclasses.dataclass(frozen=True)
class Part:
    """A piece of a bar, and the lines in it."""

    left: int
    right: int
    kind: str
    lines: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Bar:
    """RAM at one time, or what the core shows."""

    y: int
    title: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclasses.dataclass(frozen=True)
class Ribbon:
    """What becomes of a piece of one bar in the next one."""

    y: int
    above: tuple[int, int]
    below: tuple[int, int]
    label: str


#: Between two bars that ribbons connect.
GAP = 52


def slots(kind: str) -> tuple[Part, ...]:
    """The small pieces of the dump area."""
    return (Part(BOOT, ARGS, kind), Part(ARGS, CPUS, kind), Part(COPY, INFO, kind))


def production(boot: str) -> tuple[Part, ...]:
    """RAM of a kernel that is armed."""
    return (Part(START, BOOT, "live", ("boot memory", boot)), *slots("slot"),
            Part(CPUS, COPY, "cma", ("CMA area", "applications use it")),
            Part(INFO, RTAS[0], "live", ("in use",)), Part(*RTAS, "firmware"),
            Part(RTAS[1], END, "live", ("in use",)))


BARS = (
    Bar(56, ("Before the crash", "firmware is armed"), production("in use")),
    Bar(156, ("Capture kernel", "a dump is waiting"), (
        Part(START, BOOT, "live", ("boot memory", "of the capture kernel")), *slots("old"),
        Part(CPUS, COPY, "old", ("boot memory", "of the crashed kernel")),
        Part(INFO, RTAS[0], "old", ("unchanged",)), Part(*RTAS, "firmware"),
        Part(RTAS[1], END, "old", ("unchanged",)))),
    Bar(256, ("/proc/vmcore", "all but the dump area"), (
        Part(START, BOOT, "old", ("boot memory",)), Part(BOOT, INFO, "hole"),
        Part(INFO, END, "old", ("all other memory",)))),
    Bar(340, ("After the release", "firmware is armed again"),
        production("of the same kernel")),
)

RIBBONS = (
    Ribbon(56 + BAR, (START, BOOT), (CPUS, COPY), "firmware copies"),
    Ribbon(56 + BAR, (INFO, END), (INFO, END), "stays in place"),
    Ribbon(156 + BAR, (CPUS, COPY), (START, BOOT), "read from the copy"),
    Ribbon(156 + BAR, (INFO, END), (INFO, END), "read in place"),
)

#: Addresses of the machine that the documents describe.
TICKS = ((START, "0"), (BOOT, "320 MiB"), (INFO, "640 MiB"), (RTAS[1], "768 MiB"),
         (END, "2 GiB"))

KEY = (("live", "running kernel"), ("cma", "CMA area"), ("old", "crashed kernel"),
       ("slot", "slots for arguments, registers, records"), ("firmware", "RTAS"))


def draw_tick(x: int, words: str) -> Iterator[str]:
    """An address above the first bar."""
    yield f'<path class="tick" d="M{x} 44V52"/>'
    yield text(x, 36, words, "small end" if x == END else "small mid")


def draw_part(part: Part, y: int) -> Iterator[str]:
    """The box, and its lines around its middle."""
    yield (f'<rect class="{part.kind}" x="{part.left}" y="{y}" '
           f'width="{part.right - part.left}" height="{BAR}"/>')
    first = y + BAR / 2 + 5 - 9 * (len(part.lines) - 1)
    for number, line in enumerate(part.lines):
        yield text((part.left + part.right) / 2, first + 18 * number, line,
                   "mid small" if number else "mid")


def draw_bar(bar: Bar) -> Iterator[str]:
    """Its title to the left, its pieces."""
    for number, line in enumerate(bar.title):
        yield text(MARGIN, bar.y + 20 + 19 * number, line, "small" if number else "title")
    for part in bar.parts:
        yield from draw_part(part, bar.y)


def draw_ribbon(ribbon: Ribbon) -> Iterator[str]:
    """From bar to bar, with its label in the middle."""
    (a, b), (c, d), y, to = ribbon.above, ribbon.below, ribbon.y, ribbon.y + GAP
    yield f'<path class="ribbon" d="M{a} {y}H{b}L{d} {to}H{c}Z"/>'
    yield text((a + b + c + d) / 4, y + GAP / 2 + 5, ribbon.label, "mid soft")


def draw_key(y: int) -> Iterator[str]:
    """What the colours mean."""
    x = MARGIN
    for kind, words in KEY:
        yield f'<rect class="{kind}" x="{x}" y="{y}" width="14" height="14"/>'
        yield text(x + 21, y + 12, words, "small")
        x += 42 + round(6.6 * len(words))


def draw_memory() -> str:
    """One machine: before the crash, in the capture kernel, its dump, after the release."""
    parts = [part for tick in TICKS for part in draw_tick(*tick)]
    parts += [part for ribbon in RIBBONS for part in draw_ribbon(ribbon)]
    parts += [part for bar in BARS for part in draw_bar(bar)]
    parts += draw_key(BARS[-1].y + BAR + 22)
    return document(BARS[-1].y + BAR + 56, "Memory before the crash, in the capture kernel, "
                    "in its dump, and after the release", parts)


# -- figures -------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Value:
    """A figure of both kernels."""

    unit: str
    untouched: float
    ours: float


Figures = Mapping[str, Value]


def read_figures(path: Path) -> Figures:
    """The committed figures by their names."""
    return {entry["name"]: Value(entry["unit"], entry["untouched"], entry["ours"])
            for entry in json.loads(path.read_text())}


def number(value: float) -> str:
    """With thousands apart."""
    return f"{value:,}"


def amount(value: float, unit: str) -> str:
    """As the README and the chart have it: 54 M, 481 MiB, 1,218."""
    short = {"million instructions": " M", "MiB": " MiB"}.get(unit, "")
    return number(value) + short


# -- the table -----------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Row:
    """A line of the README's table: a name and the figures in it."""

    name: str
    stem: str
    sizes: tuple[str, ...]
    #: Instead of 0 and 1.
    words: Optional[tuple[str, str]] = None

    @property
    def names(self) -> list[str]:
        """Its figures, by the names of the benchmark."""
        return [f"{self.stem}_{size}" for size in self.sizes]

    def cell(self, values: Sequence[float], unit: str) -> str:
        """One column; a unit that all have stands once."""
        if self.words:
            return self.words[int(values[0])]
        if unit == "MiB":
            return " / ".join(map(number, values)) + " MiB"
        return " / ".join(amount(value, unit) for value in values)


ROWS = (
    Row("instructions to release a page, 2 / 16 / 64 / 256 GiB",
        "release_instructions_per_page", ("2G", "16G", "64G", "256G")),
    Row("the same with a hash MMU, its mapping in pages of 16 MiB included, 16 GiB",
        "release_instructions_per_page", ("16G_hash",)),
    Row("memory missing after the release, 2 / 16 GiB", "memory_missing_after_release",
        ("2G", "16G")),
    Row("MemTotal of a capture kernel, `crashkernel=512M`, 256 GiB", "capture_memtotal",
        ("256G_512M",)),
    Row("a dump of 1 TiB with `crashkernel=512M`", "capture", ("1T_512M",),
        ("none, the capture kernel panics", "complete")),
    Row("instructions from the crash to `/proc/vmcore`, 16 / 256 GiB",
        "crash_to_vmcore_instructions", ("16G", "256G")),
    Row("instructions from the crash to production again, 16 GiB",
        "crash_to_production_instructions", ("16G",)),
    Row("instructions to read a page of the dump by read()",
        "vmcore_read_instructions_per_page", ("2G",)),
    Row("instructions to read a page of the dump by mmap()",
        "vmcore_mmap_instructions_per_page", ("2G",)),
    Row("instructions to boot, 2 / 16 GiB", "boot_instructions", ("2G", "16G")),
)


def table(figures: Figures) -> str:
    """The README's table."""
    lines = ["| | untouched | ours |", "|---|---|---|"]
    for row in ROWS:
        values = [figures[name] for name in row.names]
        unit = values[0].unit
        lines.append(f"| {row.name} | {row.cell([v.untouched for v in values], unit)} "
                     f"| {row.cell([v.ours for v in values], unit)} |")
    return "\n".join(lines) + "\n"


def readme(old: str, figures: Figures) -> str:
    """The README with the table of these figures."""
    if not TABLE.search(old):
        raise LabError(f"{README} has no place for the table of the benchmark")
    return TABLE.sub(lambda _: table(figures), old)


# -- the chart -----------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two bars of the chart."""

    title: str
    note: str
    name: str
    more_is_better: bool = False


PAIRS = (
    Pair("Release a page", "instructions, 16 GiB", "release_instructions_per_page_16G"),
    Pair("Memory missing after the release", "16 GiB", "memory_missing_after_release_16G"),
    Pair("Memory of the capture kernel", "256 GiB, crashkernel=512M; more is better",
         "capture_memtotal_256G_512M", more_is_better=True),
    Pair("Crash to /proc/vmcore", "instructions, 256 GiB", "crash_to_vmcore_instructions_256G"),
    Pair("Crash to production again", "instructions, 16 GiB",
         "crash_to_production_instructions_16G"),
    Pair("Read a page of the dump", "instructions, by read()",
         "vmcore_read_instructions_per_page_2G"),
    Pair("Boot", "instructions, 16 GiB", "boot_instructions_16G"),
)

#: Where bars begin, how long the longest may be, and the height of a pair.
BARS_AT, LONGEST, PITCH = 330, 340, 52


def verdict(pair: Pair, value: Value) -> str:
    """The colour of our bar; within 1 % both are the same."""
    if abs(value.ours - value.untouched) <= 0.01 * abs(value.untouched):
        return "same"
    return "better" if (value.ours > value.untouched) == pair.more_is_better else "worse"


def draw_pair(pair: Pair, value: Value, y: int) -> Iterator[str]:
    """Its names, and two bars to a scale of their own."""
    yield text(MARGIN, y + 15, pair.title)
    yield text(MARGIN, y + 32, pair.note, "small soft")
    scale = LONGEST / max(value.untouched, value.ours)
    for kind, what, at in (("untouched", value.untouched, y),
                           (verdict(pair, value), value.ours, y + 19)):
        width = max(what * scale, 2)
        yield (f'<rect class="{kind}" x="{BARS_AT}" y="{at}" width="{width:.1f}" '
               'height="16" rx="2"/>')
        yield text(round(BARS_AT + width + 7, 1), at + 13, amount(what, value.unit), "small")


def chart_key(y: int) -> Iterator[str]:
    """What the colours mean."""
    for x, kind, words in ((BARS_AT, "untouched", "Linux 7.3.4"), (442, "better", "better"),
                           (522, "same", "equal within 1 %"), (668, "worse", "worse")):
        yield f'<rect class="{kind}" x="{x}" y="{y - 11}" width="13" height="13" rx="2"/>'
        yield text(x + 19, y, words, "small")


def chart(figures: Figures) -> str:
    """The figures that say most."""
    parts = [text(MARGIN, 31, "Linux 7.3 and this fadump", "title"), *chart_key(31)]
    for index, pair in enumerate(PAIRS):
        parts += draw_pair(pair, figures[pair.name], 52 + PITCH * index)
    return document(58 + PITCH * len(PAIRS), "Benchmark of Linux 7.3.4 with its own fadump and with this one",
                    parts)


# -- files ---------------------------------------------------------------------


def made(repo: Path = REPO) -> dict[Path, str]:
    """Each file with what it has to hold."""
    figures = read_figures(repo / FIGURES)
    return {MEMORY: draw_memory(), CHART: chart(figures),
            README: readme((repo / README).read_text(), figures)}


def stale(repo: Path = REPO) -> list[str]:
    """The files that hold something else; one line for each."""
    return [f"{path}: not up to date: make pictures" for path, content in made(repo).items()
            if not (repo / path).is_file() or (repo / path).read_text() != content]


def write(repo: Path = REPO) -> list[Path]:
    """Write what is not up to date."""
    written = []
    for path, content in made(repo).items():
        where = repo / path
        if not where.is_file() or where.read_text() != content:
            where.parent.mkdir(parents=True, exist_ok=True)
            where.write_text(content)
            written.append(path)
    return written
