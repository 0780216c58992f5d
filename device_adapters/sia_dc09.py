"""``sia_dc09``: SIA DC-09 alarm panels, in Contact ID (ADM-CID) or SIA codes (SIA-DCS), in clear text or AES.

    LF CCCC 0LLL "ID" SSSS [Rr] Ll #acct [ #acct|data ] [Xdata] … _HH:MM:SS,MM-DD-YYYY CR
    ID     ADM-CID | SIA-DCS, an event | NULL | XNM, link tests; with a star before it what follows is sealed
    data   1120 01 005                   new (3: over, 6: still so), event 120, group 1, zone 5
           Nri1/PA005                    area 1, event PA, zone 5
    reply  "ACK"SSSSRrLl#acct[]          it is stored; sealed where the frame was
           "NAK"0000R0L0A0[]_our time    its time, or its being in clear text, is not taken
           "DUH"SSSSRrLl#acct[]          it came well, and cannot be used

It speaks to a port of the monitor's own, not at the broker; ``<base>/tcp`` and ``<base>/udp`` only name the way, and
what stands on ``<base>/…/out`` is our own. A panel's address is its account (``<prefix>-<account>`` where the prefix is
needed to tell two apart), a zone's ``<account>/<zone>``. What is broken gets no answer: the panel sends it again.
A panel sends again what it has no answer to, under the same number, for which numbers begin anew after each power cut:
so a copy is told by number, content and time together (``core.dc09_copies``).
Read in: PyPI siadc09 1.0.1 (DC-09-2026) and pysiaalarm 3.2.2; home-assistant/core issues 54504, 73316, 88474, 180511.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from device_adapters.core.addresses import account
from device_adapters.core.contract import Adapter, Decoded, DeviceClass, Known, Message, Refused, Supervision, Tally
from device_adapters.core.dc09_bodies import Body, Sealed, key_of, open_body, read_body, sealed_answer
from device_adapters.core.dc09_events import Happened, read_data
from device_adapters.core.dc09_frames import (
    ANSWERS,
    NULLS,
    Unreadable,
    acknowledged,
    pieces_of,
    read_frame,
    refused,
    unable,
)
from device_adapters.core.dc09_numbers import counted
from device_adapters.core.dc09_panel import Panel, claim_of
from device_adapters.core.events import Event, EventClass

# The panel's clock against ours: DC-09-2026, 5.5.1.9.
MOST_AHEAD, MOST_BEHIND = timedelta(seconds=20), timedelta(seconds=40)
LONGEST_PAYLOAD = 65_536
NOBODY = "unknown"  # the address of what names no account
_EVENTS = frozenset({"ADM-CID", "SIA-DCS"})
_ORDER = {event_class: place for place, event_class in enumerate(EventClass)}


class _Said(Struct, frozen=True):
    """What one frame came to."""

    events: tuple[Event, ...]
    reply: bytes = b""
    refused: str | None = None
    tally: Tally | None = None


def decode(message: Message, base: str, known: Known) -> Decoded:
    if not message.topic.startswith(base + "/"):
        raise Refused(f"the topic is not below {base}")
    if message.topic.endswith("/out"):
        return Decoded((_nothing("our own ack"),))
    news: dict[str, str] = {}
    told = Known(known.device, lambda key: news[key] if key in news else known.recall(key), known.below, known.agreed)
    said = [_said(piece, message.received_at, told, news) for piece in pieces_of(message.payload[:LONGEST_PAYLOAD])]
    events = sorted((event for each in said for event in each.events), key=lambda event: _ORDER[event.event_class])
    reasons = [each.refused for each in said if each.refused]
    reply, refused = b"".join(each.reply for each in said), "; ".join(reasons)[:400] or None
    tally = said[-1].tally if said else None
    note = {key: news.pop(key) for key in [*news] if key.startswith("count:")}
    return Decoded(tuple(events), news, note, reply=reply, refused=refused, tally=tally)


def _nothing(detail: str, account: str | None = None) -> Event:
    return Event(event_class=EventClass.IGNORE, address=account or NOBODY, detail=detail)


def _said(piece: bytes, now: datetime, known: Known, news: dict[str, str]) -> _Said:
    try:
        frame = read_frame(piece)
    except Unreadable as broken:
        return _Said((_nothing(broken.reason, broken.account),), refused=broken.reason)
    if frame.id in ANSWERS or not frame.account:
        return _Said((_nothing(f"{frame.id} is no panel's to say"),), refused=f"{frame.id} is no panel's to say")
    panel = Panel(frame, known, news)
    key = key_of(panel.agreed)
    if frame.is_encrypted and key is None:
        return _objected(panel, "no_key", unable(frame))
    if not frame.is_encrypted and key is not None:
        return _objected(panel, "plain_text", _nak(panel, now))
    try:
        body = open_body(frame.content, key) if key is not None else read_body(frame.content)
    except Sealed:
        return _objected(panel, "wrong_key", unable(frame))
    tally, note = (None, {}) if panel.is_unknown else counted(panel.address, frame.sequence, known, now)
    news |= note
    seal = sealed_answer(now, key, piece) if key is not None else None
    return replace(_opened(panel, body, now, seal), tally=tally)


def _opened(panel: Panel, body: Body | None, now: datetime, seal: bytes | None) -> _Said:
    """``seal``: of the answer, where the frame was sealed too."""
    if body is None:
        return _doubtful(panel, "its data never ends")
    said_at = body.said_at and body.said_at - panel.clock_offset
    is_timely = said_at is not None and now - MOST_BEHIND <= said_at <= now + MOST_AHEAD
    if seal is not None and not is_timely:  # whoever listened to the line could send it again
        return _objected(panel, "stale_time", _nak(panel, now))
    is_wrong = body.is_stamped and not is_timely
    alive = (*panel.speaks_well(), *panel.is_alive("trouble:clock" if is_wrong else None))
    reply = _nak(panel, now) if is_wrong else acknowledged(panel.frame, seal)
    if panel.frame.id in NULLS:
        # To acknowledge is to promise that somebody will miss it.
        return _Said(alive, unable(panel.frame) if panel.is_unknown and not is_wrong else reply)
    happened_at = body.happened_at and body.happened_at - panel.clock_offset
    # How long it was kept back, both by the one clock that was found right.
    queued_s = max(0.0, (said_at - happened_at).total_seconds()) if happened_at and said_at and is_timely else None
    when = {"occurred_at": happened_at or said_at, "queued_s": queued_s}
    events, refused_why = _events(panel, body, when, now)
    if not events:
        return _doubtful(panel, refused_why or "its data is in no format of ours", alive)
    is_taken = not panel.is_unknown or any(event.event_class is EventClass.ALARM for event in events)
    return _Said((*events, *alive), reply if is_taken or is_wrong else unable(panel.frame), refused_why)


def _events(panel: Panel, body: Body, when: Mapping[str, Any], now: datetime) -> tuple[list[Event], str | None]:
    if panel.frame.id not in _EVENTS:
        return [], f"{panel.frame.id} is no format of ours"
    data = read_data(panel.frame.id, body.data, flips_troubles=bool(panel.agreed.get("flips_troubles")))
    if not data.happened:
        return [], None
    flags = ("identity_mismatch",) if data.account and data.account != panel.frame.account else ()
    identity, events = panel.identity(body, now), list[Event]()
    for place, happened in enumerate(data.happened):
        each = {**when, "source_event_id": f"{identity}/{place}", "flags": flags}
        events += panel.says(happened, body, each, now)
    return events, None if data.is_whole else "a part of its data is in no format of ours"


def _doubtful(panel: Panel, reason: str, alive: tuple[Event, ...] = ()) -> _Said:
    """It came whole from a panel of ours, and says something that happened: nobody can say that it is no call."""
    if panel.is_unknown or panel.frame.id in NULLS:
        return _Said((_nothing(reason, panel.address),), unable(panel.frame), reason)
    return _Said((*panel.is_unclear(reason), *alive), unable(panel.frame), reason)


def _objected(panel: Panel, word: str, reply: bytes) -> _Said:
    claims: tuple[Happened, ...] = ()
    if not panel.frame.is_encrypted and (body := read_body(panel.frame.content)) and panel.frame.id in _EVENTS:
        claims = read_data(panel.frame.id, body.data, flips_troubles=False).happened
    return _Said(panel.objects(word, claims), reply, f"{word.replace('_', ' ')}{claim_of(claims)}")


def _nak(panel: Panel, now: datetime) -> bytes:
    return refused(now + panel.clock_offset, "#000" if panel.agreed.get("nak") == "#000" else "A0")


# A zone is wired to its panel and lives with it: it has its own line only where nothing is registered as its panel.
_WIRED = Supervision(interval_s=90_000, deadline_s=97_200)

ADAPTER = Adapter(
    name="sia_dc09",
    default_base="dc09",
    subscriptions=(),
    decode=decode,
    canonical=account,
    topic="DC-09 #{address}",
    supervision={DeviceClass.BELL: _WIRED},
    port="dc09_listen",
)
