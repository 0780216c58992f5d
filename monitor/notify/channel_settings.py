"""What each kind of channel needs to know, as ``config/channels.toml`` gives it; a secret may stand in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr


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


Secret = Annotated[SecretStr, AfterValidator(_from_file)]
Base = Annotated[str, AfterValidator(_base)]
Seconds = Annotated[float, Field(gt=0, le=60)]


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Zalo(_Given):
    """One Official Account: users, groups and ZNS speak with its keys.

    ``callback_url``: our own ``/zalo/callback`` as browsers and Zalo know it; for authorising on the page of duties.
    """

    app_id: str
    secret_key: Secret
    refresh_token: Secret = SecretStr("")
    callback_url: Base | None = None
    oauth_url: Base
    api_url: Base
    business_url: Base
    timeout_s: Seconds = 10


class ZaloUser(_Given):
    kind: Literal["zalo_user"]


class ZaloGroup(_Given):
    kind: Literal["zalo_group"]


class Zns(_Given):
    kind: Literal["zns"]
    template_id: str


class Bot(_Given):
    """Zalo's bots and Telegram's are spoken to alike."""

    kind: Literal["zalo_bot", "telegram"]
    url: Base
    token: Secret
    timeout_s: Seconds = 10


class Webhook(_Given):
    kind: Literal["webhook"]
    url: Base
    token: Secret | None = None
    timeout_s: Seconds = 10


class Mail(_Given):
    kind: Literal["smtp"]
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    sender: str
    user: str | None = None
    password: Secret | None = None
    timeout_s: Seconds = 20


class CopyText(_Given):
    kind: Literal["copy_text"]


ChannelSettings = Annotated[ZaloUser | ZaloGroup | Zns | Bot | Webhook | Mail | CopyText, Field(discriminator="kind")]
