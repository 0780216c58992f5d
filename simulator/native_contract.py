"""Messages of our own contract, ``anninh/v1/<class>/<device_id>/<channel>[/<child_id>]``. Pure.

``ts`` and ``since`` are Unix milliseconds, ``boot`` names one run of the sender, ``seq`` counts within it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulator.outgoing import Outgoing, as_json

VERSION = 1


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: base topic, device class (``bell``, ``probe``), device id, and the name of this run."""

    base: str
    device_class: str
    device_id: str
    boot: str

    def topic(self, channel: str, child_id: str | None = None) -> str:
        path = f"{self.base}/{self.device_class}/{self.device_id}/{channel}"
        return path if child_id is None else f"{path}/{child_id}"


@dataclass(frozen=True, slots=True)
class EyeReading:
    """What the probe's last look at one camera gave. ``since_ms``: when it came to be so."""

    is_up: bool
    since_ms: int
    answered_after_ms: int
    misses: int = 0

    def fields(self) -> dict[str, Any]:
        if self.is_up:
            return {"s": "up", "l": "rtsp", "ms": self.answered_after_ms}
        return {"s": "down", "l": "tcp", "err": "timeout", "n": self.misses}


def birth(speaker: Speaker, ts: int, extra: Mapping[str, Any]) -> Outgoing:
    body = {"v": VERSION, "state": "online", "boot": speaker.boot, "ts": ts, "ntp": True, **extra}
    return Outgoing(topic=speaker.topic("status"), payload=as_json(body), is_retained=True)


def will(speaker: Speaker) -> Outgoing:
    """Left with the broker at connect, so it cannot know the time at which it will be sent."""
    body = {"v": VERSION, "state": "offline", "boot": speaker.boot}
    return Outgoing(topic=speaker.topic("status"), payload=as_json(body), is_retained=True)


def heartbeat(speaker: Speaker, seq: int, ts: int, extra: Mapping[str, Any]) -> Outgoing:
    body = {"v": VERSION, "boot": speaker.boot, "seq": seq, "ts": ts, "ntp": True, **extra}
    return Outgoing(topic=speaker.topic("heartbeat"), payload=as_json(body))


def probe_heartbeat(speaker: Speaker, seq: int, ts: int, eyes: Mapping[str, EyeReading]) -> Outgoing:
    """One message per cycle for all cameras of the probe."""
    return heartbeat(speaker, seq, ts, {"cams": {eye_id: reading.fields() for eye_id, reading in eyes.items()}})


def eye_status(speaker: Speaker, seq: int, eye_id: str, reading: EyeReading) -> Outgoing:
    """Only on change; retained, so that who comes later knows too."""
    body = {"v": VERSION, **reading.fields(), "since": reading.since_ms, "boot": speaker.boot, "seq": seq}
    return Outgoing(topic=speaker.topic("status", eye_id), payload=as_json(body), is_retained=True)


def press(speaker: Speaker, seq: int, ts: int, *, kind: str, alarm_input: str) -> Outgoing:
    """A press (``kind`` = ``alarm``) or its end (``clear``)."""
    body = _identified(speaker, seq, ts, kind) | {"input": alarm_input}
    return Outgoing(topic=speaker.topic("alarm"), payload=as_json(body))


def event(speaker: Speaker, seq: int, ts: int, *, kind: str, extra: Mapping[str, Any]) -> Outgoing:
    """``tamper``, ``test``, ``low_battery``: everything worth a receipt that is not a press."""
    body = _identified(speaker, seq, ts, kind) | dict(extra)
    return Outgoing(topic=speaker.topic("event"), payload=as_json(body))


def event_id(boot: str, seq: int) -> str:
    """The identity of one press or event, the same however often it is sent."""
    return f"{boot}-{seq:06d}"


def with_queued_s(message: Outgoing, queued_s: int) -> Outgoing:
    """The same message, saying how long it waited in the spool."""
    body = message.payload[:-1] + b',"queued_s":%d}' % queued_s
    return replace(message, payload=body)


def _identified(speaker: Speaker, seq: int, ts: int, kind: str) -> dict[str, Any]:
    return {
        "v": VERSION,
        "id": event_id(speaker.boot, seq),
        "kind": kind,
        "ts": ts,
        "boot": speaker.boot,
        "seq": seq,
    }
