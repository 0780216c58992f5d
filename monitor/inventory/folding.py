"""Vietnamese without its marks, so that "duong hung vuong" finds "Đường Hùng Vương".

Neither SQLite's nor PostgreSQL's own folding turns đ into d, so it is done here, once when a device is
written and once for each question.
"""

from __future__ import annotations

import unicodedata

# đ and ð have no decomposition: stripping marks alone would leave them.
_BARRED = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})
SEARCH_TEXT_CHARACTERS = 1000
LIKE_ESCAPE = "\\"


def fold(text: str) -> str:
    """Lower case, no marks, single spaces; any Unicode form in, plain letters out."""
    decomposed = unicodedata.normalize("NFD", text.translate(_BARRED))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(unicodedata.normalize("NFC", plain).casefold().split())


def search_text(*parts: str | None) -> str:
    """What ``Device.search_text`` holds: every part a person may look for, folded."""
    return fold(" ".join(part for part in parts if part))[:SEARCH_TEXT_CHARACTERS]


def with_marks(text: str) -> str:
    """Lower case, single spaces, every mark kept: for telling what is written so from what only folds to it."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def like_patterns(question: str) -> list[str]:
    """One LIKE pattern for each word of a question; the reader's own % and _ stand for themselves."""
    return [contains(word) for word in fold(question).split()]


def contains(text: str) -> str:
    """The LIKE pattern of whatever holds ``text``, taken literally."""
    for sign in (LIKE_ESCAPE, "%", "_"):
        text = text.replace(sign, LIKE_ESCAPE + sign)
    return f"%{text}%"
