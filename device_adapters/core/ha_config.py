"""Home Assistant's MQTT discovery: one retained config → what arrives on which topic, and what it means.

    <prefix>/<component>/[<node>/]<object>/config     one entity
    <prefix>/device/[<node>/]<object>/config          a device: "dev", "o", "cmps": {id: entity with "p"}

Keys may be shortened (``stat_t``), and ``~`` at the beginning or the end of a topic stands for the base topic of the
config. Which templates are understood: core.ha_templates.
Read in: www.home-assistant.io/integrations/mqtt (discovery payload, abbreviations, availability),
PyPI homeassistant 2024.3.3 components/mqtt/{abbreviations,discovery,mixins}.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from device_adapters.core.bodies import MAX_ADDRESS
from device_adapters.core.ha_orders import Command, commands_of
from device_adapters.core.ha_templates import template

_LONG: Final = {
    "stat_t": "state_topic", "val_tpl": "value_template", "stat_val_tpl": "state_value_template",
    "dev_cla": "device_class", "uniq_id": "unique_id", "obj_id": "object_id", "def_ent_id": "default_entity_id",
    "dev": "device", "o": "origin", "cmps": "components", "p": "platform", "evt_typ": "event_types",
    "pl_on": "payload_on", "pl_off": "payload_off", "pl": "payload", "off_dly": "off_delay", "cmd_t": "command_topic",
    "cmd_tpl": "command_template", "cmd_off_tpl": "command_off_template", "sup_dur": "support_duration",
    "avty": "availability", "avty_t": "availability_topic", "avty_mode": "availability_mode",
    "avty_tpl": "availability_template", "pl_avail": "payload_available", "pl_not_avail": "payload_not_available",
    "atype": "automation_type", "stype": "subtype", "unit_of_meas": "unit_of_measurement", "t": "topic",
    "pl_home": "payload_home", "stat_on": "state_on", "stat_off": "state_off",
}  # fmt: skip
_LONG_OF_DEVICE: Final = {
    "ids": "identifiers", "cns": "connections", "mf": "manufacturer", "mdl": "model", "mdl_id": "model_id",
    "sw": "sw_version", "hw": "hw_version", "sa": "suggested_area", "sn": "serial_number", "cu": "configuration_url",
}  # fmt: skip
_SHARED: Final = ("availability", "availability_topic", "availability_mode", "availability_template", "state_topic",
                  "payload_available", "payload_not_available", "device")  # fmt: skip
_MOST_ENTITIES = 200


class Entity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What arrives on one topic about one input, button or value of a device.

    ``boxes``: names the inventory may know its device by, the best first. ``template``: what makes its value of a body;
    ``path``: where in it the value is, as it was remembered before templates were. ``is_momentary``: it never says
    that it is over.
    """

    platform: str
    name: str
    boxes: tuple[str, ...]
    unique_id: str = ""
    device_class: str = ""
    path: tuple[str, ...] = ()
    template: str = ""
    on: str = "ON"
    off: str = "OFF"
    trigger: str = ""
    is_momentary: bool = False


