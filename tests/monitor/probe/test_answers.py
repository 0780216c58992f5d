"""What cameras answer, taken apart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.probe.answers import is_whole, response_of, unchunked
from monitor.probe.onvif import camera_clock

UTC_CLOCK = (
    b"<x:UTCDateTime><x:Time><x:Hour>8</x:Hour><x:Minute>5</x:Minute><x:Second>%b</x:Second></x:Time>"
    b"<x:Date><x:Year>2026</x:Year><x:Month>11</x:Month><x:Day>22</x:Day></x:Date></x:UTCDateTime>"
)


def test_it_takes_any_status_for_a_sign_of_life() -> None:
    response = response_of(b"RTSP", b"RTSP/1.0 454 Session Not Found\r\n\r\n")
    assert response is not None
    assert response.code == 454


def test_it_takes_another_protocol_for_none() -> None:
    assert response_of(b"RTSP", b"HTTP/1.1 400 Bad Request\r\n\r\n") is None


@pytest.mark.parametrize(
    "part",
    [b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", b"HTTP/1.1 200 OK\r\n\r\n"],
)
def test_it_waits_for_the_rest(part: bytes) -> None:
    assert not is_whole(part)


@pytest.mark.parametrize(
    "whole",
    [
        b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n",
        b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n<s:Envelope></s:Envelope>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    ],
)
def test_it_knows_the_end(whole: bytes) -> None:
    assert is_whole(whole)


def test_it_puts_chunks_together() -> None:
    heard = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=1\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"
    response = response_of(b"HTTP", heard)
    assert response is not None
    assert unchunked(response) == b"abcde"


def test_it_reads_a_clock() -> None:
    assert camera_clock(UTC_CLOCK % b"7") == datetime(2026, 11, 22, 8, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"", UTC_CLOCK % b"61", UTC_CLOCK % b"", UTC_CLOCK.replace(b"UTC", b"Local") % b"7"])
def test_it_reads_no_clock_where_there_is_none(body: bytes) -> None:
    assert camera_clock(body) is None
