"""The one thing the monitor asks of a device: sound, or be silent; and what the device says of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class SoundAct(StrEnum):
    SOUND = "sound"
    STOP = "stop"


class SoundOrder(Struct, frozen=True):
    """``order_id``: the same for each try. ``for_s``: what is left of its time, so that a late copy ends no later.

    ``until_at``: whoever gets it later must not sound any more.
    """

    order_id: str
    act: SoundAct
    for_s: int
    until_at: datetime


class Sending(Struct, frozen=True):
    """One message to the broker, never retained, or a siren would sound at each of its starts.

    ``while_held``: it may wait a little, and is sent only where its family's memory then still holds something there.
    """

    topic: str
    payload: bytes
    qos: int = 1
    while_held: str = ""


class SirenSaid(StrEnum):
    ACKNOWLEDGED = "acknowledged"  # it has the order
    SOUNDING = "sounding"  # it can be heard: its own word that it draws current, or its gateway's
    OFF = "off"
    REFUSED = "refused"


class SirenWord(Struct, frozen=True):
    """``order_id``: which order it speaks of, None where its family has no such word."""

    said: SirenSaid
    order_id: str | None = None
