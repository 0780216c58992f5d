from __future__ import annotations

from pathlib import Path

import pytest

from device_adapters.core.events import CALLS_FOR_HELP, AlarmKind
from monitor.errors import SettingsError
from monitor.inventory.action_plans import read_action_plans, steps_for
from monitor.inventory.kinds import EstablishmentKind
from monitor.settings import shipped

STEP = 'id = "look"\nvi = "Xem"\nen = "Look"\nblocks_closing = true\n'


def test_it_has_a_plan_for_every_call_for_help() -> None:
    assert read_action_plans(shipped("config/action_plans.toml")).keys() == CALLS_FOR_HELP


def test_it_asks_about_the_vault_only_where_there_is_one() -> None:
    plans = read_action_plans(shipped("config/action_plans.toml"))
    at_bank = {step.id for step in steps_for(plans, AlarmKind.HOLD_UP, EstablishmentKind.BANK)}
    elsewhere = {step.id for step in steps_for(plans, AlarmKind.HOLD_UP, None)}
    assert at_bank - elsewhere == {"vault"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"[[offline]]\n{STEP}", "no incident is opened for it"),
        (f"[[hold_up]]\n{STEP}[[hold_up]]\n{STEP}", "two steps are called look"),
        (f"[[hold_up]]\n{STEP}blocks = true\n", "blocks"),
        (f"[[robbery]]\n{STEP}", "robbery"),
        ("[[hold_up]\n", "not TOML"),
    ],
)
def test_it_says_what_is_wrong_with_a_plan(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "action_plans.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=told):
        read_action_plans(path)
