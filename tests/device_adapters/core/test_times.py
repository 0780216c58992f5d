from __future__ import annotations

from datetime import UTC, datetime

import pytest

from device_adapters.core.times import from_iso_8601, from_unix_ms, is_skewed, to_unix_ms

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_it_reads_unix_milliseconds_to_the_millisecond() -> None:
    moment = from_unix_ms(1_795_249_530_123)
    assert moment is not None
    assert to_unix_ms(moment) == 1_795_249_530_123


@pytest.mark.parametrize("value", [0, -1, 946_684_799_999, 4_102_444_800_000, 2**63])
def test_it_tells_no_time_for_an_impossible_clock(value: int) -> None:
    assert from_unix_ms(value) is None


def test_it_reads_a_local_time_with_its_zone() -> None:
    assert from_iso_8601("2026-11-21T19:00:00+07:00") == NOON


@pytest.mark.parametrize(
    "text",
    ["", "hôm qua", "2026-11-21T12:00:00", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"],
)
def test_it_tells_no_time_for_text_that_names_no_moment(text: str) -> None:
    assert from_iso_8601(text) is None


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("2026-11-21T12:02:00Z", False),
        ("2026-11-21T12:02:01Z", True),
        ("2026-10-22T12:00:00Z", False),
        ("2026-10-22T11:59:59Z", True),
    ],
)
def test_it_believes_a_clock_between_a_month_ago_and_two_minutes_ahead(text: str, is_wrong: bool) -> None:
    assert is_skewed(datetime.fromisoformat(text), NOON) is is_wrong
