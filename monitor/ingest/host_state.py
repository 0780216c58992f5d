"""That a Sparkplug host application is there: a retained word of ours, and the broker's will where we are gone.

    <base>/STATE/<host>     {"online":true,"timestamp":…} when we listen, {"online":false,"timestamp":…} when we leave

Gateways that have us as their primary host keep what happens until they read that we are there. So it rides on the
session of presses: who cannot hear a press must not say that he does. That session outlives its connection, against the
rule of a clean session: what was sent at QoS 1 while we were away, the deaths of nodes among it, waits for us.
Read in: github eclipse-sparkplug/sparkplug e45b610 chapters/Sparkplug_{4_Topics,5_Operational_Behavior,6_Payloads}
"""

from __future__ import annotations

from typing import Any

import msgspec
from paho.mqtt.client import Client

from device_adapters.core.times import to_unix_ms
from monitor.clock import Clock


class HostState:
    """``topic``: of our own state. Its methods are called by the session's network thread, ``leave`` before its end."""

    def __init__(self, topic: str, clock: Clock) -> None:
        self.topic = topic
        self._clock = clock
        self._at_ms = 0

    def before_connect(self, client: Client, _data: Any) -> None:
        """The will has the moment of this connection, and so has the birth that follows it."""
        self._at_ms = to_unix_ms(self._clock.now())
        client.will_set(self.topic, self._body(is_online=False), qos=1, retain=True)

    def arrive(self, client: Client) -> None:
        """After what devices say is subscribed to: a gateway that reads it may begin at once."""
        client.subscribe(self.topic, 1)
        client.publish(self.topic, self._body(is_online=True), qos=1, retain=True)

    def hear(self, client: Client, payload: bytes) -> None:
        """The will of an earlier connection may come behind the birth of this one: then we are there all the same."""
        try:
            said = msgspec.json.decode(payload)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            said = None
        if not isinstance(said, dict) or said.get("online") is not True:
            client.publish(self.topic, self._body(is_online=True), qos=1, retain=True)

    def leave(self, client: Client) -> None:
        self._at_ms = to_unix_ms(self._clock.now())
        client.publish(self.topic, self._body(is_online=False), qos=1, retain=True)

    def _body(self, *, is_online: bool) -> bytes:
        return msgspec.json.encode({"online": is_online, "timestamp": self._at_ms})
