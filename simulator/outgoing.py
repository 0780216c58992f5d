"""One message on its way out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

# Brokers here refuse packets above 64 KiB by dropping the connection, and paho then resends the same
# packet for ever: so nothing larger than this may reach the socket.
MAX_PAYLOAD_B = 60_000


class TooLargeError(ValueError):
    """The message would make the broker drop the connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    topic: str
    payload: bytes
    qos: int = 1
    is_retained: bool = False

    def __post_init__(self) -> None:
        if len(self.payload) > MAX_PAYLOAD_B:
            raise TooLargeError(f"{self.topic}: {len(self.payload)} B, at most {MAX_PAYLOAD_B}")


def as_json(value: dict[str, Any] | list[dict[str, Any]]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
