"""What people of the other commune did: tests, reports, their shift, sirens, what they put aside, a warning."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from monitor.inventory.area_tables import LayerMember, LayerPlan
from monitor.inventory.edits import Edit, put_all
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import layer_warnings
from monitor.journal.report_rows import NewSignal, NewTip, log_signal, log_tip
from monitor.journal.set_aside import CHATTER, OUT, SHELF
from monitor.journal.shifts import SHIFT
from monitor.journal.watches import NewWatch, add_watches
from monitor.pipeline.shifts import Line, note_down
from monitor.pipeline.siren_log import NewCall, SirenRules, call_sirens
from monitor.pipeline.trial_log import SESSION, TRIAL
from tests.monitor.web.walk.marked import (
    LOADED_AT,
    OTHER_COMMUNE,
    OTHER_DEVICE,
    OTHER_GROUP,
    OTHER_SHIFT,
    OTHER_SIREN,
    UNTIL,
)


def act(tx: Connection) -> None:
    """Something of everything that people do."""
    for of in (_bell_tests, _reports, _duty, _sirens, _put_aside):
        of(tx)


def warn(tx: Connection, incident_id: int, alarm_id: int) -> None:
    """A plan of the other commune, and a warning of it that goes on."""
    plan = {"id": "zxq-plan", "name": "zxqlop", "valid_from": LOADED_AT.date()}
    member = {"plan_id": "zxq-plan", "area_id": OTHER_COMMUNE, "layer": 3}
    ids = {"incident_id": incident_id, "alarm_id": alarm_id}
    ring = {"layer": 3, "after_s": 0.0, "answer_s": 60.0, "told_at": LOADED_AT}
    put_all(tx, LayerPlan, [plan], Edit("operator", LOADED_AT, "tables"))
    put_all(tx, LayerMember, [member], Edit("operator", LOADED_AT, "tables"))
    warning = {**ids, "plan_id": "zxq-plan", "plan_name": "zxqlop", "begun_at": LOADED_AT}
    begun = layer_warnings.begin(tx, warning, [ring])
    post = {"area_id": OTHER_COMMUNE, "name": "Xã zxqten", "layer": 3, "layers": "3"}
    layer_warnings.add_posts(tx, begun["id"], [post])


def _bell_tests(tx: Connection) -> None:
    """A session of the other commune that is open, and one that is over."""
    opened = {"code_word": "zxqma", "opened_at": LOADED_AT, "opened_by": "zxq-officer", "expires_at": UNTIL}
    trial = {"device_id": OTHER_DEVICE, "result": "failed", "is_over": False, "at": LOADED_AT, "note": "zxqghi"}
    for ended_at in (None, LOADED_AT):
        session_id = tx.execute(insert(SESSION).values(**opened, ended_at=ended_at).returning(SESSION.c.id)).scalar()
        tx.execute(insert(TRIAL).values(**trial, session_id=session_id, presses=1, version=0))


def _put_aside(tx: Connection) -> None:
    """What the other commune shelved, took out of service, and what chatters there."""
    rang = {"source": "zxq:nut", "kind": "tamper", "device_id": OTHER_DEVICE, "alarm_id": 3}
    shelf = {"shelved_at": LOADED_AT, "until_at": UNTIL, "first_at": LOADED_AT, "shelved_by": "zxq-officer"}
    out = {"device_id": OTHER_DEVICE, "reason": "zxqhong", "since_at": LOADED_AT, "taken_by": "zxq-officer"}
    for ended in ({}, {"ended_at": LOADED_AT, "ending": "expired"}):
        tx.execute(insert(SHELF).values(**rang, **shelf, **ended, reason="zxqtho", times=1))
    tx.execute(insert(OUT).values(**out))
    tx.execute(insert(CHATTER).values(**rang, began_at=LOADED_AT, last_at=LOADED_AT, activations=9))


def _reports(tx: Connection) -> None:
    """What people of the other commune struck and told."""
    signal = NewSignal(
        struck_at=LOADED_AT,
        area_id=OTHER_GROUP,
        place="zxqdinh",
        code="emergency",
        rolls=0,
        strokes=0,
        meaning="zxqkeng",
        is_alarm=True,
        note=None,
        logged_at=LOADED_AT,
        logged_by="zxq-officer",
    )
    tip = NewTip(LOADED_AT, OTHER_GROUP, "phone", "zxqtin", LOADED_AT, "zxq-officer")
    log_signal(tx, signal, EVERYWHERE)
    log_tip(tx, tip, EVERYWHERE)


def _duty(tx: Connection) -> None:
    """The desk of the other commune: its shift, its log, and its roster."""
    shift = {"id": OTHER_SHIFT, "scope_id": OTHER_COMMUNE, "officer": "zxq-officer", "screen": "zxqman"}
    at = {"state": "ON_DUTY", "version": 1, "taken_at": LOADED_AT, "is_heard": True, "items": "{}"}
    watch = NewWatch("commander", "Chỉ huy zxqtruc", LOADED_AT, UNTIL, OTHER_COMMUNE, way="copy:zxqso")
    tx.execute(insert(SHIFT).values(**shift, **at))
    note_down(tx, OTHER_SHIFT, Line(LOADED_AT, "zxq-officer", "note", "zxqghi"))
    add_watches(tx, [watch], Edit("zxq-commander", LOADED_AT, "form"), EVERYWHERE)


def _sirens(tx: Connection) -> None:
    """A siren of the other commune, by a call that waits for a second officer."""
    new = NewCall((OTHER_SIREN,), OTHER_COMMUNE, 30, "zxqcoi", "zxq-officer")
    call_sirens(tx, new, SirenRules(180, 3, 1e9), EVERYWHERE, LOADED_AT)
