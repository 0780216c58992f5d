"""Lists over HTTP: tried, answered, written all or nothing, taken back, sent back corrected."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.inventory.edits import Edit, core, put
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.spreadsheets.dry_run import dry_run
from monitor.inventory.tables import Device
from monitor.journal.accounts import Role
from monitor.journal.tables import UserRow
from tests.monitor.inventory.imports.lists import dump, rows_of_table
from tests.monitor.inventory.spreadsheets.demo_commune import KNOWN
from tests.monitor.inventory.spreadsheets.test_thirty_rows import DECIDED, FILES
from tests.monitor.web.commune import load_commune
from tests.monitor.web.post import Post

IMPORTS = "/api/v1/imports"
HEADER = "device_id,group_id,location_note,retention_days,lat,lon"


@pytest.fixture(autouse=True)
def commune(post: Post) -> None:
    load_commune(post)


def listing(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *lines)).encode()


def bring(client: TestClient, content: bytes, **query: Any) -> dict[str, Any]:
    answer = client.post(IMPORTS, params={"name": "list.csv", **query}, content=content)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def rows(client: TestClient, run: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    return list(client.get(f"{IMPORTS}/{run['id']}/rows", params=query).json()["items"])


def decide(client: TestClient, run: dict[str, Any], *decisions: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post(f"{IMPORTS}/{run['id']}/decisions", json={"decisions": list(decisions), **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def commit(client: TestClient, run: dict[str, Any]) -> Any:
    return client.post(f"{IMPORTS}/{run['id']}/commit", json={"version": run["version"]})


def undo(client: TestClient, run: dict[str, Any]) -> Any:
    return client.post(f"{IMPORTS}/{run['id']}/undo")


def eyes(client: TestClient, area: str) -> int:
    answer = client.get("/api/v1/devices", params={"class": "camera", "area": area, "limit": 500}).json()
    return len(answer["items"])


def bound(post: Post, client: TestClient, scope: str) -> TestClient:
    """The same client, now an operator of one area."""
    client.headers["Authorization"] = f"Bearer {post.token(Role.OPERATOR)}"
    with post.store.transaction() as tx:
        tx.execute(core(UserRow).update().where(core(UserRow).c.name == "operator").values(scope=scope))
    return client


@pytest.mark.parametrize("name", FILES)
def test_the_thirty_faulty_rows_go_in_and_come_back_byte_equal(post: Post, operator: TestClient, name: str) -> None:
    """21 valid, 7 to check, 2 errors; answered: 32 eyes, group 9 → 41, commune 118 → 150; undone: every byte."""
    before = dump(post.store)
    run = bring(operator, FILES[name], name=f"gia-thanh.{name}")
    tried = run["tried"]
    assert (tried["valid"], tried["questions"], tried["errors"], tried["eyes_written"]) == (21, 7, 2, 33)
    assert (eyes(operator, "DV-01"), eyes(operator, "24871@2025")) == (9, 118)
    run = decide(
        operator,
        run,
        *({"row": each.row, "column": each.column, "choice": each.choice, "value": each.value} for each in DECIDED),
    )
    assert (run["is_ready"], run["tried"]["eyes_to_add"], run["tried"]["eyes_waiting"]) == (True, 32, 1)
    done = commit(operator, run)
    assert (done.status_code, done.json()["state"], done.json()["counts"]["skipped"]) == (200, "committed", 2)
    assert (eyes(operator, "DV-01"), eyes(operator, "24871@2025")) == (41, 150)
    undone = undo(operator, run)
    assert (undone.status_code, undone.json()["state"]) == (200, "undone")
    assert dump(post.store) == before


def test_it_says_what_is_wrong_in_the_readers_language(operator: TestClient) -> None:
    run = bring(operator, FILES["csv"])
    (row,) = (each for each in rows(operator, run) if each["row"] == 20)
    (problem,) = row["problems"]
    assert problem["message"] == "Không tìm thấy tổ dân phố “Gia Thạch”. Có phải “Gia Thạnh”?"
    assert (problem["cell"], problem["fix"]["choice"]) == ("C21", "agree")
    (english,) = (each for each in rows(operator, run, lang="en") if each["row"] == 20)
    assert english["problems"][0]["message"] == "Group “Gia Thạch” not found. Did you mean “Gia Thạnh”?"


def test_it_pages_and_filters_rows(operator: TestClient) -> None:
    run = bring(operator, FILES["csv"])
    assert run["bins"] == {
        "new": 21, "changed": 0, "same": 0, "question": 6, "duplicate": 1, "error": 2, "skipped": 0
    }  # fmt: skip
    assert [row["row"] for row in rows(operator, run, bin=["error", "duplicate"])] == [22, 25, 27]
    first = operator.get(f"{IMPORTS}/{run['id']}/rows", params={"limit": 20}).json()
    second = operator.get(f"{IMPORTS}/{run['id']}/rows", params={"limit": 20, "cursor": first["next"]}).json()
    assert [row["row"] for row in first["items"] + second["items"]] == list(range(1, 31))
    assert second["next"] is None


def test_it_gives_a_row_with_its_answers_whatever_it_became(operator: TestClient) -> None:
    run = bring(operator, FILES["csv"])
    decide(operator, run, {"row": 22, "choice": "skip"})
    found = rows(operator, run, bin="error", also=22)
    assert [row["row"] for row in found] == [22, 25, 27]
    assert found[0]["answers"] == [{"row": 22, "column": None, "choice": "skip", "value": ""}]
    assert found[0]["group_name"] == "Tổ dân phố Gia Thạnh"


def test_it_settles_all_rows_with_the_same_problem_by_one_answer(operator: TestClient) -> None:
    header = "STT,Chủ hộ,Địa chỉ,SĐT,Số mắt,Vị trí lắp đặt,Đồng ý cung cấp dữ liệu"
    lines = [f"{number},Hộ {number},TDP Gia Thạch,0912345678,1,Ngã ba {number},Có" for number in (1, 2, 3)]
    run = bring(operator, listing(*lines, header=header))
    problem = rows(operator, run)[0]["problems"][0]
    assert problem["alike"] == 3
    answer = problem["fix"] | {"also_alike": problem["column"], "key": problem["key"]}
    assert decide(operator, run, answer)["tried"]["valid"] == 3


def test_it_takes_an_answer_back(operator: TestClient) -> None:
    run = bring(operator, FILES["csv"])
    decide(operator, run, {"row": 22, "choice": "skip"})
    assert decide(operator, run, forget=[{"row": 22}])["bins"]["duplicate"] == 1


def test_it_shows_old_and_new_cell_by_cell_and_how_far_it_moves(operator: TestClient) -> None:
    run = bring(
        operator, listing("CAM-DV-0001,DV-01,Chợ số 1,60,11.77211,108.21919", "CAM-DV-0002,DV-01,Chợ số 1,30,,")
    )
    changed, same = rows(operator, run)
    assert changed["changes"] == {
        "retention_days": {"old": "30", "new": "60"},
        "latitude": {"old": "11.77174", "new": "11.77211"},
    }
    assert (changed["moved_m"], same["bin"]) == (41, "same")


def test_it_writes_nothing_where_the_dry_run_is_no_longer_so(post: Post, operator: TestClient) -> None:
    run = bring(operator, listing("CAM-DV-0001,DV-01,Chợ số 1,60,,"))
    with post.store.transaction() as tx:
        by = Edit("clerk", post.clock.now(), "form")
        put(tx, Device, {"id": "CAM-DV-0001", "retention_days": 60}, by)
    before = dump(post.store)
    refused = commit(operator, run)
    assert (refused.status_code, refused.json()["error"]) == (409, "version_conflict")
    assert refused.json()["tried"]["same"] == 1
    assert dump(post.store) == before
    assert commit(operator, refused.json()).status_code == 200


def test_it_writes_nothing_that_is_open(post: Post, operator: TestClient) -> None:
    before = dump(post.store)
    assert commit(operator, bring(operator, FILES["csv"])).status_code == 409
    assert dump(post.store) == before


def test_it_names_what_was_changed_since(post: Post, operator: TestClient) -> None:
    run = bring(operator, listing("CAM-NEW,DV-01,Ngã ba mới,30,,"))
    commit(operator, run)
    with post.store.transaction() as tx:
        put(tx, Device, {"id": "CAM-NEW", "power_feeder": "LT-1"}, Edit("clerk", post.clock.now(), "form"))
    refused = undo(operator, run)
    assert (refused.status_code, refused.json()["error"]) == (409, "changed_since")
    assert [(row["entity_id"], row["by"]) for row in refused.json()["rows"]] == [("CAM-NEW", "clerk")]


def test_it_keeps_a_device_that_rang(post: Post, operator: TestClient) -> None:
    header = "device_id,establishment,button_no,group_id"
    run = bring(operator, listing("BELL-NEW,Tiệm vàng,1,DV-01", header=header))
    assert commit(operator, run).status_code == 200
    post.press("BELL-NEW")
    assert undo(operator, run).json()["rows"][0]["entity"] == "alarm"


def test_it_keeps_the_history_of_lists(operator: TestClient) -> None:
    run = bring(operator, listing("CAM-NEW,DV-01,Ngã ba mới,30,,"), name="C:\\danh sách.csv")
    commit(operator, run)
    (item, *_) = operator.get(IMPORTS).json()["items"]
    assert (item["file_name"], item["state"], item["can_undo"]) == ("danh sách.csv", "committed", True)
    assert item["counts"]["new"] == 1


def test_it_sends_the_list_back_corrected(operator: TestClient) -> None:
    run = bring(operator, FILES["xlsx"])
    decide(
        operator,
        run,
        *({"row": each.row, "column": each.column, "choice": each.choice, "value": each.value} for each in DECIDED),
    )
    answer = operator.get(f"{IMPORTS}/{run['id']}/corrected")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''list-corrected.xlsx"
    counts = dry_run(answer.content, KNOWN).counts
    # What was left out is still there, and so is a consent that nobody gave.
    assert (counts.valid, counts.questions, counts.errors, counts.eyes_written) == (27, 2, 1, 33)


def test_it_shows_where_rows_stand_beside_their_groups(operator: TestClient) -> None:
    run = bring(operator, listing("CAM-NEW,DV-01,Ngã ba mới,30,11.7721,108.2203"))
    found = operator.get(f"{IMPORTS}/{run['id']}/map").json()
    assert [(row["latitude"], row["bin"]) for row in found["rows"]] == [(11.7721, "new")]
    assert [group["id"] for group in found["groups"]] == ["DV-01"]


def test_it_says_why_a_file_cannot_be_read(operator: TestClient) -> None:
    run = bring(operator, b"\x00\x01\x02 nothing", name="x.xlsx")
    assert (run["kind"], run["is_ready"], run["problems"][0]["severity"]) == (None, False, "error")


def test_it_refuses_a_file_that_is_too_large(operator: TestClient) -> None:
    answer = operator.post(IMPORTS, params={"name": "x.csv"}, content=b"x" * 5_000_001)
    assert answer.status_code == 413


def test_it_leaves_columns_of_passwords_unread(operator: TestClient) -> None:
    header = f"{HEADER},Mật khẩu"
    run = bring(operator, listing("CAM-NEW,DV-01,Ngã ba,30,,,hunter2", header=header))
    assert run["dropped"] == ["Mật khẩu"]
    assert "hunter2" not in operator.get(f"{IMPORTS}/{run['id']}/rows").text


def test_it_lets_nobody_else_take_lists_in(post: Post, reader: TestClient) -> None:
    assert reader.post(IMPORTS, params={"name": "x.csv"}, content=FILES["csv"]).status_code == 403
    assert reader.get(IMPORTS).status_code == 403


def test_it_tells_an_operator_of_one_group_nothing_of_another(post: Post, stranger: TestClient) -> None:
    client = bound(post, stranger, "DV-01")
    run = bring(
        client, listing("CAM-DV-0001,DV-01,Chợ số 1,60,,", "CAM-DV-0010,DV-02,Ngã ba,1,,", "CAM-NEW,DV-02,X,1,,")
    )
    own, theirs, new = rows(client, run)
    assert own["bin"] == "changed"
    assert (theirs["changes"], [each["key"] for each in theirs["problems"]]) == (
        {},
        ["import.reference.unknown", "import.id_taken"],
    )
    assert [each["key"] for each in new["problems"]] == ["import.reference.unknown"]
    assert {suggestion for row in (theirs, new) for each in row["problems"] for suggestion in each["suggestions"]} <= {
        "DV-01"
    }


def test_it_shows_an_operator_of_one_group_no_list_of_another(post: Post, stranger: TestClient) -> None:
    client = bound(post, stranger, "DV-02")
    run = bring(client, listing("CAM-NEW,DV-02,Ngã ba,30,,"))
    with post.store.transaction() as tx:
        tx.execute(core(UserRow).update().where(core(UserRow).c.name == "operator").values(scope="DV-01"))
    assert client.get(IMPORTS).json()["items"] == []
    assert client.get(f"{IMPORTS}/{run['id']}").status_code == 404
    assert undo(client, run).status_code == 404


def test_it_exports_what_lies_in_the_territory_and_says_who_took_it(post: Post, stranger: TestClient) -> None:
    client = bound(post, stranger, "DV-02")
    answer = client.get("/api/v1/exports?kind=cameras&form=csv")
    assert {line.split(",")[3] for line in answer.text.splitlines()[1:]} == {"DV-02"}
    assert client.get("/api/v1/exports?kind=areas").status_code == 403
    (note,) = (row for row in rows_of_table(post.store, EditRow) if row["change"] == "exported")
    assert (note["actor"], note["entity_id"], note["after"]) == (
        "operator", "cameras", '{"form":"csv","rows":8,"scope":"DV-02"}'
    )  # fmt: skip
