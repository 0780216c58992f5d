"""What an account likes of its screens follows it to every browser; and nobody acts under another's name."""

from __future__ import annotations

from urllib.parse import quote

from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from tests.monitor.web.post import PASSWORD

OURS = {"Sec-Fetch-Site": "same-origin"}


def sign_in(client: TestClient, name: str) -> None:
    answer = client.post("/login", data={"name": name, "password": PASSWORD}, headers=OURS)
    assert answer.status_code == 303, answer.text


def test_it_is_what_the_browser_says_until_somebody_chooses(officer: TestClient) -> None:
    told = officer.get("/api/v1/profile").json()
    assert told == {"language": None, "theme": None, "letters_off": False, "tour_seen": False}


def test_it_keeps_each_choice_beside_the_others(officer: TestClient) -> None:
    officer.post("/api/v1/profile", json={"theme": "dark"})
    officer.post("/api/v1/profile", json={"letters_off": True})
    told = officer.post("/api/v1/profile", json={"tour_seen": True}).json()
    assert told == {"language": None, "theme": "dark", "letters_off": True, "tour_seen": True}


def test_it_takes_no_theme_that_there_is_not(officer: TestClient) -> None:
    assert officer.post("/api/v1/profile", json={"theme": "pink"}).status_code == 422


def test_it_is_applied_at_sign_in(officer: TestClient) -> None:
    officer.post("/api/v1/profile", json={"language": "en", "theme": "dark", "letters_off": True})
    del officer.headers["Authorization"]
    sign_in(officer, Role.DUTY_OFFICER.value)
    assert {name: officer.cookies.get(name) for name in ("lang", "theme", "letters")} == {
        "lang": "en", "theme": "dark", "letters": "off",
    }  # fmt: skip
    page = officer.get("/profile").text
    assert 'lang="en" data-theme="dark"' in page


def test_it_refuses_an_act_under_the_name_of_who_was_there_before(officer: TestClient) -> None:
    shown = {"X-Acting-As": quote("Trực ban ca ngày")}
    answer = officer.post("/api/v1/profile", json={"theme": "dark"}, headers=shown)
    assert (answer.status_code, answer.json()["error"]) == (409, "signed_in_anew")
    assert officer.get("/api/v1/profile", headers=shown).json()["theme"] is None


ANOTHER = "another long password"


def test_it_takes_a_new_password_from_who_knows_the_old_one(officer: TestClient) -> None:
    """This browser stays signed in, every other one of the account does not."""
    del officer.headers["Authorization"]
    with TestClient(officer.app, follow_redirects=False) as elsewhere:
        for browser in (elsewhere, officer):
            sign_in(browser, Role.DUTY_OFFICER.value)
        given = {"current": PASSWORD, "password": ANOTHER}
        assert officer.post("/api/v1/profile/password", json=given, headers=OURS).status_code == 204
        assert officer.get("/api/v1/profile").status_code == 200
        assert elsewhere.get("/api/v1/profile").status_code == 401
    again = officer.post("/login", data={"name": Role.DUTY_OFFICER.value, "password": PASSWORD}, headers=OURS)
    assert again.status_code == 401


def test_it_keeps_the_password_against_who_does_not_know_it(officer: TestClient) -> None:
    given = {"current": "some password", "password": ANOTHER}
    answers = [officer.post("/api/v1/profile/password", json=given) for _ in range(6)]
    assert (answers[0].status_code, answers[0].json()["error"]) == (409, "wrong_password")
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
