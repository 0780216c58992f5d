from __future__ import annotations

from monitor.machines.flapping import CALM_S, FALLS, WITHIN_S, Falls, fell, is_flapping, restored


def falls(*moments_s: float) -> Falls:
    told: Falls = ()
    for at_s in moments_s:
        told = fell(told, at_s)
    return told


def test_it_flaps_with_the_fourth_fall_within_an_hour() -> None:
    assert not is_flapping(falls(0, 600, 1200), 1200)
    assert is_flapping(falls(0, 600, 1200, 1800), 1800)


def test_it_does_not_flap_with_four_falls_in_a_night() -> None:
    assert not is_flapping(falls(0, WITHIN_S, 2 * WITHIN_S, 3 * WITHIN_S), 3 * WITHIN_S)


def test_it_is_steady_again_after_half_an_hour_without_a_fall() -> None:
    told = falls(*range(FALLS))
    assert is_flapping(told, FALLS - 1 + CALM_S - 1)
    assert not is_flapping(told, FALLS - 1 + CALM_S)


def test_it_goes_on_after_a_restart() -> None:
    assert is_flapping(restored(0.0), CALM_S - 1)
