"""Accounts and the audit journal: an account is added on one page, and the other says who did it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.inventory_post import Inventory, commune_inventory
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations


@pytest.fixture(scope="module")
def lasting_accounts(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("accounts"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_accounts: Inventory) -> Iterator[Inventory]:
    yield lasting_accounts
    lasting_accounts.close_pages()


def test_it_adds_an_account_that_the_journal_tells_of(post: Inventory) -> None:
    page = post.visit("/users")
    page.get_by_role("button", name="Thêm tài khoản").click()
    page.fill("[name=name]", "ca-dem")
    page.fill("[name=password]", "long enough")
    page.select_option("[name=role]", "duty_officer")
    page.click("#change-go")
    row = page.locator("[data-user=ca-dem]")
    expect(row).to_contain_text("Chưa đăng nhập")
    page.locator("[data-user=administrator]").get_by_role("button", name="Đóng hẳn").click()
    page.click("#change-go")
    expect(page.locator("#change-problem")).to_contain_text("only administrator")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("nhat ky he")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{post.url}/audit")
    page.fill("[name=entity]", "user_account")
    page.fill("[name=entity_id]", "ca-dem")
    page.keyboard.press("Enter")
    expect(page.locator("#rows tr")).to_have_count(1)
    expect(page.locator("#rows tr")).to_contain_text("added")
    page.click("#check")
    expect(page.locator("#chain")).to_contain_text("Chuỗi nguyên vẹn")


@in_every_look
@pytest.mark.parametrize("path", ["users", "audit"])
def test_it_can_be_read_by_everybody(post: Inventory, size: str, theme: str, path: str) -> None:
    page = post.visit(f"/{path}", SIZES[size], theme=theme)
    expect(page.locator("#rows tr").first).to_be_visible()
    # A hundred lines look alike: a few of them tell as much.
    page.evaluate("document.querySelectorAll('#rows tr:nth-child(n+8)').forEach(each => each.remove())")
    keep_picture(page, f"{path}-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0
