"""Lengths of time as a scenario writes them, ``PT1H45M``, ``PT8S``, ``-PT7H`` (ISO 8601), into seconds and back."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

PATTERN = r"^-?P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$"
_PARTS = re.compile(r"^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$")
_WORTH_S = (86_400, 3_600, 60, 1)


def seconds_of(text: object) -> float:
    """Raises ``ValueError``."""
    found = _PARTS.match(text) if isinstance(text, str) else None
    if found is None or not any(found.groups()[1:]):
        raise ValueError("a length of time such as PT90S, PT1H45M or PT0S")
    sign, *parts = found.groups()
    seconds = sum(float(part) * worth for part, worth in zip(parts, _WORTH_S, strict=True) if part)
    return -seconds if sign else seconds


def iso_8601(seconds: float) -> str:
    """``PT1M30S``."""
    sign, rest = ("-" if seconds < 0 else ""), round(abs(seconds), 3)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{hours:.0f}H" if hours else "", f"{minutes:.0f}M" if minutes else ""]
    said = "".join(parts) + (f"{round(rest, 3):g}S" if rest or not any(parts) else "")
    return f"{sign}PT{said}"


def no_less_than_nothing(seconds: float) -> float:
    """Raises ``ValueError``."""
    if seconds < 0:
        raise ValueError("a length of time that is not below PT0S")
    return seconds


# ``Shift``: forwards or, with a minus, back.
Shift = Annotated[
    float,
    BeforeValidator(seconds_of),
    WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["PT1H", "-PT7H"]}),
]
Duration = Annotated[
    float,
    BeforeValidator(seconds_of),
    AfterValidator(no_less_than_nothing),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": PATTERN.replace("-?", ""),
            "examples": ["PT0S", "PT22M1S", "PT1H45M"],
        }
    ),
]
