"""``/``: the duty officer's desk. ``/wall``: the same, to be read from three metres."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from monitor import metrics
from monitor.web.pages import Pages


def desk_router(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def show(request: Request) -> Response:
        return pages.framed(request, "desk.html", "/", {"version": metrics.product_version()})

    @router.get("/wall")
    def wall(request: Request) -> Response:
        return pages.framed(request, "wall.html", "/wall")

    return router
