"""What the web reads of bell tests. Nothing here writes. ``within``: whose eyes it is for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from device_adapters.core.contract import DeviceClass
from monitor.errors import UnknownRecord
from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.bell_test_tables import BellTestRow, BellTestSessionRow
from monitor.journal.device_states import STATE

_DEVICE, _TRIAL, _SESSION = core(Device), core(BellTestRow), core(BellTestSessionRow)
SHOWN = 12  # tests in a strip: a year of monthly ones
_PLACE = (_DEVICE.c.name, _DEVICE.c.place, _DEVICE.c.position, _DEVICE.c.group_id, _DEVICE.c.group_name)


def buttons(connection: Connection, within: Territory) -> Sequence[Any]:
    """Every button in use, in order of id; narrow, for there may be many."""
    columns = (_DEVICE.c.id, _DEVICE.c.test_interval_days, _DEVICE.c.registered_at, STATE.c.last_test_at)
    query = select(*columns).select_from(_DEVICE.outerjoin(STATE, STATE.c.device_id == _DEVICE.c.id))
    in_use = (_DEVICE.c.device_class == DeviceClass.BELL, _DEVICE.c.lifecycle != Lifecycle.RETIRED.value)
    inside = within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id)
    return connection.execute(query.where(*in_use, inside).order_by(_DEVICE.c.id)).all()


def places(connection: Connection, device_ids: Sequence[str]) -> Mapping[str, Any]:
    query = select(_DEVICE.c.id, _DEVICE.c.establishment_id, *_PLACE).where(_DEVICE.c.id.in_(device_ids))
    return {row.id: row for row in connection.execute(query)}


def newest_tests(connection: Connection, device_ids: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Device → its newest tests, the oldest of them first; one that is still going on is none."""
    nth = func.row_number().over(partition_by=_TRIAL.c.device_id, order_by=_TRIAL.c.id.desc()).label("nth")
    done = select(_TRIAL, nth).where(_TRIAL.c.device_id.in_(device_ids), _TRIAL.c.result != "waiting").subquery()
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in connection.execute(select(done).where(done.c.nth <= SHOWN).order_by(done.c.id)).mappings():
        found[row["device_id"]].append(dict(row))
    return found


def on_test(connection: Connection, device_ids: Sequence[str]) -> Mapping[str, int]:
    """Those that are on test now → their session."""
    query = select(_TRIAL.c.device_id, _TRIAL.c.session_id).join(_SESSION, _SESSION.c.id == _TRIAL.c.session_id)
    running = and_(_SESSION.c.ended_at.is_(None), _TRIAL.c.is_over.is_(False))
    rows = connection.execute(query.where(running, _TRIAL.c.device_id.in_(device_ids)))
    return {row.device_id: row.session_id for row in rows}


def counts_since(connection: Connection, since: datetime, within: Territory) -> dict[str, int]:
    """Result → how many tests."""
    inside = within.of_devices(_TRIAL.c.device_id)
    query = select(_TRIAL.c.result, func.count()).where(_TRIAL.c.at >= since, inside).group_by(_TRIAL.c.result)
    return {row[0]: row[1] for row in connection.execute(query)}


def newest_sessions(connection: Connection, within: Territory, limit: int) -> list[dict[str, Any]]:
    """The open ones, then those that ended last."""
    query = select(_SESSION).order_by(_SESSION.c.ended_at.is_not(None), _SESSION.c.id.desc()).limit(limit)
    rows = connection.execute(query.where(_is_inside(within))).mappings().all()
    return _with_trials(connection, [dict(row) for row in rows], within)


def session_by_id(connection: Connection, session_id: int, within: Territory) -> dict[str, Any]:
    """Raises ``UnknownRecord``."""
    query = select(_SESSION).where(_SESSION.c.id == session_id, _is_inside(within))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no test session {session_id}")
    return _with_trials(connection, [dict(row)], within)[0]


def _is_inside(within: Territory) -> Any:
    if within.is_everywhere:
        return _SESSION.c.id.is_not(None)
    return _SESSION.c.id.in_(select(_TRIAL.c.session_id).where(within.of_devices(_TRIAL.c.device_id)))


def _with_trials(connection: Connection, sessions: list[dict[str, Any]], within: Territory) -> list[dict[str, Any]]:
    """Of each session the buttons that are the reader's to see."""
    own: dict[int, list[dict[str, Any]]] = defaultdict(list)
    query = select(_TRIAL, *_PLACE).outerjoin(_DEVICE, _DEVICE.c.id == _TRIAL.c.device_id)
    which = _TRIAL.c.session_id.in_([each["id"] for each in sessions])
    inside = query.where(which, within.of_devices(_TRIAL.c.device_id)).order_by(_TRIAL.c.id)
    for row in connection.execute(inside).mappings():
        own[row["session_id"]].append(dict(row))
    return [{**each, "trials": own[each["id"]]} for each in sessions]
