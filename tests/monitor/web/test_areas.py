"""Areas over HTTP: their stories and their pages, with the demo commune before and after the restructuring of 2025."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from monitor.inventory.area_tables import Area, AreaSuccession
from monitor.inventory.areas import area_row
from monitor.inventory.device_index import index_missing
from monitor.inventory.edits import core
from monitor.inventory.kinds import LocationKind
from monitor.inventory.place_tables import Site
from tests.monitor.inventory.commune import CUT, NEW_COMMUNE, OLD_COMMUNE, load_commune
from tests.monitor.web.post import Post


@pytest.fixture
def commune(post: Post, officer: TestClient) -> TestClient:
    load_commune(post.store)
    with post.store.transaction() as tx:
        index_missing(tx)
    return officer


def area(client: TestClient, area_id: str, **asked: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/api/v1/areas/{area_id}", params=asked).raise_for_status().json()
    return answer


def page(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_it_tells_where_a_group_stands_now_and_stood_then(commune: TestClient) -> None:
    assert [above["id"] for above in area(commune, "DV-01")["path"]][-1] == NEW_COMMUNE
    assert [above["id"] for above in area(commune, "DV-01", as_of="2023-12-31")["path"]][-1] == OLD_COMMUNE


def test_it_tells_what_an_area_came_from_and_became(commune: TestClient) -> None:
    new, old = area(commune, NEW_COMMUNE), area(commune, OLD_COMMUNE)
    assert OLD_COMMUNE in [kin["area"]["id"] for kin in new["predecessors"]]
    assert [kin["area"]["id"] for kin in old["successors"]] == [NEW_COMMUNE]
    assert (old["valid_to"], new["valid_from"]) == ("2025-06-30", "2025-07-01")


def test_it_lists_what_stands_below(commune: TestClient) -> None:
    assert len(area(commune, NEW_COMMUNE)["below"]) == 21


def test_it_lists_what_nobody_has_decided(post: Post, commune: TestClient) -> None:
    """A commune that was split between two: which of them its village is in now, no table says."""
    ended, begun = {"valid_to": CUT - timedelta(days=1)}, {"valid_from": CUT}
    with post.store.transaction() as tx:
        tx.execute(insert(core(Area)).values(area_row("SPLIT", "commune", "Xã Cũ", **ended)))
        tx.execute(insert(core(Area)).values(area_row("HALF", "commune", "Xã Mới", **begun)))
        tx.execute(insert(core(Area)).values(area_row("MIXED", "residential_group", "Thôn Giữa", parent_id="SPLIT")))
        for heir in (NEW_COMMUNE, "HALF"):
            row = {"old_id": "SPLIT", "new_id": heir, "kind": "split", "effective_on": CUT}
            tx.execute(insert(core(AreaSuccession)).values(row))
    [undecided] = area(commune, "MIXED")["undecided"]
    assert undecided["area"]["id"] == "MIXED"
    assert {choice["id"] for choice in undecided["choices"]} == {NEW_COMMUNE, "HALF"}
    assert "Thôn Giữa có thể thuộc" in page(commune, "/groups/HALF")


def test_it_does_not_know_what_is_not(commune: TestClient) -> None:
    assert commune.get("/api/v1/areas/nowhere").status_code == 404
    assert commune.get("/groups/nowhere", headers={"Accept": "text/html"}).status_code == 404


@pytest.mark.parametrize("path", [f"/groups?area={OLD_COMMUNE}&as_of=2023-12-31", f"/groups/{NEW_COMMUNE}"])
def test_r4_1_its_page_prints_21_of_21(commune: TestClient, path: str) -> None:
    assert "Độ phủ: 21/21 tổ dân phố (100%)" in page(commune, path)


def test_r4_2_its_page_puts_declared_beside_counted(commune: TestClient) -> None:
    text = page(commune, f"/groups/{OLD_COMMUNE}?as_of=2023-12-31")
    assert "Số báo cáo: khoảng 118 – Đăng ký: 118 – lệch 0" in text


def test_its_page_names_who_keeps_and_who_answers(commune: TestClient) -> None:
    text = page(commune, "/groups/DV-01")
    assert "Ban điều hành Tổ dân phố Gia Thạnh" in text
    assert "Cảnh sát khu vực địa bàn B1" in text
    assert "CAM-DV-0001" in text


def test_its_page_names_junctions_without_a_camera(post: Post, commune: TestClient) -> None:
    bare = {"id": "BARE", "name": "Ngã ba chưa lắp", "location_kind": LocationKind.T_JUNCTION.value}
    with post.store.transaction() as tx:
        tx.execute(insert(core(Site)).values(**bare, group_id="DV-01"))
    assert "Ngã ba chưa lắp" in page(commune, "/groups/DV-01")
    assert "Ngã ba chưa lắp" not in page(commune, "/groups/DV-02")


def test_its_page_says_that_there_is_no_camera(post: Post, commune: TestClient) -> None:
    with post.store.transaction() as tx:
        tx.execute(insert(core(Area)).values(area_row("EMPTY", "residential_group", "Tổ Mới", parent_id=NEW_COMMUNE)))
    assert "Chưa có camera" in page(commune, "/groups/EMPTY")
    assert "21/22" in page(commune, f"/groups/{NEW_COMMUNE}")


def test_its_page_shows_an_area_before_it_was_there(commune: TestClient) -> None:
    text = page(commune, f"/groups/{NEW_COMMUNE}?as_of=2024-01-01")
    assert "Ngày này chưa có hoặc không còn đơn vị này" in text
    assert "Thị trấn Đinh Văn" in text


def test_its_page_draws_its_devices(commune: TestClient) -> None:
    text = page(commune, "/groups/DV-01")
    assert text.count('class="stand"') == 14
    assert "CAM-DV-0003" in text.split("area-sketch")[1].split("</svg>")[0]


def test_its_page_counts_its_incidents(post: Post, commune: TestClient) -> None:
    post.call("CAM-DV-0001")
    post.clock.forward(1)
    assert "1 (30 ngày trước đó: 0)" in page(commune, "/groups/DV-01")
    assert "0 (30 ngày trước đó: 0)" in page(commune, "/groups/DV-02")


@pytest.mark.parametrize("path", ["/groups", "/groups/DV-01"])
def test_it_says_since_when_its_figures_stand(post: Post, commune: TestClient, path: str) -> None:
    taken_at = post.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert f'<time datetime="{taken_at}">' in page(commune, path)
