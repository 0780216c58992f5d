"""What a device of each family says when all is well: one topic and one body, as its maker's firmware writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from simulator.wiring import NATIVE_BASE, ZIGBEE_BASE

_HERE = timezone(timedelta(hours=7))
Beat = Callable[[str, int], tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Says:
    """``is_promised``: sent at QoS 1, as the family does it."""

    family: str
    beat: Beat
    is_promised: bool = False


def _native(name: str, at_ms: int) -> tuple[str, bytes]:
    return f"{NATIVE_BASE}/camera/{name}/heartbeat", b'{"v":1,"ts":%d,"battery":88}' % at_ms


def _zigbee(name: str, at_ms: int) -> tuple[str, bytes]:
    return f"{ZIGBEE_BASE}/{name}", b'{"battery":97,"last_seen":%d,"linkquality":120,"voltage":3000}' % at_ms


def _frigate(name: str, _at_ms: int) -> tuple[str, bytes]:
    return f"frigate/{name}/status/detect", b"online"


def _tasmota(name: str, at_ms: int) -> tuple[str, bytes]:
    time = datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(_HERE).isoformat().encode()
    return f"tele/{name}/STATE", b'{"Time":"%b","UptimeSec":86412,"Wifi":{"RSSI":72,"Signal":-64}}' % time


def _shelly(name: str, at_ms: int) -> tuple[str, bytes]:
    said = b'{"src":"%b","dst":"%b/events","method":"NotifyStatus","params":{"ts":%.2f,"wifi":{"rssi":-61}}}'
    return f"{name}/events/rpc", said % (name.encode(), name.encode(), at_ms / 1000)


def _homie(name: str, _at_ms: int) -> tuple[str, bytes]:
    return f"homie/{name}/$stats/uptime", b"86412"


# Ten devices of a post: half of them our own eyes and Zigbee buttons.
FAMILIES = (
    Says("native", _native, is_promised=True),
    Says("zigbee2mqtt", _zigbee),
    Says("frigate", _frigate),
    Says("native", _native, is_promised=True),
    Says("tasmota", _tasmota),
    Says("native", _native, is_promised=True),
    Says("zigbee2mqtt", _zigbee),
    Says("shelly", _shelly),
    Says("frigate", _frigate),
    Says("homie", _homie),
)
