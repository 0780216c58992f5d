"""Zalo Notification Service: a template that Zalo has allowed, to a telephone number; not at night."""

from __future__ import annotations

import re

from monitor.machines.delivery import Answer, Outcome
from monitor.notify.message import Message
from monitor.notify.wording import marked, time_of
from monitor.notify.zalo_account import ZaloAccount
from monitor.notify.zalo_errors import ZNS_EXPIRED, zns_answer

LONGEST_VALUE = 100


class ZnsChannel:
    kind = "zns"

    def __init__(self, account: ZaloAccount, template_id: str) -> None:
        self._account, self._template_id = account, template_id
        self._url = f"{account.settings.business_url}/message/template"

    def send(self, message: Message) -> Answer:
        phone = international(message.address)
        if phone is None:
            return Answer(Outcome.PERMANENT, "no telephone number", "refused")
        facts = message.facts
        values = {
            "code": message.code,
            "kind": marked(str(facts["kind_text"]), is_repeat=message.is_repeat),
            "place": str(facts["place"] or facts["device_name"] or "–"),
            "time": time_of(facts["raised_at"]),
        }
        body = {
            "phone": phone,
            "template_id": self._template_id,
            "template_data": {name: value[:LONGEST_VALUE] for name, value in values.items()},
            "tracking_id": message.tracking_id,
        }
        return self._account.send(self._url, body, zns_answer, ZNS_EXPIRED)

    def check(self) -> Answer:
        return self._account.check()


def international(number: str) -> str | None:
    """``0912 345 678`` → ``84912345678``; None for what is no Vietnamese number."""
    digits = re.sub(r"[^\d]", "", number)
    national = digits.removeprefix("84") if digits.startswith("84") and len(digits) > 10 else digits.removeprefix("0")
    return f"84{national}" if 9 <= len(national) <= 10 else None
