"""MQTT packets by hand, for what no well-behaved client would send: broken topics, odd properties, huge payloads."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from simulator.flood_packets import length, packet, string
from tests.brokers import Broker, password_of

CONNECT, PUBLISH, PUBREL = 0x10, 0x30, 0x62
ANSWER_S = 2.0


@dataclass(frozen=True)
class Publication:
    topic: bytes
    payload: bytes
    qos: int = 1
    is_retained: bool = False
    version: int = 4
    properties: bytes = b""


@dataclass
class RawClient:
    """One device's connections, opened anew whenever the broker has had enough."""

    broker: Broker
    account: str
    _links: dict[int, socket.socket] = field(default_factory=dict)

    def publish(self, publication: Publication) -> None:
        """Sends it and waits for the broker's answer, or for the end of the connection."""
        link = self._links.get(publication.version) or self._connect(publication.version)
        try:
            link.sendall(_publish_packet(publication))
            if publication.qos and not link.recv(4096):
                raise ConnectionResetError
            if publication.qos == 2:
                link.sendall(bytes([PUBREL, 2, 0, 1]))
                link.recv(4096)
        except (OSError, TimeoutError):
            link.close()
            self._links.pop(publication.version, None)

    def close(self) -> None:
        for link in self._links.values():
            link.close()

    def _connect(self, version: int) -> socket.socket:
        link = socket.create_connection(("127.0.0.1", self.broker.port), ANSWER_S)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = string(b"MQTT") + bytes([version, 0b1100_0010]) + (60).to_bytes(2, "big")
        properties = b"\x00" if version == 5 else b""
        who = self.account.encode()
        body = head + properties + string(who) + string(who) + string(password_of(self.account).encode())
        link.sendall(packet(CONNECT, body))
        assert link.recv(4096)[:1] == b"\x20"
        self._links[version] = link
        return link


def _publish_packet(publication: Publication) -> bytes:
    flags = PUBLISH | publication.qos << 1 | publication.is_retained
    number = (1).to_bytes(2, "big") if publication.qos else b""
    properties = length(len(publication.properties)) + publication.properties if publication.version == 5 else b""
    return packet(flags, string(publication.topic) + number + properties + publication.payload)
