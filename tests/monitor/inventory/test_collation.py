from __future__ import annotations

import random
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.inventory.collation import given_name_key, sort_text, vietnamese_key

IN_ORDER = {
    "letters": list("aăâbcdđeêghiklmnoôơpqrstuưvxy"),
    "tones": ["ma", "mà", "mả", "mã", "má", "mạ"],
    "tones after letters": ["ba", "bà", "bá", "bạ", "ban", "bàn", "bán", "băn", "bân"],
    "the first letters count before any tone": ["Bình Thanh", "Bình Thành", "Bình Thạnh", "Bình Thủy"],
    "barred d": ["Da", "Dạ", "Dũng", "Đa", "Đá Bạc", "Đà Bắc", "Đinh Văn"],
    "numbers": ["TDP 1", "TDP 2", "TDP 02a", "TDP 10", "TDP 21"],
    "spaces before letters": ["An", "An Bình", "An Khê", "Anh"],
    "small before capital": ["an", "An", "AN"],
    "signs before numbers before letters": ["", "(1)", "1", "10", "a"],
}


@pytest.mark.parametrize("wanted", IN_ORDER.values(), ids=IN_ORDER)
def test_it_sorts_as_a_dictionary_does(wanted):
    shuffled = random.Random(7).sample(wanted, len(wanted))
    assert sorted(shuffled, key=vietnamese_key) == wanted


def test_it_sorts_both_unicode_forms_alike():
    words = ["Đắk Pơ", "Gia Thạnh", "Hoà Bình"]
    assert [vietnamese_key(unicodedata.normalize("NFD", word))[:2] for word in words] == [
        vietnamese_key(word)[:2] for word in words
    ]


def test_it_sorts_people_by_their_given_name():
    people = ["Vai Trò Ba", "Vai Trò An", "Một Vai An", "Vai Đông"]
    assert sorted(people, key=given_name_key) == ["Một Vai An", "Vai Trò An", "Vai Trò Ba", "Vai Đông"]


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_it_puts_anything_into_one_order(texts):
    keys = sorted(vietnamese_key(text) for text in texts)
    assert all(before <= after for before, after in pairwise(keys))


def test_it_sorts_the_same_as_a_text_for_the_database() -> None:
    names = [
        "Ấp 10",
        "Ấp 9",
        "An Bình",
        "Ân Phú",
        "Ăn",
        "Đa Sar",
        "Dran",
        "Ea Ô",
        "Bà Rịa",
        "Ba Vì",
        "Bá",
        "Bạ",
        "B-2",
        "B 10",
    ]
    assert sorted(names, key=sort_text) == sorted(names, key=vietnamese_key)
