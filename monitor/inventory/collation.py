"""Vietnamese order: marked letters stand after their plain ones, tones count after letters, numbers by their worth.

The same order as ICU's for ``vi``, with numbers as its numeric option has them. Databases know none of it, so the key
is made here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# None, grave, hook, tilde, acute, dot below: the order of the tones in every dictionary.
_TONES = {mark: rank for rank, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}
# A letter's own marks: breve, circumflex, horn. They make other letters, in this order.
_MARKS = {mark: rank for rank, mark in enumerate("\u0306\u0302\u031b", start=1)}
_BARRED = str.maketrans({"\u0111": "d\u0306", "\u0110": "D\u0306"})
_PIECE = re.compile(r"\d+|\D")
_SPACE, _SIGN, _NUMBER, _LETTER = range(4)
_SORTED_CHARACTERS = 80
# Four places for each letter, for its marks, beyond all signs and below the surrogates.
_LETTERS_FROM, _LAST_LETTER = 0x100, 0x3000

Key = tuple[tuple[tuple[int, int, int], ...], tuple[int, ...], str]


# A page of groups sorts the same thousands of names whenever somebody looks at it.
@lru_cache(maxsize=16_384)
def vietnamese_key(text: str) -> Key:
    """To sort by: letters and numbers first, then tones, then capitals after small letters."""
    letters: list[tuple[int, int, int]] = []
    tones: list[int] = []
    for piece in _PIECE.findall(unicodedata.normalize("NFD", text.strip()).translate(_BARRED)):
        if piece in _TONES and letters:
            tones[-1] = _TONES[piece]
        elif piece in _MARKS and letters:
            letters[-1] = (*letters[-1][:2], _MARKS[piece])
        elif not unicodedata.combining(piece[0]):
            letters.append(_place(piece))
            tones.append(0)
    return tuple(letters), tuple(tones), text.swapcase()


def sort_text(text: str) -> str:
    """The same order, capitals aside, for a database that compares code points: SQLite's BINARY, COLLATE "C"."""
    letters, tones, _ends = vietnamese_key(text[:_SORTED_CHARACTERS])
    places = "".join(_written(kind, worth, mark) for kind, worth, mark in letters)
    return places + "\x01" + "".join(chr(2 + tone) for tone in tones).rstrip("\x02")


def _written(kind: int, worth: int, mark: int) -> str:
    if kind == _LETTER:
        return chr(_LETTERS_FROM + min(worth, _LAST_LETTER) * 4 + mark)
    if kind == _NUMBER:
        return f"\x04{chr(2 + len(str(worth)))}{worth}"  # a longer number is a larger one
    return "\x02" if kind == _SPACE else f"\x03{chr(max(worth, 2))}"


def given_name_key(name: str) -> tuple[Key, Key]:
    """People stand in a list by their given name, which is the last word."""
    return vietnamese_key(name.rpartition(" ")[2]), vietnamese_key(name)


def _place(piece: str) -> tuple[int, int, int]:
    if piece.isdecimal():
        return _NUMBER, int(piece), 0
    if piece.isspace():
        return _SPACE, 0, 0
    return (_LETTER if piece.isalpha() else _SIGN), ord(piece.casefold()[0]), 0
