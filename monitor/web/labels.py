"""``/api/v1/labels``: a sheet of QR labels to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Query, Response
from pydantic import StringConstraints

from monitor.inventory.territory import Territory
from monitor.journal.accounts import User
from monitor.journal.device_queries import device_by_id
from monitor.web.access import INVENTORY_ROLES, Within, only
from monitor.web.label_sheet import Label, sheet
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answers, Failure, Identifier

Registrar = Annotated[User, Depends(only(INVENTORY_ROLES))]
Secret = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,64}$")]
MOST = 240  # ten sheets
_SVG = {"image/svg+xml": {"schema": {"type": "string"}}}
_ANSWERS: Answers = {
    200: {"content": _SVG, "description": "One SVG, A4 sheets below each other"},
    404: {"model": Failure, "description": "No such device"},
}


def labels_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["devices"], responses=REFUSALS)

    @router.get("/labels", summary="QR labels to print", responses=_ANSWERS, response_class=Response)
    def labels(
        ids: Annotated[list[Identifier], Query(min_length=1, max_length=MOST)], _registrar: Registrar, within: Within
    ) -> Response:
        """Id, name and topic. A secret is on no label but the one printed just after it was issued."""
        return _sheet(desk, [(each, None) for each in ids], within)

    @router.post("/labels", summary="One QR label with its new secret", responses=_ANSWERS, response_class=Response)
    async def label_with_secret(
        device_id: Annotated[Identifier, Form(alias="id")],
        _registrar: Registrar,
        within: Within,
        secret: Annotated[Secret, Form()] = "",
    ) -> Response:
        """The secret is who asks's own: here it is only drawn, neither looked up nor kept."""
        return await to_thread.run_sync(partial(_sheet, desk, [(device_id, secret or None)], within))

    return router


def _sheet(desk: Desk, wanted: Sequence[tuple[str, str | None]], within: Territory) -> Response:
    with desk.read() as connection:
        found = [(device_by_id(connection, device_id, within), secret) for device_id, secret in wanted]
    bases = desk.settings.base_topics
    drawn = sheet([_label(device, bases, secret) for device, secret in found])
    return Response(drawn, media_type="image/svg+xml", headers={"Content-Disposition": 'inline; filename="labels.svg"'})


def _label(device: Mapping[str, str], bases: Mapping[str, str], secret: str | None) -> Label:
    base = bases[device["adapter"]]
    is_ours = device["adapter"] == "native"
    topic = f"{base}/{device['class']}/{device['id']}" if is_ours else f"{base}/{device['address']}"
    return Label(device["id"], device["name"], topic.lstrip("/"), secret)
