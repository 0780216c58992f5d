"""Bells that live while a test goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.brokers import Broker, password_of

STATUS, HEARTBEAT = "anninh/v1/bell/BELL-1/status", "anninh/v1/bell/BELL-1/heartbeat"


@contextmanager
def living_bell(broker: Broker) -> Iterator[None]:
    """A bell with a last will that beats twice a second and finds the broker again by itself."""
    client = Client(CallbackAPIVersion.VERSION2, "BELL-1", protocol=MQTTProtocolVersion.MQTTv311)
    client.username_pw_set("BELL-1", password_of("BELL-1"))
    client.will_set(STATUS, b'{"v":1,"state":"offline"}', 1, retain=True)
    client.on_connect = lambda *_: client.publish(STATUS, b'{"v":1,"state":"online"}', 1, retain=True)
    client.reconnect_delay_set(1, 2)
    client.connect("127.0.0.1", broker.port, keepalive=10)
    client.loop_start()
    is_over = threading.Event()

    def beat() -> None:
        while not is_over.wait(0.5):
            if client.is_connected():
                client.publish(HEARTBEAT, b'{"v":1}', 0)

    beating = threading.Thread(target=beat)
    beating.start()
    try:
        yield
    finally:
        is_over.set()
        beating.join()
        client.disconnect()
        client.loop_stop()
