"""The one picture of a device in its place: a JPEG, checked before it is kept, without what phones write into it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.edits import Edit, core, put
from monitor.inventory.registration_tables import DevicePhoto, PhotoContent
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory

LARGEST_PHOTO = 300_000
LARGEST_SIDE = 4096
_PHOTO, _CONTENT, _DEVICE = core(DevicePhoto), core(PhotoContent), core(Device)

# ISO/IEC 10918-1, table B.1: two bytes a marker; the frames (SOF) that baseline and progressive pictures have.
_START, _END, _SCAN = b"\xff\xd8", b"\xff\xd9", 0xDA
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
# APP1 to APP15 and comments: position, camera, owner, thumbnails. APP0 is the picture's own (JFIF).
_LEFT_OUT = frozenset({*range(0xE1, 0xF0), 0xFE})


@dataclass(frozen=True, slots=True)
class Photo:
    content: bytes
    width: int
    height: int


def read_photo(content: bytes) -> Photo:
    """Raises ``Refusal`` for anything but a JPEG of a sane size."""
    if len(content) > LARGEST_PHOTO:
        raise Refusal(f"a picture may have at most {LARGEST_PHOTO} bytes")
    if not content.startswith(_START):
        raise Refusal("the picture is no JPEG")
    kept, at, size = bytearray(_START), 2, None
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        segment = content[at : at + 2 + length]
        if marker in _FRAMES and length >= 8:
            size = int.from_bytes(segment[7:9]), int.from_bytes(segment[5:7])
        if marker == _SCAN:
            return _whole(kept, content[at:], size)
        if marker not in _LEFT_OUT:
            kept += segment
        at += 2 + length
    raise Refusal("the picture is not a whole JPEG")


def _whole(kept: bytearray, scan: bytes, size: tuple[int, int] | None) -> Photo:
    end = scan.rfind(_END)
    if end < 0 or size is None or not all(0 < side <= LARGEST_SIDE for side in size):
        raise Refusal("the picture is not a whole JPEG, or too large")
    return Photo(bytes(kept) + scan[: end + 2], *size)


def keep_photo(tx: Connection, device_id: str, photo: Photo, by: Edit, within: Territory) -> None:
    """In the place of the one before. Raises ``UnknownRecord``."""
    inside = within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id)
    if tx.execute(select(_DEVICE.c.id).where(_DEVICE.c.id == device_id, inside)).first() is None:
        raise UnknownRecord(f"there is no device {device_id}")
    digest = hashlib.sha256(photo.content).hexdigest()
    before = tx.execute(select(_PHOTO.c.digest).where(_PHOTO.c.device_id == device_id)).scalar()
    if before == digest:
        return
    if tx.execute(select(_CONTENT.c.digest).where(_CONTENT.c.digest == digest)).first() is None:
        tx.execute(insert(_CONTENT).values(digest=digest, content=photo.content))
    what = {"digest": digest, "width": photo.width, "height": photo.height, "taken_by": by.actor, "at": by.at}
    put(tx, DevicePhoto, {"device_id": device_id, **what}, by)
    is_shown = select(_PHOTO.c.digest).where(_PHOTO.c.digest == before).exists()
    tx.execute(delete(_CONTENT).where(_CONTENT.c.digest == before, ~is_shown))


def photo_digest(connection: Connection, device_id: str) -> str | None:
    """Changes with the picture; None: there is none."""
    digest: str | None = connection.execute(select(_PHOTO.c.digest).where(_PHOTO.c.device_id == device_id)).scalar()
    return digest


def photo_of(connection: Connection, device_id: str, within: Territory) -> bytes:
    """Raises ``UnknownRecord``."""
    inside = within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id)
    joined = _CONTENT.join(_PHOTO, _PHOTO.c.digest == _CONTENT.c.digest).join(
        _DEVICE, _DEVICE.c.id == _PHOTO.c.device_id
    )
    query = select(_CONTENT.c.content).select_from(joined).where(_PHOTO.c.device_id == device_id, inside)
    content: bytes | None = connection.execute(query).scalar()
    if content is None:
        raise UnknownRecord(f"there is no picture of {device_id}")
    return content
