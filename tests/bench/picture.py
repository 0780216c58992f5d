"""The figures of one run as the table and the picture of docs/performance.md: `python -m tests.bench.picture FILE`.

Bars on a scale that takes ten times as much room for a thousand times as much: presses of 1 ms stand beside floods.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

from tests.bench.engine import judge

DOCS = Path(__file__).parents[2] / "docs"
PAGE, PICTURE = DOCS / "performance.md", DOCS / "performance.svg"
BEGIN, END = "<!-- figures: made by tests/bench/picture.py -->", "<!-- end of figures -->"
WIDTH, ROW, NAMES, BARS = 900, 24, 330, 430
Told: TypeAlias = Mapping[str, Any]
_HEARTBEAT, _MEMORY = "a heartbeat, from its bytes to the device's mark, µs", "resident memory for a device, bytes"


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    value: float
    most: float | None = None  # the limit, drawn as a line


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    bars: Sequence[Bar]


def main() -> None:
    told: Told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    PICTURE.write_text(draw(list(panels(told))), encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    PAGE.write_text(before + BEGIN + "\n" + "\n".join(table(told)) + "\n" + END + rest.split(END)[1], encoding="utf-8")


def table(told: Told) -> Iterator[str]:
    """Markdown: what is promised, then everything else that was measured."""
    yield f"\n![What the engine holds]({PICTURE.name})"
    yield "\n| promised | here | at most | |\n|---|---|---|---|"
    for each in judge(told):
        yield f"| {each.name} | {_plain(each.value)} | {_plain(each.most or 0)} | {'' if each.is_kept else 'missed'} |"
    for part in ("core", "burst", "snapshot", "panels"):
        if part in told:
            yield f"\n| {part} | |\n|---|---|"
            figures = ((name, value) for name, value in told[part].items() if isinstance(value, int | float))
            yield from (f"| `{name}` | {_plain(value)} |" for name, value in figures)
    for part, unit in (("rates", "/s"), ("painted", "/s"), ("screens", " screens"), ("growth", " devices")):
        if part in told:
            yield from _across(part, told[part], unit)


def _across(part: str, columns: Mapping[str, Mapping[str, float]], unit: str) -> Iterator[str]:
    yield f"\n| {part} | {' | '.join(f'{int(each):,}{unit}' for each in columns)} |"
    yield "|---|" + "---|" * len(columns)
    for name in next(iter(columns.values())):
        yield f"| {name} | {' | '.join(_plain(each[name]) for each in columns.values())} |"


def _plain(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def panels(told: Told) -> Iterator[Panel]:
    if core := told.get("core"):
        ours, bare = core["us_per_message"], core["bare_us_per_message"]
        bars = [Bar("the whole monitor, committed", ours), Bar("a paho subscriber that only acknowledges", bare)]
        yield Panel("Processor time for a message, µs", bars)
    if rates := told.get("rates"):
        bars = []
        for rate, each in rates.items():
            bars.append(Bar(f"{int(rate):,} messages a second, median", each["press_median_ms"]))
            bars.append(Bar(f"{int(rate):,} messages a second, p99", each["press_p99_ms"], each["press_limit_ms"]))
        yield Panel("From the press to the receipt at its bell, ms", bars)
    if painted := told.get("painted"):
        bars = [
            Bar(f"{int(rate):,} messages a second, median", each["painted_median_ms"]) for rate, each in painted.items()
        ]
        yield Panel("From the press to the glass, ms", bars)
    if screens := told.get("screens"):
        bars = [Bar(f"{count} screens", 100 * each["core"], 15) for count, each in screens.items()]
        yield Panel("Share of a core for live screens, 200 events a second, %", bars)
    if growth := told.get("growth"):
        bars = [Bar(f"{int(size):,} devices", each[_HEARTBEAT]) for size, each in growth.items()]
        yield Panel("Processor time for a heartbeat as the fleet grows, µs", bars)
        bars = [Bar(f"{int(size):,} devices", each[_MEMORY], 512) for size, each in growth.items()]
        yield Panel("Resident memory for a device, bytes", bars)


def draw(shown: Sequence[Panel]) -> str:
    """One SVG, readable on a light page and on a dark one."""
    rows, at = list[str](), 10
    for panel in shown:
        at += ROW + 6
        rows.append(f'<text x="10" y="{at}" class="title">{escape(panel.title)}</text>')
        longest = max(math.log1p(max(bar.value, bar.most or 0)) for bar in panel.bars)
        for bar in panel.bars:
            at += ROW
            rows += _row(bar, at, BARS / longest)
        at += 12
    style = (
        "text{font:14px sans-serif;fill:#777}.title{font-weight:600}"
        "rect{fill:#3b82c4}line{stroke:#c2410c;stroke-width:2}"
    )
    size = f'viewBox="0 0 {WIDTH} {at + 10}" width="{WIDTH}" height="{at + 10}"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">', "<title>What the engine holds</title>"]
    return "\n".join([*lines, f"<style>{style}</style>", *rows, "</svg>", ""])


def _row(bar: Bar, at: int, scale: float) -> Iterator[str]:
    wide = max(1.0, math.log1p(bar.value) * scale)
    yield f'<text x="{NAMES - 8}" y="{at}" text-anchor="end">{escape(bar.name)}</text>'
    yield f'<rect x="{NAMES}" y="{at - 13}" width="{wide:.0f}" height="16"/>'
    if bar.most is not None:
        limit = NAMES + math.log1p(bar.most) * scale
        yield f'<line x1="{limit:.0f}" x2="{limit:.0f}" y1="{at - 16}" y2="{at + 6}"/>'
    yield f'<text x="{NAMES + BARS + 12}" y="{at}">{_plain(bar.value)}</text>'


if __name__ == "__main__":
    main()
