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
