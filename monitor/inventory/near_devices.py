"""Is this device registered already? What stands where it stands, and what has its number or the one beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.positions import Position, distance_m, near
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory

_DEVICE = core(Device)
SAME_PLACE_M = 15.0
_MOST = 5
_LAST_NUMBER = re.compile(r"(.*?)(\d{1,15})(\D*)", re.DOTALL)


class SerialMatch(StrEnum):
    SAME = "same"
    ADJACENT = "adjacent"


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody is about to register."""

    device_class: str
    at: Position | None = None
    serial: str | None = None
    is_high_mast: bool = False


@dataclass(frozen=True, slots=True)
class NearDevice:
    """``distance_m``: None where either has no position; ``serial_match``: None where the numbers say nothing."""

    id: str
    name: str
    device_class: str
    place: str | None
    street_address: str | None
    group_name: str | None
    serial: str | None
    distance_m: float | None
    serial_match: SerialMatch | None


def devices_near(connection: Connection, asked: Question, within: Territory) -> list[NearDevice]:
    """Same number first, then the nearest; retired devices are no duplicates."""
    alive = (_DEVICE.c.lifecycle != Lifecycle.RETIRED) & within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id)
    found: dict[str, RowMapping] = {}
    if asked.at is not None:
        alike = (_DEVICE.c.device_class == asked.device_class) & (_DEVICE.c.is_high_mast == asked.is_high_mast)
        here = near(_DEVICE, asked.at, SAME_PLACE_M) & alike
        found |= {row["id"]: row for row in _rows(connection, here & alive)}
    if asked.serial:
        numbers = {spelled for each in _beside(asked.serial) for spelled in (each, each.upper(), each.lower())}
        found |= {row["id"]: row for row in _rows(connection, _DEVICE.c.serial.in_(numbers) & alive)}
    told = [each for row in found.values() if _is_worth_telling(each := _told(row, asked))]
    return sorted(told, key=_urgency)[:_MOST]


def _rows(connection: Connection, chosen: Any) -> list[RowMapping]:
    return list(connection.execute(select(_DEVICE).where(chosen).limit(500)).mappings())


def _beside(serial: str) -> tuple[str, ...]:
    """The number itself and those one below and one above: ``DH-0917A`` → ``DH-0916A``, ``DH-0917A``, ``DH-0918A``."""
    match = _LAST_NUMBER.fullmatch(serial.strip())
    if match is None:
        return (serial.strip(),)
    before, digits, after = match.groups()
    numbers = (int(digits) + step for step in (-1, 0, 1))
    return tuple(f"{before}{number:0{len(digits)}}{after}" for number in numbers if number >= 0)


def _told(row: RowMapping, asked: Question) -> NearDevice:
    metres = None
    if asked.at is not None and row["latitude"] is not None:
        metres = distance_m(asked.at, Position(row["latitude"], row["longitude"]))
    return NearDevice(
        id=row["id"],
        name=row["name"],
        device_class=row["device_class"],
        place=row["place"],
        street_address=row["street_address"],
        group_name=row["group_name"],
        serial=row["serial"],
        distance_m=metres,
        serial_match=_match(row["serial"], asked.serial),
    )


def _match(there: str | None, asked: str | None) -> SerialMatch | None:
    if not there or not asked:
        return None
    if there.casefold() == asked.strip().casefold():
        return SerialMatch.SAME
    is_beside = there.casefold() in {each.casefold() for each in _beside(asked)}
    return SerialMatch.ADJACENT if is_beside else None


def _is_worth_telling(device: NearDevice) -> bool:
    """The corners of the box lie beyond the circle."""
    return device.serial_match is not None or (device.distance_m or 0) <= SAME_PLACE_M


def _urgency(device: NearDevice) -> tuple[bool, float, str]:
    metres = float("inf") if device.distance_m is None else device.distance_m
    return device.serial_match is not SerialMatch.SAME, metres, device.id
