"""Whatever Apprise knows, some hundred services more: an extra that is installed where somebody needs it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from monitor.machines.delivery import Answer, Outcome
from monitor.notify.channel_settings import AppriseWay
from monitor.notify.message import Message

if TYPE_CHECKING:
    from apprise import Apprise


class AppriseChannel:
    """``{to}`` in the address of the service is the recipient's own."""

    kind = "apprise"

    def __init__(self, settings: AppriseWay) -> None:
        self._url = settings.url.get_secret_value()
        # It writes addresses with their keys into its log.
        logging.getLogger("apprise").disabled = True

    def send(self, message: Message) -> Answer:
        service = self._service(message.address)
        if service is None:
            return Answer(Outcome.OPERATOR, "Apprise cannot read the address", "refused")
        title, _, body = message.text.partition("\n")
        if service.notify(title=title, body=body or title):
            return Answer(Outcome.DELIVERED, "ok")
        # All that it says is that not everything went well.
        return Answer(Outcome.UNKNOWN, "Apprise says no more than that it failed", "unanswered")

    def check(self) -> Answer:
        """Only whether the address can be read: whoever is asked would be told something."""
        known = self._service("0") is not None
        return Answer(Outcome.DELIVERED, "ok") if known else Answer(Outcome.OPERATOR, "Apprise cannot read the address")

    def _service(self, address: str) -> Apprise | None:
        from apprise import Apprise

        service = Apprise()
        return service if service.add(self._url.replace("{to}", quote(address, safe=""))) else None
