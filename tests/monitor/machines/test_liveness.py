from __future__ import annotations

from device_adapters.core.contract import Supervision
from monitor.machines.liveness import (
    WILL_GRACE_S,
    DeviceState,
    Life,
    LifeReason,
    after_silence,
    disconnected,
    heard,
    late_after_s,
    next_look_s,
    reported_down,
    troubled,
)

BELL = Supervision(interval_s=20, deadline_s=85)
ZIGBEE_BUTTON = Supervision(interval_s=90_000, deadline_s=97_200)


def test_it_is_online_once_heard() -> None:
    assert heard(Life(), 5.0) == Life(DeviceState.ONLINE, 5.0)


def test_it_is_late_after_two_missed_beats_and_offline_at_the_deadline() -> None:
    life = heard(Life(), 0.0)
    assert after_silence(life, 44.9, BELL)[0].state is DeviceState.ONLINE
    late, _ = after_silence(life, 45.0, BELL)
    assert late.state is DeviceState.LATE
    assert after_silence(late, 84.9, BELL)[0].state is DeviceState.LATE
    assert after_silence(late, 85.0, BELL) == (Life(DeviceState.OFFLINE, 0.0), LifeReason.SILENT)


def test_it_never_calls_an_unknown_device_offline_for_silence() -> None:
    assert after_silence(Life(), 1e9, BELL)[0] == Life()


def test_it_gives_a_last_will_a_grace_so_that_a_broker_restart_calls_nobody_offline() -> None:
    lost = disconnected(heard(Life(), 0.0), 10.0)
    assert lost.state is DeviceState.LATE
    assert after_silence(lost, 10.0 + WILL_GRACE_S - 0.1, BELL)[0].state is DeviceState.LATE
    assert after_silence(lost, 10.0 + WILL_GRACE_S, BELL)[1] is LifeReason.DISCONNECTED
    assert heard(lost, 12.0) == Life(DeviceState.ONLINE, 12.0)


def test_it_believes_a_probe_that_counted_the_misses_itself() -> None:
    assert reported_down(heard(Life(), 0.0)).state is DeviceState.OFFLINE


def test_it_looks_again_exactly_when_something_can_change() -> None:
    life = heard(Life(), 100.0)
    assert next_look_s(life, BELL) == 145.0
    assert next_look_s(after_silence(life, 145.0, BELL)[0], BELL) == 185.0
    assert next_look_s(disconnected(life, 110.0), BELL) == 110.0 + WILL_GRACE_S
    assert next_look_s(reported_down(life), BELL) is None


def test_it_gives_a_sleepy_button_half_its_slack_before_it_is_late() -> None:
    assert late_after_s(ZIGBEE_BUTTON) == 93_600


def test_it_is_degraded_while_it_says_itself_that_something_is_wrong() -> None:
    life = troubled(heard(Life(), 0.0), 10.0)
    assert life.state is DeviceState.DEGRADED
    assert heard(life, 20.0, BELL).state is DeviceState.DEGRADED
    assert heard(life, 10.0 + late_after_s(BELL), BELL).state is DeviceState.ONLINE


def test_it_calls_a_degraded_device_offline_like_any_other() -> None:
    life = troubled(Life(), 0.0)
    assert next_look_s(life, BELL) == late_after_s(BELL)
    late, _ = after_silence(life, 45.0, BELL)
    assert after_silence(late, 85.0, BELL)[0].state is DeviceState.OFFLINE
