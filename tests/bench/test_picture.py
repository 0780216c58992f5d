"""The page and the picture that a run of the bench becomes."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tests.bench.engine import judge
from tests.bench.picture import draw, panels, table

_BEAT, _MEMORY = "a heartbeat, from its bytes to the device's mark, µs", "resident memory for a device, bytes"
_SIZE = {_BEAT: 20.0, "of those that fell silent, found OFFLINE": 1.0, _MEMORY: 500.0}
_SIZE |= {"OFFLINE after its deadline, at the latest, s": 0.5}
TOLD = {
    "cores": 2,
    "screens": {"1": {"core": 0.01}, "500": {"core": 0.2, "sent": 10, "least_seen": 10}},
    "growth": {"10000": _SIZE, "1000000": _SIZE | {_BEAT: 60.0}},
}


def test_it_says_what_is_over_its_limit() -> None:
    assert [each.name for each in judge(TOLD) if not each.is_kept] == ["500 screens, 200 events a second, % of a core"]
    rows = [row for row in "\n".join(table(TOLD)).splitlines() if "missed" in row]
    assert rows == ["| 500 screens, 200 events a second, % of a core | 20 | 15 | missed |"]


def test_it_draws_a_bar_for_each_figure() -> None:
    picture = ET.fromstring(draw(list(panels(TOLD))))
    assert len(picture.findall("{*}rect")) == 2 + 2 + 2


def test_it_sets_sizes_beside_each_other() -> None:
    assert "| growth | 10,000 devices | 1,000,000 devices |" in "\n".join(table(TOLD))
