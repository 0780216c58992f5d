"""Message bodies: bytes → plain JSON values, and what may safely be believed of them."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

MAX_ADDRESS = 200  # characters; as wide as the inventory's column

# Format and control characters that reorder, hide or move text: bidi overrides and isolates, zero-width
# space, byte order mark. The joiners U+200C and U+200D stay: real emoji and scripts need them.
_HIDING = frozenset("\u200b\u200e\u200f\u2060\ufeff") | {
    chr(code) for first, last in ((0x202A, 0x202E), (0x2066, 0x2069)) for code in range(first, last + 1)
}
_SAFE_CONTROLS = frozenset("\t")
# Vietnamese puts at most two marks on a letter; a tower of them covers the lines around it.
_MAX_MARKS = 4
_MAX_DEPTH = 32
_TRUTH = {"true": True, "on": True, "1": True, "yes": True} | dict.fromkeys(("false", "off", "0", "no"), False)
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.:/-]{0,63}")


class BodyError(ValueError):
    """The body is not what the format says; the text is the reason, fit for a log."""


def read_json(payload: bytes) -> Any:
    """Strict JSON (RFC 8259): no NaN, no UTF-16, no lone surrogates, nothing after the document."""
    try:
        body = msgspec.json.decode(payload)
    except UnicodeDecodeError:
        raise BodyError("not UTF-8") from None
    except RecursionError:
        raise BodyError("nested too deeply") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise BodyError(f"not JSON: {error}" if payload.strip() else "empty") from None
    # The parser's own limit moves with the depth of the caller's stack; ours must not.
    if payload.count(b"{") + payload.count(b"[") > _MAX_DEPTH and _depth(body) > _MAX_DEPTH:
        raise BodyError("nested too deeply")
    return body


def read_object(payload: bytes) -> dict[str, Any]:
    body = read_json(payload)
    if not isinstance(body, dict):
        raise BodyError("not a JSON object")
    return body


def fingerprint(body: Mapping[str, Any]) -> str:
    """12 hex digits that tell two bodies apart, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12]


def has_unsafe_text(body: object) -> bool:
    """Whether any key or text in it could forge a log line, move a cursor or hide what is written."""
    return any(_is_unsafe(text) for text in _texts(body))


def number(value: object, least: float, most: float) -> float | None:
    """The number, or None where it is none (``bool`` is not one), not finite or out of range."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if least <= value <= most else None  # NaN is in no range


def figure(value: object, least: float, most: float) -> float | None:
    """As ``number``, and also where somebody's codec or template put it between quotes."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    return number(value, least, most)


def truth(value: object) -> bool | None:
    """Yes or no, as JSON has it, as a word, or as 1 and 0; None for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _TRUTH.get(value.strip().lower())
    return bool(value) if type(value) is int and value in (0, 1) else None


def is_whole(value: object, end: int) -> bool:
    return type(value) is int and 0 <= value < end  # bool is an int to isinstance()


def word(value: object) -> str | None:
    """A short plain word of a device, fit to be shown; None for anything else."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def _texts(body: object) -> Iterator[str]:
    waiting = [body]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting.extend(item.keys())
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _depth(body: object) -> int:
    depth, level = 0, [body]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
    return depth


def _is_unsafe(text: str) -> bool:
    if text.isascii() and text.isprintable():
        return False
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MAX_MARKS or character in _HIDING:
            return True
        if category == "Cc" and character not in _SAFE_CONTROLS:
            return True
    return False
