"""The shapes of how things have been, over HTTP. Lengths in seconds, days as they are in Vietnam."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from device_adapters.core.contract import DeviceClass
from monitor.inventory.kinds import Level
from monitor.reports.strips import StripOf
from monitor.web.schemas import AREA_PATTERN, ID_PATTERN, Day, Moment

MOST_STRIPS = 200


class PeriodAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    first: Day | None = Field(default=None, alias="from", description="first day, in Vietnam; none: 30 days")
    last: Day | None = Field(default=None, alias="to", description="last day, in Vietnam; none: today")


class AvailabilityAsked(PeriodAsked):
    area: str | None = Field(default=None, pattern=AREA_PATTERN, description="id; none: everywhere")
    level: Level = Field(default=Level.RESIDENTIAL_GROUP, description="of the units")
    device_class: DeviceClass | None = Field(default=None, alias="class", description="none: all that are watched")


class StripsAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: list[Annotated[str, Field(pattern=ID_PATTERN)]] = Field(min_length=1, max_length=MOST_STRIPS)
    of: StripOf = Field(default=StripOf.DAY, description="day: 96 quarters of an hour; quarter: 90 days")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class TimeSpent(_Answer):
    """Seconds, of all devices together. Blind ones are in none of the others."""

    working_s: float
    down_s: float
    unknown_s: float = Field(description="state unknown, as behind a dead gateway; not in the share")
    planned_s: float = Field(description="planned maintenance, or not yet in service; not in the share")
    blind_s: float = Field(description="the monitor itself heard nothing; not in the share")


class Figures(_Answer):
    share: float | None = Field(description="working over working and down, 0 to 1; null: nothing to judge by")
    devices: int
    never_heard: int = Field(description="devices that never gave a sign of life; not in the share")
    spent: TimeSpent


class UnitFigures(Figures):
    id: str
    name: str


class AvailabilityAnswer(_Answer):
    area: str | None = Field(description="null: everywhere")
    level: Level
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    whole: Figures
    before: Figures = Field(description="of the adjacent previous period, of equal length")
    blind_s: float = Field(description="how long the monitor itself heard nothing")
    units: list[UnitFigures]
    lines: dict[str, list[str]] = Field(description="the same in words, with what was left out; by language")


class StripsAnswer(_Answer):
    began_at: Moment
    cell_s: int
    ids: list[str]
    strips: list[str] = Field(
        description="a letter a cell: w worked, h partly down, d down, m planned maintenance, b nothing heard by the "
        "monitor or nothing known, n never heard yet"
    )


class SpanTold(_Answer):
    state: str
    began_at: Moment
    ended_at: Moment | None = Field(description="null: it lasts, or lasts beyond the period")
    is_planned: bool
    changes: int = Field(description="more than 1: a busy day that was merged, and the last state of it")


class BlindTold(_Answer):
    began_at: Moment
    ended_at: Moment


class HeardTold(_Answer):
    day: date
    hours: list[int] = Field(description="how often it was heard in each hour of the day in Vietnam")


class HistoryAnswer(_Answer):
    device_id: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    share: float | None
    spent: TimeSpent
    spans: list[SpanTold] = Field(description="oldest first; the newest 1000")
    blind: list[BlindTold]
    heard: list[HeardTold]


class GapTold(_Answer):
    kind: str = Field(description="lost: numbers that never came; restart: it began to count anew")
    run: str = Field(description="within which it counts: a boot, a session")
    first_seq: int
    last_seq: int
    lost: int
    noticed_at: Moment


class GapsAnswer(_Answer):
    device_id: str
    lost: int = Field(description="messages that it counted and that never came")
    restarts: int
    items: list[GapTold] = Field(description="newest first")
