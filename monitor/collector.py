"""Python's garbage collector, kept away from what is loaded once and stays."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def here_to_stay() -> Iterator[None]:
    """What is made in this block is passed over from then on: the collector would find nothing in it.

    100,000 devices loaded under it took a third longer, and later each full pass held everything up.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.collect()  # or what only the loading needed would stay as well
        gc.freeze()
        gc.enable()
        _give_back()


def _give_back() -> None:
    """What the loading needed goes back to the system; a C library that cannot keeps it for later."""
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
