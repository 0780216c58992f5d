"""Page cursors: opaque to clients, inside the key of the last row (keyset paging: no row twice, none left out)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence

from fastapi.exceptions import RequestValidationError

from monitor.web.schemas import LARGEST_ID


def to_cursor(key: str | int | None) -> str | None:
    return None if key is None else base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def from_cursor(cursor: str | None) -> str | None:
    """Raises a refusal of the ``cursor`` field for what no page of ours has given out."""
    if cursor is None:
        return None
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise _unknown_cursor() from error


def id_from_cursor(cursor: str | None) -> int | None:
    key = from_cursor(cursor)
    if key is None:
        return None
    if not (key.isascii() and key.isdigit() and len(key) < 20 and int(key) <= LARGEST_ID):
        raise _unknown_cursor()
    return int(key)


def keys_to_cursor(keys: Sequence[str] | None) -> str | None:
    """Where the place of a row in the order is told by several words."""
    return None if keys is None else to_cursor(json.dumps(keys, ensure_ascii=False))


def keys_from_cursor(cursor: str | None, depth: int) -> list[str] | None:
    """``depth``: of how many words a place consists; another question's cursor may have more or fewer."""
    text = from_cursor(cursor)
    if text is None:
        return None
    try:
        keys = json.loads(text)
    except ValueError as error:
        raise _unknown_cursor() from error
    if not (isinstance(keys, list) and len(keys) == depth and all(_is_word(key) for key in keys)):
        raise _unknown_cursor()
    return keys


def _is_word(key: object) -> bool:
    return isinstance(key, str) and "\0" not in key


def _unknown_cursor() -> RequestValidationError:
    problem = {"type": "cursor", "loc": ("query", "cursor"), "msg": "is not the `next` of an earlier page"}
    return RequestValidationError([problem])
