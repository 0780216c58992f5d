"""Who stands duty when: the watches of a roster, who has one at a moment, and where nobody has.

A watch is for a role in an area and all below it. The nearest area that has somebody counts, as with chains: a commune
with a commander of its own does not wake the province's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.machines.escalation import Recipient, Way

# Somebody sits at the desk, whoever is told by chains.
DESK = "duty_officer"
OF_PERSON = "@person/"


@dataclass(frozen=True, slots=True)
class Watch:
    """``name``: what people call whoever stands it: a role, never a person. ``scope``: an area, "" for the whole post.

    ``person_id``: whose numbers the inventory has. ``way``: how to reach exactly them, where the role's ways do not.
    """

    role: str
    name: str
    starts_at: datetime
    ends_at: datetime
    scope: str = ""
    person_id: str | None = None
    way: Way | None = None

    def covers(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Gap:
    """A while in which nobody of the roster has a role."""

    role: str
    starts_at: datetime
    ends_at: datetime


def on_duty(watches: Iterable[Watch], role: str, scopes: Sequence[str], at: datetime) -> list[Watch]:
    """``scopes``: from the nearest place to the whole post."""
    standing = [each for each in watches if each.role == role and each.covers(at)]
    nearest = next((scope for scope in scopes if any(each.scope == scope for each in standing)), None)
    return [each for each in standing if each.scope == nearest]


def told_instead(told: Sequence[Recipient], standing: Sequence[Watch]) -> tuple[Recipient, ...]:
    """Whoever stands the watch takes the place of the first that the settings name for the role; groups and deputies
    behind it are told as ever. Without a watch: as the settings say.
    """
    if not standing:
        return tuple(told)
    first, rest = (told[0] if told else None), told[1:]
    found = [Recipient(each.name, ways) for each in standing if (ways := _ways(first, each))]
    return (*found, *rest) if found else tuple(told)


def gaps(watches: Iterable[Watch], role: str, first: datetime, last: datetime) -> list[Gap]:
    """Between two moments, in their order."""
    found, covered_to = [], first
    for each in sorted((each for each in watches if each.role == role), key=lambda each: each.starts_at):
        if each.ends_at <= covered_to or each.starts_at >= last:
            continue
        if each.starts_at > covered_to:
            found.append(Gap(role, covered_to, each.starts_at))
        covered_to = each.ends_at
    return [*found, Gap(role, covered_to, last)] if covered_to < last else found


def _ways(first: Recipient | None, watch: Watch) -> tuple[Way, ...]:
    own = (watch.way,) if watch.way else ()
    return own + tuple(_for(way, first, watch) for way in (first.ways if first else ()))


def _for(way: Way, first: Recipient | None, watch: Watch) -> Way:
    if way.address.startswith("@"):
        return replace(way, address=OF_PERSON + watch.person_id) if watch.person_id else way
    # A text to copy is for whoever is named on it.
    return replace(way, address=watch.name) if first and way.address == first.name else way
