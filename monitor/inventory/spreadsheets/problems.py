"""What can be wrong with a list, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.inventory.spreadsheets.columns import Column

# Decisions about the file as a whole are given to this row.
WHOLE_FILE = 0


class Severity(StrEnum):
    FIXED = "fixed"  # put right by itself, and shown
    QUESTION = "question"  # a person says whether it is right
    ERROR = "error"  # the row cannot be written as it stands


class Code(StrEnum):
    """What is wrong; the values are keys of the catalogue."""

    ZERO_ADDED = "import.phone.zero_added"
    OLD_PREFIX = "import.phone.old_prefix"
    OLD_AREA_CODE = "import.phone.old_area_code"
    PHONE_INVALID = "err.phone"
    NUMBER_TAKEN = "import.number.taken"
    NUMBER_INVALID = "import.number.invalid"
    NO_EYES = "import.eyes.none"
    ONE_EYE_EACH = "import.eyes.one_each"
    MANY_EYES = "import.eyes.many"
    DAYS_MEANT = "import.days.meant"
    DAY_FROM_SERIAL = "import.day.serial"
    DAY_REWRITTEN = "import.day.rewritten"
    DAY_MEANT = "import.day.meant"
    DAY_IN_FUTURE = "import.day.future"
    DAY_INVALID = "err.date"
    DAYS_REVERSED = "import.day.reversed"
    LETTERS_COMPOSED = "import.letters.composed"
    OLD_FONT = "import.encoding"
    SECRET_REMOVED = "import.secret.removed"  # noqa: S105 - a key of the catalogue
    WORD_UNKNOWN = "import.word.unknown"
    GROUP_REWRITTEN = "import.group.rewritten"
    GROUP_UNKNOWN = "import.group_unknown"
    GROUP_NOT_FOUND = "import.group.not_found"
    GROUP_MISSING = "import.group.missing"
    GROUP_FROM_TITLE = "import.group.from_title"
    OTHER_COMMUNE = "import.group.other_commune"
    REFERENCE_UNKNOWN = "import.reference.unknown"
    REQUIRED = "err.required"
    NO_POSITION = "import.no_position"
    POSITION_SWAPPED = "import.position.swapped"
    POSITION_REWRITTEN = "import.position.rewritten"
    POSITION_INVALID = "import.position.invalid"
    OUTSIDE_GROUP = "import.position.outside"
    NO_CONSENT = "import.no_consent"
    CONSENT_REFUSED = "import.consent.refused"
    DUPLICATE = "import.dup"
    DUPLICATE_ID = "import.dup_id"
    ALREADY_KNOWN = "import.known"
    ID_TAKEN = "import.id_taken"
    ID_INVALID = "import.id_invalid"
    TOO_LONG = "import.too_long"
    # Of the file as a whole; reasons why it cannot be read at all are ``cells.Why``.
    SECRETS_DROPPED = "import.secret.dropped"


class Choice(StrEnum):
    AGREE = "agree"  # what is proposed, or what stands there, is right
    REPLACE = "replace"  # this value instead
    SKIP = "skip"  # leave the row out


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided. ``row`` as in ``Problem``; a column of None means the whole row."""

    row: int
    column: Column | None
    choice: Choice
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem before it has a place. ``proposal``: the text that would put it right, None where nobody can know.

    ``values`` fill the holes of the catalogue's text. ``suggestions``: further candidates, best first.
    """

    code: Code
    severity: Severity
    proposal: str | None = None
    values: Mapping[str, str | int] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to show. ``row``: the number people use (the list's own where it counts its rows, else the line).

    ``cell`` is its place in the spreadsheet program ("D12", "" for a whole row); ``seen`` the value as written.
    ``fix`` is what one press decides; ``is_settled``: a decision was given. ``key`` names the catalogue's text.
    """

    row: int
    line: int
    column: Column | None
    cell: str
    seen: str
    key: str
    severity: Severity
    values: Mapping[str, str | int]
    proposal: str | None
    suggestions: tuple[str, ...]
    fix: Decision | None
    is_settled: bool = False

    @property
    def is_open(self) -> bool:
        return self.severity is not Severity.FIXED and not self.is_settled


def fixed(code: Code, proposal: str, **values: str | int) -> Finding:
    return Finding(code=code, severity=Severity.FIXED, proposal=proposal, values=values)


def question(code: Code, proposal: str | None, *suggestions: str, **values: str | int) -> Finding:
    return Finding(
        code=code, severity=Severity.QUESTION, proposal=proposal, values=values, suggestions=tuple(suggestions)
    )


def error(code: Code, *suggestions: str, **values: str | int) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, values=values, suggestions=tuple(suggestions))
