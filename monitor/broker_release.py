"""Which release the broker is, where it says so, and what is wrong with that one."""

from __future__ import annotations

import re

from monitor.trust import Finding

VERSION_TOPIC = "$SYS/broker/version"
_RELEASE = re.compile(r"mosquitto version (\d+)\.(\d+)\.(\d+)")
# eclipse-mosquitto#2362: its count of what is on the way to a client goes astray, and nothing more is handed out.
_MENDED = (2, 0, 13)


def release_found(said: str) -> Finding | None:
    """``said``: what stands in ``VERSION_TOPIC``. None: no broker that is known here."""
    found = _RELEASE.match(said)
    if found is None:
        return None
    name = ".".join(found.groups())
    if tuple(map(int, found.groups())) >= _MENDED:
        return Finding("broker release", True, f"mosquitto {name}")
    what = (
        f"mosquitto {name} may stop handing out what it holds for a session, mended in 2.0.13: the monitor finds it "
        "within three canaries (canary_every_s) and dials anew, and no press is lost; install a newer one, as from "
        "the packages of mosquitto.org, where you can"
    )
    return Finding("broker release", True, what)
