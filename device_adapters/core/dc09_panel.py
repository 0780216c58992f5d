"""A DC-09 panel as the inventory knows it: whose address a thing has that happened, and what of it is open still.

A zone that is registered has an address of its own. What nobody registered there is the panel's own, so that whoever
looks sees where it rings; its end ends the call of the panel only when nothing else there is open. What is remembered
of a panel that is registered: its open conditions, its lost zones, a walk test, and what it said last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from device_adapters.core.alarm_codes import About, Meaning
from device_adapters.core.contract import Known
from device_adapters.core.dc09_bodies import Body
from device_adapters.core.dc09_copies import Copies, stranger_identity
from device_adapters.core.dc09_events import Happened
from device_adapters.core.dc09_frames import Frame
from device_adapters.core.events import AlarmKind, Event, EventClass

MOST_OPEN = 64
WALK_TEST_LASTS = timedelta(minutes=30)
# What we hold against how it speaks; over as soon as it speaks as it should.
OBJECTIONS = ("plain_text", "no_key", "wrong_key", "stale_time")
_CALLS = frozenset({EventClass.ALARM, EventClass.CLEAR})
_EQUIPMENT = frozenset({AlarmKind.TROUBLE, AlarmKind.TAMPER, AlarmKind.BATTERY_LOW})
_BEGUN = frozenset({EventClass.ALARM, EventClass.TAMPER, EventClass.LOW_BATTERY, EventClass.TROUBLE})
_NONE = timedelta()
_WALK_TEST = "walk_test"


class Panel:
    """``news``: what is to be remembered, added to as it speaks."""

    def __init__(self, frame: Frame, known: Known, news: MutableMapping[str, str]) -> None:
        self.frame, self._known, self._news = frame, known, news
        prefixed = f"{frame.prefix.removeprefix('L')}-{frame.account}"
        self.address = prefixed if known.device(prefixed) or known.agreed(prefixed) else frame.account
        self.agreed: Mapping[str, Any] = known.agreed(self.address)
        self.is_unknown = known.device(self.address) is None and not known.below(self.address)
        self.clock_offset = _offset(self.agreed.get("utc_offset_h"))

    @property
    def _number(self) -> str:
        """Of what has no identity that could be read: the same to the letter is the same."""
        return f"{self.frame.sequence}#{hashlib.sha256(self.frame.content).hexdigest()[:12]}"

    def identity(self, body: Body, now: datetime) -> str:
        if self.is_unknown:
            return stranger_identity(self.frame, body, now)
        identity, told = Copies(self._recall("told")).identity(self.frame, body, now)
        self._remember("told", told)
        return identity

    def is_alive(self, trouble: str | None = None) -> tuple[Event, ...]:
        """The panel itself, and the zones that are wired to it, but those it has lost."""
        lost = self._listed("lost")
        zones = [each for each in self._known.below(self.address) if each.rpartition("/")[2] not in lost]
        return (
            self._event(EventClass.HEARTBEAT, detail=trouble),
            *(Event(event_class=EventClass.HEARTBEAT, address=zone) for zone in zones),
        )

    def objects(self, word: str, claims: Sequence[Happened] = ()) -> tuple[Event, ...]:
        """Once until it speaks as it should, for it may say so every few seconds; but each call that it claims."""
        detail, told = f"trouble:{word}{claim_of(claims)}", self._listed("objections")
        is_call = any(each.meaning.event_class is EventClass.ALARM for each in claims)
        if self.is_unknown or (word in told and not is_call):
            return (self._event(EventClass.IGNORE, detail=detail),)
        if word not in told:
            self._list("objections", [*told, word])
        number = f"{word}#{self._number}" if is_call else None
        return (self._event(EventClass.TROUBLE, kind=AlarmKind.TROUBLE, detail=detail, source_event_id=number),)

    def speaks_well(self) -> tuple[Event, ...]:
        if not self._listed("objections"):
            return ()
        self._list("objections", [])
        if self._listed(_open(self.address, AlarmKind.TROUBLE)):
            return ()
        return (self._event(EventClass.CLEAR, kind=AlarmKind.TROUBLE, detail="restore:transmission"),)

    def is_unclear(self, reason: str) -> tuple[Event, ...]:
        """What cannot be read of it rings; the same number only once."""
        facts = self._known.device(self.address)
        return (
            self._event(
                EventClass.ALARM,
                kind=(facts and facts.alarm_kind) or AlarmKind.PANIC,
                degraded=reason,
                source_event_id=self._number,
            ),
        )

    def says(self, happened: Happened, body: Body, when: Mapping[str, Any], now: datetime) -> Iterator[Event]:
        meaning = happened.meaning
        address = self._address_of(happened)
        event_class = meaning.event_class
        if event_class is EventClass.OFFLINE and address == self.address:
            event_class = EventClass.TROUBLE  # of a panel that speaks
        kind = self._kind(meaning, address, event_class)
        self._note_zone(happened, now)
        is_over = event_class is EventClass.CLEAR and not self._is_all_over(address, kind, happened)
        if event_class in _BEGUN:
            self._note_open(address, kind, happened)
        yield Event(
            event_class=EventClass.IGNORE if is_over else event_class,
            address=address,
            kind=None if is_over else kind,
            degraded=meaning.doubt and f"{happened.code}: {meaning.doubt}",
            detail=self._detail(happened, body, event_class, now),
            **when,
        )

    # -- whose it is ---------------------------------------------------------------------------------------------------

    def _address_of(self, happened: Happened) -> str:
        zone = f"{self.address}/{happened.number}"
        if happened.meaning.about is not About.ZONE or not happened.number:
            return self.address
        # Whose place nobody knows at all is shown by its number.
        return zone if self._known.device(zone) or self.is_unknown else self.address

    def _kind(self, meaning: Meaning, address: str, event_class: EventClass) -> AlarmKind | None:
        """The inventory knows what a plain button is for; a panel that says more is believed."""
        if event_class in _CALLS and meaning.is_generic and (facts := self._known.device(address)):
            return facts.alarm_kind or meaning.kind
        return AlarmKind.TROUBLE if event_class is EventClass.TROUBLE else meaning.kind

    def _detail(self, happened: Happened, body: Body, event_class: EventClass, now: datetime) -> str:
        meaning, about = happened.meaning, happened.meaning.about
        word = meaning.word
        if event_class is EventClass.TROUBLE:
            word = f"trouble:{word}"
        elif event_class is EventClass.CLEAR and meaning.kind in _EQUIPMENT:
            word = f"restore:{word}"
        where = f"{about} {happened.number}" if happened.number and about is not About.PANEL else ""
        area = f"area {happened.area}" if happened.area and event_class is EventClass.ALARM else ""
        more = "still so" if happened.is_standing else ""
        test = "in a walk test" if event_class is EventClass.ALARM and self._is_walk_test(now) else ""
        text = f"“{body.text[:200]}”" if body.text else ""
        return ", ".join(filter(None, (f"{word} ({happened.code})", where, area, more, test, text)))[:480]

    # -- what is remembered --------------------------------------------------------------------------------------------

    def _note_zone(self, happened: Happened, now: datetime) -> None:
        """A lost zone is back when it says anything."""
        zone, lost = happened.number, self._listed("lost")
        is_lost = happened.meaning.event_class is EventClass.OFFLINE
        if zone and happened.meaning.about is About.ZONE and is_lost is not (zone in lost):
            self._list("lost", [*lost, zone] if is_lost else [each for each in lost if each != zone])
        if happened.meaning.word == _WALK_TEST and happened.meaning.about is About.PANEL:
            is_begun = happened.meaning.event_class is EventClass.TEST
            self._remember("walk_test", now.isoformat() if is_begun else "")

    def _is_walk_test(self, now: datetime) -> bool:
        """It rings all the same: that nobody means it is only the panel's word."""
        begun = self._recall("walk_test")
        return bool(begun) and timedelta() <= now - datetime.fromisoformat(str(begun)) < WALK_TEST_LASTS

    def _note_open(self, address: str, kind: AlarmKind | None, happened: Happened) -> None:
        name, item = _open(address, kind), _item(kind, happened)
        if self._is_counted(address, kind) and item not in self._listed(name):
            self._list(name, [*self._listed(name), item][-MOST_OPEN:])

    def _is_all_over(self, address: str, kind: AlarmKind | None, happened: Happened) -> bool:
        if not self._is_counted(address, kind):
            return True
        name, item = _open(address, kind), _item(kind, happened)
        left = [each for each in self._listed(name) if each != item]
        if len(left) != len(self._listed(name)):
            self._list(name, left)
        is_objected = kind is AlarmKind.TROUBLE and address == self.address and bool(self._listed("objections"))
        return not left and not is_objected

    def _is_counted(self, address: str, kind: AlarmKind | None) -> bool:
        """A call of a zone of its own is one thing; everything else may be several at once."""
        return address == self.address or kind in _EQUIPMENT

    def _listed(self, name: str) -> list[str]:
        return [each for each in (self._recall(name) or "").split(",") if each]

    def _list(self, name: str, items: Sequence[str]) -> None:
        self._remember(name, ",".join(items))

    def _recall(self, name: str) -> str | None:
        return self._known.recall(f"{name}:{self.address}")

    def _remember(self, name: str, value: str) -> None:
        if not self.is_unknown:
            self._news[f"{name}:{self.address}"] = value

    def _event(self, event_class: EventClass, **more: Any) -> Event:
        return Event(event_class=event_class, address=self.address, **more)


def _offset(hours: object) -> timedelta:
    """A panel that cannot be set to UTC says its local time."""
    return timedelta(hours=hours) if isinstance(hours, int | float) and -24 < hours < 24 else _NONE


def claim_of(happened: Sequence[Happened]) -> str:
    """In words, for whoever must judge it: a call for help that we do not take may be one all the same."""
    said = [f"{each.meaning.word} {each.number}".strip() for each in happened]
    return f" (it says: {', '.join(said)})"[:300] if said else ""


def _open(address: str, kind: AlarmKind | None) -> str:
    return f"open {kind} {address.partition('/')[2]}".strip()


def _item(kind: AlarmKind | None, happened: Happened) -> str:
    return f"{happened.number}.{happened.meaning.word}" if kind in _EQUIPMENT else happened.number or "0"
