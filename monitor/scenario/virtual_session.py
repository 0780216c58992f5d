"""The monitor's own session at the virtual broker: all of it real but the client library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paho.mqtt.client import ConnectFlags
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from monitor.ingest.mqtt import BrokerSession
from monitor.ingest.wire import Published
from monitor.scenario.virtual_broker import DIAL_AGAIN_S, Kept, VirtualBroker
from simulator.outgoing import Outgoing

QOS_1, DUP, RETAIN = 2, 8, 1


class VirtualSession(BrokerSession):
    def __init__(self, broker: VirtualBroker, *given: Any) -> None:
        self._broker = broker
        super().__init__(*given)

    def _new_client(self, *, is_clean: bool = False) -> Any:  # noqa: ARG002 — as in the real one
        client = VirtualClient(self._broker, self._endpoint.client_id)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_subscribe, client.on_published = self._on_subscribe, self._on_published
        return client

    def cut(self) -> None:
        """The process is gone: nothing of this session is heard any more."""
        self._client.disconnect()


class VirtualClient:
    """What the session asks of paho. ``wire`` is itself: it is shut down, and owes acknowledgements."""

    on_connect: Any
    on_disconnect: Any
    on_subscribe: Any
    on_published: Any

    def __init__(self, broker: VirtualBroker, client_id: str) -> None:
        self._broker, self._client_id = broker, client_id
        self._is_up = self._is_over = False
        self.wire = self

    def connect_async(self, *_address: Any) -> None:
        pass

    def loop_start(self) -> None:
        self._dial()

    def loop_stop(self) -> None:
        pass

    def disconnect(self) -> None:
        self._is_over, self._is_up = True, False
        self._broker.detach(self._client_id)

    def socket(self) -> VirtualClient:
        return self

    def shutdown(self, _how: int) -> None:
        self._broker.detach(self._client_id)
        self.connection_lost()

    def subscribe(self, asked: str | Sequence[tuple[str, int]], _qos: int = 1) -> None:
        filters = [asked] if isinstance(asked, str) else [topic_filter for topic_filter, _ in asked]
        self._broker.subscribe(self._client_id, filters)
        granted = [ReasonCode(PacketTypes.SUBACK, "Granted QoS 1") for _ in filters]
        self.on_subscribe(self, None, 1, granted, None)

    def publish(self, topic: str, payload: bytes, qos: int = 1, *, retain: bool = False) -> None:
        if self._is_up:
            self._broker.publish(Outgoing(topic=topic, payload=payload, qos=qos, is_retained=retain))

    def owe(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.ack(number, 1)

    def ack(self, number: int, _qos: int) -> None:
        self._broker.acknowledge(self._client_id, number)

    # -- from the broker ----------------------------------------------------------------------------------------------

    def hand_over(self, number: int, message: Kept, *, is_again: bool) -> None:
        head = QOS_1 | (DUP if is_again else 0) | (RETAIN if message.is_retained else 0)
        self.on_published([Published(message.topic, message.payload, number, head)])

    def connection_lost(self) -> None:
        if self._is_up:
            self._is_up = False
            self.on_disconnect(self, None, None, ReasonCode(PacketTypes.DISCONNECT, "Unspecified error"), None)
            self._broker.timetable.after(DIAL_AGAIN_S, self._dial)

    def _dial(self) -> None:
        if self._is_over or self._is_up:
            return
        if not self._broker.is_up:
            self._broker.timetable.after(DIAL_AGAIN_S, self._dial)
            return
        self._is_up = True
        is_known = self._broker.attach(self._client_id, self)
        reason = ReasonCode(PacketTypes.CONNACK, "Success")
        self.on_connect(self, None, ConnectFlags(session_present=is_known), reason, None)
        self._broker.resume(self._client_id)
