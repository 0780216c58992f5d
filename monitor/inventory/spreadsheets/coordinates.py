"""Positions in degrees WGS 84: decimal point or comma, degrees-minutes-seconds, one column or two, and swapped."""

from __future__ import annotations

import re
from math import asin, cos, radians, sin, sqrt

from monitor.inventory.spreadsheets.cells import Cell, shown
from monitor.inventory.spreadsheets.problems import Code, Finding, error, fixed
from monitor.inventory.spreadsheets.readings import written

Position = tuple[float, float]

# Vietnam with its islands. No latitude in it can be one of its longitudes, so a swapped pair is always seen.
_LATITUDES, _LONGITUDES = (6.0, 24.0), (101.0, 118.0)
_DECIMAL = re.compile(r"-?\d{1,3}(?:[.,]\d+)?")
_SIGNS = r"\u00b0\u00ba\u02da\u2032\u2019\u2033\u201d'\"dms\s"
_SEXAGESIMAL = re.compile(
    rf"([NSEW])?\s*(\d{{1,3}})[{_SIGNS}]+(\d{{1,2}})[{_SIGNS}]+(\d{{1,2}}(?:[.,]\d+)?)?[{_SIGNS}]*([NSEW])?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*;\s*|\s*,\s+|\s+|(?<=\d)\s*,\s*(?=\d{2,3}\.)|\|")
_EARTH_M = 6_371_000


def read_position(latitude: Cell, longitude: Cell) -> tuple[Position | None, Finding | None]:
    """(latitude, longitude) of two cells; None where both are empty."""
    texts = shown(latitude).strip(), shown(longitude).strip()
    if not any(texts):
        return None, None
    return _position(texts[0], texts[1])


def read_coordinates(cell: Cell) -> tuple[Position | None, Finding | None]:
    """(latitude, longitude) of one cell that holds both."""
    text = shown(cell).strip()
    if not text:
        return None, None
    if len(pair := [found[0] for found in _SEXAGESIMAL.finditer(text)]) == 2:
        return _position(pair[0], pair[1])
    parts = [part for part in _BETWEEN.split(text) if part]
    return _position(parts[0], parts[1]) if len(parts) == 2 else (None, _invalid(text))


def distance_m(one: Position, other: Position) -> float:
    """Great-circle distance in metres."""
    (lat_1, lon_1), (lat_2, lon_2) = (tuple(map(radians, position)) for position in (one, other))
    half = sin((lat_2 - lat_1) / 2) ** 2 + cos(lat_1) * cos(lat_2) * sin((lon_2 - lon_1) / 2) ** 2
    return 2 * _EARTH_M * asin(sqrt(half))


def in_words(position: Position) -> str:
    return f"{written(position[0])}, {written(position[1])}"


def _position(first: str, second: str) -> tuple[Position | None, Finding | None]:
    seen = f"{first}, {second}"
    latitude, longitude = _degrees(first), _degrees(second)
    if latitude is None or longitude is None:
        return None, _invalid(seen)
    if _is_in_vietnam(latitude, longitude):
        position = latitude, longitude
        is_plain = all(text.replace(".", "", 1).isdigit() for text in (first, second))
        return position, None if is_plain else _fixed(Code.POSITION_REWRITTEN, seen, position)
    if _is_in_vietnam(longitude, latitude):
        position = longitude, latitude
        return position, _fixed(Code.POSITION_SWAPPED, seen, position)
    return None, _invalid(seen)


def _degrees(text: str) -> float | None:
    if _DECIMAL.fullmatch(text):
        return float(text.replace(",", "."))
    if parts := _SEXAGESIMAL.fullmatch(text):
        seconds = float((parts[4] or "0").replace(",", "."))
        return round(int(parts[2]) + int(parts[3]) / 60 + seconds / 3600, 6)
    return None


def _is_in_vietnam(latitude: float, longitude: float) -> bool:
    return _LATITUDES[0] <= latitude <= _LATITUDES[1] and _LONGITUDES[0] <= longitude <= _LONGITUDES[1]


def _fixed(code: Code, seen: str, position: Position) -> Finding:
    return fixed(code, in_words(position), x=seen, y=in_words(position))


def _invalid(seen: str) -> Finding:
    return error(Code.POSITION_INVALID, x=seen)
