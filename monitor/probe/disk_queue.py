"""What waits for the monitor's receipt, on disk: a press is written down and flushed before it is sent.

    <crc32 of the rest, 8 hex digits> {"keep": id, "topic": …, "body": …, "is_press": …, "ms": …}⏎
    <crc32 of the rest, 8 hex digits> {"done": id}⏎

Lines are only added. A power cut may tear the last one: it is dropped, and nothing before it is lost. A line that a
worn card gives back wrong costs that line alone. With nothing left to keep the file is begun anew, by renaming.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.errors import StartError
from monitor.probe.lines_log import log

CAPACITY = 10_000
_REWRITE_AT_B = 262_144


@dataclass(frozen=True, slots=True)
class Kept:
    """``body``: JSON as it is sent. ``kept_ms``: Unix time at which it was pressed."""

    id: str
    topic: str
    body: str
    is_press: bool
    kept_ms: int


class DiskQueue:
    """Oldest first. ``spoilt``: lines that could not be read. One process at a time."""

    def __init__(self, path: Path, capacity: int = CAPACITY) -> None:
        self._path, self._capacity = path, capacity
        self.spoilt = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(path.with_name(path.name + ".lock"))
        self._kept: dict[str, Kept] = {}
        self._read()
        self._file = -1
        self._size = 0
        self._rewrite()

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Kept]:
        return iter(list(self._kept.values()))

    def find(self, identity: str) -> Kept | None:
        return self._kept.get(identity)

    def keep(self, kept: Kept) -> bool:
        """True when it is on disk. False where the disk does not take it: it is kept in memory, and tried again."""
        self._make_room()
        self._kept[kept.id] = kept
        try:
            if self._file < 0:
                self._rewrite()
            else:
                self._append(_keep_line(kept))
                os.fdatasync(self._file)
        except OSError as error:
            self._close()  # after a failed flush nothing that was written there may be relied on
            log.error("queue_not_written", reason=error.strerror, waiting=len(self._kept))
            return False
        return True

    def done(self, identity: str) -> bool:
        """Not flushed: what a power cut brings back is sent again, and the monitor knows it by its id."""
        if self._kept.pop(identity, None) is None:
            return False
        with suppress(OSError):
            if self._file >= 0:
                self._append(_line({"done": identity}))
            if self._file < 0 or (self._size > _REWRITE_AT_B and not self._kept):
                self._rewrite()
        return True

    def mend(self) -> None:
        """Called now and then: a disk that did not take it may take it now."""
        if self._file < 0:
            with suppress(OSError):
                self._rewrite()
                log.info("queue_written_again", waiting=len(self._kept))

    def close(self) -> None:
        self._close()
        os.close(self._lock)

    def _read(self) -> None:
        if not self._path.exists():
            return
        for line in self._path.read_bytes().split(b"\n"):
            if not line:
                continue
            told = _told(line)
            if told is None:
                self.spoilt += 1
            elif "done" in told:
                self._kept.pop(told["done"], None)
            else:
                kept = Kept(told["keep"], told["topic"], told["body"], told["is_press"], told["ms"])
                self._kept[kept.id] = kept

    def _rewrite(self) -> None:
        """The same without what is done, in a new file that takes the old one's place when it is on disk."""
        new = self._path.with_name(self._path.name + ".new")
        content = b"".join(map(_keep_line, self._kept.values()))
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._close()
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self._size = len(content)

    def _append(self, line: bytes) -> None:
        if os.write(self._file, line) != len(line):
            raise OSError("written in part")
        self._size += len(line)

    def _make_room(self) -> None:
        if len(self._kept) >= self._capacity:
            others = (each.id for each in self._kept.values() if not each.is_press)
            dropped = next(others, None) or next(iter(self._kept))
            log.error("queue_full", dropped=dropped, waiting=len(self._kept))
            self.done(dropped)

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _locked(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise StartError(f"{path}: another probe has this queue") from None
    return file


def _keep_line(kept: Kept) -> bytes:
    return _line(
        {"keep": kept.id, "topic": kept.topic, "body": kept.body, "is_press": kept.is_press, "ms": kept.kept_ms}
    )


def _line(told: dict[str, Any]) -> bytes:
    text = json.dumps(told, separators=(",", ":")).encode()
    return b"%08x %b\n" % (zlib.crc32(text), text)


def _told(line: bytes) -> dict[str, Any] | None:
    told, _, text = line.partition(b" ")
    if len(told) != 8 or told != b"%08x" % zlib.crc32(text):
        return None
    body: Any = json.loads(text)
    return body if isinstance(body, dict) else None
