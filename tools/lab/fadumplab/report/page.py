# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo's report: one HTML page without external files."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterable
from pathlib import Path

from ..dump.core import Span
from ..dump.regions import Region
from ..ui import duration, readable_size
from .results import Cpu, Results, Stage


STYLE = """
:root { color-scheme: light dark; --page: #f9f9f7; --card: #fcfcfb; --ink: #0b0b0b;
  --ink2: #52514e; --muted: #898781; --line: #e1e0d9; --good: #006300; --bad: #d03b3b;
  --boot: #2a78d6; --area: #eda100; --copy: #eb6834; --kept: #1baf7a; --free: #dddcd5;
  --busy: #4a3aa7; --chip: #e7f3e7; --chipbad: #fbe9e9 }
@media (prefers-color-scheme: dark) { :root { --page: #0d0d0d; --card: #1a1a19; --ink: #fff;
  --ink2: #c3c2b7; --muted: #898781; --line: #2c2c2a; --good: #0ca30c; --bad: #e66767;
  --boot: #3987e5; --area: #c98500; --copy: #d95926; --kept: #199e70; --free: #383835;
  --busy: #9085e9; --chip: #10260f; --chipbad: #341616 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -.01em }
h2 { font-size: 18px; margin: 0 0 4px }
p.note { color: var(--ink2); margin: 0 0 18px; max-width: 74ch }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 22px 24px; margin-top: 20px }
.head { display: flex; gap: 16px; align-items: baseline; justify-content: space-between;
  flex-wrap: wrap }
.chip { padding: 3px 12px; border-radius: 99px; font-weight: 600; font-size: 14px;
  background: var(--chip); color: var(--good); white-space: nowrap }
.chip.bad { background: var(--chipbad); color: var(--bad) }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr));
  gap: 14px; margin-top: 22px }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 14px 18px }
.tile b { display: block; font-size: 27px; line-height: 1.25; font-weight: 600 }
.tile span { color: var(--ink2); font-size: 13.5px }
svg { display: block; width: 100%; height: auto; margin-top: 10px; overflow: visible }
svg text { font: 12.5px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink) }
svg .soft { fill: var(--ink2) } svg .tiny { font-size: 11.5px; fill: var(--muted) }
svg .bold { font-weight: 600 } svg .on { fill: #fff; font-weight: 600 }
svg .dark { fill: #0b0b0b; font-weight: 600 }
.boot { fill: var(--boot) } .area { fill: var(--area) } .copy { fill: var(--copy) }
.kept { fill: var(--kept) } .free { fill: var(--free) } .busy { fill: var(--busy) }
.hole { fill: none; stroke: var(--muted); stroke-dasharray: 3 3 }
.ribbon { opacity: .3 } .tick { stroke: var(--line) } .cut { stroke: var(--card) }
.lead { stroke: var(--muted); fill: none }
table { border-collapse: collapse; width: 100%; font-size: 14px }
td, th { text-align: left; padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line);
  vertical-align: top }
th { color: var(--ink2); font-weight: 500; font-size: 13px }
tr:last-child td { border-bottom: 0 }
td.num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
code, pre { font: 12.5px/1.55 ui-monospace, "SF Mono", Menlo, Consolas, monospace }
code { overflow-wrap: anywhere }
pre { overflow-x: auto; margin: 10px 0 0; padding: 14px 16px; border-radius: 8px;
  background: var(--page); border: 1px solid var(--line) }
mark { background: none; color: var(--copy); font-weight: 700 }
details { border-top: 1px solid var(--line); padding: 9px 0 } details:first-of-type { border: 0 }
summary { cursor: pointer } summary code { color: var(--ink2) }
summary em { font-style: normal; color: var(--copy); font-weight: 600 }
.regs { display: grid; grid-template-columns: repeat(auto-fill, minmax(216px, 1fr));
  gap: 1px 18px; margin: 8px 0 4px }
.regs span { font: 12.5px/1.6 ui-monospace, Menlo, Consolas, monospace; white-space: nowrap }
.regs i { font-style: normal; color: var(--muted); display: inline-block; width: 4.6em }
footer { color: var(--muted); font-size: 13px; margin-top: 26px }
"""

