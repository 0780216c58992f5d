"""What cameras and recorders say of their alarm inputs, taken apart: Hikvision's ISAPI and Dahua's HTTP API. Pure.

    Hikvision   GET /ISAPI/System/IO/inputs/1/status          <IOPortStatus>…<ioState>active | inactive</ioState>
                GET /ISAPI/Event/notification/alertStream     multipart, for ever: <EventNotificationAlert>…
                    <eventType>IO</eventType><eventState>active</eventState><inputIOPortID>1</inputIOPortID>
                    and <eventType>videoloss</eventType> now and then, which says nothing but that it is there
    Dahua       GET /cgi-bin/alarm.cgi?action=getInState      result=5, a bit for each input
                GET /cgi-bin/eventManager.cgi?action=attach&codes=[AlarmLocal]&heartbeat=5      for ever:
                    Code=AlarmLocal;action=Start;index=0      an input's number is one more; action=Stop; Heartbeat

A Hikvision says "active" again and again while an input is on, and of its end some say nothing: the state is asked for.
Read in: github openhab/openhab-addons ipcamera HikvisionHandler, DahuaHandler (ioState, AlarmLocal); home-assistant
components that ask System/IO/inputs/1/status; Dahua HTTP API, getInState (from memory). No message was captured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from monitor.probe.answers import Response, unchunked

_IO_STATE = re.compile(rb"<(?:[\w.-]+:)?ioState\s*>\s*(active|inactive)\s*<", re.IGNORECASE)
_IN_STATE = re.compile(rb"^\s*result\s*=\s*(\d{1,20})\s*$", re.MULTILINE)
_ALERT = re.compile(rb"<EventNotificationAlert\b.*?</EventNotificationAlert\s*>", re.DOTALL)
_LOCAL = re.compile(rb"Code=AlarmLocal;action=(Start|Stop);index=(\d{1,3})[^\r\n]*[\r\n]")
_MOST_B = 16_384

Turn = tuple[int | None, bool]  # which input, None where it is not said; and whether it is on


def state_path(make: str, number: int) -> str:
    return f"/ISAPI/System/IO/inputs/{number}/status" if make == "hikvision" else "/cgi-bin/alarm.cgi?action=getInState"


def stream_path(make: str) -> str:
    if make == "hikvision":
        return "/ISAPI/Event/notification/alertStream"
    return "/cgi-bin/eventManager.cgi?action=attach&codes=[AlarmLocal]&heartbeat=5"


def is_on(make: str, number: int, answer: Response) -> bool | None:
    """None where it tells no state."""
    body = unchunked(answer)
    if make == "hikvision":
        told = _IO_STATE.search(body)
        return told[1].lower() == b"active" if told else None
    told = _IN_STATE.search(body)
    return bool(int(told[1]) >> (number - 1) & 1) if told else None


@dataclass(slots=True)
class Turns:
    """A stream, in whatever pieces it comes, into what turned."""

    make: str
    _rest: bytes = field(default=b"")

    def feed(self, more: bytes) -> Iterator[Turn]:
        self._rest = (self._rest + more)[-_MOST_B:]
        pattern, end = (_ALERT if self.make == "hikvision" else _LOCAL), 0
        for found in pattern.finditer(self._rest):
            end = found.end()
            turn = _alert(found[0]) if self.make == "hikvision" else (int(found[2]) + 1, found[1] == b"Start")
            if turn is not None:
                yield turn
        self._rest = self._rest[end:]


def _alert(text: bytes) -> Turn | None:
    kind = _text(text, b"eventType").lower()
    if not kind:
        return None, True  # torn by the chunks it came in: the states are asked for
    if kind != b"io":
        return None
    number = _text(text, b"inputIOPortID") or _text(text, b"dynInputIOPortID")
    return (int(number) if number.isdigit() else None), _text(text, b"eventState").lower() != b"inactive"


def _text(alert: bytes, name: bytes) -> bytes:
    found = re.search(rb"<%b\s*>\s*([^<]{0,64}?)\s*<" % name, alert)
    return found[1] if found else b""
