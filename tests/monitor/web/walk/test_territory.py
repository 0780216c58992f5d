"""Every route, called by a stranger, a group board, a neighbour: elsewhere is neither told of nor touched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Mount
from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from monitor.web.api import create_app
from tests.monitor.conftest import address_of_a_store
from tests.monitor.web.serving import Stream, serving
from tests.monitor.web.walk.call import Call
from tests.monitor.web.walk.calls import CALLS, OTHER_ALARM, OTHER_INCIDENT, OWN_INCIDENT
from tests.monitor.web.walk.country import Country
from tests.monitor.web.walk.marked import COMMUNE, DEVICE, GROUP, OTHER_DEVICE, OTHER_DIGITS, SIDE_DEVICE, SIDE_DIGITS


@dataclass(frozen=True)
class Walker:
    """``marks``: words that must not come to his ears."""

    name: str
    role: Role | None
    scope: str | None
    marks: str


STRANGER = Walker("stranger", None, None, rf"z[xy]q[\w-]*|{OTHER_DIGITS}|{SIDE_DIGITS}|6660003|own-[a-z]+|ownnut")
BOARD = Walker("board", Role.GROUP_BOARD, GROUP, rf"z[xy]q[\w-]*|{OTHER_DIGITS}|{SIDE_DIGITS}")
NEIGHBOUR = Walker("neighbour", Role.OPERATOR, COMMUNE, rf"zxq[\w-]*|{OTHER_DIGITS}")
CHIEF = Walker("commander", Role.COMMANDER, COMMUNE, rf"zxq[\w-]*|{OTHER_DIGITS}")
ADMINISTRATOR = Walker("administrator", Role.ADMINISTRATOR, COMMUNE, rf"zxq[\w-]*|{OTHER_DIGITS}")
# Tables of what people bring and keep for themselves.
BROUGHT = frozenset({"import_batch", "import_file", "saved_view"})
WALKERS = (STRANGER, BOARD, NEIGHBOUR, CHIEF, ADMINISTRATOR)


@pytest.fixture(params=["sqlite", "postgresql"])
def country(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Country]:
    """On both stores, for so every route asks each at least once."""
    with address_of_a_store(request, tmp_path) as url:
        country = Country(tmp_path, url)
        yield country
        country.close()


@pytest.fixture
def door(country: Country) -> Iterator[TestClient]:
    app = create_app(country.monitor, country.monitor.feed)
    with TestClient(app, follow_redirects=False, headers={"Accept": "text/html, application/json"}) as client:
        yield client


def routes(found: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for route in found:
        if hasattr(route, "original_router"):
            yield from routes(route.original_router.routes)
        elif isinstance(route, Mount):
            assert route.path == "/static"  # files for the browser, the same for everybody
        else:
            yield from ((method, route.path) for method in route.methods - {"HEAD"})


def test_it_knows_how_every_route_is_called(door: TestClient) -> None:
    there = set(routes(door.app.routes))  # type: ignore[attr-defined]
    assert there - CALLS.keys() == set(), "routes without a line in tests/monitor/web/walk/calls.py"
    assert CALLS.keys() - there == set(), "lines of routes that are gone"
    called = {(method, path) for method, path in there if CALLS[method, path]}
    assert there - called == {("GET", "/api/v1/stream")}


@pytest.mark.parametrize("walker", WALKERS, ids=lambda walker: walker.name)
def test_it_tells_and_changes_nothing_of_elsewhere(country: Country, door: TestClient, walker: Walker) -> None:
    enter(country, door, walker)
    before = country.rows_with(lambda text: re.search(walker.marks, text) is not None)
    leaks = [
        (method, path, call, heard)
        for (method, path), calls in CALLS.items()
        for call in calls
        if (heard := marks(walker, ask(country, door, method, path, call)) - marks(walker, said(country, call)))
    ]
    assert leaks == []
    after = country.rows_with(lambda text: re.search(walker.marks, text) is not None)
    for name, rows in before.items():
        # What a walker brings himself holds what he typed; what was there must be there as it was.
        assert rows == [row for row in after[name] if row in rows or name not in BROUGHT], name


def test_it_asks_what_the_routes_understand(country: Country, door: TestClient) -> None:
    """A question that is refused for its form has tried nothing."""
    enter(country, door, ADMINISTRATOR)
    for (method, path), calls in CALLS.items():
        for call in calls:
            assert not ask(country, door, method, path, call).startswith("422"), (method, path, call)


@pytest.mark.parametrize("walker", WALKERS[1:], ids=lambda walker: walker.name)
def test_it_answers_for_elsewhere_as_for_nowhere(country: Country, door: TestClient, walker: Walker) -> None:
    enter(country, door, walker)
    for (method, path), calls in CALLS.items():
        for call in (call for call in calls if call.path and not {DEVICE, OWN_INCIDENT} & set(call.path.values())):
            name, value = next(iter(call.path.items()))  # the first is the id
            nowhere = replace(call, path={**call.path, name: unknown(value)})
            told = [blank(country, asked, ask(country, door, method, path, asked)) for asked in (call, nowhere)]
            assert told[0] == told[1], (method, path)


def test_it_shows_a_walker_what_is_his_own(country: Country, door: TestClient) -> None:
    """Else the walk would be content with a desk that shows nothing."""
    enter(country, door, BOARD)
    assert [item["id"] for item in door.get("/api/v1/devices").json()["items"]] == [DEVICE]
    outage, own = door.get("/api/v1/alarms").json()["items"]
    assert (own["device_id"], outage["outage"]["devices"]) == (DEVICE, 1)
    assert door.get(f"/api/v1/alarms/{country.alarms[DEVICE]}").json()["events"]
    assert door.get("/api/v1/coverage").json()["area"]["id"] == GROUP


def test_it_tells_a_live_screen_only_of_its_own(country: Country) -> None:
    token = country.token(Role.GROUP_BOARD, GROUP)
    with serving(country.monitor) as port:  # type: ignore[arg-type]
        stream = Stream(port, token, f"?last_event_id={country.settled_seq}")
        seen = stream.until(lambda told: told.event == "devices")
        country.press(OTHER_DEVICE)
        country.press(SIDE_DEVICE)
        country.press(DEVICE)
        seen += stream.until(lambda told: told.event == "alarm" and told.data["presses"] == 2)
        stream.close()
    assert not re.search(BOARD.marks, str(seen).casefold())
    assert {told.data["device_id"] for told in seen if told.event == "alarm"} == {DEVICE, None}


def test_it_makes_no_gap_of_what_a_screen_is_not_told(country: Country) -> None:
    """A beat that tells of a place the screen was never given would make it load everything anew, all night."""
    token = country.token(Role.GROUP_BOARD, GROUP)
    with serving(country.monitor) as port:  # type: ignore[arg-type]
        stream = Stream(port, token)
        hello = stream.any()
        assert hello is not None
        country.press(OTHER_DEVICE)
        beat = stream.any()
        stream.close()
    assert beat is not None
    assert (beat.event, beat.data["seq"]) == ("beat", hello.id)


# -- the walk itself --------------------------------------------------------------------------------------------------


def enter(country: Country, door: TestClient, walker: Walker) -> None:
    if walker.role is not None:
        door.headers["Authorization"] = f"Bearer {country.token(walker.role, walker.scope)}"


def ask(country: Country, door: TestClient, method: str, path: str, call: Call) -> str:
    """All of the answer, headers too."""
    for name, value in call.path.items():
        path = path.replace(f"{{{name}}}", filled(country, value))
    sent: dict[str, Any] = {"params": call.query, "headers": dict(call.headers)}
    bodies = {"json": json.loads(filled(country, json.dumps(call.json))), "data": call.form, "content": call.content}
    sent |= {name: body for name, body in bodies.items() if body is not None}
    answer = door.request(method, path, **sent)
    assert answer.status_code != 500, (method, path, call, answer.text)
    return f"{answer.status_code} {_without_time(answer.headers)}\n{answer.text}"


def _without_time(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in {"date", "content-length"}}


def marks(walker: Walker, text: str) -> set[str]:
    return set(re.findall(walker.marks, text.casefold()))


def blank(country: Country, call: Call, answer: str) -> str:
    """Without the id that was asked for: it is repeated in the answer."""
    asked = "|".join(re.escape(filled(country, value)) for value in call.path.values())
    return re.sub(rf"(?<!\w)({asked})(?!\w)", "…", answer)


def said(country: Country, call: Call) -> str:
    """What the walker typed himself he may read again."""
    typed = [call.path, call.query, call.json, call.form, call.headers]
    return " ".join(filled(country, str(part)) for part in typed)


def filled(country: Country, text: str) -> str:
    known = {OTHER_ALARM: country.alarms[OTHER_DEVICE], OTHER_INCIDENT: country.incidents[OTHER_DEVICE]}
    known[OWN_INCIDENT] = country.incidents[DEVICE]
    for name, number in known.items():
        text = text.replace(name, str(number))
    return re.sub(r"<version of ([\w-]+)>", lambda found: country.version(found[1]), text)


def unknown(value: str) -> str:
    return "9999" if value in (OTHER_ALARM, OTHER_INCIDENT) or value.isdigit() else "nothing-of-that-name"
