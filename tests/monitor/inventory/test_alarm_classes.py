from collections.abc import Callable
from pathlib import Path

import pytest

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind
from monitor.errors import SettingsError
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.settings import shipped

SHIPPED = shipped("config/alarm_classes.toml")


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[[str, str], str]:
    """What is said of the shipped file after one replacement."""

    def read(old: str, new: str) -> str:
        text = SHIPPED.read_text(encoding="utf-8")
        assert old in text
        file = tmp_path / "alarm_classes.toml"
        file.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(SettingsError) as refused:
            read_alarm_classes(file)
        return refused.value.reason

    return read


def _section(kind: str) -> str:
    text = SHIPPED.read_text(encoding="utf-8")
    return f"[{kind}]" + text.split(f"\n[{kind}]", 1)[1].split("\n[", 1)[0]


def test_it_ships_a_class_for_every_kind():
    assert set(read_alarm_classes(SHIPPED)) == set(AlarmKind)


@pytest.mark.parametrize("kind", ["hold_up", "panic", "duress", "fire", "medical", "intrusion"])
def test_it_ships_calls_for_help_as_most_urgent_and_latching(kind):
    rules = read_alarm_classes(SHIPPED)[AlarmKind(kind)]
    assert (rules.priority_for(None), rules.is_latching, rules.can_be_shelved) == (1, True, False)


@pytest.mark.parametrize(
    ("device_class", "priority"), [("bell", 2), ("camera", 4), ("gateway", 3), ("probe", 3), ("recorder", 3)]
)
def test_it_weighs_silence_by_what_the_device_protects(device_class, priority):
    assert read_alarm_classes(SHIPPED)[AlarmKind.OFFLINE].priority_for(DeviceClass(device_class)) == priority


def test_it_weighs_an_unregistered_device_by_the_kind_alone():
    assert read_alarm_classes(SHIPPED)[AlarmKind.OFFLINE].priority_for(None) == 3


@pytest.mark.parametrize("kind", ["hold_up", "panic", "duress"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("priority = 1", "priority = 2"),
        ("is_latching = true", "is_latching = false"),
        ("can_be_shelved = false", "can_be_shelved = true"),
        ("can_be_shelved = false", "can_be_shelved = false\npriority_of = { bell = 4 }"),
    ],
)
def test_it_refuses_to_weaken_a_call_for_help(refusal, kind, old, new):
    section = _section(kind)
    assert f"[{kind}]: expected priority = 1" in refusal(section, section.replace(old, new))


def test_it_refuses_a_kind_nobody_knows(refusal):
    assert "[robbery]" in refusal("[outage]", "[robbery]")


def test_it_refuses_a_kind_left_out(refusal):
    assert "there is none for fire" in refusal(_section("fire"), "")


def test_it_refuses_an_unknown_rule_and_names_its_place(refusal):
    assert "[trouble.colour]: " in refusal("[trouble]", '[trouble]\ncolour = "red"')


def test_it_refuses_a_priority_that_does_not_exist(refusal):
    assert "[offline.priority_of.camera]: " in refusal("camera = 4", "camera = 5")


def test_it_refuses_a_file_that_is_not_toml(refusal):
    assert "not TOML" in refusal("[fire]", "[fire")
