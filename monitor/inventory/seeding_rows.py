"""Lines of a commune's tables → rows of the inventory. Pure: looks nothing up and writes nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind
from monitor.inventory.area_tables import SINCE_EVER
from monitor.inventory.areas import ONE_DAY, area_row
from monitor.inventory.folding import fold
from monitor.inventory.kinds import CustodianKind, EstablishmentKind, Funding, Level, LocationKind
from monitor.inventory.seeding_lines import Line
from monitor.inventory.seeding_words import (
    CONFORMITIES,
    CUSTODIANS,
    ESTABLISHMENTS,
    FUNDINGS,
    LOCATIONS,
    OWNERS,
    meaning,
)
from monitor.inventory.succession import Successor
from monitor.inventory.tables import ID, NATIVE

T = TypeVar("T")
Rows = list[dict[str, Any]]
# Our probes and bells speak our own contract, under the device's own id.
AREA_COLUMNS = ("area_id", "level", "name", "official_code", "parent_area_id", "valid_from", "valid_to")
GROUP_COLUMNS = ("group_id", "name", "area_id", "beat_id", "board_id")
CAMERA_COLUMNS = ("device_id", "site_id", "eye_no", "location_kind", "location_note", "custodian", "class")
BELL_COLUMNS = ("device_id", "establishment_id", "establishment", "kind", "button_no", "sound_at_site", "alarm_types")
PEOPLE_COLUMNS = ("person_id", "display_name", "role", "unit", "scope")


@dataclass(frozen=True, slots=True)
class AreaLines:
    """``moves``: first day → area → the parent it has from then on."""

    areas: Rows
    successors: tuple[Successor, ...]
    moves: Mapping[date, Mapping[str, str]]


def area_lines(lines: Sequence[Line]) -> AreaLines:
    """An area's ``successor_area_id`` is what takes over from it, or, on another level, what it stands below next."""
    by_id = {line.need("area_id"): line for line in lines}
    successors: list[Successor] = []
    moves: dict[date, dict[str, str]] = {}
    for line in lines:
        if (next_id := line.text("successor_area_id")) is None:
            continue
        if (heir := by_id.get(next_id)) is None:
            raise line.wrong("successor_area_id", f"there is no area {next_id} in this table")
        begins_on = heir.day("valid_from") or SINCE_EVER
        if heir.need("level") == line.need("level"):
            ended_on = line.day("valid_to")
            effective_on = begins_on if ended_on is None else ended_on + ONE_DAY
            successors.append(Successor(line.need("area_id"), next_id, effective_on))
        else:
            moves.setdefault(begins_on, {})[line.need("area_id")] = next_id
    return AreaLines([_area(line) for line in lines], tuple(successors), moves)


def _area(line: Line) -> dict[str, Any]:
    level = line.need("level")
    if level not in set(Level):
        raise line.wrong("level", f"{level!r} is none of {', '.join(Level)}")
    return area_row(
        line.need("area_id"),
        level,
        line.need("name"),
        official_code=line.text("official_code"),
        parent_id=line.text("parent_area_id"),
        valid_from=line.day("valid_from") or SINCE_EVER,
        valid_to=line.day("valid_to"),
        latitude=line.degrees("lat"),
        longitude=line.degrees("lon"),
    )


def group_rows(lines: Sequence[Line]) -> Rows:
    return [
        area_row(
            line.need("group_id"),
            Level.RESIDENTIAL_GROUP,
            line.need("name"),
            parent_id=line.need("area_id"),
            beat_id=line.text("beat_id"),
            latitude=line.degrees("lat"),
            longitude=line.degrees("lon"),
        )
        for line in lines
    ]


def commune_stubs(lines: Sequence[Line]) -> Rows:
    """Communes that groups name, for a store that has not been told of them: only their id is known."""
    ids = dict.fromkeys(line.need("area_id") for line in lines)
    return [
        area_row(area_id, Level.COMMUNE, area_id, official_code=area_id.partition("@")[0], parent_id=None)
        for area_id in ids
    ]


def beat_rows(lines: Sequence[Line]) -> Rows:
    named = {line.need("beat_id"): line for line in lines if line.text("beat_id")}
    return [{"id": beat_id, "name": beat_id, "area_id": line.text("area_id")} for beat_id, line in named.items()]


def board_rows(lines: Sequence[Line]) -> Rows:
    return [
        {
            "id": line.need("board_id"),
            "name": line.need("name"),
            "kind": CustodianKind.GROUP_BOARD.value,
            "group_id": line.need("group_id"),
        }
        for line in lines
        if line.text("board_id")
    ]


def site_rows(lines: Iterable[Line]) -> Rows:
    """A site stands where its first eye does."""
    rows: dict[str, dict[str, Any]] = {}
    for line in lines:
        kind = _word(line, "location_kind", LOCATIONS, LocationKind.OTHER)
        row = {"id": line.need("site_id"), "name": line.need("location_note"), "location_kind": kind}
        rows.setdefault(row["id"], row | {"group_id": line.text("group_id")} | _position(line))
    return list(rows.values())


