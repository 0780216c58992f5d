"""The bytes of a .csv into text, whatever an office saved it as."""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass

from monitor.inventory.spreadsheets.syllables import share_of_vietnamese
from monitor.inventory.spreadsheets.tcvn3 import convert

_UTF_16 = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SAMPLE = 20_000
# Below this share of Vietnamese words, the bytes are no text in any encoding we know.
_READABLE = 0.5
_NOT_IN_TEXT = frozenset(chr(code) for code in range(32)) - frozenset("\t\n\r\f\v\x1a")


@dataclass(frozen=True, slots=True)
class Text:
    """``encoding`` as found: utf-8, utf-16-le, utf-16-be, cp1258 or tcvn3 (then already converted)."""

    content: str
    encoding: str


def decode(content: bytes) -> Text | None:
    """None where no encoding fits. A byte order mark decides; then UTF-8; then what reads as Vietnamese."""
    text = _with_mark(content) or _without_mark(content)
    if text is None or _NOT_IN_TEXT & set(text.content[:_SAMPLE]):
        return None
    return text


def _with_mark(content: bytes) -> Text | None:
    for mark, encoding in _UTF_16:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], encoding)
    return None


def _without_mark(content: bytes) -> Text | None:
    if utf_8 := _decoded(content.removeprefix(codecs.BOM_UTF8), "utf-8"):
        if "\x00" not in utf_8.content[:_SAMPLE]:
            return utf_8
        # Plain letters in UTF-16 are valid UTF-8 with a zero beside each.
        return _decoded(content, _utf_16_order(content))
    if content[:_SAMPLE].count(0) * 5 > len(content[:_SAMPLE]):
        return _decoded(content, _utf_16_order(content))
    return _eight_bits(content)


def _utf_16_order(content: bytes) -> str:
    """The zeros of plain letters stand in the first byte of each pair, or in the second."""
    sample = content[:_SAMPLE]
    return "utf-16-be" if sample[::2].count(0) > sample[1::2].count(0) else "utf-16-le"


def _decoded(content: bytes, encoding: str) -> Text | None:
    try:
        return Text(content.decode(encoding), encoding)
    except UnicodeDecodeError:
        return None


def _eight_bits(content: bytes) -> Text | None:
    vietnamese = unicodedata.normalize("NFC", content.decode("cp1258", "replace"))
    converted = convert(content.decode("cp1252", "replace"))
    candidates = [Text(vietnamese, "cp1258"), Text(converted, "tcvn3")]
    best = max(candidates, key=lambda text: share_of_vietnamese(text.content[:_SAMPLE]))
    return best if share_of_vietnamese(best.content[:_SAMPLE]) >= _READABLE else None
