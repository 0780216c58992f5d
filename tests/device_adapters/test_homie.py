from __future__ import annotations

import pytest

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import LAST_WILL, EventClass, Shape
from device_adapters.homie import ADAPTER
from tests.device_adapters.spoken import Post

BEAT = ("bell", EventClass.HEARTBEAT)


@pytest.fixture
def post() -> Post:
    return Post(ADAPTER, bell=DeviceClass.BELL)


@pytest.mark.parametrize("topic", ["homie/bell/button/pressed", "homie/5/bell/button/pressed"])
def test_it_reads_a_value_without_a_time_as_a_level(post: Post, topic: str) -> None:
    event, beat = post.hears(topic, b"true")
    assert (event.event_class, event.shape) == (EventClass.ALARM, Shape.LEVEL)
    assert beat.event_class is EventClass.HEARTBEAT


def test_it_counts_each_new_number_of_a_counter(post: Post) -> None:
    said = [post.told("homie/bell/button/count", number)[0][1] for number in (b"7", b"7", b"8", b"8", b"0", b"1")]
    beat, ring = EventClass.HEARTBEAT, EventClass.ALARM
    assert said == [beat, beat, ring, beat, beat, ring]


def test_it_keeps_several_bells_on_one_device_apart() -> None:
    post = Post(ADAPTER, **{"box/b2/pressed": DeviceClass.BELL})
    assert post.told("homie/box/b2/pressed", b"true")[0] == ("box/b2/pressed", EventClass.ALARM)
    assert ("box/b2/pressed", EventClass.OFFLINE) in post.told("homie/box/$state", b"lost")


def test_it_loses_the_children_with_their_root(post: Post) -> None:
    post.hears("homie/5/root/$description", {"children": ["mid"]})
    post.hears("homie/5/mid/$description", {"children": ["bell", "root"]})
    lost = post.hears("homie/5/root/$state", b"lost")
    assert [event.address for event in lost] == ["root", "mid", "bell"]
    assert {event.flags for event in lost} == {(LAST_WILL,)}


def test_it_ends_a_tampering_once(post: Post) -> None:
    said = [post.told("homie/bell/case/tamper", is_so)[0][1] for is_so in (b"false", b"true", b"false", b"false")]
    beat, tamper, over = EventClass.HEARTBEAT, EventClass.TAMPER, EventClass.CLEAR
    assert said == [beat, tamper, over, beat]


def test_it_never_rings_for_a_fault_or_a_broadcast(post: Post) -> None:
    for topic, word in (("bell/$state", b"alert"), ("5/$broadcast/panic/now", b"true"), ("5/bell/$alert/x", b"y")):
        assert [said for _, said in post.told(f"homie/{topic}", word)] == [EventClass.IGNORE]
