"""``POST /api/v1/devices``, ``PATCH /api/v1/devices/{id}``: a device comes into the inventory, and changes there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import unquote

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Request, Response
from sqlalchemy import Connection

from monitor.errors import Refusal, UnknownRecord, VersionConflict
from monitor.inventory.credentials import Issued, issue_to_new
from monitor.inventory.device_changes import Editor, change_device
from monitor.inventory.drafts import DeviceDraft
from monitor.inventory.edits import Edit
from monitor.inventory.registration import Registered, RegistrationSent, register, register_once
from monitor.inventory.territory import Territory
from monitor.journal.accounts import User
from monitor.journal.device_queries import device_by_id
from monitor.journal.times import today
from monitor.web.access import Registrar, Within
from monitor.web.device_schemas import Device, DeviceChanges, DeviceGiven, NewerDevice, RegisteredDevice
from monitor.web.failures import failure
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answers, DeviceId, Failure, Invalid

FORM = "form"  # the way it came, in the journal of edits


def registration_router(desk: Desk) -> APIRouter:
    # Here the shape of a wrong field is described, which all others name.
    wrong: Answers = {422: {"model": Invalid, "description": "A field is missing or wrong"}}
    router = APIRouter(prefix="/api/v1", tags=["devices"], responses={**REFUSALS, **wrong})
    _add_registering(router, desk)
    _add_changing(router, desk)
    return router


def _sender(registrar: Registrar, filled_in_by: Annotated[str | None, Header(alias="Chuong-User")] = None) -> User:
    """A page that a phone has kept may send what one user filled in while another is signed in."""
    if filled_in_by is not None and unquote(filled_in_by) != registrar.name:
        raise Refusal("somebody else is signed in than the one who filled this in", "other_user")
    return registrar


def _add_registering(router: APIRouter, desk: Desk) -> None:
    answers: Answers = {
        200: {"model": RegisteredDevice, "description": "The request had come before: the device it made"},
        409: {
            "model": Failure,
            "description": "The id, or the address on that adapter, is taken; `other_user`: somebody else is signed in "
            "than the one who filled in the page; `moved_away`: it was registered, and stands elsewhere by now",
        },
    }

    @router.post(
        "/devices", summary="Register a device", status_code=201, response_model=RegisteredDevice, responses=answers
    )
    async def add(
        given: DeviceGiven, registrar: Annotated[User, Depends(_sender)], within: Within, response: Response
    ) -> Mapping[str, Any]:
        """It must stand in the registrar's own territory. Ids and addresses are taken once for the whole post."""
        fields = given.model_dump(mode="json")
        request_id, installed_on = fields.pop("request_id"), given.installed_on
        draft = DeviceDraft(**{**fields, "installed_on": installed_on})

        def work(tx: Connection, now: datetime) -> tuple[Registered, Issued | None]:
            by = Edit(registrar.name, now, FORM)
            if request_id is None:
                done = Registered(register(tx, draft, by, within), is_new=True)
            else:
                sent = RegistrationSent(request_id, given.model_dump(mode="json", exclude_unset=True))
                done = register_once(tx, sent, draft, by, within)
            issued = issue_to_new(tx, done.device_id, by) if done.is_new else None
            return done, issued

        done, issued = await desk.change(work, registrar.name)
        if not done.is_new:
            response.status_code = 200
        try:
            device = await _answer(desk, done.device_id, within, response)
        except UnknownRecord:
            reason = f"registered as {done.device_id}, which stands elsewhere by now"
            raise Refusal(reason, "moved_away") from None
        return {**device, "secret": issued.secret if issued else None}


def _add_changing(router: APIRouter, desk: Desk) -> None:
    answers: Answers = {
        404: {"model": Failure, "description": "No such device"},
        409: {
            "model": NewerDevice,
            "description": "The version is old: here is the newer device; or a rule forbids it",
        },
    }

    @router.patch("/devices/{device_id}", summary="Change a device", response_model=Device, responses=answers)
    async def change(
        request: Request, device_id: DeviceId, given: DeviceChanges, registrar: Registrar, within: Within
    ) -> Any:
        """Its life goes PLANNED → ACTIVE ⇄ MAINTENANCE → RETIRED. Where it stood before today stays in the reports."""
        wanted = given.model_dump(mode="json", exclude_unset=True)
        if "installed_on" in wanted:
            wanted["installed_on"] = given.installed_on

        def work(tx: Connection, now: datetime) -> None:
            change_device(tx, device_id, wanted, Editor(Edit(registrar.name, now, FORM), within, today(now)))

        try:
            await desk.change(work, registrar.name)
        except VersionConflict as conflict:
            newer = await to_thread.run_sync(partial(_device, desk, device_id, within))
            return failure(request, 409, "version_conflict", str(conflict), **newer)
        return await to_thread.run_sync(partial(_device, desk, device_id, within))


async def _answer(desk: Desk, device_id: str, within: Territory, response: Response) -> Mapping[str, Any]:
    response.headers["Location"] = f"/api/v1/devices/{device_id}"
    return await to_thread.run_sync(partial(_device, desk, device_id, within))


def _device(desk: Desk, device_id: str, within: Territory) -> dict[str, Any]:
    with desk.read() as connection:
        return device_by_id(connection, device_id, within)
