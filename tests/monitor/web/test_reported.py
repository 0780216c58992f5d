"""Gong signals and tips over HTTP: logged by hand, in one's own territory, and counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.edits import Edit, core, put_all
from monitor.inventory.gong_codes import read_gong_codes
from monitor.journal.accounts import Role
from monitor.journal.report_tables import GongSignalRow, TipRow
from monitor.settings import gong_codes_file
from tests.monitor.web.post import Post

STRUCK = {"code": "emergency", "area_id": "DV-01", "place": "Nhà văn hóa", "note": "Trộm chó"}
TOLD = {"source": "phone", "text": "Có nhóm lạ tụ tập", "area_id": "DV-01"}


@pytest.fixture
def groups(post: Post) -> Post:
    by = Edit("operator", post.clock.now(), "tables")
    with post.store.transaction() as tx:
        put_all(tx, Area, [area_row(each, "residential_group", f"Tổ {each}") for each in ("DV-01", "DV-02")], by)
    return post


def log(client: TestClient, path: str, given: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"/api/v1/{path}", json=given)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_every_code_says_what_it_means_and_where_that_was_told() -> None:
    codes = read_gong_codes(gong_codes_file())
    assert {"emergency", "wake", "quiet"} <= codes.keys()
    assert (codes["study"].rolls, codes["study"].strokes, codes["alarm_in_threes"].is_alarm) == (1, 3, True)
    assert all(each.source and each.custom for each in codes.values())


def test_it_logs_a_signal_with_place_and_meaning(groups: Post, officer: TestClient) -> None:
    told = log(officer, "gong-signals", STRUCK)
    assert (told["meaning"], told["area_name"], told["is_alarm"]) == ("Khẩn cấp: đánh liên hồi", "Tổ DV-01", True)
    assert officer.get("/api/v1/gong-signals").json()["items"] == [told]


def test_a_group_head_logs_the_gong_of_his_own_group_only(groups: Post, stranger: TestClient) -> None:
    stranger.headers["Authorization"] = f"Bearer {groups.token(Role.GROUP_BOARD, 'DV-01')}"
    log(stranger, "gong-signals", STRUCK)
    assert stranger.post("/api/v1/gong-signals", json=STRUCK | {"area_id": "DV-02"}).status_code == 403
    assert stranger.get("/api/v1/tips").status_code == 403


@pytest.mark.parametrize("wrong", [{"code": "whistle"}, {"area_id": "DV-99"}, {"struck_at": "2099-01-01T00:00:00Z"}])
def test_it_logs_nothing_that_cannot_be(groups: Post, officer: TestClient, wrong: dict[str, Any]) -> None:
    assert officer.post("/api/v1/gong-signals", json=STRUCK | wrong).status_code == 409


def test_it_logs_a_tip_and_rates_it_later(groups: Post, officer: TestClient) -> None:
    tip = log(officer, "tips", TOLD)
    assert (tip["is_valuable"], tip["logged_by"]) == (None, "duty_officer")
    rated = officer.post(f"/api/v1/tips/{tip['id']}/rating", json={"is_valuable": True}).json()
    assert (rated["is_valuable"], rated["rated_by"]) == (True, "duty_officer")
    assert officer.get("/api/v1/tips", params={"unrated": True}).json()["items"] == []
    taken_back = officer.post(f"/api/v1/tips/{tip['id']}/rating", json={"is_valuable": None}).json()
    assert (taken_back["is_valuable"], taken_back["rated_by"]) == (None, None)


def test_a_tip_that_came_without_an_area_is_given_one(groups: Post, officer: TestClient) -> None:
    groups.add_device(group_id="DV-01")
    groups.call()
    now = groups.clock.now()
    told = {"told_at": now, "source": "zalo", "text": "Xe lạ", "logged_at": now, "logged_by": "zalo"}
    with groups.store.transaction() as tx:
        tx.execute(insert(core(TipRow)), [told])
    own = {"Authorization": f"Bearer {groups.token(Role.COMMANDER, 'DV-01')}"}
    other = {"Authorization": f"Bearer {groups.token(Role.ADMINISTRATOR, 'DV-02')}"}
    assert officer.post("/api/v1/tips/1/area", json={"area_id": "DV-01"}, headers=own).status_code == 404
    assert officer.post("/api/v1/tips/1/area", json={"area_id": "DV-9"}).status_code == 409
    placed = officer.post("/api/v1/tips/1/area", json={"area_id": "DV-01"}).json()
    assert (placed["area_name"], [each["code"] for each in placed["near"]]) == ("Tổ DV-01", ["BD-260314-0001"])
    assert [each["id"] for each in officer.get("/api/v1/tips", headers=own).json()["items"]] == [1]
    assert officer.get("/api/v1/tips", headers=other).json()["items"] == []
    assert officer.post("/api/v1/tips/1/area", json={"area_id": "DV-02"}, headers=own).status_code == 403


def test_it_counts_what_was_rated_and_the_rest_apart(groups: Post, officer: TestClient) -> None:
    now = groups.clock.now()
    tip = {
        "told_at": now,
        "area_id": "DV-01",
        "source": "phone",
        "text": "Tin",
        "logged_at": now,
        "logged_by": "truc-ban",
    }
    ratings = [True] * 350 + [False] * 298 + [None] * 12
    with groups.store.transaction() as tx:
        tx.execute(insert(core(TipRow)), [{**tip, "is_valuable": each} for each in ratings])
        tx.execute(insert(core(TipRow)), [{**tip, "told_at": now - timedelta(days=400), "is_valuable": True}])
    report = officer.get("/api/v1/tips/report").json()
    assert report["lines"] == ["Nguồn tin có giá trị: 350/648 (54,0%)", "Chưa đánh giá: 12 nguồn tin"]
    assert (report["rated"], report["valuable"], report["unrated"]) == (648, 350, 12)


def test_no_column_is_for_who_is_suspected_or_who_told() -> None:
    named = {column.name for model in (GongSignalRow, TipRow) for column in model.__table__.columns}  # type: ignore[attr-defined]
    assert not [each for each in named if any(word in each for word in ("suspect", "person", "name", "phone"))]


def test_the_audit_journal_says_who_logged_and_nothing_of_the_tip(groups: Post, officer: TestClient) -> None:
    log(officer, "tips", TOLD)
    with groups.store.read() as connection:
        row = connection.exec_driver_sql("SELECT actor, after FROM edit WHERE entity = 'tip'").one()
    assert row.actor == "duty_officer"
    assert TOLD["text"] not in row.after
