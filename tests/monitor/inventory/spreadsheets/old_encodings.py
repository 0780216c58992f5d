"""Texts as offices of twenty years ago saved them."""

from __future__ import annotations

import unicodedata

from monitor.inventory.spreadsheets.tcvn3 import _letters

_TONES = "\u0300\u0301\u0303\u0309\u0323"


def in_tcvn3(text: str) -> bytes:
    places = {letter: byte for byte, letter in sorted(_letters().items(), reverse=True)}
    return bytes(places.get(letter, ord(letter)) for letter in unicodedata.normalize("NFC", text))


def in_cp1258(text: str) -> bytes:
    """Letters whole, tones beside them, as Windows does: Python's own codec takes neither NFC nor NFD."""
    return "".join(map(_with_tone_beside, unicodedata.normalize("NFC", text))).encode("cp1258")


def _with_tone_beside(letter: str) -> str:
    marks = unicodedata.normalize("NFD", letter)
    tone = "".join(mark for mark in marks if mark in _TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)) + tone
