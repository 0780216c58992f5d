"""Other programs: the message of Prometheus Alertmanager, version 4, so that whatever reads that reads us."""

from __future__ import annotations

import hashlib
from typing import Any

from monitor.machines.delivery import Answer, Outcome
from monitor.notify.channel_settings import Webhook
from monitor.notify.exchange import client, reach
from monitor.notify.message import Message

VERSION = "4"
_STILL_FIRING = "0001-01-01T00:00:00Z"
_TOO_MANY, _TOO_EARLY = 429, 425
_LABELS = ("device_id", "device_name", "place", "position", "group_id")


class WebhookChannel:
    kind = "webhook"

    def __init__(self, settings: Webhook) -> None:
        self._url = settings.url
        token = settings.token
        self._headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        self._http = client(settings.timeout_s)

    def send(self, message: Message) -> Answer:
        path = message.address.strip("/")
        url = f"{self._url}/{path}" if path else self._url
        reply = reach(self._http, "POST", url, json=body_of(message), headers=self._headers)
        if isinstance(reply, Answer):
            return reply
        if reply.is_success:
            return Answer(Outcome.DELIVERED, f"HTTP {reply.status_code}")
        is_busy = reply.status_code in (_TOO_MANY, _TOO_EARLY)
        return Answer(Outcome.RETRY if is_busy else Outcome.OPERATOR, f"HTTP {reply.status_code}", "refused")

    def check(self) -> Answer:
        """Only whether somebody answers: a message would be an alarm to whoever reads it."""
        reply = reach(self._http, "HEAD", self._url, headers=self._headers)
        return reply if isinstance(reply, Answer) else Answer(Outcome.DELIVERED, f"HTTP {reply.status_code}")


def body_of(message: Message) -> dict[str, Any]:
    facts = message.facts
    labels = {"alertname": str(facts["kind"]), "code": message.code, "priority": str(facts["priority"])}
    labels |= {name: str(facts[name]) for name in _LABELS if facts[name]}
    common = {"summary": message.text.partition("\n")[0], "description": message.text}
    annotations = {**common, "is_repeat": str(message.is_repeat).lower()}
    ended_at = facts.get("ended_at")
    status = "resolved" if ended_at else "firing"
    alert = {
        "status": status,
        "labels": labels,
        "annotations": annotations,
        "startsAt": facts["raised_at"],
        "endsAt": ended_at or _STILL_FIRING,
        "generatorURL": "",
        # One and the same for each try, so that whoever reads it can tell copies.
        "fingerprint": hashlib.sha256(message.tracking_id.encode()).hexdigest()[:16],
    }
    return {
        "version": VERSION,
        "groupKey": f"{{}}:{{code={message.code!r}}}",
        "truncatedAlerts": 0,
        "status": status,
        "receiver": message.address or "webhook",
        "groupLabels": {"code": message.code},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "",
        "alerts": [alert],
    }
