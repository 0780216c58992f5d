"""``/api/v1/people``: who keeps and who answers, in one's own territory. ``/api/v1/audit``: what people did."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field
from sqlalchemy import Connection

from monitor.inventory.audit import Edit, verify
from monitor.inventory.contacts import Holder, people_page, reveal
from monitor.inventory.territory import Territory
from monitor.journal.accounts import Role, User
from monitor.journal.audit_queries import AuditFilter, audit_page
from monitor.web.access import Within, everywhere_only, only
from monitor.web.alarms import Instant
from monitor.web.cursors import from_cursor, id_from_cursor, to_cursor
from monitor.web.ports import Desk
from monitor.web.schemas import ID_PATTERN, REFUSALS, Answer, Answers, Failure, Moment

AUDIT_ROLES = frozenset({Role.COMMANDER, Role.ADMINISTRATOR})
# Who may have to call somebody. Readers count; they do not call.
CONTACT_ROLES = frozenset(Role) - {Role.READER, Role.PROVINCE_READER}
Caller = Annotated[User, Depends(only(CONTACT_ROLES))]
Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=200)]


class ContactShown(Answer):
    id: str
    kind: str
    name: str | None
    value: str = Field(description="masked in lists: 09•• ••• 123")
    rank: int = Field(description="whom to call first")


class PersonShown(Answer):
    holder: Holder
    id: str
    name: str = Field(description="a role's or an office's name")
    roles: list[str]
    contacts: list[ContactShown]


class PeoplePage(Answer):
    items: list[PersonShown]
    next: str | None


class ContactsSeen(Answer):
    contacts: list[ContactShown]


class AuditRow(Answer):
    id: int
    at: Moment
    actor: str
    source: str = Field(description="the form, file or program it came by")
    entity: str
    entity_id: str
    change: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    hash: str = Field(description="binds it to the row before it")


class AuditPage(Answer):
    items: list[AuditRow]
    next: str | None


class ChainShown(Answer):
    rows: int = Field(description="how many are in order")
    broken_at: int | None = Field(description="the first row that does not fit; null: none")
    head: str = Field(description="of the newest row in order: kept elsewhere, it shows whether the end was cut off")


def people_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["people"], responses=REFUSALS)
    _add_people(router, desk)
    _add_audit(router, desk)
    _add_chain(router, desk)
    return router


def _add_chain(router: APIRouter, desk: Desk) -> None:
    @router.get(
        "/audit/chain",
        summary="Whether the journal is whole",
        response_model=ChainShown,
        dependencies=[Depends(everywhere_only(AUDIT_ROLES))],
    )
    def chain() -> Mapping[str, Any]:
        """Works the whole chain out anew, as `chuong doctor audit` does."""
        with desk.read() as connection:
            verdict = verify(connection)
        head = f"{verdict.head.id}:{verdict.head.hash}"
        return {"rows": verdict.rows, "broken_at": verdict.broken_at, "head": head}


def _add_people(router: APIRouter, desk: Desk) -> None:
    unknown: Answers = {404: {"model": Failure, "description": "Nobody of that id"}}

    @router.get("/people", summary="Who keeps and who answers, contacts masked", response_model=PeoplePage)
    def people(
        within: Within, holder: Holder = Holder.PERSON, limit: Limit = 100, cursor: Cursor = None
    ) -> Mapping[str, Any]:
        after = from_cursor(cursor)
        with desk.read() as connection:
            items, next_id = people_page(connection, holder, within, limit=limit, after_id=after)
        return {"items": items, "next": to_cursor(next_id)}

    @router.post(
        "/people/{holder}/{holder_id}/contacts",
        summary="Show the contacts of one in full",
        response_model=ContactsSeen,
        responses=unknown,
    )
    async def contacts(
        holder: Holder, holder_id: Annotated[str, Path(pattern=ID_PATTERN)], caller: Caller, within: Within
    ) -> Mapping[str, Any]:
        """Who saw them, and when, is written into the audit journal in the same transaction."""
        by = Edit(caller.name, desk.clock.now(), "api")
        return {"contacts": await desk.write(partial(_reveal, of=(holder, holder_id), within=within, by=by))}


def _reveal(tx: Connection, of: tuple[Holder, str], within: Territory, by: Edit) -> list[dict[str, Any]]:
    return reveal(tx, *of, within, by)


def _add_audit(router: APIRouter, desk: Desk) -> None:
    @router.get(
        "/audit",
        summary="What people did, newest first",
        response_model=AuditPage,
        dependencies=[Depends(only(AUDIT_ROLES))],
    )
    def audit(
        chosen: Annotated[AuditFilter, Depends(_filter)], within: Within, limit: Limit = 100, cursor: Cursor = None
    ) -> Mapping[str, Any]:
        """Of one's own territory. Contacts are masked in it too. The chain: `chuong doctor audit`."""
        before = id_from_cursor(cursor)
        with desk.read() as connection:
            items, next_id = audit_page(connection, chosen, within, limit=limit, before_id=before)
        return {"items": items, "next": to_cursor(next_id)}


def _filter(
    actor: Annotated[str | None, Query(max_length=64)] = None,
    entity: Annotated[str | None, Query(max_length=24, description="a table, or what else is noted")] = None,
    entity_id: Annotated[str | None, Query(max_length=300)] = None,
    since: Annotated[Instant | None, Query(description="at or after, with a time zone")] = None,
    until: Annotated[Instant | None, Query(description="before, with a time zone")] = None,
) -> AuditFilter:
    return AuditFilter(actor, entity, entity_id, since, until)
