"""Figures as people read them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from monitor.reports.numerals import decimal, percent, signed, whole


@pytest.mark.parametrize(
    ("part", "of", "printed"),
    [
        (21, 21, "100%"),
        (13, 21, "61,9%"),
        (118, 436, "27,1%"),
        (350, 648, "54,0%"),
        (1, 4, "25%"),
        (0, 7, "0%"),
        (9_999, 10_000, "99,9%"),
        (1, 100_000, "0,1%"),
    ],
)
def test_it_prints_percentages_as_vietnamese_offices_do(part, of, printed):
    assert percent(part, of, "vi") == printed


def test_it_sets_thousands_apart():
    assert (whole(90_000, "vi"), whole(90_000, "en"), whole(118.0, "vi")) == ("90.000", "90,000", "118")


def test_it_rounds_halves_up():
    assert decimal(Fraction(5, 20), "vi") == "0,3"
    assert decimal(Fraction(118, 21), "en") == "5.6"


def test_it_always_says_which_way_a_difference_goes():
    assert [signed(number, "vi") for number in (-2, 0, 1_032)] == ["−2", "0", "+1.032"]
