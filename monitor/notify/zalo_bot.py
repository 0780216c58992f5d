"""A bot of Zalo's bot platform."""

from __future__ import annotations

from monitor.notify.bot import BotChannel
from monitor.notify.channel_settings import Bot

LONGEST = 2000


def zalo_bot(settings: Bot) -> BotChannel:
    return BotChannel(settings, LONGEST)
