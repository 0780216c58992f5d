"""A town's list of 1,202 eyes, through the HTTP interface of a real monitor: tried, written, taken back, sent back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from tests.monitor.inventory.commune import table
from tests.monitor.inventory.spreadsheets.workbooks import COMMUNE, Table, rows_of, workbook
from tests.processes import MonitorProcess

T = TypeVar("T")
EYES = 1202
IMPORTS = "/api/v1/imports"
HEADER = (
    "device_id", "group_id", "location_kind", "location", "lat", "lon", "funding", "custodian", "adapter",
    "retention_days", "power_feeder", "installed_on",
)  # fmt: skip


def measure_lists(folder: Path) -> Mapping[str, float]:
    """Seconds of each step, as its client waits for them."""
    folder.mkdir()
    monitor = MonitorProcess(folder)
    monitor.start(until="/healthz")
    try:
        with httpx2.Client(base_url=monitor.url, timeout=60) as api:
            api.headers["Authorization"] = f"Bearer {monitor.token}"
            for name in ("areas_versioned.csv", "residential_groups.csv", "cameras_dinh_van.csv"):
                _write(api, _bring(api, table(name)))
            return _of_a_town(api, workbook(_town()))
    finally:
        monitor.close()


def _of_a_town(api: httpx2.Client, content: bytes) -> Mapping[str, float]:
    run, dry_run_s = _timed(lambda: _bring(api, content))
    assert (run["tried"]["new"], run["is_ready"]) == (EYES, True), run["tried"]
    _, commit_s = _timed(lambda: _write(api, run))
    _, again_s = _timed(lambda: _bring(api, content))
    _, corrected_s = _timed(lambda: api.get(f"{IMPORTS}/{run['id']}/corrected").raise_for_status())
    _, export_s = _timed(
        lambda: api.get("/api/v1/exports", params={"kind": "cameras", "format": "xlsx"}).raise_for_status()
    )
    _, undo_s = _timed(lambda: api.post(f"{IMPORTS}/{run['id']}/undo").raise_for_status())
    return {
        "dry run": dry_run_s,
        "commit": commit_s,
        "dry run, all known": again_s,
        "the list to send back": corrected_s,
        "export": export_s,
        "undo": undo_s,
    }


def _town() -> Table:
    groups = rows_of(COMMUNE / "residential_groups.csv")[1:]
    rows: list[list[object]] = [list(HEADER)]
    for number in range(1, EYES + 1):
        group = groups[number % len(groups)]
        latitude, longitude = float(group[7]) + number % 7 / 1000, float(group[8]) + number % 11 / 1000
        place = "Ngã ba", f"Ngã ba số {number}", round(latitude, 5), round(longitude, 5)
        kept = "Xã hội hóa", "Công an xã", "onvif", 30, f"LT-{number % 3 + 1}", "2024-05-01"
        rows.append([f"CAM-BC-{number:04}", group[0], *place, *kept])
    return rows


def _bring(api: httpx2.Client, content: bytes) -> dict[str, Any]:
    return dict(api.post(IMPORTS, params={"name": "list"}, content=content).raise_for_status().json())


def _write(api: httpx2.Client, run: dict[str, Any]) -> None:
    if run["tried"]["valid"] != run["tried"]["rows"]:
        raise AssertionError(run["tried"])
    api.post(f"{IMPORTS}/{run['id']}/commit", json={"version": run["version"]}).raise_for_status()


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began_s = time.monotonic()
    return work(), time.monotonic() - began_s
