"""Topics that devices said they speak on are listened to again after a restart."""

from __future__ import annotations

from device_adapters.core.registry import adapters
from monitor.inventory.lookup import DeviceBook
from monitor.learned_topics import LearnedTopics
from monitor.pipeline.reading import Reader
from tests.monitor.conftest import BASES


class Session:
    def __init__(self) -> None:
        self.listens: list[str] = []

    def learn(self, routes: list[object]) -> None:
        self.listens = [route.topic_filter for route in routes]  # type: ignore[attr-defined]


def test_it_listens_again_beside_notes_that_are_the_monitors_own() -> None:
    reader, session = Reader(adapters(), BASES, DeviceBook()), Session()
    prefix = adapters()["ha_discovery"].learns[0]
    reader.memory = {("history", "watched"): "2026-03-14", ("ha_discovery", f"{prefix}home/bell"): "1"}
    LearnedTopics(reader, session).turn()  # type: ignore[arg-type]
    assert session.listens == ["home/bell"]
