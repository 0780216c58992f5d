"""The first step: RTSP OPTIONS (RFC 2326, section 10.1; RFC 7826, section 13.1), which takes no session of the camera.

    C → OPTIONS rtsp://192.0.2.11:554/ RTSP/1.0      S → RTSP/1.0 200 OK
        CSeq: 1                                          CSeq: 1

Never DESCRIBE or PLAY: those take one of the few streams that a cheap camera can give. Any status is a sign of life.
"""

from __future__ import annotations

import secrets

from monitor.probe.answers import UNAUTHORIZED, Found, is_whole, response_of
from monitor.probe.conversation import Conversation, Way, word_of
from monitor.probe.shapes import Login
from monitor.probe.sign_in import authorization


async def ask_rtsp(way: Way, login: Login | None) -> tuple[Found, int | None]:
    """What was found, and after how many ms the port was open; with ``login`` a 401 is answered once."""
    talk = Conversation(way)
    uri = f"rtsp://{_host(way.address)}:{way.port}/"
    try:
        async with talk:
            answer = response_of(b"RTSP", await talk.say(_options(uri, 1), is_whole))
            if answer is None:
                return Found("rtsp", err="not rtsp"), talk.opened_ms
            ms, is_refused = talk.taken_ms, None
            if answer.code == UNAUTHORIZED and login is not None:
                said = authorization(answer.header("www-authenticate"), login, "OPTIONS", uri, secrets.token_hex(8))
                if said is not None:
                    again = response_of(b"RTSP", await talk.say(_options(uri, 2, said), is_whole)) or answer
                    is_refused, answer = again.code == UNAUTHORIZED, again
            elif answer.code != UNAUTHORIZED:
                is_refused = False
            return Found("rtsp", ms, answer.code, is_refused=is_refused), talk.opened_ms
    except OSError as error:
        return Found("rtsp", err=word_of(error)), talk.opened_ms


def _options(uri: str, number: int, signed: str | None = None) -> bytes:
    sign_in = f"Authorization: {signed}\r\n" if signed else ""
    return f"OPTIONS {uri} RTSP/1.0\r\nCSeq: {number}\r\nUser-Agent: chuong-probe\r\n{sign_in}\r\n".encode()


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address
