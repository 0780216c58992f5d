from __future__ import annotations

import json

import pytest

from device_adapters import ha_discovery
from device_adapters.core.contract import DeviceClass
from device_adapters.core.orders import SirenSaid, SirenWord, SoundAct
from tests.device_adapters.spoken import Post

CONFIG = "homeassistant/siren/nvh/coi/config"
DEVICE = {"ids": ["nvh"], "name": "Nhà văn hóa"}
SIREN = {"~": "nvh/coi", "cmd_t": "~/set", "stat_t": "~/state", "uniq_id": "nvh_coi", "dev": DEVICE}


def post(config: object = SIREN, topic: str = CONFIG) -> Post:
    found = Post(ha_discovery.ADAPTER, nvh=DeviceClass.SIREN)
    found.hears(topic, config)
    return found


@pytest.mark.parametrize("address", ["nvh", "nvh/coi", "nvh_coi", "Nhà văn hóa"])
def test_it_orders_an_announced_siren_by_whichever_of_its_names(address: str) -> None:
    topic, payload = post().orders(SoundAct.SOUND, address) or ("", b"")
    assert (topic, json.loads(payload)) == ("nvh/coi/set", {"state": "ON", "duration": 60})
    assert post().orders(SoundAct.STOP, address) == ("nvh/coi/set", b'{"state":"OFF"}')


@pytest.mark.parametrize(
    ("more", "on", "off"),
    [
        ({"sup_dur": False, "pl_on": 1, "pl_off": 0}, b'{"state":"1"}', b'{"state":"0"}'),
        ({"cmd_tpl": "{{ value }}"}, b"ON", b"OFF"),
        ({"cmd_tpl": '{"a":"{{value}}","t":{{ duration | int }}}'}, b'{"a":"ON","t":60}', b'{"a":"OFF","t":0}'),
        ({"cmd_tpl": "go {{ duration }}", "cmd_off_tpl": "stop"}, b"go 60", b"stop"),
    ],
)
def test_it_orders_in_the_words_its_config_names(more: dict[str, object], on: bytes, off: bytes) -> None:
    found = post(SIREN | more)
    assert found.orders(SoundAct.SOUND, "nvh") == ("nvh/coi/set", on)
    assert found.orders(SoundAct.STOP, "nvh") == ("nvh/coi/set", off)


@pytest.mark.parametrize(
    "more",
    [
        {"cmd_tpl": "{% if value == 'ON' %}1{% endif %}"},
        {"cmd_tpl": "{{ value | lower }}"},
        {"cmd_t": "nvh/+/set"},
        {"cmd_t": ""},
        {"cmd_t": ["nvh/set"]},
        {"cmd_off_tpl": 7},
    ],
)
def test_it_orders_nothing_where_it_does_not_know_the_words(more: dict[str, object]) -> None:
    assert post(SIREN | more).orders(SoundAct.SOUND, "nvh") is None


def test_it_orders_a_switch_of_esphome() -> None:
    told = {"cmd_t": "hu/switch/coi/command", "stat_t": "hu/switch/coi/state", "dev": {"ids": "aabbcc", "name": "hu"}}
    found = post(told, "homeassistant/switch/hu/coi/config")
    assert found.orders(SoundAct.SOUND, "hu/coi") == ("hu/switch/coi/command", b"ON")
    assert found.orders(SoundAct.STOP, "hu") == ("hu/switch/coi/command", b"OFF")
    assert found.orders(SoundAct.SOUND, "hu/den") is None


def test_it_takes_the_siren_of_a_device_that_has_a_switch_too() -> None:
    switch = {"cmd_t": "nvh/den/set", "stat_t": "nvh/den/state", "dev": DEVICE}
    found = post(switch, "homeassistant/switch/nvh/den/config")
    assert found.orders(SoundAct.STOP, "nvh") == ("nvh/den/set", b"OFF")
    found.hears(CONFIG, SIREN)
    found.hears("homeassistant/switch/nvh/den/config", switch)
    assert (found.orders(SoundAct.STOP, "nvh") or ("",))[0] == "nvh/coi/set"
    whole = {
        "dev": DEVICE,
        "o": {"name": "x"},
        "cmps": {"den": {"p": "switch", **switch}, "coi": {"p": "siren", **SIREN}},
    }
    assert (post(whole, "homeassistant/device/nvh/config").orders(SoundAct.STOP, "nvh") or ("",))[0] == "nvh/coi/set"


def test_it_orders_nothing_any_more_of_what_was_taken_away() -> None:
    found = post()
    found.hears(CONFIG, b"")
    assert found.orders(SoundAct.SOUND, "nvh") is None


@pytest.mark.parametrize(
    ("component", "body", "said"),
    [
        ("siren", b"ON", SirenSaid.SOUNDING),
        ("siren", {"state": "ON", "duration": 9}, SirenSaid.SOUNDING),
        ("siren", {"state": "OFF"}, SirenSaid.OFF),
        ("switch", b"ON", SirenSaid.ACKNOWLEDGED),
        ("switch", b"None", None),
    ],
)
def test_it_hears_whether_an_announced_siren_is_on(component: str, body: object, said: SirenSaid | None) -> None:
    found = post(SIREN, f"homeassistant/{component}/nvh/coi/config")
    assert found.words("nvh/coi/state", body) == ([("nvh", SirenWord(said))] if said else [])
