"""Settings of the desk and its API: where they are served, who may stay signed in, and what a screen owes."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from monitor.setting_kinds import Count, Seconds


class DeskSettings(BaseModel):
    http_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    http_port: Annotated[int, Field(ge=1, le=65535)] = 8113
    announce_url: Annotated[str, Field(pattern=r"^(https?://[^/?#\s]+)?$")] = ""
    session_lifetime_s: Seconds = 43_200
    session_idle_s: Seconds = 1800
    login_attempts: Count = 5
    login_window_s: Seconds = 60
    receipt_within_s: Seconds = 3
    screens_silent_after_s: Seconds = 60
    map_file: str = ""
