"""What kinds of addresses and topics a setting may hold, and what to say of one that is none."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field

from monitor.hours import hours


def _split(url: str, *schemes: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in schemes:
        raise ValueError(f"an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    return parts


def _mqtt_url(url: str) -> str:
    parts = _split(url, "mqtt", "mqtts")
    try:
        is_complete = bool(parts.hostname) and parts.port != 0 and parts.path in {"", "/"}
    except ValueError:  # raised by reading a port that is none
        is_complete = False
    if not is_complete:
        raise ValueError("mqtt://host:port or mqtts://host:port, with user:password@ before the host where needed")
    return url


def _database_url(url: str) -> str:
    if url.startswith("postgres"):
        return _postgresql_url(url)
    parts = _split(url, "sqlite", "postgresql+psycopg")
    if parts.netloc or len(parts.path) < 2:
        raise ValueError("sqlite:///folder/file.sqlite3, or four slashes for a path from the root")
    return url


def _postgresql_url(url: str) -> str:
    expected = "postgresql+psycopg://user:password@host:5432/database, or ...@/database?host=/folder/of/its/socket"
    try:
        parts = urlsplit(url)
        is_complete = parts.scheme == "postgresql+psycopg" and parts.port != 0 and bool(parts.path.strip("/"))
    except ValueError:  # raised by reading a port that is none
        is_complete = False
    if not is_complete:
        raise ValueError(expected)
    return url


def _base_topic(topic: str) -> str:
    if not re.fullmatch(r"[^+#/\s]+(/[^+#/\s]+)*", topic):
        raise ValueError("a topic without wildcards or spaces, and no slash at either end")
    return topic


def _hours(text: str) -> str:
    if text:
        hours(text)
    return text


BaseTopic = Annotated[str, AfterValidator(_base_topic)]
RootOrTopic = Annotated[str, AfterValidator(lambda topic: topic and _base_topic(topic))]
DatabaseUrl = Annotated[str, AfterValidator(_database_url), Field(repr=False)]
MqttUrl = Annotated[str, AfterValidator(_mqtt_url), Field(repr=False)]
HoursOrAlways = Annotated[str, AfterValidator(_hours)]
HostId = Annotated[str, Field(pattern=r"^[^/+#\s]{0,64}$")]
Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
