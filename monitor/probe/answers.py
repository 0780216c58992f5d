"""What one step of the ladder found, and how an answer of RTSP or HTTP is taken apart. Pure.

RTSP has the shape of HTTP (RFC 2326, section 4; RFC 7826, section 5): a status line, headers, an empty line, a body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_STATUS = re.compile(rb"^(RTSP|HTTP)/\d\.\d (\d{3})")
UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Found:
    """``step``: rtsp, onvif or tcp; ``ms``: until it answered, None where it did not, and then ``err`` says why.

    ``is_refused``: it does not take our password; None where that was not tried. ``skew_s``: its clock minus ours.
    """

    step: str
    ms: int | None = None
    code: int | None = None
    err: str | None = None
    is_refused: bool | None = None
    skew_s: float | None = None


@dataclass(frozen=True, slots=True)
class Response:
    code: int
    head: str
    body: bytes

    def header(self, name: str) -> list[str]:
        """Every header of that name: there may be a challenge for each way to sign in."""
        return re.findall(rf"^{name}:[ \t]*(.*?)[ \t]*\r?$", self.head, re.IGNORECASE | re.MULTILINE)


def response_of(protocol: bytes, heard: bytes) -> Response | None:
    """None for what is no answer in that protocol."""
    line = _STATUS.match(heard)
    if line is None or line[1] != protocol:
        return None
    head, _, body = heard.partition(b"\r\n\r\n")
    return Response(int(line[2]), head.decode("latin-1"), body)


def is_whole(heard: bytes) -> bool:
    """Whether more is to come: by the length that was told, by the last chunk, or at the end of an envelope."""
    head, end, body = heard.partition(b"\r\n\r\n")
    if not end:
        return False
    if length := re.search(rb"^content-length:[ \t]*(\d{1,9})", head, re.IGNORECASE | re.MULTILINE):
        return len(body) >= int(length[1])
    if head.startswith(b"RTSP"):
        return True  # without a length there is no body
    return body.endswith(b"0\r\n\r\n") or re.search(rb"</([\w.-]+:)?Envelope\s*>", body) is not None


def unchunked(response: Response) -> bytes:
    """The body without the lengths between its parts (RFC 9112, section 7.1)."""
    if not any("chunked" in each.lower() for each in response.header("transfer-encoding")):
        return response.body
    whole, rest = b"", response.body
    while size := re.match(rb"([0-9A-Fa-f]{1,6})[^\r\n]*\r\n", rest):
        begin, length = size.end(), int(size[1], 16)
        if not length:
            break
        whole, rest = whole + rest[begin : begin + length], rest[begin + length + 2 :]
    return whole
