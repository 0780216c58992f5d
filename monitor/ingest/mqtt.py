"""One persistent session with the broker: MQTT 3.1.1, QoS 1, acknowledged by hand, after the commit.

3.1.1 on purpose: one legal v5 property sends a paho v5 subscriber into an endless reconnect. The network
thread only puts messages into the queue; its whole body is guarded, for an exception there ends it silently.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from device_adapters.core.contract import Message
from monitor import metrics
from monitor.clock import Clock
from monitor.ingest.endpoint import Echo, Endpoint
from monitor.ingest.host_state import HostState
from monitor.ingest.intake import Arrival
from monitor.ingest.routes import Route, Routes
from monitor.ingest.wire import Published, WiredClient

log = structlog.get_logger()

KEEPALIVE_S = 10
RECONNECT_MIN_S, RECONNECT_MAX_S = 1, 4


class BrokerSession:
    """A session that outlives connections and restarts: what the broker could not deliver waits there."""

    def __init__(
        self,
        endpoint: Endpoint,
        routes: Sequence[Route],
        echo: Echo,
        offer: Callable[[Sequence[Arrival]], None],
        clock: Clock,
    ) -> None:
        self._endpoint, self._routes, self._echo = endpoint, tuple(routes), echo
        self._asked = (*(route for route in self._routes if route.is_ours), Route(echo.topic, "", is_own=True))
        self._offer, self._clock = offer, clock
        own = [echo.route] if echo.route else []
        self._routing = Routes([*own, Route(f"{echo.prefix}#", "", is_ours=False), *routes])
        self._epoch = self._held = 0
        self._acknowledger: Callable[[Sequence[int]], None] = partial(self._acknowledge, 0)
        self._lock = threading.Lock()
        self._sent_s = self._heard_s = clock.monotonic_s()
        self._is_up = False
        self.changed_at: datetime = clock.now()
        # When the broker came back without our session, and so without whatever waited in it.
        self.forgotten_at: datetime | None = None
        self._refused_us: str | None = None
        self._refused: tuple[Route, ...] = ()
        # Left unacknowledged because of a bug: the broker brings them to the next connection.
        self.untaken = 0
        self._learned: tuple[Route, ...] = ()
        self._host_state: HostState | None = None
        self._client = self._new_client()

    @property
    def is_anonymous(self) -> bool:
        return self._endpoint.user is None

    @property
    def refusal(self) -> str | None:
        """What the broker does not let us do, where that may cost a message."""
        if self._refused_us is None and (refused := sum(route.is_needed() for route in self._refused)):
            return f"{refused} of {len(self._asked)} subscriptions were refused: the account may not read them"
        return self._refused_us

    @property
    def is_connected(self) -> bool:
        """Up, granted what it asked for, and heard from a moment ago."""
        return self._is_up and self.refusal is None and not self._is_silent

    @property
    def silent_s(self) -> float:
        """How long nothing at all has come through."""
        return self._clock.monotonic_s() - self._heard_s

    @property
    def _is_silent(self) -> bool:
        # While we keep its messages waiting a broker has every reason to be silent: mosquitto's window is full.
        return not self._held and self.silent_s >= self._echo.patience_s

    def herald(self, state: HostState) -> None:
        """Before ``start``: this session tells Sparkplug gateways that we are there."""
        self._host_state = state
        self._client.on_pre_connect = state.before_connect

    def start(self) -> None:
        self._client.connect_async(self._endpoint.host, self._endpoint.port, KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        if self._host_state is not None and self._is_up:
            self._host_state.leave(self._client)
        self._client.disconnect()
        self._client.loop_stop()

    def reconnect(self) -> None:
        """Drops the connection and keeps the session: the broker brings again what was not acknowledged."""
        self._begin_epoch()
        if self._client.wire is not None and self._client.socket() is not None:
            self._client.wire.shutdown(socket.SHUT_RDWR)

    def tick(self) -> None:
        """Sends the echo when it is due, and dials anew where it does not come back. Called a few times a second."""
        now_s = self._clock.monotonic_s()
        if self._is_up and now_s - self._sent_s >= self._echo.every_s:
            self._sent_s = now_s
            # As presses come: a broker may pass on what needs no answer, and have stopped handing out what does.
            self._client.publish(self._echo.topic, self._echo.song(), qos=1)
        if self._is_up and self._is_silent:
            log.error("session_silent", client_id=self._endpoint.client_id, silent_s=round(self.silent_s))
            self._is_up, self.changed_at = False, self._clock.now()
            self.reconnect()

    def publish(self, topic: str, payload: bytes, qos: int = 1) -> None:
        """Not retained. A receipt that gets lost is asked for again by the sender."""
        self._client.publish(topic, payload, qos=qos)

    def learn(self, routes: Sequence[Route]) -> None:
        """Single topics to listen to besides, from now on; not those that are somebody's already."""
        new = [route for route in routes if self._routing.learn(route)]
        self._learned += tuple(new)
        if self._is_up:
            self._ask_for(self._client, new)

    def _new_client(self, *, is_clean: bool = False) -> WiredClient:
        client = WiredClient(
            CallbackAPIVersion.VERSION2,
            client_id=self._endpoint.client_id,
            clean_session=is_clean,
            protocol=MQTTv311,
            manual_ack=True,
        )
        if self._endpoint.user is not None:
            client.username_pw_set(self._endpoint.user, self._endpoint.password)
        if self._endpoint.is_tls:
            client.tls_set()
        client.reconnect_delay_set(RECONNECT_MIN_S, RECONNECT_MAX_S)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_published = self._on_published
        return client

    def _on_connect(
        self, client: Client, _data: Any, flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._refused_us = str(reason)
            log.error("broker_refused", client_id=self._endpoint.client_id, reason=str(reason))
            return
        self._begin_epoch()
        if self._epoch > 1 and not flags.session_present:
            metrics.SESSIONS_LOST.inc()
            self.forgotten_at = self._clock.now()
            log.error("session_lost", client_id=self._endpoint.client_id, lost="whatever waited for us there")
        self._ask(client)
        if self._host_state is not None:
            self._host_state.arrive(client)
        self._sent_s = self._heard_s = self._clock.monotonic_s()
        self._is_up, self._refused_us, self._refused, self.changed_at = True, None, (), self._clock.now()
        log.info("broker_connected", client_id=self._endpoint.client_id, session_present=flags.session_present)

    @property
    def owes_nothing(self) -> bool:
        """Whether everything that was given to us is acknowledged."""
        return not self._held

    def _ask(self, client: Client) -> None:
        client.subscribe([(self._filter_of(route), 1) for route in self._asked])
        self._ask_for(client, self._learned)

    def _ask_for(self, client: Client, learned: Sequence[Route]) -> None:
        for route in learned:  # one by one: so their answers cannot be taken for that to all the rest
            client.subscribe(route.topic_filter, 1)

    def _filter_of(self, route: Route) -> str:
        share = "" if route.is_own else self._endpoint.share
        return f"$share/{share}/{route.topic_filter}" if share else route.topic_filter

    def _on_subscribe(
        self, _client: Client, _data: Any, _mid: int, granted: list[ReasonCode], _properties: Any
    ) -> None:
        if len(granted) < len(self._asked):
            if granted[0].is_failure:
                log.warning("learned_topic_refused", client_id=self._endpoint.client_id)
            return
        self._refused = tuple(route for route, code in zip(self._asked, granted, strict=False) if code.is_failure)
        if self._refused:
            families = sorted({route.adapter for route in self._refused if route.adapter})
            tell = log.error if self.refusal else log.warning
            tell("subscription_refused", client_id=self._endpoint.client_id, families=families)

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if self._is_up:
            log.warning("broker_disconnected", client_id=self._endpoint.client_id, reason=str(reason))
            self.changed_at = self._clock.now()
        self._is_up = False

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            head = message.retain | message.qos << 1 | message.dup << 3
            self._take([Published(message.topic, bytes(message.payload), message.mid, head)])
        except Exception:
            log.exception("message_not_taken", client_id=self._endpoint.client_id)
            self.untaken += 1

    def _on_published(self, published: Sequence[Published]) -> None:
        try:
            self._take(published)
        except Exception:
            log.exception("messages_not_taken", client_id=self._endpoint.client_id, count=len(published))
            self.untaken += len(published)

    def _take(self, published: Sequence[Published]) -> None:
        self._heard_s = self._clock.monotonic_s()
        at, acknowledge = self._clock.now(), self._acknowledger
        arrivals, nobodys = list[Arrival](), list[int]()
        for each in published:
            try:
                arrival = self._arrival(each, at, acknowledge)
            except Exception:
                log.exception("message_not_taken", client_id=self._endpoint.client_id, topic=each.topic)
                self.untaken += 1
                continue
            if arrival is None:
                nobodys.append(each.number)
            else:
                arrivals.append(arrival)
        with self._lock:
            self._held += sum(map(bool, nobodys)) + sum(bool(arrival.number) for arrival in arrivals)
        acknowledge(nobodys)
        self._offer(arrivals)

    def _arrival(
        self, published: Published, at: datetime, acknowledge: Callable[[Sequence[int]], None]
    ) -> Arrival | None:
        """None for what is not this session's to take."""
        if self._host_state is not None and published.topic == self._host_state.topic:
            self._host_state.hear(self._client, published.payload)
            return None
        route = self._routing.of(published.topic)
        if route is None or not route.is_ours or not self._is_for_us(route, published):
            return None
        qos, number = published.qos, published.number
        read = Message(
            published.topic,
            published.payload,
            at,
            qos,
            is_replay=published.is_retained,
            delivery=f"{self._endpoint.client_id}:{number}" if qos else None,
            is_redelivery=published.is_redelivery,
        )
        return Arrival(route.adapter, read, route.is_urgent, acknowledge, number)

    def _is_for_us(self, _route: Route, published: Published) -> bool:
        # Old brokers give what is retained to everybody who shares; whoever is served by workers asks for it himself.
        return not (self._endpoint.share and published.is_retained)

    def _begin_epoch(self) -> None:
        with self._lock:
            self._epoch, self._held, self.untaken = self._epoch + 1, 0, 0
            self._acknowledger = partial(self._acknowledge, self._epoch)

    def _acknowledge(self, epoch: int, numbers: Sequence[int]) -> None:
        # An acknowledgement is only a 16-bit number: after a lost session the broker hands the same numbers to
        # new messages, and a stale one would acknowledge a press that is not stored.
        numbers = [number for number in numbers if number]
        with self._lock:
            if not numbers or epoch != self._epoch or not self._is_up:
                return
            self._held -= len(numbers)
            if self._client.wire is not None:
                self._client.wire.owe(numbers[:-1])
                numbers = numbers[-1:]
            for number in numbers:
                self._client.ack(number, 1)
