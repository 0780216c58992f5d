"""``/api/v1/exports``: the inventory as lists that can be taken in again; who took one away is written down."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from monitor.errors import OutsideTerritory
from monitor.inventory.audit import audit
from monitor.inventory.edits import Edit
from monitor.inventory.imports.exporting import Format, export
from monitor.inventory.spreadsheets.columns import Kind
from monitor.inventory.territory import Territory
from monitor.journal.accounts import Role, User
from monitor.web.access import INVENTORY_ROLES, Within, only
from monitor.web.import_reading import XLSX, file_answer
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS

EXPORT_ROLES = INVENTORY_ROLES | {Role.COMMANDER}
_MEDIA = MappingProxyType({Format.XLSX: XLSX, Format.CSV: "text/csv; charset=utf-8"})


def exports_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["imports"], responses=REFUSALS)

    @router.get(
        "/exports",
        summary="The inventory as a list",
        response_class=Response,
        responses={200: {"content": {media: {} for media in _MEDIA.values()}}},
    )
    async def exports(
        kind: Annotated[Kind, Query(description="households are told as cameras")],
        user: Annotated[User, Depends(only(EXPORT_ROLES))],
        within: Within,
        form: Format = Format.XLSX,
    ) -> Response:
        """What is in use of the reader's territory, without numbers to call. Taken in again, it changes nothing."""
        told = Kind.CAMERAS if kind is Kind.HOUSEHOLDS else kind
        if told is Kind.AREAS and not within.is_everywhere:
            raise OutsideTerritory("a list of areas needs an account that is bound to no area")
        content, count = await to_thread.run_sync(partial(_export, desk, told, within, form))
        by = Edit(user.name, desk.clock.now(), "export")
        detail = {"form": form.value, "rows": count, "scope": within.scope}

        def note(tx: Connection) -> None:
            audit(tx, by, ("export", told.value), "exported", detail)

        await desk.write(note)
        return file_answer(content, f"{told}.{form}", _MEDIA[form])

    return router


def _export(desk: Desk, kind: Kind, within: Territory, form: Format) -> tuple[bytes, int]:
    with desk.read() as connection:
        return export(connection, kind, within, form)
