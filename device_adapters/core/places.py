"""Topics of our own contract: who speaks, for whom it may, and where its receipt goes.

    <base>/<class>/<device_id>/<channel>[/<child_id>]

The broker proves the device id and nothing else: whoever may write below its own id may write any class before it and
any child behind it. So what is said of a child counts by what the inventory holds of the two.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from device_adapters.core.bodies import MAX_ADDRESS
from device_adapters.core.contract import DeviceClass, Known, Refused, Tally

ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
FROM_US: Final = ("command", "ack")
_KEPT = ("alarm", "event")  # what senders keep until our receipt
_CHANNELS = frozenset({"status", "heartbeat", *_KEPT, *FROM_US})
_CLASSES = frozenset(DeviceClass)
_WATCHED = frozenset({DeviceClass.CAMERA, DeviceClass.RECORDER})
_CARRIERS = frozenset({DeviceClass.PROBE, DeviceClass.GATEWAY})


_TELLING_BOOT = 6  # characters; a shorter one may be another sender's too


class Place(Struct, frozen=True, kw_only=True):
    """Where a message was published. ``address``: whom it is about, the child or the sender itself.

    ``below``: the levels behind the channel. ``objection``: why what is said there of somebody else does not count
    for him; a call for help is then the sender's own, and nothing else is taken.
    """

    device_class: str
    device_id: str
    channel: str
    address: str
    below: str = ""
    objection: str | None = None
    flags: tuple[str, ...] = ()


def place_of(topic: str, base: str, known: Known) -> Place:
    """Raises ``Refused`` where the topic is none of the contract; never for a call for help below a device's id."""
    if not topic.startswith(base + "/"):
        raise Refused(f"the topic is not below {base}")
    levels = topic[len(base) + 1 :].split("/")
    if len(topic) > MAX_ADDRESS:
        levels = [level[:MAX_ADDRESS] for level in levels]
    if len(levels) < 3 or not all(levels):
        raise Refused("the topic has no channel, or an empty level")
    device_class, device_id, channel = levels[:3]
    below = "/".join(levels[3:]) if len(levels) > 3 else ""
    own = Place(device_class=device_class, device_id=device_id, channel=channel, address=device_id, below=below)
    if channel in FROM_US:
        return own
    if device_class not in _CLASSES and channel != "alarm":
        raise Refused(f"unknown class {device_class!r}", device_id)
    if channel not in _CHANNELS:
        raise Refused(f"unknown channel {channel!r}", device_id)
    if "/" in below and channel != "alarm":
        raise Refused("the topic goes deeper than a child", device_id)
    return _about_a_child(own, known) if below else _about_itself(own)


def objection_to_state(place: Place, child_id: str, known: Known) -> str | None:
    """Why the sender may not say how a child is; a bell speaks for itself, or its silence would never be noticed."""
    if objection := _objection_to_carrier(place, known):
        return objection
    child = known.device(child_id)
    if child is not None and child.device_class not in _WATCHED:
        return f"a registered {child.device_class} tells its own state"
    return None


def objection_to_bell(place: Place, child_id: str, known: Known) -> str | None:
    """Why the sender may not say whether a bell can be heard: only of one that is registered as wired to it."""
    if objection := _objection_to_carrier(place, known):
        return objection
    sender, child = known.device(place.device_id), known.device(child_id)
    if sender is None or child is None or child.device_class is not DeviceClass.BELL:
        return "the child is not registered as a bell"
    return None if child.parent_id == sender.device_id else "the bell is not registered below the sender"


def receipt_topic(topic: str, base: str) -> str | None:
    """Always on the channel ``ack``, to which nobody listens as to an alarm; None where the topic has another shape."""
    levels = topic[len(base) + 1 :].split("/") if topic.startswith(base + "/") else []
    if len(levels) not in (3, 4) or levels[2] not in _KEPT or not all(levels):
        return None
    device_class, device_id, _, *rest = levels
    return "/".join([base, device_class, device_id, "ack", *rest])


def _about_itself(own: Place) -> Place:
    return own if own.device_class in _CLASSES else replace(own, flags=("unexpected_topic",))


def _about_a_child(own: Place, known: Known) -> Place:
    if own.device_class not in _CLASSES or "/" in own.below:
        return replace(own, objection="the topic is none of the contract", flags=("unexpected_topic",))
    if own.channel not in _KEPT:
        if objection := objection_to_state(own, own.below, known):
            raise Refused(f"{own.channel} of a child: {objection}", own.device_id)
        return replace(own, address=own.below)
    if objection := _objection_to_call(own, known):
        child = own.below if ID.fullmatch(own.below) else "?"
        return replace(own, objection=objection, flags=(f"child:{child}",))
    return replace(own, address=own.below)


def _objection_to_call(own: Place, known: Known) -> str | None:
    """A call for help, and more so its end, is a bell's, by the carrier that it is wired to."""
    if objection := _objection_to_carrier(own, known):
        return objection
    if known.device(own.device_id) is None:
        return "the sender is not registered"
    child = known.device(own.below)
    return None if child and child.device_class is DeviceClass.BELL else "the child is not registered as a bell"


def _objection_to_carrier(own: Place, known: Known) -> str | None:
    sender = known.device(own.device_id)
    told = {own.device_class} if sender is None else {own.device_class, sender.device_class}
    others = sorted(told - _CARRIERS)
    return f"a {others[0]} speaks for nobody else" if others else None


class _Counted(Struct):
    boot: str = ""
    seq: int = -1


_COUNTED = msgspec.json.Decoder(_Counted)


def tally_of(payload: bytes, place: Place) -> Tally | None:
    """Probes count over all that they say, also for the bells that are wired to them: so the boot is the run."""
    if b'"seq"' not in payload or place.channel in FROM_US:
        return None
    try:
        told = _COUNTED.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    is_told = 0 <= told.seq < 2**63 - 1 and ID.fullmatch(told.boot) is not None
    run = told.boot if len(told.boot) >= _TELLING_BOOT else f"{place.device_id}/{told.boot}"
    return Tally(place.device_id, run, told.seq) if is_told else None
