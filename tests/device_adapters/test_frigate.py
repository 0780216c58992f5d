from __future__ import annotations

import pytest

from device_adapters.core.events import LAST_WILL, EventClass
from device_adapters.frigate import ADAPTER
from tests.device_adapters.spoken import Post


@pytest.fixture
def post() -> Post:
    return Post(ADAPTER)


def test_it_tells_the_recorders_will_from_a_clean_stop(post: Post) -> None:
    (will,), (stop,) = (post.hears("frigate/available", word) for word in (b"offline", b"stopped"))
    assert (will.detail, stop.detail) == ("offline", "stopped")
    assert will.flags == stop.flags == (LAST_WILL,), "what stood behind it is gone with it in both cases"


def test_it_hears_the_recorder_and_each_camera_in_its_figures(post: Post) -> None:
    body = {"cameras": {"a": {"camera_fps": 5}, "b": {"camera_fps": 0}, "c": {}, "d": 7}, "cpu_usages": {}}
    assert post.told("frigate/stats", body) == [
        ("frigate", EventClass.HEARTBEAT),
        ("a", EventClass.HEARTBEAT),
        ("b", EventClass.OFFLINE),
    ]


def test_it_does_not_call_a_camera_dead_that_somebody_switched_off(post: Post) -> None:
    post.hears("frigate/b/enabled/state", b"OFF")
    assert ("b", EventClass.IGNORE) in post.told("frigate/stats", {"cameras": {"b": {"camera_fps": 0}}})


@pytest.mark.parametrize("severity", ["alert", "detection"])
def test_it_never_rings_for_what_a_picture_shows(post: Post, severity: str) -> None:
    body = {"type": "new", "after": {"camera": "a", "severity": severity}}
    assert post.told("frigate/reviews", body) == [("a", EventClass.HEARTBEAT)]


def test_it_does_not_ask_for_pictures() -> None:
    assert not any("#" in each.topic_filter for each in ADAPTER.subscriptions)


@pytest.mark.parametrize("quality", [["poor"], {"is": "poor"}, 5, None])
def test_it_reads_figures_whose_quality_is_no_word(post: Post, quality: object) -> None:
    body = {"cameras": {"a": {"camera_fps": 5, "connection_quality": quality}}}
    assert post.told("frigate/stats", body)[1] == ("a", EventClass.HEARTBEAT)


@pytest.mark.parametrize("figure", [b"NaN", b"-Infinity"])
def test_it_hears_the_cameras_in_figures_that_hold_no_number(post: Post, figure: bytes) -> None:
    body = (
        b'{"cameras":{"a":{"camera_fps":5,"skipped_fps":' + figure + b'},"b":{"camera_fps":NaN}},"x":[' + figure + b"]}"
    )
    assert post.told("frigate/stats", body) == [("frigate", EventClass.HEARTBEAT), ("a", EventClass.HEARTBEAT)]
