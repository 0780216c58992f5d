"""What the web asks of the rest of the monitor, and what the rest tells the web. ``app.py`` joins the two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection

from device_adapters.core.contract import DeviceClass
from monitor.clock import Clock
from monitor.inventory.action_plans import PlanStep
from monitor.inventory.territory import Place, Territory
from monitor.machines.delivery import Quota
from monitor.machines.discipline import Rules
from monitor.notify.zalo_hook import ZaloHook
from monitor.pipeline.bell_tests import Acted
from monitor.pipeline.duty_screens import DutyScreens
from monitor.pipeline.incident_commands import IncidentCommands
from monitor.pipeline.layer_watch import LayerWatch
from monitor.pipeline.set_aside import SetAside

T = TypeVar("T")
_HEARD = frozenset({"ONLINE", "LATE", "DEGRADED"})


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of the live feed, published after its commit and in the order of commits.

    ``seq``: id of the transition it tells of; what tells of none repeats the latest.
    ``event``: alarm | alarm_count | incident | devices | device_added | test | bell_test | set_aside | resync.
    ``places``: where what it tells of stands, for ``devices`` one a row; None: it is everybody's, (): nobody's whose
    account is bound to an area. ``tailored``: what such an account is told instead, None for nothing.
    """

    seq: int
    event: str
    data: Mapping[str, Any]
    places: tuple[Place, ...] | None = ()
    tailored: Callable[[Territory], Mapping[str, Any] | None] | None = None


class DeviceLife(NamedTuple):
    """A device's life as the writer knows it now; the store may be a second behind. Times in UTC."""

    state: str
    since_at: datetime
    last_seen_at: datetime | None
    battery_pct: float | None


class LiveColumns(NamedTuple):
    """Of equal length. ``states`` has None where memory knows nobody; times in Unix milliseconds."""

    device_ids: Sequence[str]
    states: list[str | None]
    since_ms: list[int | None]
    last_seen_ms: list[int | None]
    battery_pct: list[float | None]


def as_far_as_known(lives: Mapping[str, DeviceLife], blind_since_at: datetime | None) -> Mapping[str, DeviceLife]:
    """While we are blind nobody knows whether a device that was heard before still is."""
    if blind_since_at is None:
        return lives
    return {
        each: life._replace(state="UNKNOWN", since_at=blind_since_at) if life.state in _HEARD else life
        for each, life in lives.items()
    }


@dataclass(frozen=True, slots=True)
class ChannelState:
    """One way to tell people. ``fault``: what it said when it last failed, None while it is well."""

    kind: str
    fault: str | None
    answered_at: datetime | None
    tested_at: datetime | None
    quota: Quota | None = None


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """A screen's word that it showed or sounded ``version`` of an alarm. ``delay_ms``: from feed to eye or ear."""

    screen_id: str
    version: int
    kind: str
    delay_ms: float | None = None


class WebSettings(Protocol):
    """The settings the web reads."""

    @property
    def post_name(self) -> str: ...
    @property
    def base_topics(self) -> Mapping[str, str]: ...
    @property
    def supervision_hours(self) -> Mapping[DeviceClass, str]: ...
    @property
    def siren_max_on_s(self) -> int: ...
    @property
    def siren_wide_over(self) -> int: ...
    @property
    def siren_second_within_s(self) -> float: ...
    @property
    def session_lifetime_s(self) -> float: ...
    @property
    def session_idle_s(self) -> float: ...
    @property
    def login_attempts(self) -> int: ...
    @property
    def login_window_s(self) -> float: ...
    @property
    def map_file(self) -> str: ...


class Authorisation(Protocol):
    """A person goes to Zalo and comes back. Both raise ``Refusal``; the second asks Zalo: not on the event loop."""

    def begin(self, user: str) -> str:
        """The address to go to."""

    def finish(self, code: str, state: str, user: str) -> None: ...


