"""Dry runs that take long: whoever waits for one holds up nobody else, and not everybody may wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import pytest
from anyio import CapacityLimiter, create_task_group, run, to_thread
from starlette.testclient import TestClient

from monitor.errors import TooBusy
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.accounts import Role
from monitor.web.api import create_app
from monitor.web.import_previews import MOST_EACH, MOST_WAITING, Previews
from tests.fakes import FakeClock
from tests.monitor.inventory.imports.lists import bring
from tests.monitor.inventory.spreadsheets.workbooks import THIRTY
from tests.monitor.web.post import Post


class SlowClock(FakeClock):
    """Whoever measures a dry run waits in its middle."""

    def __init__(self) -> None:
        super().__init__()
        self.is_in_it, self.may_go_on = threading.Event(), threading.Event()

    def monotonic_s(self) -> float:
        self.is_in_it.set()
        assert self.may_go_on.wait(30)
        return super().monotonic_s()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Post]:
    post = Post(tmp_path)
    post.clock = SlowClock()
    yield post
    post.clock.may_go_on.set()
    post.store.close()


async def _waiting_for(post: Post, users: list[str], seen: list[str]) -> None:
    previews, batch_id = Previews(post), bring(post.store, THIRTY.read_bytes())

    async def ask(user: str) -> None:
        try:
            await previews.get(batch_id, user, EVERYWHERE)
            seen.append("tried")
        except TooBusy:
            seen.append("too busy")

    async with create_task_group() as together:
        for user in users:
            together.start_soon(ask, user)
        await to_thread.run_sync(post.clock.is_in_it.wait, limiter=CapacityLimiter(1))
        seen.append(f"{to_thread.current_default_thread_limiter().borrowed_tokens} threads")
        post.clock.may_go_on.set()


def asked(post: Post, users: list[str]) -> list[str]:
    seen: list[str] = []
    run(partial(_waiting_for, post, users, seen))
    return sorted(seen)


def test_it_takes_no_thread_from_others_and_lets_so_many_wait(slow: Post) -> None:
    seen = asked(slow, [f"operator-{number}" for number in range(40)])
    assert seen == ["0 threads", *["too busy"] * (40 - MOST_WAITING), *["tried"] * MOST_WAITING]


def test_it_leaves_room_for_others_where_one_asks_often(slow: Post) -> None:
    seen = asked(slow, ["operator-1"] * 10 + ["operator-2"])
    assert seen.count("tried") == MOST_EACH + 1


def test_it_says_when_to_come_again(slow: Post) -> None:
    token = slow.token(Role.OPERATOR)
    batch_id = bring(slow.store, THIRTY.read_bytes())
    with TestClient(create_app(slow, slow.feed)) as client, ThreadPoolExecutor(MOST_EACH + 1) as people:
        client.headers["Authorization"] = f"Bearer {token}"
        asking = [people.submit(client.get, f"/api/v1/imports/{batch_id}") for _ in range(MOST_EACH + 1)]
        refused = next(as_completed(asking)).result()  # the others wait
        slow.clock.may_go_on.set()
        answers = sorted(each.result().status_code for each in asking)
    assert (refused.status_code, refused.json()["error"], refused.headers["retry-after"]) == (429, "too_busy", "5")
    assert answers == [200] * MOST_EACH + [429]
