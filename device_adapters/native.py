"""``native``: our own contract, spoken by our probe, home-made bells and the simulator.

    <base>/<class>/<device_id>/<channel>[/<child_id>]        base: anninh/v1
    class    camera | bell | siren | gateway | probe
    status     {"v":1,"state":"online|offline"}              birth and will, retained; text is tolerated
               {"v":1,"s":"up|down|auth","skew_s":0.4}       of a child
    heartbeat  {"v":1,"ts","battery","cams":{child: {"s":"up|down|auth","skew_s"}},
                "bells":{child: {"s":"up|down","err"}}}      of buttons wired to it: whether they can be read
    alarm      {"v":1,"id","kind":"alarm|clear","input":"panic|hold_up|…","ts","boot","seq"[,"queued_s"]}
    event      {"v":1,"id","kind":"tamper|test|low_battery|trouble","ts"[,"pct"]}
               {"v":1,"id","kind":"siren","order","said","ts"}
    command, ack                                             what we send; orders to sirens: core.siren_formats

``ts`` is Unix time in integer milliseconds. The broker lets a device write below its own id only, so the topic
is evidence: whatever arrives on ``alarm`` rings, as a *degraded* alarm where it cannot be read; only what can be read
as far as that it is a ``clear`` is kept aside instead. Who may speak for a child: ``core.places``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from device_adapters.core.bodies import (
    BodyError,
    fingerprint,
    has_unsafe_text,
    is_whole,
    number,
    read_object,
    word,
)
from device_adapters.core.contract import Adapter, Decoded, Known, Message, Refused, Session, Subscription
from device_adapters.core.events import LAST_WILL, AlarmKind, Event, EventClass
from device_adapters.core.places import (
    FROM_US,
    ID,
    Place,
    objection_to_bell,
    objection_to_state,
    place_of,
    receipt_topic,
    tally_of,
)
from device_adapters.core.siren_formats import native_order, native_word
from device_adapters.core.times import from_unix_ms, is_skewed

MAX_ALARM_BYTES = 4096
_NIL_ID = "00000000-0000-0000-0000-000000000000"  # badly seeded firmware: every press would be "the same"
_TS_END_MS = 4_102_444_800_000  # 2100-01-01; before 2000 is a clock that was never set, and is only flagged
_MAX_SEQ = 2**63 - 1
_MAX_SKEW_S = 120.0
_YEAR_S = 366 * 86_400.0
_INPUTS = {name: AlarmKind(name) for name in ("panic", "hold_up", "duress", "fire", "medical", "intrusion")}
_EVENTS = {
    "tamper": (EventClass.TAMPER, AlarmKind.TAMPER),
    "test": (EventClass.TEST, None),
    "low_battery": (EventClass.LOW_BATTERY, AlarmKind.BATTERY_LOW),
    "trouble": (EventClass.TROUBLE, AlarmKind.TROUBLE),
}


def decode(message: Message, base: str, known: Known) -> Decoded:
    place = place_of(message.topic, base, known)
    try:
        return Decoded(_read(message, place, known), tally=tally_of(message.payload, place))
    except BodyError as error:
        raise Refused(f"{place.channel}: {error}", place.address) from None


def _read(message: Message, place: Place, known: Known) -> tuple[Event, ...]:
    if place.channel in FROM_US:
        return (_ignored(place, f"our own {place.channel}"),)
    if place.channel == "alarm":
        return (_alarm(message, place, known),)
    if place.channel == "event":
        return (_event(message, place, known),)
    if place.channel == "status":
        return (_status(message.payload, place),)
    return _heartbeat(message.payload, place, known)


def _alarm(message: Message, place: Place, known: Known) -> Event:
    body: dict[str, Any] = {}
    try:
        if len(message.payload) > MAX_ALARM_BYTES:
            raise BodyError(f"larger than {MAX_ALARM_BYTES} bytes")
        body = read_object(message.payload)
        return _readable_alarm(body, message, place, known)
    except BodyError as error:
        if body.get("kind") == "clear":  # whatever else is wrong with it, it is no press
            raise Refused(f"{place.channel}: clear: {error}", place.address) from None
        return Event(
            event_class=EventClass.ALARM,
            address=place.address,
            kind=_kind(None, place.address, known),
            source_event_id=_source_event_id(body, place),
            receipt_id=_identity(body),
            degraded=str(error)[:200],
            flags=place.flags,
        )


def _check_alarm(body: Mapping[str, Any]) -> None:
    if type(body.get("v")) is not int or body["v"] != 1:
        raise BodyError("unknown schema version")
    if body.get("kind") not in ("alarm", "clear"):
        raise BodyError("kind is neither alarm nor clear")
    if _identity(body) is None:
        raise BodyError("no usable id")
    if not is_whole(body.get("ts"), _TS_END_MS):
        raise BodyError("ts is not Unix time in milliseconds")
    if "seq" in body and not is_whole(body["seq"], _MAX_SEQ):
        raise BodyError("seq is not a whole number")
    if "input" in body and not (isinstance(body["input"], str) and body["input"] in _INPUTS):
        raise BodyError("unknown input")


def _readable_alarm(body: dict[str, Any], message: Message, place: Place, known: Known) -> Event:
    _check_alarm(body)
    if place.objection and body["kind"] == "clear":
        raise Refused(f"the end of a call is not taken: {place.objection}", place.device_id)
    occurred_at = from_unix_ms(body["ts"])
    return Event(
        event_class=EventClass.ALARM if body["kind"] == "alarm" else EventClass.CLEAR,
        address=place.address,
        kind=_kind(body.get("input"), place.address, known),
        source_event_id=_source_event_id(body, place),
        receipt_id=_identity(body),
        occurred_at=occurred_at,
        queued_s=number(body.get("queued_s"), 0, _YEAR_S),
        flags=place.flags + _flags(body, occurred_at, message.received_at, place),
    )


def _identity(body: Mapping[str, Any]) -> str | None:
    identity = body.get("id")
    is_usable = isinstance(identity, str) and ID.fullmatch(identity) and identity != _NIL_ID
    return identity if is_usable else None


def _source_event_id(body: Mapping[str, Any], place: Place) -> str | None:
    """The id, and what was said under it: a badly seeded id used twice must not swallow the second press."""
    identity = _identity(body)
    # What a spool adds while it waits is not part of the press: a resend must stay a duplicate.
    said = {key: value for key, value in body.items() if key != "queued_s"}
    # Two children that ring for their probe may count alike; no key of a body holds a slash and nothing else.
    return f"{identity}#{fingerprint(said | {'/': place.below} if place.below else said)}" if identity else None


def _kind(stated: object, address: str, known: Known) -> AlarmKind:
    """The inventory knows what a plain button is for; a panel that says more is believed."""
    kind = _INPUTS.get(stated, AlarmKind.PANIC) if isinstance(stated, str) else AlarmKind.PANIC
    facts = known.device(address)
    if kind is AlarmKind.PANIC and facts and facts.alarm_kind:
        return facts.alarm_kind
    return kind


def _flags(body: dict[str, Any], occurred_at: datetime | None, now: datetime, place: Place) -> tuple[str, ...]:
    flags = []
    if occurred_at is None or is_skewed(occurred_at, now):
        flags.append("clock_skew")
    if body.get("device_id", place.address) not in (place.address, place.device_id, place.below):
        flags.append("identity_mismatch")
    if "queued_s" in body and number(body["queued_s"], 0, _YEAR_S) is None:
        flags.append("bad_queued_s")
    if has_unsafe_text(body):
        flags.append("unsafe_text")
    return tuple(flags)


def _status(payload: bytes, place: Place) -> Event:
    text = payload.strip().lower()
    if not text:
        return _ignored(place, "retained status removed")
    body = {"v": 1, "state": text.decode()} if text in (b"online", b"offline") else read_object(payload)
    if body.get("v") != 1:
        return _ignored(place, "unknown schema version")
    if (state := body.get("state")) in ("online", "offline"):
        flags = (LAST_WILL,) if state == "offline" else ()
        return Event(event_class=EventClass(state), address=place.address, occurred_at=_time(body, "ts"), flags=flags)
    if (event := _child(place.address, body, EventClass.ONLINE, _time(body, "since"))) is None:
        raise BodyError("no known state")
    return event


def _heartbeat(payload: bytes, place: Place, known: Known) -> tuple[Event, ...]:
    if not payload or payload.isspace():
        return (Event(event_class=EventClass.HEARTBEAT, address=place.address, flags=("empty",)),)
    body = read_object(payload)
    at, battery = _time(body, "ts"), body.get("battery")
    battery_pct = None if battery is None else number(battery, 0, 100)
    flags: tuple[str, ...] = () if body.get("v") == 1 else ("unknown_version",)
    if battery_pct is None and battery is not None:
        flags += ("bad_battery",)
    children: list[Event] = []
    for key, objection in (("cams", objection_to_state), ("bells", objection_to_bell)):
        if key not in body:
            continue
        told = _children(body[key], at)
        taken = [child for child in told if child and not objection(place, child.address, known)]
        flags += ("bad_child",) if None in told else ()
        flags += ("refused_child",) if len(taken) < len(told) - told.count(None) else ()
        children += taken
    own = Event(
        event_class=EventClass.HEARTBEAT,
        address=place.address,
        occurred_at=at,
        battery_pct=battery_pct,
        flags=flags,
    )
    return (own, *children)


def _children(cams: object, at: datetime | None) -> list[Event | None]:
    """An event per child of a probe, None for each entry that cannot be read."""
    if not isinstance(cams, dict):
        return [None]
    return [
        _child(name, entry, EventClass.HEARTBEAT, at) if ID.fullmatch(name) and isinstance(entry, dict) else None
        for name, entry in cams.items()
    ]


def _child(address: str, entry: dict[str, Any], up: EventClass, at: datetime | None) -> Event | None:
    """What a probe found of a camera: up, down, or answering but not well."""
    state = entry.get("s")
    if state == "down":
        return Event(event_class=EventClass.OFFLINE, address=address, occurred_at=at, detail=word(entry.get("err")))
    if state not in ("up", "auth"):
        return None
    trouble = "trouble:credentials" if state == "auth" else None
    skew_s = number(entry.get("skew_s"), -1e12, 1e12)
    if trouble is None and skew_s is not None and abs(skew_s) > _MAX_SKEW_S:
        trouble = "trouble:clock"
    return Event(event_class=EventClass.HEARTBEAT if trouble else up, address=address, occurred_at=at, detail=trouble)


def _event(message: Message, place: Place, known: Known) -> Event:
    body = read_object(message.payload)
    told = body.get("kind") if body.get("v") == 1 else None
    if told == "alarm":
        return _alarm(message, place, known)  # a press on the wrong channel is still a press
    if place.objection:
        raise Refused(f"an event of a child is not taken: {place.objection}", place.device_id)
    if told == "siren":
        return Event(
            event_class=EventClass.HEARTBEAT,
            address=place.address,
            receipt_id=_identity(body),
            occurred_at=_time(body, "ts"),
            siren=native_word(body),
        )
    if not isinstance(told, str) or told not in _EVENTS:
        return _ignored(place, "unknown schema version or kind")
    event_class, kind = _EVENTS[told]
    return Event(
        event_class=event_class,
        address=place.address,
        kind=kind,
        source_event_id=_source_event_id(body, place),
        receipt_id=_identity(body),
        occurred_at=_time(body, "ts"),
        queued_s=number(body.get("queued_s"), 0, _YEAR_S),
        battery_pct=number(body.get("pct"), 0, 100),
        detail=word(body.get("detail")),
    )


def _ignored(place: Place, detail: str) -> Event:
    return Event(event_class=EventClass.IGNORE, address=place.address, detail=detail)


def _time(body: dict[str, Any], key: str) -> datetime | None:
    return from_unix_ms(body[key]) if is_whole(body.get(key), _TS_END_MS) else None


ADAPTER = Adapter(
    name="native",
    default_base="anninh/v1",
    subscriptions=(
        Subscription("{base}/+/+/alarm/#", Session.ALARM),
        Subscription("{base}/+/+/event/#", Session.ALARM),
        Subscription("{base}/#", Session.STATE),  # the rest, so that a misspelt channel is shown and not lost
    ),
    decode=decode,
    topic="{base}/{device_class}/{address}",
    ack_topic=receipt_topic,
    encode=native_order,
)
