"""A shift and its receipts are in the store: a restart in the middle of a hand-over changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.exc import DBAPIError

from monitor.inventory.territory import EVERYWHERE
from monitor.journal.shifts import current_shift, duty_log, shift_json
from monitor.machines.shift import Taking
from monitor.pipeline.shifts import ShiftAct, Taken, hand_over, take
from monitor.reports.open_items import open_items
from monitor.reports.shift_lines import happened
from tests.monitor.conftest import Post
from tests.monitor.pipeline.test_duties import BUTTON, PRESS


def take_over(post: Post, officer: str, seen: tuple[int, int] | None) -> int:
    now = post.clock.now()
    with post.store.transaction() as tx:
        items = open_items(tx, EVERYWHERE, now)
        return take(tx, Taken(Taking(officer, has_read_back=True, is_heard=True), "", "screen-1", seen, items), now)


def test_it_goes_on_after_a_restart_between_hand_over_and_read_back(button: Post, reborn: Callable[[], Post]) -> None:
    shift_id = take_over(button, "ca-ngay", None)
    button.clock.forward(60)
    button.receive(BUTTON, PRESS)
    with button.store.transaction() as tx:
        hand_over(tx, ShiftAct(shift_id, 1, "ca-ngay", ""), "Chuông còn kêu", button.clock.now())
    again = reborn()
    again.clock.forward(60)
    night = take_over(again, "ca-dem", (shift_id, 2))
    with again.store.read() as connection:
        told = shift_json(current_shift(connection, "") or {})
        lines, _ = duty_log(connection, "")
        assert happened(connection, EVERYWHERE, again.clock.now(), again.clock.now(), "vi") == [
            "Không có báo động, không có mất kết nối diện rộng"
        ]
    assert (told["id"], told["officer"], told["items"]["alarms"]["n"]) == (night, "ca-dem", 1)
    assert [(each["shift_id"], each["kind"]) for each in lines[::-1]] == [
        (shift_id, "sound_heard"), (shift_id, "taken"), (shift_id, "handed_over"), (shift_id, "relieved"),
        (night, "sound_heard"), (night, "taken"),
    ]  # fmt: skip
    with pytest.raises(DBAPIError, match="only ever added to"), again.store._writer.begin() as connection:
        connection.exec_driver_sql("UPDATE shift_entry SET kind = 'x'")
