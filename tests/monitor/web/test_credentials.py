"""A device's secret is told once, to who may register it, and to nobody else by any way."""

from __future__ import annotations

import json
import re

from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from tests.builders import a_bell, a_zigbee_bell
from tests.monitor.web.post import Post

CREDENTIAL = "/api/v1/devices/BELL-1/credential"


def registered(client: TestClient, **given: object) -> dict[str, object]:
    answer = client.post("/api/v1/devices", json=a_bell(**given))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_it_tells_the_secret_with_the_registration(operator: TestClient) -> None:
    assert re.fullmatch("[A-Z2-7]{26}", str(registered(operator)["secret"]))


def test_it_tells_it_never_again(operator: TestClient, post: Post) -> None:
    secret = str(registered(operator)["secret"])
    for path in ("/api/v1/devices", "/api/v1/devices/BELL-1", "/api/v1/snapshot", CREDENTIAL):
        answer = operator.get(path)
        assert answer.status_code == 200
        assert secret not in answer.text
    with post.store.read() as connection:
        assert secret not in "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]


def test_it_issues_none_to_a_device_behind_a_gateway(operator: TestClient) -> None:
    assert operator.post("/api/v1/devices", json=a_zigbee_bell(group_id=None)).json()["secret"] is None


def test_it_issues_none_to_an_eye_that_a_probe_watches(operator: TestClient) -> None:
    assert registered(operator, **{"class": "camera"})["secret"] is None


def test_it_issues_a_new_one_when_asked(operator: TestClient) -> None:
    old = registered(operator)["secret"]
    answer = operator.post(CREDENTIAL)
    assert answer.status_code == 201
    assert answer.json().keys() == {"device_id", "user_name", "secret"}
    assert answer.json()["secret"] != old


def test_it_says_who_issued_it_and_when(operator: TestClient) -> None:
    registered(operator)
    said = operator.get(CREDENTIAL).json()
    assert (said["standing"], said["issued_by"], said["user_name"]) == ("valid", "operator", "BELL-1")
    assert said["issued_at"] == "2026-03-14T11:00:00.000Z"


def test_it_revokes(operator: TestClient) -> None:
    registered(operator)
    assert operator.delete(CREDENTIAL).status_code == 204
    assert operator.get(CREDENTIAL).json()["standing"] == "revoked"


def test_it_refuses_who_cannot_sign_in(operator: TestClient) -> None:
    registered(operator, adapter="zigbee2mqtt")
    answer = operator.post(CREDENTIAL)
    assert answer.status_code == 409
    assert "gateway signs in" in answer.json()["message"]


def test_it_knows_no_device_that_is_not_registered(operator: TestClient) -> None:
    for method in ("get", "post", "delete"):
        assert operator.request(method, CREDENTIAL).status_code == 404


def test_it_is_closed_to_who_may_not_register(operator: TestClient, post: Post) -> None:
    registered(operator)
    for role in (Role.READER, Role.DUTY_OFFICER, Role.PATROL, Role.GROUP_BOARD):
        headers = {"Authorization": f"Bearer {post.token(role)}"}
        for method in ("get", "post", "delete"):
            assert operator.request(method, CREDENTIAL, headers=headers).status_code == 403


def test_it_describes_the_secret_as_told_once(operator: TestClient) -> None:
    described = json.dumps(operator.get("/api/openapi.json").json()["components"]["schemas"]["RegisteredDevice"])
    assert "told now and never again" in described
