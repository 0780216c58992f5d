"""The rules of alarm discipline, read from ``config/alarm_discipline.toml``."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.errors import SettingsError
from monitor.machines.discipline import Rules

_Times = Annotated[int, Field(ge=2, le=1000)]
_Span = Annotated[float, Field(gt=0, le=10_000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Shelving(_Part):
    # A day and a night: longer, and it is a device to be taken out of service, by somebody who answers for it.
    longest_h: Annotated[float, Field(gt=0, le=24)]
    forgotten_after_h: _Span
    forgotten_after_times: _Times
    out_forgotten_after_days: _Span


class _Chattering(_Part):
    times: _Times
    within_s: _Span
    calm_after_min: _Span


class _Stale(_Part):
    after_h: _Span


class _Flood(_Part):
    over: Annotated[int, Field(ge=1, le=1000)]
    within_min: _Span
    ends_under: Annotated[int, Field(ge=1, le=1000)]


class _File(_Part):
    shelving: _Shelving
    chattering: _Chattering
    stale: _Stale
    flood: _Flood


def read_discipline(path: Path) -> Rules:
    """Raises ``SettingsError`` with the file, the place and what was expected."""
    try:
        given = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None
    except ValidationError as error:
        told = (f"{path}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise SettingsError("\n".join(told)) from None
    if given.flood.ends_under > given.flood.over:
        raise SettingsError(f"{path}: flood.ends_under: expected no more than over, or no flood would ever last")
    return Rules(
        longest_shelf=timedelta(hours=given.shelving.longest_h),
        forgotten_after=timedelta(hours=given.shelving.forgotten_after_h),
        forgotten_after_times=given.shelving.forgotten_after_times,
        out_forgotten_after=timedelta(days=given.shelving.out_forgotten_after_days),
        chatter_times=given.chattering.times,
        chatter_within=timedelta(seconds=given.chattering.within_s),
        calm_after=timedelta(minutes=given.chattering.calm_after_min),
        stale_after=timedelta(hours=given.stale.after_h),
        flood_over=given.flood.over,
        flood_within=timedelta(minutes=given.flood.within_min),
        flood_ends_under=given.flood.ends_under,
    )
