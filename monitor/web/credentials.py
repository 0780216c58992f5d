"""``/api/v1/devices/{id}/credential``: what a device signs in with at the broker; its secret is told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import Connection

from monitor.inventory.credentials import Issued, credential_states, issue, revoke
from monitor.inventory.edits import Edit
from monitor.journal.device_queries import device_by_id
from monitor.journal.times import iso
from monitor.web.access import INVENTORY_ROLES, Registrar, Within, only
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer, Answers, DeviceId, Failure, Moment

SOURCE = "api"  # the way it came, in the journal of edits


class Credential(Answer):
    device_id: str
    user_name: str = Field(description="its account at the broker, which is its address")
    standing: Literal["valid", "revoked", "retired", "outdated", "none"] = Field(
        description="outdated: its address has changed since"
    )
    issued_at: Moment | None
    issued_by: str | None
    revoked_at: Moment | None


class NewCredential(Answer):
    device_id: str
    user_name: str
    secret: str = Field(description="told now and never again")


def credentials_router(desk: Desk) -> APIRouter:
    unknown: Answers = {404: {"model": Failure, "description": "No such device"}}
    router = APIRouter(prefix="/api/v1/devices/{device_id}", tags=["devices"], responses={**REFUSALS, **unknown})
    _add_reading(router, desk)
    _add_issuing(router, desk)
    return router


def _add_reading(router: APIRouter, desk: Desk) -> None:
    @router.get(
        "/credential",
        summary="Whether it may sign in at the broker",
        response_model=Credential,
        dependencies=[Depends(only(INVENTORY_ROLES))],
    )
    def credential(device_id: DeviceId, within: Within) -> Mapping[str, Any]:
        with desk.read() as connection:
            device_by_id(connection, device_id, within)
            state = credential_states(connection, device_id)[0]
        return {**asdict(state), "issued_at": iso(state.issued_at), "revoked_at": iso(state.revoked_at)}


def _add_issuing(router: APIRouter, desk: Desk) -> None:
    refused: Answers = {409: {"model": Failure, "description": "It does not sign in by itself, or is retired"}}

    @router.post(
        "/credential", summary="Issue a secret", status_code=201, response_model=NewCredential, responses=refused
    )
    async def issue_anew(device_id: DeviceId, registrar: Registrar, within: Within) -> Mapping[str, Any]:
        """An older one stops at once: the broker ends its connection within a second."""

        def work(tx: Connection, now: datetime) -> Issued:
            device_by_id(tx, device_id, within)
            return issue(tx, device_id, Edit(registrar.name, now, SOURCE))

        issued = await desk.change(work, registrar.name)
        return asdict(issued)

    @router.delete("/credential", summary="Shut the device out of the broker", status_code=204)
    async def shut_out(device_id: DeviceId, registrar: Registrar, within: Within) -> None:
        """Its connection ends within a second. The inventory keeps the device."""

        def work(tx: Connection, now: datetime) -> None:
            device_by_id(tx, device_id, within)
            revoke(tx, [device_id], Edit(registrar.name, now, SOURCE))

        await desk.change(work, registrar.name)
