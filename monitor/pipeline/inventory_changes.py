"""What a committed write to the inventory means for memory and screens: read in its own transaction, told after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from device_adapters.core.events import AlarmKind
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.changes import Touched
from monitor.inventory.device_index import index_devices
from monitor.inventory.edits import core
from monitor.inventory.lookup import DeviceBook, KnownDevice, read_known, registered_among
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.device_queries import device_by_id
from monitor.journal.device_states import Sighting, create_states, remove_states, states_of
from monitor.journal.feed import FeedEntry, place_of
from monitor.journal.queries import alarms_by_ids
from monitor.journal.tables import TransitionRow
from monitor.machines.liveness import DeviceState
from monitor.pipeline.adoption import Adoption, adopt, nameless_among
from monitor.pipeline.alarm_log import AlarmChange
from monitor.pipeline.ties import read_parents

# Up to here each new device is told by itself; beyond, one word makes every screen load everything anew.
TOLD_ONE_BY_ONE = 20


@dataclass(frozen=True, slots=True)
class Written:
    """Who writes, when (UTC), and the devices as memory still knows them."""

    actor: str
    at: datetime
    before: DeviceBook


@dataclass(frozen=True, slots=True)
class InventoryChanges:
    """``known``: devices new or changed; ``gone``: retired or removed; ``seq``: the newest transition written.

    ``areas``: area → the one above it, where the tree changed.
    """

    known: Sequence[KnownDevice] = ()
    gone: Sequence[str] = ()
    states: Mapping[str, Sighting] = field(default_factory=dict)
    adopted: Sequence[AlarmChange] = ()
    alarms: Mapping[int, dict[str, Any]] = field(default_factory=dict)
    told: Sequence[FeedEntry] = ()
    seq: int = 0
    areas: Mapping[str, str | None] | None = None


def read_changes(
    tx: Connection, touched: Touched, written: Written, classes: Mapping[AlarmKind, AlarmClass]
) -> InventoryChanges:
    """The last step of the transaction that wrote them: devices are found, get their states, name ringing strangers."""
    device_ids = touched.device_ids
    index_devices(tx, device_ids)
    known = read_known(tx, device_ids)
    alive = {device.device_id for device in known}
    nameless = nameless_among(tx, [_source(device) for device in known])
    strangers = [device for device in known if _source(device) in nameless]
    adopted = [change for device in strangers for change in _adopt(tx, device, written, classes)]
    told = _tell(tx, [each for each in alive if written.before.with_id(each) is None], touched, written)
    return InventoryChanges(
        known=known,
        gone=[device_id for device_id in device_ids if device_id not in alive],
        states=_with_states(tx, device_ids, written.at),
        adopted=adopted,
        alarms=alarms_by_ids(tx, [change.alarm_id for change in adopted]),
        told=told,
        seq=max((entry.seq for entry in told), default=0),
        areas=read_parents(tx) if touched.has_areas else None,
    )


def _with_states(tx: Connection, device_ids: Collection[str], at: datetime) -> dict[str, Sighting]:
    """Every device of the inventory has a state, also a retired one, and nobody else has."""
    registered, states = registered_among(tx, device_ids), states_of(tx, device_ids)
    fresh = [Sighting(each, DeviceState.UNKNOWN, at, None, None) for each in registered if each not in states]
    create_states(tx, fresh)
    remove_states(tx, [each for each in states if each not in registered])
    return {each: state for each, state in states.items() if each in registered}


def _adopt(
    tx: Connection, device: KnownDevice, written: Written, classes: Mapping[AlarmKind, AlarmClass]
) -> list[AlarmChange]:
    if written.before.at_address(device.adapter, device.address) is not None:
        return []
    adoption = Adoption(device.device_id, device.device_class, device.sort.alarm_kind, classes)
    return adopt(tx, _source(device), adoption, written.actor, written.at)


def _source(device: KnownDevice) -> str:
    return f"{device.adapter}:{device.address}"


def _tell(tx: Connection, added: Sequence[str], touched: Touched, written: Written) -> list[FeedEntry]:
    if len(added) == len(touched.device_ids) <= TOLD_ONE_BY_ONE and not touched.has_areas:
        return [_added(tx, each, written) for each in added]
    # To everybody: who may no longer see a device must hear of it too, and the word names none.
    return [FeedEntry(_note(tx, "inventory", None, written), "resync", {"reason": "inventory_changed"}, None)]


def _added(tx: Connection, device_id: str, written: Written) -> FeedEntry:
    device = device_by_id(tx, device_id, EVERYWHERE)
    return FeedEntry(_note(tx, "device", device_id, written), "device_added", device, (place_of(device),))


def _note(tx: Connection, machine: str, device_id: str | None, written: Written) -> int:
    reason = "registered" if device_id else "changed"
    row = {"machine": machine, "device_id": device_id, "from_state": "", "to_state": "", "reason": reason}
    transition = core(TransitionRow)
    noted = insert(transition).values(**row, at=written.at, actor=written.actor).returning(transition.c.id)
    seq: int = tx.execute(noted).scalar_one()
    return seq
