"""A bell that is registered as a whole: which of its inputs ring, and that none of them masks or ends another."""

from __future__ import annotations

import pytest

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind, EventClass
from device_adapters.core.registry import adapters
from tests.device_adapters.sparkplug_bodies import body, metric
from tests.device_adapters.spoken import Post

ALARM, CLEAR, BEAT = EventClass.ALARM, EventClass.CLEAR, EventClass.HEARTBEAT


@pytest.fixture
def homie() -> Post:
    return Post(adapters()["homie"], b=DeviceClass.BELL)


def first(post: Post, topic: str, *values: bytes) -> list[EventClass]:
    return [post.told(topic, value)[0][1] for value in values]


@pytest.mark.parametrize("name", ["system/uptime", "sensor/humidity", "wifi/quality", "button/volume", "boot/count"])
def test_it_counts_no_number_of_homie_that_is_none_of_presses(homie: Post, name: str) -> None:
    assert first(homie, f"homie/b/{name}", b"3600", b"3660") == [BEAT, BEAT]


@pytest.mark.parametrize("name", ["led/on", "ota/enabled", "system/status", "net/wifi-connected", "cua/door"])
def test_it_leaves_a_boolean_of_homie_alone_that_says_it_is_something_else(homie: Post, name: str) -> None:
    assert first(homie, f"homie/b/{name}", b"true", b"false") == [BEAT, BEAT]
    assert first(homie, "homie/b/button/pressed", b"true") == [ALARM]
    assert first(homie, f"homie/b/{name}", b"false") == [BEAT]


@pytest.mark.parametrize("name", ["input/state", "gpio/4", "led-button/on", "panic/status", "n/k"])
def test_it_rings_for_a_boolean_of_homie_that_calls_or_says_nothing(homie: Post, name: str) -> None:
    assert first(homie, f"homie/b/{name}", b"true", b"false") == [ALARM, CLEAR]


def test_it_rings_for_whatever_was_agreed() -> None:
    post = Post(adapters()["homie"], **{"b/led/on": DeviceClass.BELL})
    post.register("c", options={"property": "wifi/status"})
    assert [first(post, f"homie/{name}", b"true") for name in ("b/led/on", "c/wifi/status")] == [[ALARM], [ALARM]]


def test_it_hears_doors_of_a_bell_against_intruders() -> None:
    post = Post(adapters()["homie"])
    post.register("b", alarm_kind=AlarmKind.INTRUSION)
    assert first(post, "homie/b/cua/door", b"true") == [ALARM]


def test_it_refuses_what_it_cannot_read_of_an_agreed_input_and_ends_nothing(homie: Post) -> None:
    homie.register("b", options={"property": "nut/bam"})
    assert first(homie, "homie/b/nut/bam", b"true", b"maybe") == [ALARM, BEAT]
    assert homie.refused
    assert first(homie, "homie/b/nut/bam", b"false") == [CLEAR]
    assert not homie.refused


def test_it_keeps_two_buttons_of_one_bell_apart(homie: Post) -> None:
    one, two = "homie/b/nut/1", "homie/b/nut/2"
    homie.hears(two, b"false")
    assert first(homie, one, b"true", b"true") == [ALARM, ALARM]
    assert homie.hears(two, b"true")[0].shape == "edge", "the first does not mask it"
    assert first(homie, one, b"false") == [BEAT], "nor ends it"
    assert first(homie, two, b"false", b"false") == [CLEAR, BEAT]


@pytest.fixture
def board() -> Post:
    return Post(adapters()["ha_discovery"], b=DeviceClass.BELL)


@pytest.mark.parametrize("name", ["status", "wifi_connected", "api_connected", "led", "device_status", "charging"])
def test_it_leaves_an_input_of_esphome_alone_that_says_it_is_something_else(board: Post, name: str) -> None:
    assert first(board, f"b/binary_sensor/{name}/state", b"ON") == [BEAT]
    assert first(board, "b/binary_sensor/sos/state", b"ON") == [ALARM]
    assert first(board, f"b/binary_sensor/{name}/state", b"OFF") == [BEAT]
    assert first(board, "b/binary_sensor/sos/state", b"OFF") == [CLEAR]


