"""The page of duties: texts copied by hand, what reached nobody, how every way is, and a key that ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from monitor.journal.channel_tokens import AUTHORISED_FOR, TokenPair, keep_token_pair
from monitor.journal.duties import add_duties
from tests.desk.inventory_post import Inventory, commune_inventory
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations


def a_duty(post: Any, alarm_id: int, **given: Any) -> dict[str, Any]:
    now = post.clock.now()
    plain = {"alarm_id": alarm_id, "code": "BD-260314-0001", "kind": "hold_up", "priority": 1, "role": "commander"}
    ways = {"recipient": "Nhóm chỉ huy", "channel": "copy", "address": "0912345678", "otherwise": [], "facts": {}}
    times = dict.fromkeys(("decided_at", "due_at", "next_at"), now)
    return {**plain, **ways, **times, "text": "BÁO ĐỘNG CƯỚP\nMã BD-260314-0001", "is_stopped_by_ack": True, **given}


@pytest.fixture(scope="module")
def lasting_duties(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("duties"), browser) as inventory:
        post = inventory.post
        alarm_id = post.press("BELL-DV-001")["id"]
        taken_at = post.clock.now() - AUTHORISED_FOR + timedelta(days=3)
        pair = TokenPair(access_token="a", refresh_token="b", taken_at=taken_at, expires_at=taken_at, seed_digest="")
        dead = {"state": "DEAD", "recipient": "Ban chỉ đạo", "last_answer": "error -211 Out of quota"}
        with post.store.transaction() as tx:
            keep_token_pair(tx, "zalo", pair)
            add_duties(tx, [a_duty(post, alarm_id, state="BY_HAND")])
            add_duties(tx, [a_duty(post, alarm_id, is_repeat=True, **dead)])
        yield inventory


@pytest.fixture
def post(lasting_duties: Inventory) -> Iterator[Inventory]:
    yield lasting_duties
    lasting_duties.close_pages()


@in_every_look
def test_it_can_be_read_by_everybody(post: Inventory, size: str, theme: str) -> None:
    page = post.visit("/duties", SIZES[size], theme=theme)
    expect(page.locator("#duties li")).to_have_count(2)
    keep_picture(page, f"duties-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0


def test_it_says_on_every_page_what_stands_in_the_way(post: Inventory) -> None:
    page = post.visit("/shift")
    expect(page.locator("#dead-duties")).to_have_text("1")
    expect(page.locator("#telling-strip")).to_contain_text("Phiên Zalo hết hạn ngày")
    keep_picture(page, "telling-strip")
    assert violations(page) == []
    page.locator("#telling-strip a").click()
    expect(page.locator("#authorise")).to_be_visible()
    expect(page.locator("#telling-strip")).to_have_count(0)


def test_it_passes_a_text_on_by_hand_and_sends_again(post: Inventory) -> None:
    page = post.visit("/duties")
    expect(page.locator("#summary")).to_have_text("Chờ gửi tay: 1 · không tới ai: 1 · đang chờ gửi: 0 · kênh lỗi: 0")
    expect(page.locator("#authorise p")).to_have_text(
        re.compile(r"Phiên Zalo hết hạn ngày \d\d/\d\d/\d{4} – cần cấp lại")
    )
    expect(page.locator("#ways")).to_contain_text("Sao chép và gửi tay · copy")
    by_hand = page.locator("#duties li", has_text="Nhóm chỉ huy")
    expect(by_hand).to_contain_text("Nhóm thường: sao chép và gửi tay")
    by_hand.get_by_role("button", name="Sao chép nội dung Zalo").click()
    expect(by_hand.get_by_role("button", name="Đã gửi tay")).to_be_focused()
    page.keyboard.press("Enter")
    expect(by_hand).to_contain_text("Đã gửi")
    dead = page.locator("#duties li.dead")
    expect(dead).to_contain_text("Có thể lặp lại")
    expect(dead).to_contain_text("error -211 Out of quota")
    assert "0912345678" not in page.content()
    dead.get_by_role("button", name="Gửi lại").click()
    expect(dead).to_have_count(0)
    page.get_by_role("button", name="Đang chờ").click()
    expect(page.locator("#duties li")).to_have_count(1)
    page.locator("[data-act=test]").click()
    expect(page.locator("#ways")).to_contain_text("Tự thử lúc")
