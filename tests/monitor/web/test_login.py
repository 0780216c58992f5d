from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from monitor.inventory.audit import EDIT
from monitor.journal.accounts import Role
from monitor.web.api import create_app
from monitor.web.login import own_path
from tests.monitor.web.post import PASSWORD, Post

NAME = "truc-ban"
OURS = {"Sec-Fetch-Site": "same-origin"}


def sign_in(client: TestClient, name: str = NAME, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/login", data={"name": name, "password": password, **more}, headers=OURS)


def at_address(browser: TestClient, address: str) -> TestClient:
    return TestClient(browser.app, client=(address, 50000), follow_redirects=False)


@pytest.fixture
def browser(post: Post, stranger: TestClient) -> TestClient:
    post.add_user(NAME, Role.DUTY_OFFICER)
    return stranger


def test_it_opens_a_session(browser: TestClient) -> None:
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/api/v1/alarms").status_code == 200


def test_it_keeps_the_cookie_from_scripts_and_other_sites(browser: TestClient) -> None:
    cookie = sign_in(browser).headers["set-cookie"]
    assert re.fullmatch(r"chuong_session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", cookie)


def test_it_binds_the_cookie_to_https_where_there_is_https(post: Post) -> None:
    post.add_user(NAME, Role.DUTY_OFFICER)
    app = create_app(post, post.feed)
    with TestClient(app, base_url="https://desk.example", follow_redirects=False) as browser:
        answer = sign_in(browser)
    assert answer.headers["set-cookie"].startswith("__Host-chuong_session=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "strict-transport-security" in answer.headers


def test_it_stores_no_token_in_clear(post: Post, browser: TestClient) -> None:
    sign_in(browser)
    token = browser.cookies["chuong_session"]
    with post.read() as connection:
        stored = connection.exec_driver_sql("SELECT token_hash FROM login_session").scalar_one()
    assert token not in stored
    assert len(stored) == 64


@pytest.mark.parametrize(("name", "password"), [(NAME, "wrong password"), ("nobody", PASSWORD), ("", "")])
def test_it_refuses_a_wrong_name_or_password_alike(browser: TestClient, name: str, password: str) -> None:
    answer = sign_in(browser, name, password)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_it_limits_guesses_at_one_name(post: Post, browser: TestClient) -> None:
    for _ in range(5):
        assert sign_in(browser, password="wrong").status_code == 401
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "12")
    post.clock.forward(12)
    assert sign_in(browser).status_code == 303


def test_it_lets_no_stranger_lock_an_officer_out(browser: TestClient) -> None:
    for _ in range(5):
        sign_in(at_address(browser, "192.0.2.1"), password="wrong")
    assert sign_in(at_address(browser, "192.0.2.1")).status_code == 429
    assert sign_in(at_address(browser, "192.0.2.2")).status_code == 303


def test_it_limits_guesses_at_one_name_from_everywhere(post: Post) -> None:
    post.settings = post.settings.model_copy(update={"login_attempts": 1})
    browser = TestClient(create_app(post, post.feed))
    for number in range(20):
        assert sign_in(at_address(browser, f"192.0.2.{number}")).status_code == 401
    assert sign_in(at_address(browser, "192.0.2.99")).status_code == 429


def test_it_knows_a_name_however_it_is_typed(post: Post, browser: TestClient) -> None:
    post.add_user("trực ban", Role.DUTY_OFFICER)
    assert sign_in(browser, unicodedata.normalize("NFD", " trực ban")).status_code == 303


def test_it_limits_guesses_from_one_address(browser: TestClient) -> None:
    for number in range(20):
        assert sign_in(browser, name=f"name-{number}").status_code == 401
    assert sign_in(browser).status_code == 429


def test_it_does_not_count_right_passwords(browser: TestClient) -> None:
    assert [sign_in(browser).status_code for _ in range(8)] == [303] * 8


def test_it_ends_a_session_at_logout(browser: TestClient) -> None:
    sign_in(browser)
    stolen = browser.cookies["chuong_session"]
    assert browser.post("/logout", headers=OURS).headers["location"] == "/login"
    assert "chuong_session" not in browser.cookies
    browser.cookies["chuong_session"] = stolen
    assert browser.get("/api/v1/alarms").status_code == 401


def test_it_ends_a_session_that_nobody_uses(post: Post, browser: TestClient) -> None:
    sign_in(browser)
    post.clock.forward(1801)
    assert browser.get("/api/v1/alarms").status_code == 401


def test_it_keeps_a_session_in_use(post: Post, browser: TestClient) -> None:
    sign_in(browser)
    for _ in range(3):
        post.clock.forward(1200)
        assert browser.get("/api/v1/alarms").status_code == 200


def test_it_ends_a_session_after_its_shift(post: Post, browser: TestClient) -> None:
    sign_in(browser)
    for _ in range(43):
        post.clock.forward(1000)
        assert browser.get("/api/v1/alarms").status_code == 200
    post.clock.forward(1000)
    assert browser.get("/api/v1/alarms").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_it_lets_no_other_site_use_the_cookie(post: Post, browser: TestClient, headers: dict[str, str]) -> None:
    sign_in(browser)
    alarm = post.press()
    answer = browser.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": 1}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (403, "foreign_site")


@pytest.mark.parametrize("headers", [OURS, {"Sec-Fetch-Site": "none"}, {"Origin": "http://testserver"}])
def test_it_lets_our_own_pages_use_the_cookie(post: Post, browser: TestClient, headers: dict[str, str]) -> None:
    sign_in(browser)
    alarm = post.press()
    answer = browser.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": 1}, headers=headers)
    assert answer.status_code == 200


def test_it_lets_no_other_site_sign_somebody_in(browser: TestClient) -> None:
    form = {"name": NAME, "password": PASSWORD}
    assert browser.post("/login", data=form, headers={"Origin": "http://evil.example"}).status_code == 403


def test_it_lets_a_token_act_without_a_browser_s_headers(post: Post, officer: TestClient) -> None:
    alarm = post.press()
    answer = officer.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": 1})
    assert answer.status_code == 200


def test_it_goes_on_to_the_page_that_was_wanted(browser: TestClient) -> None:
    assert browser.get("/api-keys?a=1").headers["location"] == "/login?next=/api-keys%3Fa%3D1"
    assert sign_in(browser, next="/somewhere?a=1").headers["location"] == "/somewhere?a=1"


def test_it_shows_no_login_to_who_is_signed_in(browser: TestClient) -> None:
    sign_in(browser)
    assert browser.get("/login?next=/wall").headers["location"] == "/wall"


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "evil", "", "/a\nb", "/\t/evil"],
)
def test_it_sends_nobody_elsewhere(target: str) -> None:
    assert own_path(target) == "/"


def test_it_writes_down_who_came_and_went(post: Post, browser: TestClient) -> None:
    sign_in(browser)
    browser.post("/logout", headers=OURS)
    sign_in(browser, password="a wrong password")
    assert noted(post) == [("truc-ban", "signed_in"), ("truc-ban", "signed_out"), ("truc-ban", "sign_in_failed")]


def test_it_does_not_write_down_a_name_that_nobody_has(post: Post, browser: TestClient) -> None:
    """It may be a password in the wrong field."""
    sign_in(browser, name="my secret password")
    assert noted(post) == [("", "sign_in_failed")]


def noted(post: Post) -> list[tuple[str, str]]:
    with post.store.read() as connection:
        return [(row.entity_id, row.change) for row in connection.execute(select(EDIT).order_by(EDIT.c.id))]
