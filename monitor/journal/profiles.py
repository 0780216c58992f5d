"""What each account likes of its screens, so that it finds it so at any browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from monitor.inventory.edits import core
from monitor.journal.tables import UserProfileRow

_PROFILE = core(UserProfileRow)


@dataclass(frozen=True, slots=True)
class Profile:
    """``language``, ``theme`` None: as the browser has it. ``letters_off``: no single letter does anything."""

    language: str | None = None
    theme: str | None = None
    letters_off: bool = False
    tour_seen: bool = False


def profile_of(connection: Connection, user_name: str) -> Profile | None:
    """None where nobody has ever chosen anything."""
    row = connection.execute(select(_PROFILE).where(_PROFILE.c.user_name == user_name)).mappings().first()
    if row is None:
        return None
    return Profile(row["language"], row["theme"], row["letters_off"], row["tour_seen"])


def change_profile(tx: Connection, user_name: str, changes: Mapping[str, Any]) -> Profile:
    """What is not among ``changes`` stays."""
    profile = replace(profile_of(tx, user_name) or Profile(), **changes)
    tx.execute(delete(_PROFILE).where(_PROFILE.c.user_name == user_name))
    tx.execute(insert(_PROFILE).values(user_name=user_name, **asdict(profile)))
    return profile
