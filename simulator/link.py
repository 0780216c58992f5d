"""One sender's connection to the broker, under its own account."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from simulator.outgoing import Outgoing

KEEPALIVE_S = 20


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    host: str
    port: int
    is_tls: bool = False
    user: str | None = None
    password: str | None = None

    @classmethod
    def from_url(cls, url: str) -> BrokerAddress:
        """``mqtt://[user:password@]host[:port]`` or ``mqtts://…``. Raises ``ValueError``."""
        parts = urlsplit(url)
        if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
            raise ValueError(f"not an address like mqtt://host:port: {url!r}")
        is_tls = parts.scheme == "mqtts"
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(parts.hostname, parts.port or (8883 if is_tls else 1883), is_tls, user, password)


@dataclass(frozen=True, slots=True)
class Passwords:
    """Account → password. Without an entry the address's own user is used, and without that nobody's."""

    address: BrokerAddress
    by_account: Mapping[str, str]

    def for_account(self, account: str) -> tuple[str | None, str | None]:
        if account in self.by_account:
            return account, self.by_account[account]
        return self.address.user, self.address.password


class Link(Protocol):
    """What a sender needs of its connection."""

    def open(self) -> None: ...

    def send(self, message: Outgoing) -> bool:
        """Hands one message to the broker; False, and nothing sent, where there is no connection."""


def _nothing_to_hear(_topic: str, _payload: bytes) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a sender wants of its link. Both callbacks come on the timetable's thread.

    ``on_ready`` after every (re)connect, when the subscriptions stand; ``on_message(topic, payload)``.
    """

    account: str
    will: Outgoing | None
    subscriptions: tuple[str, ...] = ()
    on_ready: Callable[[], None]
    on_message: Callable[[str, bytes], None] = _nothing_to_hear


class Sender(Protocol):
    """Whatever has a connection of its own."""

    def line(self) -> Line: ...

    def connect(self, link: Link) -> None: ...


class MqttLink:
    """A ``Link`` on paho. ``soon`` hands work to the timetable: nothing of ours runs on paho's thread."""

    def __init__(self, line: Line, passwords: Passwords, soon: Callable[[Callable[[], None]], None]) -> None:
        self._line = line
        self._address = passwords.address
        self._soon = soon
        client = self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=line.account, protocol=MQTTProtocolVersion.MQTTv311
        )
        user, password = passwords.for_account(line.account)
        if user is not None:
            client.username_pw_set(user, password)
        if self._address.is_tls:
            client.tls_set()
        if will := line.will:
            client.will_set(will.topic, will.payload, will.qos, will.is_retained)
        client.reconnect_delay_set(1, 8)
        client.on_socket_open = _without_delay
        client.on_connect = self._on_connect
        client.on_subscribe = lambda *_: soon(line.on_ready)
        client.on_message = self._on_message

    def open(self) -> None:
        self._client.connect_async(self._address.host, self._address.port, KEEPALIVE_S)
        self._client.loop_start()

    def send(self, message: Outgoing) -> bool:
        if not self._client.is_connected():
            return False
        self._client.publish(message.topic, message.payload, message.qos, message.is_retained)
        return True

    def deliver(self, message: Outgoing, patience_s: float) -> bool:
        """Sends, and waits until the broker has it."""
        receipt = self._client.publish(message.topic, message.payload, message.qos, message.is_retained)
        receipt.wait_for_publish(patience_s)
        return receipt.is_published()

    def cut(self) -> None:
        """Without a goodbye, as when somebody pulls the plug: the broker sends the will. ``open`` connects again."""
        self._client.loop_stop()
        if (sock := self._client.socket()) is not None:
            sock.close()

    def close(self) -> None:
        """Takes leave of the broker, so that it does not send the will; ``join`` waits until that is done."""
        self._client.disconnect()

    def join(self) -> None:
        self._client.loop_stop()

    def _on_connect(self, client: Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            return
        if self._line.subscriptions:
            client.subscribe([(topic_filter, 1) for topic_filter in self._line.subscriptions])
        else:
            self._soon(self._line.on_ready)

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:  # an exception here would end paho's thread without a word
            return
        payload = bytes(message.payload)
        self._soon(lambda: self._line.on_message(topic, payload))


def _without_delay(_client: Client, _userdata: Any, sock: Any) -> None:
    # Nagle and delayed acknowledgement together turn a 1 ms round trip into 90 ms; paho sets no option itself.
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
