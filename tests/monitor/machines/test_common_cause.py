"""Who fell together, and what is blamed for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.machines.common_cause import (
    LEFTOVER_S,
    WAITS_S,
    Cause,
    CauseKind,
    Fall,
    Happened,
    Picture,
    Population,
    step,
)

LT_1, LT_2 = Cause(CauseKind.FEEDER, "LT-1"), Cause(CauseKind.FEEDER, "LT-2")
COMMUNE = Cause(CauseKind.AREA, "24871@2025")


def group(number: int) -> Cause:
    return Cause(CauseKind.GROUP, f"DV-{number}")


@dataclass
class Town:
    """Ten cameras on each of two feeders, five in a group. ``heard``: device → when it was last heard."""

    heard: dict[str, float] = field(default_factory=dict)

    def causes(self, device_id: str) -> tuple[Cause, ...]:
        number = int(device_id.removeprefix("CAM-"))
        return (LT_1 if number < 10 else LT_2, group(number // 5), COMMUNE)

    def size(self, cause: Cause) -> int:
        return sum(cause in self.causes(f"CAM-{number}") for number in range(20))

    def heard_after(self, cause: Cause, moment_s: float) -> int:
        return sum(at > moment_s and cause in self.causes(each) for each, at in self.heard.items())


def falls(numbers: Iterable[int], from_s: float = 100, to_s: float = 140) -> list[Fall]:
    return [Fall(f"CAM-{number}", from_s, to_s, Town().causes(f"CAM-{number}")) for number in numbers]


def went(town: Population, *steps: Happened) -> Picture:
    picture = Picture()
    for happened in steps:
        picture = step(picture, happened, town)
    return picture


def down(picture: Picture) -> list[tuple[str, int]]:
    return [(outage.cause.key, len(outage.down)) for outage in picture.outages]


def alive(*numbers: int, at_s: float = 150) -> Town:
    return Town({f"CAM-{number}": at_s for number in numbers})


def test_it_blames_the_feeder_where_all_that_hangs_on_it_falls_together() -> None:
    assert down(went(alive(*range(10)), Happened(200, falls(range(10, 20))))) == [("LT-2", 10)]


def test_it_blames_the_area_where_both_feeders_fall() -> None:
    assert down(went(alive(), Happened(200, falls(range(20))))) == [("24871@2025", 20)]


def test_it_blames_the_group_where_the_rest_of_the_feeder_is_heard_after_it() -> None:
    town = alive(*range(10), *range(15, 20))
    assert down(went(town, Happened(200, falls(range(10, 15))))) == [("DV-2", 5)]


def test_it_blames_nothing_for_two() -> None:
    assert went(alive(), Happened(200, falls([10, 11]))).outages == ()


def test_it_blames_nothing_for_falls_at_different_moments() -> None:
    alone = [*falls([10], 100, 140), *falls([11], 200, 240), *falls([12], 300, 340)]
    assert went(alive(), Happened(400, alone)).outages == ()


def test_it_blames_nothing_for_devices_that_speak_twice_a_day() -> None:
    assert went(alive(), Happened(90_000, falls([10, 11, 12], 0, 43_200))).outages == ()


def test_it_waits_for_those_whose_silence_is_found_later() -> None:
    picture = went(alive(), Happened(150, falls([10, 11])), Happened(200, falls([15])))
    assert down(picture) == [("LT-2", 3)]


def test_it_does_not_wait_for_ever() -> None:
    long_after = 141 + WAITS_S
    picture = went(alive(), Happened(150, falls([10, 11])), Happened(long_after, falls([15])))
    assert picture.outages == ()


def test_it_grows_by_whoever_falls_on_the_same_feeder_while_it_lasts() -> None:
    """A backup battery lasts an hour."""
    picture = went(alive(), Happened(200, falls(range(10, 16))), Happened(3800, falls([19], 3700, 3740)))
    assert down(picture) == [("LT-2", 7)]


def test_it_widens_what_looked_like_a_group_and_keeps_its_name() -> None:
    town = alive(*range(10), 15, at_s=150)
    first = went(town, Happened(200, falls([10, 11, 12]), prefix="a-"))
    later = falls([13, 14, 16, 17, 18, 19])
    whole = step(first, Happened(230, later, prefix="b-"), town)
    assert [(each.cause.key, each.name) for each in first.outages] == [("DV-2", "a-1")]
    assert [(each.cause.key, each.name, len(each.down)) for each in whole.outages] == [("LT-2", "a-1", 9)]


def test_it_makes_one_of_two_groups_that_one_feeder_explains() -> None:
    town = alive(*range(10), 13, 14, 18, 19, at_s=150)
    apart = went(town, Happened(200, falls([10, 11, 12])))
    apart = step(apart, Happened(201, [*falls([15, 16, 17])]), Town())
    assert down(apart) == [("LT-2", 6)]


def test_it_shrinks_by_whoever_is_heard_and_is_over_with_the_last() -> None:
    ten = [f"CAM-{number}" for number in range(10, 20)]
    picture = went(alive(), Happened(200, falls(range(10, 20))), Happened(300, returns=ten[:9]))
    assert [(len(each.down), each.back) for each in picture.outages] == [(1, 9)]
    assert step(picture, Happened(301, returns=ten[9:]), alive()).outages == ()


def test_it_lets_go_of_a_camera_that_does_not_come_back() -> None:
    ten = [f"CAM-{number}" for number in range(10, 20)]
    picture = went(alive(), Happened(200, falls(range(10, 20))), Happened(300, returns=ten[:9]))
    assert picture.next_look_s() == 300 + LEFTOVER_S
    assert step(picture, Happened(300 + LEFTOVER_S), alive()).outages == ()


def test_it_does_not_take_in_a_fault_when_most_are_back() -> None:
    ten = [f"CAM-{number}" for number in range(10, 20)]
    steps = Happened(200, falls(range(10, 20))), Happened(300, returns=ten[:9])
    picture = went(alive(), *steps, Happened(900, falls([12], 700, 740)))
    assert down(picture) == [("LT-2", 1)]


def test_it_keeps_two_outages_apart() -> None:
    town = alive(5, 6, 7, 8, 9)
    picture = went(town, Happened(200, falls(range(5))), Happened(900, falls(range(10, 20), 800, 840)))
    assert sorted(down(picture)) == [("DV-0", 5), ("LT-2", 10)]
