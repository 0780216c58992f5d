"""From the settings of the channels to the channels themselves: each kind is named here once."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.clock import Clock
from monitor.notify.apprise_way import AppriseChannel
from monitor.notify.channel_settings import (
    AppriseWay,
    Bot,
    ChannelSettings,
    CopyText,
    Mail,
    SirenWay,
    Webhook,
    ZaloGroup,
    ZaloUser,
    Zns,
)
from monitor.notify.copy_text import CopyTextChannel
from monitor.notify.desk import DutyDesk
from monitor.notify.mail import MailChannel
from monitor.notify.message import Channel
from monitor.notify.plan import Plan
from monitor.notify.siren_way import SirenChannel, Sounder
from monitor.notify.telegram import telegram
from monitor.notify.webhook import WebhookChannel
from monitor.notify.zalo_account import ZaloAccount
from monitor.notify.zalo_bot import zalo_bot
from monitor.notify.zalo_group import ZaloGroupChannel
from monitor.notify.zalo_keys import ZaloKeys
from monitor.notify.zalo_user import ZaloUserChannel
from monitor.notify.zns import ZnsChannel


def open_channels(
    plan: Plan, desk: DutyDesk, clock: Clock, keys: ZaloKeys | None = None, sounder: Sounder | None = None
) -> Mapping[str, Channel]:
    """``keys``: of the plan's Zalo account, where somebody else needs them too."""
    account = ZaloAccount(plan.zalo, keys or ZaloKeys(plan.zalo, desk, clock)) if plan.zalo else None
    return {name: _channel(settings, account, sounder) for name, settings in plan.channels.items()}


def _channel(settings: ChannelSettings, account: ZaloAccount | None, sounder: Sounder | None) -> Channel:
    if isinstance(settings, ZaloUser | ZaloGroup | Zns):
        assert account is not None, "the plan has seen to it"  # noqa: S101
        return _zalo(settings, account)
    return SirenChannel(settings.for_s, sounder) if isinstance(settings, SirenWay) else _plain(settings)


def _plain(settings: Webhook | Mail | CopyText | Bot | AppriseWay) -> Channel:
    match settings:
        case Webhook():
            return WebhookChannel(settings)
        case Mail():
            return MailChannel(settings)
        case CopyText():
            return CopyTextChannel()
        case AppriseWay():
            return AppriseChannel(settings)
        case Bot():
            return zalo_bot(settings) if settings.kind == "zalo_bot" else telegram(settings)


def _zalo(settings: ZaloUser | ZaloGroup | Zns, account: ZaloAccount) -> Channel:
    match settings:
        case ZaloUser():
            return ZaloUserChannel(account)
        case ZaloGroup():
            return ZaloGroupChannel(account)
        case Zns():
            return ZnsChannel(account, settings.template_id)
