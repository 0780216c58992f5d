"""``/api/v1/imports``: what a list would do, row by row, where its eyes would stand, and the list to send back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response

from monitor.inventory.imports import batches
from monitor.inventory.imports.bins import Bin, bin_of
from monitor.inventory.imports.corrected import corrected_file
from monitor.inventory.spreadsheets.dry_run import Change, RowReport, Status
from monitor.web.access import Registrar, Within
from monitor.web.cursors import id_from_cursor, to_cursor
from monitor.web.import_previews import Previews, Tried
from monitor.web.import_schemas import BatchPage, DryRun, ImportMap, RowPage
from monitor.web.import_shapes import batch_shape, map_shape, rows_shape, run_shape
from monitor.web.imports import BUSY, UNKNOWN, BatchId
from monitor.web.pages import Pages
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cursor = Annotated[str | None, Query(max_length=200)]


def import_reading_router(desk: Desk, previews: Previews, pages: Pages) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["imports"], responses=REFUSALS | BUSY)
    _add_history(router, desk)
    seen = _seen(previews)
    _add_run(router, seen, desk, pages)
    _add_rows(router, seen, pages)
    _add_files(router, seen, pages)
    return router


def _seen(previews: Previews) -> Any:
    """Waited for on the event loop; what is made of it then has a thread."""

    async def tried(batch_id: BatchId, user: Registrar, within: Within) -> Tried:
        return await previews.get(batch_id, user.name, within)

    return Depends(tried)


def _add_history(router: APIRouter, desk: Desk) -> None:
    @router.get("/imports", summary="Lists taken in, newest first", response_model=BatchPage)
    def history(
        user: Registrar, within: Within, limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: Cursor = None
    ) -> Mapping[str, Any]:
        before = id_from_cursor(cursor)
        with desk.read() as connection:
            found, following = batches.read_history(connection, user.name, within, limit=limit, before_id=before)
        return {"items": [batch_shape(each, desk) for each in found], "next": to_cursor(following)}


def _add_run(router: APIRouter, seen: Any, desk: Desk, pages: Pages) -> None:
    @router.get("/imports/{batch_id}", summary="One list, tried now", response_model=DryRun, responses=UNKNOWN)
    def dry_run(request: Request, found: Tried = seen) -> Mapping[str, Any]:
        return run_shape(found, desk, pages.words_for(request))

    @router.get("/imports/{batch_id}/map", summary="Where it stands", response_model=ImportMap, responses=UNKNOWN)
    def on_map(found: Tried = seen) -> Mapping[str, Any]:
        return map_shape(found)


@dataclass(frozen=True, slots=True)
class _Chosen:
    bins: list[Bin]
    status: Status | None
    change: Change | None
    also: frozenset[int]

    def holds(self, row: RowReport) -> bool:
        if row.row in self.also:
            return True
        is_in_bin = not self.bins or bin_of(row) in self.bins
        return is_in_bin and self.status in {None, row.status} and self.change in {None, row.change}


def _chosen(
    bins: Annotated[list[Bin] | None, Query(alias="bin", description="may be given several times")] = None,
    status: Status | None = None,
    change: Change | None = None,
    also: Annotated[list[int] | None, Query(max_length=500, description="rows to give whatever else is asked")] = None,
) -> _Chosen:
    return _Chosen(bins or [], status, change, frozenset(also or ()))


def _page(limit: Annotated[int, Query(ge=1, le=500)] = 100, cursor: Cursor = None) -> tuple[int, int]:
    return limit, id_from_cursor(cursor) or 0


def _add_rows(router: APIRouter, seen: Any, pages: Pages) -> None:
    @router.get("/imports/{batch_id}/rows", summary="Its rows", response_model=RowPage, responses=UNKNOWN)
    def some_rows(
        request: Request,
        chosen: Annotated[_Chosen, Depends(_chosen)],
        page: Annotated[tuple[int, int], Depends(_page)],
        found: Tried = seen,
    ) -> Mapping[str, Any]:
        """In the order of the file."""
        limit, after_line = page
        rows = [row for row in found.preview.run.rows if row.line > after_line and chosen.holds(row)]
        shown = rows[:limit]
        following = to_cursor(shown[-1].line) if len(rows) > limit else None
        return {"items": rows_shape(found, shown, pages.words_for(request)), "next": following}


def _add_files(router: APIRouter, seen: Any, pages: Pages) -> None:
    @router.get(
        "/imports/{batch_id}/corrected",
        summary="The list to send back, as .xlsx",
        response_class=Response,
        responses=UNKNOWN | {200: {"content": {XLSX: {}}}},
    )
    def corrected(request: Request, tried: Tried = seen) -> Response:
        """What was put right is filled in, what is still wrong is said beside it. It can be taken in again."""
        content = corrected_file(tried.preview, tried.batch.decisions, pages.words_for(request))
        return file_answer(content, f"{PurePath(tried.batch.row['file_name']).stem}-corrected.xlsx", XLSX)


def file_answer(content: bytes, name: str, media_type: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
