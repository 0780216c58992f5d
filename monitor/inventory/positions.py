"""Distances on the ground, and the box that holds whatever is near. Positions in degrees WGS 84, lengths in metres."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, atan2, cos, degrees, radians, sin, sqrt

from sqlalchemy import ColumnElement, FromClause, and_

EARTH_RADIUS_M = 6_371_008.8
_METRES_A_DEGREE = 111_195.0
# At the poles a degree of longitude is nothing; nobody registers a camera there.
_SMALLEST_COSINE = 0.01


@dataclass(frozen=True, slots=True)
class Position:
    latitude: float
    longitude: float


def distance_m(one: Position, other: Position) -> float:
    """Along the great circle (haversine)."""
    south, north = radians(one.latitude), radians(other.latitude)
    half_up = sin((north - south) / 2) ** 2
    half_along = sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(half_up + cos(south) * cos(north) * half_along))


def bearing_deg(one: Position, other: Position) -> float:
    """Where ``other`` lies as seen from ``one``: degrees clockwise from north, 0 ≤ … < 360."""
    south, north = radians(one.latitude), radians(other.latitude)
    along = radians(other.longitude - one.longitude)
    east = sin(along) * cos(north)
    up = cos(south) * sin(north) - sin(south) * cos(north) * cos(along)
    return degrees(atan2(east, up)) % 360


def near(table: FromClause, centre: Position, radius_m: float) -> ColumnElement[bool]:
    """For a WHERE: the box around a circle, by the index on latitude and longitude. Its corners lie outside."""
    up = radius_m / _METRES_A_DEGREE
    along = up / max(cos(radians(centre.latitude)), _SMALLEST_COSINE)
    return and_(
        table.c.latitude.between(centre.latitude - up, centre.latitude + up),
        table.c.longitude.between(centre.longitude - along, centre.longitude + along),
    )
