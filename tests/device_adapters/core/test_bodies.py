from __future__ import annotations

import pytest

from device_adapters.core.bodies import (
    BodyError,
    fingerprint,
    has_unsafe_text,
    is_whole,
    number,
    read_json,
    read_object,
    word,
)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xff", "not JSON"),
        (b'"\xff"', "not UTF-8"),
        (b'{"a":NaN}', "not JSON"),
        (b"{} {}", "not JSON"),
        (b'{"a":"\\ud800"}', "not JSON"),
        (b"[" * 33 + b"]" * 33, "nested too deeply"),
        (b"[" * 3000 + b"]" * 3000, "nested too deeply"),
        (b"9" * 5000, "not JSON"),
    ],
)
def test_it_says_why_a_body_cannot_be_read(payload: bytes, reason: str) -> None:
    with pytest.raises(BodyError, match=reason):
        read_json(payload)


def test_it_reads_a_wide_body_that_is_not_deep() -> None:
    assert len(read_json(b"[" + b"[]," * 500 + b"[]]")) == 501


def test_it_wants_an_object() -> None:
    with pytest.raises(BodyError, match="not a JSON object"):
        read_object(b"[1]")


def test_it_takes_the_same_fingerprint_of_the_same_content() -> None:
    assert fingerprint({"a": 1, "b": {"c": 2, "d": 3}}) == fingerprint({"b": {"d": 3, "c": 2}, "a": 1})


def test_it_takes_another_fingerprint_of_another_content() -> None:
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\r\nb", "\x1b[2J", "\u202egpj.exe", "a\u200bb", "\ufeffa", "a" + "\u0300" * 5]
)
def test_it_finds_text_that_could_deceive(text: str) -> None:
    assert has_unsafe_text({"x": [1, {"note": text}]})
    assert has_unsafe_text({text: 1})


@pytest.mark.parametrize(
    "text", ["Tổ dân phố 5", "To\u0302\u0309 5", "👨‍👩‍👧", "=SUM(A1)", "'; DROP TABLE x;--", "a\tb"]
)
def test_it_leaves_honest_text_alone(text: str) -> None:
    assert not has_unsafe_text({"note": text})


@pytest.mark.parametrize("value", [True, "11", None, float("nan"), float("inf"), 1e308, -1, 100.5, [], 10**400])
def test_it_takes_no_number_from_anything_else(value: object) -> None:
    assert number(value, 0, 100) is None


def test_it_takes_a_number_within_its_range() -> None:
    assert [number(value, 0, 100) for value in (0, 9.5, 100)] == [0.0, 9.5, 100.0]


@pytest.mark.parametrize("value", [True, 1.0, "1", None, -1, 10])
def test_it_takes_no_whole_number_from_anything_else(value: object) -> None:
    assert not is_whole(value, 10)


@pytest.mark.parametrize("value", ["", " x", "x" * 65, "a\nb", "<b>", 5, None])
def test_it_takes_no_word_that_is_not_plain(value: object) -> None:
    assert word(value) is None
