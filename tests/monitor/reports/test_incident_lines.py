from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from device_adapters.core.events import CALLS_FOR_HELP
from monitor.reports.incident_lines import Handled, incident_line

AT = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)


def case(acknowledged_s: float | None = 20, on_scene_s: float | None = 310) -> Handled:
    moments = [None if each is None else AT + timedelta(seconds=each) for each in (acknowledged_s, on_scene_s)]
    return Handled(AT, *moments)


def test_it_says_the_line_of_the_brief() -> None:
    line = incident_line("hold_up", [case()], "vi")
    assert line == "Báo động cướp: 1 vụ, tiếp nhận sau 20 giây, có mặt sau 5 phút 10 giây"


@pytest.mark.parametrize(
    ("cases", "line"),
    [
        ([case(None, None)], "Báo động cướp: 1 vụ"),
        ([case(0.4, None)], "Báo động cướp: 1 vụ, tiếp nhận sau 0 giây"),
        ([case(60, 3600)], "Báo động cướp: 1 vụ, tiếp nhận sau 1 phút, có mặt sau 1 giờ"),
        (
            [case(10), case(20), case(90), case(30)],
            "Báo động cướp: 4 vụ, tiếp nhận sau 30 giây, có mặt sau 5 phút 10 giây",
        ),
        ([], "Báo động cướp: 0 vụ"),
    ],
)
def test_it_says_what_is_known(cases: list[Handled], line: str) -> None:
    assert incident_line("hold_up", cases, "vi") == line


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_has_a_word_for_every_call_for_help(lang: str) -> None:
    assert len({incident_line(kind, [], lang) for kind in CALLS_FOR_HELP}) == len(CALLS_FOR_HELP)
