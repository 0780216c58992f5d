"""What each kind of channel needs to know, as ``config/channels.toml`` gives it; a secret may stand in a file."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from monitor.hours import hours
from monitor.machines.quiet_hours import MAY_BE_QUIET, QuietHours, is_for_ever


def _from_file(given: SecretStr) -> SecretStr:
    """``@/run/secrets/zalo`` is the text of that file."""
    value = given.get_secret_value()
    if not value.startswith("@"):
        return given
    try:
        return SecretStr(Path(value[1:]).read_text(encoding="utf-8").strip())
    except OSError as error:
        raise ValueError(f"the text of {value[1:]}: {error.strerror}") from None


def _base(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("an address that begins with http:// or https://")
    return url.rstrip("/")


def _quiet(text: str) -> str:
    if is_for_ever([QuietHours(hours(text))], min(MAY_BE_QUIET)):
        raise ValueError("hours that come to an end: what waits must go some time")
    return text


Secret = Annotated[SecretStr, AfterValidator(_from_file)]
Base = Annotated[str, AfterValidator(_base)]
Seconds = Annotated[float, Field(gt=0, le=60)]


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class MayBeQuiet(_Given):
    """``quiet``: hours of the post's clock, as in ``monitor.hours``; ``quiet_for``: the priorities that wait then."""

    quiet: Annotated[str, AfterValidator(_quiet)] | None = None
    quiet_for: list[Literal["P2", "P3", "P4"]] = Field(["P2", "P3", "P4"], min_length=1)

    @field_validator("quiet_for", mode="before")
    @classmethod
    def _never_quiet(cls, given: object) -> object:
        if isinstance(given, list) and {"P1", "S"} & {str(each).upper() for each in given}:
            raise ValueError("P1 and S are never quiet: a call for help goes at once, at any hour")
        return given

    @property
    def quiet_hours(self) -> QuietHours | None:
        return QuietHours(hours(self.quiet), frozenset(int(each[1]) for each in self.quiet_for)) if self.quiet else None


class Zalo(_Given):
    """One Official Account: users, groups and ZNS speak with its keys.

    ``callback_url``: our own ``/zalo/callback`` as browsers and Zalo know it; for authorising on the page of duties.
    ``oa_secret_key``: signs what Zalo tells our ``/hooks/zalo``; not the app's ``secret_key``.
    ``key_file``: seals the keys in the store; None: ``zalo.key`` beside it.
    """

    app_id: str
    secret_key: Secret
    oa_secret_key: Secret = SecretStr("")
    refresh_token: Secret = SecretStr("")
    key_file: Path | None = None
    callback_url: Base | None = None
    oauth_url: Base
    api_url: Base
    business_url: Base
    timeout_s: Seconds = 10


class ZaloUser(MayBeQuiet):
    kind: Literal["zalo_user"]


class ZaloGroup(MayBeQuiet):
    kind: Literal["zalo_group"]


class Zns(MayBeQuiet):
    kind: Literal["zns"]
    template_id: str


class Bot(MayBeQuiet):
    """Zalo's bots and Telegram's are spoken to alike."""

    kind: Literal["zalo_bot", "telegram"]
    url: Base
    token: Secret
    timeout_s: Seconds = 10


class Webhook(MayBeQuiet):
    kind: Literal["webhook"]
    url: Base
    token: Secret | None = None
    timeout_s: Seconds = 10


class Mail(MayBeQuiet):
    kind: Literal["smtp"]
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    sender: str
    user: str | None = None
    password: Secret | None = None
    timeout_s: Seconds = 20


class CopyText(MayBeQuiet):
    kind: Literal["copy_text"]


class SirenWay(MayBeQuiet):
    """An address is the id of a siren, gong or loudspeaker of the inventory. ``for_s``: how long it sounds."""

    kind: Literal["siren"]
    for_s: Annotated[int, Field(ge=1, le=1800)] = 60


def _with_apprise(kind: str) -> str:
    if find_spec("apprise") is None:
        raise ValueError("the package apprise: uv pip install --require-hashes -r deploy/locks/apprise.lock")
    return kind


class AppriseWay(MayBeQuiet):
    """``url``: as Apprise writes addresses of services, with their keys; ``{to}`` in it is the recipient's address."""

    kind: Annotated[Literal["apprise"], AfterValidator(_with_apprise)]
    url: Secret


ChannelSettings = Annotated[
    ZaloUser | ZaloGroup | Zns | Bot | Webhook | Mail | CopyText | SirenWay | AppriseWay, Field(discriminator="kind")
]