def custodian_row(line: Line) -> dict[str, Any] | None:
    text = line.text("custodian")
    return None if text is None else custodian_of(text, line.text("group_id"))


def custodian_of(text: str, group_id: str | None) -> dict[str, Any]:
    """A day in brackets is the last one. ``id`` is made of the name; a board gives way to the one of its group."""
    name = re.split(r"\s*[(→]", text)[0] or text
    valid_to = _last_day(text)
    kind = meaning(CUSTODIANS, name) or CustodianKind.OTHER
    plain = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
    # A name without a letter, or too long for an id, is still one keeper and no other.
    own_id = plain if 0 < len(plain) <= ID else hashlib.sha256(name.encode()).hexdigest()[:24]
    row = {"id": own_id, "name": name, "kind": kind.value}
    its_group = group_id if kind is CustodianKind.GROUP_BOARD else None
    return row | {"group_id": its_group, "valid_to": valid_to, "note": text if text != name else None}


def _last_day(text: str) -> date | None:
    written = re.search(r"\(\D*(\d{1,2})/(\d{1,2})/(\d{4})\)", text)
    try:
        return date(int(written[3]), int(written[2]), int(written[1])) if written else None
    except ValueError:  # the 31st of a short month
        return None


def camera_row(line: Line) -> dict[str, Any]:
    """One eye is one device."""
    funding = Funding(_word(line, "funding", FUNDINGS, Funding.OTHER))
    note, eye_no = line.need("location_note"), line.whole("eye_no")
    return _device(line, DeviceClass.CAMERA, f"{note} – {eye_no}") | {
        "is_high_mast": line.need("class") == "high_mast",
        "place": note,
        "site_id": line.need("site_id"),
        "eye_no": eye_no,
        "watch_method": line.text("adapter"),
        "power_feeder": line.text("power_feeder"),
        "funding": funding.value,
        "owner_kind": OWNERS[funding].value if funding in OWNERS else None,
        "retention_days": line.whole("retention_days") if line.text("retention_days") else None,
        "qcvn135": _word(line, "qcvn135", CONFORMITIES, CONFORMITIES["chua ro"]),
        "installed_on": line.day("installed_on"),
    }


def establishment_rows(lines: Iterable[Line]) -> Rows:
    rows: dict[str, dict[str, Any]] = {}
    for line in lines:
        kind = _word(line, "kind", ESTABLISHMENTS, EstablishmentKind.OTHER)
        row = {"id": line.need("establishment_id"), "name": line.need("establishment"), "kind": kind}
        rows.setdefault(row["id"], row | {"group_id": line.text("group_id")} | _position(line))
    return list(rows.values())


def bell_row(line: Line) -> dict[str, Any]:
    place, position = line.need("establishment"), line.text("button_position")
    return _device(line, DeviceClass.BELL, f"{place} – {position}" if position else place) | {
        "alarm_kind": _alarm_kind(line).value,
        "is_silent_at_site": line.need("sound_at_site") == "silent",
        "place": place,
        "position": position,
        "establishment_id": line.need("establishment_id"),
        "button_no": line.whole("button_no"),
        "rings_at": line.text("rings_at"),
        "supervision_interval_s": float(line.whole("heartbeat_s")) if line.text("heartbeat_s") else None,
        "test_interval_days": line.whole("monthly_test_days") if line.text("monthly_test_days") else None,
    }


def _alarm_kind(line: Line) -> AlarmKind:
    """The first of the kinds named; a word that is none of ours is the tables' own for a hold-up."""
    first = line.need("alarm_types").split(",")[0].strip()
    return AlarmKind(first) if first in set(AlarmKind) else AlarmKind.HOLD_UP


def person_rows(lines: Iterable[Line]) -> Rows:
    rows = (
        {
            "id": line.need("person_id"),
            "name": line.need("display_name"),
            "unit": line.text("unit"),
            "note": line.text("note"),
        }
        for line in lines
    )
    return list({row["id"]: row for row in rows}.values())


def role_rows(lines: Iterable[Line]) -> Rows:
    return [
        {"person_id": line.need("person_id"), "role": line.need("role"), "scope_id": line.text("scope") or ""}
        for line in lines
    ]


def _device(line: Line, device_class: DeviceClass, name: str) -> dict[str, Any]:
    device_id = line.need("device_id")
    row = {"id": device_id, "device_class": device_class.value, "name": name, "adapter": NATIVE, "address": device_id}
    return row | {"group_id": line.text("group_id")} | _position(line)


def _position(line: Line) -> dict[str, float | None]:
    return {"latitude": line.degrees("lat"), "longitude": line.degrees("lon")}


def _word(line: Line, column: str, words: Mapping[str, T], otherwise: T) -> str:
    """The word a cell means; what an empty one means is ``otherwise``. Raises ``Refusal`` for a word nobody knows."""
    if (text := line.text(column)) is None:
        return str(otherwise)
    if (word := meaning(words, text)) is None:
        raise line.wrong(column, f"{text!r} is none of the words for it")
    return str(word)
