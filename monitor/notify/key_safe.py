"""Keys of accounts as they lie in the store: sealed with a key that lies in a file of its own, and never beside them.

Whoever carries a copy of the store away can speak in nobody's name with it.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from monitor.journal.channel_tokens import TokenPair

MARK = "gcm1:"
KEY_BYTES, NONCE_BYTES = 32, 12
_SEALED = ("access_token", "refresh_token", "previous_access", "previous_refresh")


class CannotOpen(Exception):
    """Says why, without anything of what is inside."""


class KeySafe:
    """``file``: made at the first use, for its owner alone."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def insist(self) -> None:
        """Before anything is fetched that could not be put away. Raises ``CannotOpen``."""
        self._key(may_make=True)

    def sealed(self, account: str, pair: TokenPair) -> TokenPair:
        cipher = AESGCM(self._key(may_make=True))

        def seal(name: str, text: str | None) -> str | None:
            if not text:
                return text
            nonce = secrets.token_bytes(NONCE_BYTES)
            box = nonce + cipher.encrypt(nonce, text.encode(), _place(account, name))
            return MARK + base64.urlsafe_b64encode(box).decode()

        return _with(pair, seal)

    def opened(self, account: str, pair: TokenPair) -> TokenPair:
        """What was never sealed stays as it is. Raises ``CannotOpen``."""
        if not is_sealed(pair):
            return pair
        cipher = AESGCM(self._key(may_make=False))

        def unseal(name: str, text: str | None) -> str | None:
            if not text or not text.startswith(MARK):
                return text
            try:
                box = base64.urlsafe_b64decode(text.removeprefix(MARK))
                return cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _place(account, name)).decode()
            except (InvalidTag, ValueError):
                raise CannotOpen(f"the stored keys cannot be opened with {self._file}") from None

        return _with(pair, unseal)

    def _key(self, *, may_make: bool) -> bytes:
        try:
            key = self._file.read_bytes() if self._file.exists() or not may_make else self._made()
        except OSError as error:
            raise CannotOpen(f"key file {self._file}: {error.strerror}") from None
        if len(key) != KEY_BYTES:
            raise CannotOpen(f"key file {self._file}: expected {KEY_BYTES} bytes")
        return key

    def _made(self) -> bytes:
        key = AESGCM.generate_key(KEY_BYTES * 8)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        return key


def is_sealed(pair: TokenPair) -> bool:
    return any((getattr(pair, name) or "").startswith(MARK) for name in _SEALED)


def is_bare(pair: TokenPair) -> bool:
    """Whether anything in it lies open."""
    return any(text and not text.startswith(MARK) for text in (getattr(pair, name) for name in _SEALED))


def key_file_of(given: Path | None, database_url: str) -> Path:
    """Beside the store, where the settings say nothing."""
    scheme, _, path = database_url.partition(":///")
    return given or (Path(path).with_name("zalo.key") if scheme == "sqlite" else Path("data/zalo.key"))


def _with(pair: TokenPair, turned: Callable[[str, str | None], str | None]) -> TokenPair:
    values: dict[str, Any] = {name: turned(name, getattr(pair, name)) for name in _SEALED}
    return replace(pair, **values)


def _place(account: str, name: str) -> bytes:
    return f"channel_token/{account}/{name}".encode()
