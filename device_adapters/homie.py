"""Homie 4 and 5: home-made bells and sensors that describe themselves.

    <base>/<dev>/$state            init | ready | disconnected | sleeping | lost (will) | alert      base: homie
    <base>/<dev>/$stats/battery    percent; $stats/uptime each $stats/interval              version 4
    <base>/<dev>/<node>/<prop>     true | false and other values as text
    <base>/<dev>/<node>/<prop>/set true | false, to a siren; never retained
    <base>/5/<dev>/…               the same in version 5, and $description, $alert/<id>, $log/<level>
    <base>/5/$broadcast/…          what anybody says to everybody

Nearly everything is retained; a value carries no time, so a boolean is a LEVEL. ``$state`` alert is a fault of the
device, never a call for help. A root that is lost takes its children with it; they stay "ready" on their own topics.
An empty text travels as one zero byte, zero bytes take an ``$alert`` away. A bell needs a retained boolean or counter:
a momentary value of version 5 is sent at QoS 0 and is lost where nobody listens. Several bells on one device are
registered at ``<dev>/<node>/<prop>``, and a siren always is: its boolean must be settable. That it is on says that
it has the order; nothing in Homie ends it but an order to be silent.
Read in: github homieiot/convention v4.0.0 convention.md, extensions/documents/homie_legacy_stats_extension.md;
develop 063301d (version 5). No message was captured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from device_adapters.core.bodies import BodyError, number, read_json, read_object
from device_adapters.core.contract import (
    Adapter,
    Decoded,
    DeviceClass,
    Known,
    Message,
    Refused,
    Session,
    Subscription,
    Supervision,
)
from device_adapters.core.events import LAST_WILL, Event, EventClass
from device_adapters.core.input_names import words
from device_adapters.core.levels import Input, turned
from device_adapters.core.orders import Sending, SirenSaid, SirenWord, SoundAct, SoundOrder
from device_adapters.core.siren_relays import siren_says
from device_adapters.core.voices import Role, Voice, heard_input, in_order, input_voice, levels_below, voice, voices_of

_TEST = frozenset({"test", "tested"})
_BOOLEANS = {"true": True, "false": False}
# Of a bell that is registered as a whole: what counts presses.
_COUNTS_PRESSES = frozenset(
    {"press", "presses", "pressed", "count", "counter", "button", "sos", "panic", "alarm", "call", "calls", "bell",
     "ring", "rings", "help", "emergency", "duress"}
)  # fmt: skip


def decode(message: Message, base: str, known: Known) -> Decoded:
    levels = levels_below(message.topic, base) or []
    is_five = len(levels) > 1 and levels[0] == "5"
    levels = levels[1:] if is_five else levels
    if len(levels) < 2 or not all(levels):
        raise Refused(f"the topic is not below {base} and a device")
    box, channel = levels[0], levels[1:]
    text = message.payload.decode(errors="replace").strip("\0 ")
    if channel == ["$state"]:
        return Decoded(_state(box, text, known), {f"five:{box}": str(is_five)})
    if len(channel) == 2 and not any(level.startswith("$") for level in (box, *channel)):
        return _property(box, "/".join(channel), message, known)
    return _attribute(voice(known, box), channel, message, known)


def _attribute(own: Voice, channel: list[str], message: Message, known: Known) -> Decoded:
    text = message.payload.decode(errors="replace").strip("\0 ")
    if channel[0] == "$stats" and len(channel) == 2:
        return Decoded(_stats(own, channel[1], text, message.is_replay, known))
    if channel[0] == "$alert" and len(channel) == 2:
        return _alert(own, channel[1], text, known)
    if channel == ["$description"]:
        return _description(own, message.payload, known)
    is_command, is_broadcast = channel[-1] == "set", own.address == "$broadcast"
    detail = "a broadcast" if is_broadcast else "our own command" if is_command else None
    return Decoded((own.says(EventClass.IGNORE, detail=detail),))


def _state(box: str, state: str, known: Known) -> tuple[Event, ...]:
    own, family = voice(known, box), _family(box, known)
    if state == "ready":
        return tuple(each.says(EventClass.ONLINE) for each in voices_of(known, box))
    if state == "lost":
        return tuple(each.says(EventClass.OFFLINE, flags=(LAST_WILL,)) for each in family)
    if state == "disconnected":
        return tuple(each.says(EventClass.OFFLINE, detail=state, flags=(LAST_WILL,)) for each in family)
    detail = {"sleeping": "sleeping", "alert": "trouble"}.get(state)
    return (own.says(EventClass.IGNORE, detail=detail),)


def _family(box: str, known: Known) -> list[Voice]:
    """The device with its inputs and the children behind it, and theirs; told by ``$description``.

    Not those of which the inventory itself follows that they cannot be heard when their root is gone.
    """
    names, place = [box], 0
    while place < len(names) < 1_000:
        children = (known.recall(f"children:{names[place]}") or "").split("\n")
        names += [name for name in children if name and name not in names]
        place += 1
    family = [each for name in names for each in voices_of(known, name)]
    return [each for each in family if not each.is_behind or each.address == box]


def _description(own: Voice, payload: bytes, known: Known) -> Decoded:
    try:
        children = read_object(payload).get("children")
    except BodyError:
        return Decoded((own.says(EventClass.IGNORE, detail="unreadable description"),))
    names = [name for name in children if isinstance(name, str) and name] if isinstance(children, list) else []
    told = "\n".join(names[:200])
    remember = {f"children:{own.address}": told} if told != (known.recall(f"children:{own.address}") or "") else {}
    return Decoded((own.says(EventClass.IGNORE, detail="inventory"),), remember)


def _stats(own: Voice, name: str, text: str, is_replay: bool, known: Known) -> tuple[Event, ...]:
    if name == "interval":
        return (own.says(EventClass.IGNORE),)
    try:
        level_pct = number(read_json(text.encode()), 0, 100) if name == "battery" else None
    except BodyError:
        level_pct = None
    events = list(own.battery(level_pct))
    # A retained copy proves that it lived, not that it lives.
    if is_replay:
        return tuple(events) or (own.says(EventClass.IGNORE, detail="a retained copy"),)
    return in_order([*events, *(each.says(EventClass.HEARTBEAT) for each in voices_of(known, own.address))])


def _alert(own: Voice, name: str, text: str, known: Known) -> Decoded:
    """Version 5: a text while it holds, removed with zero bytes. What the names mean was agreed with the device."""
    agreed = own.options.get("alert_map")
    meaning = (agreed.get(name) if isinstance(agreed, dict) else None) or name
    if meaning in ("low_battery", "battery"):
        return Decoded(tuple(own.battery(None, is_low=True)) if text else (own.says(EventClass.HEARTBEAT),))
    if meaning == "tamper":
        told, remember = own.condition("tamper", bool(text), known)
        return Decoded(tuple(told) or (own.says(EventClass.HEARTBEAT),), remember)
    return Decoded((own.says(EventClass.IGNORE, detail="trouble" if text else "trouble is over"),))


def _property(box: str, name: str, message: Message, known: Known) -> Decoded:
    speaker, remember = input_voice(known, box, name), heard_input(known, box, name)
    text = message.payload.decode(errors="replace").strip("\0 ")
    role = Role.TAMPER if _means_tamper(speaker, name) else _role(speaker, name, box)
    is_on, events = _BOOLEANS.get(text.lower()), list[Event]()
    refused = None
    if role is Role.TAMPER and is_on is not None:
        events, kept = speaker.condition("tamper", is_on, known)
        remember |= kept
    elif role is Role.TEST and is_on:
        events = [speaker.says(EventClass.TEST)]
    elif role is Role.CALL and is_on is not None:
        events, kept = turned(Input(speaker, name, speaker.alarm_kind), is_on, message, known)
        remember |= kept
    elif role is Role.CALL and text.isdecimal() and _counts_presses(speaker, name, box):
        events, kept = _counted(speaker, name, text[:18], known)
        remember |= kept
    elif role is Role.CALL and text and not text.isdecimal() and _is_sure(speaker, box):
        refused = f"{name} is to call for help, and says neither true, false nor a number"
    if is_on is not None and speaker.address != box:
        events += siren_says(speaker, SirenWord(SirenSaid.ACKNOWLEDGED if is_on else SirenSaid.OFF))
    alive = [each.says(EventClass.HEARTBEAT) for each in voices_of(known, box)]
    return Decoded(in_order([*events, *alive]), remember, refused=refused)


def _order(order: SoundOrder, base: str, address: str, known: Known) -> Sending | None:
    box, _, name = address.partition("/")
    if name.count("/") != 1:
        return None  # a device as a whole can be told nothing
    version = "5/" if known.recall(f"five:{box}") == "True" else ""
    is_on = order.act is SoundAct.SOUND
    return Sending(f"{base}/{version}{address}/set", b"true" if is_on else b"false")


def _counted(speaker: Voice, name: str, count: str, known: Known) -> tuple[list[Event], dict[str, str]]:
    """A counter of presses: each new number is a press, also the first after a restart of the device."""
    key = f"count:{speaker.address}:{name}"
    before = known.recall(key)
    if before == count:
        return [], {}
    if before is None or count == "0":
        return [], {key: count}  # where it stands; nobody pressed for us to know it
    return [speaker.calls(True)], {key: count}


def _role(speaker: Voice, name: str, box: str) -> Role:
    if (wanted := speaker.options.get("property")) is not None:
        return Role.CALL if speaker.is_bell and wanted == name else Role.NOTHING
    if speaker.is_bell and name.rpartition("/")[2] in _TEST:
        return Role.TEST
    role = speaker.role_of(name)
    return role if role is not Role.CALL or _is_sure(speaker, box) or speaker.may_call_at(name) else Role.NOTHING


def _is_sure(speaker: Voice, box: str) -> bool:
    """Whether somebody said of this very property that it calls."""
    return speaker.address != box or "property" in speaker.options or "input" in speaker.options


def _counts_presses(speaker: Voice, name: str, box: str) -> bool:
    return _is_sure(speaker, box) or not _COUNTS_PRESSES.isdisjoint(words(name))


def _means_tamper(speaker: Voice, name: str) -> bool:
    options: Mapping[str, Any] = speaker.options
    return options.get("tamper") == name or "tamper" in name.rpartition("/")[2].lower()


# It speaks when something changes, and its broker tells its death within a minute and a half by the last will.
_EVENTS = Supervision(interval_s=90_000, deadline_s=97_200)

ADAPTER = Adapter(
    name="homie",
    default_base="homie",
    subscriptions=(
        Subscription("{base}/+/+/+", Session.ALARM),
        Subscription("{base}/5/+/+/+", Session.ALARM),
        Subscription("{base}/+/$state", Session.STATE),
    ),
    decode=decode,
    encode=_order,
    topic="",  # below the base or below its `5`: by the version, which an id does not tell
    supervision=dict.fromkeys((DeviceClass.BELL, DeviceClass.SIREN, DeviceClass.GATEWAY), _EVENTS),
)
