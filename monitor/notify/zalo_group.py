"""A message to a GMF group that the Official Account owns: text, no buttons; other groups take none from a program."""

from __future__ import annotations

from monitor.machines.delivery import Answer
from monitor.notify.message import Message
from monitor.notify.zalo_account import ZaloAccount
from monitor.notify.zalo_errors import OA_EXPIRED, oa_answer


class ZaloGroupChannel:
    kind = "zalo_group"

    def __init__(self, account: ZaloAccount) -> None:
        self._account = account
        self._url = f"{account.settings.api_url}/v3.0/oa/group/message"

    def send(self, message: Message) -> Answer:
        body = {"recipient": {"group_id": message.address}, "message": {"text": message.text}}
        return self._account.send(self._url, body, oa_answer, OA_EXPIRED)

    def check(self) -> Answer:
        return self._account.check_with_quota()