class Presence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That a topic tells whether a device can be reached, alone or with ``others``."""

    boxes: tuple[str, ...]
    via: str = ""
    path: tuple[str, ...] = ()
    template: str = ""
    up: str = "online"
    down: str = "offline"
    mode: str = "latest"
    others: tuple[str, ...] = ()


class Label(Struct, frozen=True, omit_defaults=True):
    """What a device says of itself, for whoever registers it.

    ``kind``: the class it is likely of, or nothing. ``unread``: an input whose template nobody here can read, and that.
    """

    name: str = ""
    maker: str = ""
    model: str = ""
    kind: str = ""
    unread: str = ""


class Described(Struct, frozen=True):
    """One config, read: topic → what is said there; address → how it is told to sound."""

    label: Label
    boxes: tuple[str, ...]
    entities: Mapping[str, tuple[Entity, ...]]
    presences: Mapping[str, Presence]
    commands: Mapping[str, Command]


def described(levels: list[str], config: Mapping[str, Any]) -> Described:
    """``levels``: of the discovery topic below its prefix, without ``config``."""
    component, names = levels[0], levels[1:]
    body = _expanded(config)
    device = _device(body.get("device"))
    if component == "device":
        parts = body.get("components")
        listed = parts.items() if isinstance(parts, dict) else ()
        whole = {key: body[key] for key in _SHARED if key in body}
        entities = [(str(key), whole | _expanded(part)) for key, part in listed if isinstance(part, dict)]
    else:
        entities = [(names[-1], {"platform": component} | body)]
    boxes = _boxes(device, names, entities)
    told: dict[str, tuple[Entity, ...]] = {}
    presences: dict[str, Presence] = {}
    for name, entity in entities[:_MOST_ENTITIES]:
        for topic, each in _entity(name, entity, boxes):
            told[topic] = (*told.get(topic, ()), each)
        presences |= _presences(entity, boxes, str(device.get("via_device") or ""))
    said = (word if isinstance(word := device.get(key), str) else "" for key in ("name", "manufacturer", "model"))
    kinds = [kind for _, entity in entities if (kind := _kind(entity))]
    unread = next((text for name, entity in entities if (text := _unread(name, entity))), "")
    label = Label(*(word[:100] for word in said), *kinds[:1])
    label = replace(label, unread=unread)
    return Described(label, boxes, told, presences, commands_of(entities[:_MOST_ENTITIES], boxes))


def _kind(entity: Mapping[str, Any]) -> str:
    """What calls for help is a bell: a button, an event, or a sensor of the class safety."""
    platform, device_class = entity.get("platform"), entity.get("device_class")
    if platform in ("event", "device_automation") or (platform == "binary_sensor" and device_class == "safety"):
        return "bell"
    return platform if platform in ("camera", "siren") else ""


def _unread(name: str, entity: Mapping[str, Any]) -> str:
    """Of what may call for help: of a figure it costs nobody a press."""
    text = _template(entity.get("value_template", entity.get("state_value_template")))
    is_asked = entity.get("platform") in ("binary_sensor", "event", "alarm_control_panel", "device_automation")
    return f"{name}: {text}"[:200] if text and is_asked and template(text) is None else ""


def text_of(value: object) -> str:
    """As a template writes it, and as configs compare it."""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _expanded(config: Mapping[str, Any]) -> dict[str, Any]:
    body = {_LONG.get(key) or key: value for key, value in config.items()}
    base = body.pop("~", None)
    if isinstance(base, str):
        body = {key: _based(key, value, base) for key, value in body.items()}
        listed = body.get("availability")
        if isinstance(listed, list):
            body["availability"] = [
                {key: _based(_LONG.get(key) or key, value, base) for key, value in each.items()}
                for each in listed
                if isinstance(each, dict)
            ]
    return body


def _based(key: str, value: object, base: str) -> object:
    if not key.endswith("topic") or not isinstance(value, str):
        return value
    if value.startswith("~"):
        return base + value[1:]
    return value[:-1] + base if value.endswith("~") else value


def _device(told: object) -> dict[str, Any]:
    return {_LONG_OF_DEVICE.get(key) or key: value for key, value in told.items()} if isinstance(told, dict) else {}


def _boxes(device: Mapping[str, Any], names: list[str], entities: list[tuple[str, dict[str, Any]]]) -> tuple[str, ...]:
    ids = device.get("identifiers")
    listed = [ids] if isinstance(ids, str) else ids if isinstance(ids, list) else []
    found = [each for each in (*listed, device.get("serial_number"), device.get("name"), *names[:-1]) if each]
    found = [str(each)[:MAX_ADDRESS] for each in found if isinstance(each, str | int)] or [names[-1][:MAX_ADDRESS]]
    roots = {str(entity.get("state_topic", "")).partition("/")[0] for _, entity in entities}
    # ESPHome speaks below its name: so it is called also before, and without, its config.
    found.sort(key=lambda name: name not in roots)
    return tuple(dict.fromkeys(found))


def _entity(name: str, entity: Mapping[str, Any], boxes: tuple[str, ...]) -> Iterator[tuple[str, Entity]]:
    platform = str(entity.get("platform") or "")
    topic = entity.get("topic") if platform == "device_automation" else entity.get("state_topic")
    if not isinstance(topic, str) or not topic or not platform:
        return
    words = [entity.get("type"), entity.get("subtype")] if platform == "device_automation" else []
    written = entity.get("value_template", entity.get("state_value_template"))
    unique_id, device_class = entity.get("unique_id"), entity.get("device_class")
    on = entity.get("payload") if platform == "device_automation" else entity.get("state_on", entity.get("payload_on"))
    off = entity.get("state_off", entity.get("payload_off"))
    yield (
        topic,
        Entity(
            platform=platform,
            name=name[:MAX_ADDRESS],
            boxes=boxes,
            unique_id=str(unique_id)[:MAX_ADDRESS] if unique_id else "",
            device_class=str(device_class or ""),
            template=_template(written),
            on="ON" if on is None and platform != "device_automation" else text_of(on),
            off="OFF" if off is None else text_of(off),
            trigger=" ".join(word for word in words if isinstance(word, str)),
            is_momentary=entity.get("off_delay") is not None,
        ),
    )


def _presences(entity: Mapping[str, Any], boxes: tuple[str, ...], via: str) -> dict[str, Presence]:
    listed = entity.get("availability")
    listed = [listed] if isinstance(listed, dict) else listed
    if not isinstance(listed, list):
        listed = [{"topic": entity.get("availability_topic"), "value_template": entity.get("availability_template")}]
        listed[0] |= {key: entity[key] for key in ("payload_available", "payload_not_available") if key in entity}
    told = [_expanded(each) for each in listed if isinstance(each, dict)]
    topics = tuple(topic for each in told if isinstance(topic := each.get("topic"), str) and topic)
    return {
        each["topic"]: Presence(
            boxes=boxes,
            via=via[:MAX_ADDRESS],
            template=_template(each.get("value_template")),
            up=text_of(each.get("payload_available", "online")),
            down=text_of(each.get("payload_not_available", "offline")),
            mode=str(entity.get("availability_mode") or "latest"),
            others=tuple(topic for topic in topics if topic != each["topic"]),
        )
        for each in told
        if each.get("topic") in topics
    }


def _template(text: object) -> str:
    return text if isinstance(text, str) else ""
