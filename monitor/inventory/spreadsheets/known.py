"""What the inventory knows already, as plain values: whoever runs the engine fetches them once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from monitor.inventory.spreadsheets.columns import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGroup:
    """A residential group. ``area_names``: its commune's names, old ones too. Position in degrees WGS 84."""

    id: str
    name: str
    area_names: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEye:
    """A registered eye of a household, by what makes it the same one in a list."""

    device_id: str
    owner: str
    group_id: str
    location: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """``rows``: key → column → text as ``readings.written`` gives it, of the kind of this list, to tell what changes.
    The key is what ``listing.key_of`` makes of a row.

    ``taken``: ids that stand for something the reader may not see. ``scopes``: what people may be responsible for,
    None for anything, also for everything. ``outside_m``: this far from its group's point, a position is asked about.
    ``today`` in Vietnam.
    """

    groups: tuple[KnownGroup, ...] = ()
    eyes: tuple[KnownEye, ...] = ()
    area_ids: frozenset[str] = frozenset()
    rows: Mapping[str, Mapping[Column, str]] = field(default_factory=dict)
    taken: Mapping[Column, Collection[str]] = field(default_factory=dict)
    scopes: frozenset[str] | None = None
    today: date | None = None
    outside_m: float = 2_000


NOTHING_KNOWN = Known()
