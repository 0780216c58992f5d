"""Enrolment over real HTTP, against a server that answers as the monitor's contract says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from simulator.commune import load
from simulator.enrolment import EnrolmentError, enrol, registrations
from simulator.wiring import wire


class Register(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    known: dict[str, Any]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != "Bearer let-me-in":
            self._answer(401)
        elif body["id"] in self.known:
            self._answer(409)
        else:
            self.known[body["id"]] = body
            self._answer(201)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def register() -> Iterator[tuple[str, dict[str, Any]]]:
    known: dict[str, Any] = {}
    handler = type("Fresh", (Register,), {"known": known})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", known
    server.shutdown()
    server.server_close()


def bodies() -> Iterator[dict[str, Any]]:
    commune = load()
    return registrations(commune, wire(commune))


def test_it_registers_the_whole_commune_once(register: tuple[str, dict[str, Any]]) -> None:
    url, known = register
    assert enrol(url, "let-me-in", bodies()) == 22 + 1 + 21 + 118 + 8
    assert enrol(url, "let-me-in", bodies()) == 0
    assert len(known) == 170


def test_it_says_which_device_was_refused(register: tuple[str, dict[str, Any]]) -> None:
    with pytest.raises(EnrolmentError, match="PROBE-DV-01 was refused with 401"):
        enrol(register[0], "wrong", bodies())


def test_it_says_when_nobody_answers() -> None:
    with pytest.raises(EnrolmentError, match="cannot be reached"):
        enrol("http://127.0.0.1:9", "let-me-in", bodies())


def test_it_describes_the_credit_fund_as_the_desk_needs_it() -> None:
    body = next(body for body in bodies() if body["id"] == "BELL-DV-009")
    assert (body["class"], body["adapter"], body["address"]) == ("bell", "zigbee2mqtt", "sos-qtd-01-1")
    assert (body["alarm_kind"], body["is_silent_at_site"]) == ("hold_up", True)
    assert (body["place"], body["position"]) == ("Quỹ tín dụng nhân dân minh họa", "Quầy giao dịch 1")


def test_it_gives_no_two_devices_the_same_address() -> None:
    addresses = [(body["adapter"], body["address"]) for body in bodies()]
    assert len(addresses) == len(set(addresses))
