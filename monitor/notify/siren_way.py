"""A siren, gong or loudspeaker as one more whom an alarm tells: it sounds, and is silent again with the alarm's end."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from monitor.errors import Refusal, StoreUnavailable, UnknownRecord
from monitor.machines.delivery import Answer, Outcome
from monitor.notify.message import Message


class Sounded(StrEnum):
    ORDERED = "ordered"  # /sirens shows what becomes of it
    ALREADY = "sounds already"
    WAITS = "waits for a second officer"
    SILENCED = "silenced"


class Sounder(Protocol):
    """Both raise ``UnknownRecord``, ``Refusal`` or ``StoreUnavailable``."""

    def sound(self, message: Message, for_s: int) -> Sounded: ...

    def silence(self, message: Message) -> Sounded: ...


class SirenChannel:
    kind = "siren"

    def __init__(self, for_s: int, sounder: Sounder | None) -> None:
        self._for_s, self._sounder = for_s, sounder

    def send(self, message: Message) -> Answer:
        """Delivered is that its order is written down: whether it sounds, the order says."""
        if self._sounder is None:
            return Answer(Outcome.PERMANENT, "there are no sirens here", "refused")
        is_over = bool(message.facts.get("ended_at"))
        try:
            said = self._sounder.silence(message) if is_over else self._sounder.sound(message, self._for_s)
        except StoreUnavailable as error:
            return Answer(Outcome.RETRY, error.reason, "refused")
        except (UnknownRecord, Refusal) as error:
            return Answer(Outcome.PERMANENT, error.reason, "refused")
        return Answer(Outcome.BY_HAND if said is Sounded.WAITS else Outcome.DELIVERED, said)

    def check(self) -> Answer:
        """Sirens are proven by sounding: the page of sirens says which were not heard for long."""
        return Answer(Outcome.DELIVERED, "ok")
