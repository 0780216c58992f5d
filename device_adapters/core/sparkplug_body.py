"""The bodies of Sparkplug B: protobuf, read and written by hand, for it is one message of two levels.

    Payload   1 timestamp (ms)   2 metrics   3 seq   4 uuid   5 body
    Metric    1 name   2 alias   3 timestamp   4 datatype   5 is_historical   6 is_transient   7 is_null   8 metadata
              9 properties   10 int   11 long   12 float   13 double   14 boolean   15 text   16 bytes   17 … 19 others

Integers travel without a sign: what they are, the datatype says, which data messages may leave to the birth.
Read in: github eclipse-sparkplug/sparkplug e45b610 chapters/Sparkplug_6_Payloads.adoc (the schema and its datatypes);
protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from device_adapters.core.bodies import BodyError

BOOLEAN: Final = 11
_SIGNED_BITS: Final = {1: 8, 2: 16, 3: 32, 4: 64}
_MOST_METRICS = 5_000
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

Value = bool | int | float | str | None


class Metric(Struct, frozen=True, kw_only=True):
    """``number``: an integer as it travelled. ``value`` of one is known when its datatype is."""

    name: str = ""
    alias: int | None = None
    at_ms: int | None = None
    datatype: int = 0
    is_historical: bool = False
    is_null: bool = False
    value: Value = None


class Body(Struct, frozen=True, kw_only=True):
    at_ms: int | None = None
    seq: int | None = None
    metrics: tuple[Metric, ...] = ()


def read_body(payload: bytes) -> Body:
    """Raises ``BodyError``."""
    at_ms = seq = None
    metrics: list[Metric] = []
    for field, value in _fields(payload):
        if field == 1 and isinstance(value, int):
            at_ms = value
        elif field == 2 and isinstance(value, bytes):
            metrics.append(_metric(value))
        elif field == 3 and isinstance(value, int):
            seq = value
        if len(metrics) > _MOST_METRICS:
            raise BodyError("too many metrics")
    return Body(at_ms=at_ms, seq=seq, metrics=tuple(metrics))


def written(body: Body) -> bytes:
    """What the monitor itself says: names and booleans."""
    out = b"" if body.at_ms is None else _key(1, _VARINT) + _varint(body.at_ms)
    for metric in body.metrics:
        name = metric.name.encode()
        inner = _key(1, _BYTES) + _varint(len(name)) + name
        inner += b"" if metric.at_ms is None else _key(3, _VARINT) + _varint(metric.at_ms)
        inner += _key(4, _VARINT) + _varint(metric.datatype) + _key(14, _VARINT) + _varint(int(bool(metric.value)))
        out += _key(2, _BYTES) + _varint(len(inner)) + inner
    return out


def signed(value: Value, datatype: int) -> Value:
    """An integer of a signed datatype, in two's complement within what carried it; a boolean that travelled as one."""
    if datatype == BOOLEAN and type(value) is int:
        return bool(value)
    bits = _SIGNED_BITS.get(datatype)
    if bits is None or type(value) is not int:
        return value
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _metric(data: bytes) -> Metric:
    found: dict[int, int | bytes] = dict(_fields(data))
    name, value = found.get(1, b""), None
    if not isinstance(name, bytes):
        raise BodyError("a metric whose name is no text")
    for field in (10, 11, 12, 13, 14, 15):
        if field in found:
            value = _value(field, found[field])
    datatype = _whole(found, 4) or 0
    return Metric(
        name=_text(name),
        alias=_whole(found, 2),
        at_ms=_whole(found, 3),
        datatype=datatype,
        is_historical=bool(_whole(found, 5)),
        is_null=bool(_whole(found, 7)),
        value=signed(value, datatype),
    )


def _value(field: int, raw: int | bytes) -> Value:
    if isinstance(raw, int):
        return bool(raw) if field == 14 else raw
    if field == 15:
        return _text(raw)
    try:
        number: float = struct.unpack("<f" if field == 12 else "<d", raw)[0]
    except struct.error:
        raise BodyError(f"a metric whose field {field} has another length") from None
    return number


def _whole(found: dict[int, int | bytes], field: int) -> int | None:
    value = found.get(field)
    if isinstance(value, bytes):
        raise BodyError(f"a metric whose field {field} is no number")
    return value


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise BodyError("a text that is not UTF-8") from None


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    place = 0
    while place < len(data):
        key, place = _read_varint(data, place)
        field, kind = key >> 3, key & 7
        if not field:
            raise BodyError("a field without a number")
        if kind == _VARINT:
            value, place = _read_varint(data, place)
            yield field, value
            continue
        if kind == _BYTES:
            length, place = _read_varint(data, place)
        elif kind in (_FIXED32, _FIXED64):
            length = 4 if kind == _FIXED32 else 8
        else:
            raise BodyError(f"a field of kind {kind}")
        if place + length > len(data):
            raise BodyError("cut off")
        yield field, data[place : place + length]
        place += length


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(data) and shift < 70:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, place
    raise BodyError("cut off in a number")


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)
