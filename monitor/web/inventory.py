"""``/api/v1/inventory``: the devices as a list is read: looked for, filtered, sorted, counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints

from monitor.journal.device_list import device_rows, facet_names
from monitor.journal.device_search import DeviceFinder, DeviceQuestion, Facet, SortBy
from monitor.journal.times import unix_ms
from monitor.web.access import Within
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer, Question

_Chosen = Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=100)]


class Asked(Question):
    """What is looked for, and in what order. The filters may repeat; an empty value: devices that have none."""

    q: str = Field(default="", max_length=200, description="words, an id, a serial, a whole phone number, an area")
    kind: _Chosen = Field(default=[])
    area: _Chosen = Field(default=[], description="a group, or any area above it")
    state: _Chosen = Field(default=[])
    keeper: _Chosen = Field(default=[])
    funding: _Chosen = Field(default=[])
    lifecycle: _Chosen = Field(default=[], description="none: all but RETIRED")
    test: _Chosen = Field(default=[], description="overdue, on_time")
    sort: SortBy = SortBy.RELEVANCE
    desc: bool = False

    def question(self) -> DeviceQuestion:
        chosen = {facet: tuple(getattr(self, facet)) for facet in Facet}
        return DeviceQuestion(self.q, chosen, self.sort, self.desc)


class PageAsked(Asked):
    offset: int = Field(default=0, ge=0, le=10_000_000)
    limit: int = Field(default=100, ge=1, le=500)


class InventoryRow(Answer):
    """One line of the list. Times are Unix milliseconds."""

    id: str
    version: str = Field(description="what a change must name")
    kind: str = Field(description="the class; mast for a camera eye on a high mast")
    name: str
    place: str | None
    position: str | None
    group_id: str | None
    group_name: str | None
    area_id: str | None
    keeper: str | None
    lifecycle: str
    is_out_of_service: bool = Field(description="taken out by a commander; its calls for help ring all the same")
    state: str
    since_at: int | None
    last_seen_at: int | None
    battery_pct: float | None


class InventoryPage(Answer):
    offset: int
    items: list[InventoryRow]


class FacetValue(Answer):
    value: str = Field(description="what the filter takes; empty: devices that have none")
    name: str | None = Field(description="of an area or a keeper; null where the value is a word of the product")
    count: int | None = Field(description="null: of a state, while the monitor is blind and nobody knows")


class InventoryFacets(Answer):
    total: int = Field(description="devices that are found")
    facets: dict[Facet, list[FacetValue]]


def inventory_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["inventory"], responses=REFUSALS)

    @router.get("/inventory", summary="Devices as a list shows them", response_model=InventoryPage)
    def page(asked: Annotated[PageAsked, Query()], within: Within) -> Mapping[str, Any]:
        """Found with or without Vietnamese marks; as written comes first. Retired ones only where `lifecycle` asks."""
        with desk.read() as connection:
            finder = DeviceFinder(connection, asked.question(), within, desk.clock.now())
            rows = device_rows(connection, finder.page(asked.offset, asked.limit))
        lives = desk.lives_of(row["id"] for row in rows)
        return {"offset": asked.offset, "items": [_row(row, lives.get(row["id"])) for row in rows]}

    @router.get("/inventory/facets", summary="How many there are of what", response_model=InventoryFacets)
    def facets(asked: Annotated[Asked, Query()], within: Within) -> Mapping[str, Any]:
        """Each facet is counted as if nothing were chosen in it."""
        with desk.read() as connection:
            finder = DeviceFinder(connection, asked.question(), within, desk.clock.now())
            total, counted = finder.facets()
            named = facet_names(connection, counted)
        if desk.health().get("blind_since_at"):
            named[Facet.STATE] = [{**value, "count": None} for value in named[Facet.STATE]]
        return {"total": total, "facets": named}

    return router


def _row(row: Mapping[str, Any], life: Any) -> Mapping[str, Any]:
    known = life or row["life"]
    told = {name: value for name, value in row.items() if name != "life"}
    return {
        **told,
        "state": known.state,
        "since_at": unix_ms(known.since_at),
        "last_seen_at": unix_ms(known.last_seen_at),
        "battery_pct": known.battery_pct,
    }
