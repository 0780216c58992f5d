"""``native``: our own contract, spoken by our probe, home-made bells and the simulator.

    <base>/<class>/<device_id>/<channel>[/<child_id>]        base: anninh/v1
    class    camera | bell | siren | gateway | probe
    status     {"v":1,"state":"online|offline"}              birth and will, retained; text is tolerated
               {"v":1,"s":"up|down|auth","skew_s":0.4}       of a child
    heartbeat  {"v":1,"ts","battery","cams":{child: {"s":"up|down|auth","skew_s"}}}
    alarm      {"v":1,"id","kind":"alarm|clear","input":"panic|hold_up|…","ts","boot","seq"[,"queued_s"]}
    event      {"v":1,"id","kind":"tamper|test|low_battery|trouble","ts"[,"pct"]}
    command, ack                                             what we send

``ts`` is Unix time in integer milliseconds. The broker lets a device write below its own id only, so the topic
is evidence: whatever arrives on ``alarm`` rings, as a *degraded* alarm where it cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from device_adapters.core.bodies import (
    MAX_ADDRESS,
    BodyError,
    fingerprint,
    has_unsafe_text,
    is_whole,
    number,
    read_object,
    word,
)
from device_adapters.core.contract import Adapter, Decoded, DeviceClass, Known, Message, Refused, Session, Subscription
from device_adapters.core.events import LAST_WILL, AlarmKind, Event, EventClass
from device_adapters.core.times import from_unix_ms, is_skewed

MAX_ALARM_BYTES = 4096
_CLASSES = frozenset(DeviceClass)
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NIL_ID = "00000000-0000-0000-0000-000000000000"  # badly seeded firmware: every press would be "the same"
_TS_END_MS = 4_102_444_800_000  # 2100-01-01; before 2000 is a clock that was never set, and is only flagged
_MAX_SEQ = 2**63 - 1
_MAX_SKEW_S = 120.0
_YEAR_S = 366 * 86_400.0
_INPUTS = {name: AlarmKind(name) for name in ("panic", "hold_up", "duress", "fire", "medical", "intrusion")}
_OURS = ("command", "ack")
_KEPT = ("alarm", "event")  # what senders keep until our receipt
_CHANNELS = frozenset({"status", "heartbeat", "alarm", "event", *_OURS})
_EVENTS = {
    "tamper": (EventClass.TAMPER, AlarmKind.TAMPER),
    "test": (EventClass.TEST, None),
    "low_battery": (EventClass.LOW_BATTERY, AlarmKind.BATTERY_LOW),
    "trouble": (EventClass.TROUBLE, AlarmKind.TROUBLE),
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message was published. ``address``: the child, or the device itself."""

    device_id: str
    address: str
    channel: str
    flags: tuple[str, ...] = ()


def decode(message: Message, base: str, known: Known) -> Decoded:
    place = _place(message.topic, base)
    try:
        return Decoded(_read(message, place, known))
    except BodyError as error:
        raise Refused(f"{place.channel}: {error}", place.address) from None


def _read(message: Message, place: _Place, known: Known) -> tuple[Event, ...]:
    if place.channel == "alarm":
        return (_alarm(message, place, known),)
    if place.channel == "event":
        return (_event(message, place, known),)
    if place.channel == "status":
        return (_status(message.payload, place),)
    if place.channel == "heartbeat":
        return _heartbeat(message.payload, place)
    return (_ignored(place, f"our own {place.channel}"),)


def _place(topic: str, base: str) -> _Place:
    if not topic.startswith(base + "/"):
        raise Refused(f"the topic is not below {base}")
    levels = [level[:MAX_ADDRESS] for level in topic[len(base) + 1 :].split("/")]
    if len(levels) < 3 or not all(levels):
        raise Refused("the topic has no channel, or an empty level")
    device_class, device_id, channel, *rest = levels
    if channel == "alarm" and (device_class not in _CLASSES or len(rest) > 1):
        return _Place(device_id, device_id, channel, ("unexpected_topic",))  # bound to the device all the same
    if device_class not in _CLASSES:
        raise Refused(f"unknown class {device_class!r}", device_id)
    if channel not in _CHANNELS:
        raise Refused(f"unknown channel {channel!r}", device_id)
    if len(rest) > 1 and channel not in _OURS:
        raise Refused("the topic goes deeper than a child", device_id)
    return _Place(device_id, rest[0] if rest and channel not in _OURS else device_id, channel)


def _alarm(message: Message, place: _Place, known: Known) -> Event:
    body: dict[str, Any] = {}
    try:
        if len(message.payload) > MAX_ALARM_BYTES:
            raise BodyError(f"larger than {MAX_ALARM_BYTES} bytes")
        body = read_object(message.payload)
        return _readable_alarm(body, message, place, known)
    except BodyError as error:
        return Event(
            event_class=EventClass.ALARM,
            address=place.address,
            kind=_kind(None, place.address, known),
            receipt_id=_identity(body),
            degraded=str(error)[:200],
            flags=place.flags,
        )


def _check_alarm(body: Mapping[str, Any]) -> str:
    """The press's id, where the contract is kept."""
    identity = _identity(body)
    if type(body.get("v")) is not int or body["v"] != 1:
        raise BodyError("unknown schema version")
    if body.get("kind") not in ("alarm", "clear"):
        raise BodyError("kind is neither alarm nor clear")
    if identity is None:
        raise BodyError("no usable id")
    if not is_whole(body.get("ts"), _TS_END_MS):
        raise BodyError("ts is not Unix time in milliseconds")
    if "seq" in body and not is_whole(body["seq"], _MAX_SEQ):
        raise BodyError("seq is not a whole number")
    if "input" in body and not (isinstance(body["input"], str) and body["input"] in _INPUTS):
        raise BodyError("unknown input")
    return identity


