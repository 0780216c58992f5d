"""The devices of a story: those of the demo commune's tables it names, and its own."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from simulator.commune import DATA
from simulator.scenario.shapes import DeviceClass, Scenario

HELP = {"robbery": "hold_up"}


@dataclass(frozen=True, slots=True)
class Member:
    """``kind``: the help a bell calls for. ``behind``: who speaks for it. ``is_of_commune``: out of a table."""

    device_id: str
    device_class: DeviceClass
    kind: str = "hold_up"
    feeder: str | None = None
    behind: str | None = None
    is_mute: bool = False
    is_of_commune: bool = False

    @property
    def has_battery(self) -> bool:
        return self.device_class == "bell"


@dataclass(frozen=True, slots=True)
class Cast:
    members: dict[str, Member]

    @property
    def feeders(self) -> set[str]:
        return {each.feeder for each in self.members.values() if each.feeder}

    def on_feeder(self, feeder: str) -> list[Member]:
        return [each for each in self.members.values() if each.feeder == feeder]

    def behind(self, device_id: str) -> list[Member]:
        return [each for each in self.members.values() if each.behind == device_id]


def cast_of(scenario: Scenario) -> Cast:
    """The story's own devices go before those of a table with the same name."""
    members = {each.device_id: each for table in scenario.scenario.inventory for each in members_of_table(table)}
    for entry in scenario.device:
        members[entry.id] = Member(
            entry.id,
            entry.device_class,
            kind=entry.kind or "hold_up",
            feeder=entry.feeder,
            behind=entry.behind,
            is_mute=entry.is_mute,
        )
    return Cast(members)


@cache
def members_of_table(name: str) -> tuple[Member, ...]:
    # utf-8-sig: the files carry a byte order mark, because office programs need one to show Vietnamese.
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if name == "residential_groups.csv":
        return ()
    if name == "alarm_bells.csv":
        return tuple(_button(row) for row in rows)
    return tuple(
        Member(row["device_id"], "camera", feeder=row["power_feeder"] or None, is_of_commune=True) for row in rows
    )


def _button(row: dict[str, str]) -> Member:
    first = row["alarm_types"].split(",")[0]
    return Member(row["device_id"], "bell", kind=HELP.get(first, first), is_of_commune=True)
