"""``POST /api/v1/devices/{id}/lifecycle/undo``: a device's life as it was before today's newest step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Path
from pydantic import Field
from sqlalchemy import Connection

from monitor.errors import Refusal
from monitor.inventory.device_records import undo_lifecycle
from monitor.inventory.edits import Edit
from monitor.journal.accounts import User
from monitor.journal.device_queries import device_by_id
from monitor.journal.times import LOCAL, today
from monitor.web.access import INVENTORY_ROLES, Within, only
from monitor.web.device_schemas import VERSION, Device
from monitor.web.ports import Desk
from monitor.web.registration import FORM
from monitor.web.schemas import ID_PATTERN, REFUSALS, Answers, Failure, Question

Registrar = Annotated[User, Depends(only(INVENTORY_ROLES))]
DeviceId = Annotated[str, Path(pattern=ID_PATTERN)]


class Seen(Question):
    version: str = Field(pattern=VERSION, description="the version that was seen")


def lifecycle_undo_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["devices"], responses=REFUSALS)
    answers: Answers = {
        404: {"model": Failure, "description": "No such device"},
        409: {"model": Failure, "description": "The version is old, or nothing of today is there to be undone"},
    }

    @router.post(
        "/devices/{device_id}/lifecycle/undo",
        summary="Undo today's newest step of its life",
        response_model=Device,
        responses=answers,
    )
    async def undo(device_id: DeviceId, seen: Seen, registrar: Registrar, within: Within) -> Mapping[str, Any]:
        """Also back from RETIRED. What reports say of earlier days is not touched."""

        def work(tx: Connection, now: datetime) -> None:
            if device_by_id(tx, device_id, within)["version"] != seen.version:
                raise Refusal(f"somebody changed {device_id} meanwhile", "version_conflict")
            midnight = datetime.combine(today(now), time.min, LOCAL).astimezone(UTC)
            undo_lifecycle(tx, device_id, midnight, Edit(registrar.name, now, FORM))

        await desk.change(work, registrar.name)

        def read() -> Mapping[str, Any]:
            with desk.read() as connection:
                return device_by_id(connection, device_id, within)

        return await to_thread.run_sync(read)

    return router
