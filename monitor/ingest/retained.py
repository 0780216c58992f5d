"""A session of a monitor whose workers take in what devices say: it asks only for what the broker has retained.

Who shares a subscription is given nothing that was retained before. So at each connect this session first takes
whatever still waits for it from a time without workers; then it subscribes to what devices say, which makes the broker
send all that is retained, and at once ends those subscriptions again. What comes live in between goes to the workers as
well and is let go here. A message to itself, behind everything that the broker had queued, tells when a step is over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Any

import structlog
from paho.mqtt.client import Client
from paho.mqtt.reasoncodes import ReasonCode

from monitor.clock import Clock
from monitor.ingest.endpoint import Echo, Endpoint
from monitor.ingest.intake import Arrival
from monitor.ingest.mqtt import KEEPALIVE_S, BrokerSession
from monitor.ingest.routes import Route
from monitor.ingest.wire import Published

log = structlog.get_logger()


class _Step(Enum):
    EMPTYING = auto()
    ASKING = auto()
    STANDING = auto()


class RetainedSession(BrokerSession):
    def __init__(
        self,
        endpoint: Endpoint,
        routes: Sequence[Route],
        echo: Echo,
        offer: Callable[[Sequence[Arrival]], None],
        clock: Clock,
    ) -> None:
        super().__init__(endpoint, routes, echo, offer, clock)
        self._of_devices = tuple(self._filter_of(route) for route in self._asked if not route.is_own)
        self._asked = tuple(route for route in self._asked if route.is_own)
        self._step = _Step.STANDING
        self._fence = b""
        self._fences = 0
        self._asked_in: int | None = None

    def _ask(self, client: Client) -> None:
        super()._ask(client)
        client.unsubscribe(list(self._of_devices))
        self._step = _Step.EMPTYING
        self._put_up_fence()

    def _on_subscribe(self, client: Client, data: Any, mid: int, granted: list[ReasonCode], properties: Any) -> None:
        if mid != self._asked_in:
            super()._on_subscribe(client, data, mid, granted, properties)
            return
        if refused := sum(code.is_failure for code in granted):
            log.warning("retained_not_readable", client_id=self._endpoint.client_id, subscriptions=refused)
        client.unsubscribe(list(self._of_devices))
        self._put_up_fence()

    def _is_for_us(self, route: Route, published: Published) -> bool:
        if route is self._echo.route and published.payload == self._fence:
            self._go_on()
            return False
        if not super()._is_for_us(route, published):
            return False
        return route.is_own or published.is_retained or self._step is not _Step.ASKING

    def _go_on(self) -> None:
        if self._step is _Step.EMPTYING:
            self._step = _Step.ASKING
            _, self._asked_in = self._client.subscribe([(topic_filter, 1) for topic_filter in self._of_devices])
        elif self._step is _Step.ASKING:
            self._step = _Step.STANDING
            log.info("retained_taken_in", client_id=self._endpoint.client_id)

    @property
    def is_standing(self) -> bool:
        """Whether all that is retained has been taken in."""
        return self._step is _Step.STANDING

    def _put_up_fence(self) -> None:
        self._fences += 1
        self._fence = f"so far {self._fences}".encode()
        self._client.publish(self._echo.topic, self._fence, qos=1)


class LeavingSession(RetainedSession):
    """Of a worker that is retired: its subscriptions end, and what still waits for it is taken in."""

    is_left = False

    def _go_on(self) -> None:
        self.is_left = True

    def forget(self) -> None:
        """After ``stop``: the broker keeps nothing for it any more."""
        self._client = self._new_client(is_clean=True)
        self._client.on_connect = None
        self._client.connect(self._endpoint.host, self._endpoint.port, KEEPALIVE_S)
        while not self._client.is_connected():
            self._client.loop(0.1)
        self._client.disconnect()
        self._client.loop(0.1)
