"""What stands behind the bracket of a DC-09 frame, in clear text or sealed.

    data ] [Xdata] … _HH:MM:SS,MM-DD-YYYY                                   in clear
    hexadecimal of AES-CBC, zero vector: 16 to 31 bytes of pad | data ] …    sealed; without data the | is left out

No byte of the pad is one of ``| [ ]``. X is a capital: H time of occurrence, I text of the alarm.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msgspec import Struct

from device_adapters.core.bodies import has_unsafe_text
from device_adapters.core.dc09_frames import read_stamp, stamp

KEY_BYTES: Final = (16, 24, 32)
_BLOCK = 16
_VECTOR = modes.CBC(bytes(_BLOCK))
# Whatever stands between data and time: a text with a bracket in it must not cost the alarm before it.
_BODY = re.compile(rb"([^\[\]]*)\](.*?)(?:_([0-9:,-]+))?", re.DOTALL)
_EXTRA = re.compile(rb"\[([A-Z])([^\]]*)\]", re.DOTALL)
_PAD_MARKS = b"|[]"


class Body(Struct, frozen=True):
    """``data``: between its brackets. ``said_at``: the panel's clock as it sent, None where it says none."""

    data: str
    said_at: datetime | None
    is_stamped: bool
    happened_at: datetime | None = None
    text: str | None = None


class Sealed(ValueError):
    """It does not open with this key, or what is in it is no body."""


def key_of(agreed: Mapping[str, Any]) -> bytes | None:
    """The 16, 24 or 32 bytes of an account's key: typed characters in some makes, hexadecimal in others."""
    typed, written = agreed.get("key_ascii"), agreed.get("key_hex")
    try:
        key = typed.encode("ascii") if isinstance(typed, str) else bytes.fromhex(written or "")
    except (ValueError, TypeError):
        return None
    return key if len(key) in KEY_BYTES else None


def read_body(content: bytes) -> Body | None:
    found = _BODY.fullmatch(content)
    if found is None:
        return None
    extras = {word.decode(): value for word, value in _EXTRA.findall(found[2])}
    said = found[3].decode() if found[3] else ""
    happened = extras.get("H", b"").decode("ascii", "replace")
    text = extras.get("I")
    return Body(
        found[1].decode("utf-8", "replace"),
        read_stamp(said) if said else None,
        bool(said),
        read_stamp(happened) if happened else None,
        None if text is None else _shown(text.decode("utf-8", "replace")),
    )


def _shown(text: str) -> str | None:
    plain = "".join(character for character in text if character.isprintable())
    return None if has_unsafe_text(plain) else plain.strip()


def open_body(content: bytes, key: bytes) -> Body:
    """Raises ``Sealed``."""
    try:
        sealed = bytes.fromhex(content.decode("ascii"))
    except ValueError:
        raise Sealed("not hexadecimal") from None
    if not sealed or len(sealed) % _BLOCK:
        raise Sealed("not whole blocks")
    decryptor = Cipher(algorithms.AES(key), _VECTOR).decryptor()
    clear = decryptor.update(sealed) + decryptor.finalize()
    start = next((place for place, byte in enumerate(clear) if byte in _PAD_MARKS), len(clear))
    body = read_body(clear[start:].removeprefix(b"|"))
    if body is None or not (body.is_stamped or body.data.startswith("#")):
        raise Sealed("another key, or none of DC-09")
    return body


def seal(content: bytes, key: bytes, seed: bytes) -> bytes:
    """In hexadecimal. The pad is drawn from the key and ``seed``: whoever has no key cannot tell what comes."""
    pad = bytes(_pad(key, seed, _BLOCK + -len(content) % _BLOCK))
    encryptor = Cipher(algorithms.AES(key), _VECTOR).encryptor()
    return (encryptor.update(pad + content) + encryptor.finalize()).hex().upper().encode()


def sealed_answer(now: datetime, key: bytes, seed: bytes) -> bytes:
    """Of an acknowledgement: no data, and our time."""
    said = stamp(now)
    return seal(f"]_{said}".encode(), key, said.encode() + seed)


def _pad(key: bytes, seed: bytes, length: int) -> Iterator[int]:
    drawn = b"".join(hmac.digest(key, seed + bytes([part]), hashlib.sha256) for part in range(2))
    return (byte ^ 1 if byte in _PAD_MARKS else byte for byte in drawn[:length])
