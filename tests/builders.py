"""Devices and events with sane values for whatever a test does not care about."""

from __future__ import annotations

from typing import Any

from device_adapters.core.events import AlarmKind, Event, EventClass


def a_bell(**given: Any) -> dict[str, Any]:
    """A bell of our own contract, as ``POST /api/v1/devices`` takes it."""
    device_id = given.get("id", "BELL-1")
    return {
        "id": device_id,
        "class": "bell",
        "name": f"Chuông {device_id}",
        "adapter": "native",
        "address": device_id,
    } | given


def a_zigbee_bell(**given: Any) -> dict[str, Any]:
    """The silent hold-up button at a credit fund's counter, behind a Zigbee gateway."""
    return {
        "id": "BELL-QTD-1",
        "class": "bell",
        "name": "Quỹ tín dụng nhân dân minh họa – Quầy giao dịch 1",
        "adapter": "zigbee2mqtt",
        "address": "Quỹ tín dụng/Quầy giao dịch 1",
        "model": "TS0215A_sos",
        "alarm_kind": "hold_up",
        "is_silent_at_site": True,
        "place": "Quỹ tín dụng nhân dân minh họa",
        "position": "Quầy giao dịch 1",
        "street_address": "Đường số 1, Tổ dân phố Minh Họa 3",
        "group_id": "DV-04",
        "group_name": "Tổ dân phố Minh Họa 3",
    } | given


def a_camera(**given: Any) -> dict[str, Any]:
    """A camera eye that a probe watches."""
    device_id = given.get("id", "CAM-1")
    return {
        "id": device_id,
        "class": "camera",
        "name": f"Mắt {device_id}",
        "adapter": "native",
        "address": device_id,
    } | given


def an_event(**given: Any) -> Event:
    """A panic press of ``BELL-1``."""
    return Event(**{"event_class": EventClass.ALARM, "address": "BELL-1", "kind": AlarmKind.PANIC} | given)
