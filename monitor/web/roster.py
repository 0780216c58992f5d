"""``/api/v1/roster``: who stands duty when, where nobody does, and a table of watches taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field, StringConstraints

from monitor.errors import Refusal
from monitor.inventory.audit import Edit
from monitor.inventory.roster_table import Known, RosterLine, read_roster, words_in
from monitor.inventory.territory import Territory
from monitor.journal import watches
from monitor.journal.accounts import Role, User
from monitor.journal.times import begin_of, iso, today
from monitor.journal.watches import NewWatch, add_watches
from monitor.machines.roster import DESK, gaps
from monitor.pipeline.roster import watch_of
from monitor.web.access import ALARM_ROLES, Within, only
from monitor.web.alarms import Instant
from monitor.web.ports import Desk
from monitor.web.schemas import (
    AREA_PATTERN,
    LARGEST_ID,
    REFUSALS,
    Answer,
    Answers,
    Day,
    Failure,
    Identifier,
    Moment,
    Question,
)

ROSTER_ROLES = frozenset({Role.COMMANDER, Role.ADMINISTRATOR})
Planner = Annotated[User, Depends(only(ROSTER_ROLES))]
WatchId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such watch"}}
_REFUSED: Answers = {
    409: {"model": Failure, "description": "`role`, `way`, `order`, `no_area`, `no_person`: it cannot be so"}
}


class WatchGiven(Question):
    role: str = Field(min_length=1, max_length=24, description="of `roles`")
    name: Name = Field(description="what people call whoever stands it: a role, never a person")
    starts_at: Instant
    ends_at: Instant
    area_id: Annotated[str, StringConstraints(pattern=AREA_PATTERN)] | None = Field(
        default=None, description="for it and all below; the whole post where it is left out"
    )
    person_id: Identifier | None = Field(default=None, description="whose numbers the inventory has")
    way: str | None = Field(default=None, max_length=200, pattern=r"^[^:\s]+:\S.*$", description="`channel:address`")


class WatchTold(Answer):
    id: int
    role: str
    name: str
    starts_at: Moment
    ends_at: Moment
    area_id: str | None
    area_name: str | None
    person_id: str | None
    channel: str | None = Field(description="of its own way; the address is not told")


class GapTold(Answer):
    role: str
    starts_at: Moment
    ends_at: Moment


class Roster(Answer):
    first: date
    last: date
    roles: list[str] = Field(description="the desk, then whom the chains name")
    items: list[WatchTold]
    gaps: list[GapTold] = Field(description="from now on; whom the settings name is told meanwhile")


class Added(Answer):
    added: int


class Removal(Question):
    is_removed: bool = Field(description="false puts it on the roster again")


class TableGiven(Question):
    text: str = Field(min_length=1, max_length=200_000, description="cells by tabs, semicolons or commas")
    is_dry_run: bool = True


class ProblemTold(Answer):
    what: Literal["columns", "day", "hour", "role", "area", "way"]
    value: str
    suggestion: str | None


class LineTold(Answer):
    number: int
    role: str | None
    name: str
    starts_at: Moment | None
    ends_at: Moment | None
    area_id: str | None
    problems: list[ProblemTold]


class TableTold(Answer):
    added: int = Field(description="none where one line has a problem, or in a dry run")
    lines: list[LineTold]


def roster_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1/roster", tags=["shifts"], responses=REFUSALS)
    _add_reading(router, desk)
    _add_writing(router, desk)
    _add_table(router, desk)
    return router


def roster_between(desk: Desk, within: Territory, first: date, days: int) -> Mapping[str, Any]:
    """As it is told: the watches of these days, and from now on the gaps between them."""
    now, begin, end = desk.clock.now(), begin_of(first), begin_of(first + timedelta(days=days))
    with desk.read() as connection:
        rows = watches.watches_between(connection, begin, end, within)
    roles = roles_of(desk)
    known = [watch_of(row) for row in rows]
    planned = [role for role in roles if any(each.role == role for each in known)]
    told = [gap for role in planned for gap in gaps(known, role, max(begin, now), end)]
    return {
        "first": first,
        "last": first + timedelta(days=days - 1),
        "roles": roles,
        "items": [watch_told(row) for row in rows],
        "gaps": [{"role": gap.role, "starts_at": iso(gap.starts_at), "ends_at": iso(gap.ends_at)} for gap in told],
    }


def roles_of(desk: Desk) -> list[str]:
    return list(dict.fromkeys((DESK, *desk.duty_roles())))


def watch_told(row: Mapping[str, Any]) -> Mapping[str, Any]:
    plain = {name: row[name] for name in ("id", "role", "name", "person_id", "area_name")}
    moments = {"starts_at": iso(row["starts_at"]), "ends_at": iso(row["ends_at"])}
    channel = row["way"].partition(":")[0] if row["way"] else None
    return {**plain, **moments, "area_id": row["scope_id"] or None, "channel": channel}


def _add_reading(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="Who stands duty when", response_model=Roster, dependencies=[Depends(only(ALARM_ROLES))])
    def roster(
        within: Within,
        first: Annotated[Day | None, Query(alias="from", description="today, where it is left out")] = None,
        days: Annotated[int, Query(ge=1, le=62)] = 7,
    ) -> Mapping[str, Any]:
        """One's own area's watches and those of the whole post. A role that the roster never names has no gaps."""
        return roster_between(desk, within, first or today(desk.clock.now()), days)


def _add_writing(router: APIRouter, desk: Desk) -> None:
    @router.post("", summary="Enter a watch", status_code=201, response_model=Added, responses=_REFUSED)
    async def enter(given: WatchGiven, planner: Planner, within: Within) -> Mapping[str, Any]:
        """One that stands there already is left as it is."""
        if given.role not in roles_of(desk):
            raise Refusal(f"no chain names the role {given.role}", "role")
        if given.way and (channel := given.way.partition(":")[0]) not in desk.channels():
            raise Refusal(f"there is no channel {channel} in channels.toml", "way")
        fields = given.model_dump(exclude={"area_id"})
        new = NewWatch(**fields, scope_id=given.area_id or "")
        return {"added": await _write(desk, [new], planner, within)}

    @router.post("/{watch_id}/removal", summary="Take it off, or put it back", status_code=204, responses=_UNKNOWN)
    async def remove(watch_id: WatchId, given: Removal, planner: Planner, within: Within) -> None:
        by = Edit(planner.name, desk.clock.now(), "form")
        await desk.write(lambda tx: watches.set_removed(tx, watch_id, given.is_removed, by, within))


def _add_table(router: APIRouter, desk: Desk) -> None:
    @router.post("/table", summary="Take in a table", response_model=TableTold)
    async def table(given: TableGiven, planner: Planner, within: Within) -> Mapping[str, Any]:
        """All of it or nothing: every problem of every line at once, each with what may have been meant."""
        lines = await to_thread.run_sync(partial(_read, desk, given.text, within))
        is_fine = bool(lines) and not any(line.problems for line in lines)
        added = 0
        if is_fine and not given.is_dry_run:
            added = await _write(desk, [_new(line) for line in lines], planner, within)
        return {"added": added, "lines": [_line_told(line) for line in lines]}


async def _write(desk: Desk, news: Sequence[NewWatch], planner: User, within: Territory) -> int:
    by = Edit(planner.name, desk.clock.now(), "form")
    return await desk.write(lambda tx: add_watches(tx, news, by, within))


def _read(desk: Desk, text: str, within: Territory) -> list[RosterLine]:
    words = words_in(text)
    with desk.read() as connection:
        areas = watches.areas_named(connection, words, within)
        people = watches.people_named(connection, words) if within.is_everywhere else {}
    known = Known(roles_of(desk), areas, people, sorted(desk.channels()), today(desk.clock.now()))
    lines = read_roster(text, known)
    # Whoever is bound to an area enters watches of that area.
    return [line if line.scope_id or within.scope is None else _in(line, within.scope) for line in lines]


def _in(line: RosterLine, scope: str) -> RosterLine:
    return RosterLine(**{**asdict(line), "scope_id": scope, "problems": line.problems})


def _new(line: RosterLine) -> NewWatch:
    if line.role is None or line.starts_at is None or line.ends_at is None:
        raise Refusal(f"line {line.number} is not complete")  # it has a problem then, and was told
    return NewWatch(line.role, line.name, line.starts_at, line.ends_at, line.scope_id, line.person_id, line.way)


def _line_told(line: RosterLine) -> Mapping[str, Any]:
    plain = {name: getattr(line, name) for name in ("number", "role", "name")}
    moments = {"starts_at": iso(line.starts_at), "ends_at": iso(line.ends_at)}
    return {**plain, **moments, "area_id": line.scope_id or None, "problems": [asdict(each) for each in line.problems]}
