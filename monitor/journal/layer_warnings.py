"""Warnings by a plan of rings, as rows: begun, told ring by ring, answered post by post, cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, exists, insert, or_, select, update

from monitor.errors import UnknownRecord
from monitor.inventory.edits import core
from monitor.inventory.prepared import Prepared, Row
from monitor.inventory.territory import Territory
from monitor.journal.duties import DUTY, add_duties
from monitor.journal.incidents import family_of
from monitor.journal.layer_tables import LayerNoticeRow, LayerPostRow, LayerRingRow, LayerWarningRow
from monitor.journal.times import iso

WARNING, RING = core(LayerWarningRow), core(LayerRingRow)
POST, NOTICE = core(LayerPostRow), core(LayerNoticeRow)
# What a post was told may have arrived though its channel never said so.
_MAY_HAVE_ARRIVED = "unknown"


@dataclass(frozen=True, slots=True)
class Notice:
    """The newest duty of one way to a post, as it stands. ``row``: of the duty."""

    post_id: int
    row: RowMapping

    @property
    def is_on_way(self) -> bool:
        return bool(self.row["state"] == "SENDING")

    @property
    def may_have_arrived(self) -> bool:
        row = self.row
        return bool(row["state"] == "SENT" or row["is_repeat"] or row["last_outcome"] == _MAY_HAVE_ARRIVED)


def begin(tx: Connection, warning: Mapping[str, Any], rings: Iterable[Mapping[str, Any]]) -> RowMapping:
    row = tx.execute(insert(WARNING).values(**warning, is_settled=False).returning(WARNING)).mappings().one()
    tx.execute(insert(RING), [{**ring, "warning_id": row["id"]} for ring in rings])
    return row


def add_posts(tx: Connection, warning_id: int, posts: Sequence[Mapping[str, Any]]) -> None:
    if posts:
        tx.execute(insert(POST), [{**post, "warning_id": warning_id} for post in posts])


def note_duty(tx: Connection, post_id: int | None, row: Mapping[str, Any], *, is_cancel: bool = False) -> None:
    """One duty, and which post it tells; None: somebody else."""
    add_duties(tx, [row])
    if post_id is not None:
        newest = tx.execute(select(DUTY.c.id).order_by(DUTY.c.id.desc()).limit(1)).scalar_one()
        tx.execute(insert(NOTICE).values(duty_id=newest, post_id=post_id, is_cancel=is_cancel))


# Asked once a second.
_GOING_ON = Prepared(
    select(WARNING).where(or_(WARNING.c.cancelled_at.is_(None), WARNING.c.is_settled.is_(False))).order_by(WARNING.c.id)
)


def open_warnings(connection: Connection) -> list[Row]:
    """Those that go on, and those whose cancel has not reached everybody."""
    return _GOING_ON.all(connection)


def warnings_of(connection: Connection, incident_ids: Sequence[int]) -> list[RowMapping]:
    query = select(WARNING).where(WARNING.c.incident_id.in_(incident_ids)).order_by(WARNING.c.id)
    return list(connection.execute(query).mappings())


def rings_of(connection: Connection, warning_id: int) -> list[RowMapping]:
    """The centre first."""
    query = select(RING).where(RING.c.warning_id == warning_id).order_by(RING.c.layer.desc())
    return list(connection.execute(query).mappings())


def posts_of(connection: Connection, warning_id: int, layer: int | None = None) -> list[RowMapping]:
    query = select(POST).where(POST.c.warning_id == warning_id).order_by(POST.c.id)
    if layer is not None:
        query = query.where(POST.c.layer == layer)
    return list(connection.execute(query).mappings())


def notices_of(connection: Connection, warning_id: int, *, is_cancel: bool = False) -> list[Notice]:
    """Of each duty the one it goes on as."""
    joined = NOTICE.join(POST, POST.c.id == NOTICE.c.post_id)
    query = select(NOTICE.c.post_id, NOTICE.c.duty_id).select_from(joined)
    query = query.where(POST.c.warning_id == warning_id, NOTICE.c.is_cancel.is_(is_cancel))
    posts = {row.duty_id: row.post_id for row in connection.execute(query.order_by(NOTICE.c.duty_id))}
    found: list[Notice] = []
    while posts:
        rows = {row["id"]: row for row in connection.execute(select(DUTY).where(DUTY.c.id.in_(posts))).mappings()}
        later = select(DUTY.c.id, DUTY.c.switched_from).where(DUTY.c.switched_from.in_(posts))
        heirs = {row.switched_from: row.id for row in connection.execute(later)}
        found += [Notice(post_id, rows[duty_id]) for duty_id, post_id in posts.items() if duty_id in rows]
        posts = {heir: posts[duty_id] for duty_id, heir in heirs.items()}
    return found


def stop_notices(tx: Connection, notices: Iterable[Notice], at: datetime) -> None:
    """What has not left stays here; what is on its way is not tried again, nor what reached nobody by hand."""
    for each in notices:
        mine = DUTY.c.id == each.row["id"]
        tx.execute(update(DUTY).where(mine, DUTY.c.state == "SENDING").values(is_stop_asked=True))
        unsent = DUTY.c.state.in_(("WAITING", "BY_HAND", "DEAD"))
        tx.execute(update(DUTY).where(mine, unsent).values(state="STOPPED", settled_at=at))


def post_row(connection: Connection, post_id: int) -> RowMapping:
    """Raises ``UnknownRecord``."""
    row = connection.execute(select(POST).where(POST.c.id == post_id)).mappings().first()
    if row is None:
        raise UnknownRecord(f"no post {post_id} was told")
    return row


def layers_json(connection: Connection, incident_id: int) -> list[dict[str, Any]]:
    """The warnings of an incident, of all merged into it too. Whoever sees the incident sees all the units."""
    return [warning_json(connection, row) for row in warnings_of(connection, family_of(connection, incident_id))]


def warnings_page(connection: Connection, within: Territory, limit: int = 6) -> list[dict[str, Any]]:
    """The newest with a unit inside, and of each only the units inside."""
    inside = exists(select(POST.c.id).where(POST.c.warning_id == WARNING.c.id, within.clause(POST.c.area_id)))
    rows = connection.execute(select(WARNING).where(inside).order_by(WARNING.c.id.desc()).limit(limit)).mappings().all()
    return [warning_json(connection, row, within) for row in rows]


def warning_json(connection: Connection, row: RowMapping, within: Territory | None = None) -> dict[str, Any]:
    """``within``: only its units inside; None: all."""
    query = select(POST).where(POST.c.warning_id == row["id"]).order_by(POST.c.id)
    posts = connection.execute(query if within is None else query.where(within.clause(POST.c.area_id))).mappings().all()
    told, undone = ({each.post_id: each for each in _in_order(connection, row["id"], is_it)} for is_it in (False, True))
    shown = [_post(post, told.get(post["id"]), undone.get(post["id"])) for post in posts]
    return {
        **{name: row[name] for name in ("id", "plan_id", "plan_name", "cancelled_by", "is_settled")},
        **{name: iso(row[name]) for name in ("begun_at", "cancelled_at")},
        "rings": [_ring(ring, shown) for ring in rings_of(connection, row["id"])],
        "unlayered": [post for post in shown if post["layer"] is None],
    }


def _in_order(connection: Connection, warning_id: int, is_cancel: bool) -> list[Notice]:
    """The best last: what has arrived speaks for the post, else the newest."""
    return sorted(notices_of(connection, warning_id, is_cancel=is_cancel), key=lambda each: each.may_have_arrived)


def _ring(row: RowMapping, posts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    plain = {name: row[name] for name in ("layer", "after_s", "answer_s", "told_by")}
    mine = [post for post in posts if post["layer"] == row["layer"]]
    moments = {"told_at": iso(row["told_at"]), "raised_at": iso(row["raised_at"])}
    answered = sum(post["acknowledged_at"] is not None for post in mine)
    return plain | moments | {"posts": mine, "answered": answered}


def _post(row: RowMapping, told: Notice | None, undone: Notice | None) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "area_id", "name", "layer", "acknowledged_by")},
        "layers": [int(layer) for layer in (row["layers"] or "").split(",") if layer],
        "acknowledged_at": iso(row["acknowledged_at"]),
        "duty_id": told.row["id"] if told else None,
        "duty": told.row["state"] if told else None,
        "cancel": undone.row["state"] if undone else None,
        "cancel_duty_id": undone.row["id"] if undone else None,
    }
