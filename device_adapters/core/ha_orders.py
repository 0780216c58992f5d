"""Orders to sirens and switches as Home Assistant's discovery announced them: where, and in which words.

    <command_topic>   {"state":"ON","duration":60}     a siren without a template; without "duration" where it has none
                      ON | OFF                         a switch: ``payload_on``, ``payload_off``
                      what ``command_template`` makes of them, where it only puts in value, state or duration

A template that calculates is not obeyed halfway: its siren takes no orders. A switch, and a siren without ``duration``,
ends by nothing but an order to be silent. ``retain`` is not heeded: a retained order would sound at each of its starts.
A siren of its own comes before a switch where both are of one device that is registered as a whole.
Read in: github home-assistant/home-assistant.io 001746a source/_integrations/siren.mqtt.markdown,
www.home-assistant.io/integrations/switch.mqtt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
import orjson
from msgspec import Struct

from device_adapters.core.bodies import MAX_ADDRESS
from device_adapters.core.contract import Known
from device_adapters.core.orders import Sending, SoundAct, SoundOrder

_PLATFORMS: Final = ("siren", "switch")
_KEY, _LISTED = "order:", "orders:"
_HOLE = re.compile(r"\{\{-?\s*(value|state|duration)\s*(?:\|\s*(?:int|string|tojson)\s*)?-?\}\}")
_LONGEST = 1_000


class Command(Struct, frozen=True, omit_defaults=True):
    """``by``: the config that told so. ``template`` empty: its payload as it stands, of a siren as JSON."""

    topic: str
    by: str = ""
    on: str = "ON"
    off: str = "OFF"
    is_siren: bool = False
    has_duration: bool = False
    template: str = ""
    off_template: str = ""


_COMMAND = msgspec.json.Decoder(Command)
_ADDRESSES = msgspec.json.Decoder(list[str])


def commands_of(entities: Iterable[tuple[str, Mapping[str, Any]]], boxes: tuple[str, ...]) -> dict[str, Command]:
    """By each address its device, or the part of it that sounds, may be registered at."""
    told: dict[str, Command] = {}
    for name, entity in entities:
        command = _command(entity)
        if command is None:
            continue
        for address in _addresses(name, entity, boxes):
            before = told.get(address)
            if before is None or (command.is_siren and not before.is_siren):
                told[address] = command
    return told


def remembered(config: str, told: Mapping[str, Command], known: Known) -> dict[str, str]:
    """What to remember of one config, and to forget of what it said before."""
    listed = known.recall(f"{_LISTED}{config}")
    if not told and not listed:
        return {}
    remember = {}
    for address in dict.fromkeys([*_ADDRESSES.decode(listed or "[]"), *told]):
        text = known.recall(f"{_KEY}{address}")
        before, mine = (_COMMAND.decode(text) if text else None), told.get(address)
        if before is not None and before.by != config and (mine is None or before.is_siren or not mine.is_siren):
            continue  # another config speaks for it
        ours = msgspec.structs.replace(mine, by=config) if mine else None
        remember[f"{_KEY}{address}"] = msgspec.json.encode(ours).decode() if ours else ""
    return remember | {f"{_LISTED}{config}": msgspec.json.encode(list(told)).decode()}


def announced_order(order: SoundOrder, _base: str, address: str, known: Known) -> Sending | None:
    text = known.recall(f"{_KEY}{address}")
    if not text:
        return None
    command, is_on = _COMMAND.decode(text), order.act is SoundAct.SOUND
    word = command.on if is_on else command.off
    template = command.template if is_on else command.off_template or command.template
    if template:
        holes = {"value": word, "state": word, "duration": str(order.for_s)}
        return Sending(command.topic, _HOLE.sub(lambda hole: holes[hole[1]], template).encode())
    if not command.is_siren:
        return Sending(command.topic, word.encode())
    timed = {"duration": order.for_s} if is_on and command.has_duration else {}
    return Sending(command.topic, orjson.dumps({"state": word} | timed))


def _command(entity: Mapping[str, Any]) -> Command | None:
    platform, topic = entity.get("platform"), entity.get("command_topic")
    if platform not in _PLATFORMS or not isinstance(topic, str) or not _is_topic(topic):
        return None
    templates = [entity.get("command_template") or "", entity.get("command_off_template") or ""]
    if not all(isinstance(each, str) and _is_plain(each) for each in templates):
        return None
    is_siren = platform == "siren"
    on, off = entity.get("payload_on"), entity.get("payload_off")
    return Command(
        topic=topic,
        on="ON" if on is None else str(on),
        off="OFF" if off is None else str(off),
        is_siren=is_siren,
        has_duration=is_siren and entity.get("support_duration") is not False,
        template=templates[0],
        off_template=templates[1],
    )


def _addresses(name: str, entity: Mapping[str, Any], boxes: tuple[str, ...]) -> Iterator[str]:
    if unique_id := entity.get("unique_id"):
        yield str(unique_id)[:MAX_ADDRESS]
    yield from (f"{box}/{name}"[:MAX_ADDRESS] for box in boxes)
    yield from boxes


def _is_topic(topic: str) -> bool:
    return 0 < len(topic) <= MAX_ADDRESS and not any(mark in topic for mark in "+#\0")


def _is_plain(template: str) -> bool:
    rest = _HOLE.sub("", template)
    return len(template) <= _LONGEST and "{{" not in rest and "{%" not in rest