#: The width of a drawing, and of the column of names at its left.
WIDTH, LEFT = 1030, 132
BAR = 46


@dataclasses.dataclass(frozen=True)
class Block:
    """A coloured piece of a bar."""

    span: Span
    kind: str
    label: str
    ink: str = "on"


def esc(text: object) -> str:
    """Text for HTML."""
    return html.escape(str(text))


class MemoryMap:
    """The memory map of three kernels and of the dump, all to one scale."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.ram = results.ram_bytes
        self.scale = (WIDTH - LEFT) / self.ram
        self.parts: list[str] = []
        self.y = 30

    def x(self, address: int) -> float:
        """The horizontal position of an address."""
        return LEFT + address * self.scale

    def draw(self) -> str:
        """The memory map as SVG."""
        self.axis()
        for stage in self.results.stages:
            blocks = {"production": self.production, "capture": self.capture,
                      "released": self.production}[stage.name](stage)
            title = {"production": "Production", "capture": "Capture kernel",
                     "released": "After release"}[stage.name]
            under = f"MemTotal {readable_size(stage.total)}"
            self.bar(title, under, blocks)
            if stage.name == "capture" and self.results.core:
                self.ribbons(stage)
                self.bar("/proc/vmcore", "what the dump shows", self.vmcore())
                self.y += 16
        return (f'<svg viewBox="0 0 {WIDTH} {self.y}" role="img" aria-label="Memory at each '
                f'stage">{"".join(self.parts)}</svg>')

    def axis(self) -> None:
        """Addresses along the top."""
        step = self.ram // 8
        for number in range(9):
            at = self.x(step * number)
            anchor = "end" if number == 8 else "middle" if number else "start"
            self.parts.append(f'<line class="tick" x1="{at:.1f}" x2="{at:.1f}" y1="20" y2="26"/>'
                              f'<text class="tiny" x="{at:.1f}" y="14" text-anchor="{anchor}">'
                              f'{readable_size(step * number) if number else "0"}</text>')

    def bar(self, title: str, under: str, blocks: Iterable[Block]) -> None:
        """One line of the map."""
        y = self.y
        self.parts.append(f'<text class="bold" x="0" y="{y + 20}">{esc(title)}</text>'
                          f'<text class="tiny" x="0" y="{y + 36}">{esc(under)}</text>')
        for block in blocks:
            self.block(block, y)
        self.y = y + BAR + 26

    def block(self, block: Block, y: int) -> None:
        """One block, with its name inside if there is room."""
        x, width = self.x(block.span.start), block.span.size * self.scale
        if width <= 0:
            return
        shown = max(width - 2, 2)
        tip = f"{block.label}: {block.span.start:#x} to {block.span.end - 1:#x}, " \
              f"{readable_size(block.span.size)}"
        radius = 4 if shown > 12 else 1
        self.parts.append(
            f'<rect class="{block.kind}" x="{x + 1:.1f}" y="{y}" width="{shown:.1f}" '
            f'height="{BAR}" rx="{radius}"><title>{esc(tip)}</title></rect>')
        middle = x + width / 2
        if shown > 7.2 * len(block.label) + 12:
            self.text(middle, y + 20, block.label, block.ink)
            self.text(middle, y + 36, readable_size(block.span.size), f"tiny {block.ink}")
        elif shown > 60:
            words = block.label.split()
            half = (len(words) + 1) // 2
            self.text(middle, y + 20, " ".join(words[:half]), block.ink)
            self.text(middle, y + 36, " ".join(words[half:]), block.ink)

    def text(self, x: float, y: float, text: str, kind: str) -> None:
        """Centred text."""
        self.parts.append(f'<text class="{kind}" x="{x:.1f}" y="{y}" text-anchor="middle">'
                          f'{esc(text)}</text>')

    def ribbons(self, stage: Stage) -> None:
        """Connections between the places of bytes in memory and in the dump."""
        top, bottom = self.y - 22, self.y + 10
        for load in self.results.loads:
            source = self.source_of(load.paddr, load.memsz, stage)
            kind = "copy" if source != load.paddr else "kept"
            x1, x2 = self.x(source), self.x(source + load.memsz)
            x3, x4 = self.x(load.paddr), self.x(load.paddr + load.memsz)
            self.parts.append(
                f'<path class="{kind} ribbon" d="M{x1:.1f} {top}L{x2:.1f} {top}L{x4:.1f} '
                f'{bottom}L{x3:.1f} {bottom}Z"/>')
        self.y += 14

    @staticmethod
    def source_of(paddr: int, length: int, stage: Stage) -> int:
        """The real address of a segment's bytes in the capture kernel."""
        at = 0
        for row in stage.regions.of("DUMP"):
            base = row.source if row.source is not None else at
            if base <= paddr and paddr + length <= base + row.span.size:
                return row.span.start + paddr - base
            at += row.span.size
        return paddr

    def boot_top(self) -> int:
        """The end of boot memory."""
        return self.results.stages[0].regions.boot_memory

    def area(self) -> Span:
        """The dump area: from the first region to the end of the last."""
        rows = self.results.stages[0].regions.rows
        start = min(row.span.start for row in rows)
        end = max(row.span.end for row in rows)
        return Span(start, max(end, start))

    def production(self, stage: Stage) -> list[Block]:
        """The blocks of a production kernel."""
        area = self.area()
        label = "Dump area, CMA area" if stage.cma else "Dump area"
        return [Block(Span(0, self.boot_top()), "boot", "Boot memory"),
                Block(Span(self.boot_top(), area.start), "free", "", "soft"),
                Block(area, "area", label, "dark"),
                Block(Span(area.end, self.ram), "free", "Ordinary memory", "soft")]

    def capture(self, stage: Stage) -> list[Block]:
        """The blocks of a capture kernel, which runs in boot memory."""
        blocks = [Block(Span(0, self.boot_top()), "boot", "Capture kernel")]
        blocks += [Block(row.span, "copy", self.copy_name(row)) for row in stage.regions.rows
                   if row.label in ("DUMP", "CPU")]
        kept = [row.span for row in stage.regions.of("PRESERVED")]
        for span in kept or [Span(self.area().end, self.ram)]:
            blocks.append(Block(span, "kept", "Preserved where it was"))
        return blocks

    @staticmethod
    def copy_name(row: Region) -> str:
        """The name of a region that firmware wrote."""
        return "Copy of boot memory" if row.label == "DUMP" else "Registers"

    def vmcore(self) -> list[Block]:
        """The dump's segments at their physical addresses."""
        blocks: list[Block] = []
        at = 0
        for load in sorted(self.results.loads, key=lambda one: one.paddr):
            if load.paddr > at:
                blocks.append(Block(Span(at, load.paddr), "hole", "not in the dump", "soft"))
            copied = load.paddr < self.boot_top()
            blocks.append(Block(load.span, "copy" if copied else "kept",
                                "Boot memory as it was" if copied else "Everything else"))
            at = load.span.end
        return blocks


