from __future__ import annotations

from typing import Any

import pytest

from device_adapters.core.contract import DeviceClass, Refused
from device_adapters.core.events import LAST_WILL, EventClass
from device_adapters.shelly import ADAPTER
from tests.device_adapters.spoken import Post


@pytest.fixture
def post() -> Post:
    return Post(ADAPTER, bell=DeviceClass.BELL)


def gesture(event: str, ts: float, component: str = "input:0") -> dict[str, Any]:
    entry = {"component": component, "event": event, "ts": ts}
    return {"method": "NotifyEvent", "params": {"ts": ts, "events": [entry]}}


def level(*, is_on: bool) -> dict[str, Any]:
    return {"method": "NotifyStatus", "params": {"ts": 1795249000, "input:0": {"id": 0, "state": is_on}}}


@pytest.mark.parametrize(("later_s", "said"), [(4.9, EventClass.IGNORE), (5.1, EventClass.ALARM)])
def test_it_takes_the_word_for_a_press_for_the_same_press(post: Post, later_s: float, said: EventClass) -> None:
    post.hears("bell/events/rpc", gesture("btn_down", 1795249000))
    assert ("bell", said) in post.told("bell/events/rpc", gesture("single_push", 1795249000 + later_s))


def test_it_tells_two_presses_apart_by_their_time(post: Post) -> None:
    first, second = (post.hears("bell/events/rpc", gesture("btn_down", 1795249000 + t))[0] for t in (0, 0.4))
    assert first.source_event_id != second.source_event_id


def test_it_counts_a_repeated_state_once(post: Post) -> None:
    said = [post.told("bell/events/rpc", level(is_on=is_on))[0][1] for is_on in (True, True, False, False)]
    assert said == [EventClass.ALARM, EventClass.HEARTBEAT, EventClass.CLEAR, EventClass.HEARTBEAT]


def test_it_keeps_several_bells_on_one_device_apart(post: Post) -> None:
    post.register("box/input:1")
    assert post.told("box/events/rpc", gesture("btn_down", 1795249000, "input:1"))[0] == (
        "box/input:1",
        EventClass.ALARM,
    )
    assert post.told("box/online", b"false") == [("box", EventClass.OFFLINE), ("box/input:1", EventClass.OFFLINE)]


def test_it_knows_the_will(post: Post) -> None:
    assert post.hears("bell/online", b"false")[0].flags == (LAST_WILL,)


def test_it_hears_the_device_in_its_answer_to_us(post: Post) -> None:
    assert post.told("anninh/rpc", {"id": 1, "src": "bell", "error": {"code": -105}}) == [
        ("bell", EventClass.HEARTBEAT)
    ]


def test_it_keeps_a_press_aside_that_it_cannot_read(post: Post) -> None:
    with pytest.raises(Refused):
        post.hears("bell/events/rpc", b'{"method":')
