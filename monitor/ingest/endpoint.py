"""Where the broker is, who we are there, and how we tell that it still answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from monitor.ingest.routes import Route


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the broker is and who we are there. ``client_id`` is bound to the account by the shipped config.

    ``share``: of what devices say, each message goes to one session of all that name the same one; "": to us.
    """

    host: str
    port: int
    client_id: str
    is_tls: bool = False
    user: str | None = None
    password: str | None = None
    share: str = ""


@dataclass(frozen=True, slots=True)
class Echo:
    """A message to ourselves, through the broker: the only proof that anything still comes back.

    A connection may look alive for a minute after its other end is gone, and mosquitto before 2.0.13 loses count of
    what a session may have on its way, and then hands it nothing more (eclipse-mosquitto/mosquitto#2362). ``topic`` is
    this session's own, below ``prefix``; nothing below ``prefix`` is a device's. ``route``: where it goes on to when it
    is back, None: nowhere.
    """

    prefix: str
    topic: str
    every_s: float = 2.0
    song: Callable[[], bytes] = bytes
    route: Route | None = None

    @property
    def patience_s(self) -> float:
        return 3 * self.every_s
