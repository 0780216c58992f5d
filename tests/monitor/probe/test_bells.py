"""Buttons: levels and lines, and what becomes of them."""

from __future__ import annotations

import pytest

from monitor.probe.bells import Level, Lines


def words(level: Level, looks: str) -> list[str]:
    return [word for each in looks if (word := level.look(each.encode() + b"\n")) is not None]


def test_it_hears_a_press_and_its_end() -> None:
    assert words(Level(is_active_low=False), "0011100") == ["press", "release"]


def test_it_hears_every_press_of_several() -> None:
    assert words(Level(is_active_low=False), "011001100110") == ["press", "release"] * 2 + ["press"]


def test_it_takes_a_spark_for_none() -> None:
    assert words(Level(is_active_low=False), "00100101000") == []


def test_it_hears_a_button_that_pulls_down() -> None:
    assert words(Level(is_active_low=True), "11001") == ["press"]


def test_it_rings_for_a_button_that_is_held_when_it_starts() -> None:
    assert words(Level(is_active_low=False), "11") == ["press"]


@pytest.mark.parametrize("content", [b"", b"x"])
def test_it_takes_what_is_no_level_for_a_fault(content: bytes) -> None:
    with pytest.raises(ValueError, match="int"):
        Level(is_active_low=False).look(content)


def test_it_reads_lines_in_whatever_pieces_they_come() -> None:
    taken: list[str] = []
    lines = Lines(taken.append)
    for piece in (b"pr", b"ess\nrele", b"ase\r\n\n PRESS \n", b"te"):
        lines.feed(piece)
    assert taken == ["press", "release", "press"]


def test_it_waits_for_no_end_of_a_line_that_is_too_long() -> None:
    taken: list[str] = []
    Lines(taken.append).feed(b"x" * 300)
    assert len(taken) == 1
