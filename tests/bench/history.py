"""What history costs at 20,000 devices: the pieces a press may wait behind, and what a reader waits for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import clearing
from monitor.journal.database import Store
from monitor.journal.hour_counts import add_counts, hour_of
from monitor.journal.span_rows import SPAN, catch_up
from monitor.journal.tables import TransitionRow
from monitor.pipeline.housekeeping import AT_ONCE
from monitor.reports.availability_reading import Asked, availability, stretches
from monitor.reports.periods import period_of
from monitor.reports.strips import StripOf, cells_of, strip_of

NOW = datetime(2026, 3, 14, 11, tzinfo=UTC)
GROUPS, STRIPS = 200, 100
# A press may wait behind one piece: (name, milliseconds).
LIMITS_MS = {"p99 of the pieces": 50.0, "availability, 30 days": 3000.0, f"strips of {STRIPS} devices": 100.0}


def measure_history(folder: Path, devices: int) -> Mapping[str, float]:
    """Milliseconds; ``pieces`` is a number."""
    store = Store(f"sqlite:///{folder}/chuong.sqlite3")
    store.migrate()
    _furnish(store, devices)
    pieces_ms: list[float] = []
    for piece in (
        lambda tx: catch_up(tx, AT_ONCE) >= AT_ONCE,
        lambda tx: clearing.merge_busy_days(tx, NOW, NOW),
        lambda tx: clearing.clear_steps(tx, NOW, NOW),
    ):
        pieces_ms += _until_done(store, piece)
    pieces_ms += _counts(store, devices)
    with store.read() as connection:
        asked = Asked(None, "residential_group", period_of(None, None, NOW))
        answered_ms = _timed(lambda: availability(connection, asked, NOW, EVERYWHERE))
        strips_ms = _timed(lambda: _strips(connection))
    store.close()
    return {
        "pieces": len(pieces_ms),
        "median piece": sorted(pieces_ms)[len(pieces_ms) // 2],
        "p99 of the pieces": sorted(pieces_ms)[len(pieces_ms) * 99 // 100],
        "availability, 30 days": answered_ms,
        f"strips of {STRIPS} devices": strips_ms,
    }


def _furnish(store: Store, devices: int) -> None:
    """Everybody came a month ago, and fell and rose together yesterday."""
    areas = [area_row(f"G-{n}", "residential_group", f"Tổ {n}") for n in range(GROUPS)]
    known = {"device_class": "camera", "adapter": "native", "registered_at": NOW - timedelta(days=60)}
    rows = [
        {**known, "id": _id(n), "name": _id(n), "address": _id(n), "group_id": f"G-{n % GROUPS}"}
        for n in range(devices)
    ]
    step = {"machine": "liveness", "reason": "heard", "actor": "device", "version": 0, "from_state": ""}
    story = (("ONLINE", 40 * 24), ("OFFLINE", 20), ("ONLINE", 19))
    with store.transaction() as tx:
        tx.execute(insert(core(Area)), areas)
        tx.execute(insert(core(Device)), rows)
        for state, hours_ago in story:
            at = NOW - timedelta(hours=hours_ago)
            tx.execute(
                insert(core(TransitionRow)),
                [{**step, "device_id": _id(n), "to_state": state, "at": at} for n in range(devices)],
            )


def _id(number: int) -> str:
    return f"CAM-{number:06}"


def _until_done(store: Store, piece: Callable[[Connection], bool]) -> list[float]:
    took_ms, has_more = [], True
    while has_more:
        began_s = time.perf_counter()
        with store.transaction() as tx:
            has_more = piece(tx)
        took_ms.append((time.perf_counter() - began_s) * 1000)
    return took_ms


def _counts(store: Store, devices: int) -> list[float]:
    left = [(_id(number), 90) for number in range(devices)]

    def piece(tx: Connection) -> bool:
        add_counts(tx, hour_of(NOW), [left.pop() for _ in range(min(AT_ONCE, len(left)))])
        return bool(left)

    return _until_done(store, piece)


def _strips(connection: Connection) -> None:
    cells = cells_of(StripOf.DAY, NOW)
    blind = clearing.blind_times(connection, cells.edges[0], cells.now_ms)
    ids = [_id(number) for number in range(STRIPS)]
    found: dict[str, list[object]] = {each: [] for each in ids}
    for stretch in stretches(connection, SPAN.c.device_id.in_(ids), cells.edges[0], cells.now_ms):
        found[stretch.device_id].append(stretch)
    for each in ids:
        strip_of(found[each], cells, blind)  # type: ignore[arg-type]


def _timed(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return (time.perf_counter() - began_s) * 1000
