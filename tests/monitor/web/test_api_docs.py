from __future__ import annotations

import re

from starlette.testclient import TestClient

from monitor.web.api_docs import operations, schemas, type_of


def test_it_describes_every_operation(officer: TestClient) -> None:
    document = officer.get("/api/openapi.json").json()
    described = {(operation["method"], operation["path"]) for operation in operations(document)}
    assert {
        ("GET", "/api/v1/alarms"),
        ("POST", "/api/v1/alarms/{alarm_id}/acknowledge"),
        ("POST", "/api/v1/devices"),
        ("GET", "/api/v1/stream"),
        ("GET", "/metrics"),
    } <= described
    assert all(operation["summary"] for operation in operations(document))


def test_it_says_what_an_operation_takes_and_answers(officer: TestClient) -> None:
    document = officer.get("/api/openapi.json").json()
    (acknowledge,) = [each for each in operations(document) if each["path"].endswith("/alarms/{alarm_id}/acknowledge")]
    assert acknowledge["body"] == "VersionSeen"
    assert {answer["status"]: answer["type"] for answer in acknowledge["answers"]}["409"] == "Conflict"


def test_it_describes_the_fields_of_an_alarm(officer: TestClient) -> None:
    document = officer.get("/api/openapi.json").json()
    (alarm,) = [shape for shape in schemas(document) if shape["name"] == "Alarm"]
    types = {field["name"]: field["type"] for field in alarm["fields"]}
    assert types["id"] == "integer"
    assert types["acknowledged_at"] == "string (date-time) or null"


def test_it_says_a_type_in_a_few_words() -> None:
    assert type_of({"type": "array", "items": {"$ref": "#/components/schemas/Alarm"}}) == "list of Alarm"
    assert type_of({"const": "shown"}) == "shown"
    assert type_of({}) == "any"


def test_it_shows_them_on_a_page_without_outside_requests(officer: TestClient) -> None:
    text = officer.get("/api/docs").text
    assert "/api/v1/alarms/{alarm_id}/acknowledge" in text
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text)
