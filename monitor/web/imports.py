"""``/api/v1/imports``: a list comes in, is tried, answered, written all or nothing, taken back."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from monitor.errors import Refusal, VersionConflict
from monitor.inventory.edits import Edit
from monitor.inventory.imports import batches, undoing
from monitor.inventory.imports.alike import insist_on_rows, merged, spread
from monitor.inventory.imports.batches import FILE_BYTES, Given, Ready
from monitor.inventory.imports.bins import counts_of
from monitor.inventory.imports.target import Target
from monitor.inventory.imports.undoing import CannotUndo, Obstacle
from monitor.inventory.imports.writing import rows_made
from monitor.inventory.spreadsheets.dry_run import DryRun as Run
from monitor.inventory.spreadsheets.problems import Decision
from monitor.inventory.territory import Territory
from monitor.journal.accounts import User
from monitor.journal.queries import devices_that_rang
from monitor.journal.times import iso, today
from monitor.web.access import Registrar, Within
from monitor.web.failures import failure
from monitor.web.import_previews import Previews, Tried
from monitor.web.import_schemas import Batch, ChangedSince, CommitGiven, DecisionsGiven, DryRun, NewerDryRun
from monitor.web.import_shapes import batch_shape, run_shape
from monitor.web.pages import Pages
from monitor.web.ports import Desk
from monitor.web.schemas import AREA_PATTERN, LARGEST_ID, REFUSALS, UNSEEN, Answers, Failure

BatchId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
BUSY: Answers = {429: {"model": Failure, "description": "Too many lists wait to be tried: see Retry-After"}}
UNKNOWN: Answers = {404: {"model": Failure, "description": "No such import, or not yours to see"}}
_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


def imports_router(desk: Desk, previews: Previews, pages: Pages) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["imports"], responses=REFUSALS | BUSY)
    _add_bringing(router, desk, previews, pages)
    _add_deciding(router, desk, previews, pages)
    _add_commit(router, desk, previews, pages)
    _add_undo(router, desk)
    return router


@dataclass(frozen=True, slots=True)
class _Brought:
    name: str
    sheet: str
    area_id: str | None


def _brought(
    name: Annotated[str, Query(min_length=1, max_length=200, description="of the file")],
    sheet: Annotated[str, Query(max_length=200, description="left out: the one that fits best")] = "",
    area: Annotated[str | None, Query(pattern=AREA_PATTERN, description="of eyes that stand in no group")] = None,
) -> _Brought:
    return _Brought(name, sheet, area)


def _add_bringing(router: APIRouter, desk: Desk, previews: Previews, pages: Pages) -> None:
    @router.post("/imports", summary="Try a list", status_code=201, response_model=DryRun, openapi_extra=_BODY)
    async def bring(
        request: Request, user: Registrar, within: Within, brought: Annotated[_Brought, Depends(_brought)]
    ) -> Mapping[str, Any]:
        """The body is the file, .xlsx or .csv. Nothing is written but the draft itself, which waits some days."""
        content = await request.body()
        if not content or len(content) > FILE_BYTES:
            raise HTTPException(413 if content else 422, f"a list has 1 to {FILE_BYTES} bytes")
        previews.insist_on_room(user.name)  # before a draft is kept that nobody gets to see
        digest = await to_thread.run_sync(lambda: hashlib.sha256(content).hexdigest())
        given = Given(_shown(brought.name), digest, content, brought.sheet, brought.area_id)
        now = desk.clock.now()
        batch_id = await desk.write(partial(batches.add_batch, given=given, user=user.name, within=within, now=now))
        tried = await previews.get(batch_id, user.name, within)
        return run_shape(tried, desk, pages.words_for(request))


def _shown(name: str) -> str:
    """The file's own name, without folders and without what nobody sees."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in text if unicodedata.category(letter) not in UNSEEN) or "list"


def _add_deciding(router: APIRouter, desk: Desk, previews: Previews, pages: Pages) -> None:
    @router.post("/imports/{batch_id}/decisions", summary="Answer problems", response_model=DryRun, responses=UNKNOWN)
    async def decide(
        request: Request, batch_id: BatchId, given: DecisionsGiven, user: Registrar, within: Within
    ) -> Mapping[str, Any]:
        """Each problem by itself, or all that are alike at once. What is forgotten is open again."""
        tried = await previews.get(batch_id, user.name, within)
        news = await to_thread.run_sync(_spread, tried.preview.run, given)
        forgotten = {(each.row, each.column) for each in given.forget}

        def work(tx: Connection) -> None:
            batch = batches.read_batch(tx, batch_id, user.name, within)
            batches.decide(tx, batch, merged(batch.decisions, news, forgotten))

        await desk.write(work)
        tried = await previews.get(batch_id, user.name, within)
        return run_shape(tried, desk, pages.words_for(request))


