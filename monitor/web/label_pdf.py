"""The same labels as a PDF for a printer, sheet after sheet.

Letters are drawn as outlines of the product's own font: a PDF's built-in fonts have no Vietnamese, and so nothing
depends on what the printer has. Written by hand after ISO 32000-1: pages, paths, one compressed stream a page.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from fontTools.pens.basePen import BasePen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from monitor.web.label_sheet import COLUMNS, LABEL_MM, ROWS, SHEET_MM, Label, Lettering, code_squares, lettering
from monitor.web.static_files import STATIC

_FONTS = ("inter-latin", "inter-vietnamese", "inter-latin-ext")
_POINTS_A_MM = 72 / 25.4
_BOLDER_MM = 0.12  # the outline of bold letters is drawn as thick as this


class _Outline(BasePen):  # type: ignore[misc]
    """A glyph's curves as PDF path operators, in the font's own units; the names are the library's."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.path: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.path.append(f"{pt[0]:g} {pt[1]:g} m")

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.path.append(f"{pt[0]:g} {pt[1]:g} l")

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802
        numbers = (*pt1, *pt2, *pt3)
        self.path.append(" ".join(f"{number:g}" for number in numbers) + " c")

    def _closePath(self) -> None:  # noqa: N802
        self.path.append("h")


@cache
def _glyph(letter: str) -> tuple[str, float]:
    """Path and width of a letter in the fonts' own units; a box where no font has it."""
    for font in _fonts():
        if (name := font.getBestCmap().get(ord(letter))) is not None:
            glyphs = font.getGlyphSet()
            pen = _Outline(glyphs)
            glyphs[name].draw(pen)
            return " ".join(pen.path), glyphs[name].width
    return "200 0 m 1000 0 l 1000 1400 l 200 1400 l h", 1200.0


@cache
def _fonts() -> tuple[Any, ...]:
    return tuple(TTFont(STATIC / "vendor" / "fonts" / f"{name}.woff2") for name in _FONTS)


def _units() -> float:
    return float(_fonts()[0]["head"].unitsPerEm)


def sheets_pdf(labels: Sequence[Label]) -> bytes:
    a_sheet = COLUMNS * ROWS
    pages = [labels[start : start + a_sheet] for start in range(0, len(labels), a_sheet)] or [labels]
    width, height = (side * _POINTS_A_MM for side in SHEET_MM)
    box = f"[0 0 {width:.2f} {height:.2f}]"
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
    ]
    for number, page in enumerate(pages):
        drawn = zlib.compress("\n".join(_page(page)).encode())
        content = f"{4 + 2 * number} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Resources << >> /Contents {content} >>".encode())
        head = f"<< /Length {len(drawn)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + drawn + b"\nendstream")
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    written, starts = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        starts.append(len(written))
        written += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return bytes(written) + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def _page(labels: Sequence[Label]) -> Iterator[str]:
    """In millimetres from the top left, as on the SVG: turned over, for a PDF counts from the bottom."""
    yield f"{_POINTS_A_MM:.6f} 0 0 {-_POINTS_A_MM:.6f} 0 {SHEET_MM[1] * _POINTS_A_MM:.4f} cm"
    for place, label in enumerate(labels):
        row, column = divmod(place, COLUMNS)
        yield f"q 1 0 0 1 {column * LABEL_MM[0]:g} {row * LABEL_MM[1]:g} cm"
        yield f"0.1 w 0.47 0.51 0.55 RG 0 0 {LABEL_MM[0]:g} {LABEL_MM[1]:g} re S 0 0 0 RG"
        yield from (f"{x:.4f} {y:.4f} {side:.4f} {side:.4f} re" for x, y, side in code_squares(label))
        yield "f"
        for line in lettering(label):
            yield from _letters(line)
        yield "Q"


def _letters(line: Lettering) -> Iterator[str]:
    scale, x = line.size / _units(), line.x
    paint = f"{_BOLDER_MM / scale:g} w B" if line.is_bold else "f"
    for letter in line.text:
        path, width = _glyph(letter)
        if path:
            yield f"q {scale:.8f} 0 0 {-scale:.8f} {x:.4f} {line.y:.4f} cm {path} {paint} Q"
        x += width * scale
