"""Orders to sirens, and what sirens say of them: in our own contract, and as Zigbee2MQTT has them.

    ours          <base>/<class>/<device_id>/command   {"v":1,"order","do":"sound","for_s","until"}
                                                       {"v":1,"order","do":"stop","until"}
                  <base>/<class>/<device_id>/event     {"v":1,"id","kind":"siren","order","said","ts"}
                                                       said: acknowledged | sounding | off | refused
    Zigbee2MQTT   <base>/<friendly name>/set           {"warning":{"mode":"emergency|stop","level","strobe","duration"}}
                  <base>/<friendly name>               {"alarm":true|false}, or the warning as it was set

A siren of ours sounds for ``for_s`` at most and never after ``until`` (Unix milliseconds); an order that it has already
it acknowledges again, and that changes nothing. A plain Zigbee warning device (cluster ssIasWd) ends after
``duration`` and never says that it sounds; many of Tuya's do, by ``alarm``.
Read in: npm zigbee-herdsman-converters, the converter ``warning``; www.zigbee2mqtt.io/devices/HS2WD-E, HT-INS-2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from device_adapters.core.bodies import BodyError
from device_adapters.core.contract import Known
from device_adapters.core.orders import Sending, SirenSaid, SirenWord, SoundAct, SoundOrder
from device_adapters.core.places import ID
from device_adapters.core.times import to_unix_ms

_SAID = frozenset(SirenSaid)


def native_order(order: SoundOrder, base: str, address: str, known: Known) -> Sending | None:
    facts = known.device(address)
    if facts is None:
        return None
    body: dict[str, Any] = {"v": 1, "order": order.order_id, "do": order.act, "until": to_unix_ms(order.until_at)}
    if order.act is SoundAct.SOUND:
        body["for_s"] = order.for_s
    return Sending(f"{base}/{facts.device_class}/{address}/command", orjson.dumps(body))


def native_word(body: Mapping[str, Any]) -> SirenWord:
    """Raises ``BodyError``."""
    order, said = body.get("order"), body.get("said")
    if not (isinstance(order, str) and ID.fullmatch(order)) or not isinstance(said, str) or said not in _SAID:
        raise BodyError("no known order, or nothing known said of it")
    return SirenWord(SirenSaid(said), order)


def zigbee_order(order: SoundOrder, base: str, address: str, _known: Known) -> Sending:
    is_on = order.act is SoundAct.SOUND
    warning = {
        "mode": "emergency" if is_on else "stop",
        "level": "very_high" if is_on else "low",
        "strobe_level": "very_high" if is_on else "low",
        "strobe": is_on,
        "strobe_duty_cycle": 10 if is_on else 0,
        "duration": order.for_s if is_on else 0,
    }
    return Sending(f"{base}/{address}/set", orjson.dumps({"warning": warning}))


def zigbee_word(body: Mapping[str, Any]) -> SirenWord | None:
    """Whether it sounds, where its state says so; an order has no name there."""
    alarm, warning = body.get("alarm"), body.get("warning")
    mode = warning.get("mode") if isinstance(warning, dict) else None
    if isinstance(mode, str) and not isinstance(alarm, bool):
        alarm = mode != "stop"
    if not isinstance(alarm, bool):
        return None
    return SirenWord(SirenSaid.SOUNDING if alarm else SirenSaid.OFF)
