"""What a row would become: plain records of each kind, checked and not yet rows of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from monitor.inventory.spreadsheets.columns import Column, Kind
from monitor.inventory.spreadsheets.values import Values
from monitor.inventory.spreadsheets.words import first_meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaDraft:
    """``valid_to``: its last day. Position in degrees WGS 84, as in every draft."""

    id: str
    level: str
    name: str
    official_code: str | None
    parent_id: str | None
    valid_from: date | None
    valid_to: date | None
    successor_ids: tuple[str, ...]
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    id: str
    name: str
    slug: str | None
    area_id: str | None
    beat_id: str | None
    board_id: str | None
    eyes_expected: int | None
    latitude: float | None
    longitude: float | None
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EyeDraft:
    """One eye: a row of a list of cameras, or one of the ``eye_count`` eyes of a household's row.

    ``device_id`` and ``site_id`` are None where the list gives none. ``area_id``: where it counts that stands in no
    group. ``funding``, ``location_kind``, ``qcvn135`` and
    ``consent`` hold the values of ``inventory.kinds``. ``is_active`` is False while the consent is missing.
    """

    device_id: str | None
    site_id: str | None
    eye_no: int
    eye_count: int
    group_id: str | None
    area_id: str | None
    location_kind: str | None
    location: str | None
    latitude: float | None
    longitude: float | None
    funding: str | None
    custodian: str | None
    beat_id: str | None
    watch_method: str | None
    retention_days: int | None
    power_feeder: str | None
    is_high_mast: bool
    installed_on: date | None
    qcvn135: str | None
    owner: str | None
    street_address: str | None
    phones: tuple[str, ...]
    camera_type: str | None
    maker: str | None
    serial: str | None
    direction: str | None
    recorder: str | None
    consent: str | None
    note: str | None
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BellDraft:
    """One button. ``alarm_kinds``: values of ``AlarmKind``."""

    device_id: str
    establishment_id: str | None
    establishment: str
    establishment_kind: str | None
    group_id: str | None
    button_no: int | None
    button_position: str | None
    is_silent_at_site: bool
    rings_at: str | None
    alarm_kinds: tuple[str, ...]
    heartbeat_s: int | None
    test_interval_days: int | None
    latitude: float | None
    longitude: float | None
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    id: str
    name: str
    role: str
    unit: str | None
    scopes: tuple[str, ...]
    phones: tuple[str, ...]
    note: str | None


Draft = AreaDraft | GroupDraft | EyeDraft | BellDraft | PersonDraft


def drafts_of(kind: Kind, values: Values) -> tuple[Draft, ...]:
    """What the row becomes; a household of four eyes becomes four. Only for rows without open problems."""
    match kind:
        case Kind.AREAS:
            return (_area(values),)
        case Kind.GROUPS:
            return (_group(values),)
        case Kind.CAMERAS:
            return (_eye(values, values.number(Column.EYE_NO) or 1, 1, is_active=True),)
        case Kind.BELLS:
            return (_bell(values),)
        case Kind.PEOPLE:
            return (_person(values),)
        case Kind.HOUSEHOLDS:
            count = values.number(Column.EYES) or 0
            is_active = values.text(Column.CONSENT) == "given"
            return tuple(_eye(values, number, count, is_active=is_active) for number in range(1, count + 1))


def _area(values: Values) -> AreaDraft:
    latitude, longitude = values.position or (None, None)
    return AreaDraft(
        id=values.text(Column.AREA_ID) or "",
        level=values.text(Column.LEVEL) or "",
        name=values.text(Column.NAME) or "",
        official_code=values.text(Column.OFFICIAL_CODE),
        parent_id=values.text(Column.PARENT_AREA_ID),
        valid_from=values.day(Column.VALID_FROM),
        valid_to=values.day(Column.VALID_TO),
        successor_ids=values.several(Column.SUCCESSOR_AREA_ID),
        latitude=latitude,
        longitude=longitude,
    )


def _group(values: Values) -> GroupDraft:
    latitude, longitude = values.position or (None, None)
    return GroupDraft(
        id=values.text(Column.GROUP_ID) or "",
        name=values.text(Column.NAME) or "",
        slug=values.text(Column.SLUG),
        area_id=values.text(Column.AREA_ID),
        beat_id=values.text(Column.BEAT_ID),
        board_id=values.text(Column.BOARD_ID),
        eyes_expected=values.number(Column.EYES_EXPECTED),
        latitude=latitude,
        longitude=longitude,
        source=values.text(Column.SOURCE),
    )


def _eye(values: Values, number: int, count: int, *, is_active: bool) -> EyeDraft:
    latitude, longitude = values.position or (None, None)
    location = values.text(Column.LOCATION)
    return EyeDraft(
        device_id=values.text(Column.DEVICE_ID),
        site_id=values.text(Column.SITE_ID),
        eye_no=number,
        eye_count=count,
        group_id=values.text(Column.GROUP_ID),
        area_id=values.text(Column.AREA_ID),
        location_kind=values.text(Column.LOCATION_KIND) or first_meaning("location_kind", location or ""),
        location=location,
        latitude=latitude,
        longitude=longitude,
        funding=values.text(Column.FUNDING),
        custodian=values.text(Column.CUSTODIAN),
        beat_id=values.text(Column.BEAT_ID),
        watch_method=values.text(Column.WATCH_METHOD),
        retention_days=values.number(Column.RETENTION_DAYS),
        power_feeder=values.text(Column.POWER_FEEDER),
        is_high_mast=values.text(Column.CAMERA_CLASS) == "high_mast",
        installed_on=values.day(Column.INSTALLED_ON),
        qcvn135=values.text(Column.QCVN135),
        owner=values.text(Column.OWNER),
        street_address=values.text(Column.STREET_ADDRESS),
        phones=values.several(Column.PHONE),
        camera_type=values.text(Column.CAMERA_TYPE),
        maker=values.text(Column.MAKER),
        serial=values.text(Column.SERIAL),
        direction=values.text(Column.DIRECTION),
        recorder=values.text(Column.RECORDER),
        consent=values.text(Column.CONSENT),
        note=values.text(Column.NOTE),
        is_active=is_active,
    )


def _bell(values: Values) -> BellDraft:
    latitude, longitude = values.position or (None, None)
    return BellDraft(
        device_id=values.text(Column.DEVICE_ID) or "",
        establishment_id=values.text(Column.ESTABLISHMENT_ID),
        establishment=values.text(Column.ESTABLISHMENT) or "",
        establishment_kind=values.text(Column.ESTABLISHMENT_KIND),
        group_id=values.text(Column.GROUP_ID),
        button_no=values.number(Column.BUTTON_NO),
        button_position=values.text(Column.BUTTON_POSITION),
        # A bell that nobody described is taken for a silent one: never suggest calling it back.
        is_silent_at_site=values.text(Column.SOUND_AT_SITE) != "audible",
        rings_at=values.text(Column.RINGS_AT),
        alarm_kinds=values.several(Column.ALARM_KINDS),
        heartbeat_s=values.number(Column.HEARTBEAT_S),
        test_interval_days=values.number(Column.TEST_INTERVAL_DAYS),
        latitude=latitude,
        longitude=longitude,
        source=values.text(Column.SOURCE),
    )


def _person(values: Values) -> PersonDraft:
    return PersonDraft(
        id=values.text(Column.PERSON_ID) or "",
        name=values.text(Column.NAME) or "",
        role=values.text(Column.ROLE) or "",
        unit=values.text(Column.UNIT),
        scopes=values.several(Column.SCOPE),
        phones=values.several(Column.PHONE),
        note=values.text(Column.NOTE),
    )