def _readable_alarm(body: dict[str, Any], message: Message, place: _Place, known: Known) -> Event:
    identity = _check_alarm(body)
    occurred_at = from_unix_ms(body["ts"])
    return Event(
        event_class=EventClass.ALARM if body["kind"] == "alarm" else EventClass.CLEAR,
        address=place.address,
        kind=_kind(body.get("input"), place.address, known),
        source_event_id=_source_event_id(identity, body),
        receipt_id=identity,
        occurred_at=occurred_at,
        queued_s=number(body.get("queued_s"), 0, _YEAR_S),
        flags=place.flags + _flags(body, occurred_at, message.received_at, place),
    )


def _identity(body: Mapping[str, Any]) -> str | None:
    identity = body.get("id")
    is_usable = isinstance(identity, str) and _ID.fullmatch(identity) and identity != _NIL_ID
    return identity if is_usable else None


def _source_event_id(identity: str, body: Mapping[str, Any]) -> str:
    """The id, and what was said under it: a badly seeded id used twice must not swallow the second press."""
    # What a spool adds while it waits is not part of the press: a resend must stay a duplicate.
    said = {key: value for key, value in body.items() if key != "queued_s"}
    return f"{identity}#{fingerprint(said)}"


def _kind(stated: object, address: str, known: Known) -> AlarmKind:
    """The inventory knows what a plain button is for; a panel that says more is believed."""
    kind = _INPUTS.get(stated, AlarmKind.PANIC) if isinstance(stated, str) else AlarmKind.PANIC
    facts = known.device(address)
    if kind is AlarmKind.PANIC and facts and facts.alarm_kind:
        return facts.alarm_kind
    return kind


def _flags(body: dict[str, Any], occurred_at: datetime | None, now: datetime, place: _Place) -> tuple[str, ...]:
    flags = []
    if occurred_at is None or is_skewed(occurred_at, now):
        flags.append("clock_skew")
    if body.get("device_id", place.address) not in (place.address, place.device_id):
        flags.append("identity_mismatch")
    if "queued_s" in body and number(body["queued_s"], 0, _YEAR_S) is None:
        flags.append("bad_queued_s")
    if has_unsafe_text(body):
        flags.append("unsafe_text")
    return tuple(flags)


def _status(payload: bytes, place: _Place) -> Event:
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


def _heartbeat(payload: bytes, place: _Place) -> tuple[Event, ...]:
    if not payload.strip():
        return (Event(event_class=EventClass.HEARTBEAT, address=place.address, flags=("empty",)),)
    body = read_object(payload)
    at = _time(body, "ts")
    battery_pct = number(body.get("battery"), 0, 100)
    children = _children(body.get("cams", {}), at)
    remarks = {
        "unknown_version": body.get("v") != 1,
        "bad_battery": body.get("battery") is not None and battery_pct is None,
        "bad_child": None in children,
    }
    own = Event(
        event_class=EventClass.HEARTBEAT,
        address=place.address,
        occurred_at=at,
        battery_pct=battery_pct,
        flags=tuple(remark for remark, is_true in remarks.items() if is_true),
    )
    return (own, *(child for child in children if child))


def _children(cams: object, at: datetime | None) -> list[Event | None]:
    """An event per child of a probe, None for each entry that cannot be read."""
    if not isinstance(cams, dict):
        return [None]
    return [
        _child(name, entry, EventClass.HEARTBEAT, at) if _ID.fullmatch(name) and isinstance(entry, dict) else None
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


def _event(message: Message, place: _Place, known: Known) -> Event:
    body = read_object(message.payload)
    told = body.get("kind") if body.get("v") == 1 else None
    if told == "alarm":
        return _alarm(message, place, known)  # a press on the wrong channel is still a press
    if not isinstance(told, str) or told not in _EVENTS:
        return _ignored(place, "unknown schema version or kind")
    event_class, kind = _EVENTS[told]
    identity = _identity(body)
    return Event(
        event_class=event_class,
        address=place.address,
        kind=kind,
        source_event_id=_source_event_id(identity, body) if identity else None,
        receipt_id=identity,
        occurred_at=_time(body, "ts"),
        queued_s=number(body.get("queued_s"), 0, _YEAR_S),
        battery_pct=number(body.get("pct"), 0, 100),
        detail=word(body.get("detail")),
    )


def _ignored(place: _Place, detail: str) -> Event:
    return Event(event_class=EventClass.IGNORE, address=place.address, detail=detail)


def _time(body: dict[str, Any], key: str) -> datetime | None:
    return from_unix_ms(body[key]) if is_whole(body.get(key), _TS_END_MS) else None


def _ack_topic(topic: str) -> str:
    parent, channel, last = topic.rsplit("/", 2)
    return f"{parent}/ack/{last}" if channel in _KEPT and last not in _KEPT else f"{parent}/{channel}/ack"


ADAPTER = Adapter(
    name="native",
    default_base="anninh/v1",
    subscriptions=(
        Subscription("{base}/+/+/alarm/#", Session.ALARM),
        Subscription("{base}/+/+/event/#", Session.ALARM),
        Subscription("{base}/#", Session.STATE),  # the rest, so that a misspelt channel is shown and not lost
    ),
    decode=decode,
    ack_topic=_ack_topic,
)
