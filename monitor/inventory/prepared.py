"""Statements that a press passes: built and compiled once, and on SQLite handed to the driver as they are.

SQLAlchemy's own way from a statement to the driver costs 70 to 100 µs a time, of which SQLite needs 15; a savepoint
costs 200, and 4. A press passes thirty of them, with an officer waiting. So what it says to SQLite is compiled here
once, with the types of its columns, and then goes straight to the driver's connection, within the transaction that
SQLAlchemy began and will commit. On PostgreSQL, where the server is what costs, everything goes SQLAlchemy's way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Dialect, Insert, RowMapping, Select, Update, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

Row: TypeAlias = dict[str, Any]
# As both ways give them.
AnyRow: TypeAlias = RowMapping | Mapping[str, Any]
Values: TypeAlias = Mapping[str, Any]
_Processor: TypeAlias = Callable[[Any], Any] | None
_NOTHING: Values = {}
_WRITTEN_LONG = len("2026-03-14 11:00:00.250000")
# A question about many is compiled for one of them, for a few and for all that are asked for at once.
SIZES = (1, 16, 500)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """``fixed``: a value for each place, as the driver takes it; ``given``: which of them whoever runs it gives."""

    text: str
    fixed: Sequence[Any]
    given: Sequence[tuple[int, str, _Processor]]
    columns: Sequence[tuple[str, _Processor]]

    def bound(self, values: Values) -> list[Any]:
        bound = list(self.fixed)
        for place, name, process in self.given:
            value = values[name]
            bound[place] = process(value) if process is not None else value
        return bound

    def read(self, row: Sequence[Any]) -> Row:
        return {
            name: process(value) if process is not None else value
            for (name, process), value in zip(self.columns, row, strict=True)
        }


class Prepared:
    """One statement. Its values are those of its ``bindparam``, and of the columns that it writes."""

    def __init__(self, statement: Select[Any] | Insert | Update) -> None:
        self._statement: Any = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def all(self, connection: Connection, values: Values = _NOTHING) -> list[Row]:
        if (link := _driver(connection)) is None:
            return [dict(row) for row in connection.execute(self._statement, dict(values)).mappings()]
        compiled = self._for(connection, values)
        bound = compiled.bound(values)
        try:
            rows = link.execute(compiled.text, bound).fetchall()
        except sqlite3.Error as error:
            raise told(error, connection, compiled.text) from error
        return [compiled.read(row) for row in rows]

    def first(self, connection: Connection, values: Values = _NOTHING) -> Row | None:
        rows = self.all(connection, values)
        return rows[0] if rows else None

    def scalar(self, connection: Connection, values: Values = _NOTHING) -> Any:
        """The first column of the first row, None where there is none."""
        row = self.first(connection, values)
        return None if row is None else next(iter(row.values()))

    def run(self, tx: Connection, values: Values) -> int:
        """How many rows it changed."""
        if (link := _driver(tx)) is None:
            return int(tx.execute(self._statement, dict(values)).rowcount)
        compiled = self._for(tx, values)
        bound = compiled.bound(values)
        try:
            return int(link.execute(compiled.text, bound).rowcount)
        except sqlite3.Error as error:
            raise told(error, tx, compiled.text) from error

    def run_all(self, tx: Connection, rows: Sequence[Values]) -> None:
        """Each row names the same values."""
        if not rows:
            return
        if (link := _driver(tx)) is None:
            tx.execute(self._statement, [dict(row) for row in rows])
            return
        compiled = self._for(tx, rows[0])
        bound = [compiled.bound(row) for row in rows]
        try:
            link.executemany(compiled.text, bound)
        except sqlite3.Error as error:
            raise told(error, tx, compiled.text) from error

    def _for(self, connection: Connection, values: Values) -> _Compiled:
        names = tuple(values)
        if (compiled := self._compiled.get(names)) is None:
            compiled = self._compiled[names] = _compile(self._statement, connection.dialect, names)
        return compiled


class PreparedOfSome:
    """A question about the rows whose ``column`` is one of some values, many or few."""

    def __init__(self, statement: Select[Any], column: ColumnElement[Any]) -> None:
        self._statement, self._column = statement, column
        self._of_so_many: dict[int, tuple[Prepared, Sequence[str]]] = {}

    def all(self, connection: Connection, some: Collection[Any], values: Values = _NOTHING) -> list[Row]:
        wanted, rows = list(dict.fromkeys(some)), list[Row]()
        for start in range(0, len(wanted), SIZES[-1]):
            part = wanted[start : start + SIZES[-1]]
            prepared, names = self._of(next(size for size in SIZES if size >= len(part)))
            part += part[-1:] * (len(names) - len(part))
            rows += prepared.all(connection, {**values, **dict(zip(names, part, strict=True))})
        return rows

    def _of(self, many: int) -> tuple[Prepared, Sequence[str]]:
        if many not in self._of_so_many:
            names = [f"one_of_them_{number}" for number in range(many)]
            one_of = self._column.in_([bindparam(name, type_=self._column.type) for name in names])
            self._of_so_many[many] = Prepared(self._statement.where(one_of)), names
        return self._of_so_many[many]


@contextmanager
def savepoint(tx: Connection) -> Iterator[None]:
    """What fails in this block is taken back, and nothing of what was written before it."""
    if (link := _driver(tx)) is None:
        with tx.begin_nested():
            yield
        return
    _say(link, tx, "SAVEPOINT guarded")
    try:
        yield
    except BaseException:
        # Raises where SQLite has rolled everything back already, as it does when the disk is full: then nothing of
        # this transaction may be taken for written.
        _say(link, tx, "ROLLBACK TO guarded")
        _say(link, tx, "RELEASE guarded")
        raise
    _say(link, tx, "RELEASE guarded")


def _driver(connection: Connection) -> sqlite3.Connection | None:
    """That of SQLite, within a transaction."""
    if connection.dialect.name != "sqlite":
        return None
    if not connection.in_transaction():
        connection.begin()
    link: sqlite3.Connection | None = connection.connection.driver_connection
    return link


def _say(link: sqlite3.Connection, tx: Connection, text: str) -> None:
    try:
        link.execute(text)
    except sqlite3.Error as error:
        raise told(error, tx, text) from error


def told(error: sqlite3.Error, connection: Connection, text: str) -> BaseException:
    """As SQLAlchemy tells it: whoever is above knows its errors."""
    return DBAPIError.instance(text, None, error, sqlite3.Error, dialect=connection.dialect)


def _compile(statement: Any, dialect: Dialect, names: Sequence[str]) -> _Compiled:
    keys = None
    if isinstance(statement, Insert | Update):
        there = statement.table.columns
        keys = [name for name in names if name in there]
        if isinstance(statement, Insert):
            # What a column holds unless somebody says otherwise, which SQLAlchemy puts in when it executes.
            unsaid = [each for each in there if each.key not in names and each.default is not None]
            statement = statement.values({each.key: each.default.arg for each in unsaid})
    compiled = statement.compile(dialect=dialect, column_keys=keys)
    if "POSTCOMPILE" in compiled.string:
        raise ValueError("what is in a list of values is compiled anew each time: give it as literals")
    fixed, given = list[Any](), list[tuple[int, str, _Processor]]()
    for place, name in enumerate(compiled.positiontup):
        process = _to_driver(compiled.binds[name].type, dialect)
        fixed.append(None)
        if name in names:
            given.append((place, name, process))
        else:
            value = compiled.params[name]
            fixed[place] = process(value) if process is not None else value
    read = () if isinstance(statement, Update) else statement.exported_columns
    columns = [(each.key, _from_driver(each.type, dialect)) for each in read]
    return _Compiled(compiled.string, fixed, given, columns)


def _to_driver(kind: TypeEngine[Any], dialect: Dialect) -> _Processor:
    return _written if isinstance(kind, UTCDateTime) else kind.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(kind: TypeEngine[Any], dialect: Dialect) -> _Processor:
    return _moment if isinstance(kind, UTCDateTime) else kind.dialect_impl(dialect).result_processor(dialect, None)


def _written(at: datetime | None) -> str | None:
    """A moment as SQLAlchemy writes it, in a tenth of the time: a press has two dozen of them."""
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValueError("a moment must say its time zone")
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(" ", "microseconds")[:_WRITTEN_LONG]


def _moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written).replace(tzinfo=UTC)