class TimeLine:
    """The steps from the crash to a machine that is armed again."""

    STEPS = (("crash", "reset", "boot", "Firmware saves", "panic to reset"),
             ("reset", "captured", "busy", "Capture boot", "reset to shell"),
             ("captured", "saved", "copy", "Save", "makedumpfile"),
             ("saved", "released", "kept", "Release", "all memory in use"),
             ("released", "rearmed", "area", "Arm", "registered again"))

    def __init__(self, results: Results) -> None:
        self.results = results
        self.total = results.since_crash("rearmed")

    def draw(self) -> str:
        """One row for each step, on a common time axis."""
        scale = (WIDTH - LEFT - 90) / self.total
        parts, y = [self.axis(scale)], 34
        for start, end, kind, title, under in self.STEPS:
            begin, finish = self.results.since_crash(start), self.results.since_crash(end)
            x, width = LEFT + begin * scale, max((finish - begin) * scale, 3)
            parts.append(
                f'<text class="bold" x="0" y="{y + 12}">{title}</text>'
                f'<text class="tiny" x="0" y="{y + 27}">{under}</text>'
                f'<rect class="{kind}" x="{x:.1f}" y="{y + 2}" width="{width:.1f}" height="24" '
                f'rx="4"><title>{title}: {begin:.2f} s to {finish:.2f} s</title></rect>'
                f'<text class="soft" x="{x + width + 8:.1f}" y="{y + 18}">'
                f'{seconds(finish - begin)}</text>')
            y += 42
        return (f'<svg viewBox="0 0 {WIDTH} {y}" role="img" aria-label="Time line">'
                f'{"".join(parts)}</svg>')

    def axis(self, scale: float) -> str:
        """Seconds along the top, with vertical lines."""
        step = next(step for step in (0.5, 1, 2, 5, 10, 30, 60, 300, 3600)
                    if self.total / step <= 10)
        parts: list[str] = []
        bottom = 34 + 42 * len(self.STEPS)
        for number in range(int(self.total / step) + 1):
            x = LEFT + number * step * scale
            parts.append(f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="22" y2="{bottom}"/>'
                         f'<text class="tiny" x="{x:.1f}" y="14" text-anchor="middle">'
                         f'{number * step:g} s</text>')
        return "".join(parts)


