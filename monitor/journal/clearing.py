"""What is old is cleared away, merged or dropped: a hundred rows at a time, oldest first, and counted.

Each function does one bounded piece of work and says whether it may have left more. The newest row of a table always
stays: SQLite would give its number again, and the feed would go backwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, delete, func, insert, select, update

from monitor.inventory.edits import core
from monitor.journal.bell_test_tables import BellTestRow, BellTestSessionRow
from monitor.journal.blind_rows import blind_times
from monitor.journal.duties import ATTEMPT, DUTY, duty_ids
from monitor.journal.events import EVENT, QUARANTINE, count_quarantined, recalled, remember
from monitor.journal.history_tables import ClearedRow
from monitor.journal.hour_counts import COUNT
from monitor.journal.incident_tables import IncidentAlarmRow, IncidentEntryRow, IncidentRow
from monitor.journal.incidents import family_of
from monitor.journal.layer_warnings import NOTICE, POST, RING, WARNING
from monitor.journal.report_tables import GongSignalRow, TipRow
from monitor.journal.span_rows import SPAN, mark
from monitor.journal.spans import BlindTimes, Spent, spent
from monitor.journal.tables import AlarmRow, ReceiptRow, TransitionRow
from monitor.journal.times import moment_of, today, unix_ms
from monitor.journal.zalo_heard import HEARD

CLEARED = core(ClearedRow)
_ALARM, _RECEIPT, _TRANSITION = core(AlarmRow), core(ReceiptRow), core(TransitionRow)
_INCIDENT, _PART, _ENTRY = core(IncidentRow), core(IncidentAlarmRow), core(IncidentEntryRow)
_TRIAL, _SESSION = core(BellTestRow), core(BellTestSessionRow)
_SIGNAL, _TIP = core(GongSignalRow), core(TipRow)
AT_ONCE = 100
# Fewer spans than this are not worth merging: a day with one failure stays as it was.
WORTH_MERGING = 4
QUARANTINE_KEPT, QUARANTINE_FLOOD = "quarantine", "quarantine_flood"


def count_cleared(tx: Connection, what: str, day: date, rows: int) -> None:
    if not rows:
        return
    same = (CLEARED.c.what == what) & (CLEARED.c.day == day)
    if tx.execute(update(CLEARED).where(same).values(rows=CLEARED.c.rows + rows)).rowcount == 0:
        tx.execute(insert(CLEARED).values(what=what, day=day, rows=rows))


def cleared(connection: Connection) -> dict[str, int]:
    """What → how many rows are gone in all."""
    query = select(CLEARED.c.what, func.sum(CLEARED.c.rows)).group_by(CLEARED.c.what)
    return {what: int(rows) for what, rows in connection.execute(query)}


def quarantined_ever(connection: Connection) -> int:
    """Messages nobody could read: those that are kept, those that were, and those that were only counted."""
    gone = cleared(connection)
    return count_quarantined(connection) + gone.get(QUARANTINE_KEPT, 0) + gone.get(QUARANTINE_FLOOD, 0)


def clear_steps(tx: Connection, before: datetime, now: datetime) -> bool:
    """Steps of devices that are spans by now. Those of alarms stay as long as their alarm."""
    walked = _oldest(tx, _TRANSITION, _TRANSITION.c.at, before, int(recalled(tx, "history", "cleared") or 0))
    spans_to = mark(tx, "transition")
    gone = [row.id for row in walked if row.id <= spans_to]
    if not gone:
        return False
    rows = tx.execute(delete(_TRANSITION).where(_TRANSITION.c.id.in_(gone), _TRANSITION.c.machine != "alarm")).rowcount
    remember(tx, "history", "cleared", str(gone[-1]))
    count_cleared(tx, "transition", today(now), rows)
    return len(walked) == AT_ONCE


def clear_quarantine(tx: Connection, before: datetime, most_rows: int, now: datetime) -> bool:
    """What is too old, and of the rest the oldest beyond ``most_rows``."""
    excess = tx.execute(select(func.count()).select_from(QUARANTINE)).scalar_one() - most_rows
    query = select(QUARANTINE.c.id, QUARANTINE.c.received_at).where(_not_newest(QUARANTINE)).order_by(QUARANTINE.c.id)
    oldest = tx.execute(query.limit(AT_ONCE)).all()
    gone = [row.id for number, row in enumerate(oldest) if number < excess or row.received_at < before]
    _remove(tx, QUARANTINE.c.id, gone)
    count_cleared(tx, QUARANTINE_KEPT, today(now), len(gone))
    return len(gone) == AT_ONCE


def clear_alarms(tx: Connection, before: datetime, now: datetime) -> bool:
    """Alarms that are over, with all that belongs to them. One that is still open stays, however old, and so does one
    whose incident is there."""
    is_over = _ALARM.c.state == "NORMAL", _ALARM.c.id.not_in(select(_PART.c.alarm_id))
    walked = _oldest(tx, _ALARM, _ALARM.c.received_at, before, 0, *is_over)
    gone = [row.id for row in walked]
    _remove(tx, ATTEMPT.c.duty_id, duty_ids(tx, gone))
    for column in (_TRANSITION.c.alarm_id, _RECEIPT.c.alarm_id, EVENT.c.alarm_id, DUTY.c.alarm_id, _ALARM.c.id):
        _remove(tx, column, gone)
    count_cleared(tx, "alarm", today(now), len(gone))
    return len(gone) == AT_ONCE


def clear_incidents(tx: Connection, before: datetime, now: datetime) -> bool:
    """Incidents that were closed so long ago, with those merged into them; their alarms go after them."""
    is_over = _INCIDENT.c.stage == "CLOSED", _INCIDENT.c.merged_into.is_(None)
    roots = [row.id for row in _oldest(tx, _INCIDENT, _INCIDENT.c.closed_at, before, 0, *is_over)]
    gone = [incident_id for root in roots for incident_id in family_of(tx, root)]
    warnings = _ids(tx, WARNING.c.id, WARNING.c.incident_id, gone)
    _remove(tx, NOTICE.c.post_id, _ids(tx, POST.c.id, POST.c.warning_id, warnings))
    for column in (POST.c.warning_id, RING.c.warning_id, WARNING.c.id):
        _remove(tx, column, warnings)
    for column in (_ENTRY.c.incident_id, _PART.c.incident_id, _INCIDENT.c.id):
        _remove(tx, column, gone)
    count_cleared(tx, "incident", today(now), len(gone))
    return len(roots) == AT_ONCE


def clear_bell_tests(tx: Connection, before: datetime, now: datetime) -> bool:
    """What came of buttons, and the sessions of which nothing is left."""
    trials = [row.id for row in _oldest(tx, _TRIAL, _TRIAL.c.at, before, 0, _TRIAL.c.is_over)]
    _remove(tx, _TRIAL.c.id, trials)
    left = select(_TRIAL.c.session_id).where(_TRIAL.c.session_id.is_not(None))
    void = _SESSION.c.ended_at.is_not(None), _SESSION.c.id.not_in(left)
    sessions = [row.id for row in _oldest(tx, _SESSION, _SESSION.c.opened_at, before, 0, *void)]
    _remove(tx, _SESSION.c.id, sessions)
    count_cleared(tx, "bell_test", today(now), len(trials))
    return AT_ONCE in (len(trials), len(sessions))


def clear_reported(tx: Connection, before: datetime, now: datetime) -> bool:
    """Gong signals, tips, and what was written to the Zalo account."""
    pieces = []
    kept_since = (_SIGNAL, "gong_signal", "logged_at"), (_TIP, "tip", "logged_at"), (HEARD, "zalo_heard", "received_at")
    for table, what, since in kept_since:
        gone = [row.id for row in _oldest(tx, table, table.c[since], before, 0)]
        _remove(tx, table.c.id, gone)
        count_cleared(tx, what, today(now), len(gone))
        pieces.append(len(gone))
    return AT_ONCE in pieces


def clear_events(tx: Connection, before: datetime, now: datetime) -> bool:
    """Events of no alarm (tests, ends of conditions) that are as old as the oldest alarm may be."""
    gone = [row.id for row in _oldest(tx, EVENT, EVENT.c.received_at, before, 0, EVENT.c.alarm_id.is_(None))]
    _remove(tx, EVENT.c.id, gone)
    count_cleared(tx, "event", today(now), len(gone))
    return len(gone) == AT_ONCE


def clear_counts(tx: Connection, before: date, now: datetime) -> bool:
    oldest = select(COUNT.c.device_id, COUNT.c.day).where(COUNT.c.day < before).order_by(COUNT.c.day).limit(AT_ONCE)
    gone = [{"device": row.device_id, "then": row.day} for row in tx.execute(oldest)]
    if gone:
        same = (COUNT.c.device_id == bindparam("device")) & (COUNT.c.day == bindparam("then"))
        tx.execute(delete(COUNT).where(same), gone)
    count_cleared(tx, "hour_count", today(now), len(gone))
    return len(gone) == AT_ONCE


def clear_spans(tx: Connection, before: datetime, now: datetime) -> bool:
    oldest = select(SPAN.c.id).where(SPAN.c.ended_ms < unix_ms(before)).order_by(SPAN.c.ended_ms).limit(AT_ONCE)
    gone = list(tx.execute(oldest).scalars())
    _remove(tx, SPAN.c.id, gone)
    count_cleared(tx, "span", today(now), len(gone))
    return len(gone) == AT_ONCE


def merge_busy_days(tx: Connection, before: datetime, now: datetime) -> bool:
    """A device that came and went all day keeps one row of that day, with what it came to.

    Walks in the order in which spans ended; a long day may become a few rows. Whatever crosses midnight stays.
    """
    from_ms = int(recalled(tx, "history", "merged") or 0)
    walk = select(SPAN).where(SPAN.c.ended_ms > from_ms, SPAN.c.ended_ms < unix_ms(before)).order_by(SPAN.c.ended_ms)
    walked = tx.execute(walk.limit(5 * AT_ONCE)).all()
    if not walked:
        return False
    heaps: dict[tuple[str, date], list[Any]] = defaultdict(list)
    for row in walked:
        day = today(moment_of(row.began_ms))
        if row.changes == 1 and day == today(moment_of(row.ended_ms)):
            heaps[row.device_id, day].append(row)
    busy = [heap for heap in heaps.values() if len(heap) >= WORTH_MERGING]
    blind = blind_times(tx, min(row.began_ms for row in walked), walked[-1].ended_ms)
    for heap in busy:
        _merge(tx, heap, blind)
    remember(tx, "history", "merged", str(walked[-1].ended_ms))
    count_cleared(tx, "merged_span", today(now), sum(len(heap) - 1 for heap in busy))
    return len(walked) == 5 * AT_ONCE


def _merge(tx: Connection, heap: Sequence[Any], blind: BlindTimes) -> None:
    came_to = sum(
        (spent(row.state, row.began_ms, row.ended_ms, blind, is_planned=row.is_planned) for row in heap), Spent()
    )
    sums = {name: getattr(came_to, name) for name in Spent.__slots__}
    first, last = heap[0], heap[-1]
    one = {"ended_ms": last.ended_ms, "state": last.state, "is_planned": False, "changes": len(heap), **sums}
    tx.execute(update(SPAN).where(SPAN.c.id == first.id).values(**one))
    _remove(tx, SPAN.c.id, [row.id for row in heap[1:]])


def _oldest(
    tx: Connection, source: Table, at: Column[Any], before: datetime, after_id: int, *only: Any
) -> Sequence[Any]:
    """The oldest rows in the order they were written, up to the first that is young enough to stay."""
    query = select(source.c.id, at.label("moment")).where(source.c.id > after_id, _not_newest(source), *only)
    rows = tx.execute(query.order_by(source.c.id).limit(AT_ONCE)).all()
    return [row for row in rows if row.moment < before]


def _ids(tx: Connection, wanted: Column[Any], column: Column[Any], values: Sequence[Any]) -> list[Any]:
    return list(tx.execute(select(wanted).where(column.in_(values))).scalars()) if values else []


def _not_newest(source: Table) -> Any:
    return source.c.id < select(func.max(source.c.id)).scalar_subquery()


def _remove(tx: Connection, column: Column[Any], values: Sequence[Any]) -> None:
    if values:
        tx.execute(delete(column.table).where(column.in_(values)))
