"""One persistent session with the broker: MQTT 3.1.1, QoS 1, acknowledged by hand, after the commit.

3.1.1 on purpose: one legal v5 property sends a paho v5 subscriber into an endless reconnect. The network
thread only puts messages into the queue; its whole body is guarded, for an exception there ends it silently.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage, MQTTv311, topic_matches_sub
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from device_adapters.core.contract import Message
from monitor.clock import Clock
from monitor.ingest.intake import Arrival

log = structlog.get_logger()

KEEPALIVE_S = 10
RECONNECT_MIN_S, RECONNECT_MAX_S = 1, 4


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the broker is and who we are there. ``client_id`` is bound to the account by the shipped config."""

    url: str
    client_id: str
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """A topic filter and the adapter that reads what it brings.

    The first route that matches a topic decides whose it is; what belongs to another session (``is_ours``
    False) is let go here, so that a wide filter on one session doubles nothing of the other.
    """

    topic_filter: str
    adapter: str
    is_ours: bool = True


class BrokerSession:
    """A session that outlives connections and restarts: what the broker could not deliver waits there."""

    def __init__(
        self,
        endpoint: Endpoint,
        routes: Sequence[Route],
        *,
        is_urgent: bool,
        offer: Callable[[Arrival], None],
        clock: Clock,
    ) -> None:
        self._endpoint, self._routes, self._is_urgent = endpoint, tuple(routes), is_urgent
        self._offer, self._clock = offer, clock
        self._adapter_of = lru_cache(maxsize=100_000)(self._find_adapter)
        self._epoch = 0
        self._lock = threading.Lock()
        self.is_connected = False
        self.changed_at: datetime = clock.now()
        self.refusal: str | None = None
        self.sessions_lost = 0
        self._client = self._new_client()

    @property
    def is_anonymous(self) -> bool:
        return self._endpoint.user is None and urlsplit(self._endpoint.url).username is None

    def start(self) -> None:
        parts = urlsplit(self._endpoint.url)
        self._client.connect_async(parts.hostname or "127.0.0.1", parts.port or 1883, KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes) -> None:
        """QoS 1, not retained. A receipt that gets lost is asked for again by the sender."""
        self._client.publish(topic, payload, qos=1)

    def _new_client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._endpoint.client_id,
            clean_session=False,
            protocol=MQTTv311,
            manual_ack=True,
        )
        parts = urlsplit(self._endpoint.url)
        user = self._endpoint.user or (unquote(parts.username) if parts.username else None)
        password = self._endpoint.password or (unquote(parts.password) if parts.password else None)
        if user is not None:
            client.username_pw_set(user, password)
        if parts.scheme == "mqtts":
            client.tls_set()
        client.reconnect_delay_set(RECONNECT_MIN_S, RECONNECT_MAX_S)
        client.on_socket_open = _no_delay
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    def _on_connect(
        self, client: Client, _data: Any, flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self.refusal = str(reason)
            log.error("broker_refused", client_id=self._endpoint.client_id, reason=str(reason))
            return
        with self._lock:
            self._epoch += 1
        self.sessions_lost += not flags.session_present and self._epoch > 1
        client.subscribe([(route.topic_filter, 1) for route in self._routes if route.is_ours])
        self.is_connected, self.refusal, self.changed_at = True, None, self._clock.now()
        log.info("broker_connected", client_id=self._endpoint.client_id, session_present=flags.session_present)

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if self.is_connected:
            log.warning("broker_disconnected", client_id=self._endpoint.client_id, reason=str(reason))
            self.changed_at = self._clock.now()
        self.is_connected = False

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            self._take(message)
        except Exception:
            # Left unacknowledged: the broker brings it again after the next connect.
            log.exception("message_not_taken", client_id=self._endpoint.client_id)

    def _take(self, message: MQTTMessage) -> None:
        epoch, mid, qos = self._epoch, message.mid, message.qos
        topic = message.topic
        adapter = self._adapter_of(topic)
        if adapter is None:
            self._acknowledge(epoch, mid, qos)
            return
        read = Message(topic, bytes(message.payload), self._clock.now(), qos, message.retain)
        self._offer(Arrival(adapter, read, self._is_urgent, lambda: self._acknowledge(epoch, mid, qos)))

    def _acknowledge(self, epoch: int, mid: int, qos: int) -> None:
        # An acknowledgement is only a 16-bit number: after a lost session the broker hands the same numbers to
        # new messages, and a stale one would acknowledge a press that is not stored.
        with self._lock:
            if qos == 0 or epoch != self._epoch or not self.is_connected:
                return
            self._client.ack(mid, qos)

    def _find_adapter(self, topic: str) -> str | None:
        for route in self._routes:
            if topic_matches_sub(route.topic_filter, topic):
                return route.adapter if route.is_ours else None
        return None


def _no_delay(_client: Client, _data: Any, raw: Any) -> None:
    # Nagle and delayed acknowledgement together made a round trip of 92 ms out of 0.6 ms.
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
