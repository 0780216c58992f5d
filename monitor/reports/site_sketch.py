"""What stands around the place of a call, drawn: the place in the middle, north up, its nearest eyes numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, dist, radians, sin
from typing import Any

# The drawing is 2 × EDGE wide and high, its middle 0, 0; marks keep off the edge.
EDGE = 100
_FULL = 88
# A camera's view is not in the inventory: half of the 56° that a 6 mm lens has on a 1/2.7" sensor.
HALF_ANGLE = 28
_CONE = 26
# Several eyes of one pole, and the call itself, cover each other: a mark goes where there is room, as near as may be.
_APART = 17
_ROOM = [(0.0, 0.0)] + [(turn, _APART * ring) for ring in (1.0, 1.9, 2.8) for turn in range(0, 360, 45)]
# The rings tell how far: the smallest of these that has all of them inside.
_REACHES_M = (50, 100, 200, 400, 800, 1_600, 4_000, 8_000)


@dataclass(frozen=True, slots=True)
class EyeMark:
    """``x``, ``y``: of the mark, ``stands``: of the eye. ``number``: as in the list. ``is_working``: None, unknown.
    ``cone``: what it sees, an SVG path, or nothing.
    """

    id: str
    number: int
    x: float
    y: float
    stands: tuple[float, float]
    is_working: bool | None
    cone: str


@dataclass(frozen=True, slots=True)
class SiteSketch:
    """``rings``: radius in the drawing, and what it is in metres; the widest last."""

    marks: tuple[EyeMark, ...]
    rings: tuple[tuple[float, int], ...]


def sketch_of(eyes: Sequence[Mapping[str, Any]]) -> SiteSketch | None:
    """``eyes``: each with ``id``, ``distance_m``, ``bearing_deg`` (seen from the place, clockwise from north),
    ``looks_deg`` and ``is_working``. None: there is none to draw.
    """
    if not eyes:
        return None
    furthest = max(eye["distance_m"] for eye in eyes)
    reach = next((each for each in _REACHES_M if each >= furthest), _REACHES_M[-1])
    taken = [(0.0, 0.0)]
    marks = []
    for number, eye in enumerate(eyes, 1):
        stands = _at(eye["bearing_deg"], min(eye["distance_m"] * _FULL / reach, _FULL))
        taken.append(_free(stands, taken))
        cone = _cone(*stands, eye["looks_deg"])
        marks.append(EyeMark(eye["id"], number, *taken[-1], stands, eye["is_working"], cone))
    return SiteSketch(tuple(marks), ((_FULL / 2, reach // 2), (_FULL, reach)))


def _free(stands: tuple[float, float], taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    around = [(stands[0] + east, stands[1] + south) for east, south in (_at(*each) for each in _ROOM)]
    inside = [spot for spot in around if max(map(abs, spot)) <= EDGE - _APART / 2]
    return next((spot for spot in inside if all(dist(spot, other) >= _APART for other in taken)), stands)


def _cone(x: float, y: float, looks_deg: float | None) -> str:
    if looks_deg is None:
        return ""
    (left, up), (right, down) = (_at(looks_deg + side, _CONE) for side in (-HALF_ANGLE, HALF_ANGLE))
    return f"M{x:.1f} {y:.1f}l{left:.1f} {up:.1f}A{_CONE} {_CONE} 0 0 1 {x + right:.1f} {y + down:.1f}Z"


def _at(degrees: float, distance: float) -> tuple[float, float]:
    """North is up, and y grows downwards."""
    return round(distance * sin(radians(degrees)), 1), round(-distance * cos(radians(degrees)), 1)
