"""What holds for every adapter there is, also the ones not written yet."""

from __future__ import annotations

import inspect
import json
import re
from datetime import UTC, datetime
from functools import cache, partial
from itertools import groupby, product
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from device_adapters.core.contract import Adapter, Decoded, DeviceClass, DeviceFacts, Known, Message, Refused, Session
from device_adapters.core.events import Event, EventClass
from device_adapters.core.registry import adapters
from tests.device_adapters.corpus import captures, payload_of

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
ORDER = list(EventClass)
EVERY = pytest.mark.parametrize("adapter", adapters().values(), ids=list(adapters()))
few = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

levels = some.lists(
    some.sampled_from(["bell", "camera", "probe", "b1", "alarm", "status", "heartbeat", "event", "ack"])
    | some.sampled_from(["bridge", "state", "devices", "availability", "set", "action"])
    | some.text(max_size=6),
    max_size=6,
)
words = some.sampled_from(["v", "id", "kind", "input", "ts", "seq", "queued_s", "state", "s", "cams"]) | (
    some.sampled_from(["action", "sos", "tamper", "battery", "last_seen", "type", "data", "friendly_name"])
)
values = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.just(10**400)
    | some.floats()
    | some.sampled_from(["alarm", "clear", "panic", "emergency", "online", "up", "device_leave", 1, 1_795_249_530_900])
    | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(words, inner, max_size=6),
    max_leaves=12,
)
bodies = some.binary(max_size=64) | values.map(lambda value: json.dumps(value).encode())


def _topic(adapter: Adapter, levels: list[str]) -> str:
    return "/".join([*filter(None, [adapter.default_base]), *levels])


def _known(device_class: DeviceClass | None = None) -> Known:
    facts = DeviceFacts(device_id="d", device_class=device_class) if device_class else None
    return Known(device=lambda _: facts, recall=lambda _: None)


def _decode(adapter: Adapter, topic: str, payload: bytes, known: Known | None = None) -> Decoded | str:
    try:
        return adapter.decode(Message(topic, payload, NOW), adapter.default_base, known or _known())
    except Refused as refused:
        return refused.reason


@cache
def _told(adapter_name: str) -> tuple[list[tuple[dict[str, Any], list[Event]]], dict[str, str]]:
    """Each capture with its events, in order, and what the adapter remembers of them all."""
    adapter, memory = adapters()[adapter_name], dict[str, str]()
    told = []
    for line in _lines(adapter):
        facts = DeviceFacts(device_id="d", device_class=DeviceClass.BELL) if "context" in line else None
        known = Known(device=partial(_always, facts), recall=memory.get)
        decoded = _decode(adapter, line["topic"], payload_of(line), known)
        assert isinstance(decoded, Decoded)
        memory |= {**decoded.remember, **decoded.note}
        told.append((line, list(decoded.events)))
    return told, memory


def _always(facts: DeviceFacts | None, _address: str) -> DeviceFacts | None:
    return facts


@EVERY
@few
@given(levels=levels, payload=bodies, device_class=some.none() | some.sampled_from(DeviceClass))
def test_it_answers_whatever_arrives(
    adapter: Adapter, levels: list[str], payload: bytes, device_class: DeviceClass | None
) -> None:
    topic = _topic(adapter, levels)
    answer = _decode(adapter, topic, payload, _known(device_class))
    assert answer
    if isinstance(answer, Decoded):
        assert all(event.address for event in answer.events)


@EVERY
@few
@given(data=some.data(), device_class=some.none() | some.sampled_from(DeviceClass))
def test_it_answers_whatever_arrives_where_its_devices_speak(
    adapter: Adapter, data: some.DataObject, device_class: DeviceClass | None
) -> None:
    line = data.draw(some.sampled_from(_lines(adapter)))
    body = data.draw(bodies | some.builds(_changed, some.just(payload_of(line)), some.randoms(), values))
    assert _decode(adapter, line["topic"], body, _known(device_class))


@EVERY
@few
@given(topic=some.text(max_size=30), payload=some.binary(max_size=30))
def test_it_refuses_what_is_not_below_its_base(adapter: Adapter, topic: str, payload: bytes) -> None:
    assert "not below" in str(_decode(adapter, topic, payload))


@EVERY
@few
@given(levels=levels, payload=bodies)
def test_it_gives_the_same_answer_twice(adapter: Adapter, levels: list[str], payload: bytes) -> None:
    topic = _topic(adapter, levels)
    assert _decode(adapter, topic, payload) == _decode(adapter, topic, payload)


