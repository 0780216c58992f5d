"""Sparkplug bodies as gateways write them: what the monitor itself only reads."""

from __future__ import annotations

import struct
from typing import Any

_FIELDS = {int: (11, 0), float: (13, 1), bool: (14, 0), str: (15, 2)}


def body(seq: int | None, *metrics: bytes, at_ms: int = 1_795_249_800_000) -> bytes:
    inner = b"".join(_field(2, 2, metric) for metric in metrics)
    return _field(1, 0, at_ms) + inner + (b"" if seq is None else _field(3, 0, seq))


def metric(name: str, value: object, **more: Any) -> bytes:
    """``more``: alias, at_ms, datatype, is_historical."""
    numbers = {"alias": 2, "at_ms": 3, "datatype": 4, "is_historical": 5}
    out = _field(1, 2, name.encode()) if name else b""
    out += b"".join(_field(numbers[key], 0, int(number)) for key, number in more.items())
    if value is None:
        return out + _field(7, 0, 1)
    field, kind = _FIELDS[type(value)]
    return out + _field(field, kind, value.encode() if isinstance(value, str) else value)


def _field(field: int, kind: int, value: Any) -> bytes:
    if kind == 0:
        return _varint(field << 3) + _varint(int(value) & 0xFFFF_FFFF_FFFF_FFFF)
    if kind == 1:
        return _varint(field << 3 | 1) + struct.pack("<d", value)
    return _varint(field << 3 | 2) + _varint(len(value)) + bytes(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))
