"""Every family is measured, and held to the limit unless there is a reason."""

from __future__ import annotations

from device_adapters.core.registry import adapters
from tests.bench.decode_cost import MOST_US, WITHOUT_LIMIT, figures, measure


def test_it_measures_every_family() -> None:
    assert all(measure(adapter, rounds=1) > 0 for adapter in adapters().values())


def test_it_says_which_family_is_over_its_limit() -> None:
    told = figures(dict.fromkeys(adapters(), MOST_US + 1))
    assert {each.name for each in told if not each.is_kept} == set(adapters()) - set(WITHOUT_LIMIT)
