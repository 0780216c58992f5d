"""``/register``: a device is registered at the foot of its pole, with a network or without."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from device_adapters.core.registry import adapters
from monitor.inventory.kinds import EstablishmentKind, LocationKind
from monitor.web.access import Registrar
from monitor.web.headers import permissions
from monitor.web.pages import Pages

KINDS = ("camera", "mast", "bell", "gong")


def register_page_router(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/register")
    def form(request: Request, _registrar: Registrar) -> Response:
        words = {
            "kinds": KINDS,
            "location_kinds": list(LocationKind),
            "establishment_kinds": list(EstablishmentKind),
            "adapters": list(adapters()),
        }
        response = pages.framed(request, "register.html", "/register", words)
        response.headers["Permissions-Policy"] = permissions("camera", "geolocation")
        return response

    return router