@pytest.mark.parametrize("name", ["sos", "gpio4", "input_1", "wifi_button", "panic_status"])
def test_it_rings_for_an_input_of_esphome_that_calls_or_says_nothing(board: Post, name: str) -> None:
    assert first(board, f"b/binary_sensor/{name}/state", b"ON", b"OFF") == [ALARM, CLEAR]


def test_it_rings_for_an_input_of_esphome_that_was_agreed_or_has_its_own_place() -> None:
    post = Post(adapters()["ha_discovery"], **{"b/status": DeviceClass.BELL})
    post.register("c", options={"input": "led"})
    assert first(post, "b/binary_sensor/status/state", b"ON") == [ALARM]
    assert first(post, "c/binary_sensor/led/state", b"ON") == [ALARM]


def test_it_keeps_two_buttons_of_one_board_apart(board: Post) -> None:
    one, two = "b/binary_sensor/nut_1/state", "b/binary_sensor/nut_2/state"
    assert first(board, one, b"ON") == [ALARM]
    assert board.hears(two, b"ON")[0].shape == "edge", "the first does not mask it"
    assert first(board, one, b"OFF", b"ON", b"OFF") == [BEAT, ALARM, BEAT], "nor ends it"
    assert first(board, two, b"OFF", b"OFF") == [CLEAR, BEAT]


def test_it_ends_no_call_of_an_input_beside_the_end_of_another_in_one_message(board: Post) -> None:
    for name in ("nut1", "nut2"):
        config = {"stat_t": "b/all", "val_tpl": f"{{{{ value_json.{name} }}}}", "dev": {"ids": "b"}}
        board.hears(f"homeassistant/binary_sensor/b/{name}/config", config)
    assert board.told("b/all", {"nut1": "ON", "nut2": "OFF"})[0][1] is ALARM
    said = board.told("b/all", {"nut1": "OFF", "nut2": "ON"})
    assert [event_class for _, event_class in said if event_class in (ALARM, CLEAR)] == [ALARM]


@pytest.mark.parametrize("word", ["alarm_disarmed", "alarm_set", "alarm_armed_away", "alarm_reset"])
def test_it_takes_no_setting_of_a_strangers_alarm_for_a_call(word: str) -> None:
    post = Post(adapters()["ha_discovery"])
    post.hears("homeassistant/event/z/e/config", {"stat_t": "z/e", "dev": {"ids": ["z"]}})
    assert first(post, "z/e", b'{"event_type":"%s"}' % word.encode(), b'{"event_type":"alarm"}') == [BEAT, ALARM]


@pytest.mark.parametrize("template", ["{{ value_json.n * 2 > 3 }}", "{{ states('x') }}", "{{ value_json.sos | mine }}"])
def test_it_refuses_what_only_a_template_could_tell(board: Post, template: str) -> None:
    board.hears("homeassistant/binary_sensor/b/sos/config", {"stat_t": "b/x", "val_tpl": template, "dev": {"ids": "b"}})
    assert board.told("b/x", {"sos": True, "n": 2}) == [("b", BEAT)]
    assert "calculates" in (board.refused or "")


def test_it_refuses_a_word_that_is_neither_on_nor_off(board: Post) -> None:
    config = {"stat_t": "b/x", "dev_cla": "safety", "dev": {"ids": "b"}}
    board.hears("homeassistant/binary_sensor/b/sos/config", config)
    assert first(board, "b/x", b"ON", b"unknown", b"maybe") == [ALARM, BEAT, BEAT]
    assert "neither ON nor OFF" in (board.refused or "")
    assert first(board, "b/x", b"true") == [ALARM], "in other words"


def gateway(**options: object) -> Post:
    post = Post(adapters()["sparkplug"])
    post.register("g/n/b", options=options)
    return post


def says(post: Post, name: str, *values: object, device: str = "b") -> list[EventClass]:
    """One message a value, each a second after the one before."""
    topic, start = f"spBv1.0/g/DDATA/n/{device}", 1_795_249_800_000
    bodies = [body(1, metric(name, value, at_ms=start + 1000 * place)) for place, value in enumerate(values)]
    return [post.told(topic, each)[0][1] for each in bodies]


