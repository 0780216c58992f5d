"""Files that commands write for a person: for nobody else to read, whole, and never unasked over what is there."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from monitor.errors import Refusal


def insist_on_free(file: Path, *, may_overwrite: bool) -> None:
    """Before long work is done for nothing. Raises ``Refusal``; a link counts, wherever it leads."""
    if not may_overwrite and os.path.lexists(file):
        raise Refusal(_taken(file))


def write_file(file: Path, content: bytes, *, may_overwrite: bool) -> None:
    """0600, and on the disk when it returns. What stands there is replaced as a whole; a link is not followed.

    Raises ``Refusal`` where something stands there and may not be replaced.
    """
    if not may_overwrite:
        # Ours from here on: whoever comes second is refused, and what is renamed over it is what we made.
        try:
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise Refusal(_taken(file)) from None
    fresh = NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False)  # noqa: SIM115
    try:
        with fresh:
            fresh.write(content)
            fresh.flush()
            os.fsync(fresh.fileno())
        Path(fresh.name).replace(file)
    except BaseException:
        Path(fresh.name).unlink(missing_ok=True)
        if not may_overwrite:
            file.unlink(missing_ok=True)
        raise


def _taken(file: Path) -> str:
    return f"{file} is there already: choose another name, or say --overwrite"
