from __future__ import annotations

import re
import zlib

import pytest
from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from monitor.web.label_pdf import sheets_pdf
from monitor.web.label_sheet import Label, sheet
from tests.monitor.web.post import Post


@pytest.fixture(autouse=True)
def bells(post: Post) -> None:
    post.add_device("bell-01", name="Quỹ tín dụng <Đinh Văn>", group_id="DV-01")
    post.add_device("sos-1", adapter="zigbee2mqtt", address="quay-1", name="Quầy 1", group_id="DV-01")


def test_it_prints_id_name_and_topic(operator: TestClient) -> None:
    answer = operator.get("/api/v1/labels?ids=bell-01&ids=sos-1")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    for word in ("bell-01", "Quỹ tín dụng &lt;Đinh", "anninh/v1/bell/bell-01", "zigbee2mqtt/quay-1"):
        assert word in answer.text
    assert not re.search(r"href|url\(|<script|style=", answer.text)


@pytest.mark.parametrize(
    ("adapter", "address", "topic"),
    [
        ("native", "quay-2", "anninh/v1/bell/quay-2"),
        ("tasmota", "nut-3", "tele/nut-3"),
        ("chirpstack", "24e124", "application/+/device/24e124"),
        ("axis", "ACCC8E", "axis/ACCC8E"),
        ("shelly", "shelly-4/input:1", "shelly-4"),
    ],
)
def test_it_prints_where_a_device_of_its_family_speaks(
    post: Post, operator: TestClient, adapter: str, address: str, topic: str
) -> None:
    post.add_device("nut-9", adapter=adapter, address=address, group_id="DV-01")
    drawn = operator.get("/api/v1/labels?ids=nut-9").text
    assert f">{topic}</text>" in drawn


@pytest.mark.parametrize(
    ("adapter", "device_class", "address", "topic"),
    [
        ("chirpstack", "gateway", "a84041ffff1e", "+/gateway/a84041ffff1e"),
        ("frigate", "camera", "cong-cho", "frigate/cong-cho"),
        ("frigate", "recorder", "frigate", "frigate"),
        ("zigbee2mqtt", "gateway", "bridge", "zigbee2mqtt/bridge"),
    ],
)
def test_it_prints_where_a_gateway_or_recorder_speaks(
    post: Post, operator: TestClient, adapter: str, device_class: str, address: str, topic: str
) -> None:
    post.add_device("hop-9", adapter=adapter, device_class=device_class, address=address, group_id="DV-01")
    assert f">{topic}</text>" in operator.get("/api/v1/labels?ids=hop-9").text


@pytest.mark.parametrize(("adapter", "address"), [("homie", "nut/quay/goi"), ("onvif", "phuong-1/cam-2/AlarmIn_1")])
def test_it_prints_no_topic_where_an_address_does_not_tell_it(
    post: Post, operator: TestClient, adapter: str, address: str
) -> None:
    post.add_device("nut-9", adapter=adapter, address=address, group_id="DV-01")
    drawn = operator.get("/api/v1/labels?ids=nut-9").text
    assert drawn.count("<text") == 2
    assert Label("nut-9", "Nút", "").code == "chuong:nut-9"


def test_it_prints_a_secret_only_where_it_is_given(operator: TestClient) -> None:
    with_secret = operator.post("/api/v1/labels", data={"id": "bell-01", "secret": "SECRETOFTODAY"})
    assert "SECRETOFTODAY" in with_secret.text
    assert "SECRETOFTODAY" not in operator.get("/api/v1/labels?ids=bell-01").text


def test_it_says_the_same_in_the_code() -> None:
    label = Label("bell-01", "Quầy 1", "anninh/v1/bell/bell-01", "ABC")
    assert label.code == "chuong:bell-01?topic=anninh/v1/bell/bell-01&secret=ABC"


@pytest.mark.parametrize(("labels", "millimetres"), [(1, 297), (24, 297), (25, 594)])
def test_it_fills_one_sheet_after_the_other(labels: int, millimetres: int) -> None:
    drawn = sheet([Label(f"b-{number}", "Nút", "t") for number in range(labels)])
    assert f'height="{millimetres}mm"' in drawn


def test_it_breaks_a_long_name_and_says_what_is_left_out() -> None:
    drawn = sheet([Label("b", "Quỹ tín dụng nhân dân minh họa, quầy giao dịch số một ở tầng trệt", "t")])
    assert "dân minh họa, quầy…" in drawn


def paths(content: bytes) -> list[str]:
    """The drawing of each page."""
    return [zlib.decompress(each).decode() for each in re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL)]


def test_it_prints_a_pdf_with_a_page_a_sheet(operator: TestClient) -> None:
    answer = operator.get("/api/v1/labels?ids=bell-01&ids=sos-1&format=pdf")
    assert (answer.headers["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    content = sheets_pdf([Label(f"b-{number}", "Nút", "t") for number in range(25)])
    assert len(paths(content)) == 2
    assert b"/Count 2" in content


def test_it_finds_every_object_of_a_pdf_where_it_says_it_is() -> None:
    content = sheets_pdf([Label("b", "Nút", "t")])
    table = int(content.rpartition(b"startxref\n")[2].split()[0])
    starts = [int(line[:10]) for line in content[table:].splitlines()[3:] if line.endswith(b"n ")]
    assert [content[start:].split(b" ")[0] for start in starts] == [b"1", b"2", b"3", b"4"]


def test_it_draws_vietnamese_letters_of_their_own() -> None:
    plain, marked = (paths(sheets_pdf([Label("b", word, "t")]))[0] for word in ("do", "độ"))
    assert len(marked) > len(plain)
    box = "200 0 m 1000 0 l 1000 1400 l 200 1400 l h"
    assert box not in marked
    assert box in paths(sheets_pdf([Label("b", "中", "t")]))[0]


def test_it_prints_no_label_of_another_territory(post: Post, operator: TestClient) -> None:
    headers = {"Authorization": f"Bearer {post.token(Role.ADMINISTRATOR, scope='DV-02')}"}
    assert operator.get("/api/v1/labels?ids=bell-01", headers=headers).status_code == 404
    assert operator.post("/api/v1/labels", data={"id": "bell-01"}, headers=headers).status_code == 404
