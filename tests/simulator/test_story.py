"""The story keeps a pace people can follow."""

from __future__ import annotations

from itertools import pairwise

from simulator.commune import load
from simulator.story import ROUND_S, Deed, steps


def test_it_begins_with_the_credit_fund() -> None:
    first = steps(0)[0]
    assert (first.at_s, first.deed, first.device_id) == (0, Deed.HOLD_UP, "BELL-DV-009")


def test_it_tells_everything_in_each_round_in_order() -> None:
    for round_no in range(8):
        assert {step.deed for step in steps(round_no)} == set(Deed)
        assert [step.at_s for step in steps(round_no)] == sorted(step.at_s for step in steps(round_no))


def test_it_holds_up_another_establishment_each_round() -> None:
    where = {button.device_id: button.establishment_id for button in load().buttons}
    sites = [where[steps(round_no)[0].device_id] for round_no in range(8)]
    assert all(site != following for site, following in pairwise(sites))


def test_it_leaves_a_hold_up_two_minutes_to_itself() -> None:
    alarms = [
        round_no * ROUND_S + step.at_s
        for round_no in range(3)
        for step in steps(round_no)
        if step.deed in (Deed.HOLD_UP, Deed.PRESS)
    ]
    assert all(later - earlier >= 120 for earlier, later in pairwise(alarms))


def test_it_ends_every_fault_it_begins_within_the_round() -> None:
    last = {step.deed: step for step in steps(0)}
    assert last[Deed.EYE_RETURNS].device_id == last[Deed.EYE_DIES].device_id
    assert last[Deed.BATTERY_NEW].device_id == last[Deed.BATTERY_LOW].device_id


def test_it_only_names_devices_of_the_commune() -> None:
    commune = load()
    known = {eye.device_id for eye in commune.eyes} | {button.device_id for button in commune.buttons}
    assert {step.device_id for round_no in range(20) for step in steps(round_no)} <= known