def seconds(value: float) -> str:
    """A time as text; short times in milliseconds."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


class Page:
    """The page with its drawings and tables."""

    def __init__(self, results: Results) -> None:
        self.results = results

    def html(self) -> str:
        """The whole page."""
        body = [self.head(), self.tiles()]
        if len(self.results.stages) == 3:
            body.append(self.section("Memory at each stage", MEMORY_NOTE,
                                     MemoryMap(self.results).draw()))
        if all(end in self.results.times for _, end, *_ in TimeLine.STEPS):
            body.append(self.section("From the crash back to production", TIME_NOTE,
                                     TimeLine(self.results).draw()))
        body.append(self.section("Phases", "", self.phases()))
        if self.results.crash:
            body.append(self.section("The panic task, as crash shows it", "", self.backtrace()))
        if self.results.cpus:
            body.append(self.section("Registers of every CPU", CPU_NOTE, self.registers()))
        if self.results.stages:
            body.append(self.section("The kernel's fadump_region", REGION_NOTE, self.regions()))
        body.append(self.section("Files", "", self.files()))
        return ("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                f"<title>Firmware-assisted dump: demo</title><style>{STYLE}</style></head>"
                f"<body><main>{''.join(body)}</main></body></html>\n")

    @staticmethod
    def section(title: str, note: str, inner: str) -> str:
        """A section of the page."""
        text = f'<p class="note">{esc(note)}</p>' if note else ""
        return f"<section><h2>{esc(title)}</h2>{text}{inner}</section>"

    def head(self) -> str:
        """Title and verdict."""
        results = self.results
        chip = ('<span class="chip bad">failed</span>' if results.failure
                else '<span class="chip">passed</span>')
        release = results.facts.get("release", "")
        failure = f"<pre>{esc(results.failure)}</pre>" if results.failure else ""
        return (f'<div class="head"><h1>Firmware-assisted dump, from crash to production</h1>{chip}'
                f'</div><p class="note">Linux {esc(release)} on QEMU\'s {esc(results.machine)}: '
                "registered, crashed, saved by firmware, captured, released and armed again, "
                f"without a second reboot.</p>{failure}")

    def tiles(self) -> str:
        """The main results as large numbers."""
        results, tiles = self.results, []
        if "rearmed" in results.times:
            tiles.append((seconds(results.since_crash("rearmed")), "from the crash to armed again"))
        if "dump_bytes" in results.facts:
            tiles.append((readable_size(results.facts["dump_bytes"]),
                          f"saved out of {readable_size(results.ram_bytes)} of memory"))
        if results.stages:
            tiles.append((readable_size(results.stages[0].regions.boot_memory),
                          "boot memory that firmware copies"))
        if results.cpus:
            tiles.append((str(len(results.cpus)), "CPUs with registers in the dump"))
        inner = "".join(f'<div class="tile"><b>{esc(big)}</b><span>{esc(small)}</span></div>'
                        for big, small in tiles)
        return f'<div class="tiles">{inner}</div>'

    def phases(self) -> str:
        """Each phase, its time, its verdict."""
        rows = "".join(
            f"<tr><td>{'✓' if phase.ok else '✗'} {esc(phase.title)}</td>"
            f'<td class="num">{duration(phase.seconds)}</td><td>{esc(phase.verdict)}</td></tr>'
            for phase in self.results.phases)
        return ('<table><tr><th>Phase</th><th style="text-align:right">Time</th><th>Verdict</th>'
                f"</tr>{rows}</table>")

    def backtrace(self) -> str:
        """crash's backtrace without registers, with the sysrq handler marked."""
        lines = [line for line in self.results.crash.get("bt", "").splitlines()
                 if re.match(r"PID:|\s*#\d+ ", line)]
        text = esc("\n".join(lines))
        return "<pre>" + re.sub(r"(sysrq_handle_crash)", r"<mark>\1</mark>", text) + "</pre>"

    def registers(self) -> str:
        """One foldable table for each CPU."""
        return "".join(self.one_cpu(cpu) for cpu in self.results.cpus)

    @staticmethod
    def one_cpu(cpu: Cpu) -> str:
        """The registers of one CPU."""
        named = [(name, cpu.special[name]) for name in
                 ("nip", "link", "msr", "ctr", "xer", "ccr", "dar", "dsisr")]
        named += [(f"r{number}", value) for number, value in enumerate(cpu.gpr)]
        cells = "".join(f"<span><i>{name}</i>{value:016x}</span>" for name, value in named)
        crashed = " <em>crashed here</em>" if cpu.crashed else ""
        return (f"<details{' open' if cpu.crashed else ''}><summary><b>CPU {cpu.number}</b> "
                f'<code>{esc(cpu.where)}</code>{crashed}</summary><div class="regs">{cells}</div>'
                "</details>")

    def regions(self) -> str:
        """The unchanged content of fadump_region at each stage."""
        parts: list[str] = []
        for stage in self.results.stages:
            parts.append(f"<details open><summary><b>{esc(stage.name)}</b></summary>"
                         f"<pre>{esc(stage.text)}</pre></details>")
            if stage.layout.strip():
                parts.append(f"<details><summary>{esc(stage.name)}, fadump_layout</summary>"
                             f"<pre>{esc(stage.layout)}</pre></details>")
        return "".join(parts)

    def files(self) -> str:
        """The paths of all files."""
        rows = "".join(f"<tr><td>{esc(name)}</td><td><code>{esc(path)}</code></td></tr>"
                       for name, path in self.results.files().items())
        return f"<table>{rows}</table>"


MEMORY_NOTE = (
    "To scale, from address 0 at the left. Before the crash the dump area is a CMA area, which "
    "applications can use. At the crash firmware copies boot memory into it; the next kernel "
    "runs in boot memory alone and preserves all other memory until the dump is released. "
    "Point at a block for its addresses.")
TIME_NOTE = "Seconds of this host since the request for the crash."
CPU_NOTE = ("From the NT_PRSTATUS notes of /proc/vmcore: registers that firmware saved, and for "
            "the crashing CPU those that the kernel saved.")
REGION_NOTE = "debugfs, powerpc/fadump_region at each stage."


def write_report(results: Results, path: Path) -> None:
    """Write the page."""
    path.write_text(Page(results).html(), encoding="utf-8")
