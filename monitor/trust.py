"""Findings on what people rely on unseen: who sees each press, what place a rule is for, whether the audit is whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from sqlalchemy import Connection, inspect, select

from monitor.errors import Refusal
from monitor.inventory.area_tables import Area
from monitor.inventory.areas import read_tree
from monitor.inventory.audit import Head, verify
from monitor.inventory.edits import core
from monitor.journal import accounts
from monitor.journal.account_scopes import heirs_of
from monitor.journal.accounts import Role

_AREA = core(Area)
ALARM_ROLES = frozenset({Role.DUTY_OFFICER, Role.COMMANDER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    is_well: bool
    said: str


def accounts_found(connection: Connection, day: date) -> Iterator[Finding]:
    """Nobody sees a press of an unknown device but who is bound to no area; nobody sees anything in an area gone."""
    users = accounts.users(connection)
    if users and not any(user.scope is None and user.role in ALARM_ROLES for user in users):
        said = (
            "every account that may acknowledge is bound to an area: nobody sees the press of a device that is not "
            "registered, or stands nowhere; add one without --scope"
        )
        yield Finding("accounts", False, said)
    tree = read_tree(connection)
    for user in users:
        area = tree.get(user.scope) if user.scope else None
        if user.scope and (area is None or not area.is_valid(day)):
            said = (
                f"{user.name} is bound to {user.scope}, which is not there{heirs_of(connection, tree, user.scope, day)}"
            )
            yield Finding("accounts", False, f"{said}; set it anew with chuong user change")


def places_found(connection: Connection, named: Mapping[str, str], day: date) -> Iterator[Finding]:
    """``named``: area → the file that gives it rules of its own. A place nobody knows makes a rule for nowhere."""
    tree = read_tree(connection)
    beats = set(connection.execute(select(_AREA.c.beat_id).distinct()).scalars())
    known = {area.id: area.name for area in tree if area.is_valid(day)}
    for area_id, file in named.items():
        if known and area_id not in known and area_id not in beats:
            close = get_close_matches(area_id, sorted(known), n=1)
            heirs = heirs_of(connection, tree, area_id, day) if tree.get(area_id) else ""
            meant = f"; did you mean {close[0]} ({known[close[0]]})?" if close and not heirs else ""
            yield Finding("places", False, f"{file}: {area_id} is no area of the inventory{heirs}{meant}")


def audit_found(connection: Connection, noted: Head | None = None) -> Finding:
    if not inspect(connection).has_table("edit"):
        return Finding("audit journal", True, "not there yet")
    verdict = verify(connection, noted)
    if verdict.broken_at is None:
        last = f"{verdict.head.id}:{verdict.head.hash}"
        return Finding("audit journal", True, f"{verdict.rows} rows in order; the head to keep elsewhere is {last}")
    if noted is not None and verdict.broken_at > verdict.head.id and verdict.head.id < noted.id:
        said = f"broken at row {verdict.broken_at}: rows up to {noted.id} were there when its head was noted"
    else:
        said = f"broken at row {verdict.broken_at}: it, or what stood before it, was changed or taken away"
    return Finding("audit journal", False, f"{said}; {verdict.rows} rows before it are in order")


def head_from(text: str) -> Head:
    """``12:ab…``, as it was printed. Raises ``Refusal``."""
    number, _, digest = text.partition(":")
    if not (number.isascii() and number.isdigit() and len(digest) == 64):
        raise Refusal("a head is a row's number, a colon and its hash, as chuong doctor audit prints it")
    return Head(int(number), digest)
