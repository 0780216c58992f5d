"""The keys of a Zalo Official Account: one refresh at a time, and each new pair is stored before it is used.

A refresh key is good once. If the pair it was exchanged for were lost, a person would have to authorise the account
anew, so the pair before it stays until the new one has worked.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from monitor.clock import Clock
from monitor.errors import StoreUnavailable
from monitor.journal.channel_tokens import TokenPair, keep_token_pair, token_pair
from monitor.machines.delivery import Answer, Outcome
from monitor.notify.channel_settings import Zalo
from monitor.notify.desk import DutyDesk
from monitor.notify.exchange import ask, client
from monitor.notify.key_safe import CannotOpen, KeySafe, is_bare
from monitor.notify.zalo_errors import told

ACCOUNT = "zalo"
# Of 25 hours: five are left to find out that it does not work.
RENEW_AT = 0.8
AGAIN_AFTER_S = 30.0
NOBODY_HAS = "zalo.token: nobody has authorised the account yet"
log = structlog.get_logger()


class NoKey(Exception):
    """Carries what becomes of the message that waits for the key."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.said)
        self.answer = answer


class ZaloKeys:
    """Shared by all channels of the account. ``fault``: why somebody must authorise it anew."""

    def __init__(self, settings: Zalo, desk: DutyDesk, clock: Clock, safe: KeySafe | None = None) -> None:
        self._settings, self._desk, self._clock, self._safe = settings, desk, clock, safe
        self._http = client(settings.timeout_s)
        self._lock = threading.Lock()
        self._pair: TokenPair | None = None
        self._unstored: TokenPair | None = None
        self._tried_at: datetime | None = None

    @property
    def fault(self) -> str | None:
        return self._pair.fault if self._pair else None

    def access(self) -> str:
        """A key to speak with. Raises ``NoKey``."""
        with self._lock:
            pair, now = self._stored(), self._clock.now()
            renew_at = pair.taken_at + RENEW_AT * (pair.expires_at - pair.taken_at)
            if now < renew_at:
                return pair.access_token
            is_valid = now < pair.expires_at
            if is_valid and (pair.fault or not self._may_try(now)):
                return pair.access_token
            try:
                return self._refresh(pair).access_token
            except NoKey:
                if is_valid:
                    return pair.access_token
                raise

    def renewed(self, spent: str) -> str:
        """Another key in place of one that was refused; whoever comes second gets what the first has fetched."""
        with self._lock:
            pair = self._stored()
            return pair.access_token if pair.access_token != spent else self._refresh(pair).access_token

    def authorised(self, body: Mapping[str, object]) -> None:
        """A person has authorised the account anew: this pair counts from now on. Raises ``NoKey``."""
        with self._lock:
            digest = self._seed_digest()
            self._store(_pair_of(body, self._clock.now(), seed_digest=digest))

    def works(self, access_token: str) -> None:
        """It was taken: the pair before it is no longer needed."""
        pair = self._pair
        if pair is None or pair.is_proven or pair.access_token != access_token:
            return
        with self._lock:
            if self._pair is pair:
                with suppress(NoKey):  # the message is out: that it could not be noted must not send it again
                    self._store(replace(pair, is_proven=True, previous_access=None, previous_refresh=None))

    def _may_try(self, now: datetime) -> bool:
        return self._tried_at is None or now - self._tried_at >= timedelta(seconds=AGAIN_AFTER_S)

    def _stored(self) -> TokenPair:
        """As it is in the store; a pair that could not be stored yet is stored first."""
        if self._unstored is not None:
            self._store(self._unstored)
        if self._pair is None:
            seed, digest = self._settings.refresh_token.get_secret_value(), self._seed_digest()
            known = self._read()
            if known is None or known.seed_digest != digest:  # authorised for the first time, or anew
                now = self._clock.now()
                known = TokenPair(access_token="", refresh_token=seed, taken_at=now, expires_at=now, seed_digest=digest)
            self._pair = known
        return self._pair

    def _read(self) -> TokenPair | None:
        with self._desk.read() as connection:
            known = token_pair(connection, ACCOUNT)
        if self._safe is None:
            return known
        try:
            self._safe.insist()
            if known is None:
                return None
            opened = self._safe.opened(ACCOUNT, known)
        except CannotOpen as error:
            raise NoKey(Answer(Outcome.OPERATOR, f"zalo.token: {error}", "refused")) from None
        if is_bare(known):  # of a version that did not seal them
            self._store(opened)
        return opened

    def _refresh(self, pair: TokenPair) -> TokenPair:
        if pair.fault or not pair.refresh_token:
            raise NoKey(Answer(Outcome.OPERATOR, pair.fault or NOBODY_HAS, "refused"))
        self._tried_at = self._clock.now()
        body = self._exchange(pair.refresh_token)
        if body is None and not pair.is_proven and pair.previous_refresh:
            body = self._exchange(pair.previous_refresh)
        if body is None:
            fault = "zalo.token: the refresh key was refused; authorise the account anew"
            log.error("zalo_not_authorised")
            self._store(replace(pair, fault=fault))
            raise NoKey(Answer(Outcome.OPERATOR, fault, "refused"))
        now = self._clock.now()
        fresh = replace(
            _pair_of(body, now, seed_digest=pair.seed_digest),
            previous_access=pair.access_token,
            previous_refresh=pair.refresh_token,
        )
        self._store(fresh)
        return fresh

    def _exchange(self, refresh_token: str) -> dict[str, object] | None:
        """The new pair as it came; None where the refresh key was refused. Raises ``NoKey`` where nothing is known."""
        settings = self._settings
        reply = ask(
            self._http,
            "POST",
            f"{settings.oauth_url}/v4/oa/access_token",
            headers={"secret_key": settings.secret_key.get_secret_value()},
            data={"refresh_token": refresh_token, "app_id": settings.app_id, "grant_type": "refresh_token"},
        )
        if isinstance(reply, Answer):  # the message itself has not been sent
            raise NoKey(replace(reply, outcome=Outcome.RETRY))
        body = dict(reply.body)
        if body.get("access_token") and body.get("refresh_token"):
            return body
        log.warning("zalo_refresh_refused", said=told(body))
        return None

    def _seed_digest(self) -> str:
        return hashlib.sha256(self._settings.refresh_token.get_secret_value().encode()).hexdigest()

    def _store(self, pair: TokenPair) -> None:
        self._unstored = pair
        try:
            kept = self._safe.sealed(ACCOUNT, pair) if self._safe else pair
            self._desk.write(lambda tx: keep_token_pair(tx, ACCOUNT, kept))
        except CannotOpen as error:
            raise NoKey(Answer(Outcome.OPERATOR, f"zalo.token: {error}", "refused")) from None
        except StoreUnavailable as error:
            raise NoKey(Answer(Outcome.RETRY, f"store: {error.reason}")) from None
        self._pair, self._unstored = pair, None


def _pair_of(body: Mapping[str, object], now: datetime, *, seed_digest: str) -> TokenPair:
    return TokenPair(
        access_token=str(body["access_token"]),
        refresh_token=str(body["refresh_token"]),
        taken_at=now,
        expires_at=now + timedelta(seconds=float(str(body.get("expires_in") or 3600))),
        seed_digest=seed_digest,
    )
