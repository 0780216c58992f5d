"""A message of the Official Account to one user: who follows it, and has written to it within seven days."""

from __future__ import annotations

from monitor.machines.delivery import Answer
from monitor.notify.message import Message
from monitor.notify.zalo_account import ZaloAccount
from monitor.notify.zalo_errors import OA_EXPIRED, oa_answer


class ZaloUserChannel:
    kind = "zalo_user"

    def __init__(self, account: ZaloAccount) -> None:
        self._account = account
        self._url = f"{account.settings.api_url}/v3.0/oa/message/cs"

    def send(self, message: Message) -> Answer:
        body = {"recipient": {"user_id": message.address}, "message": {"text": message.text}}
        return self._account.send(self._url, body, oa_answer, OA_EXPIRED)

    def check(self) -> Answer:
        return self._account.check_with_quota()
