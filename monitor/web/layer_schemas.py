"""The shapes of plans of rings and their warnings over HTTP."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from monitor.web.schemas import Answer, Moment, Question

LARGEST_PLAN = 200_000


class PlannedUnit(Answer):
    area_id: str
    name: str
    layer: int | None = Field(description="null: a restructuring left it open, and nobody chooses")
    layers: list[int]


class LayerPlanTold(Answer):
    id: str
    name: str
    valid_from: date
    valid_to: date | None
    units: list[PlannedUnit] = Field(description="the centre first")
    restructured: dict[str, list[str]] = Field(description="units that must be layered anew, a line each; by language")


class WarnedPost(Answer):
    id: int
    area_id: str
    name: str
    layer: int | None
    layers: list[int]
    acknowledged_at: Moment | None
    acknowledged_by: str | None
    duty_id: int | None = Field(description="what tells it; null: not told")
    duty: str | None = Field(description="state of that duty")
    cancel_duty_id: int | None
    cancel: str | None


class WarnedRing(Answer):
    layer: int
    after_s: float | None = Field(description="from the beginning; null: on a person's order")
    answer_s: float = Field(description="so long its units have to answer")
    told_at: Moment | None
    told_by: str | None
    raised_at: Moment | None = Field(description="it did not answer in time, and that was told")
    answered: int
    posts: list[WarnedPost]


class LayerWarning(Answer):
    id: int
    plan_id: str
    plan_name: str
    begun_at: Moment
    cancelled_at: Moment | None
    cancelled_by: str | None
    is_settled: bool = Field(description="cancelled, and on its way to everybody who was told")
    rings: list[WarnedRing]
    unlayered: list[WarnedPost] = Field(description="of mixed rings: told by nobody but a person")


class LayersTold(Answer):
    as_of: date
    plans: list[LayerPlanTold]
    warnings: list[LayerWarning] = Field(description="the newest, with the units of one's own territory")


class LayerWarnings(Answer):
    items: list[LayerWarning]


class RingOrdered(Question):
    layer: int = Field(ge=1, le=9)


class PlanGiven(Question):
    content: str = Field(
        max_length=LARGEST_PLAN, description="CSV: ward_code, name, layer, plan_id, valid_from, valid_to"
    )
    is_dry_run: bool = True


class PlanTaken(Answer):
    is_dry_run: bool
    added: int
    changed: int
    same: int
    plans: list[LayerPlanTold] = Field(description="as they stand on their first day")
