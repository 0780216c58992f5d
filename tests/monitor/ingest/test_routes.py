"""Whose a topic is, compared with the client library's own matching."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from monitor.ingest.routes import Route, Routes

LEVEL = st.sampled_from(["a", "b", "", "$SYS", "a.b", "ă", "\n"])
FILTER = st.builds(
    lambda levels, end: "/".join([*levels, *end]),
    st.lists(LEVEL | st.just("+"), min_size=1, max_size=4),
    st.sampled_from([[], ["#"]]),
) | st.just("#")


@given(FILTER, st.lists(LEVEL, min_size=1, max_size=5).map("/".join))
@example("a/#", "a")
@example("#", "$SYS/a")
def test_it_matches_as_the_client_library_does(topic_filter: str, topic: str) -> None:
    found = Routes([Route(topic_filter, "native")]).of(topic)
    assert (found is not None) == topic_matches_sub(topic_filter, topic)


def test_it_gives_a_topic_to_the_first_route_that_matches() -> None:
    routes = [Route("a/+/alarm", "first"), Route("a/#", "second"), Route("#", "third")]
    given_to = [Routes(routes).of(topic) for topic in ("a/1/alarm", "a/1/x", "b")]
    assert given_to == routes


def test_it_learns_a_topic_that_is_nobodys_yet() -> None:
    routes = Routes([Route("zigbee2mqtt/#", "zigbee2mqtt")])
    learned = [
        topic
        for topic in ("bell/1", "bell/1", "zigbee2mqtt/nut", "#", "a/+", "$SYS/x", "a b", "a\0", "")
        if _learn(routes, topic)
    ]
    assert learned == ["bell/1"]
    assert (found := routes.of("bell/1")) is not None
    assert found.adapter == "ha_discovery"


def _learn(routes: Routes, topic: str) -> bool:
    return routes.learn(Route(topic, "ha_discovery"))
