from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from monitor.journal.accounts import Role
from monitor.web.api import create_app
from monitor.web.headers import CONTENT_SECURITY_POLICY
from monitor.web.live import Feed
from tests.monitor.web.post import Post

OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/login"), ("POST", "/login"), ("POST", "/hooks/zalo")}
ALARM_ROLES = {Role.DUTY_OFFICER, Role.COMMANDER, Role.ADMINISTRATOR}
INVENTORY_ROLES = {Role.OPERATOR, Role.ADMINISTRATOR}
COMMANDS = {
    "/api/v1/alarms/1/acknowledge": ALARM_ROLES,
    "/api/v1/alarms/1/close": ALARM_ROLES,
    "/api/v1/alarms/1/receipts": ALARM_ROLES,
    "/api/v1/alarms/1/shelve": ALARM_ROLES,
    "/api/v1/shelves/1/end": ALARM_ROLES,
    "/api/v1/devices/bell-01/out-of-service": {Role.COMMANDER, Role.ADMINISTRATOR},
    "/api/v1/devices/bell-01/in-service": {Role.COMMANDER, Role.ADMINISTRATOR},
    **{
        f"/api/v1/incidents/1/{act}": ALARM_ROLES
        for act in (
            "steps",
            "take-back",
            "verification",
            "close",
            "merge",
            "unmerge",
            "notes",
            "calls",
            "plan",
            "tips",
            "layers/order",
            "layers/cancel",
        )
    },
    "/api/v1/incidents/1/patrol": ALARM_ROLES | {Role.PATROL},
    "/api/v1/layer-posts/1/acknowledge": ALARM_ROLES,
    "/api/v1/layers/plans": INVENTORY_ROLES,
    "/api/v1/bell-tests/sessions": ALARM_ROLES,
    "/api/v1/bell-tests/sessions/1/end": ALARM_ROLES,
    "/api/v1/bell-tests/sessions/1/failed": ALARM_ROLES,
    "/api/v1/drills": {Role.COMMANDER, Role.ADMINISTRATOR},
    "/api/v1/drills/1/end": ALARM_ROLES,
    "/api/v1/channels/1/test": {Role.COMMANDER, Role.ADMINISTRATOR},
    "/api/v1/zalo/authorise": {Role.COMMANDER, Role.ADMINISTRATOR},
    "/api/v1/duties/1/again": ALARM_ROLES,
    "/api/v1/duties/1/done": ALARM_ROLES,
    "/api/v1/shift/take": ALARM_ROLES,
    "/api/v1/shifts/1/handover": ALARM_ROLES,
    "/api/v1/shifts/1/take-back": ALARM_ROLES,
    "/api/v1/shifts/1/notes": ALARM_ROLES,
    "/api/v1/roster": {Role.COMMANDER, Role.ADMINISTRATOR},
    "/api/v1/roster/1/removal": {Role.COMMANDER, Role.ADMINISTRATOR},
    "/api/v1/roster/table": {Role.COMMANDER, Role.ADMINISTRATOR},
    "/api/v1/screens/1": ALARM_ROLES,
    "/api/v1/screens/1/leave": ALARM_ROLES,
    "/api/v1/screens/1/tone": ALARM_ROLES,
    "/api/v1/siren-calls": ALARM_ROLES,
    "/api/v1/siren-calls/1/second": ALARM_ROLES,
    "/api/v1/siren-calls/1/stop": ALARM_ROLES,
    "/api/v1/sirens/bell-01/stop": ALARM_ROLES,
    "/api/v1/gong-signals": ALARM_ROLES | {Role.GROUP_BOARD, Role.PATROL},
    "/api/v1/tips": ALARM_ROLES,
    "/api/v1/tips/1/area": ALARM_ROLES,
    "/api/v1/tips/1/rating": ALARM_ROLES,
    "/api/v1/devices": INVENTORY_ROLES,
    "/api/v1/devices/changes": INVENTORY_ROLES,
    "/api/v1/labels": INVENTORY_ROLES,
    "/api/v1/devices/bell-01/photo": INVENTORY_ROLES,
    "/api/v1/devices/bell-01": INVENTORY_ROLES,
    "/api/v1/devices/bell-01/credential": INVENTORY_ROLES,
    "/api/v1/devices/bell-01/lifecycle/undo": INVENTORY_ROLES,
    "/api/v1/areas/questions": INVENTORY_ROLES,
    "/api/v1/imports": INVENTORY_ROLES,
    "/api/v1/imports/1/commit": INVENTORY_ROLES,
    "/api/v1/imports/1/decisions": INVENTORY_ROLES,
    "/api/v1/imports/1/undo": INVENTORY_ROLES,
    "/api/v1/people/person/P-1/contacts": set(Role) - {Role.READER, Role.PROVINCE_READER},
    "/api/v1/users": {Role.ADMINISTRATOR},
    **{f"/api/v1/users/1/{act}": {Role.ADMINISTRATOR} for act in ("role", "password", "revoke", "close")},
    "/api/v1/views": set(Role),
    "/api/v1/views/1": set(Role),
    "/api/v1/profile": set(Role),
    "/api/v1/profile/password": set(Role),
}