@pytest.mark.parametrize(
    "name",
    ["SmokeDetector/Online", "Fire Alarm Panel/Healthy", "EmergencyLight/On", "Emergency Stop/Released",
     "Emergency Stop/Active", "Fire/Armed", "Fire/Pump", "FirePump/Running", "Panic/Battery"],
)  # fmt: skip
def test_it_hears_no_call_in_the_machines_of_strangers(name: str) -> None:
    assert says(gateway(), name, True, False, device="machine") == [BEAT, BEAT]


@pytest.mark.parametrize("name", ["FirePump/RunHours", "Medical/FridgeTemp", "Alarm/Fire"])
def test_it_hears_no_call_in_the_numbers_of_strangers(name: str) -> None:
    assert says(gateway(), name, 1203, 1204, device="machine") == [BEAT, BEAT]


@pytest.mark.parametrize(
    "name", ["Inputs/Panic", "SOS/State", "SmokeDetector/1", "Alarm/Hold Up", "Panic Button/Pressed"]
)
def test_it_hears_the_calls_of_strangers(name: str) -> None:
    assert says(gateway(), name, True, False, device="stranger") == [ALARM, CLEAR]


@pytest.mark.parametrize("name", ["Bell/Enabled", "Button/Battery", "Inputs/Online", "Alarm/Armed"])
def test_it_leaves_a_metric_of_a_bell_alone_that_says_it_is_something_else(name: str) -> None:
    assert says(gateway(), name, True, False) == [BEAT, BEAT]


@pytest.mark.parametrize("name", ["Inputs/1", "Nut/Khẩn", "DI/3", "Inputs/Panic"])
@pytest.mark.parametrize(("on", "off"), [(True, False), (1, 0), (1.0, 0.0), ("ON", "off"), ("true", "false")])
def test_it_rings_for_an_input_of_a_bell_whatever_its_datatype(name: str, on: object, off: object) -> None:
    assert says(gateway(), name, on, off) == [ALARM, CLEAR]


@pytest.mark.parametrize(("on", "off"), [(1.0, 0.0), ("ON", "OFF"), ("true", "0"), (7, 0)])
def test_it_rings_for_an_agreed_input_whatever_its_datatype(on: object, off: object) -> None:
    assert says(gateway(input="X/Online"), "X/Online", on, off) == [ALARM, CLEAR]


@pytest.mark.parametrize("value", [0.5, "maybe", "", float("nan")])
def test_it_refuses_a_value_of_an_agreed_input_that_is_neither_on_nor_off(value: object) -> None:
    post = gateway(input="DI/1")
    assert says(post, "DI/1", True, value) == [ALARM, BEAT]
    assert "neither on nor off" in (post.refused or "")


def test_it_keeps_two_metrics_of_one_bell_apart() -> None:
    post = gateway()
    assert says(post, "Inputs/1", True) == says(post, "Inputs/2", True) == [ALARM]
    assert says(post, "Inputs/1", False) == [BEAT]
    assert says(post, "Inputs/2", False, False) == [CLEAR, BEAT]


def test_it_ends_no_call_of_a_metric_by_another_in_one_birth() -> None:
    post = gateway()
    born = body(1, metric("Inputs/1", False, datatype=11), metric("Inputs/2", True, datatype=11))
    said = [each for _, each in post.told("spBv1.0/g/DBIRTH/n/b", born)]
    assert ALARM in said
    assert CLEAR not in said


def test_it_lets_a_birth_end_the_call_of_an_alias_that_nobody_knew() -> None:
    post = gateway()
    calm = body(1, metric("Inputs/1", False, datatype=11))
    for _ in range(2):
        post.hears("spBv1.0/g/DBIRTH/n/b", calm)
    assert CLEAR not in [each for _, each in post.told("spBv1.0/g/DBIRTH/n/b", calm)]
    assert post.told("spBv1.0/g/DDATA/n/b", body(2, metric("", True, alias=9)))[0][1] is ALARM
    assert CLEAR in [each for _, each in post.told("spBv1.0/g/DBIRTH/n/b", calm)]


def test_it_hides_no_press_that_only_a_birth_tells_behind_another_input() -> None:
    post = gateway()
    assert says(post, "Inputs/1", True) == [ALARM]
    both = body(1, metric("Inputs/1", True, datatype=11), metric("Inputs/2", True, datatype=11))
    assert {event.shape for event in post.hears("spBv1.0/g/DBIRTH/n/b", both)[:2]} == {"edge", "level"}
