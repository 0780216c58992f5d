"""What the probe says, in our own contract (device_adapters/native.py draws it). Pure.

A probe counts over all that it says, also for the bells wired to it: ``boot`` names the run, ``seq`` counts within it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Brokers here refuse packets above 64 KiB by dropping the connection, and paho then sends the same again for ever.
MAX_BODY_B = 60_000


@dataclass(frozen=True, slots=True)
class Outgoing:
    topic: str
    body: bytes
    is_retained: bool = False


@dataclass(slots=True)
class Speaker:
    """Who speaks. It counts, so it is no value: one of it for a run."""

    base: str
    probe: str
    boot: str
    seq: int = 0

    def topic(self, channel: str, child: str | None = None) -> str:
        path = f"{self.base}/probe/{self.probe}/{channel}"
        return path if child is None else f"{path}/{child}"

    def numbered(self) -> dict[str, Any]:
        self.seq += 1
        return {"boot": self.boot, "seq": self.seq}

    def status(self, state: str, extra: Mapping[str, Any]) -> Outgoing:
        body = {"v": 1, "state": state, "boot": self.boot, **extra}
        return Outgoing(self.topic("status"), as_json(body), is_retained=True)

    def camera_status(self, camera: str, since_ms: int, fields: Mapping[str, Any]) -> Outgoing:
        body = {"v": 1, **fields, "since": since_ms, **self.numbered()}
        return Outgoing(self.topic("status", camera), as_json(body), is_retained=True)

    def kept(self, kind: str, now_ms: int, extra: Mapping[str, Any]) -> tuple[str, str]:
        """An alarm or event: its identity, the same however often it is sent, and its body."""
        number = self.numbered()
        identity = f"{self.boot}-{number['seq']:06d}"
        return identity, as_json({"v": 1, "id": identity, "kind": kind, "ts": now_ms, **number, **extra}).decode()

    def heartbeats(
        self, now_ms: int, extra: Mapping[str, Any], cameras: Iterable[tuple[str, Any]]
    ) -> Iterator[Outgoing]:
        """One message for all cameras; more only where a broker would refuse its size."""
        for part in _parts(cameras, MAX_BODY_B - 1000):
            body = {"v": 1, **self.numbered(), "ts": now_ms, **extra, "cams": 0}
            yield Outgoing(self.topic("heartbeat"), as_json(body)[:-2] + b"{%b}}" % b",".join(part))


def _parts(cameras: Iterable[tuple[str, Any]], most: int) -> Iterator[list[bytes]]:
    part, size = list[bytes](), 0
    for name, fields in cameras:
        entry = as_json(name) + b":" + as_json(fields)
        if part and size + len(entry) > most:
            yield part
            part, size = [], 0
        part.append(entry)
        size += len(entry) + 1
    yield part


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def with_queued_s(body: str, queued_s: int) -> bytes:
    """The same, and how long it waited on disk."""
    return f'{body[:-1]},"queued_s":{queued_s}}}'.encode() if queued_s >= 1 else body.encode()


def acknowledged_id(payload: bytes) -> str | None:
    """``{"v": 1, "id": …}`` → id; None for anything else, which is then no receipt."""
    try:
        body: Any = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    identity = body.get("id") if isinstance(body, dict) and body.get("v") == 1 else None
    return identity if isinstance(identity, str) else None
