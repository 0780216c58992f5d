"""The same story over a real broker to a real monitor process, and the clock both read."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from monitor.errors import ChuongError
from monitor.scenario.paced_clock import Pace, PacedClock, pieces_of
from monitor.scenario.paced_monitor import SetClock
from monitor.scenario.running import run, wire
from monitor.scenario.switches import Switches
from simulator.scenario.reading import parse
from tests.fakes import FakeClock

STORY = """\
[scenario]
id = "over-the-wire"
title_vi = "Qua mạng thật"
lasts = "PT3S"

[[device]]
id = "BELL-1"
class = "bell"

[[step]]
at = "PT1S"
do = "press"
device = "BELL-1"
repeat = 2
duplicate_publish = 1

[[step]]
at = "PT4S"
do = "ack"

[[want]]
within = ["PT1S", "PT12S"]
alarm = { device = "BELL-1", state = "ACKNOWLEDGED", presses = 2, duplicates = 2 }

[[want]]
within = ["PT4S", "PT12S"]
screen = { text = "Đã tiếp nhận" }

[[want]]
within = ["PT1S", "PT5S"]
screen = { text = "Chưa ai viết câu này" }

[[want]]
within = ["PT1S", "PT12S"]
count = { of = "bells_waiting", equals = 0 }
"""


def test_it_plays_a_story_over_the_wire(tmp_path: Path) -> None:
    file = tmp_path / "story.toml"
    file.write_text(STORY, encoding="utf-8")
    said: list[str] = []
    outcome = run(file, "wire", tmp_path / "kept", said.append)
    missed = [each.expected for each in outcome.verdicts if not each.is_met]
    assert missed == ["screen text Chưa ai viết câu này, page /, is_shown True"], f"{outcome.error}\n{outcome.table()}"
    assert (tmp_path / "kept" / "over-the-wire" / "want-2-desk.png").stat().st_size > 10_000
    assert said[:1] == ["press BELL-1"]


def test_it_sets_the_clock_of_a_monitor_in_another_process(tmp_path: Path) -> None:
    pace = Pace(datetime(2026, 3, 14, 11, 30, tzinfo=UTC), 0.0, ((0.0, 1.0),))
    clock = SetClock(pace, Switches(tmp_path / "switches"))
    before_at = clock.now()
    Switches(tmp_path / "switches").set_clock_by(3600)
    assert 3600 <= (clock.now() - before_at).total_seconds() < 3660


def test_it_lets_no_commit_through_while_the_disk_is_full(tmp_path: Path) -> None:
    here, there, clock = Switches(tmp_path / "switches"), Switches(tmp_path / "switches"), FakeClock()
    here.refuse_commit(clock)
    here.fill_disk_until(clock.monotonic_s() + 5)
    with pytest.raises(OperationalError, match="disk is full"):
        there.refuse_commit(clock)
    clock.forward(5)
    there.refuse_commit(clock)


def test_it_says_what_to_install_where_no_browser_can_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright", None)
    with pytest.raises(ChuongError, match="pip install playwright, then playwright install chromium"):
        wire(parse(STORY, "story.toml"), tmp_path, str)


def test_it_runs_at_the_pace_of_the_world_around_what_happens() -> None:
    story = parse(STORY.replace("PT4S", "PT200S").replace("PT12S", "PT300S"), "story.toml")
    pieces = pieces_of(story, 8, 10)
    assert [(at, speed) for at, speed in pieces] == [(0, 1), (23, 8), (207, 1), (222, 8)]
    world = FakeClock()
    start = datetime(2026, 3, 14, 11, 30, tzinfo=UTC)
    clock = PacedClock(Pace.read(Pace(start, 5.0, pieces).written()), world)
    assert clock.monotonic_s() == -5
    world.forward(5 + 23 + 10)
    assert clock.monotonic_s() == pytest.approx(23 + 80)
    assert (clock.now() - start).total_seconds() == pytest.approx(103)
    world.forward(13 + 2)
    assert clock.monotonic_s() == pytest.approx(209)
