"""``/api/v1/map``: where everything stands, as columns; and the post's own base of roads and borders, where given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field
from starlette.exceptions import HTTPException

from monitor.journal import device_queries
from monitor.settings import settings_file
from monitor.web.access import Within
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer, Answers, Failure

BASE_NAME = "map.geojson"
# A commune's roads and borders are a tenth of it; a file this size would hold the desk up.
LARGEST_BASE = 8 * 1024 * 1024
_NONE: Answers = {404: {"model": Failure, "description": "The post has none"}}


class MapShown(Answer):
    """Columns of equal length, of the devices that have a position or whose establishment has one."""

    id: list[str]
    latitude: list[float]
    longitude: list[float]
    has_base: bool = Field(description="`/api/v1/map/base` has roads and borders to draw below")


def map_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1/map", tags=["inventory"], responses=REFUSALS)
    file = settings_file().parent / (desk.settings.map_file or BASE_NAME)

    @router.get("", summary="Where every device stands", response_model=MapShown)
    def places(within: Within) -> Mapping[str, Any]:
        """Their names and states are in the snapshot."""
        with desk.read() as connection:
            rows = device_queries.placed(connection, within)
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], []]
        names = ("id", "latitude", "longitude")
        return {**dict(zip(names, columns, strict=True)), "has_base": _is_fit(file)}

    @router.get("/base", summary="Roads, water and borders, as GeoJSON", responses=_NONE, response_class=Response)
    def base_map() -> Response:
        if not _is_fit(file):
            raise HTTPException(404, f"there is no {file.name} to read, of at most {LARGEST_BASE // 2**20} MiB")
        return Response(file.read_bytes(), media_type="application/geo+json")

    return router


def _is_fit(file: Path) -> bool:
    try:
        return file.is_file() and file.stat().st_size <= LARGEST_BASE
    except OSError:
        return False
