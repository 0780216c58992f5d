"""What Zalo tells us by its webhook: whether it is Zalo that speaks, and what it says.

The signature is a plain SHA-256 over the app's id, the very bytes of the body, the time and the account's own secret.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import orjson

from monitor.journal.heard import Heard
from monitor.journal.times import moment_of, unix_ms

LONGEST_TEXT, LONGEST_ID = 2000, 200
_FOLLOWING = frozenset({"follow", "unfollow"})


class ZaloHook:
    """``ours``: ids of the users and groups that the settings name; what they write is no tip."""

    def __init__(self, app_id: str, secret: str, ours: Collection[str] = ()) -> None:
        self._app_id, self._secret, self._ours = app_id.encode(), secret.encode(), frozenset(ours)

    def read(self, raw: bytes) -> Mapping[str, Any]:
        """Empty where there is no JSON object: that is how the console asks whether anybody is there."""
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return {"event_name": None} if raw.strip() else {}
        return body if isinstance(body, dict) else {"event_name": None}

    def is_genuine(self, raw: bytes, body: Mapping[str, Any], given: str, timestamp: str) -> bool:
        """``given`` and ``timestamp``: as the headers have them; the time stands in the body where it does."""
        mac = given.strip().removeprefix("mac=").strip().lower().encode(errors="replace")
        times = [str(body["timestamp"]) if "timestamp" in body else "", timestamp]
        digests = [self._mac(raw, each) for each in times if each]
        return any(hmac.compare_digest(mac, digest) for digest in digests)

    def heard(self, body: Mapping[str, Any], now: datetime) -> Heard | None:
        """None for what is of no interest: that our own message was received or seen."""
        event = str(body.get("event_name"))[:64]
        user_id = _word(body, "follower", "id") if event in _FOLLOWING else _word(body, "sender", "id")
        if not user_id or not (event in _FOLLOWING or event.startswith("user_send_")):
            return None
        is_group = event.startswith("user_send_group_")
        said_at = _time(body.get("timestamp"), now)
        return Heard(
            key=_key(_word(body, "message", "msg_id") or f"{event} {user_id} {body.get('timestamp')}"),
            event=event,
            user_id=user_id,
            group_id=_group(body) if is_group else None,
            text=_text(body.get("message")),
            said_at=said_at,
        )

    def is_tip(self, heard: Heard) -> bool:
        return heard.event.startswith("user_send_") and not heard.group_id and heard.user_id not in self._ours

    def _mac(self, raw: bytes, timestamp: str) -> bytes:
        signed = b"".join((self._app_id, raw, timestamp.encode(errors="replace"), self._secret))
        return hashlib.sha256(signed).hexdigest().encode()


def _word(body: Mapping[str, Any], part: str, name: str) -> str:
    within = body.get(part)
    found = within.get(name) if isinstance(within, dict) else None
    return _plain(str(found))[:LONGEST_ID] if isinstance(found, (str, int)) else ""


def _group(body: Mapping[str, Any]) -> str:
    """Accounts of different age are told it in different places."""
    places = (("recipient", "group_id"), ("message", "conversation_id"), ("recipient", "id"))
    return next((found for place in places if (found := _word(body, *place))), "?")


def _text(message: Any) -> str:
    """What was written, and where what was attached can be found."""
    if not isinstance(message, dict):
        return ""
    parts = [message.get("text")]
    attached = message.get("attachments")
    for each in attached if isinstance(attached, list) else ():
        payload = each.get("payload") if isinstance(each, dict) else None
        if isinstance(payload, dict):
            parts += [f"[{each.get('type')}]", payload.get("url"), _position(payload.get("coordinates"))]
    return _plain("\n".join(part for part in parts if isinstance(part, str) and part))[:LONGEST_TEXT]


def _position(given: Any) -> str | None:
    return f"{given.get('latitude')}, {given.get('longitude')}" if isinstance(given, dict) else None


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")


def _time(given: Any, now: datetime) -> datetime:
    """In milliseconds; what lies in the future is now."""
    text = str(given)
    is_moment = text.isascii() and text.isdigit() and 0 < int(text[:16]) <= unix_ms(now)
    return moment_of(int(text[:16])) if is_moment else now


def _key(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
