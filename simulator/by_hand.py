"""One press, for trying things by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable

from simulator import clock, native_contract, zigbee2mqtt_format
from simulator.link import Line, MqttLink, Passwords
from simulator.native_contract import Speaker
from simulator.outgoing import Outgoing
from simulator.wiring import HAND_ACCOUNT, NATIVE_BASE, ZIGBEE_BASE, Wiring, alarm_input
from simulator.zigbee2mqtt_format import Reading

PATIENCE_S = 10.0


def press_once(device_id: str, wiring: Wiring, passwords: Passwords) -> str:
    """Says what came of it. Raises ``ValueError`` for a button that does not exist, ``OSError`` without a broker."""
    now_ms = clock.now_ms()
    for zigbee in wiring.zigbee_buttons:
        if zigbee.button.device_id == device_id:
            message = zigbee2mqtt_format.press(ZIGBEE_BASE, zigbee.address, Reading(100, 153, now_ms))
            _deliver(message, HAND_ACCOUNT, None, passwords)
            return f"{device_id}: pressed; the broker has it (a Zigbee button gets no receipt)"
    for bell in wiring.native_bells:
        if bell.device_id == device_id:
            speaker = Speaker(NATIVE_BASE, "bell", device_id, f"{now_ms:x}")
            message = native_contract.press(speaker, 1, now_ms, kind="alarm", alarm_input=alarm_input(bell))
            _deliver(message, device_id, speaker.topic("ack"), passwords)
            return f"{device_id}: pressed, and the monitor has stored it"
    names = [zigbee.button.device_id for zigbee in wiring.zigbee_buttons]
    names += [bell.device_id for bell in wiring.native_bells]
    raise ValueError(f"no button is called {device_id}; there are {', '.join(sorted(names))}")


def _deliver(message: Outgoing, account: str, ack_topic: str | None, passwords: Passwords) -> None:
    """Returns when the broker has it, and, where there is an ``ack_topic``, when the monitor has."""
    is_ready, is_stored = threading.Event(), threading.Event()
    line = Line(
        account=account,
        will=None,
        subscriptions=(ack_topic,) if ack_topic else (),
        on_ready=is_ready.set,
        on_message=lambda _topic, _payload: is_stored.set(),
    )
    link = MqttLink(line, passwords, _at_once)
    link.open()
    try:
        if not is_ready.wait(PATIENCE_S) or not link.deliver(message, PATIENCE_S):
            raise OSError(f"the broker cannot be reached, or refuses the account {account}")
        if ack_topic and not is_stored.wait(PATIENCE_S):
            raise OSError("the broker has it, but the monitor has sent no receipt")
    finally:
        link.close()
        link.join()


def _at_once(action: Callable[[], None]) -> None:
    action()