_IDS = {"device_id": "bell-01", "holder": "person", "holder_id": "P-1"}  # any other: 1


def routes(post: Post) -> set[tuple[str, str]]:
    """Every method and address the application answers, with ids put in."""
    return set(_routes(create_app(post, Feed()).routes))


def _routes(found: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for route in found:
        if hasattr(route, "original_router"):
            yield from _routes(route.original_router.routes)
        elif isinstance(route, Mount):
            assert route.path == "/static"
        else:
            path = re.sub(r"\{(\w+)\}", lambda found: _IDS.get(found[1], "1"), route.path)
            yield from ((method, path) for method in route.methods)


def test_it_closes_every_route_to_strangers(post: Post, stranger: TestClient) -> None:
    closed = routes(post) - OPEN - {("HEAD", path) for _, path in OPEN}
    assert len(closed) >= 15
    for method, path in closed:
        answer = stranger.request(method, path)
        is_page = not path.startswith(("/api", "/metrics"))
        assert answer.status_code == (303 if is_page else 401), (method, path)
        if is_page:
            assert answer.headers["location"].startswith("/login")


def test_it_closes_addresses_that_do_not_exist(stranger: TestClient) -> None:
    assert stranger.get("/api/v1/nothing").status_code == 401
    assert stranger.get("/docs").headers["location"] == "/login?next=/docs"
    assert stranger.get("/openapi.json").status_code == 303


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_it_leaves_health_open(stranger: TestClient, path: str) -> None:
    assert stranger.get(path).status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer nonsense", "Basic YTpi", "nonsense"])
def test_it_lets_no_unknown_token_in(stranger: TestClient, header: str) -> None:
    answer = stranger.get("/api/v1/alarms", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("host", ["x/static/", "x/healthz?", "x/login#", "x/static/a?b="])
def test_it_is_not_fooled_by_a_host_header(stranger: TestClient, host: str) -> None:
    assert stranger.get("/api/v1/alarms", headers={"Host": host}).status_code in {400, 401}


def test_it_is_not_fooled_by_dots_behind_an_open_prefix(post: Post, stranger: TestClient) -> None:
    for path in ("/static/../api/v1/alarms", "/static/%2e%2e/api/v1/alarms", "/static//api/v1/alarms"):
        answer = stranger.get(path)
        assert answer.status_code in {401, 404}, path


@pytest.mark.parametrize("role", list(Role))
def test_it_lets_each_role_do_only_what_is_its_own(post: Post, stranger: TestClient, role: Role) -> None:
    stranger.headers["Authorization"] = f"Bearer {post.token(role)}"
    commands = [(method, path) for method, path in routes(post) if path in COMMANDS and method not in {"GET", "HEAD"}]
    for method, path in commands:
        # An empty body is refused too, but only after the role was looked at.
        is_let_in = stranger.request(method, path, json={}).status_code != 403
        assert is_let_in == (role in COMMANDS[path]), (method, path)


def test_it_knows_the_roles_of_every_command(post: Post) -> None:
    commands = {path for method, path in routes(post) if method not in {"GET", "HEAD"}}
    assert commands == {*COMMANDS, "/login", "/login/screen", "/logout", "/hooks/zalo"}


def test_it_says_which_role_may(reader: TestClient) -> None:
    answer = reader.post("/api/v1/devices", json={})
    assert answer.json() == {
        "error": "forbidden",
        "message": "your role is reader; this needs one of: administrator, operator",
    }


def test_it_sends_the_headers_that_protect_a_browser(stranger: TestClient) -> None:
    for path in ("/healthz", "/api/v1/alarms", "/static/none"):
        headers = stranger.get(path).headers
        assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
        assert headers["referrer-policy"] == "same-origin"


def test_it_keeps_answers_out_of_caches(officer: TestClient) -> None:
    assert officer.get("/api/v1/alarms").headers["cache-control"] == "no-store"


def test_it_refuses_a_body_that_is_too_large(operator: TestClient) -> None:
    answer = operator.post("/api/v1/devices", content=b'{"id": "' + b"a" * 70_000 + b'"}')
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_it_opens_no_websocket(stranger: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), stranger.websocket_connect("/"):
        pass
