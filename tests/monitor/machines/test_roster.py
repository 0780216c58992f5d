"""Who stands duty, who is told instead of whom the settings name, and where the roster has nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.machines.escalation import Recipient, Way
from monitor.machines.roster import Gap, Watch, gaps, on_duty, told_instead

SIX = datetime(2026, 3, 14, 11, tzinfo=UTC)  # 18:00 in Vietnam
NIGHT = SIX + timedelta(hours=12)
COPY = Way("copy", "Chỉ huy")
TOLD = (Recipient("Chỉ huy", (Way("zns", "@commander"), COPY)), Recipient("Nhóm chỉ huy", (Way("zalo-group", "g.1"),)))


def watch(name: str, first_h: float = 0, last_h: float = 12, **more: object) -> Watch:
    return Watch("commander", name, SIX + timedelta(hours=first_h), SIX + timedelta(hours=last_h), **more)  # type: ignore[arg-type]


def test_it_is_the_watch_of_the_moment_up_to_the_next_one() -> None:
    both = [watch("tối", 0, 4), watch("đêm", 4, 12)]
    at = SIX + timedelta(hours=4)
    assert [each.name for each in on_duty(both, "commander", [""], at)] == ["đêm"]
    assert on_duty(both, "technician", [""], at) == []
    assert on_duty(both, "commander", [""], NIGHT) == []


def test_the_nearest_place_that_has_somebody_counts() -> None:
    found = [watch("tỉnh"), watch("xã", scope="X-1"), watch("xã khác", scope="X-2")]
    assert [each.name for each in on_duty(found, "commander", ["G-1", "X-1", ""], SIX)] == ["xã"]
    assert [each.name for each in on_duty(found, "commander", ["G-9", ""], SIX)] == ["tỉnh"]


def test_whoever_stands_duty_is_told_by_their_own_numbers_and_the_group_as_ever() -> None:
    instead = told_instead(TOLD, [watch("Chỉ huy đêm", person_id="P-7")])
    assert instead == (Recipient("Chỉ huy đêm", (Way("zns", "@person/P-7"), Way("copy", "Chỉ huy đêm"))), TOLD[1])
    own = told_instead(TOLD, [watch("Phó chỉ huy", way=Way("telegram", "77"))])[0]
    assert own.ways == (Way("telegram", "77"), Way("zns", "@commander"), Way("copy", "Phó chỉ huy"))


def test_without_a_watch_it_is_whom_the_settings_name() -> None:
    assert told_instead(TOLD, []) == TOLD
    assert told_instead((), [watch("Chỉ huy đêm")]) == (), "a role without a way reaches nobody"


def test_it_shows_where_nobody_stands_duty() -> None:
    found = [watch("tối", 0, 4), watch("chồng", 1, 3), watch("sáng", 6, 8)]
    hours = [
        (gap.starts_at - SIX, gap.ends_at - SIX) for gap in gaps(found, "commander", SIX - timedelta(hours=1), NIGHT)
    ]
    assert hours == [(timedelta(hours=a), timedelta(hours=b)) for a, b in ((-1, 0), (4, 6), (8, 12))]
    assert gaps([watch("đêm")], "commander", SIX, NIGHT) == []
    assert gaps([], "commander", SIX, NIGHT) == [Gap("commander", SIX, NIGHT)]
