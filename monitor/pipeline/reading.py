"""One message, read: what its adapter made of it, for whom, and whether any of it must be stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import replace

from device_adapters.core.contract import Adapter, Decoded, DeviceFacts, Known, Message, Refused, Tally
from device_adapters.core.events import Event, EventClass
from device_adapters.core.orders import Sending
from monitor.inventory.lookup import DeviceBook, KnownDevice

# What is stored for itself; a heartbeat is only worth a row where it changes a state.
_STORED = frozenset(
    {
        EventClass.ALARM,
        EventClass.CLEAR,
        EventClass.TAMPER,
        EventClass.LOW_BATTERY,
        EventClass.TEST,
        EventClass.TROUBLE,
    }
)


# Family → address → what was agreed with whoever speaks there.
Agreed = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Heard(Struct, frozen=True):
    """One event and the registered device it is about, None where nobody registered it."""

    event: Event
    device: KnownDevice | None


class Reading(Struct, frozen=True):
    """What one message came to. ``refused`` holds the reason where the adapter could not read it.

    ``is_stored``: whether something in it is stored for itself, whatever the states of its devices. ``ask``: what its
    sender must be told then. ``reply``: bytes that its sender waits for, until all of it is. ``tally``: which
    message of its sender it is.
    """

    adapter: str
    message: Message
    heard: tuple[Heard, ...] = ()
    remember: Mapping[str, str] = {}
    refused: str | None = None
    refused_address: str | None = None
    is_stored: bool = True
    ask: tuple[Sending, ...] = ()
    reply: bytes = b""
    tally: Tally | None = None

    @property
    def digest(self) -> bytes:
        return hashlib.blake2b(self.message.payload, digest_size=16).digest()

    @property
    def remarks(self) -> tuple[str, ...]:
        """A message at QoS 0 is one that the broker would have thrown away while we were down."""
        return () if self.message.qos else ("no_delivery_guarantee",)

    def source(self, event: Event) -> str:
        return f"{self.adapter}:{event.address}"


def ring_without_reading(reading: Reading, reason: str) -> Reading:
    """The calls for help in a message that cannot be stored as it is, without whatever the store refuses."""
    calls = tuple(
        Heard(Event(event_class=each.event.event_class, address=each.event.address, degraded=reason[:500]), each.device)
        for each in reading.heard
        if each.event.event_class is EventClass.ALARM
    )
    return Reading(reading.adapter, replace(reading.message, payload=b""), calls)


def only_kept(reading: Reading, reason: str) -> Reading:
    """The same message for quarantine alone."""
    return Reading(reading.adapter, reading.message, refused=reason)


@dataclass(frozen=True, slots=True)
class AppReceipt:
    """Our own word to a sender that its event is stored: it may forget it now."""

    topic: str
    payload: bytes


class Reader:
    """Runs the adapters with what the inventory and their own memory know. Total: it never raises."""

    def __init__(
        self, adapters: Mapping[str, Adapter], bases: Mapping[str, str], book: DeviceBook, agreed: Agreed | None = None
    ) -> None:
        self._adapters, self._agreed = adapters, agreed or {}
        self._bases = bases
        self.book = book
        self.memory: dict[tuple[str, str], str] = {}
        self._learned: dict[tuple[str, str], str] = {}
        self.announced = 0  # rises whenever a device says where it speaks
        self._known = {name: self._known_to(name) for name in adapters}

    @contextmanager
    def batch(self) -> Iterator[None]:
        """One message may need what the one before it in the same batch told; a failed commit forgets it all."""
        self._learned = {}
        try:
            yield
            self.memory.update(self._learned)
            if any(key.startswith(self._adapters[name].learns) for name, key in self._learned):
                self.announced += 1
        finally:
            self._learned = {}

    def read(self, adapter_name: str, message: Message) -> Reading:
        try:
            known = self._known[adapter_name]
            decoded = self._adapters[adapter_name].decode(message, self._bases[adapter_name], known)
        except Refused as refused:
            return Reading(adapter_name, message, refused=refused.reason, refused_address=refused.address)
        except Exception as error:  # noqa: BLE001 — an adapter's bug costs its own message, not the stream
            return Reading(adapter_name, message, refused=f"the adapter failed: {type(error).__name__}: {error}")
        return self._reading(adapter_name, message, decoded)

    def topics(self) -> dict[str, str]:
        """Topic → adapter, of all that devices say they speak on."""
        found: dict[str, str] = {}
        for (name, key), value in self.memory.items():
            adapter = self._adapters.get(name)  # the monitor keeps notes of its own beside theirs
            for prefix in adapter.learns if adapter and value else ():
                if key.startswith(prefix):
                    found[key.removeprefix(prefix)] = name
        return found

    def receipts(self, reading: Reading) -> Iterator[AppReceipt]:
        """What its sender waits for, once everything the message says is stored."""
        for heard in reading.heard:
            if heard.event.receipt_id is None:
                continue
            topic_of, base = self._adapters[reading.adapter].ack_topic, self._bases[reading.adapter]
            if topic_of and (topic := topic_of(reading.message.topic, base)) is not None:
                yield AppReceipt(topic, orjson.dumps({"v": 1, "id": heard.event.receipt_id}))

    def _reading(self, adapter_name: str, message: Message, decoded: Decoded) -> Reading:
        heard, is_stored = [], False
        for event in decoded.events:
            if event.event_class is not EventClass.IGNORE:
                heard.append(Heard(event, self.book.at_address(adapter_name, event.address)))
                is_stored = is_stored or event.event_class in _STORED or event.siren is not None
        self._learned.update({(adapter_name, key): value for key, value in decoded.note.items()})
        if not decoded.remember and not decoded.refused:
            return Reading(
                adapter_name,
                message,
                tuple(heard),
                is_stored=is_stored,
                ask=decoded.ask,
                reply=decoded.reply,
                tally=decoded.tally,
            )
        news = {key: value for key, value in decoded.remember.items() if self._recall(adapter_name, key) != value}
        self._learned.update({(adapter_name, key): value for key, value in news.items()})
        return Reading(
            adapter_name,
            message,
            tuple(heard),
            news,
            decoded.refused,
            decoded.events[0].address if decoded.refused and decoded.events else None,
            is_stored=is_stored or bool(news) or decoded.refused is not None,
            ask=decoded.ask,
            reply=decoded.reply,
            tally=decoded.tally,
        )

    def _recall(self, adapter_name: str, key: str) -> str | None:
        known = (adapter_name, key)
        return self._learned[known] if known in self._learned else self.memory.get(known)

    def _known_to(self, adapter_name: str) -> Known:
        def facts(address: str) -> DeviceFacts | None:
            device = self.book.at_address(adapter_name, address)
            return device.facts if device else None

        return Known(
            device=facts,
            recall=lambda key: self._recall(adapter_name, key),
            below=lambda address: self.book.below(adapter_name, address),
            agreed=lambda address: self._agreed.get(adapter_name, {}).get(address, {}),
        )
