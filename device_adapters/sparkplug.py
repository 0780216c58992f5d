"""Sparkplug B 3.0: gateways of industry and the devices behind them, heard as a host application hears them.

    <base>/<group>/NBIRTH/<node>            what a gateway has, seq 0, bdSeq                  base: spBv1.0
    <base>/<group>/DBIRTH/<node>/<device>   what a device has: metrics with name, alias, datatype and value
    <base>/<group>/NDATA, DDATA/…           what changed, often by alias alone; seq 0 … 255 over all of a node
    <base>/<group>/NDEATH/<node>            its will: counts where its bdSeq is that of the last birth
    <base>/<group>/DDEATH/<node>/<device>   the gateway hears the device no more
    <base>/<group>/NCMD, DCMD/…             commands, ours among them: "Node Control/Rebirth"
    <base>/STATE/<host>                     {"online":true,"timestamp":…}, ours: monitor.sparkplug_host

Nothing is retained and nothing is sent again: births are all there is to know what an alias means, and they are asked
for anew where a number is missing and does not come within ``sparkplug_reorder_s``, an alias is unknown, or a node is
heard whose birth was not. Only changes are sent, so a true in DATA is a press (EDGE); a birth tells how it stands
(LEVEL). What was kept back in an outage (``is_historical``) is late and changes nothing of now. Names of metrics are
free: what they mean is read from their words (``Inputs/Panic``), or agreed in the inventory. A node is registered at
``<group>/<node>``, a device at ``<group>/<node>/<device>``, one of its inputs at
``<group>/<node>/<device>/<metric>``.
Read in: github eclipse-sparkplug/sparkplug e45b610 chapters/Sparkplug_{4_Topics,5_Operational_Behavior,6_Payloads}
.adoc. No message was captured.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from device_adapters.core.bodies import BodyError
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
    Tally,
)
from device_adapters.core.events import LAST_WILL, Event, EventClass
from device_adapters.core.levels import forgotten
from device_adapters.core.orders import Sending
from device_adapters.core.sparkplug_body import BOOLEAN, Body, Metric, read_body, signed, written
from device_adapters.core.sparkplug_metrics import told
from device_adapters.core.times import from_unix_ms, to_unix_ms
from device_adapters.core.voices import Voice, in_order, levels_below, voice, voices_of

STATE = "STATE"
_BORN = msgspec.json.Decoder(dict[str, tuple[str, int]])
REBIRTH = "Node Control/Rebirth"
_OF_NODES = frozenset({"NBIRTH", "NDEATH", "NDATA"})
_OF_DEVICES = frozenset({"DBIRTH", "DDEATH", "DDATA"})
_COMMANDS = frozenset({"NCMD", "DCMD"})
_ASK_EVERY_MS = 10_000
_MOST_PARKED, _MOST_DEVICES = 20, 2_000
NO_ALIAS = "alias unknown -> NCMD Node Control/Rebirth"


def decode(message: Message, base: str, known: Known) -> Decoded:
    levels = levels_below(message.topic, base) or message.topic.split("/")
    if levels[0] == STATE and len(levels) == 2 and levels[1]:
        is_ours = message.topic.startswith(f"{base}/")
        said = Voice(levels[1]).says(EventClass.IGNORE, detail="our own host STATE" if is_ours else "host STATE of 2.2")
        return Decoded((said,))
    if not message.topic.startswith(f"{base}/") or not 3 <= len(levels) <= 4 or not all(levels):
        raise Refused(f"the topic is not below {base}, a group, a kind and a node")
    group, kind, node = levels[0], levels[1], f"{levels[0]}/{levels[2]}"
    own = voice(known, "/".join((node, *levels[3:])))
    if kind in _COMMANDS:
        return Decoded((own.says(EventClass.IGNORE, detail="our own command"),))
    if kind not in (_OF_DEVICES if len(levels) == 4 else _OF_NODES):
        raise Refused(f"the topic is not below {base} and a kind of message", group)
    try:
        body = read_body(message.payload)
    except BodyError:
        # Whatever it was, the next birth tells how things stand.
        return _and_asked(Decoded((own.says(EventClass.IGNORE, detail="not protobuf"),)), node, base, message, known)
    if kind == "NDEATH":
        return _node_dies(node, body, known)
    answer = _said(kind, own, body, message, known)
    return _counted(answer, (kind, node), body, base, message, known)


def _said(kind: str, own: Voice, body: Body, message: Message, known: Known) -> Decoded:
    if kind == "NBIRTH":
        return _node_is_born(own, body, known)
    if kind == "DBIRTH":
        return _device_is_born(own, body, known)
    if kind == "DDEATH":
        at = _moment(body.at_ms)
        return Decoded(tuple(each.says(EventClass.OFFLINE, occurred_at=at) for each in voices_of(known, own.address)))
    return _data(own, body, message, known)


# ── births and deaths ────────────────────────────────────────────────────────────────────────────────────


def _node_is_born(own: Voice, body: Body, known: Known) -> Decoded:
    session = next((each.value for each in body.metrics if each.name == "bdSeq"), None)
    flags = () if isinstance(session, int) and body.seq == 0 else ("irregular_birth",)
    note = {f"session:{own.address}": str(session), f"asked:{own.address}": "", f"gap:{own.address}": ""}
    aliases = _aliases(own, body, known)
    return Decoded((own.says(EventClass.ONLINE, occurred_at=_moment(body.at_ms), flags=flags),), aliases, note)


def _device_is_born(own: Voice, body: Body, known: Known) -> Decoded:
    remember = _aliases(own, body, known)
    node, _, device = own.address.rpartition("/")
    names = [name for name in (known.recall(f"devices:{node}") or "").split("\n") if name]
    if device not in names and len(names) < _MOST_DEVICES:
        remember[f"devices:{node}"] = "\n".join([*names, device])
    events, kept, refused = told(own, body.metrics, body.at_ms, known, is_birth=True)
    remember |= kept
    if parked := known.recall(f"parked:{own.address}"):
        remember[f"parked:{own.address}"] = ""
        events += _unparked(own, parked, body.metrics, known)
    if any(event.event_class is EventClass.OFFLINE for event in events):
        return Decoded(in_order(events), remember, refused=refused)
    at = _moment(body.at_ms)
    alive = [each.says(EventClass.ONLINE, occurred_at=at) for each in voices_of(known, own.address)]
    return Decoded(in_order([*events, *alive]), remember, refused=refused)


def _unparked(own: Voice, parked: str, born: tuple[Metric, ...], known: Known) -> list[Event]:
    """Presses that came before anybody could know what they were: they are late, and said to be."""
    events: list[Event] = []
    for text in parked.split("\n"):
        body = read_body(base64.b64decode(text))
        named, _ = _named(body.metrics, {each.alias: each for each in born if each.alias is not None})
        found, _, _ = told(own, tuple(named), body.at_ms, known, is_birth=False)
        events += [replace(each, detail="late", flags=(*each.flags, "before_birth")) for each in found
                   if each.event_class in (EventClass.ALARM, EventClass.TEST)]  # fmt: skip
    return events


def _node_dies(node: str, body: Body, known: Known) -> Decoded:
    """With our clock, for the will was written when the node connected; and only the will of the session we know."""
    own, session = voice(known, node), next((each.value for each in body.metrics if each.name == "bdSeq"), None)
    born = known.recall(f"session:{node}")
    if born is not None and str(session) != born:
        return Decoded((own.says(EventClass.IGNORE, detail="the will of an earlier session"),))
    events = [own.says(EventClass.OFFLINE, flags=(LAST_WILL,))]
    for name in filter(None, (known.recall(f"devices:{node}") or "").split("\n")):
        family = voices_of(known, f"{node}/{name}")
        lost = [each for each in family if not each.is_behind]  # of the others the inventory itself follows that
        events += [each.says(EventClass.OFFLINE, flags=(LAST_WILL,)) for each in lost]
    # Whatever is heard of it after its death, unborn, is asked for its birth.
    return Decoded(tuple(events), note={f"seq:{node}": "", f"asked:{node}": "", f"gap:{node}": ""})


# ── what changed ─────────────────────────────────────────────────────────────────────────────────────────


def _data(own: Voice, body: Body, message: Message, known: Known) -> Decoded:
    text = known.recall(f"alias:{own.address}")
    born = _BORN.decode(text) if text else {}
    aliases = {int(alias): Metric(name=name, datatype=kind) for alias, (name, kind) in born.items()}
    named, nameless = _named(body.metrics, aliases)
    events, remember, refused = told(own, tuple(named), body.at_ms, known, is_birth=False)
    if nameless:
        found, kept = _unnamed(own, nameless, message, known)
        events += found
        remember |= kept
    at = _moment(body.at_ms)
    alive = [each.says(EventClass.HEARTBEAT, occurred_at=at) for each in voices_of(known, own.address)]
    if any(event.event_class is EventClass.OFFLINE for event in events):
        alive = []
    return Decoded(in_order([*events, *alive]), remember, refused=refused)


def _named(
    metrics: tuple[Metric, ...], aliases: Mapping[int | None, Metric] | Mapping[int, Metric]
) -> tuple[list[Metric], list[Metric]]:
    """Metrics with the name and datatype of their birth, and those of which no birth was heard."""
    named, nameless = [], []
    for each in metrics:
        born = aliases.get(each.alias) if each.alias is not None else None
        if each.name or born:
            kind = each.datatype or (born.datatype if born else 0)
            value = signed(each.value, kind)
            named.append(replace(each, name=each.name or (born.name if born else ""), datatype=kind, value=value))
        else:
            nameless.append(each)
    return named, nameless


def _unnamed(own: Voice, nameless: list[Metric], message: Message, known: Known) -> tuple[list[Event], dict[str, str]]:
    """A bell of ours said that something is true: what it is we ask, but we do not wait for the answer to ring."""
    unsure = own.says(EventClass.IGNORE, detail=NO_ALIAS)
    if own.is_bell and any(each.value is True and not each.is_null for each in nameless):
        at_ms = next((each.at_ms for each in nameless if each.value is True), None)
        identity = f"alias@{at_ms}" if at_ms else None
        call = own.calls(True, degraded="its alias is unknown", source_event_id=identity, occurred_at=_moment(at_ms))
        return [call, unsure], forgotten(own.address, own.alarm_kind)
    parked = [text for text in (known.recall(f"parked:{own.address}") or "").split("\n") if text]
    text = base64.b64encode(message.payload).decode()
    if text in parked or len(parked) >= _MOST_PARKED or len(text) > 2_000:
        return [unsure], {}
    return [unsure], {f"parked:{own.address}": "\n".join([*parked, text])}


def _counted(answer: Decoded, said: tuple[str, str], body: Body, base: str, *heard: Any) -> Decoded:
    """The number of the message beside the one before it: what is missing is asked for with a birth."""
    (kind, node), (message, known) = said, heard
    last, session = known.recall(f"seq:{node}"), answer.note.get(f"session:{node}") or known.recall(f"session:{node}")
    is_born = bool(last) and known.recall(f"session:{node}") is not None
    missing = _missing(known, node)
    is_late = is_born and kind != "NBIRTH" and body.seq in missing
    if body.seq is not None:
        tally = Tally(node, f"{node}#{session}"[:80], body.seq % 256, 256) if session else None
        newest = {} if is_late else {f"seq:{node}": str(body.seq)}
        answer = replace(answer, note={**answer.note, **newest}, tally=tally)
    if kind == "NBIRTH":
        return answer
    is_next = is_born and body.seq in (int(last or 0), (int(last or 0) + 1) % 256)
    if not is_born or any(event.detail == NO_ALIAS for event in answer.events):
        return _and_asked(answer, node, base, message, known)
    if is_late:
        return _filled(answer, node, [each for each in missing if each != body.seq])
    return answer if is_next else _and_asked(_gaping(answer, node, body.seq, known), node, base, message, known)


def _missing(known: Known, node: str) -> list[int]:
    return [int(each) for each in (known.recall(f"gap:{node}") or "").split(",") if each]


def _gaping(answer: Decoded, node: str, seq: int | None, known: Known) -> Decoded:
    """What did not come; of more than half of all numbers nobody can say which way the count went."""
    last = int(known.recall(f"seq:{node}") or 0)
    width = ((seq or 0) - last - 1) % 256
    if seq is None or width > 127:
        return replace(answer, note={**answer.note, f"gap:{node}": ""})
    lost = dict.fromkeys([*_missing(known, node), *((last + 1 + step) % 256 for step in range(width))])
    return replace(answer, note={**answer.note, f"gap:{node}": ",".join(map(str, lost))})


def _filled(answer: Decoded, node: str, missing: list[int]) -> Decoded:
    """One that was missing has come; with the last of them nothing is to be asked for any more."""
    note = {**answer.note, f"gap:{node}": ",".join(map(str, missing))} | ({} if missing else {f"asked:{node}": ""})
    return replace(answer, note=note)


def _and_asked(answer: Decoded, node: str, base: str, message: Message, known: Known) -> Decoded:
    """A birth, and not at every message: it is many of them that bring a flood of births."""
    now_ms = to_unix_ms(message.received_at)
    asked_ms = int(known.recall(f"asked:{node}") or 0)
    if 0 <= now_ms - asked_ms < _ASK_EVERY_MS:
        return answer
    note = {**answer.note, f"asked:{node}": str(now_ms)}
    wish = rebirth(base, node, message.received_at)
    if answer.note.get(f"gap:{node}"):
        wish = replace(wish, while_held=f"gap:{node}")
    return replace(answer, note=note, ask=(wish,))


def rebirth(base: str, node: str, at: datetime) -> Sending:
    """NCMD, at QoS 0 and not retained: all that a node and its devices have shall be told anew."""
    group, _, name = node.partition("/")
    metric = Metric(name=REBIRTH, at_ms=to_unix_ms(at), datatype=BOOLEAN, value=True)
    return Sending(f"{base}/{group}/NCMD/{name}", written(Body(at_ms=to_unix_ms(at), metrics=(metric,))), qos=0)


def _aliases(own: Voice, body: Body, known: Known) -> dict[str, str]:
    aliases = {str(each.alias): (each.name, each.datatype) for each in body.metrics if each.alias is not None}
    text = msgspec.json.encode(aliases).decode()
    return {f"alias:{own.address}": text} if text != (known.recall(f"alias:{own.address}") or "{}") else {}


def _moment(at_ms: int | None) -> datetime | None:
    return from_unix_ms(at_ms) if at_ms else None


# Only changes are sent, and the broker tells a node's death within a minute and a half by its will.
_EVENTS = Supervision(interval_s=90_000, deadline_s=97_200)

ADAPTER = Adapter(
    name="sparkplug",
    default_base="spBv1.0",
    # One session for all of a node: its numbers are counted over all it says, and two sessions would mix their order.
    subscriptions=(
        *(Subscription(f"{{base}}/+/{kind}/+", Session.ALARM) for kind in sorted(_OF_NODES)),
        *(Subscription(f"{{base}}/+/{kind}/+/+", Session.ALARM) for kind in sorted(_OF_DEVICES)),
    ),
    decode=decode,
    topic="{base}/+/+/+",
    supervision=dict.fromkeys((DeviceClass.BELL, DeviceClass.SIREN, DeviceClass.CAMERA, DeviceClass.GATEWAY), _EVENTS),
)
