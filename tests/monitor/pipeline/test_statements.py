"""What a press asks of the store: each statement is a round that an officer waits for."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine, event

from tests.monitor.conftest import Post

MOST = 7  # begin; is it known; the live alarm; its row; its turn; the event; as it is told


def press(post: Post, number: int) -> None:
    post.clock.forward(1)
    at_ms = round(post.clock.now().timestamp() * 1000)
    body = {"v": 1, "id": str(UUID(int=number)), "kind": "alarm", "input": "panic", "ts": at_ms, "boot": "b"}
    post.receive("anninh/v1/bell/bell-1/alarm", body)


def test_it_writes_a_press_in_few_statements(bell: Post) -> None:
    press(bell, 1)
    said: list[str] = []

    def note(_link: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        press(bell, 2)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert [alarm["presses"] for alarm in bell.alarms()] == [2]
    assert len(said) <= MOST, said
