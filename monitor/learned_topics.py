"""Topics that devices say they speak on: from the adapters' memory to what the session of presses listens to."""

from __future__ import annotations

from monitor.ingest.mqtt import BrokerSession
from monitor.ingest.routes import Route
from monitor.pipeline.reading import Reader


class LearnedTopics:
    def __init__(self, reader: Reader, session: BrokerSession) -> None:
        self._reader, self._session = reader, session
        self._seen: int | None = None

    def turn(self) -> None:
        """Called by the writer a few times a second: what was told in a batch is stored before it is listened to."""
        if self._reader.announced == self._seen:
            return
        self._seen = self._reader.announced
        # Whoever may not be read costs nothing that anybody registered by a topic of his own.
        routes = [Route(topic, name, is_urgent=True, is_needed=_never) for topic, name in self._reader.topics().items()]
        self._session.learn(routes)


def _never() -> bool:
    return False
