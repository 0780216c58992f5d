"""The bare limit: a paho subscriber that acknowledges each message and does nothing else with it.

    python -m monitor.demo.bare_subscriber PORT ACCOUNT PASSWORD TOPIC_FILTER COUNT

Prints ``ready`` once it listens, then one line of JSON: on the monotonic clock the moment of the last message
(``done_s``), and the processor time that all of them took (``cpu_s``).
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from monitor.clock import Clock, SystemClock, processor_s

LONGEST_S = 120.0


@dataclass(frozen=True, slots=True)
class Wanted:
    port: int
    account: str
    password: str
    topic_filter: str
    count: int


class Subscriber:
    def __init__(self, wanted: Wanted, clock: Clock) -> None:
        self._wanted, self._left, self._clock = wanted, wanted.count, clock
        self.done_s = self.begun_cpu_s = 0.0
        self._is_done = threading.Event()
        self.is_listening = threading.Event()
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=wanted.account, protocol=MQTTProtocolVersion.MQTTv311
        )
        self._client.username_pw_set(wanted.account, wanted.password)
        self._client.on_connect = lambda client, *_: client.subscribe(wanted.topic_filter, 1)
        self._client.on_subscribe = lambda *_: self.is_listening.set()
        self._client.on_message = self._count

    def run(self) -> bool:
        """Until all have come; False where they did not."""
        self._client.connect("127.0.0.1", self._wanted.port)
        self._client.loop_start()
        if self.is_listening.wait(LONGEST_S):
            self.begun_cpu_s = processor_s()
            _say("ready")
        has_all = self._is_done.wait(LONGEST_S)
        self._client.disconnect()
        self._client.loop_stop()
        return has_all

    def _count(self, _client: Client, _data: Any, _message: MQTTMessage) -> None:
        self._left -= 1
        if not self._left:
            self.done_s = self._clock.monotonic_s()
            self._is_done.set()


def main() -> int:
    port, account, password, topic_filter, count = sys.argv[1:]
    subscriber = Subscriber(Wanted(int(port), account, password, topic_filter, int(count)), SystemClock())
    has_all = subscriber.run()
    _say(json.dumps({"done_s": subscriber.done_s, "cpu_s": processor_s() - subscriber.begun_cpu_s}))
    return 0 if has_all else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
