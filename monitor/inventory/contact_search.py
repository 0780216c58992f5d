"""Who can be reached by a telephone number: only a whole one is looked for, so that nobody can guess his way to it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Select, and_, or_, select

from monitor.inventory.edits import core
from monitor.inventory.people_tables import Contact
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory

_SIGNS = re.compile(r"[\s.()\-–+]")
_WHOLE = re.compile(r"(?:84|0)(\d{9,10})")
_DEVICE, _CONTACT = core(Device), core(Contact)


def phone_of(question: str) -> str | None:
    """The national number with its leading zero, where the question is one and nothing else."""
    found = _WHOLE.fullmatch(_SIGNS.sub("", question))
    return f"0{found[1]}" if found else None


def held_by_phone(question: str, within: Territory) -> Select[Any] | None:
    """Ids of devices whose owner, keeper or establishment has that number; None where it is no number."""
    number = phone_of(question)
    if number is None:
        return None
    holders = {"device": _DEVICE.c.id, "establishment": _DEVICE.c.establishment_id, "custodian": _DEVICE.c.custodian_id}
    reached = [column.in_(_holders(holder, number)) for holder, column in holders.items()]
    return select(_DEVICE.c.id).where(within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id), or_(*reached))


def _holders(holder: str, number: str) -> Select[Any]:
    is_it = and_(_CONTACT.c.holder == holder, _CONTACT.c.value == number)
    return select(_CONTACT.c.holder_id).where(is_it)
