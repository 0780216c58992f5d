"""What a column of a list can mean, and how a header is matched to it: folded synonyms from ``columns.csv``."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from monitor.inventory.folding import fold

_FILE = Path(__file__).with_name("columns.csv")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_IN_BRACKETS = re.compile(r"\([^)]*\)")
_BETWEEN_PARTS = re.compile(r"[/\n(,;]")
# Longer than any name of a column; shorter than most addresses.
_LONGEST = 80
EXACT, PART, WITHIN = 3, 2, 1


class Kind(StrEnum):
    """Which kind of list a file is."""

    AREAS = "areas"
    GROUPS = "groups"
    CAMERAS = "cameras"
    BELLS = "bells"
    PEOPLE = "people"
    HOUSEHOLDS = "households"


class Column(StrEnum):
    ORDINAL = "ordinal"
    AREA_ID = "area_id"
    LEVEL = "level"
    NAME = "name"
    OFFICIAL_CODE = "official_code"
    PARENT_AREA_ID = "parent_area_id"
    VALID_FROM = "valid_from"
    VALID_TO = "valid_to"
    SUCCESSOR_AREA_ID = "successor_area_id"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    COORDINATES = "coordinates"
    GROUP_ID = "group_id"
    GROUP_NAME = "group_name"
    SLUG = "slug"
    BEAT_ID = "beat_id"
    BOARD_ID = "board_id"
    EYES_EXPECTED = "eyes_expected"
    SOURCE = "source"
    DEVICE_ID = "device_id"
    SITE_ID = "site_id"
    EYE_NO = "eye_no"
    LOCATION_KIND = "location_kind"
    LOCATION = "location"
    FUNDING = "funding"
    CUSTODIAN = "custodian"
    WATCH_METHOD = "watch_method"
    RETENTION_DAYS = "retention_days"
    POWER_FEEDER = "power_feeder"
    CAMERA_CLASS = "camera_class"
    INSTALLED_ON = "installed_on"
    QCVN135 = "qcvn135"
    ESTABLISHMENT_ID = "establishment_id"
    ESTABLISHMENT = "establishment"
    ESTABLISHMENT_KIND = "establishment_kind"
    BUTTON_NO = "button_no"
    BUTTON_POSITION = "button_position"
    SOUND_AT_SITE = "sound_at_site"
    RINGS_AT = "rings_at"
    ALARM_KINDS = "alarm_kinds"
    HEARTBEAT_S = "heartbeat_s"
    TEST_INTERVAL_DAYS = "test_interval_days"
    PERSON_ID = "person_id"
    ROLE = "role"
    UNIT = "unit"
    SCOPE = "scope"
    OWNER = "owner"
    STREET_ADDRESS = "street_address"
    PHONE = "phone"
    EYES = "eyes"
    CAMERA_TYPE = "camera_type"
    MAKER = "maker"
    SERIAL = "serial"
    DIRECTION = "direction"
    RECORDER = "recorder"
    CONSENT = "consent"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Matched:
    """A column of the file: ``index`` from 0, the header as written, and what it means."""

    index: int
    header: str
    column: Column


@dataclass(frozen=True, slots=True)
class Matches:
    """``unmatched`` and ``dropped`` are headers as written; a dropped column's cells are never looked at."""

    matched: tuple[Matched, ...] = ()
    unmatched: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[Column]:
        return frozenset(match.column for match in self.matched)


NO_MATCHES = Matches()


def plain(header: str) -> str:
    """A header for comparing: folded, only letters, digits and single spaces."""
    return _NO_LETTER.sub(" ", fold(header)).strip()


@dataclass(frozen=True, slots=True)
class _Forms:
    """A header as it may be compared: as a whole, by its parts, by its words."""

    whole: frozenset[str]
    parts: frozenset[str]
    words: frozenset[str]


class Headers:
    """A header row, ready to be compared with every kind of list.

    ``texts``: for each column of the sheet what it may go by, the likeliest first; () where it has no header.
    """

    def __init__(self, texts: Sequence[tuple[str, ...]]) -> None:
        self._texts = tuple(texts)
        self._forms = {text: _forms(text) for column in texts for text in column if len(text) <= _LONGEST}
        self._dropped = {index for index, column in enumerate(texts) if any(map(is_secret, column))}

    def match(self, kind: Kind) -> Matches:
        """The columns of that kind; one that several headers fit goes to the best of them."""
        scored = sorted(
            (-score, place, index, column)
            for index, texts in enumerate(self._texts)
            if index not in self._dropped
            for place, text in enumerate(texts)
            if text in self._forms
            for column, score in _scores(self._forms[text], kind).items()
        )
        taken: dict[int, Column] = {}
        for _, _, index, column in scored:
            if index not in taken and column not in taken.values():
                taken[index] = column
        headed = {index: texts[0] for index, texts in enumerate(self._texts) if texts}
        return Matches(
            tuple(Matched(index, headed[index], taken[index]) for index in sorted(taken)),
            tuple(text for index, text in headed.items() if index not in taken and index not in self._dropped),
            tuple(headed[index] for index in sorted(self._dropped)),
        )


def is_secret(header: str) -> bool:
    """A column of passwords, or of accounts, which hold passwords as often as not."""
    words = f" {plain(header)} "
    return any(f" {secret} " in words for secret in _synonyms()["", "secret"])


def _forms(text: str) -> _Forms:
    whole = plain(text)
    parts = frozenset(plain(part) for part in _BETWEEN_PARTS.split(text))
    return _Forms(frozenset({whole, plain(_IN_BRACKETS.sub(" ", text))}), parts, frozenset(whole.split()))


def _scores(forms: _Forms, kind: Kind) -> Mapping[Column, int]:
    index = _index(kind)
    parts = {index.columns[part]: PART for part in forms.parts if part in index.columns}
    whole = {index.columns[text]: EXACT for text in forms.whole if text in index.columns}
    if parts or whole or len(forms.words) < 2:
        return parts | whole
    return {column: WITHIN for words, column in index.words if words <= forms.words}


@dataclass(frozen=True, slots=True)
class _Index:
    """One kind's synonyms → columns; and the words of those with several words."""

    columns: Mapping[str, Column]
    words: tuple[tuple[frozenset[str], Column], ...]


@cache
def _index(kind: Kind) -> _Index:
    columns = {
        synonym: Column(column)
        for (listed, column), synonyms in _synonyms().items()
        if listed in {kind, "any"}
        for synonym in synonyms
    }
    words = tuple((frozenset(synonym.split()), column) for synonym, column in columns.items() if " " in synonym)
    return _Index(columns, words)


@cache
def _synonyms() -> Mapping[tuple[str, str], frozenset[str]]:
    """(kind, column) → what its header is called; the kind is empty for headers that no list may keep."""
    found: dict[tuple[str, str], set[str]] = {}
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["kind"], row["column"]), set()).add(plain(row["written"]))
    return {key: frozenset(written) for key, written in found.items()}
