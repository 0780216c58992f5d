"""The answer to a challenge: Digest (RFC 7616, and RFC 2069 of old cameras), else Basic (RFC 7617). Pure."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence

from monitor.probe.shapes import Login

_PART = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def authorization(challenges: Sequence[str], login: Login, method: str, uri: str, chance: str) -> str | None:
    """The value of ``Authorization``; None where no challenge is one we can answer. ``chance``: the client's nonce."""
    digests = [_parts(each) for each in challenges if each.lower().startswith("digest ")]
    for algorithm in reversed(_HASHES):
        for told in digests:
            if told.get("algorithm", "MD5").upper() == algorithm and "nonce" in told:
                return _digest(told, login, (method, uri), chance)
    if any(each.lower().startswith("basic") for each in challenges):
        return "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
    return None


def _parts(challenge: str) -> dict[str, str]:
    return {name.lower(): quoted or plain for name, quoted, plain in _PART.findall(challenge)}


def _digest(told: dict[str, str], login: Login, asked: tuple[str, str], chance: str) -> str:
    algorithm = told.get("algorithm", "MD5").upper()
    hashed: Callable[[str], str] = lambda text: _HASHES[algorithm](text.encode()).hexdigest()  # noqa: E731
    method, uri = asked
    realm, nonce = told.get("realm", ""), told["nonce"]
    secret, request = hashed(f"{login.user}:{realm}:{login.password}"), hashed(f"{method}:{uri}")
    has_qop = "auth" in re.split(r"[\s,]+", told.get("qop", ""))
    middle = f"{nonce}:00000001:{chance}:auth" if has_qop else nonce
    fields = {
        "username": login.user,
        "realm": realm,
        "nonce": nonce,
        "uri": uri,
        "response": hashed(f"{secret}:{middle}:{request}"),
    }
    said = ", ".join(f'{name}="{value}"' for name, value in fields.items())
    if "algorithm" in told:
        said += f", algorithm={told['algorithm']}"
    if "opaque" in told:
        said += f', opaque="{told["opaque"]}"'
    return f"Digest {said}" + (f', qop=auth, nc=00000001, cnonce="{chance}"' if has_qop else "")
