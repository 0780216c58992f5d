"""Labels for devices, 24 on a sheet of A4 (70 × 37 mm): a QR code, the id, the name, the topic. SVG, nothing outside.

The secret stands on it only where somebody gives it, just after it was issued: nobody can look it up later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import segno

SHEET_MM = (210.0, 297.0)
COLUMNS, ROWS = 3, 8
LABEL_MM = (SHEET_MM[0] / COLUMNS, SHEET_MM[1] / ROWS)
_QR_MM, _MARGIN_MM = 27.0, 4.0
_LINE = 25  # characters of the name that fit beside the code
_GREY = "#77828c"


@dataclass(frozen=True, slots=True)
class Label:
    """``secret``: None on every label but the first."""

    device_id: str
    name: str
    topic: str
    secret: str | None = None

    @property
    def code(self) -> str:
        """What the QR code says: ``chuong:BELL-1?topic=anninh/v1/bell/BELL-1``."""
        said = {"topic": self.topic} | ({"secret": self.secret} if self.secret else {})
        return f"chuong:{self.device_id}?{urlencode(said, safe='/')}"


def sheet(labels: Sequence[Label]) -> str:
    """As many sheets as are needed, one below the other: a printer breaks them at their height."""
    a_sheet = COLUMNS * ROWS
    sheets = max(1, -(-len(labels) // a_sheet))
    width, height = SHEET_MM[0], SHEET_MM[1] * sheets
    drawn = "".join(part for place, label in enumerate(labels) for part in _label(label, place))
    size = f'width="{width:g}mm" height="{height:g}mm" viewBox="0 0 {width:g} {height:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Inter, Arial, sans-serif">'
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>{drawn}</svg>'
    )


def _label(label: Label, place: int) -> Iterator[str]:
    row, column = divmod(place, COLUMNS)
    x, y = column * LABEL_MM[0], row * LABEL_MM[1]
    yield f'<g transform="translate({x:g} {y:g})">'
    yield f'<rect width="{LABEL_MM[0]:g}" height="{LABEL_MM[1]:g}" fill="none" stroke="{_GREY}" stroke-width="0.1"/>'
    yield _code(label)
    left, down = _MARGIN_MM + _QR_MM + 2.5, 8.5
    yield _text(left, down, 4.4, label.device_id, weight=700)
    for line in _lines(label.name):
        down += 4.2
        yield _text(left, down, 3.2, line)
    for line in _pieces(label.topic):
        down += 3.4
        yield _text(left, down, 2.4, line)
    if label.secret:
        for line in _pieces(label.secret):
            down += 3.6
            yield _text(left, down, 2.8, line, weight=700)
    yield "</g>"


def _code(label: Label) -> str:
    """Error correction M: a label outdoors gets scratched."""
    qr = segno.make(label.code, error="m", micro=False)
    modules = qr.symbol_size(border=0)[0]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, line in enumerate(qr.matrix) for x, is_dark in enumerate(line) if is_dark)
    scale, top = _QR_MM / modules, (LABEL_MM[1] - _QR_MM) / 2
    return f'<path transform="translate({_MARGIN_MM:g} {top:g}) scale({scale:.5f})" d="{path}"/>'


def _text(x: float, y: float, size: float, text: str, weight: int = 400) -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" font-weight="{weight}">{escape(text)}</text>'


def _lines(name: str) -> list[str]:
    """Two lines at most, broken between words; what does not fit is left out and said to be."""
    lines = [""]
    for word in name.split():
        if len(lines[-1]) + len(word) < _LINE:
            lines[-1] = f"{lines[-1]} {word}".strip()
        else:
            lines.append(word[:_LINE])
    return [line for line in lines[:2] if line][:1] + [f"{each}…" if len(lines) > 2 else each for each in lines[1:2]]


def _pieces(text: str, most: int = 27) -> list[str]:
    return [text[start : start + most] for start in range(0, len(text), most)][:3]
