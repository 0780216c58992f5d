"""Sirens that an alarm's chain sounds: the same rules as for officers, and never where the teller's bell is silent."""

from __future__ import annotations

from sqlalchemy import Connection, select

from monitor.clock import Clock
from monitor.errors import Refusal
from monitor.inventory.edits import core
from monitor.inventory.tables import NOTE, Device
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import sirens
from monitor.journal.incident_tables import IncidentAlarmRow
from monitor.notify.desk import DutyDesk
from monitor.notify.message import Message
from monitor.notify.siren_way import Sounded
from monitor.pipeline.siren_log import NewCall, SirenRules, call_sirens, stop_call

_DEVICE, _PART = core(Device), core(IncidentAlarmRow)
_MONITOR = "monitor"


class SirenDuties:
    def __init__(self, desk: DutyDesk, rules: SirenRules, clock: Clock) -> None:
        self._desk, self._rules, self._clock = desk, rules, clock

    def sound(self, message: Message, for_s: int) -> Sounded:
        """Raises ``UnknownRecord``, ``Refusal`` or ``StoreUnavailable``."""
        return self._desk.write(lambda tx: self._sound(tx, message, for_s))

    def silence(self, message: Message) -> Sounded:
        """What the alarm asked of it; what an officer asked goes on. As ``sound``."""
        self._desk.write(lambda tx: self._silence(tx, message))
        return Sounded.SILENCED

    def _silence(self, tx: Connection, message: Message) -> None:
        for call_id in sirens.calls_upon(tx, message.address, _MONITOR, _incident_of(tx, message)):
            stop_call(tx, call_id, _MONITOR, EVERYWHERE, self._clock.now())

    def _sound(self, tx: Connection, message: Message, for_s: int) -> Sounded:
        if _would_tell(tx, message):
            raise Refusal(f"{message.address} stands where the bell is silent: it would tell", "silent_at_site")
        new = NewCall(
            device_ids=(message.address,),
            area_id=None,
            for_s=for_s,
            reason=f"{message.code} · {message.text.partition(chr(10))[0]}"[:NOTE],
            by=_MONITOR,
            incident_id=_incident_of(tx, message),
        )
        try:
            call = call_sirens(tx, new, self._rules, EVERYWHERE, self._clock.now())
        except Refusal as refusal:
            # A try whose answer was lost, or an officer who was first.
            if refusal.code == "nothing_to_sound":
                return Sounded.ALREADY
            raise
        return Sounded.WAITS if call["is_wide"] else Sounded.ORDERED


def _incident_of(tx: Connection, message: Message) -> int | None:
    return tx.execute(select(_PART.c.incident_id).where(_PART.c.alarm_id == message.facts.get("id"))).scalar()


def _would_tell(tx: Connection, message: Message) -> bool:
    """Whether it stands in the very place whose bell must not be heard."""
    columns = (_DEVICE.c.establishment_id, _DEVICE.c.site_id, _DEVICE.c.is_silent_at_site)
    bell = tx.execute(select(*columns).where(_DEVICE.c.id == message.facts.get("device_id"))).first()
    siren = tx.execute(select(*columns).where(_DEVICE.c.id == message.address)).first()
    if bell is None or siren is None or not bell.is_silent_at_site:
        return False
    return any(
        mine is not None and mine == other
        for mine, other in ((siren.establishment_id, bell.establishment_id), (siren.site_id, bell.site_id))
    )
