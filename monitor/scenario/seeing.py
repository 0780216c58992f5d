"""What is so at a moment of a story, as the store has it: the same questions to whoever plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from unicodedata import normalize

from sqlalchemy import ColumnElement, Connection, Table, func, literal, select

from monitor.inventory.edits import core
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.prepared import Prepared
from monitor.inventory.tables import Device
from monitor.journal.duty_tables import DutyRow
from monitor.journal.incident_tables import IncidentEntryRow
from monitor.journal.outage_tables import OutageMemberRow, OutageRow
from monitor.journal.tables import DeviceStateRow, EventRow, QuarantineRow
from monitor.reports.incident_lines import Handled, incident_line
from monitor.scenario.inventory import WHO
from monitor.scenario.officers import ALARM, INCIDENT, PART, UNSEEN
from simulator.scenario.wants import AlarmWant, CountWant, ScreenWant, ToldWant, Want

EVENT, STATE, DEVICE, QUARANTINE = core(EventRow), core(DeviceStateRow), core(Device), core(QuarantineRow)
DUTY, OUTAGE, MEMBER, ENTRY, EDIT = (
    core(DutyRow),
    core(OutageRow),
    core(OutageMemberRow),
    core(IncidentEntryRow),
    core(EditRow),
)
HELP = ("hold_up", "panic", "duress", "fire", "medical", "intrusion")
TOLD = ("SENT", "BY_HAND")
Found = tuple[bool, str]


class NoPage(Exception):
    """There is nothing to be read, neither what is wanted nor what is not."""


class Sight:
    """``bells_waiting``: presses that devices still keep.

    ``page_text``: what is to be read on a page, by its path; raises ``NoPage``.
    """

    def __init__(
        self, connection: Connection, bells_waiting: Callable[[], int], page_text: Callable[[str], str]
    ) -> None:
        self._connection, self._bells_waiting, self._page_text = connection, bells_waiting, page_text

    def meets(self, want: Want) -> Found:
        """Whether it is so, and what is seen instead."""
        if want.alarm is not None:
            return self._alarm(want.alarm)
        if want.device is not None:
            seen = self._one(select(STATE.c.state).where(STATE.c.device_id == want.device.id))
            return seen == want.device.state, str(seen)
        if want.told is not None:
            return self._told(want.told)
        if want.count is not None:
            seen_count = self.count(want.count.of)
            return _fits(want.count, seen_count), str(seen_count)
        if want.screen is not None:
            return self._screen(want.screen)
        lines = self.lines()
        return want.line in lines, " | ".join(lines) or "no incident"

    def count(self, what: str) -> int:
        if what == "bells_waiting":
            return self._bells_waiting()
        if what == "outage_size":
            return self.largest_outage()
        return int(COUNTED[what].scalar(self._connection))

    def _alarm(self, want: AlarmWant) -> Found:
        wanted = select(ALARM).where(ALARM.c.device_id == want.device).order_by(ALARM.c.id.desc())
        if want.kind is not None:
            wanted = wanted.where(ALARM.c.kind == want.kind)
        row = self._connection.execute(wanted).mappings().first()
        if row is None:
            return False, "no alarm"
        seen = {
            "state": row["state"],
            "presses": row["presses"],
            "duplicates": row["duplicates"],
            "is_late": row["late_s"] >= LATE_FROM_S,
            "is_degraded": row["degraded"] is not None,
        }
        asked = {name: value for name, value in want.model_dump().items() if name in seen and value is not None}
        told = ", ".join(f"{name} {seen[name]}" for name in asked or {"state": 0})
        return all(seen[name] == value for name, value in asked.items()), f"{row['kind']}: {told}"

    def _told(self, want: ToldWant) -> Found:
        rows = self._connection.execute(select(DUTY).where(DUTY.c.state.in_(TOLD))).mappings().all()
        met = [
            row
            for row in rows
            if want.who in (row["role"], row["address"], row["recipient"])
            and want.channel in (None, row["channel"])
            and want.why in (None, row["about"])
        ]
        told = ", ".join(f"{row['role']} by {row['channel']} ({row['about']})" for row in rows)
        return bool(met) == want.is_told, told or "nobody was told"

    def _screen(self, want: ScreenWant) -> Found:
        try:
            read = plain(self._page_text(want.page))
        except NoPage as why:
            return False, f"{want.page}: {why}"
        is_there = plain(want.text) in read
        told = "there" if is_there else f"not there; {want.page} says: {read[:MOST_TOLD]}"
        return is_there == want.is_shown, told

    # -- of the whole story -------------------------------------------------------------------------------------------

    def lines(self) -> list[str]:
        """The line of the report, kind by kind, of what has been answered."""
        rows = self._connection.execute(select(INCIDENT).where(INCIDENT.c.stage != "MERGED")).mappings().all()
        kinds: dict[str, list[Handled]] = {}
        for row in rows:
            handled = Handled(row["opened_at"], row["acknowledged_at"], row["on_scene_at"])
            kinds.setdefault(row["kind"], []).append(handled)
        return [incident_line(kind, handled, "vi") for kind, handled in kinds.items()]

    def largest_outage(self) -> int:
        sizes = select(func.count()).select_from(MEMBER).group_by(MEMBER.c.alarm_id)
        return max(self._connection.execute(sizes).scalars(), default=0)

    def messages_for_incidents(self) -> int:
        of_incidents = select(func.coalesce(func.sum(ALARM.c.presses + ALARM.c.duplicates), 0))
        return int(self._one(of_incidents.join(PART, PART.c.alarm_id == ALARM.c.id)) or 0)

    def seconds_until(self, column: str) -> int | None:
        """From the opening of the first incident until then."""
        row = self._connection.execute(select(INCIDENT).order_by(INCIDENT.c.id)).mappings().first()
        at: datetime | None = row[column] if row else None
        return round((at - row["opened_at"]).total_seconds()) if row and at else None

    def audit_entries(self) -> int:
        """What people did, and what became of their incidents."""
        return self._number(ENTRY) + self._number(EDIT, EDIT.c.actor != WHO)

    def groups_told(self) -> list[str]:
        wanted = select(DUTY.c.address).where(DUTY.c.channel == "zalo-group", DUTY.c.state.in_(TOLD)).distinct()
        return sorted(self._connection.execute(wanted).scalars())

    def next_duty_at(self) -> datetime | None:
        """When somebody is next to be told."""
        found: datetime | None = _NEXT_DUTY.scalar(self._connection)
        return found

    def presses_stored(self) -> Mapping[str, int]:
        """How many different presses of each device are kept."""
        presses = select(EVENT.c.device_id, func.count()).where(EVENT.c.event_class == "alarm")
        return {row[0]: row[1] for row in self._connection.execute(presses.group_by(EVENT.c.device_id)) if row[0]}

    def _number(self, table: Table, *clause: ColumnElement[bool]) -> int:
        return int(self._one(select(func.count()).select_from(table).where(*clause)) or 0)

    def _one(self, wanted: Any) -> Any:
        return self._connection.execute(wanted).scalar()


MOST_TOLD = 160


def plain(text: str) -> str:
    """As one compares what is read: style sheets make capitals, and templates blanks."""
    return " ".join(normalize("NFC", text).casefold().split())


# As the desk: what took longer to arrive is said to be late.
LATE_FROM_S = 5.0
_EYES = STATE.c.device_id.in_(select(DEVICE.c.id).where(DEVICE.c.device_class == "camera"))
_NEXT_DUTY = Prepared(select(func.min(DUTY.c.next_at).label("next_at")).where(DUTY.c.state == "WAITING"))
_OF: Mapping[str, tuple[Table, tuple[ColumnElement[bool], ...]]] = MappingProxyType(
    {
        "alarms": (ALARM, ()),
        "calls_for_help": (ALARM, (ALARM.c.kind.in_(map(literal, HELP)),)),
        "ringing": (ALARM, (ALARM.c.state.in_(map(literal, UNSEEN)),)),
        "incidents": (INCIDENT, ()),
        "outages": (OUTAGE, ()),
        "offline": (STATE, (STATE.c.state == "OFFLINE",)),
        "working_eyes": (STATE, (STATE.c.state.in_(map(literal, ("ONLINE", "LATE"))), _EYES)),
        "monitor_faults": (ALARM, (ALARM.c.kind == "monitor_fault",)),
        "quarantine": (QUARANTINE, ()),
        "duties": (DUTY, ()),
        "told": (DUTY, (DUTY.c.state.in_(map(literal, TOLD)),)),
    }
)
# Asked at every look of every story.
COUNTED: Mapping[str, Prepared] = MappingProxyType(
    {
        what: Prepared(select(func.count().label("many")).select_from(table).where(*clause))
        for what, (table, clause) in _OF.items()
    }
)


def _fits(want: CountWant, seen: int) -> bool:
    return (
        want.equals in (None, seen)
        and (want.at_least is None or seen >= want.at_least)
        and (want.at_most is None or seen <= want.at_most)
    )
