"""What the name of an input says it is for: a call for help, something else, or nothing.

The word that comes last tells: ``sos_led`` is a lamp, ``led_button`` a button, ``Bell/Enabled`` a setting. What only
says how something stands (``panic/state``, ``led/on``) tells by the word before it. A bell rings by what calls and by
what says nothing; what says that it is something else rings only where somebody agreed to it.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache


class Says(Enum):
    CALL = "call"
    OTHER = "other"
    MOVEMENT = "movement"  # calls where the bell is there for intruders
    NOTHING = "nothing"


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _all(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_CALLS = _all(
    "sos panic emergency help duress holdup alarm alarms call calls bell ring rings doorbell press presses",
    "pressed button buttons btn nut bam chuong khan smoke fire gas medical intrusion burglar",
)
_OTHERS = _all(
    # how the device is, and its line
    "connected connection connectivity connects reconnect reconnects online offline alive heartbeat health healthy ok",
    "ready available availability wifi wlan api mqtt ethernet lan gsm lte ble bluetooth rssi snr quality link",
    "ping ip uptime runtime running hours boot boots reboot reboots restart restarts update updates ota firmware",
    "version packet packets frames messages errors retries sent received",
    # its supply
    "battery voltage volt volts current power watt energy charging charger charged plugged mains supply usb",
    # what it has besides
    "led leds light lights lamp den backlight relay relays output outputs siren coi buzzer heating heater fan",
    # what it measures
    "temp temperature humidity moisture pressure illuminance lux level weight leak flood water",
    # how it is set
    "enabled enable disabled armed arm disarmed disarm muted mute silenced mode volume duration timeout delay interval",
    "time timestamp seconds minutes brightness debounce threshold sensitivity tone melody config maintenance",
    # what is no press
    "released release cleared reset ack acknowledged fault faults trouble problem error failure failed",
)
_ITSELF = _all("status device system node sensor")
_MOVEMENT = _all("motion occupancy presence door window opening vibration movement")


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """Its words in order, in small letters and without their marks: ``Nút/khẩnCấp`` → nut, khan, cap."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(word.lower() for word in _WORD.findall(plain))


@lru_cache(maxsize=4096)
def said_by(name: str) -> Says:
    told = words(name)
    for word in reversed(told):
        if word in _CALLS:
            return Says.CALL
        if word in _OTHERS:
            return Says.OTHER
        if word in _MOVEMENT:
            return Says.MOVEMENT
    # Whether the device is there, as ESPHome has it. Of anything else "status" only says how that stands.
    return Says.OTHER if "status" in told and set(told) <= _ITSELF else Says.NOTHING
