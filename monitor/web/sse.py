"""The bytes of server-sent events (WHATWG HTML, 9.2.5). Every event of ours carries ``id:``, its place in the feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Packet:
    """One event, encoded once for every client. ``is_once``: a client that has passed ``seq`` has had it."""

    seq: int
    body: bytes
    is_once: bool = False

    def at(self, seq: int) -> bytes:
        return b"id: %d\n%b" % (seq, self.body)


def packet(event: str, seq: int, data: Mapping[str, Any]) -> Packet:
    # orjson escapes line feeds inside strings, so the data is always one line.
    body = b"event: %b\ndata: %b\n\n" % (event.encode("ascii"), orjson.dumps(data))
    return Packet(seq, body, is_once=event == "alarm")


def resync(seq: int, reason: str) -> Packet:
    """Tells the client that what it has is no base any more: load the snapshot again."""
    return packet("resync", seq, {"reason": reason})
