"""The second step: ONVIF GetSystemDateAndTime, which needs no password (ONVIF Core Specification: PRE_AUTH).

    C → POST /onvif/device_service, a SOAP 1.2 envelope with <tds:GetSystemDateAndTime/>
    S → <tt:UTCDateTime><tt:Time><tt:Hour>8</tt:Hour>…</tt:Time><tt:Date><tt:Year>2026</tt:Year>…

So it also tells how wrong the camera's clock is, to the second. The body is read by pattern, not parsed: 16 KiB of a
stranger's XML need no parser that follows entities.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

from monitor.probe.answers import UNAUTHORIZED, Found, Response, is_whole, response_of, unchunked
from monitor.probe.conversation import Conversation, Way, word_of
from monitor.probe.shapes import Login
from monitor.probe.sign_in import authorization

_PATH = "/onvif/device_service"
_BODY = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
    '<GetSystemDateAndTime xmlns="http://www.onvif.org/ver10/device/wsdl"/></s:Body></s:Envelope>'
)
_UTC = re.compile(rb"<(?:[\w.-]+:)?UTCDateTime\b[^>]*>(.*?)</(?:[\w.-]+:)?UTCDateTime\s*>", re.DOTALL)
_FIELDS = ("Year", "Month", "Day", "Hour", "Minute", "Second")


async def ask_onvif(way: Way, login: Login | None) -> tuple[Found, int | None]:
    """As ``ask_rtsp``. A camera that wants a password even for this is asked again, on a line of its own."""
    talk = Conversation(way)
    try:
        async with talk:
            answer = await _asked(talk, way)
        if answer is None:
            return Found("onvif", err="not onvif"), talk.opened_ms
        ms, is_refused = talk.taken_ms, None
        if answer.code == UNAUTHORIZED and login is not None:
            said = authorization(answer.header("www-authenticate"), login, "POST", _PATH, secrets.token_hex(8))
            if said is not None:
                async with Conversation(way) as second:
                    answer = await _asked(second, way, said) or answer
                is_refused = answer.code == UNAUTHORIZED
        return _found(answer, ms, is_refused, way), talk.opened_ms
    except OSError as error:
        return Found("onvif", err=word_of(error)), talk.opened_ms


async def _asked(talk: Conversation, way: Way, signed: str | None = None) -> Response | None:
    return response_of(b"HTTP", await talk.say(_request(way.address, signed), is_whole))


def _found(answer: Response, ms: int, is_refused: bool | None, way: Way) -> Found:
    at = camera_clock(unchunked(answer))
    skew_s = None if at is None else round((at - way.clock.now()).total_seconds(), 1)
    return Found("onvif", ms, answer.code, is_refused=is_refused, skew_s=skew_s)


def camera_clock(body: bytes) -> datetime | None:
    """None where it tells no time in UTC, or one that is none (second 60, day 0)."""
    if (told := _UTC.search(body)) is None:
        return None
    numbers = [re.search(rb"<(?:[\w.-]+:)?%b\s*>\s*(\d{1,4})\s*<" % name.encode(), told[1]) for name in _FIELDS]
    try:
        year, month, day, hour, minute, second = (int(number[1]) for number in numbers if number)
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _request(address: str, signed: str | None) -> bytes:
    host = f"[{address}]" if ":" in address else address
    sign_in = f"Authorization: {signed}\r\n" if signed else ""
    head = (
        f"POST {_PATH} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: chuong-probe\r\n{sign_in}Connection: close\r\n"
        f"Content-Type: application/soap+xml; charset=utf-8\r\nContent-Length: {len(_BODY)}\r\n\r\n"
    )
    return (head + _BODY).encode()
