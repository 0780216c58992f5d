from __future__ import annotations

import unicodedata

import pytest

from monitor.inventory.folding import fold, like_patterns, search_text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đường Hùng Vương", "duong hung vuong"),
        ("Quyết Thắng", "quyet thang"),
        ("ĐINH VĂN", "dinh van"),
        ("Quỹ  tín\tdụng", "quy tin dung"),
        ("Ðinh ðang", "dinh dang"),
        ("GT-05/2", "gt-05/2"),
    ],
)
def test_it_folds_vietnamese_to_plain_letters(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_it_folds_both_unicode_forms_alike() -> None:
    name = "Hẻm 85 Nguyễn Huệ"
    assert fold(unicodedata.normalize("NFD", name)) == fold(unicodedata.normalize("NFC", name))


def test_it_joins_what_a_person_may_look_for() -> None:
    assert search_text("bell-01", "Quầy giao dịch", None, "Tổ 3") == "bell-01 quay giao dich to 3"


def test_it_keeps_the_search_text_within_its_column() -> None:
    assert len(search_text("đ" * 5000)) == 1000


def test_it_asks_for_every_word() -> None:
    assert like_patterns("Đường  Hùng") == ["%duong%", "%hung%"]


def test_it_takes_wildcards_literally() -> None:
    assert like_patterns("50%_a\\") == ["%50\\%\\_a\\\\%"]
