"""The demo commune counts what its report counts."""

from __future__ import annotations

from simulator.commune import load
from simulator.wiring import wire


def test_it_counts_groups_eyes_masts_and_buttons() -> None:
    commune = load()
    counted = (len(commune.groups), len(commune.eyes), len(commune.high_mast), len(commune.buttons))
    assert counted == (21, 118, 8, 21)


def test_it_watches_every_eye_with_exactly_one_probe() -> None:
    commune = load()
    watched = [eye.device_id for probe in wire(commune).probes for eye in probe.eyes]
    assert sorted(watched) == sorted(eye.device_id for eye in (*commune.eyes, *commune.high_mast))


def test_it_puts_silent_buttons_behind_the_gateway_and_the_rest_on_their_own() -> None:
    wiring = wire(load())
    assert all(zigbee.button.is_silent_at_site for zigbee in wiring.zigbee_buttons)
    assert not any(bell.is_silent_at_site for bell in wiring.native_bells)
    assert len(wiring.zigbee_buttons) + len(wiring.native_bells) == 21


def test_it_needs_one_connection_per_real_sender() -> None:
    accounts = wire(load()).device_accounts()
    assert len(accounts) == len(set(accounts)) == 31


def test_it_finds_the_credit_fund_behind_the_gateway() -> None:
    zigbee = next(z for z in wire(load()).zigbee_buttons if z.button.device_id == "BELL-DV-009")
    assert (zigbee.address, zigbee.button.establishment) == ("sos-qtd-01-1", "Quỹ tín dụng nhân dân minh họa")
