"""The last step: is a port open at all? For cameras that speak neither RTSP nor ONVIF."""

from __future__ import annotations

from monitor.probe.answers import Found
from monitor.probe.conversation import Conversation, Way, word_of


async def ask_tcp(way: Way) -> Found:
    talk = Conversation(way)
    try:
        async with talk:
            return Found("tcp", talk.opened_ms)
    except OSError as error:
        return Found("tcp", err=word_of(error))
