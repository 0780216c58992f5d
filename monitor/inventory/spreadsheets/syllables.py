"""Does a text look like Vietnamese? Used to tell old encodings apart, never to judge what people wrote."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from monitor.inventory.folding import fold

_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?"
_VOWELS = "(?:[aeiouy]|oo|[aeiou][aeiouy]|[iuy][aeou][aeiuy]|oa[iy]|oeo|uy[aeu])"
_CODA = "(?:ch|ng|nh|[cmnpt])?"
_SYLLABLE = re.compile(_ONSET + _VOWELS + _CODA)
# Breve, circumflex, horn and the five tones; barred d has no decomposition.
_MARKS = frozenset("\u0306\u0302\u031b\u0300\u0309\u0303\u0301\u0323")
_BARRED = frozenset("\u0111\u0110")
_BASES = frozenset("aeiouyAEIOUY")
_WORD = re.compile(r"[^\s.,;:/\\()\[\]\"'\u2018\u2019\u201c\u201d\u2013-]+")


@cache
def is_vietnamese_letter(letter: str) -> bool:
    """A marked letter of the Vietnamese alphabet (plain a to z are nobody's own)."""
    if letter in _BARRED:
        return True
    base, marks = (decomposed := unicodedata.normalize("NFD", letter))[:1], decomposed[1:]
    return marks != "" and base in _BASES and _MARKS.issuperset(marks)


def is_syllable(word: str) -> bool:
    return _SYLLABLE.fullmatch(fold(word)) is not None


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def marked_words(text: str) -> list[str]:
    """The words that hold more than ASCII: the only ones an encoding can spoil."""
    return [word for word in words(text) if not word.isascii()]


def share_of_vietnamese(text: str) -> float:
    """0…1: how many of the marked words are Vietnamese syllables in Vietnamese letters; 1 where none is marked."""
    marked = marked_words(unicodedata.normalize("NFC", text))
    good = sum(
        is_syllable(word) and all(letter.isascii() or is_vietnamese_letter(letter) for letter in word)
        for word in marked
    )
    return good / len(marked) if marked else 1.0
