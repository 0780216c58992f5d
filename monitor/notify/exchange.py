"""One request to a service and what came of it: an answer that can be read, or the reason why nothing is known.

The token of a bot is a part of its address: no address is ever put into what is said.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2

from monitor.machines.delivery import Answer, Outcome

LONGEST_SAID = 300
# Nothing was sent: who cannot be reached has not got it.
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Mapping[str, Any]


def client(timeout_s: float) -> httpx2.Client:
    """A connection for each request: one kept since the last alarm is dead by now, and a message lost on it would be a
    message that may have arrived."""
    return httpx2.Client(timeout=timeout_s, limits=httpx2.Limits(max_keepalive_connections=0), verify=_certificates())


@cache
def _certificates() -> ssl.SSLContext:
    """Read once for all: it takes a twentieth of a second."""
    return httpx2.create_ssl_context()


def ask(http: httpx2.Client, method: str, url: str, **given: Any) -> Reply | Answer:
    """The JSON object that came back; an ``Answer`` where none did."""
    reply = reach(http, method, url, **given)
    if isinstance(reply, Answer):
        return reply
    try:
        body = reply.json()
    except ValueError:
        return Answer(Outcome.UNKNOWN, f"HTTP {reply.status_code}, and no JSON", "unanswered")
    if not isinstance(body, dict):
        return Answer(Outcome.UNKNOWN, f"HTTP {reply.status_code}, and no JSON object", "unanswered")
    return Reply(reply.status_code, body)


def reach(http: httpx2.Client, method: str, url: str, **given: Any) -> httpx2.Response | Answer:
    """As ``ask``, whatever the body is."""
    try:
        reply = http.request(method, url, **given)
    except _NOT_SENT as error:
        return Answer(Outcome.RETRY, f"not reached: {type(error).__name__}", "unanswered")
    except httpx2.HTTPError as error:
        return Answer(Outcome.UNKNOWN, f"no answer: {type(error).__name__}", "unanswered")
    if reply.status_code >= 500:
        return Answer(Outcome.UNKNOWN, f"HTTP {reply.status_code}", "unanswered")
    return reply


def said(*words: object) -> str:
    return " ".join(str(word) for word in words if word is not None)[:LONGEST_SAID]
