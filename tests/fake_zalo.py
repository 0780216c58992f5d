"""Zalo as it behaves: an account whose keys expire and whose refresh keys are good once, users, groups, ZNS, bots."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fake_services import Asked, FakeService

APP_ID, SECRET_KEY, SEED, BOT_TOKEN = "app-1", "secret-1", "refresh-0", "12:bot-token"
OA_SECRET_KEY = "oa-secret-1"
LIFE_S = 90_000


@dataclass
class FakeZalo(FakeService):
    """``rate_limit_after``: so many messages are taken, the next is refused once. ``seen``: texts by recipient."""

    night: bool = False
    outside_window: bool = False
    gmf_expired: bool = False
    quota: int | None = None
    reject_refresh: bool = False
    drop_keys: bool = False
    rate_limit_after: int | None = None
    refreshes: int = 0
    seen: list[tuple[str, str]] = field(default_factory=list)
    challenges: dict[str, str] = field(default_factory=dict)
    _refresh_key: str = SEED
    _access_key: str = ""

    def expire_now(self) -> None:
        with self.lock:
            self._access_key = ""

    def authorised_anew(self, refresh_key: str) -> None:
        self._refresh_key = refresh_key

    def may_lose(self, asked: Asked) -> bool:
        """The answer with new keys only where a test says so: whoever loses it has lost the account."""
        return self.drop_keys or not asked.path.endswith("access_token")

    def reply(self, asked: Asked) -> tuple[int, Any]:
        if asked.path.startswith(f"/bot{BOT_TOKEN}/"):
            return self._bot(asked)
        answers: dict[str, Callable[[], Any]] = {
            "/v4/oa/access_token": lambda: self._exchange(asked),
            "/v3.0/oa/message/cs": lambda: self._oa(asked, "user_id"),
            "/v3.0/oa/group/message": lambda: self._oa(asked, "group_id"),
            "/v3.0/oa/quota/message": lambda: self._refused(asked, -216) or self._quota(asked),
            "/message/template": lambda: self._zns(asked),
            "/v2.0/oa/getoa": lambda: self._refused(asked, -216) or {"error": 0, "data": {"oa_id": "1"}},
        }
        self.insist(asked.path in answers, f"nothing is at {asked.path}")
        return 200, answers[asked.path]()

    def _exchange(self, asked: Asked) -> dict[str, Any]:
        self.insist(asked.headers.get("secret_key") == SECRET_KEY, "the app's secret goes into the header secret_key")
        self.insist(asked.headers["content-type"] == "application/x-www-form-urlencoded", "the token is asked by form")
        form = asked.form
        if form["grant_type"] == "authorization_code":
            return self._exchange_code(form)
        self.insist((form["app_id"], form["grant_type"]) == (APP_ID, "refresh_token"), "app_id and grant_type")
        if self.reject_refresh or form["refresh_token"] != self._refresh_key:
            return {"error": -14014, "error_name": "Invalid refresh token"}
        return self._new_pair()

    def permit(self, address: str) -> dict[str, str]:
        """A person agrees on the page that ``address`` leads to: what he is sent back with. The code is good once."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.insist(set(asked) == {"app_id", "redirect_uri", "code_challenge", "state"}, "what a permission needs")
        self.challenges["code-1"] = asked["code_challenge"]
        return {"code": "code-1", "state": asked["state"], "oa_id": "1"}

    def _exchange_code(self, form: dict[str, str]) -> dict[str, Any]:
        self.insist(len(form["code_verifier"]) == 43 and form["code_verifier"].isalnum(), "a verifier of 43")
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if self.challenges.pop(form["code"], None) != digest:
            return {"error": -14003, "error_name": "Invalid authorization code"}
        return self._new_pair()

    def tell(self, event: str, text: str = "", *, msg_id: str = "", **more: Any) -> tuple[bytes, dict[str, str]]:
        """What is posted to a webhook, and its headers. ``more``: parts of the body."""
        body: dict[str, Any] = {"app_id": APP_ID, "event_name": event, "timestamp": "1773485999000", **more}
        if event.startswith("user_send_"):
            body = {"sender": {"id": "u-7"}, "recipient": {"id": "oa-1"}, **body}
            body["message"] = {"msg_id": msg_id, "text": text}
        raw = json.dumps(body, ensure_ascii=False, indent=1).encode()
        signed = APP_ID.encode() + raw + body["timestamp"].encode() + OA_SECRET_KEY.encode()
        return raw, {"X-ZEvent-Signature": f"mac={hashlib.sha256(signed).hexdigest()}"}

    def _new_pair(self) -> dict[str, Any]:
        self.refreshes += 1
        self._access_key, self._refresh_key = f"access-{self.refreshes}", f"refresh-{self.refreshes}"
        return {"access_token": self._access_key, "refresh_token": self._refresh_key, "expires_in": str(LIFE_S)}

    def _refused(self, asked: Asked, expired: int) -> dict[str, Any] | None:
        self.insist("authorization" not in asked.headers, "the key goes into the header access_token, not Bearer")
        key = asked.headers.get("access_token")
        if not key or key != self._access_key:
            return {"error": expired, "message": "Access token is invalid"}
        return None

    def _oa(self, asked: Asked, id_name: str) -> dict[str, Any]:
        if (refused := self._refused(asked, -216)) is not None:
            return refused
        self.insist(asked.headers["content-type"] == "application/json", "a message is JSON")
        body = asked.json
        self.insist(set(body) == {"recipient", "message"} and set(body["recipient"]) == {id_name}, "the shape")
        is_group = id_name == "group_id"
        number = -237 if is_group and self.gmf_expired else -234 if self.night and not is_group else 0
        if self.outside_window and not is_group:
            number = -230
        if self.quota == 0:
            number = -211
        if self.rate_limit_after is not None and len(self.seen) >= self.rate_limit_after:
            self.rate_limit_after, number = None, -32
        if number:
            return {"error": number, "message": "refused"}
        return {
            "error": 0,
            "message": "Success",
            "data": {"message_id": self._keep(body["recipient"][id_name], body["message"]["text"])},
        }

    def _quota(self, asked: Asked) -> dict[str, Any]:
        self.insist(asked.json == {"quota_owner": "OA"}, "whose quota is asked for")
        remain = 940 if self.quota is None else self.quota
        asset = {"asset_id": "a-1", "product_type": "cs", "quota_type": "sub_quota", "valid_through": "30/04/2026"}
        none = {**asset, "product_type": "transaction", "total": 0, "remain": 0}
        return {"error": 0, "data": [none, {**asset, "total": 1000, "remain": remain}]}

    def _zns(self, asked: Asked) -> dict[str, Any]:
        if (refused := self._refused(asked, -124)) is not None:
            return refused
        body = asked.json
        self.insist(body["phone"].startswith("84") and body["phone"].isdigit(), "the number is 84…")
        self.insist(all(name.isascii() for name in body["template_data"]), "parameters are ASCII")
        if self.night:
            return {"error": -133, "message": "ZNS not allowed at night"}
        text = " ".join(body["template_data"].values())
        quota = {"dailyQuota": "500", "remainingQuota": "499"}
        return {"error": 0, "data": {"msg_id": self._keep(body["phone"], text), "sent_time": "1", "quota": quota}}

    def _bot(self, asked: Asked) -> tuple[int, Any]:
        if asked.path.endswith("/getMe"):
            return 200, {"ok": True, "result": {"id": 1}}
        self.insist(asked.path.endswith("/sendMessage"), asked.path)
        body = asked.json
        if body["chat_id"] == "gone":
            return 403, {"ok": False, "error_code": 403, "description": "bot was blocked"}
        if self.rate_limit_after is not None and len(self.seen) >= self.rate_limit_after:
            self.rate_limit_after = None
            return 429, {"ok": False, "error_code": 429, "description": "later", "parameters": {"retry_after": 7}}
        self.insist(len(body["text"]) <= 4096, "a text of a bot has an end")
        return 200, {"ok": True, "result": {"message_id": self._keep(body["chat_id"], body["text"])}}

    def _keep(self, recipient: str, text: str) -> str:
        self.seen.append((recipient, text))
        return f"m-{len(self.seen)}"
