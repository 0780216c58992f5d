"""What a whole row must fulfil, kind by kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from monitor.inventory.spreadsheets.columns import Column, Kind
from monitor.inventory.spreadsheets.coordinates import distance_m, in_words
from monitor.inventory.spreadsheets.dates import in_words as day_in_words
from monitor.inventory.spreadsheets.known import Known, KnownGroup
from monitor.inventory.spreadsheets.nearness import nearest
from monitor.inventory.spreadsheets.problems import Code, Finding, error, question
from monitor.inventory.spreadsheets.values import Values

Found = tuple[Column, Finding]

REQUIRED: MappingProxyType[Kind, tuple[Column, ...]] = MappingProxyType(
    {
        Kind.AREAS: (Column.AREA_ID, Column.LEVEL, Column.NAME),
        Kind.GROUPS: (Column.GROUP_ID, Column.NAME, Column.AREA_ID),
        Kind.CAMERAS: (Column.DEVICE_ID,),
        Kind.BELLS: (Column.DEVICE_ID, Column.ESTABLISHMENT),
        Kind.PEOPLE: (Column.PERSON_ID, Column.NAME, Column.ROLE),
        Kind.HOUSEHOLDS: (Column.OWNER, Column.EYES),
    }
)
_REFERENCES: MappingProxyType[Kind, tuple[Column, ...]] = MappingProxyType(
    {
        Kind.AREAS: (Column.PARENT_AREA_ID, Column.SUCCESSOR_AREA_ID),
        Kind.GROUPS: (Column.AREA_ID,),
        Kind.CAMERAS: (Column.AREA_ID,),
    }
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a row is checked against. ``area_ids``: those known, and those of this very list."""

    kind: Kind
    known: Known
    area_ids: frozenset[str]
    is_one_eye_each: bool = False  # the list does not count eyes


def check(values: Values, group: KnownGroup | None, around: Surroundings, unread: frozenset[Column]) -> Iterator[Found]:
    """What is wrong with the row beyond its single cells; ``unread``: columns that have an error of their own."""
    for column in REQUIRED[around.kind]:
        if values.text(column) is None and column not in unread:
            yield column, error(Code.REQUIRED)
    yield from _references(values, around)
    yield from _not_yours(values, around)
    yield from _days(values, around)
    yield from _outside(values, group, around)
    if around.kind in {Kind.CAMERAS, Kind.HOUSEHOLDS}:
        yield from _no_position(values, unread)
    if around.kind is Kind.HOUSEHOLDS:
        yield from _consent(values, unread)


def _references(values: Values, around: Surroundings) -> Iterator[Found]:
    for column in _REFERENCES.get(around.kind, ()):
        named = values.several(column) or tuple(filter(None, [values.text(column)]))
        for area_id in named:
            if area_id not in around.area_ids:
                near = nearest(area_id, sorted(around.area_ids), most=3)
                yield column, error(Code.REFERENCE_UNKNOWN, *near, x=area_id)


def _not_yours(values: Values, around: Surroundings) -> Iterator[Found]:
    """Nothing of what is behind a taken id is told: only that it cannot be used."""
    for column, ids in around.known.taken.items():
        if (named := values.text(column)) is not None and named in ids:
            yield column, error(Code.ID_TAKEN, x=named)
    scopes = around.known.scopes
    if around.kind is Kind.PEOPLE and scopes is not None:
        if not (named_scopes := values.several(Column.SCOPE)):
            yield Column.SCOPE, error(Code.REQUIRED)
        for scope in named_scopes:
            if scope not in scopes:
                yield Column.SCOPE, error(Code.REFERENCE_UNKNOWN, *nearest(scope, sorted(scopes), most=3), x=scope)


def _days(values: Values, around: Surroundings) -> Iterator[Found]:
    first, last = values.day(Column.VALID_FROM), values.day(Column.VALID_TO)
    if first and last and last < first:
        yield Column.VALID_TO, error(Code.DAYS_REVERSED, x=day_in_words(first), y=day_in_words(last))
    installed = values.day(Column.INSTALLED_ON)
    if installed and around.known.today and installed > around.known.today:
        yield Column.INSTALLED_ON, question(Code.DAY_IN_FUTURE, day_in_words(installed), x=day_in_words(installed))


def _outside(values: Values, group: KnownGroup | None, around: Surroundings) -> Iterator[Found]:
    if group is None or group.latitude is None or group.longitude is None or values.position is None:
        return
    far_m = distance_m(values.position, (group.latitude, group.longitude))
    if far_m > around.known.outside_m:
        yield Column.COORDINATES, question(Code.OUTSIDE_GROUP, in_words(values.position), n=round(far_m), y=group.name)


def _no_position(values: Values, unread: frozenset[Column]) -> Iterator[Found]:
    if values.text(Column.LOCATION) is None and values.position is None and Column.COORDINATES not in unread:
        yield Column.LOCATION, error(Code.NO_POSITION)


def _consent(values: Values, unread: frozenset[Column]) -> Iterator[Found]:
    match values.text(Column.CONSENT):
        case "given":
            return
        case "refused":
            yield Column.CONSENT, question(Code.CONSENT_REFUSED, None)
        case _ if Column.CONSENT not in unread:
            yield Column.CONSENT, question(Code.NO_CONSENT, None)
