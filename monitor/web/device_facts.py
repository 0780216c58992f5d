"""What is registered of one device, sorted as people ask for it and in their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Words = Callable[[str, Mapping[str, object]], str]

_EYES, _BELLS = frozenset({"camera"}), frozenset({"bell"})
# Said of these classes only; everything else is said of all.
_ONLY_OF = {
    **dict.fromkeys(("eye_no", "bearing_deg", "watch_method", "retention_days", "recorder"), _EYES),
    **dict.fromkeys(("consent", "is_notice_posted", "is_high_mast"), _EYES),
    **dict.fromkeys(("button_no", "rings_at", "alarm_kind", "is_silent_at_site"), _BELLS),
}
SHEETS: Mapping[str, tuple[str, ...]] = {
    "what": (
        "maker", "model", "serial", "firmware", "alarm_kind", "is_silent_at_site", "is_high_mast", "eye_no",
        "button_no", "rings_at", "watch_method", "adapter", "address", "supervision_interval_s", "supervision_hours",
        "test_interval_days",
    ),
    "where": ("place", "position", "street_address", "bearing_deg"),
    "keeping": ("owner_kind", "funding", "recorder", "retention_days"),
    "supply": ("power_feeder", "network_provider"),
    "rules": ("qcvn135", "has_own_password", "consent", "is_notice_posted"),
    "life": ("lifecycle", "installed_on", "retired_on", "note"),
}  # fmt: skip
# The other words of the catalogue that a field's values have.
_WORDS = {
    "alarm_kind": "alarm.kind.",
    **{name: f"word.{name}." for name in ("owner_kind", "funding", "qcvn135", "consent", "lifecycle", "watch_method")},
}
UNITS = {"bearing_deg": "°"}
# Nothing is missing where these are empty.
_MAY_BE_EMPTY = frozenset(
    {"retired_on", "note", "alarm_kind", "supervision_interval_s", "supervision_hours", "position", "rings_at"}
)
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Fact:
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """``missing``: fields nobody has said anything about."""

    facts: Sequence[Fact]
    missing: Sequence[str]


def sheets(device: Mapping[str, Any], words: Words) -> dict[str, Sheet]:
    return {name: _sheet(device, fields, words) for name, fields in SHEETS.items()}


def fits(field: str, device_class: str) -> bool:
    """Whether such a device has this at all."""
    return device_class in _ONLY_OF.get(field, {device_class})


def _sheet(device: Mapping[str, Any], fields: Sequence[str], words: Words) -> Sheet:
    asked = [field for field in fields if fits(field, device["class"])]
    unsaid = [field for field in asked if device[field] is None or device[field] == ""]
    return Sheet(
        facts=[Fact(field, said(field, device[field], words)) for field in asked if field not in unsaid],
        missing=[field for field in unsaid if field not in _MAY_BE_EMPTY],
    )


def said(field: str, value: Any, words: Words) -> str:
    """A value as it is read. The journal keeps days as text and truth as 0 and 1 or as such."""
    if value is None or value == "":
        return words("device.unsaid", {})
    if field.startswith(("is_", "has_")):
        return words("device.yes" if value else "device.no", {})
    if field in _WORDS:
        return words(f"{_WORDS[field]}{value}", {})
    if field.endswith("_on"):
        return (value if isinstance(value, date) else date.fromisoformat(value)).strftime("%d/%m/%Y")
    if isinstance(value, float):
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return f"{text} {UNITS[field]}" if field in UNITS else text
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


@dataclass(frozen=True, slots=True)
class Difference:
    """``old``: None where there was nothing to be seen before."""

    field: str
    old: str | None
    new: str


@dataclass(frozen=True, slots=True)
class Told:
    """One row of the journal. ``what``: a key of ``device.edit.``."""

    at: str
    actor: str
    source: str
    what: str
    differences: Sequence[Difference]


# Made from the others, or meant for programs.
UNSEEN = frozenset({"search_text", "id", "registered_at", "device_class"})


def history(edits: Sequence[Mapping[str, Any]], words: Words) -> list[Told]:
    return [_told(edit, words) for edit in edits]


def _told(edit: Mapping[str, Any], words: Words) -> Told:
    before, after = edit["before"] or {}, edit["after"] or {}
    what = f"{edit['entity']}_{edit['change']}"
    if what == "credential_changed":
        what = "credential_revoked" if after.get("revoked_at") else "credential_added"
    fields = after if what == "device_changed" else ()
    return Told(
        at=edit["at"],
        actor=edit["actor"],
        source=edit["source"],
        what=what if what in WHAT else "other",
        differences=[
            Difference(name, said(name, before.get(name), words), said(name, after[name], words))
            for name in fields
            if name not in UNSEEN and not (name == "group_id" and "group_name" in after)
        ],
    )


WHAT = (
    "device_added", "device_changed", "device_removed", "credential_added", "credential_revoked",
    "device_photo_added", "device_photo_changed",
)  # fmt: skip
