"""TCVN3, the encoding of the .Vn fonts: Vietnamese letters kept in the places of Western European ones.

A file from those days holds no trace of its encoding: it looks like text in Windows-1252. The table ``tcvn3.csv``
(byte → letter) is TCVN 5712:1993, as glibc's TCVN5712-1 has it. Capitals come out small where a capitals-only font
(.VnTimeH) was used, which is why a person looks at the result.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path

from monitor.inventory.spreadsheets.syllables import is_vietnamese_letter, share_of_vietnamese, words

_TABLE = Path(__file__).with_name("tcvn3.csv")
_FIRST, _LAST = "\u00a1", "\u00ff"
_MAY_BE_OLD = re.compile("[\u00a1-\u00ff]")
# Letters that Vietnamese has and Western fonts have not.
_IS_UNICODE = re.compile("[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")


@cache
def _letters() -> dict[int, str]:
    with _TABLE.open(encoding="ascii", newline="") as file:
        return {int(row["byte"], 16): chr(int(row["letter"], 16)) for row in csv.DictReader(file)}


def convert(text: str) -> str:
    """Text in TCVN3, seen as Windows-1252, into Unicode (NFC)."""
    return unicodedata.normalize("NFC", text.translate(_letters()))


def looks_like_tcvn3(text: str) -> bool:
    """Letters that Vietnamese does not have, which make only Vietnamese syllables once they are converted."""
    if _IS_UNICODE.search(text) or not _MAY_BE_OLD.search(text):
        return False
    spoilt = [word for word in words(text) if any(_FIRST <= letter <= _LAST for letter in word)]
    foreign = any(_FIRST <= letter <= _LAST and not is_vietnamese_letter(letter) for letter in text)
    return foreign and all(_is_converted_syllable(word) for word in spoilt)


def is_all_tcvn3(texts: list[str]) -> bool:
    """A whole sheet in TCVN3: it shows in two cells or more, and no cell holds a letter that TCVN3 text cannot."""
    if any(map(_IS_UNICODE.search, texts)):
        return False
    marked = [text for text in texts if not text.isascii()]
    suspects = sum(map(looks_like_tcvn3, marked))
    return suspects >= 2 and suspects * 4 >= len(marked)


def _is_converted_syllable(word: str) -> bool:
    return share_of_vietnamese(convert(word)) == 1.0
