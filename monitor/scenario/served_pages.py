"""What a virtual post serves: a page's own text, and on the desk its alarms in words. No browser draws it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import orjson
from starlette.types import ASGIApp, Message

from monitor.app import Monitor
from monitor.scenario.seeing import NoPage
from monitor.web.api import create_app
from monitor.web.catalogue_reader import DEFAULT_LANGUAGE, Catalogue

# Where the browser writes the alarms into the page.
DESKS = frozenset({"/", "/wall"})
OK = 200
_SNAPSHOT = "/api/v1/snapshot?devices=false"
_UNREAD = frozenset({"script", "style", "template", "noscript", "nav", "dialog"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_SAID = ("place", "device_name", "group_name", "street_address", "position", "code", "acknowledged_by")


class ServedPages:
    """``token``: of the account that looks."""

    def __init__(self, token: str) -> None:
        self._token, self._words = token, Catalogue().words(DEFAULT_LANGUAGE)
        self._served: tuple[Monitor, ASGIApp] | None = None

    def text(self, monitor: Monitor | None, page: str) -> str:
        """Raises ``NoPage``."""
        if monitor is None:
            raise NoPage("nobody answers: the monitor is not there")
        if self._served is None or self._served[0] is not monitor:
            self._served = monitor, create_app(monitor, monitor.feed)
        text = text_of(self._get(page).decode(errors="replace"))
        if page.partition("?")[0] in DESKS:
            alarms = orjson.loads(self._get(_SNAPSHOT))["alarms"]
            text += "\n" + "\n".join(word for alarm in alarms for word in self._of_alarm(alarm))
        return text

    def _of_alarm(self, alarm: Mapping[str, Any]) -> Iterator[str]:
        yield self._words.get(f"alarm.kind.{alarm['kind']}", alarm["kind"])
        yield self._words.get(f"alarm.state.{alarm['state']}", alarm["state"])
        yield from (str(alarm[name]) for name in _SAID if alarm.get(name))

    def _get(self, path: str) -> bytes:
        assert self._served is not None  # noqa: S101 — whoever calls has put it there
        status, found = asyncio.run(_answer(self._served[1], path, self._token))
        if status != OK:
            raise NoPage(f"answered with {status}")
        return found


async def _answer(app: ASGIApp, path: str, token: str) -> tuple[int, bytes]:
    route, _, query = path.partition("?")
    parts: list[bytes] = []
    statuses: list[int] = []
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"host", b"post")]
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": route, "root_path": "",
        "raw_path": route.encode(), "query_string": query.encode(), "headers": headers, "client": ("desk", 1),
        "server": ("post", 80),
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return statuses[0], b"".join(parts)


class _Text(HTMLParser):
    """What stands between the tags, without what nobody reads: menus, scripts, and whatever is hidden."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unread: list[str] = []  # what is open, from the first that is not read inwards

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_unread = self._unread or tag in _UNREAD or any(name == "hidden" for name, _ in attrs)
        if is_unread and tag not in _VOID:
            self._unread.append(tag)

    def handle_startendtag(self, _tag: str, _attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        while tag in self._unread and self._unread.pop() != tag:
            pass  # some tags need no end

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.found.append(data)


def text_of(page: str) -> str:
    parser = _Text()
    parser.feed(page)
    parser.close()
    return " ".join(parser.found)
