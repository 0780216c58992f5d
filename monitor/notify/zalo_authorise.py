"""Authorising a Zalo Official Account: a person goes to Zalo and comes back with a code, which is good once.

The code is exchanged for a pair of keys together with a word that only we know (PKCE, S256), so a code that somebody
else has seen is worth nothing to him.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import string
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from monitor.clock import Clock
from monitor.errors import Refusal
from monitor.machines.delivery import Answer
from monitor.notify.channel_settings import Zalo
from monitor.notify.exchange import ask, client
from monitor.notify.zalo_errors import told
from monitor.notify.zalo_keys import NoKey, ZaloKeys

CODE_LASTS = timedelta(minutes=10)
VERIFIER_LENGTH = 43
MOST_WAITING = 20
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class _Waiting:
    verifier: str
    user: str
    until_at: datetime


class ZaloAuthorisation:
    """Who has gone to Zalo and is not back yet is kept in memory: after a restart he goes again."""

    def __init__(self, settings: Zalo, keys: ZaloKeys, clock: Clock) -> None:
        self._settings, self._keys, self._clock = settings, keys, clock
        self._http = client(settings.timeout_s)
        self._waiting: dict[str, _Waiting] = {}
        self._lock = threading.Lock()

    def begin(self, user: str) -> str:
        """Where the user has to go. Raises ``Refusal``."""
        if self._settings.callback_url is None:
            raise Refusal("channels.toml, [zalo]: callback_url is missing: Zalo would not know where to come back to")
        verifier = "".join(secrets.choice(_LETTERS) for _ in range(VERIFIER_LENGTH))
        state, now = secrets.token_urlsafe(24), self._clock.now()
        with self._lock:
            kept = [(name, each) for name, each in self._waiting.items() if each.until_at > now]
            self._waiting = dict(kept[-MOST_WAITING + 1 :]) | {state: _Waiting(verifier, user, now + CODE_LASTS)}
        asked = {
            "app_id": self._settings.app_id,
            "redirect_uri": self._settings.callback_url,
            "code_challenge": challenge_of(verifier),
            "state": state,
        }
        return f"{self._settings.oauth_url}/v4/oa/permission?{urlencode(asked)}"

    def finish(self, code: str, state: str, user: str) -> None:
        """Raises ``Refusal``: whoever comes back must have gone, himself, and not long ago."""
        with self._lock:
            waiting = self._waiting.pop(state, None)
        if waiting is None or waiting.user != user or self._clock.now() > waiting.until_at:
            raise Refusal("nobody has gone to Zalo with this word, or too long ago: authorise it anew", "unknown_state")
        reply = ask(
            self._http,
            "POST",
            f"{self._settings.oauth_url}/v4/oa/access_token",
            headers={"secret_key": self._settings.secret_key.get_secret_value()},
            data={
                "code": code,
                "app_id": self._settings.app_id,
                "grant_type": "authorization_code",
                "code_verifier": waiting.verifier,
            },
        )
        if isinstance(reply, Answer):
            raise Refusal(f"Zalo did not answer: {reply.said}", "not_exchanged")
        if not (reply.body.get("access_token") and reply.body.get("refresh_token")):
            raise Refusal(f"Zalo refused the code: {told(reply.body)}", "not_exchanged")
        try:
            self._keys.authorised(reply.body)
        except NoKey as missing:
            raise Refusal(missing.answer.said, "not_stored") from None


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
