"""``/``: the duty officer's desk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from monitor import metrics
from monitor.web.access import ALARM_ROLES, INVENTORY_ROLES, Identity, identity_of
from monitor.web.pages import Pages
from monitor.web.ports import Desk


def desk_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def show(request: Request, identity: Annotated[Identity, Depends(identity_of)]) -> Response:
        user = identity.user
        values = {
            "user": user,
            "can_acknowledge": user.role in ALARM_ROLES,
            "can_register": user.role in INVENTORY_ROLES,
            "post_name": desk.settings.post_name,
            "version": metrics.product_version(),
        }
        return pages.page(request, "desk.html", values)

    return router
