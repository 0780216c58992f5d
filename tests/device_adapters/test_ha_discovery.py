from __future__ import annotations

import pytest

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import LAST_WILL, AlarmKind, EventClass, Shape
from device_adapters.ha_discovery import ADAPTER
from tests.device_adapters.spoken import Post

ON, BEAT, GONE = EventClass.ALARM, EventClass.HEARTBEAT, EventClass.OFFLINE


@pytest.fixture
def post() -> Post:
    return Post(ADAPTER, bell=DeviceClass.BELL)


def _config(post: Post, component: str = "binary_sensor", **more: object) -> None:
    body = {"stat_t": "a/b", "uniq_id": "u-1", "dev": {"ids": "bell"}} | more
    post.hears(f"homeassistant/{component}/bell/nut/config", body)


def test_it_reads_a_state_as_a_level_and_one_that_never_ends_as_presses(post: Post) -> None:
    _config(post)
    assert post.hears("a/b", b"ON")[0].shape is Shape.LEVEL
    _config(post, off_dly=5)
    assert post.hears("a/b", b"ON")[0].shape is Shape.EDGE
    assert post.told("a/b", b"OFF") == [("bell", BEAT)]


@pytest.mark.parametrize(
    ("template", "body"),
    [
        ("{{ value_json.in.sos }}", {"in": {"sos": True}}),
        ("{{ value_json['in']['sos'] }}", {"in": {"sos": True}}),
        ("{{value_json.in.sos|string}}", {"in": {"sos": True}}),
        (None, b"true"),
    ],
)
def test_it_finds_the_value_a_template_names(post: Post, template: str | None, body: object) -> None:
    _config(post, pl_on=True, pl_off=False, val_tpl=template)
    assert post.told("a/b", body)[0] == ("bell", ON)


def test_it_puts_the_base_topic_where_the_tilde_is(post: Post) -> None:
    _config(post, **{"~": "nha/1", "stat_t": "~/nut", "avty": [{"t": "song/~"}]})
    assert post.told("nha/1/nut", b"ON")[0] == ("bell", ON)
    assert post.told("song/nha/1", b"offline") == [("bell", GONE)]


@pytest.mark.parametrize(
    ("mode", "classes"),
    [
        ("all", [GONE, GONE, EventClass.ONLINE]),
        ("any", [EventClass.ONLINE, GONE, EventClass.ONLINE]),
        (None, [GONE, GONE, EventClass.ONLINE]),
    ],
)
def test_it_joins_several_availabilities(post: Post, mode: str | None, classes: list[EventClass]) -> None:
    _config(post, avty=[{"t": "one"}, {"t": "two"}], avty_mode=mode)
    for topic in ("one", "two"):
        post.hears(topic, b"online")
    said = [post.hears(topic, word)[0] for topic, word in (("one", b"offline"), ("two", b"offline"))]
    post.hears("one", b"online")
    said.append(post.hears("two", b"online")[0])
    assert [each.event_class for each in said] == classes


def test_it_says_of_a_gateway_what_several_devices_depend_on(post: Post) -> None:
    for name in ("bell", "other"):
        body = {"stat_t": f"gw/{name}", "avty_t": "gw/state", "dev": {"ids": name, "via_device": "gw-1"}}
        post.hears(f"homeassistant/binary_sensor/{name}/nut/config", body)
    assert [address for address, _ in post.told("gw/state", b"offline")] == ["gw-1", "bell", "other"]
    post.register("bell", parent_id="gw-1")
    gone = post.hears("gw/state", b"offline")
    assert [each.address for each in gone] == ["gw-1", "other"]
    assert {each.flags for each in gone} == {(LAST_WILL,)}


@pytest.mark.parametrize(
    ("device_class", "kind"),
    [("safety", AlarmKind.PANIC), ("smoke", AlarmKind.FIRE), ("door", None), ("problem", None), (None, None)],
)
def test_it_rings_for_strangers_only_where_their_class_is_danger(
    device_class: str | None, kind: AlarmKind | None
) -> None:
    post = Post(ADAPTER)
    _config(post, dev_cla=device_class)
    event = post.hears("a/b", b"ON")[0]
    assert (event.kind if event.event_class is ON else None) is kind


def test_it_forgets_what_an_empty_config_takes_away(post: Post) -> None:
    _config(post)
    post.hears("homeassistant/binary_sensor/bell/nut/config", b"")
    assert not any(post.memory[f"{prefix}a/b"] for prefix in ADAPTER.learns if f"{prefix}a/b" in post.memory)


def test_it_names_a_press_by_its_number_and_when_it_came(post: Post) -> None:
    _config(post, "event")
    names = [post.hears("a/b", {"event_type": "press", "seq": seq})[0].source_event_id for seq in (1, 1, 2)]
    assert names[0] == names[1] != names[2]


def test_it_tells_two_inputs_of_one_board_apart() -> None:
    post = Post(ADAPTER, **{"board/nut-2": DeviceClass.BELL})
    assert post.told("board/binary_sensor/nut-1/state", b"ON") == [("board", BEAT)]
    assert post.told("board/binary_sensor/nut-2/state", b"ON")[0] == ("board/nut-2", ON)
