"""``/import``: a list is tried, decided on row by row, written as a whole, and taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from monitor.inventory.spreadsheets.columns import Kind
from monitor.journal.accounts import User
from monitor.web.access import INVENTORY_ROLES, only
from monitor.web.pages import Pages

Registrar = Annotated[User, Depends(only(INVENTORY_ROLES))]


def import_page_router(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/import")
    def lists(request: Request, _registrar: Registrar) -> Response:
        return pages.framed(request, "import.html", "/import", {"kinds": list(Kind)})

    return router
