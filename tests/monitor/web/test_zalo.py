"""Authorising Zalo in the browser: there with a word, back with a code, and the keys are in the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from monitor.journal.channel_tokens import token_pair
from monitor.machines.delivery import Outcome
from monitor.notify.channel_settings import Zalo
from monitor.notify.zalo_account import ZaloAccount
from monitor.notify.zalo_authorise import CODE_LASTS, ZaloAuthorisation
from monitor.notify.zalo_keys import ACCOUNT, ZaloKeys
from tests.fake_zalo import FakeZalo
from tests.monitor.notify.conftest import StoreDesk, account_of
from tests.monitor.web.post import Post


@pytest.fixture
def zalo() -> Iterator[FakeZalo]:
    with FakeZalo() as zalo:
        yield zalo


@pytest.fixture
def settings(zalo: FakeZalo) -> Zalo:
    return account_of(zalo, "").model_copy(update={"callback_url": "https://post.example/zalo/callback"})


@pytest.fixture
def keys(post: Post, settings: Zalo) -> ZaloKeys:
    keys = ZaloKeys(settings, StoreDesk(post.store), post.clock)
    post.authorisation = ZaloAuthorisation(settings, keys, post.clock)
    return keys


@pytest.fixture
def door(post: Post, stranger: TestClient) -> TestClient:
    stranger.headers["Authorization"] = f"Bearer {post.token(Role.COMMANDER)}"
    return stranger


def go(door: TestClient, zalo: FakeZalo) -> dict[str, str]:
    return zalo.permit(door.post("/api/v1/zalo/authorise").json()["address"])


def back(door: TestClient, given: dict[str, str]) -> str:
    return str(door.get("/zalo/callback", params=given).headers["location"])


def test_it_authorises_an_account_that_nobody_has(
    post: Post, door: TestClient, zalo: FakeZalo, keys: ZaloKeys, settings: Zalo
) -> None:
    account = ZaloAccount(settings, keys)
    assert account.check().outcome is Outcome.OPERATOR
    (never,) = door.get("/api/v1/channels").json()["accounts"]
    assert (never["fault"], never["needs_person"]) == ("never authorised", True)
    given = go(door, zalo)
    assert back(door, given) == "/duties?zalo=authorised"
    assert account.check().outcome is Outcome.DELIVERED
    with post.store.read() as connection:
        assert token_pair(connection, ACCOUNT) is not None
        (told,) = door.get("/api/v1/channels").json()["accounts"]
    assert (told["fault"], told["needs_person"]) == (None, False)
    # A second time it is worth nothing, and a new start reads what is stored.
    assert back(door, given) == "/duties?zalo=unknown_state"
    assert ZaloAccount(settings, ZaloKeys(settings, StoreDesk(post.store), post.clock)).check().outcome is (
        Outcome.DELIVERED
    )


def test_it_takes_no_code_of_somebody_else_or_too_late(
    post: Post, door: TestClient, zalo: FakeZalo, keys: ZaloKeys
) -> None:
    given = go(door, zalo)
    other = {"Authorization": f"Bearer {post.token(Role.ADMINISTRATOR)}"}
    assert door.get("/zalo/callback", params=given, headers=other).headers["location"].endswith("unknown_state")
    given = go(door, zalo)
    post.clock.forward((CODE_LASTS + timedelta(seconds=1)).total_seconds())
    assert back(door, given) == "/duties?zalo=unknown_state"
    assert back(door, go(door, zalo) | {"code": "guessed"}) == "/duties?zalo=not_exchanged"
    assert zalo.refreshes == 0
    assert keys.fault is None


def test_it_says_that_there_is_no_account(door: TestClient) -> None:
    assert door.post("/api/v1/zalo/authorise").status_code == 404
