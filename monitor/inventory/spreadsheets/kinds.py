"""Which kind of list a header belongs to: the columns it cannot do without, then how many it knows."""

from __future__ import annotations

from types import MappingProxyType

from monitor.inventory.spreadsheets.columns import Column, Headers, Kind, Matches

# Each set must be met by at least one of its columns.
_NEEDED: MappingProxyType[Kind, tuple[frozenset[Column], ...]] = MappingProxyType(
    {
        Kind.AREAS: (frozenset({Column.AREA_ID}), frozenset({Column.LEVEL}), frozenset({Column.NAME})),
        Kind.GROUPS: (
            frozenset({Column.GROUP_ID}),
            frozenset({Column.NAME}),
            frozenset({Column.AREA_ID, Column.BEAT_ID, Column.BOARD_ID}),
        ),
        Kind.CAMERAS: (frozenset({Column.DEVICE_ID}), frozenset({Column.SITE_ID, Column.EYE_NO, Column.LOCATION})),
        Kind.BELLS: (
            frozenset({Column.DEVICE_ID}),
            frozenset({Column.ESTABLISHMENT, Column.ESTABLISHMENT_ID}),
            frozenset({Column.BUTTON_NO, Column.BUTTON_POSITION, Column.RINGS_AT}),
        ),
        Kind.PEOPLE: (frozenset({Column.PERSON_ID}), frozenset({Column.NAME}), frozenset({Column.ROLE})),
        Kind.HOUSEHOLDS: (
            frozenset({Column.OWNER, Column.STREET_ADDRESS}),
            frozenset({Column.EYES, Column.CAMERA_TYPE, Column.LOCATION, Column.RECORDER}),
            frozenset({Column.PHONE, Column.STREET_ADDRESS, Column.GROUP_NAME, Column.LOCATION}),
        ),
    }
)


def best_kind(headers: Headers) -> tuple[Kind, Matches] | None:
    """The kind that knows the most of these headers; None where none has what it needs."""
    found = ((kind, headers.match(kind)) for kind in Kind)
    fitting = [(kind, matches) for kind, matches in found if _has_needed(kind, matches)]
    return max(fitting, key=lambda each: len(each[1].matched)) if fitting else None


def _has_needed(kind: Kind, matches: Matches) -> bool:
    return all(columns & matches.columns for columns in _NEEDED[kind])
