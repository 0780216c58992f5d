"""Frigate 0.12 to 0.18: a recorder that watches IP cameras and says which of them deliver pictures.

    <base>/available                        online | offline (will) | stopped, retained        base: frigate
    <base>/stats                            each 60 s: {"cameras": {<cam>: {"camera_fps", "connection_quality"}}}
    <base>/<cam>/status/detect              online | offline | disabled, each 10 s; record and audio: on change only
    <base>/<cam>/enabled/state              ON | OFF, retained: switched off by somebody, not broken
    <base>/<cam>/motion, /reviews, /events  what the pictures show: never a call for help

Until 0.12 the cameras stand at the root of ``stats``. Zones share the cameras' namespace (``<base>/<zone>/person``),
and ``<cam>/<object>/snapshot`` is a retained picture, so nothing wider is subscribed.
Read in: github blakeblackshear/frigate e3fa701 docs/docs/integrations/mqtt.md, frigate/comms/mqtt.py,
frigate/stats/util.py, frigate/video/ffmpeg.py; facd557f8 for the layout before it. No message was captured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from device_adapters.core.bodies import BodyError, number, read_object
from device_adapters.core.contract import (
    Adapter,
    Decoded,
    DeviceClass,
    Known,
    Message,
    Refused,
    Session,
    Subscription,
    Supervision,
)
from device_adapters.core.events import LAST_WILL, Event, EventClass
from device_adapters.core.times import from_unix_ms
from device_adapters.core.voices import Voice, levels_below, voice

_LATEST_S = 4_102_444_800
_NO_FIGURE = re.compile(rb"(?<=[:,\[\s])-?(?:NaN|Infinity)(?=[,\]}\s])")  # Python writes it, and JSON knows it not
_BAD_PICTURE = frozenset({"poor", "unusable"})


def decode(message: Message, base: str, known: Known) -> Decoded:
    levels = levels_below(message.topic, base)
    if not levels:
        raise Refused(f"the topic is not below {base}")
    recorder, text = voice(known, base), message.payload.decode(errors="replace").strip()
    try:
        if levels == ["available"]:
            return Decoded((_available(recorder, text),))
        if levels == ["stats"]:
            return Decoded(tuple(_stats(recorder, read_object(_NO_FIGURE.sub(b"null", message.payload)), known)))
        if levels in (["events"], ["reviews"]):
            return Decoded((_seen(levels[0], read_object(message.payload), recorder, known),))
    except BodyError as error:
        # Figures come again within a minute: a torn message is no reason to keep it.
        return Decoded((recorder.says(EventClass.IGNORE, detail=f"unreadable: {error}"[:200]),))
    if not levels[0] or len(levels) == 1:
        return Decoded((recorder.says(EventClass.IGNORE),))
    return _camera(voice(known, levels[0]), levels[1:], text)


def _available(recorder: Voice, text: str) -> Event:
    if text == "online":
        return recorder.says(EventClass.ONLINE)
    if text in ("offline", "stopped"):
        return recorder.says(EventClass.OFFLINE, detail=text, flags=(LAST_WILL,))
    return recorder.says(EventClass.IGNORE, detail="neither online nor offline")


def _stats(recorder: Voice, body: Mapping[str, Any], known: Known) -> Iterator[Event]:
    service = body.get("service")
    updated_s = number(service.get("last_updated"), 0, _LATEST_S) if isinstance(service, dict) else None
    at = None if updated_s is None else from_unix_ms(updated_s * 1000)
    yield recorder.says(EventClass.HEARTBEAT, occurred_at=at)
    cameras = body.get("cameras", body)
    for name, figures in cameras.items() if isinstance(cameras, dict) else ():
        fps = number(figures.get("camera_fps"), 0, 1e6) if isinstance(figures, dict) else None
        if fps is None or not name or name == recorder.address:
            continue
        camera = voice(known, name)
        if known.recall(f"enabled:{camera.address}") == "OFF":
            yield camera.says(EventClass.IGNORE, detail="maintenance", occurred_at=at)
        elif fps == 0:
            yield camera.says(EventClass.OFFLINE, detail="no picture", occurred_at=at)
        else:
            detail = "trouble:stream" if str(figures.get("connection_quality")) in _BAD_PICTURE else None
            yield camera.says(EventClass.HEARTBEAT, detail=detail, occurred_at=at)


def _seen(channel: str, body: Mapping[str, Any], recorder: Voice, known: Known) -> Event:
    after = body.get("after")
    name = after.get("camera") if isinstance(after, dict) else None
    if not isinstance(after, dict) or not isinstance(name, str) or not name:
        return recorder.says(EventClass.IGNORE, detail="names no camera")
    is_alert = channel == "reviews" and after.get("severity") == "alert"
    return voice(known, name).says(EventClass.HEARTBEAT, detail="analytics_alert" if is_alert else "analytics")


def _camera(camera: Voice, channel: list[str], text: str) -> Decoded:
    if channel == ["status", "detect"] and text in ("online", "offline"):
        return Decoded((camera.says(EventClass.HEARTBEAT if text == "online" else EventClass.OFFLINE),))
    if channel[0] == "status" and len(channel) == 2:
        detail = "maintenance" if text == "disabled" else f"trouble:{channel[1]}"[:64] if text == "offline" else None
        return Decoded((camera.says(EventClass.IGNORE, detail=detail),))
    if channel == ["enabled", "state"] and text in ("ON", "OFF"):
        detail = "maintenance" if text == "OFF" else "in service"
        return Decoded((camera.says(EventClass.IGNORE, detail=detail),), {f"enabled:{camera.address}": text})
    if channel == ["motion"] and text in ("ON", "OFF"):
        return Decoded((camera.says(EventClass.HEARTBEAT),))
    detail = {"set": "a command", "review_status": "analytics_alert" if text == "ALERT" else None}.get(channel[-1])
    return Decoded((camera.says(EventClass.IGNORE, detail=detail),))


# The recorder's own figures come each 60 s; of a camera ``status/detect`` each 10 s where Frigate is 0.17 or newer, and
# with the figures where it is older. docs/docs/integrations/mqtt.md, stats_interval.
_EACH_MINUTE = Supervision(interval_s=60, deadline_s=200)

ADAPTER = Adapter(
    name="frigate",
    default_base="frigate",
    subscriptions=(
        Subscription("{base}/available", Session.STATE),
        Subscription("{base}/stats", Session.STATE),
        Subscription("{base}/reviews", Session.STATE),
        Subscription("{base}/+/status/+", Session.STATE),
        Subscription("{base}/+/enabled/state", Session.STATE),
    ),
    decode=decode,
    topics=dict.fromkeys((DeviceClass.GATEWAY, DeviceClass.RECORDER), "{base}"),
    supervision={DeviceClass.CAMERA: _EACH_MINUTE, DeviceClass.GATEWAY: _EACH_MINUTE},
)
