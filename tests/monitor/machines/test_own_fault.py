"""What is wrong with the monitor itself is one fault, told once, that ends by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.machines.own_fault import Cause, Moment, OwnFault, step, stepped_by_s

START = datetime(2026, 3, 14, 11, 0, tzinfo=UTC)
LINK, STORE, DISK, WRITER, SWEEP = Cause.LINK, Cause.STORE, Cause.DISK, Cause.WRITER, Cause.SWEEP


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def watched(*looks: tuple[float, set[Cause]]) -> OwnFault:
    fault = OwnFault()
    for seconds, found in looks:
        fault = step(fault, {cause: f"{cause} at {seconds}" for cause in found}, now=at(seconds), monotonic_s=seconds)
    return fault


def test_it_says_nothing_of_a_broker_that_restarts() -> None:
    assert watched((0, {LINK}), (4, {LINK}), (4.5, set())).causes == ()


def test_it_tells_of_a_link_that_stays_away_since_it_went() -> None:
    fault = watched((0, set()), (1, {LINK}), (6, {LINK}))
    assert (fault.causes, fault.began_at, fault.blind_since_at) == ((LINK,), at(1), at(1))


def test_it_is_blind_from_the_first_moment_where_nothing_was_heard_yet() -> None:
    fault = watched((0, {LINK}), (1, {LINK}))
    assert (fault.causes, fault.blind_since_at) == ((), at(0))
    assert watched((0, {LINK}), (1, set()), (2, {LINK})).blind_since_at is None


def test_it_is_deaf_from_the_first_moment() -> None:
    assert watched((1, {LINK})).is_deaf


def test_it_is_not_blind_where_only_the_disk_is_short() -> None:
    fault = watched((0, {DISK}))
    assert (fault.causes, fault.blind_since_at, fault.is_deaf) == ((DISK,), None, False)


def test_it_tells_of_the_store_and_not_of_what_waits_for_it() -> None:
    assert watched((0, {WRITER}), (3, {WRITER, STORE}), (9, {WRITER, STORE, SWEEP})).causes == (STORE,)


def test_it_gathers_what_fails_meanwhile() -> None:
    assert watched((0, {DISK}), (1, {LINK}), (9, {LINK})).causes == (LINK, DISK)


def test_it_ends_when_all_has_been_well_for_a_moment() -> None:
    ends = ((0, {DISK}), (1, set()), (2, set()))
    assert watched(*ends).causes == (DISK,)
    assert watched(*ends, (4, set())) == OwnFault(has_heard=True)


def test_it_is_one_fault_where_a_cause_comes_and_goes() -> None:
    fault = watched((0, {DISK}), (1, set()), (3, {DISK}), (4, set()), (6, set()))
    assert fault.began_at == at(0)


def test_it_keeps_the_newest_word_of_a_cause() -> None:
    assert watched((0, {DISK}), (5, {DISK})).troubles[DISK].note == "disk at 5"


def test_it_sees_a_clock_that_is_set() -> None:
    assert stepped_by_s(Moment(at(0), 0), Moment(at(3601), 1)) == 3600
    assert stepped_by_s(Moment(at(0), 0), Moment(at(-3599), 1)) == -3600


def test_it_sees_no_step_where_nobody_looked_for_long() -> None:
    assert stepped_by_s(Moment(at(0), 0), Moment(at(600), 600)) == 0