@EVERY
def test_it_answers_a_message_nested_a_thousand_times(adapter: Adapter) -> None:
    for line in _lines(adapter):
        assert _decode(adapter, line["topic"], b'{"v":1,"x":' + b"[" * 1500 + b"]" * 1500 + b"}")


@EVERY
def test_it_puts_the_gravest_event_of_a_device_first(adapter: Adapter) -> None:
    for line, told in _told(adapter.name)[0]:
        for _, events in groupby(told, key=lambda event: event.address):
            ranks = [ORDER.index(event.event_class) for event in events]
            assert ranks == sorted(ranks), line["id"]


@EVERY
def test_it_names_what_an_alarm_or_a_clear_is_about(adapter: Adapter) -> None:
    named = {EventClass.ALARM, EventClass.CLEAR, EventClass.TAMPER, EventClass.LOW_BATTERY}
    for line, told in _told(adapter.name)[0]:
        assert all(event.kind for event in told if event.event_class in named), line["id"]


@EVERY
def test_it_subscribes_to_every_topic_of_its_captures(adapter: Adapter) -> None:
    filters = [each.below(adapter.default_base) for each in adapter.subscriptions]
    if adapter.port is not None:
        # At a broker anybody could speak in the name of who speaks to a port of its own.
        assert not filters
        return
    told, memory = _told(adapter.name)
    for line, events in told:
        # ``unheard``: it is read right where it comes, and nobody asks a broker for it.
        if line.get("unheard"):
            assert {event.event_class for event in events} <= {EventClass.IGNORE, EventClass.HEARTBEAT}
            continue
        is_ours = events[0].detail in ("our own ack", "our own command")
        is_learned = any(f"{prefix}{line['topic']}" in memory for prefix in adapter.learns)
        assert is_ours or is_learned or any(_matches(each, line["topic"]) for each in filters), line["topic"]


@EVERY
def test_it_never_delivers_one_message_twice_on_a_session(adapter: Adapter) -> None:
    for session in Session:
        mine = [each for each in adapter.subscriptions if each.session is session]
        filters = [each.below(adapter.default_base) for each in mine]
        for line in _lines(adapter):
            assert sum(_matches(each, line["topic"]) for each in filters) <= 1


@EVERY
def test_it_names_the_presses_before_any_wider_filter(adapter: Adapter) -> None:
    # The first subscription that matches decides whose a topic is.
    order = [each.session for each in adapter.subscriptions]
    assert order == sorted(order, key=lambda session: session is not Session.ALARM)


@EVERY
def test_it_never_hears_its_own_receipt_as_an_alarm(adapter: Adapter) -> None:
    # Whoever hears his own answer as an alarm answers it again, for ever.
    base = adapter.default_base
    filters = [each.below(base) for each in adapter.subscriptions if each.session is Session.ALARM]
    words = ("bell", "doorbell", "alarm", "event", "ack")
    below = ["/".join(levels) for depth in range(1, 6) for levels in product(words, repeat=depth)]
    topics = [f"{base}/{levels}" for levels in below] + [f"{base}/bell/b1/alarm/bell/b1/alarm", f"{base}/bell/alarm/"]
    receipts = [adapter.ack_topic(topic, base) for topic in topics] if adapter.ack_topic else []
    assert [receipt for receipt in receipts if receipt and any(_matches(each, receipt) for each in filters)] == []


@EVERY
def test_it_gives_a_device_time_to_answer(adapter: Adapter) -> None:
    assert all(each.deadline_s > each.interval_s > 0 for each in adapter.supervision.values())


@EVERY
def test_it_draws_its_wire_format(adapter: Adapter) -> None:
    module = inspect.getmodule(adapter.decode)
    assert module is not None
    assert "<base>/" in (module.__doc__ or "")


def _lines(adapter: Adapter) -> list[dict[str, Any]]:
    return [line for _, lines in captures(adapter.name) for line in lines]


def _changed(payload: bytes, random: Random, value: object) -> bytes:
    """The payload with one of its values replaced, or, where it is no JSON, one of its bytes."""
    try:
        body = at = json.loads(payload)
    except ValueError:
        place = random.randrange(len(payload) or 1)
        return payload[:place] + bytes([random.randrange(256)]) + payload[place + 1 :]
    while isinstance(at, dict | list) and at:
        key: Any = random.choice(list(at) if isinstance(at, dict) else range(len(at)))
        if not isinstance(at[key], dict | list) or random.random() < 0.3:
            at[key] = value
            break
        at = at[key]
    return json.dumps(body).encode()


def _matches(topic_filter: str, topic: str) -> bool:
    pattern = re.escape(topic_filter).replace(r"/\#", "(/.*)?").replace(r"\+", "[^/]*")
    return re.fullmatch(pattern, topic) is not None
