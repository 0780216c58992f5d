"""Settings of the monitor as a Sparkplug host application."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from monitor.setting_kinds import HostId


class SparkplugSettings(BaseModel):
    sparkplug_host: HostId = "chuong"
    sparkplug_reorder_s: Annotated[float, Field(ge=0, le=60)] = 2