def _spread(run: Run, given: DecisionsGiven) -> list[Decision]:
    found: list[Decision] = []
    for each in given.decisions:
        decision = Decision(each.row, each.column, each.choice, each.value)
        found += spread(run, decision, each.also_alike, each.key) if each.also_alike else [decision]
    insist_on_rows(run, found)
    return found


def _add_commit(router: APIRouter, desk: Desk, previews: Previews, pages: Pages) -> None:
    answers: Answers = UNKNOWN | {
        409: {"model": NewerDryRun, "description": "The inventory changed: here is the newer dry run; or it is open"}
    }

    @router.post("/imports/{batch_id}/commit", summary="Write a list", response_model=Batch, responses=answers)
    async def commit(request: Request, batch_id: BatchId, given: CommitGiven, user: Registrar, within: Within) -> Any:
        """All rows or none, in one transaction. ``version``: of the dry run that was seen."""
        tried = await previews.get(batch_id, user.name, within)
        try:
            _insist_on_short(tried)
            if tried.preview.version != given.version:
                raise VersionConflict("the inventory changed since the dry run that was seen")
            await desk.change(partial(_write, tried, user, within), user.name)
        except VersionConflict as conflict:
            newer = await previews.get(batch_id, user.name, within)
            shape = run_shape(newer, desk, pages.words_for(request))
            return failure(request, 409, "version_conflict", str(conflict), **_plain(shape))
        return await to_thread.run_sync(partial(_batch, desk, batch_id, user, within))


# All or nothing is one transaction, and no press is stored beside it: 1,202 eyes take 0.8 s (make bench).
MOST_AT_ONCE = 1_500


def _insist_on_short(tried: Tried) -> None:
    if (asked := rows_made(tried.preview.run)) > MOST_AT_ONCE:
        raise Refusal(
            f"the list would write {asked} rows, and a press waits while they are written: bring it in parts of at "
            f"most {MOST_AT_ONCE}, or stop the monitor for a moment and use chuong import"
        )


def _write(tried: Tried, user: User, within: Territory, tx: Connection, now: datetime) -> None:
    seen, batch = tried.preview, tried.batch
    target = Target(Edit(user.name, now, batch.source), within, today(now), batch.row["area_id"])
    ready = Ready(seen.run, counts_of(seen.run), seen.head)
    batches.commit(tx, batch, ready, target)


def _plain(shape: Mapping[str, Any]) -> dict[str, Any]:
    return dict(DryRun.model_validate(shape).model_dump(mode="json"))


def _add_undo(router: APIRouter, desk: Desk) -> None:
    answers: Answers = UNKNOWN | {
        409: {"model": ChangedSince, "description": "Rows were changed or used since; or it is too late"}
    }

    @router.post("/imports/{batch_id}/undo", summary="Take a list back", response_model=Batch, responses=answers)
    async def undo(request: Request, batch_id: BatchId, user: Registrar, within: Within) -> Any:
        """Every row as it was before, byte for byte, or nothing. For thirty days."""

        try:
            await desk.change(partial(take_back, batch_id, user.name, within), user.name)
        except CannotUndo as refused:
            rows = [
                {"entity": each.entity, "entity_id": each.entity_id, "by": each.by, "at": iso(each.at)}
                for each in refused.obstacles
            ]
            return failure(request, 409, "changed_since", refused.reason, rows=rows)
        return await to_thread.run_sync(partial(_batch, desk, batch_id, user, within))


def take_back(batch_id: int, user: str, within: Territory, tx: Connection, now: datetime) -> None:
    """Raises as ``undoing.undo``, and where a device of the list has rung: its alarm stays, and so does it."""
    batch = batches.read_batch(tx, batch_id, user, within)
    if rang := devices_that_rang(tx, undoing.added_devices(tx, batch)):
        raise CannotUndo([Obstacle("alarm", each) for each in rang])
    undoing.undo(tx, batch, Edit(user, now, f"{batch.source}:undo"))


def _batch(desk: Desk, batch_id: int, user: User, within: Territory) -> Mapping[str, Any]:
    with desk.read() as connection:
        return batch_shape(batches.read_batch(connection, batch_id, user.name, within), desk)
