"""The probe's connection to the broker, on paho's thread. What happens there is handed to the probe's own loop."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from monitor.probe.lines_log import log
from monitor.probe.messages import Outgoing
from monitor.probe.shapes import Broker

KEEPALIVE_S = 20
_RECONNECT_S = (1, 8)
_MOST_INFLIGHT = 200


@dataclass(frozen=True, slots=True)
class Heard:
    """All are called on the loop. ``on_ready``: after every (re)connect, when the subscription stands."""

    on_ready: Callable[[], None]
    on_receipt: Callable[[bytes], None]
    on_taken: Callable[[], None]


class Link:
    def __init__(self, broker: Broker, name: str, will: Outgoing, receipts: str) -> None:
        self._broker, self._receipts = broker, receipts
        self._heard: Heard | None = None
        self._soon: Callable[[Callable[[], None]], object] = lambda _action: None
        self.untaken = 0
        client = self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv311
        )
        if broker.password is not None:
            client.username_pw_set(broker.account, broker.password)
        if broker.is_tls:
            client.tls_set_context(_trust(broker))
        client.will_set(will.topic, will.body, 1, will.is_retained)
        client.reconnect_delay_set(*_RECONNECT_S)
        client.max_inflight_messages_set(_MOST_INFLIGHT)
        client.on_socket_open = _without_delay
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = lambda *_: self._later(lambda heard: heard.on_ready())
        client.on_publish = lambda *_: self._later(self._on_taken)
        client.on_message = self._on_message

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected()

    def open(self, heard: Heard, soon: Callable[[Callable[[], None]], object]) -> None:
        self._heard, self._soon = heard, soon
        self._client.connect_async(self._broker.host, self._broker.port, KEEPALIVE_S)
        self._client.loop_start()

    def send(self, message: Outgoing) -> bool:
        """False, and nothing sent, where there is no connection."""
        if not self._client.is_connected():
            return False
        self._client.publish(message.topic, message.body, 1, message.is_retained)
        self.untaken += 1
        return True

    def leave(self, last: Outgoing) -> None:
        """With a last word of our own, for a broker that is taken leave of sends no will."""
        self._soon = lambda _action: None
        if self._client.is_connected():
            self._client.publish(last.topic, last.body, 1, last.is_retained).wait_for_publish(2)
        self._client.disconnect()
        self._client.loop_stop()

    def _later(self, act: Callable[[Heard], None]) -> None:
        heard = self._heard
        if heard is not None:
            self._soon(lambda: act(heard))

    def _on_taken(self, heard: Heard) -> None:
        self.untaken = max(0, self.untaken - 1)
        heard.on_taken()

    def _on_connect(self, client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.error("broker_refused", reason=str(reason))
            return
        log.info("broker_connected")
        client.subscribe(self._receipts, 1)

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        log.warning("broker_disconnected", reason=str(reason))

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        payload = bytes(message.payload)
        self._later(lambda heard: heard.on_receipt(payload))


def _trust(broker: Broker) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=broker.ca_file)
    if broker.cert_file is not None:
        context.load_cert_chain(broker.cert_file, broker.key_file)
    return context


def _without_delay(_client: Client, _data: Any, opened: Any) -> None:
    # Nagle and delayed acknowledgement together turn a 1 ms round trip into 90 ms; paho sets no option itself.
    if isinstance(opened, socket.socket):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
