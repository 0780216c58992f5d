"""The desk is taken, handed over and read back over HTTP; the duty log keeps every step of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from monitor.web.api import create_app
from tests.monitor.web.post import Post

TAKING: dict[str, Any] = {"seen": None, "has_read_back": True, "is_heard": True, "screen": "screen-1"}


@pytest.fixture
def commander(post: Post) -> TestClient:
    """The officer of the night."""
    headers = {"Authorization": f"Bearer {post.token(Role.COMMANDER)}"}
    return TestClient(create_app(post, post.feed), headers=headers)


def take(client: TestClient, **more: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/shift/take", json=TAKING | more)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def seen(shift: dict[str, Any]) -> dict[str, Any]:
    return {"id": shift["current"]["id"], "version": shift["current"]["version"]}


def log(client: TestClient, **chosen: Any) -> list[str]:
    return [each["kind"] for each in client.get("/api/v1/duty-log", params=chosen).json()["items"]][::-1]


def hand_over(client: TestClient, shift: dict[str, Any], note: str = "Trông chừng ngã ba") -> dict[str, Any]:
    given = {"version": shift["current"]["version"], "note": note}
    answer = client.post(f"/api/v1/shifts/{shift['current']['id']}/handover", json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_it_passes_from_hand_to_hand_with_what_is_open(post: Post, officer: TestClient, commander: TestClient) -> None:
    assert officer.get("/api/v1/shift").json()["current"] is None
    assert officer.get("/api/v1/shift/officer").json()["officer"] is None
    day = take(officer)
    post.press()
    post.clock.forward(43_200)
    handed = hand_over(officer, day)
    assert (handed["current"]["state"], handed["pending"]["alarms"]["n"]) == ("HANDING_OVER", 1)
    on_duty = {"officer": "duty_officer", "taken_at": "2026-03-14T11:00:00.000Z", "is_handing_over": True}
    assert commander.get("/api/v1/shift/officer").json() == on_duty
    assert "Báo động kêu cứu: 1" in handed["happened"]
    assert handed["text"].startswith("BÀN GIAO CA – Công an phường: duty_officer, từ 18:00 14/03/2026")
    assert handed["text"].endswith("Ghi chú: Trông chừng ngã ba")
    night = take(commander, seen=seen(handed))
    assert (night["current"]["officer"], night["current"]["items"]["alarms"]["n"]) == ("commander", 1)
    first, second = commander.get("/api/v1/shifts").json()["items"][::-1]
    assert (first["state"], first["note"], second["before_id"]) == ("OVER", "Trông chừng ngã ba", first["id"])
    assert log(officer) == [
        "sound_heard", "taken", "handed_over", "relieved", "sound_heard", "taken",
    ]  # fmt: skip


def test_it_is_undone_by_whoever_slipped(officer: TestClient, commander: TestClient) -> None:
    handed = hand_over(officer, take(officer))
    path = f"/api/v1/shifts/{handed['current']['id']}/take-back"
    back = officer.post(path, json={"version": handed["current"]["version"]}).json()
    assert back["current"]["state"] == "ON_DUTY"
    night = take(commander, seen=seen(hand_over(officer, back)))
    path = f"/api/v1/shifts/{night['current']['id']}/take-back"
    day = commander.post(path, json={"version": 1}).json()["current"]
    assert (day["officer"], day["state"]) == ("duty_officer", "HANDING_OVER")
    assert log(officer)[-2:] == ["goes_on", "given_back"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"has_read_back": False}, "not_read_back"),
        ({"is_heard": False}, "not_heard"),
        ({"seen": {"id": 7, "version": 1}}, "version_conflict"),
    ],
)
def test_it_is_not_taken_lightly(officer: TestClient, wrong: dict[str, Any], code: str) -> None:
    answer = officer.post("/api/v1/shift/take", json=TAKING | wrong)
    assert (answer.status_code, answer.json()["error"]) == (409, code)


def test_it_is_taken_without_a_hand_over_only_with_a_reason(officer: TestClient, commander: TestClient) -> None:
    day = take(officer)
    answer = commander.post("/api/v1/shift/take", json=TAKING | {"seen": seen(day)})
    assert answer.json()["error"] == "not_handed_over"
    assert take(commander, seen=seen(day), reason="ca ngày đi cấp cứu")["current"]["reason"] == "ca ngày đi cấp cứu"


def test_nobody_changes_the_duty_log(post: Post, officer: TestClient) -> None:
    shift = take(officer)["current"]["id"]
    assert officer.post(f"/api/v1/shifts/{shift}/notes", json={"text": "Loa rè"}).status_code == 200
    assert log(officer, shift=shift) == ["sound_heard", "taken", "note"]
    for change in ("UPDATE shift_entry SET text = 'x'", "DELETE FROM shift_entry"):
        with pytest.raises(DBAPIError, match="only ever added to"), post.store._writer.begin() as connection:
            connection.exec_driver_sql(change)


def test_the_sheet_says_who_handed_what_to_whom(post: Post, officer: TestClient, commander: TestClient) -> None:
    take(commander, seen=seen(hand_over(officer, take(officer))))
    sheet = officer.get("/shift/1").text
    for word in ("Biên bản bàn giao ca", "Trông chừng ngã ba", "<b>duty_officer</b>", "<b>commander</b>", "Nghe rõ"):
        assert word in sheet
    assert officer.get("/shift/9").status_code == 404


def test_the_roster_shows_who_and_where_nobody(post: Post, officer: TestClient, commander: TestClient) -> None:
    now = post.clock.now()
    watch = {"role": "commander", "name": "Chỉ huy đêm", "starts_at": now.isoformat(), "way": "copy:sổ"}
    given = {**watch, "ends_at": (now + timedelta(hours=4)).isoformat()}
    assert [commander.post("/api/v1/roster", json=given).json()["added"] for _ in range(2)] == [1, 0]
    roster = officer.get("/api/v1/roster", params={"days": 1}).json()
    assert [(each["name"], each["channel"]) for each in roster["items"]] == [("Chỉ huy đêm", "copy")]
    assert [(gap["role"], gap["starts_at"]) for gap in roster["gaps"]] == [("commander", "2026-03-14T15:00:00.000Z")]
    assert officer.post("/api/v1/roster/1/removal", json={"is_removed": True}).status_code == 403
    for is_removed, left in ((True, 0), (False, 1)):
        commander.post("/api/v1/roster/1/removal", json={"is_removed": is_removed})
        assert len(officer.get("/api/v1/roster").json()["items"]) == left


def test_a_table_is_taken_in_whole_or_not_at_all(officer: TestClient, commander: TestClient) -> None:
    good, bad = "14/03\t18:00\t06:00\tTrực ban\tCa đêm", "15/03\t18:00\t06:00\tchỉ hui\tChỉ huy"
    tried = commander.post("/api/v1/roster/table", json={"text": f"{good}\n{bad}", "is_dry_run": False}).json()
    (problem,) = tried["lines"][1]["problems"]
    assert (tried["added"], problem["what"], problem["suggestion"]) == (0, "role", "chi huy")
    assert officer.get("/api/v1/roster").json()["items"] == []
    assert commander.post("/api/v1/roster/table", json={"text": good, "is_dry_run": False}).json()["added"] == 1
