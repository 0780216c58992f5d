"""A shift in lines, to read, to print on one sheet and to send: what happened in it, and what it leaves open.

Alarms that are an officer's own tests stand apart from those that were real, and each outage says from when to when.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, or_, select

from device_adapters.core.events import CALLS_FOR_HELP, AlarmKind
from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.incidents import incidents_page
from monitor.journal.outages import MEMBER, OUTAGE, is_seen
from monitor.journal.tables import AlarmRow
from monitor.journal.times import LOCAL, iso
from monitor.reports.numerals import whole
from monitor.reports.open_items import Items

WORDS = Path(__file__).with_name("shift_lines.toml")
_ALARM, _DEVICE = core(AlarmRow), core(Device)


@cache
def _words() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def happened(connection: Connection, within: Territory, since: datetime, until: datetime, lang: str) -> list[str]:
    """``since`` to ``until``: the shift, up to now where it is not over."""
    words = _words()[lang]
    told = [*_calls(connection, within, (since, until), lang), *_outages(connection, within, (since, until), lang)]
    return told or [str(words["quiet"])]


def left_open(items: Items, lang: str) -> list[str]:
    words = _words()[lang]
    named = {kind: items[kind] for kind in words["open"] if items.get(kind, {}).get("n")}
    return [_open_line(words["open"], kind, each, lang) for kind, each in named.items()]


def _open_line(words: Mapping[str, str], kind: str, each: Mapping[str, Any], lang: str) -> str:
    """Camera eyes are counted as such: that is what people ask for."""
    eyes = each.get("eyes") or 0
    if kind != "down" or not eyes:
        return words[kind].format(n=whole(each["n"], lang))
    others = each["n"] - eyes
    told = [words["eyes"].format(n=whole(eyes, lang))]
    return ", ".join(told + ([words["others_down"].format(n=whole(others, lang))] if others else []))


def message(post: str, shift: Mapping[str, Any], lines: Sequence[str], lang: str) -> str:
    """All of it in one text, for a group that takes none from a program."""
    words = _words()[lang]
    taken = day_and_clock(datetime.fromisoformat(shift["taken_at"]))
    head = str(words["head"]).format(post=post, officer=shift["officer"], time=taken)
    note = [str(words["note"]).format(note=shift["note"])] if shift["note"] else []
    return "\n".join([head, *(f"- {line}" for line in lines), *note])


def clock(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%H:%M")


def day_and_clock(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%H:%M %d/%m/%Y")


def _calls(connection: Connection, within: Territory, span: tuple[datetime, datetime], lang: str) -> Iterator[str]:
    words, inside = _words()[lang], is_seen(_ALARM.c.id, _ALARM.c.device_id, within)
    came = (_ALARM.c.received_at >= span[0], _ALARM.c.received_at < span[1], inside)
    is_drill = _ALARM.c.drill_id.is_not(None)
    query = select(_ALARM.c.kind, func.count()).where(*came, ~is_drill).group_by(_ALARM.c.kind)
    counted = {kind: count for kind, count in connection.execute(query)}  # noqa: C416
    calls = sum(counted.get(kind, 0) for kind in CALLS_FOR_HELP)
    if calls:
        yield str(words["calls"]).format(n=whole(calls, lang))
    if tests := counted.get(AlarmKind.TEST, 0):
        yield str(words["tests"]).format(n=whole(tests, lang))
    if drilled := connection.execute(select(func.count()).select_from(_ALARM).where(*came, is_drill)).scalar_one():
        yield str(words["drills"]).format(n=whole(drilled, lang))
    yield from _ended(connection, within, span, lang)


def _ended(connection: Connection, within: Territory, span: tuple[datetime, datetime], lang: str) -> Iterator[str]:
    words = _words()[lang]
    closed, _ = incidents_page(connection, within, is_open=False, limit=100)
    first, last = iso(span[0]), iso(span[1])
    real = [each for each in closed if each["drill_id"] is None]
    ended = Counter(each["disposition"] for each in real if first <= each["closed_at"] < last)
    for disposition, count in sorted(ended.items()):
        yield str(words["ended"]).format(n=whole(count, lang), what=words["dispositions"][disposition])


def _outages(connection: Connection, within: Territory, span: tuple[datetime, datetime], lang: str) -> Iterator[str]:
    words = _words()[lang]
    meets = (OUTAGE.c.began_at < span[1], or_(OUTAGE.c.closed_at.is_(None), OUTAGE.c.closed_at > span[0]))
    members = select(func.count()).where(MEMBER.c.alarm_id == OUTAGE.c.alarm_id, within.of_devices(MEMBER.c.device_id))
    is_eye = MEMBER.c.device_id.in_(select(_DEVICE.c.id).where(_DEVICE.c.device_class == "camera"))
    eyes = members.where(is_eye).scalar_subquery().label("eyes")
    columns = (OUTAGE.c.began_at, OUTAGE.c.closed_at, members.scalar_subquery().label("devices"), eyes)
    rows: Sequence[Any] = connection.execute(select(*columns).where(*meets).order_by(OUTAGE.c.began_at)).all()
    for row in rows:
        if not row.devices:
            continue
        ended_at = row.closed_at or span[1]
        values = {
            "first": clock(row.began_at),
            "last": clock(row.closed_at) if row.closed_at else words["now"],
            "min": whole(round((ended_at - row.began_at).total_seconds() / 60), lang),
            "what": words["eyes" if row.eyes == row.devices else "devices"].format(n=whole(row.devices, lang)),
        }
        yield str(words["outage"]).format(**values)
