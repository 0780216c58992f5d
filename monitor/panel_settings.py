"""Settings of the door for alarm panels, which speak SIA DC-09 to a port of ours; and what was agreed with each panel.

The keys stand in a file of their own, which only its owner may read: a table for each account.

    ["1234"]
    key_ascii = "0123456789ABCDEF"      # 16, 24 or 32 characters as typed at the panel; or key_hex, its bytes
"""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from device_adapters.core.dc09_bodies import KEY_BYTES, key_of
from monitor.errors import SettingsError


def _listen(place: str) -> str:
    if place:
        place_of(place)
    return place


def place_of(place: str) -> tuple[str, int]:
    """Host and port. Raises ``ValueError``."""
    host, _, port = place.rpartition(":")
    if not host or not port.isdigit() or not 1 <= int(port) <= 65_535:
        raise ValueError('host:port, as in "127.0.0.1:10600", or "" where no panel is heard')
    return host.strip("[]"), int(port)


class PanelSettings(BaseModel):
    dc09_listen: Annotated[str, AfterValidator(_listen)] = ""
    dc09_accounts: Annotated[str, Field(min_length=1)] | None = None
    dc09_connections: Annotated[int, Field(ge=1, le=100_000)] = 2000
    dc09_idle_s: Annotated[float, Field(ge=1, le=86_400)] = 900
    dc09_tls_cert: str = ""
    dc09_tls_key: str = ""
    dc09_tls_listen: Annotated[str, AfterValidator(_listen)] = ""

    @field_validator("dc09_tls_listen")
    @classmethod
    def _has_all_for_tls(cls, place: str, info: ValidationInfo) -> str:
        if place and not all(info.data.get(name) for name in ("dc09_listen", "dc09_tls_cert", "dc09_tls_key")):
            raise ValueError("nothing where dc09_listen, dc09_tls_cert or dc09_tls_key is not set")
        return place


class _Agreed(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)

    key_ascii: str | None = None
    key_hex: str | None = None
    utc_offset_h: Annotated[float, Field(gt=-24, lt=24)] = 0
    flips_troubles: bool = False
    counts: bool = True  # false: one count for several accounts or receivers, whose holes are no loss
    nak: Literal["A0", "#000"] = "A0"

    @model_validator(mode="after")
    def _has_one_key(self) -> _Agreed:
        given = [each for each in (self.key_ascii, self.key_hex) if each is not None]
        if len(given) > 1:
            raise ValueError("one key: key_ascii or key_hex")
        if given and key_of(self.model_dump()) is None:
            raise ValueError(f"a key of {', '.join(map(str, KEY_BYTES))} bytes")
        return self


_ACCOUNTS = TypeAdapter(dict[Annotated[str, Field(pattern=r"^([0-9A-F]{1,6}-)?[0-9A-F]{1,16}$")], _Agreed])


def panel_accounts(file: str | None) -> Mapping[str, Mapping[str, Any]]:
    """Account → what was agreed with its panel. Raises ``SettingsError``, which tells no key."""
    if file is None:
        return {}
    path = Path(file)
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsError(f"{path}: others may read it: chmod 600 {path}")
        accounts = _ACCOUNTS.validate_python(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from None
    except tomllib.TOMLDecodeError:
        raise SettingsError(f"{path}: not TOML") from None  # its message would show the line
    except ValidationError as error:
        problems = (f"{path}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise SettingsError("\n".join(problems)) from None
    return {account: agreed.model_dump(exclude_none=True) for account, agreed in accounts.items()}
