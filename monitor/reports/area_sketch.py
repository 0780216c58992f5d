"""The devices of an area as a drawing to look at and to print: north up, each by its shape, a bar to tell how far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

WIDTH, HEIGHT = 320, 180
_MARGIN = 20
_METRES_A_DEGREE = 111_195.0
# One pole alone is not drawn as large as a house.
_LARGEST_SCALE = 0.6
_BARS_M = (5_000, 2_000, 1_000, 500, 200, 100, 50, 20)
_LONGEST_BAR = 70


@dataclass(frozen=True, slots=True)
class Standing:
    """A device with its position in degrees WGS 84. ``kind``: household, street, mast, bell…"""

    id: str
    name: str
    kind: str
    state: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Drawn:
    what: Standing
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class AreaSketch:
    """``reach``: an SVG path around all of them; ``bar``: its length in the drawing, and in metres."""

    marks: tuple[Drawn, ...]
    reach: str
    bar: tuple[float, int]


def sketch_of_area(devices: Sequence[Standing]) -> AreaSketch | None:
    """None: no device has a position."""
    if not devices:
        return None
    squeeze = cos(radians(devices[0].latitude))
    east = [device.longitude * _METRES_A_DEGREE * squeeze for device in devices]
    north = [device.latitude * _METRES_A_DEGREE for device in devices]
    wide, high = max(east) - min(east), max(north) - min(north)
    scale = min(_LARGEST_SCALE, (WIDTH - 2 * _MARGIN) / max(wide, 1.0), (HEIGHT - 2 * _MARGIN) / max(high, 1.0))
    west, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2
    marks = tuple(
        Drawn(device, round(west + (x - min(east)) * scale, 1), round(top + (max(north) - y) * scale, 1))
        for device, x, y in zip(devices, east, north, strict=True)
    )
    metres = next((each for each in _BARS_M if each * scale <= _LONGEST_BAR), _BARS_M[-1])
    return AreaSketch(marks, _around({(mark.x, mark.y) for mark in marks}), (round(metres * scale, 1), metres))


def _around(points: set[tuple[float, float]]) -> str:
    """The convex hull (Andrew's monotone chain); of one or two points, these."""
    ordered = sorted(points)
    corners = [*_half(ordered)[:-1], *_half(ordered[::-1])[:-1]] or ordered
    return "M" + "L".join(f"{x} {y}" for x, y in corners) + "Z"


def _half(ordered: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    kept: list[tuple[float, float]] = []
    for point in ordered:
        while len(kept) > 1 and _turn(kept[-2], kept[-1], point) <= 0:
            kept.pop()
        kept.append(point)
    return kept


def _turn(one: tuple[float, float], other: tuple[float, float], third: tuple[float, float]) -> float:
    return (other[0] - one[0]) * (third[1] - one[1]) - (other[1] - one[1]) * (third[0] - one[0])
