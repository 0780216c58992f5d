"""What every command of ``chuong`` has in common: its settings file, its store, and how it says what went wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from monitor.errors import ChuongError, Refusal
from monitor.settings import Settings

if TYPE_CHECKING:
    from monitor.journal.database import Store

INTERRUPTED = 130  # 128 + SIGINT, as shells count
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file; default config/monitor.toml.")]


@contextmanager
def told_plainly() -> Iterator[None]:
    """What can go wrong outside the program is one sentence and exit code 2, never a traceback."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        raise  # whoever read our output has had enough: typer ends quietly
    except _outside() as error:
        typer.echo(f"chuong: {_sentence(error)}", err=True)
        raise typer.Exit(2) from None


def _outside() -> tuple[type[Exception], ...]:
    from sqlalchemy.exc import SQLAlchemyError

    return ChuongError, OSError, SQLAlchemyError, ModuleNotFoundError, UnicodeError, RecursionError


def _sentence(error: Exception) -> str:
    from sqlalchemy.exc import SQLAlchemyError

    match error:
        case ChuongError():
            return error.reason
        case OSError():
            said = error.strerror or str(error)
            return f"{error.filename}: {said}" if error.filename else said
        case SQLAlchemyError():
            # The whole text would hold the statement and its values.
            cause = getattr(error, "orig", None) or error
            return f"the store does not work: {str(cause).partition(chr(10))[0]}"
        case ModuleNotFoundError():
            return f"the Python module {error.name} is not installed; install Tiếng Chuông again"
        case UnicodeError():
            return f"expected UTF-8 text: {error}"
        case _:
            return "the input is nested too deeply to be read"


@contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    from monitor.journal.database import Store

    store = Store(settings.database_url)
    try:
        store.migrate()
        yield store
    finally:
        store.close()


def standard_input() -> TextIO:
    if sys.stdin is None:  # closed by whoever started us
        raise Refusal("there is no standard input to read")
    return sys.stdin
