"""``/devices`` and ``/groups``: who has what, where. The pages; what stands on them they ask of ``/api/v1``."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from monitor.web.pages import Pages


def inventory_pages_router(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/devices")
    def devices(request: Request) -> Response:
        return pages.framed(request, "inventory/devices.html", "/devices")

    @router.get("/groups")
    def groups(request: Request) -> Response:
        return pages.framed(request, "inventory/groups.html", "/groups")

    return router
