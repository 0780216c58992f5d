"""What is registered of all devices, as the desk's snapshot begins: encoded and packed once, and kept while nothing
changes.

To read it from the store takes most of a snapshot's time, and after an outage every screen asks for the same. Only the
packed bytes are kept: a tenth of the room.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from zlib import DEFLATED, MAX_WBITS, Z_FULL_FLUSH, compressobj, crc32, decompressobj

import orjson
from sqlalchemy import Connection

from monitor.inventory.changes import last_edit
from monitor.inventory.territory import Territory
from monitor.journal import device_queries

NAMES = ("id", "class", "name", "group_id", "place", "position", "is_high_mast")
# Of so many territories; the next one pushes out the one that was asked for longest ago.
_MOST_KEPT = 8


# Level 1: a third of a second less than level 6 on a city's devices, for a few bytes more.
COMPRESSION = 1
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\x04\xff"


@dataclass(frozen=True, slots=True)
class Registered:
    """``device_ids``: in the order of the columns. ``beginning``: of a JSON object whose device columns go on."""

    state: tuple[int, int]
    device_ids: tuple[str, ...]
    beginning: Beginning


class Beginning:
    """The first bytes of many answers, packed once (RFC 1951, 3.2.3: a stream of blocks; RFC 1952, 2.2: its frame)."""

    def __init__(self, text: bytes) -> None:
        self._length, self._crc = len(text), crc32(text)
        packer = _packer()
        # Ends on a byte, and nothing that follows points back over it.
        self._packed = packer.compress(text) + packer.flush(Z_FULL_FLUSH)

    def plain(self, rest: bytes) -> bytes:
        return decompressobj(-MAX_WBITS).decompress(self._packed) + rest

    def gzipped(self, rest: bytes) -> bytes:
        packer, length = _packer(), self._length + len(rest)
        frame = struct.pack("<II", crc32(rest, self._crc), length & 0xFFFFFFFF)
        return b"".join((_GZIP_HEAD, self._packed, packer.compress(rest), packer.flush(), frame))


def _packer() -> Any:
    return compressobj(COMPRESSION, DEFLATED, -MAX_WBITS)


class RegisteredColumns:
    """May be asked from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[Territory, Registered] = {}

    def of(self, connection: Connection, within: Territory, known_ids: Callable[[], Iterable[str]]) -> Registered:
        """As the connection's own moment of the store has it. ``known_ids``: of memory, whose words are shared."""
        state = last_edit(connection), device_queries.count_all(connection)
        with self._lock:
            known = self._kept.pop(within, None)
            if known is None or known.state != state:
                known = _read(connection, within, state, {each: each for each in known_ids()})
            self._kept[within] = known
            if len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return known


def _read(connection: Connection, within: Territory, state: tuple[int, int], ids: Mapping[str, str]) -> Registered:
    device_ids, columns = list[str](), [list[bytes]() for _ in NAMES]
    # Encoded some at a time: what the rows of all take at once, the process would keep for ever.
    for rows in device_queries.snapshot_rows(connection, within):
        device_ids += [ids.get(row[0], row[0]) for row in rows]
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.append(orjson.dumps(values)[1:-1])
    beginning = beginning_of(columns, device_queries.groups(connection, within))
    return Registered(state, tuple(device_ids), beginning)


def beginning_of(columns: Sequence[Sequence[bytes]], groups: Sequence[tuple[str, str]]) -> Beginning:
    """``columns``: the values of each, in pieces of JSON."""
    named = orjson.dumps({"id": [each for each, _ in groups], "name": [name for _, name in groups]})
    told = (
        b'"%b":[%b]' % (name.encode("ascii"), b",".join(column)) for name, column in zip(NAMES, columns, strict=True)
    )
    return Beginning(b'{"groups":%b,"devices":{%b' % (named, b",".join(told)))
