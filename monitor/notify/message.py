"""What a channel is given, and what every channel can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from monitor.machines.delivery import Answer


@dataclass(frozen=True, slots=True)
class Message:
    """``text``: as people read it, marked where it may be a repeat. ``tracking_id``: the same for each try of a duty.

    ``code``: what people call the alarm; ``facts``: what a program wants to know of it.
    """

    tracking_id: str
    address: str
    code: str
    text: str
    facts: Mapping[str, Any]
    is_repeat: bool


class Channel(Protocol):
    """Both raise nothing that is expected: what went wrong is in the answer. Safe from several threads."""

    @property
    def kind(self) -> str:
        """As in ``config/channels.toml``."""

    def send(self, message: Message) -> Answer: ...

    def check(self) -> Answer:
        """Whether it would work now. Nobody is told anything by it."""
