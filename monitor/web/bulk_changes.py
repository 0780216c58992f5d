"""``POST /api/v1/devices/changes``: many devices at once, each with the version that was seen; all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import Connection

from monitor.errors import Refusal, VersionConflict
from monitor.inventory.device_changes import Editor, change_device
from monitor.inventory.edits import Edit
from monitor.journal.device_queries import device_by_id
from monitor.journal.times import today
from monitor.web.access import Registrar, Within
from monitor.web.device_schemas import DeviceChanges
from monitor.web.failures import failure
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer, Answers, Failure, Identifier, Question

# The one writer does it in one go, and alarms wait for it: well below a second.
MOST_AT_ONCE = 200
BULK = "bulk"  # the way it came, in the journal of edits


class OneChange(DeviceChanges):
    id: Identifier


class ChangesGiven(Question):
    devices: list[OneChange] = Field(min_length=1, max_length=MOST_AT_ONCE)
    is_trial: bool = Field(default=False, description="true: only say what would change")


class CellChange(Answer):
    old: Any
    new: Any


class DeviceDifference(Answer):
    id: str
    name: str
    version: str = Field(description="afterwards; for a trial, as it is now")
    cells: dict[str, CellChange] = Field(description="only what differs")


class Differences(Answer):
    devices: list[DeviceDifference] = Field(description="those that change")
    unchanged: int


class _Trial(Exception):
    def __init__(self, differences: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        self.differences = differences


def bulk_changes_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["inventory"], responses=REFUSALS)
    answers: Answers = {
        404: {"model": Failure, "description": "No such device"},
        409: {"model": Failure, "description": "Somebody changed one of them meanwhile, or a rule forbids it"},
    }

    @router.post("/devices/changes", summary="Change many devices", response_model=Differences, responses=answers)
    async def change(request: Request, given: ChangesGiven, registrar: Registrar, within: Within) -> Any:
        """What it answers holds the old values and the new versions: sent the other way round, it is undone."""
        if len({each.id for each in given.devices}) < len(given.devices):
            raise Refusal("a device is named twice")

        def work(tx: Connection, now: datetime) -> Sequence[Mapping[str, Any]]:
            editor = Editor(Edit(registrar.name, now, BULK), within, today(now))
            differences = [_changed(tx, each, editor) for each in given.devices]
            if given.is_trial:
                raise _Trial(differences)
            return differences

        try:
            differences = await desk.change(work, registrar.name)
        except _Trial as trial:
            differences = trial.differences
        except VersionConflict as conflict:
            return failure(request, 409, "version_conflict", str(conflict))
        changed = [each for each in differences if each["cells"]]
        return {"devices": changed, "unchanged": len(differences) - len(changed)}

    return router


def _changed(tx: Connection, wanted: OneChange, editor: Editor) -> Mapping[str, Any]:
    """One of them. Raises what ``change_device`` raises, with the device's id in its words."""
    changes = wanted.model_dump(mode="json", exclude_unset=True, exclude={"id"})
    if "installed_on" in changes:
        changes["installed_on"] = wanted.installed_on
    before = device_by_id(tx, wanted.id, editor.within)
    try:
        change_device(tx, wanted.id, changes, editor)
    except Refusal as refusal:
        raise type(refusal)(f"{wanted.id}: {refusal}") from refusal
    after = device_by_id(tx, wanted.id, editor.within)
    names = (*changes, "group_name") if "group_id" in changes else tuple(changes)
    cells = {
        name: {"old": before[name], "new": after[name]}
        for name in names
        if name != "version" and before[name] != after[name]
    }
    return {"id": wanted.id, "name": after["name"], "version": after["version"], "cells": cells}
