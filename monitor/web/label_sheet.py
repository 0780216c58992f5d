"""Labels for devices, 24 on a sheet of A4 (70 × 37 mm): a QR code, the id, the name, the topic. SVG, nothing outside.

Lengths in millimetres. The secret stands on it only where somebody gives it, just after it was issued: nobody can
look it up later.
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
# Characters that fit beside the code, in Inter and with room to spare: of the name, of the topic, of the secret.
_LINE, _TOPIC, _SECRET = 18, 28, 13
_ROOM_MM, _CAPITAL = 34.0, 0.72  # and how wide a bold capital is, of its size
_GREY = "#77828c"


@dataclass(frozen=True, slots=True)
class Label:
    """``topic``: empty where nobody knows. ``secret``: None on every label but the first."""

    device_id: str
    name: str
    topic: str
    secret: str | None = None

    @property
    def code(self) -> str:
        """What the QR code says: ``chuong:BELL-1?topic=anninh/v1/bell/BELL-1``."""
        said = {name: word for name, word in (("topic", self.topic), ("secret", self.secret)) if word}
        return f"chuong:{self.device_id}{'?' if said else ''}{urlencode(said, safe='/')}"


@dataclass(frozen=True, slots=True)
class Lettering:
    """One line of text; ``x``, ``y``: the left end of its foot, ``size``: of the font."""

    x: float
    y: float
    size: float
    text: str
    is_bold: bool = False


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
    squares = "".join(f"M{x:.3f} {y:.3f}h{side:.3f}v{side:.3f}h-{side:.3f}z" for x, y, side in code_squares(label))
    yield f'<path d="{squares}"/>'
    for line in lettering(label):
        weight = 700 if line.is_bold else 400
        where = f'x="{line.x:g}" y="{line.y:g}" font-size="{line.size:g}" font-weight="{weight}"'
        yield f"<text {where}>{escape(line.text)}</text>"
    yield "</g>"


def code_squares(label: Label) -> Iterator[tuple[float, float, float]]:
    """The dark modules as (x, y, side). Error correction M: a label outdoors gets scratched."""
    qr = segno.make(label.code, error="m", micro=False)
    side, top = _QR_MM / qr.symbol_size(border=0)[0], (LABEL_MM[1] - _QR_MM) / 2
    for y, line in enumerate(qr.matrix):
        for x, is_dark in enumerate(line):
            if is_dark:
                yield _MARGIN_MM + x * side, top + y * side, side


def lettering(label: Label) -> Iterator[Lettering]:
    """What stands beside the code, line by line."""
    left, down = _MARGIN_MM + _QR_MM + 2.5, 8.5
    yield Lettering(left, down, min(4.4, _ROOM_MM / _CAPITAL / len(label.device_id)), label.device_id, is_bold=True)
    for line in _lines(label.name):
        down += 4.2
        yield Lettering(left, down, 3.2, line)
    for line in _pieces(label.topic, _TOPIC):
        down += 3.4
        yield Lettering(left, down, 2.2, line)
    for line in _pieces(label.secret or "", _SECRET):
        down += 3.6
        yield Lettering(left, down, 2.6, line, is_bold=True)


def _lines(name: str) -> list[str]:
    """Two lines at most, broken between words; what does not fit is left out, and that is told."""
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + len(word) < _LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(word[:_LINE])
    return lines if len(lines) < 3 else [lines[0], f"{lines[1]}…"]


def _pieces(text: str, most: int) -> list[str]:
    return [text[start : start + most] for start in range(0, len(text), most)][:3]
