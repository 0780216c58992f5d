"""What bots of Zalo and of Telegram have in common: the token in the address, the chat's id, and ``{"ok": …}``."""

from __future__ import annotations

from monitor.machines.delivery import Answer, Outcome
from monitor.notify.channel_settings import Bot
from monitor.notify.exchange import Reply, ask, client, said
from monitor.notify.message import Message

TOO_MANY, CHAT_IS_GONE, TOKEN_IS_WRONG = 429, frozenset({400, 403}), frozenset({401, 404})


class BotChannel:
    """``longest``: characters of a text; the service refuses a longer one."""

    def __init__(self, settings: Bot, longest: int) -> None:
        self.kind: str = settings.kind
        self._base = f"{settings.url}/bot{settings.token.get_secret_value()}"
        self._longest = longest
        self._http = client(settings.timeout_s)

    def send(self, message: Message) -> Answer:
        body = {"chat_id": message.address, "text": message.text[: self._longest]}
        return self._meaning(ask(self._http, "POST", f"{self._base}/sendMessage", json=body))

    def check(self) -> Answer:
        return self._meaning(ask(self._http, "POST", f"{self._base}/getMe"))

    def _meaning(self, reply: Reply | Answer) -> Answer:
        if isinstance(reply, Answer):
            return reply
        body = reply.body
        if body.get("ok") is True and body.get("result"):
            return Answer(Outcome.DELIVERED, "ok")
        number = body.get("error_code") or reply.status
        words = said("error", number, body.get("description"))
        if number == TOO_MANY:
            parameters = body.get("parameters")
            wait_s = parameters.get("retry_after", 0) if isinstance(parameters, dict) else 0
            return Answer(Outcome.RETRY, words, "refused", float(wait_s))
        if number in CHAT_IS_GONE:
            return Answer(Outcome.PERMANENT, words, "refused")
        return Answer(Outcome.OPERATOR if number in TOKEN_IS_WRONG else Outcome.RETRY, words, "refused")
