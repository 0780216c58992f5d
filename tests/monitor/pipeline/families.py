"""One bell behind one gateway, in the words of each family: how it presses, how its gateway dies and comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from device_adapters.core.times import to_unix_ms
from tests.device_adapters.sparkplug_bodies import body, metric

Said = tuple[str, Any]


@dataclass(frozen=True)
class Family:
    """``press(at, number)``: one press; ``is_timed``: whether it says when. ``born``: all that both say first.

    ``gone``: its gateway's last word, none where only silence tells, after ``silent_s``.
    """

    adapter: str
    gateway: str
    bell: str
    press: Callable[[datetime, int], Said]
    born: Callable[[datetime], list[Said]]
    gone: Said | None = None
    silent_s: int = 20
    gateway_class: str = "gateway"
    is_timed: bool = True


def _s(at: datetime) -> float:
    return to_unix_ms(at) / 1000


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _native(at: datetime, number: int) -> Said:
    said = {"v": 1, "id": f"b-{number}", "kind": "alarm", "input": "panic", "ts": to_unix_ms(at), "boot": "b"}
    return "anninh/v1/gateway/gw-1/alarm/nut", said


def _zigbee(at: datetime, _number: int) -> Said:
    return "zigbee2mqtt/nut", {"action": "single", "battery": 90, "last_seen": _iso(at)}


def _lora(at: datetime, number: int) -> Said:
    said = {"time": _iso(at), "deviceInfo": {"devEui": "24e124"}, "devAddr": "01", "fCnt": number, "fPort": 85}
    return "application/a/device/24e124/event/up", said | {"object": {"button_event": {"status": "short press"}}}


def _shelly(at: datetime, _number: int) -> Said:
    event = {"component": "input:0", "id": 0, "event": "btn_down", "ts": _s(at)}
    return "box/events/rpc", {"method": "NotifyEvent", "params": {"ts": _s(at), "events": [event]}}


def _rf(at: datetime, _number: int) -> Said:
    return "tele/rf/RESULT", {"Time": at.isoformat(timespec="seconds"), "RfReceived": {"Data": "0x7028D2", "Bits": 24}}


def _announced(at: datetime, number: int) -> Said:
    return "gw/nut/press", {"event_type": "press", "seq": number, "t": _s(at)}


def _sparkplug(at: datetime, number: int) -> Said:
    return "spBv1.0/g/DDATA/gw/nut", body(number + 1, metric("", True, alias=1, at_ms=to_unix_ms(at)))


def _sparkplug_born(_at: datetime) -> list[Said]:
    return [
        ("spBv1.0/g/NBIRTH/gw", body(0, metric("bdSeq", 4))),
        ("spBv1.0/g/DBIRTH/gw/nut", body(1, metric("Inputs/Panic", False, alias=1, datatype=11))),
    ]


def _onvif(at: datetime, _number: int, *, is_pressed: bool = True) -> Said:
    source, data = {"InputToken": "DI_1"}, {"LogicalState": str(is_pressed).lower()}
    return "nvr/onvif-ej/Device/Trigger/DigitalInput/&DI_1", {"UtcTime": _iso(at), "Source": source, "Data": data}


def _axis(at: datetime, _number: int, *, is_pressed: bool = True) -> Said:
    told = {"source": {"port": "0"}, "key": {}, "data": {"state": "1" if is_pressed else "0"}}
    topic = "axis/ACCC/event/tns:onvif/Device/tns:axis/IO/Port/$source/port/0"
    return topic, {"timestamp": to_unix_ms(at), "topic": "onvif:Device/axis:IO/Port", "message": told}


def _config(name: str) -> Said:
    device = {"ids": name, "via_device": "gw"}
    said = {"stat_t": f"gw/{name}/press", "avty_t": "gw/state", "dev": device, "uniq_id": f"{name}_1"}
    return f"homeassistant/event/{name}/press/config", said


FAMILIES = [
    Family(
        "native", "gw-1", "nut", _native, lambda _: [("anninh/v1/gateway/gw-1/status", {"v": 1, "state": "online"})],
        gone=("anninh/v1/gateway/gw-1/status", {"v": 1, "state": "offline"}),
    ),
    Family(
        "zigbee2mqtt", "bridge", "nut", _zigbee,
        lambda _: [("zigbee2mqtt/bridge/state", {"state": "online"}), ("zigbee2mqtt/nut", {"battery": 90})],
        gone=("zigbee2mqtt/bridge/state", {"state": "offline"}),
    ),
    Family(
        "chirpstack", "0016c0", "24e124", _lora,
        lambda at: [
            ("as923/gateway/0016c0/state/conn", {"gatewayId": "0016c0", "state": "ONLINE"}),
            ("application/a/device/24e124/event/join", {"time": _iso(at)}),
        ],
        gone=("as923/gateway/0016c0/state/conn", {"gatewayId": "0016c0", "state": "OFFLINE"}),
    ),
    Family(
        "tasmota", "rf", "rf/0x7028D2", _rf, lambda _: [("tele/rf/LWT", b"Online")], gone=("tele/rf/LWT", b"Offline"),
    ),
    Family(
        "shelly", "box", "box/input:0", _shelly,
        lambda _: [("box/status/input:0", {"id": 0, "state": False}), ("box/online", b"true")],
        gone=("box/online", b"false"),
    ),
    Family(
        "homie", "gw", "nut", lambda _at, _number: ("homie/5/nut/button/pressed", b"true"),
        lambda _: [
            ("homie/5/gw/$description", {"children": ["nut"]}),
            *((f"homie/5/{each}/$state", b"ready") for each in ("gw", "nut")),
            ("homie/5/nut/button/pressed", b"false"),
        ],
        gone=("homie/5/gw/$state", b"lost"), is_timed=False,
    ),
    Family(
        "ha_discovery", "gw", "nut", _announced,
        lambda _: [_config("nut"), _config("other"), ("gw/state", b"online")], gone=("gw/state", b"offline"),
    ),
    Family(
        "sparkplug", "g/gw", "g/gw/nut", _sparkplug, _sparkplug_born,
        gone=("spBv1.0/g/NDEATH/gw", body(None, metric("bdSeq", 4))),
    ),
    Family(
        "onvif", "nvr", "nvr/DI_1", _onvif, lambda at: [_onvif(at, 0, is_pressed=False), ("nvr/heartbeat", b"")],
        silent_s=960, gateway_class="recorder",
    ),
    Family(
        "axis", "ACCC", "ACCC/port:0", _axis,
        lambda at: [("axis/ACCC/event/connection", {"connected": True}), _axis(at, 0, is_pressed=False)],
        gone=("axis/ACCC/event/connection", {"connected": False}),
    ),
]  # fmt: skip


def as_bytes(said: Any) -> bytes:
    return said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
