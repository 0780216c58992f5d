"""What a write to the inventory did, for whoever keeps a copy of it in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Changed(Generic[T]):
    """``result``: for whoever asked. ``device_ids``: devices added, changed, retired or removed by the write."""

    result: T
    device_ids: Collection[str] = ()
