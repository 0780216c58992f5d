"""``/api/v1/labels``: a sheet of QR labels to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Form, Query, Response
from pydantic import Field

from device_adapters.core.contract import DeviceClass
from device_adapters.core.registry import adapters
from monitor.inventory.territory import Territory
from monitor.journal.device_queries import device_by_id
from monitor.web.access import Registrar, Within
from monitor.web.label_sheet import Label, sheet
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answers, Failure, Identifier, Question

PrintForm = Literal["svg", "pdf"]
MOST = 240  # ten sheets
_FORMS = {
    "image/svg+xml": {"schema": {"type": "string"}},
    "application/pdf": {"schema": {"type": "string", "format": "binary"}},
}
_ANSWERS: Answers = {
    200: {"content": _FORMS, "description": "Sheets of A4: pages of a PDF, or below each other in one SVG"},
    404: {"model": Failure, "description": "No such device"},
}


class _Secret(Question):
    id: Identifier
    secret: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    format: PrintForm = "svg"


def labels_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["devices"], responses=REFUSALS)

    @router.get("/labels", summary="QR labels to print", responses=_ANSWERS, response_class=Response)
    def labels(
        ids: Annotated[list[Identifier], Query(min_length=1, max_length=MOST)],
        _registrar: Registrar,
        within: Within,
        form: Annotated[PrintForm, Query(alias="format")] = "svg",
    ) -> Response:
        """Id, name and topic. A secret is on no label but the one printed just after it was issued."""
        return _printed(_found(desk, [(each, None) for each in ids], within), form)

    @router.post("/labels", summary="One QR label with its new secret", responses=_ANSWERS, response_class=Response)
    async def label_with_secret(
        _registrar: Registrar,
        within: Within,
        given: Annotated[_Secret, Form()],
    ) -> Response:
        """The secret is who asks's own: here it is only drawn, neither looked up nor kept."""
        wanted = [(given.id, given.secret or None)]
        return await to_thread.run_sync(lambda: _printed(_found(desk, wanted, within), given.format))

    return router


def _found(desk: Desk, wanted: Sequence[tuple[str, str | None]], within: Territory) -> list[Label]:
    with desk.read() as connection:
        found = [(device_by_id(connection, device_id, within), secret) for device_id, secret in wanted]
    return [_label(device, desk.settings.base_topics, secret) for device, secret in found]


def _printed(labels: Sequence[Label], form: str) -> Response:
    shown = {"Content-Disposition": f'inline; filename="labels.{form}"'}
    if form == "pdf":
        from monitor.web.label_pdf import sheets_pdf  # reads fonts: only who prints waits for that

        return Response(sheets_pdf(labels), media_type="application/pdf", headers=shown)
    return Response(sheet(labels), media_type="image/svg+xml", headers=shown)


def _label(device: Mapping[str, str], bases: Mapping[str, str], secret: str | None) -> Label:
    family = adapters()[device["adapter"]]
    topic = family.topic_of(bases[family.name], DeviceClass(device["class"]), device["address"])
    return Label(device["id"], device["name"], topic, secret)
