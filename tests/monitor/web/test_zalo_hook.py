"""What Zalo tells: only its own word is kept, once, and an officer sees it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from monitor.errors import StoreUnavailable
from monitor.journal.accounts import Role
from monitor.notify.zalo_hook import ZaloHook
from monitor.web.zalo_hook import A_MINUTE_OF_ONE
from tests.fake_zalo import APP_ID, OA_SECRET_KEY, FakeZalo
from tests.monitor.web.post import Post

HOOK = "/hooks/zalo"
ZALO = FakeZalo()  # never served: what it signs


@pytest.fixture
def hooked(post: Post) -> Post:
    post.hook = ZaloHook(APP_ID, OA_SECRET_KEY, {"u-officer"})
    return post


def tell(client: TestClient, told: tuple[bytes, dict[str, str]], **headers: str) -> int:
    raw, signed = told
    return client.post(HOOK, content=raw, headers=signed | headers).status_code


def heard(post: Post, client: TestClient) -> list[dict[str, object]]:
    headers = {"Authorization": f"Bearer {post.token(Role.DUTY_OFFICER)}"}
    answer = client.get("/api/v1/zalo/heard", headers=headers)
    assert answer.status_code == 200, answer.text
    tips = client.get("/api/v1/tips", headers=headers).json()["items"]
    return [*answer.json()["items"], *tips]


def test_it_keeps_what_a_citizen_writes_once_and_as_a_tip(hooked: Post, stranger: TestClient) -> None:
    told = ZALO.tell("user_send_text", "Có nhóm lạ ở chợ\x00", msg_id="m-1")
    assert [tell(stranger, told), tell(stranger, told)] == [200, 200]
    row, tip = heard(hooked, stranger)
    assert (row["user_id"], row["group_id"], row["text"], row["tip_id"]) == ("u-7", None, "Có nhóm lạ ở chợ", tip["id"])
    assert (row["free_until_at"], row["open_until_at"]) == ("2026-03-16T10:59:59.000Z", "2026-03-21T10:59:59.000Z")
    assert (tip["source"], tip["text"], tip["area_id"], tip["logged_by"]) == ("zalo", row["text"], None, "zalo")


def test_it_keeps_groups_officers_and_followers_and_makes_no_tip_of_them(hooked: Post, stranger: TestClient) -> None:
    group = ZALO.tell("user_send_group_text", "Rõ", msg_id="m-1", recipient={"group_id": "g-1"})
    officer = ZALO.tell("user_send_text", "Đã đến", msg_id="m-2", sender={"id": "u-officer"})
    follower = ZALO.tell("follow", follower={"id": "u-9"})
    seen = ZALO.tell("user_seen_message", sender={"id": "u-9"})
    assert {tell(stranger, each) for each in (group, officer, follower, seen)} == {200}
    rows = [(row["event"], row["group_id"], row["user_id"], row["open_until_at"]) for row in heard(hooked, stranger)]
    (_, _, _, none), *written = rows
    assert none is None
    assert [row[:3] for row in rows] == [
        ("follow", None, "u-9"),
        ("user_send_text", None, "u-officer"),
        ("user_send_group_text", "g-1", "u-7"),
    ]
    assert all(row[3] for row in written)


def test_it_keeps_nothing_that_zalo_has_not_signed(hooked: Post, stranger: TestClient) -> None:
    raw, signed = ZALO.tell("user_send_text", "x", msg_id="m-1")
    mac = signed["X-ZEvent-Signature"].removeprefix("mac=")
    wrong = ({}, {"X-ZEvent-Signature": "mac="}, {"X-ZEvent-Signature": "mac=" + "0" * 64}, {"X-ZEvent-Signature": "é"})
    for headers in wrong:
        latin = {name: value.encode("latin-1") for name, value in headers.items()}
        assert stranger.post(HOOK, content=raw, headers=latin).status_code == 403
    for other in (raw + b" ", b"[]", b"{", b"[" * 5000, raw.replace(b"1773485999000", b"1773485999001")):
        assert tell(stranger, (other, signed)) == 403
    assert heard(hooked, stranger) == []
    assert tell(stranger, (raw, {"X-ZEvent-Signature": mac}), Origin="https://elsewhere.example") == 200


def test_it_answers_the_console_and_is_not_there_without_a_secret(post: Post, stranger: TestClient) -> None:
    assert stranger.post(HOOK, json={}).status_code == 404
    post.hook = ZaloHook(APP_ID, OA_SECRET_KEY)
    assert stranger.post(HOOK, json={}).status_code == 200
    assert stranger.post(HOOK, content=b"x" * 70_000).status_code == 413


def test_it_lets_zalo_come_again_where_nothing_could_be_kept(
    hooked: Post, stranger: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: object) -> None:
        raise StoreUnavailable("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(hooked, "write", full)
        assert tell(stranger, ZALO.tell("user_send_text", "x", msg_id="m-1")) == 503
    answers = [tell(stranger, ZALO.tell("user_send_text", "x", msg_id=f"m-{n}")) for n in range(A_MINUTE_OF_ONE)]
    assert answers == [200] * (A_MINUTE_OF_ONE - 1) + [503]
