"""Which eyes may have kept what happened, until when they saw, and for how many days their recorder still has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.journal.times import LOCAL

# What is asked for unless somebody says otherwise: who came, and who left.
BEFORE, AFTER = timedelta(minutes=15), timedelta(minutes=30)


def footage_of(incident: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """For the page: the eyes that saw something first, in the order of their distance."""
    around, opened_at = incident["eyes"], datetime.fromisoformat(incident["opened_at"])
    eyes = [*around["nearest"]]
    if around["working"] and around["working"]["id"] not in {eye["id"] for eye in eyes}:
        eyes.append(around["working"])
    kept = [_kept(eye, (now - opened_at).days) for eye in eyes]
    kept.sort(key=lambda each: each["until_at"] is None)
    first, last = ((opened_at + by).astimezone(LOCAL).strftime("%H:%M") for by in (-BEFORE, AFTER))
    return {"footage": kept, "footage_from": first, "footage_to": last}


def _kept(eye: Mapping[str, Any], age_days: int) -> dict[str, Any]:
    """``days`` None: nobody has said how long its recorder keeps anything."""
    told = {name: eye[name] for name in ("id", "name", "keeper", "is_working")}
    days = None if eye["retention_days"] is None else max(0, eye["retention_days"] - age_days)
    return {**told, "until_at": eye["last_seen_at"], "days": days}
