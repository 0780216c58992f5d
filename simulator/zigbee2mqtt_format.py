"""Messages as Zigbee2MQTT 2.x sends them for Tuya TS0215A_sos buttons (``last_seen: ISO_8601``). Pure.

Availability and bridge topics are retained at QoS 1 by Zigbee2MQTT itself; device messages are sent at
QoS 1 because our set-up guide asks for ``qos: 1`` in ``device_options`` (its own default is 0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.clock import iso_8601
from simulator.outgoing import Outgoing, as_json

MODEL = "TS0215A_sos"


@dataclass(frozen=True, slots=True)
class Reading:
    """The gateway's last knowledge of a button: battery in percent, link quality 0 … 255."""

    battery_pct: int
    linkquality: int
    last_seen_ms: int

    def fields(self) -> dict[str, Any]:
        voltage_mv = 2200 + 8 * self.battery_pct
        return {
            "battery": self.battery_pct,
            "last_seen": iso_8601(self.last_seen_ms),
            "linkquality": self.linkquality,
            "voltage": voltage_mv,
        }


def press(base: str, address: str, reading: Reading) -> Outgoing:
    return Outgoing(topic=f"{base}/{address}", payload=as_json({"action": "emergency", **reading.fields()}))


def state(base: str, address: str, reading: Reading) -> Outgoing:
    """A battery report, or the cached state sent again when the gateway starts; ``action`` is never cached."""
    return Outgoing(topic=f"{base}/{address}", payload=as_json(reading.fields()))


def availability(base: str, address: str, *, is_online: bool) -> Outgoing:
    word = "online" if is_online else "offline"
    return Outgoing(topic=f"{base}/{address}/availability", payload=as_json({"state": word}), is_retained=True)


def bridge_state(base: str, *, is_online: bool) -> Outgoing:
    word = "online" if is_online else "offline"
    return Outgoing(topic=f"{base}/bridge/state", payload=as_json({"state": word}), is_retained=True)


def bridge_health(base: str, now_ms: int, uptime_s: int, messages: dict[str, int]) -> Outgoing:
    """``messages``: IEEE address → messages since start."""
    body = {
        "response_time": now_ms,
        "os": {"load_average": [0.21, 0.18, 0.11], "memory_used_mb": 812.4, "memory_percent": 41.2},
        "process": {"uptime_sec": uptime_s, "memory_used_mb": 121.5, "memory_percent": 6.1},
        "mqtt": {"connected": True, "queued": 0, "published": sum(messages.values()), "received": 0},
        "devices": {
            ieee: {
                "messages": count,
                "messages_per_sec": round(count / max(uptime_s, 1), 4),
                "leave_count": 0,
                "network_address_changes": 0,
            }
            for ieee, count in messages.items()
        },
    }
    return Outgoing(topic=f"{base}/bridge/health", payload=as_json(body), is_retained=True)


def bridge_devices(base: str, names: dict[str, str]) -> Outgoing:
    """``names``: IEEE address → friendly name. The first entry is the gateway's own radio, as in the field."""
    radio: dict[str, Any] = {
        "ieee_address": "0x00124b00d1a10000",
        "type": "Coordinator",
        "network_address": 0,
        "supported": True,
        "disabled": False,
        "friendly_name": "Coordinator",
        "definition": None,
        "interview_completed": True,
    }
    entries = [_device_entry(number, ieee, name) for number, (ieee, name) in enumerate(names.items(), start=1)]
    return Outgoing(topic=f"{base}/bridge/devices", payload=as_json([radio, *entries]), is_retained=True)


def _device_entry(number: int, ieee_address: str, friendly_name: str) -> dict[str, Any]:
    return {
        "ieee_address": ieee_address,
        "type": "EndDevice",
        "network_address": 0x1000 + number,
        "supported": True,
        "disabled": False,
        "friendly_name": friendly_name,
        "definition": {"model": MODEL, "vendor": "Tuya", "description": "SOS button"},
        "power_source": "Battery",
        "model_id": "TS0215A",
        "manufacturer": "_TZ3000_4fsgukof",
        "interview_completed": True,
        "interviewing": False,
    }
