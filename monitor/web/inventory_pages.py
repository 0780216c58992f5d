"""``/devices``: the device list; ``/falls``: what goes down most often. What stands on them they ask of ``/api/v1``."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from monitor.inventory.kinds import Conformity, Consent, Funding, Lifecycle, OwnerKind
from monitor.web.falls import Days
from monitor.web.pages import Pages

# What many devices may be given at once: one of a few words, or a text. Who is retired stays so, and has a way of its
# own; a plan is only made at a registration.
BULK_WORDS = {
    "funding": tuple(Funding),
    "owner_kind": tuple(OwnerKind),
    "consent": tuple(Consent),
    "qcvn135": tuple(Conformity),
    "lifecycle": (Lifecycle.ACTIVE, Lifecycle.MAINTENANCE),
}
PERIODS = (1, 7, 30)  # days; single steps of devices are kept no longer
BULK_TEXTS = ("group_id", "custodian_id", "retention_days", "test_interval_days", "power_feeder", "network_provider")


def inventory_pages_router(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/devices")
    def devices(request: Request) -> Response:
        return pages.framed(request, "inventory/devices.html", "/devices", {"bulk_words": BULK_WORDS})

    @router.get("/falls")
    def falls(request: Request, days: Days = PERIODS[1]) -> Response:
        periods = sorted({*PERIODS, days})
        return pages.framed(request, "inventory/falls.html", "/devices", {"days": days, "periods": periods})

    @router.get("/bell-tests")
    def bell_tests(request: Request) -> Response:
        return pages.framed(request, "bell_tests/page.html", "/bell-tests")

    return router
