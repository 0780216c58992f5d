"""Whose a topic is: every filter of a session in one pattern, so that a look costs the same however many topics."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_SINGLE = re.compile(r"(?!\$)[^\s+#\x00-\x1f\x7f]{1,500}")


@dataclass(frozen=True, slots=True)
class Route:
    """A topic filter and the adapter that reads what it brings.

    The first route that matches a topic decides whose it is; what belongs to another session (``is_ours``
    False) is let go here, so that a wide filter on one session doubles nothing of the other. A broker that refuses what
    nobody ``is_needed`` for, a family the post has no device of, does not stand in the way of the others. ``is_own``:
    about the session itself or the broker, not from a device.
    """

    topic_filter: str
    adapter: str
    is_ours: bool = True
    is_urgent: bool = False
    is_needed: Callable[[], bool] = lambda: True
    is_own: bool = False


class Routes:
    """Topic → the first route that matches it. MQTT 3.1.1, 4.7: ``+`` is a level, ``#`` the rest and the level above.

    Kept by topic, the answers would be the largest thing in memory, and a million devices would push each other out.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = tuple(routes)
        patterns = "|".join(f"({_pattern(route.topic_filter)})" for route in self._routes)
        self._pattern = re.compile(patterns or "(?!)", re.DOTALL)
        self._learned: dict[str, Route] = {}

    def of(self, topic: str) -> Route | None:
        found = self._pattern.fullmatch(topic)
        return self._routes[found.lastindex - 1] if found and found.lastindex else self._learned.get(topic)

    def learn(self, route: Route) -> bool:
        """One more topic, without a wildcard, behind all the rest. False: it is somebody's already, or none at all."""
        topic = route.topic_filter
        # A blank in a subscription makes nats-server cut the connection; and a broker's own topics are not a device's.
        if not _SINGLE.fullmatch(topic) or self.of(topic):
            return False
        self._learned[topic] = route
        return True


def _pattern(topic_filter: str) -> str:
    levels = topic_filter.split("/")
    # What begins with $ is the broker's own: a wildcard at the first level does not reach it.
    ours = "(?!\\$)" if levels[0] in ("+", "#") else ""
    if levels == ["#"]:
        return f"{ours}.*"
    is_open = levels[-1] == "#"
    named = "/".join("[^/]*" if level == "+" else re.escape(level) for level in levels[: len(levels) - is_open])
    return f"{ours}{named}(?:/.*)?" if is_open else ours + named
