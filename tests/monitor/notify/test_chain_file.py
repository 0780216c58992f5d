"""What is written wrongly in escalation.toml is told with its line, its key, and what may have been meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from device_adapters.core.events import AlarmKind
from monitor.errors import SettingsError
from monitor.notify.chain_file import read_chains
from monitor.notify.plan import read_plan
from monitor.settings import shipped

CHAINS = shipped("config/escalation.toml")
GOOD = """[chains]
call = [
  { after_s = 30, role = "second_officer" },
  { after_s = 60, role = "commander" },
]
[kinds]
hold_up = "call"
[[places]]
area = "DV-21"
[places.kinds]
hold_up = "call"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "escalation.toml"


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("{ after_s = 60,", "{ afters_s = 60,", 4, 'afters_s: nothing is called so here; did you mean "after_s"?'),
        ("after_s = 60", "after_s = -1", 4, "after_s: Input should be greater than or equal to 0"),
        ('hold_up = "call"\n[[', 'hold_up = "cal"\n[[', 7, 'there is no chain "cal"; did you mean "call"?'),
        ('hold_up = "call"\n[[', 'holdup = "call"\n[[', 7, 'no such kind of alarm; did you mean "hold_up"?'),
        ('kinds]\nhold_up = "call"\n', 'kinds]\nhold_up = "cull"\n', 7, 'there is no chain "cull"'),
        ('area = "DV-21"', 'aera = "DV-21"', 9, 'did you mean "area"?'),
        ('places.kinds]\nhold_up = "call"', 'places.kinds]\nhold_up = "kall"', 11, 'did you mean "call"?'),
        ("[[places]]", '[[places]]\narea = "DV-21"\nkinds = {}\n[[places]]', 12, "has chains of its own already"),
        ('role = "commander"', 'role = "comander"', 4, 'nobody holds "comander" in channels.toml; did you mean'),
        ("[kinds]", "[kinds", 6, "not TOML"),
    ],
)
def test_it_says_where_a_mistake_is_and_what_may_be_meant(
    path: Path, right: str, wrong: str, line: int, said: str
) -> None:
    path.write_text(GOOD.replace(right, wrong, 1))
    with pytest.raises(SettingsError) as refused:
        read_plan(path, shipped("config/channels.toml"))
    assert f"{path}, line {line}: " in refused.value.reason
    assert said in refused.value.reason


def test_it_reads_the_place_it_shows(path: Path) -> None:
    """What stands there as an example must work when the marks are taken away."""
    shown = CHAINS.read_text().partition("# Where a place")[2]
    far = re.sub(r"^# ", "", shown[shown.index("# call_far = [") :], flags=re.MULTILINE)
    place = re.sub(r"^# ", "", shown[shown.index("# [[places]]") : shown.index("#\n# [chains]")], flags=re.MULTILINE)
    path.write_text(CHAINS.read_text().replace("[chains]", f"[chains]\n{far}", 1) + place)
    chain = read_chains(path).elsewhere["DV-21"][AlarmKind.HOLD_UP]
    assert [(step.after_s, step.role, step.is_stopped) for step in chain] == [
        (0, "security_team", False), (30, "second_officer", True), (60, "commander", True),
    ]  # fmt: skip
