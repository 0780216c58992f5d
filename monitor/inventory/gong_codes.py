"""What the strokes of a gong mean, read from ``config/gong_codes.toml``: an agreement of villages, not of devices."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from monitor.errors import SettingsError
from monitor.inventory.tables import NAME, WORD

Count = Annotated[int, Field(ge=0, le=99)]
Words = Annotated[str, Field(min_length=1, max_length=NAME)]


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class GongCode:
    """``rolls`` of ``strokes``; 0 rolls: without an end, 0 strokes: one long roll. ``vi``, ``en``: what it means."""

    rolls: Count
    strokes: Count
    is_alarm: bool
    custom: Words
    source: Words
    vi: Words
    en: Words


_FILE = TypeAdapter(dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=WORD)], GongCode])


def read_gong_codes(path: Path) -> Mapping[str, GongCode]:
    """Code → what it means, in the order of the file. Raises ``SettingsError``."""
    try:
        return MappingProxyType(_FILE.validate_python(tomllib.loads(path.read_text(encoding="utf-8"))))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise SettingsError("\n".join(f"{path}: {each}" for each in problems)) from None
