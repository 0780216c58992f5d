"""A bot of Telegram."""

from __future__ import annotations

from monitor.notify.bot import BotChannel
from monitor.notify.channel_settings import Bot

LONGEST = 4096


def telegram(settings: Bot) -> BotChannel:
    return BotChannel(settings, LONGEST)
