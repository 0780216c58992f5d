"""Several incidents in the centre of one plan: nobody is told twice, and none waits for what fails of another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from monitor.pipeline import layer_log
from tests.monitor.conftest import Post
from tests.monitor.pipeline import test_layers
from tests.monitor.pipeline.test_incidents import acknowledged, incidents, press
from tests.monitor.pipeline.test_layers import act, told, unit, verified

STORES = ("sqlite",)
clock, town = test_layers.clock, test_layers.town


def second_bell(town: Post) -> dict[str, Any]:
    town.register("bell-2", alarm_kind="hold_up", area_id=unit(town, "Phường Tây Sơn"))
    press(town, "bell-2")
    return acknowledged(town, incidents(town)[0])


def test_it_warns_nobody_twice_when_two_incidents_become_one(town: Post) -> None:
    first = verified(town)
    town.wait(2)
    second = second_bell(town)
    root = town.incidents.merge(act(next(each for each in incidents(town) if each["id"] == first["id"])), second["id"])
    town.incidents.assess(act(root), 4)
    town.wait(2)
    assert [role for role, _state in told(town)] == ["layer_3"] * 3
    town.layers.cancel(act(root))
    assert not town.layers.failed_at


def test_it_warns_for_the_next_though_one_cannot_be_written(town: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    plans_around = layer_log.plans_around

    def broken(tx: Any, alarm_id: int, at: datetime) -> Any:
        return {}["a bug"] if alarm_id == 1 else plans_around(tx, alarm_id, at)

    monkeypatch.setattr(layer_log, "plans_around", broken)
    verified(town)
    town.incidents.assess(act(second_bell(town)), 4)
    town.wait(2)
    assert town.layers.failed_at
    assert [role for role, _state in told(town)] == ["layer_3"] * 3
