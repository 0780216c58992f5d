"""A captured message: one JSON line → what a monitor would have been given.

``id, topic, payload, payload_encoding (json | text | base64), qos, retain`` and, where known, ``context`` (what the
inventory and the store hold of the device), ``device``, ``replayed`` (the broker's retained copy at subscribe;
``retain`` alone is only the publisher's flag), ``received_at``, the context's ``now`` or ``event_time``, and ``given``,
ids of earlier lines.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from device_adapters.core.bodies import number
from device_adapters.core.contract import DeviceClass, DeviceFacts, Message
from device_adapters.core.events import LOW_BATTERY_PCT, AlarmKind
from device_adapters.core.times import EARLIEST

_CLASSES = {"panic": DeviceClass.BELL, "panic_input": DeviceClass.BELL} | {each.value: each for each in DeviceClass}


class LineError(ValueError):
    """The line is not a captured message; the text says what was expected."""


class Line(Struct, frozen=True, kw_only=True):
    """One captured message. ``is_open``, ``last_event_at``: what the store holds of its device.

    ``account``: of the alarm panel that the context is about, with its zones; its facts hold what was agreed with it.
    """

    line_id: str | None
    message: Message
    is_timed: bool
    device: str | None
    account: str | None
    facts: DeviceFacts | None
    is_open: bool
    last_event_at: datetime | None
    given: tuple[str, ...] = ()


def read_line(text: str) -> Line:
    """Raises ``LineError``."""
    try:
        body = json.loads(text)
    except ValueError as error:
        raise LineError(f"not JSON ({error})") from None
    if not isinstance(body, dict):
        raise LineError("expected a JSON object")
    topic = body.get("topic")
    if not isinstance(topic, str) or not _is_utf8(topic):
        raise LineError('expected "topic", text')
    context = body.get("context") or {}
    if not isinstance(context, dict):
        raise LineError('expected "context", an object')
    received_at = _time(body, "received_at") or _time(context, "now") or _time(body, "event_time")
    account = context.get("account")
    device = body.get("device")
    return Line(
        line_id=None if body.get("id") is None else str(body["id"]),
        message=Message(topic, _payload(body), received_at or EARLIEST, is_replay=body.get("replayed") is True),
        is_timed=received_at is not None,
        device=device if isinstance(device, str) and device else None,
        account=account if isinstance(account, str) and account else None,
        facts=_facts(context, str(device or topic)),
        is_open="open" in str(context.get("state", "")),
        last_event_at=_time(context, "last_event_seen"),
        given=tuple(str(each) for each in given) if isinstance(given := body.get("given"), list) else (),
    )


def _payload(body: Mapping[str, Any]) -> bytes:
    payload, encoding = body.get("payload"), body.get("payload_encoding", "json")
    if payload is None or payload == "":
        return b""  # a zero-byte message; no device sends the JSON words null or ""
    if encoding == "json":
        return json.dumps(payload, ensure_ascii=True).encode()
    if encoding not in ("text", "base64") or not isinstance(payload, str):
        raise LineError('expected "payload_encoding" json, text or base64, and text for the last two')
    if encoding == "text":
        return payload.encode(errors="surrogatepass")
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        raise LineError("the payload is not base64") from None


def _facts(context: Mapping[str, Any], device_id: str) -> DeviceFacts | None:
    """What the inventory knows; a class that is none of ours (a light switch) is anything but a bell."""
    if not context:
        return None
    limit_pct = number(context.get("low_battery_below"), 0, 100)
    kind, model = context.get("alarm_kind"), context.get("model")
    return DeviceFacts(
        device_id=device_id,
        device_class=_CLASSES.get(str(context.get("class")), DeviceClass.CAMERA),
        model=model if isinstance(model, str) else None,
        alarm_kind=AlarmKind(kind) if isinstance(kind, str) and kind in set(AlarmKind) else None,
        low_battery_below_pct=LOW_BATTERY_PCT if limit_pct is None else limit_pct,
        options=context,
    )


def _time(body: Mapping[str, Any], key: str) -> datetime | None:
    if body.get(key) is None:
        return None
    try:
        moment = datetime.fromisoformat(str(body[key]))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise LineError(f'expected "{key}", ISO 8601 with a zone')
    return moment.astimezone(UTC)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
