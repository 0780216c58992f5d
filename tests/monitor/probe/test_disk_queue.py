"""What waits for a receipt outlives a power cut, wherever it cuts."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from monitor.errors import StartError
from monitor.probe.disk_queue import DiskQueue, Kept


def a_kept(identity: str, *, is_press: bool = True) -> Kept:
    return Kept(identity, "anninh/v1/probe/pi/alarm/b", '{"note":"Tổ 3\\n"}', is_press, 1_795_249_530_000)


def ids(path: Path) -> list[str]:
    queue = DiskQueue(path)
    try:
        return [kept.id for kept in queue]
    finally:
        queue.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "queue"


def test_it_gives_back_what_was_kept_word_by_word(path: Path) -> None:
    queue = DiskQueue(path)
    assert queue.keep(a_kept("one"))
    queue.close()
    assert list(DiskQueue(path)) == [a_kept("one")]


def test_it_forgets_what_the_monitor_has(path: Path) -> None:
    queue = DiskQueue(path)
    for identity in ("one", "two"):
        queue.keep(a_kept(identity))
    assert queue.done("one")
    assert not queue.done("one")
    queue.close()
    assert ids(path) == ["two"]


def test_it_loses_nothing_before_a_torn_tail_wherever_it_is_torn(path: Path, tmp_path: Path) -> None:
    queue = DiskQueue(path)
    sizes = []
    for identity in ("one", "two"):
        queue.keep(a_kept(identity))
        sizes.append(path.stat().st_size)
    queue.close()
    content, cut = path.read_bytes(), tmp_path / "cut"
    for length in range(len(content) + 1):
        cut.write_bytes(content[:length])
        whole = sum(size <= length + 1 for size in sizes)  # the end of a line says nothing that its sum does not
        assert ids(cut) == ["one", "two"][:whole]


def test_it_keeps_a_press_behind_a_torn_tail(path: Path) -> None:
    queue = DiskQueue(path)
    queue.keep(a_kept("one"))
    queue.close()
    with path.open("ab") as file:
        file.write(b'1234abcd {"keep":"tw')
    queue = DiskQueue(path)
    assert queue.spoilt == 1
    queue.keep(a_kept("three"))
    queue.close()
    assert ids(path) == ["one", "three"]


@pytest.mark.parametrize("position", [0, 9, 40])
def test_it_loses_only_the_line_that_a_worn_card_gives_back_wrong(path: Path, position: int) -> None:
    queue = DiskQueue(path)
    for identity in ("one", "two"):
        queue.keep(a_kept(identity))
    queue.close()
    content = bytearray(path.read_bytes())
    content[position] ^= 0x01
    path.write_bytes(content)
    assert ids(path) == ["two"]


def test_it_says_kept_only_when_the_disk_has_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue, flushed_b = DiskQueue(path), list[int]()
    monkeypatch.setattr(os, "fdatasync", lambda file: flushed_b.append(os.fstat(file).st_size))
    assert queue.keep(a_kept("one"))
    assert flushed_b == [path.stat().st_size]


def test_it_still_has_a_press_that_the_disk_did_not_take_at_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(file: int) -> None:
        os.ftruncate(file, 0)  # what was not flushed may be gone, and what stood beside it
        raise OSError(errno.EIO, "Input/output error")

    queue = DiskQueue(path)
    queue.keep(a_kept("one"))
    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", fails)
        assert not queue.keep(a_kept("two"))
    assert queue.find("two") is not None
    queue.mend()
    queue.close()
    assert ids(path) == ["one", "two"]


def test_it_gives_up_an_event_before_any_press(path: Path) -> None:
    queue = DiskQueue(path, capacity=2)
    for kept in (a_kept("press"), a_kept("event", is_press=False), a_kept("second press")):
        queue.keep(kept)
    assert [kept.id for kept in queue] == ["press", "second press"]


def test_it_does_not_grow_for_ever(path: Path) -> None:
    queue = DiskQueue(path)
    for number in range(3000):
        queue._kept[str(number)] = a_kept(str(number))  # without the flush, for speed
        queue.done(str(number))
        queue._append(b"x" * 200 + b"\n")
    assert path.stat().st_size < 300_000


def test_it_belongs_to_one_process(path: Path) -> None:
    queue = DiskQueue(path)
    with pytest.raises(StartError, match="another probe"):
        DiskQueue(path)
    queue.close()
