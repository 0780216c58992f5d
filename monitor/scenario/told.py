"""Whom the post of a scenario tells: ways that write down what was sent, and answer as the story says."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from importlib import resources

from pydantic import TypeAdapter

from monitor.clock import Clock
from monitor.machines.delivery import Answer, Outcome
from monitor.machines.escalation import Recipient, Way
from monitor.notify.channel_settings import ChannelSettings
from monitor.notify.message import Message
from monitor.notify.plan import Plan, read_plan, with_layers
from monitor.scenario.accidents import Accidents
from monitor.settings import shipped

ZALO, SMS, ZALO_GROUP = "zalo", "sms", "zalo-group"
_SETTINGS: TypeAdapter[ChannelSettings] = TypeAdapter(ChannelSettings)
_CHANNELS = {
    ZALO: {"kind": "zalo_user"},
    SMS: {"kind": "zns", "template_id": "scenario"},
    ZALO_GROUP: {"kind": "zalo_group"},
}
_PEOPLE = ("second_officer", "commander", "technician")
_PURPOSES = {"command": "command_group", "steering": "steering_group"}


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that left, and when; ``is_answered``: whether its channel said so."""

    at_s: float
    channel: str
    message: Message
    is_answered: bool


@dataclass
class Mailbox:
    """What all ways of one post have sent; ``failing``: channel → (until when, how)."""

    clock: Clock
    accidents: Accidents
    sent: list[Sent] = field(default_factory=list)
    failing: dict[str, tuple[float, str]] = field(default_factory=dict)

    def send(self, channel: str, message: Message) -> Answer:
        until_s, how = self.failing.get(channel, (0.0, ""))
        now_s = self.clock.monotonic_s()
        if now_s < until_s and how == "refuses":
            return Answer(Outcome.RETRY, "refused by the story", "refused")
        is_answered = now_s >= until_s
        self.sent.append(Sent(now_s, channel, message, is_answered))
        self.accidents.reached("before_settling")
        if not is_answered:
            return Answer(Outcome.UNKNOWN, "no answer", "unanswered")
        return Answer(Outcome.DELIVERED, "sent")


@dataclass(frozen=True, slots=True)
class RecordingChannel:
    name: str
    kind: str
    mailbox: Mailbox

    def send(self, message: Message) -> Answer:
        return self.mailbox.send(self.name, message)

    def check(self) -> Answer:
        return Answer(Outcome.DELIVERED, "ready")


def post_plan() -> Plan:
    """As it is shipped; people are told by Zalo, else by SMS, and the commune's two groups are in Zalo."""
    told = read_plan(shipped("config/escalation.toml"), shipped("config/channels.toml"))
    told = with_layers(told, shipped("config/layers.toml"))
    roster = {role: (Recipient(role, (Way(ZALO, role), Way(SMS, role))),) for role in _PEOPLE}
    for row in _groups():
        if role := _PURPOSES.get(row["purpose"]):
            roster[role] = (Recipient(row["name"], (Way(ZALO_GROUP, row["channel_id"]),)),)
    ways = {name: _SETTINGS.validate_python(said) for name, said in _CHANNELS.items()}
    return replace(told, roster={**told.roster, **roster}, channels={**told.channels, **ways})


def _groups() -> list[dict[str, str]]:
    text = (resources.files("simulator") / "commune" / "zalo_channels.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def by_webhooks(plan: Plan, url: str) -> Plan:
    """The same ways, each to a path of its own at ``url``: over the wire something must be there to answer."""
    ways = {name: _SETTINGS.validate_python({"kind": "webhook", "url": f"{url}/{name}"}) for name in _CHANNELS}
    return replace(plan, channels={**plan.channels, **ways})
