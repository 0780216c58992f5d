"""``/import``: a list is tried, decided on row by row, written as a whole, and taken back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from monitor.inventory.spreadsheets.columns import Kind
from monitor.web.access import Registrar
from monitor.web.pages import Pages


def import_page_router(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/import")
    def lists(request: Request, _registrar: Registrar) -> Response:
        return pages.framed(request, "import.html", "/import", {"kinds": list(Kind)})

    return router
