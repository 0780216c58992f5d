from __future__ import annotations

from monitor.machines.listening import LONGEST_STEP_S, ListeningClock, tick


def after(*ticks: tuple[float, bool], grace_s: float = 30.0) -> float:
    clock = ListeningClock()
    for monotonic_s, is_linked in ticks:
        clock = tick(clock, monotonic_s=monotonic_s, is_linked=is_linked, reconnect_grace_s=grace_s)
    return clock.heard_s


def test_it_counts_while_it_listens() -> None:
    assert after((100, True), (101, True), (102, True)) == 2


def test_it_stands_while_the_broker_is_gone() -> None:
    assert after((0, True), (1, True), (2, False), (11, False), grace_s=0) == 1


def test_it_stands_for_a_grace_after_the_broker_is_back() -> None:
    ticks = [(0, True), (1, False), *((float(second), True) for second in range(2, 40))]
    assert after(*ticks) == 39 - 31


def test_it_does_not_count_a_pause_of_the_process_as_silence() -> None:
    assert after((0, True), (1, True), (600, True)) == 1 + LONGEST_STEP_S


def test_it_goes_on_at_once_where_the_devices_had_time_enough_to_find_the_broker() -> None:
    clock = ListeningClock()
    for second in range(40):
        is_linked, grace_s = second > 10, 30.0 if second < 15 else 0.0
        clock = tick(clock, monotonic_s=float(second), is_linked=is_linked, reconnect_grace_s=grace_s)
    assert clock.heard_s == 39 - 15
