"""The engine of ``chuong decode``: captured messages in, what a fresh monitor would make of each out.

One JSON object a line: ``id, topic, payload, payload_encoding (json | text | base64), qos, retain`` and, where
known, ``context`` (what the inventory and the store hold of the device), ``device``, ``replayed`` (the broker's
retained copy at subscribe; ``retain`` alone is only the publisher's flag), ``received_at`` or ``event_time``, and
``given``, ids of earlier lines: then those are all the monitor has heard before, whatever else stands in the file.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from device_adapters.core.contract import Adapter, Decoded, DeviceFacts, Known, Refused
from device_adapters.core.events import BATTERY_HYSTERESIS_PCT, LOW_BATTERY_PCT, AlarmKind, Event, EventClass, Shape
from device_adapters.core.registry import adapters
from monitor.captured_line import Line, LineError, read_line
from monitor.errors import Refusal
from monitor.journal.times import iso
from monitor.machines.admission import Admission, Seen, Verdict, admit

_ADMITTED = frozenset(
    {
        EventClass.ALARM,
        EventClass.TAMPER,
        EventClass.LOW_BATTERY,
        EventClass.TEST,
        EventClass.TROUBLE,
        EventClass.CLEAR,
    }
)
_SIGNS_OF_LIFE = frozenset({EventClass.HEARTBEAT, EventClass.IGNORE})
_EQUIPMENT = frozenset({AlarmKind.TAMPER, AlarmKind.BATTERY_LOW, AlarmKind.TROUBLE})
_NOT_NEWS = {
    Verdict.DUPLICATE: "duplicate",
    Verdict.STALE_REPLAY: "stale retained press",
    Verdict.ALREADY_PRESENT: "cached state: it is stored as present",
}


@dataclass(slots=True)
class _Ledger:
    """What a monitor that began with the first line has stored by now."""

    identities: set[tuple[str, str]] = field(default_factory=set)
    last_calls: dict[str, tuple[datetime | None, bytes]] = field(default_factory=dict)
    conditions: set[tuple[str, AlarmKind | None]] = field(default_factory=set)
    memory: dict[str, str] = field(default_factory=dict)

    def seen(self, event: Event, line: Line) -> Seen:
        last_occurred_at, last_digest = self.last_calls.get(event.address, (None, None))
        is_stored_as_open = line.is_open and event.kind not in _EQUIPMENT
        return Seen(
            is_identity_known=(event.address, event.source_event_id or "") in self.identities,
            last_occurred_at=line.last_event_at or last_occurred_at,
            last_digest=last_digest,
            is_condition_present=is_stored_as_open or (event.address, event.kind) in self.conditions,
        )

    def keep(self, event: Event, digest: bytes) -> None:
        if event.source_event_id:
            self.identities.add((event.address, event.source_event_id))
        if event.event_class in (EventClass.ALARM, EventClass.CLEAR):
            self.last_calls[event.address] = (event.occurred_at, digest)
        if event.event_class is EventClass.CLEAR:
            self.conditions.discard((event.address, event.kind))
        elif event.event_class is not EventClass.TEST:
            self.conditions.add((event.address, event.kind))

    def note_battery(self, event: Event, facts: DeviceFacts | None) -> None:
        limit_pct = facts.low_battery_below_pct if facts else LOW_BATTERY_PCT
        if (event.battery_pct or 0.0) >= limit_pct + BATTERY_HYSTERESIS_PCT:
            self.conditions.discard((event.address, AlarmKind.BATTERY_LOW))


def decode_lines(adapter_name: str, lines: Iterable[str]) -> Iterator[str]:
    """One JSON line ``{"id", "events", "refused"}`` for each line. Raises ``Refusal`` for an unknown adapter."""
    adapter = adapters().get(adapter_name)
    if adapter is None:
        raise Refusal(f"there is no adapter {adapter_name!r}; known: {', '.join(adapters())}")
    return _decode_each(adapter, lines)


def _decode_each(adapter: Adapter, lines: Iterable[str]) -> Iterator[str]:
    ledger, told = _Ledger(), dict[str | None, Line]()
    for place, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = read_line(text)
        except (LineError, RecursionError) as error:
            yield _written(None, [], f"line {place}: {error}")
            continue
        try:
            events = _decide(adapter, line, ledger)
            if line.given:
                events = _decide(
                    adapter, line, _ledger_after(adapter, [told[each] for each in line.given if each in told])
                )
            yield _written(line.line_id, events, None)
        except Refused as refused:
            yield _written(line.line_id, [], refused.reason)
        told[line.line_id] = line


def _ledger_after(adapter: Adapter, lines: Iterable[Line]) -> _Ledger:
    ledger = _Ledger()
    for line in lines:
        with suppress(Refused):
            _decide(adapter, line, ledger)
    return ledger


def _decide(adapter: Adapter, line: Line, ledger: _Ledger) -> list[dict[str, Any]]:
    decoded, line = _decode(adapter, line, ledger)
    digest = hashlib.blake2b(line.message.payload, digest_size=16).digest()
    judged = [_judge(event, line, ledger, digest) for event in decoded.events]
    ledger.memory.update({**decoded.remember, **decoded.note})
    kept = _without_noise(judged)
    is_about_one = len({event.address for event, _ in kept}) == 1
    return [_told(event, admission, line.device if is_about_one else None) for event, admission in kept]


def _decode(adapter: Adapter, line: Line, ledger: _Ledger) -> tuple[Decoded, Line]:
    known = Known(
        device=lambda address: _facts_at(address, line),
        recall=ledger.memory.get,
        agreed=lambda address: line.facts.options if line.facts and address == line.account else {},
    )
    decoded = adapter.decode(line.message, adapter.default_base, known)
    times = [event.occurred_at for event in decoded.events if event.occurred_at]
    if line.is_timed or not times:
        return decoded, line
    # Nobody says when it came: then it came at once. Decoding is pure, so asking again costs nothing else.
    line = replace(line, message=replace(line.message, received_at=max(times)))
    return adapter.decode(line.message, adapter.default_base, known), line


def _facts_at(address: str, line: Line) -> DeviceFacts | None:
    """The context is about one device: the one that is named, or else whoever the topic names."""
    if line.account is not None:
        return line.facts if address.partition("/")[0] == line.account else None
    topic = unicodedata.normalize("NFC", line.message.topic)
    is_named = line.device is not None and line.device in topic.split("/")
    is_meant = address == line.device if is_named else unicodedata.normalize("NFC", address) in topic
    return line.facts if is_meant else None


def _judge(event: Event, line: Line, ledger: _Ledger, digest: bytes) -> tuple[Event, Admission | None]:
    """The event as the monitor would count it, and how it was admitted."""
    ledger.note_battery(event, line.facts)
    if event.event_class not in _ADMITTED:
        return event, None
    admission = admit(event, line.message, digest, ledger.seen(event, line), line.message.received_at)
    if admission.verdict in (Verdict.NEW, Verdict.LATE):
        ledger.keep(event, digest)
        if event.event_class is EventClass.CLEAR and event.kind in _EQUIPMENT:
            # A state that is sent again and again is a sign of life as well; a message of its own is only that.
            told = EventClass.HEARTBEAT if event.shape is Shape.LEVEL else EventClass.IGNORE
            return replace(event, event_class=told, detail=event.detail or f"restore:{event.kind}"), None
        if event.event_class is EventClass.TROUBLE and (event.detail or "").startswith("trouble:"):
            # In the captures that is no class: equipment that is not well, beside what it is there for.
            return replace(event, event_class=EventClass.IGNORE), admission
        return replace(event, detail=event.detail or ("late" if admission.verdict is Verdict.LATE else None)), admission
    if admission.verdict is Verdict.NOT_PRESENT:
        return replace(event, event_class=EventClass.HEARTBEAT, kind=None), None
    return replace(event, event_class=EventClass.IGNORE, detail=_NOT_NEWS[admission.verdict]), None


def _without_noise(judged: list[tuple[Event, Admission | None]]) -> list[tuple[Event, Admission | None]]:
    """Of each device what matters: mere signs of life go where there is more, and one of them is enough."""
    kept: list[tuple[Event, Admission | None]] = []
    for address in dict.fromkeys(event.address for event, _ in judged):
        own = [each for each in judged if each[0].address == address]
        telling = [each for each in own if each[0].event_class not in _SIGNS_OF_LIFE]
        # Of several signs of life the one that says why it is no more than that.
        explained = [each for each in own if each[0].detail]
        kept += telling or explained[:1] or own[:1]
    return kept


def _told(event: Event, admission: Admission | None, device: str | None) -> dict[str, Any]:
    told = {
        "class": event.event_class,
        "device_ref": device or event.address,
        "occurred_at": iso(event.occurred_at),
        "address": event.address if device and device != event.address else None,
        "kind": event.kind,
        "detail": event.detail,
        "degraded": event.degraded,
        "battery_pct": event.battery_pct,
        "source_event_id": event.source_event_id,
        "late_s": admission.late_s if admission and admission.late_s else None,
        "flags": sorted({*event.flags, *(admission.flags if admission else ())}) or None,
    }
    always = ("class", "device_ref", "occurred_at")
    return {key: value for key, value in told.items() if value is not None or key in always}


def _written(line_id: str | None, events: list[dict[str, Any]], refused: str | None) -> str:
    text = json.dumps({"id": line_id, "events": events, "refused": refused}, ensure_ascii=False)
    return text.encode(errors="backslashreplace").decode()  # half a surrogate stays an escape
