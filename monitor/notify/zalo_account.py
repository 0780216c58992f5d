"""What users, groups and ZNS have in common: one account, whose key is renewed once when it is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from monitor.machines.delivery import Answer, Outcome, Quota
from monitor.notify.channel_settings import Zalo
from monitor.notify.exchange import Reply, ask, client
from monitor.notify.zalo_errors import OA_EXPIRED, number_of, told
from monitor.notify.zalo_keys import NoKey, ZaloKeys


class ZaloAccount:
    def __init__(self, settings: Zalo, keys: ZaloKeys) -> None:
        self.settings, self._keys = settings, keys
        self._http = client(settings.timeout_s)

    def send(
        self, url: str, body: Mapping[str, Any], meaning: Callable[[Reply], Answer], expired: Collection[int]
    ) -> Answer:
        reply = self._ask("POST", url, expired, json=body)
        return reply if isinstance(reply, Answer) else meaning(reply)

    def quota(self) -> Quota | None:
        """The scarcest of what the account may send; None where Zalo does not say."""
        url = f"{self.settings.api_url}/v3.0/oa/quota/message"
        reply = self._ask("POST", url, OA_EXPIRED, json={"quota_owner": "OA"})
        if isinstance(reply, Answer) or number_of(reply) != 0:
            return None
        told = reply.body.get("data")
        found = [quota for each in (told if isinstance(told, list) else ()) if (quota := _quota(each)) is not None]
        return min(found, key=lambda quota: quota.remain / quota.total, default=None)

    def check_with_quota(self) -> Answer:
        """As ``check``; that the quota is not told is no fault."""
        answer = self.check()
        return replace(answer, quota=self.quota()) if answer.outcome is Outcome.DELIVERED else answer

    def check(self) -> Answer:
        reply = self._ask("GET", f"{self.settings.api_url}/v2.0/oa/getoa", OA_EXPIRED)
        if isinstance(reply, Answer):
            return reply
        if self._keys.fault:
            return Answer(Outcome.OPERATOR, self._keys.fault)
        is_well = number_of(reply) == 0
        return Answer(Outcome.DELIVERED, "ok") if is_well else Answer(Outcome.OPERATOR, told(reply.body))

    def _ask(self, method: str, url: str, expired: Collection[int], **given: Any) -> Reply | Answer:
        try:
            key = self._keys.access()
            reply = ask(self._http, method, url, headers={"access_token": key}, **given)
            if isinstance(reply, Reply) and number_of(reply) in expired:
                key = self._keys.renewed(key)
                reply = ask(self._http, method, url, headers={"access_token": key}, **given)
            if isinstance(reply, Reply) and number_of(reply) in expired:
                return Answer(Outcome.OPERATOR, told(reply.body), "refused")
            if isinstance(reply, Reply):
                self._keys.works(key)
        except NoKey as missing:
            return missing.answer
        return reply


def _quota(given: Any) -> Quota | None:
    try:
        quota = Quota(int(given["remain"]), int(given["total"]))
    except (KeyError, TypeError, ValueError):
        return None
    return quota if quota.total > 0 else None