class Foyer(Protocol):
    """What it takes to know who asks, and to go on knowing: all that a web process has of a desk."""

    @property
    def clock(self) -> Clock: ...

    @property
    def settings(self) -> WebSettings: ...

    def read(self) -> AbstractContextManager[Connection]:
        """A connection that sees one moment of the store from its first statement on."""

    async def write(self, work: Callable[[Connection], T]) -> T:
        """One short transaction of the web's own (accounts, sessions)."""


class Desk(Foyer, Protocol):
    """What the web may ask of the monitor. The commands run on the one writer and return after its commit."""

    async def acknowledge(self, alarm_id: int, version: int, user: str, within: Territory) -> Mapping[str, Any]:
        """The alarm afterwards. Raises ``UnknownRecord``, ``VersionConflict``, ``Refusal``, ``StoreUnavailable``."""

    async def close(self, alarm_id: int, version: int, user: str, within: Territory) -> Mapping[str, Any]:
        """As ``acknowledge``, for an officer who declares the condition over."""

    async def receipt(self, alarm_id: int, receipt: NewReceipt, user: str, within: Territory) -> None:
        """Stores it once; a repeat changes nothing. Raises ``UnknownRecord``."""

    async def change(self, work: Callable[[Connection, datetime], T], user: str) -> T:
        """One transaction of ``work`` on the inventory, all or nothing; memory and screens follow it.

        ``work`` runs on the one writer: short, and through ``inventory.edits``. What it raises rolls everything back.
        """

    async def bell_test(self, work: Callable[[Connection, datetime], Acted]) -> int:
        """One transaction of ``work`` on bell tests (``pipeline.bell_tests``), then told; the session's number."""

    async def on_incidents(self, work: Callable[[IncidentCommands], T]) -> T:
        """``work`` on the one writer. Raises what it raises, or ``StoreUnavailable``."""

    async def on_layers(self, work: Callable[[LayerWatch], None]) -> None:
        """As ``on_incidents``, of warnings by a plan of rings."""

    async def on_set_aside(self, work: Callable[[SetAside], T]) -> T:
        """As ``on_incidents``, of what is put aside."""

    @property
    def discipline(self) -> Rules:
        """How long alarms may be put aside, and when they are too many."""

    def plan_of(self, connection: Connection, incident: Mapping[str, Any]) -> Sequence[PlanStep]:
        """The steps of its action plan; ``incident``: kind and place_key."""

    def duty_roles(self) -> Sequence[str]:
        """Whom the chains of deadlines name, whoever is told first before the others."""

    def channels(self) -> Mapping[str, ChannelState]:
        """Name → how it is. Safe from any thread."""

    def test_channel(self, name: str) -> None:
        """Asks one of ``channels`` whether it would work, which may take a while: not on the event loop."""

    def zalo(self) -> Authorisation | None:
        """None where no account is set up."""

    def zalo_hook(self) -> ZaloHook | None:
        """None where no secret of the account is set up."""

    def health(self) -> Mapping[str, Any]:
        """ready, broker, broker_since_at, broker_anonymous, store, queue, quarantined, reasons, fault, blind_since_at,
        canary_ms."""

    @property
    def screens(self) -> DutyScreens:
        """The duty screens, and what each has shown and sounded."""

    def own_figures(self) -> Mapping[str, Any]:
        """version, store, disk, adapters, duties, time: as ``web.system`` shows them. Reads the store."""

    def latest_seq(self) -> int:
        """Id of the newest committed transition, 0 before the first."""

    def lives_of(self, device_ids: Iterable[str]) -> Mapping[str, DeviceLife]:
        """Of a few, and UNKNOWN while we are blind. (All of 100,000 take a tenth of a second.)"""

    def working(self) -> frozenset[str] | None:
        """Ids of the devices that are heard: ONLINE, or LATE by little; None while we are blind. Safe to ask from any
        thread.
        """

    def live_columns(self, device_ids: Sequence[str] | None) -> LiveColumns:
        """Lives as they were last known, from memory, in that order; None: of all that memory has. From any thread."""
