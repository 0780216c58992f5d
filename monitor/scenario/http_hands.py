"""People's acts over HTTP, each with a token of his own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any

from monitor.errors import Refusal, StoreUnavailable
from monitor.machines.incident import Disposition, Stage
from monitor.scenario.wire_post import HOST

_REFUSED = frozenset({403, 404, 409, 422})


class HttpHands:
    """Whoever is not answered raises ``StoreUnavailable``: he may try again."""

    def __init__(self, port: int, tokens: Mapping[str, str]) -> None:
        self._port, self._tokens = port, tokens

    def acknowledge(self, alarm_id: int, version: int, by: str) -> None:
        self._post(f"/api/v1/alarms/{alarm_id}/acknowledge", {"version": version}, by)

    def advance(self, incident: Mapping[str, Any], stage: Stage, by: str) -> None:
        self._post(f"/api/v1/incidents/{incident['id']}/steps", {"version": incident["version"], "step": stage}, by)

    def close(self, incident: Mapping[str, Any], what: Disposition, note: str, by: str) -> None:
        path = f"/api/v1/incidents/{incident['id']}"
        for step in self._ask("GET", path, None, by)["plan"]:
            self._post(f"{path}/plan", {"step": step["id"]}, by)
        closing = {"version": incident["version"], "disposition": what, "note": note}
        self._post(f"{path}/close", closing, by)

    def shelve(self, alarm: Mapping[str, Any], lasts_s: float, why: str, by: str) -> None:
        said = {"version": alarm["version"], "minutes": max(1, round(lasts_s / 60)), "reason": why}
        self._post(f"/api/v1/alarms/{alarm['id']}/shelve", said, by)

    def snapshot(self, who: str) -> Any:
        """What his desk shows, without the devices."""
        return self._ask("GET", "/api/v1/snapshot?devices=false", None, who)

    def _post(self, path: str, body: Mapping[str, Any], by: str) -> None:
        self._ask("POST", path, body, by)

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None, by: str) -> Any:
        connection = HTTPConnection(HOST, self._port, timeout=10)
        headers = {"Authorization": f"Bearer {self._tokens[by]}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            said = answer.read().decode(errors="replace")
        except (OSError, HTTPException) as error:
            raise StoreUnavailable(f"nobody answers: {error}") from error
        finally:
            connection.close()
        if answer.status in _REFUSED:
            raise Refusal(said[:300])
        if answer.status >= 300:
            raise StoreUnavailable(f"{method} {path}: {answer.status} {said[:300]}")
        return json.loads(said)
