"""Services that people are told by, as local servers, and a store to settle in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection

from monitor.journal.database import Store
from monitor.notify.channel_settings import Zalo
from monitor.notify.message import Message
from tests.fake_services import FakeService
from tests.fake_zalo import APP_ID, SECRET_KEY, SEED, FakeZalo
from tests.monitor.conftest import Post

T = TypeVar("T")
FACTS = {
    "id": 1,
    "kind": "hold_up",
    "kind_text": "BÁO ĐỘNG CƯỚP",
    "priority": 1,
    "device_id": "BELL-1",
    "device_name": "Chuông 1",
    "place": "Quỹ tín dụng",
    "position": None,
    "group_id": "DV-04",
    "raised_at": "2026-03-14T11:52:00.000Z",
}


class StoreDesk:
    """One writer, as in the monitor: whoever comes second waits."""

    def __init__(self, store: Store) -> None:
        self._store, self._one = store, threading.Lock()

    def read(self) -> AbstractContextManager[Connection]:
        return self._store.read()

    def write(self, work: Callable[[Connection], T]) -> T:
        with self._one, self._store.transaction() as tx:
            return work(tx)


def a_message(address: str = "u-1", **given: Any) -> Message:
    plain = {"tracking_id": "duty-1", "code": "BD-260314-0001", "text": "BÁO ĐỘNG CƯỚP\nMã BD-260314-0001"}
    return Message(**{**plain, "address": address, "facts": FACTS, "is_repeat": False, **given})


def account_of(zalo: FakeZalo, seed: str = SEED) -> Zalo:
    return Zalo(
        app_id=APP_ID,
        secret_key=SecretStr(SECRET_KEY),
        refresh_token=SecretStr(seed),
        oauth_url=zalo.url,
        api_url=zalo.url,
        business_url=zalo.url,
        timeout_s=1.5,
    )


@pytest.fixture
def zalo() -> Iterator[FakeZalo]:
    with FakeZalo() as zalo:
        yield zalo


@pytest.fixture
def service() -> Iterator[FakeService]:
    with FakeService() as service:
        yield service


@pytest.fixture
def desk(post: Post) -> StoreDesk:
    return StoreDesk(post.store)
