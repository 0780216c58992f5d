"""``/api/v1/devices/{id}/photo``: the picture of a device in its place."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from monitor.inventory.edits import Edit
from monitor.inventory.photos import keep_photo, photo_of, read_photo
from monitor.web.access import Registrar, Within
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answers, DeviceId, Failure

_JPEG = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}


def photos_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["devices"], responses=REFUSALS)
    unknown: Answers = {404: {"model": Failure, "description": "No such device, or no picture of it"}}
    given = {"requestBody": {"required": True, "content": _JPEG}}

    @router.get(
        "/devices/{device_id}/photo", summary="Its picture", responses={**unknown, 200: {"content": _JPEG}},
        response_class=Response,
    )  # fmt: skip
    def photo(device_id: DeviceId, within: Within) -> Response:
        with desk.read() as connection:
            content = photo_of(connection, device_id, within)
        shown = {"Content-Disposition": f'inline; filename="{device_id}.jpg"'}
        return Response(content, media_type="image/jpeg", headers=shown)

    @router.put(
        "/devices/{device_id}/photo", summary="Give it a picture: a JPEG of at most 300 kB", status_code=204,
        responses=unknown, openapi_extra=given,
    )  # fmt: skip
    async def keep(request: Request, device_id: DeviceId, registrar: Registrar, within: Within) -> None:
        """Whatever the phone wrote into it (position, owner) is taken out."""
        taken = read_photo(await request.body())

        def work(tx: Connection, now: datetime) -> None:
            keep_photo(tx, device_id, taken, Edit(registrar.name, now, "form"), within)

        await desk.change(work, registrar.name)

    return router
