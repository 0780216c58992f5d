from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from monitor.web.static_files import icon, static


def test_it_shows_the_desk_to_who_is_signed_in(officer: TestClient) -> None:
    answer = officer.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_it_speaks_vietnamese_first(stranger: TestClient) -> None:
    assert '<html lang="vi"' in stranger.get("/login").text


def test_it_keeps_the_language_that_was_chosen(stranger: TestClient) -> None:
    assert '<html lang="en"' in stranger.get("/login?lang=en").text
    assert stranger.cookies["lang"] == "en"
    assert '<html lang="en"' in stranger.get("/login").text


def test_it_keeps_the_theme_that_was_chosen(stranger: TestClient) -> None:
    stranger.get("/login?theme=dark")
    assert 'data-theme="dark"' in stranger.get("/login").text


@pytest.mark.parametrize("choice", ["lang=fr", "lang=%22%3E%3Cscript%3E", "theme=pink"])
def test_it_keeps_only_choices_there_are(stranger: TestClient, choice: str) -> None:
    assert "set-cookie" not in stranger.get(f"/login?{choice}").headers


def test_it_escapes_what_people_typed(stranger: TestClient) -> None:
    answer = stranger.post("/login", data={"name": "<script>alert(1)</script>", "password": "x"})
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


@pytest.mark.parametrize("path", ["/login", "/"])
def test_it_writes_no_script_or_style_into_a_page(officer: TestClient, path: str) -> None:
    text = officer.get(path).text
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text


def test_it_names_the_content_of_a_file_in_its_address(stranger: TestClient) -> None:
    address = static("icon.svg")
    answer = stranger.get(address)
    assert answer.status_code == 200
    assert "?v=" in address
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_it_asks_again_for_a_file_without_a_hash(stranger: TestClient) -> None:
    address = static("icon.svg").partition("?")[0]
    assert stranger.get(address).headers["cache-control"] == "no-cache"


def test_it_leaves_a_missing_icon_out() -> None:
    assert icon("no-such-icon") == ""
    assert icon("../../../pyproject") == ""
