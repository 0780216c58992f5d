"""What stands where in the demo commune, read from ``simulator/commune/*.csv``. Positions in degrees WGS 84."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).with_name("commune")


@dataclass(frozen=True, slots=True)
class Group:
    """A residential group (tổ dân phố)."""

    group_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Eye:
    """One camera eye (mắt camera): the unit that is counted. High-mast eyes belong to no group."""

    device_id: str
    group: Group | None
    place: str
    eye_no: int
    latitude: float
    longitude: float
    is_high_mast: bool


@dataclass(frozen=True, slots=True)
class Button:
    """One alarm button. ``is_silent_at_site``: it rings only at the police post."""

    device_id: str
    establishment_id: str
    establishment: str
    group: Group
    button_no: int
    position: str
    is_silent_at_site: bool
    alarm_types: tuple[str, ...]
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Commune:
    groups: tuple[Group, ...]
    eyes: tuple[Eye, ...]
    high_mast: tuple[Eye, ...]
    buttons: tuple[Button, ...]


def load() -> Commune:
    groups = {row["group_id"]: Group(row["group_id"], row["name"]) for row in _rows("residential_groups")}
    return Commune(
        groups=tuple(groups.values()),
        eyes=tuple(_eye(row, groups) for row in _rows("cameras_dinh_van")),
        high_mast=tuple(_eye(row, groups) for row in _rows("cameras_high_mast")),
        buttons=tuple(_button(row, groups) for row in _rows("alarm_bells")),
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    # utf-8-sig: the files carry a byte order mark, because office programs need one to show Vietnamese.
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _eye(row: dict[str, str], groups: dict[str, Group]) -> Eye:
    return Eye(
        device_id=row["device_id"],
        group=groups.get(row["group_id"]),
        place=row["location_note"],
        eye_no=int(row["eye_no"]),
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
        is_high_mast=row["class"] == "high_mast",
    )


def _button(row: dict[str, str], groups: dict[str, Group]) -> Button:
    return Button(
        device_id=row["device_id"],
        establishment_id=row["establishment_id"],
        establishment=row["establishment"],
        group=groups[row["group_id"]],
        button_no=int(row["button_no"]),
        position=row["button_position"],
        is_silent_at_site=row["sound_at_site"] == "silent",
        alarm_types=tuple(row["alarm_types"].split(",")),
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
    )
