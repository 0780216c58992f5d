"""Orders to LoRaWAN sirens and relays by ChirpStack's downlinks, and what comes back of them.

    <base>/application/<uuid>/device/<devEui>/command/down   {"id","devEui","confirmed":true,"fPort":2,"data":"AwER"}
                                                             {…,"object":{"siren":"on","for_s":60}}
    <base>/application/<uuid>/device/<devEui>/event/ack      {"queueItemId":"<the id>","acknowledged":true}
    <base>/application/<uuid>/device/<devEui>/event/up       {"object":{"RO1_status":"ON"}}, {"object":{"siren":"on"}}

The application and the port are those the device was last heard on, so one that was never heard takes no orders. Its
profile must be class C: any other hears an order only after it spoke itself. A Dragino LT-22222-L (or LT-33222-L), by
its model in the inventory, closes relay 1 by ``03 01 11`` and opens it by ``03 00 11``, and tells at once how its
relays are; what its timed order (``05``) does to which relay its manual says twice, and differently. Any other is sent
an object, and its profile's codec (``encodeDownlink``) makes bytes of it. ``id`` is the same for each try: a second one
of an order that still waits is refused there. That an end device acknowledges tells that it has the order; of an order
to be silent, that it is.
Read in: github chirpstack/chirpstack 0a80ce7 chirpstack/src/integration/mod.rs handle_down_command,
chirpstack-docs 294ad95 src/chirpstack/integrations/mqtt.md; Dragino LT Series LoRa IO Controller user manual, type code
03; the decoder of LT-22222-L (``RO1_status``). Nothing was captured.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any, Final

import orjson

from device_adapters.core.bodies import is_whole
from device_adapters.core.contract import Known
from device_adapters.core.orders import Sending, SirenSaid, SirenWord, SoundAct, SoundOrder

_DRAGINO: Final = ("lt-22222", "lt-33222", "lt22222", "lt33222")
_CLOSE, _OPEN = b"\x03\x01\x11", b"\x03\x00\x11"
_MARKS: Final = {SoundAct.SOUND: b"TCon", SoundAct.STOP: b"TCof"}  # how the id of a downlink of ours begins
_ON, _OFF = frozenset({"on", "true", "1"}), frozenset({"off", "false", "0"})


def heard_at(device: str, application: str, port: object, known: Known) -> dict[str, str]:
    """What to remember of a siren so that it can be told something."""
    before = (known.recall(f"down:{device}") or "").rpartition("/")[2]
    told = str(port) if is_whole(port, 224) and port else before or "1"
    return {f"down:{device}": f"{application}/{told}"}


def downlink_order(order: SoundOrder, base: str, address: str, known: Known) -> Sending | None:
    application, _, port = (known.recall(f"down:{address}") or "").rpartition("/")
    facts = known.device(address)
    if not application or facts is None:
        return None
    is_on = order.act is SoundAct.SOUND
    said: dict[str, Any] = {"id": _id_of(order), "devEui": address.lower(), "confirmed": True, "fPort": int(port)}
    if (facts.model or "").lower().startswith(_DRAGINO):
        said |= {"fPort": 2, "data": base64.b64encode(_CLOSE if is_on else _OPEN).decode()}
    else:
        said["object"] = {"siren": "on" if is_on else "off", "for_s": order.for_s}
    topic = f"{base}/application/{application}/device/{address.lower()}/command/down"
    return Sending(topic.removeprefix("/"), orjson.dumps(said))


def acknowledged(body: Mapping[str, Any]) -> SirenWord | None:
    """None for the downlink of somebody else, or one that was not acknowledged: false is left out of this JSON."""
    try:
        mark = uuid.UUID(str(body.get("queueItemId"))).bytes[:4]
    except ValueError:
        return None
    if body.get("acknowledged") is not True or mark not in _MARKS.values():
        return None
    return SirenWord(SirenSaid.ACKNOWLEDGED if mark == _MARKS[SoundAct.SOUND] else SirenSaid.OFF)


def uplink_word(told: Mapping[str, Any]) -> SirenWord | None:
    """A relay that is closed has the order; ``siren`` is its codec's word for what can be heard."""
    for key, loud in (("siren", SirenSaid.SOUNDING), ("RO1_status", SirenSaid.ACKNOWLEDGED)):
        state = str(told.get(key)).lower()
        if state in _ON | _OFF:
            return SirenWord(loud if state in _ON else SirenSaid.OFF)
    return None


def _id_of(order: SoundOrder) -> str:
    digest = hashlib.sha256(order.order_id.encode()).digest()
    return str(uuid.UUID(bytes=_MARKS[order.act] + digest[:12]))
