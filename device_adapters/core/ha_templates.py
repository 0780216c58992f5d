"""Templates of Home Assistant's discovery, as far as they can be read without calculating.

{{ value_json.in[0].sos }}   {{ value_json['sos'] | int }}   {{ value | upper }}          a value, and what shapes it
{{ 'ON' if value_json.sos else 'OFF' }}   {{ 'ON' if value_json.state == 'pressed' else 'OFF' }}   a choice of two words
{% if value_json.sos %}ON{% else %}OFF{% endif %}

Any other is unreadable, and so is what arrives on its topic: nobody guesses what a template would make of it.
Read in: jinja.palletsprojects.com/en/3.1.x/templates (if expressions, filters int, float, lower, upper, default).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from device_adapters.core.bodies import BodyError, read_json, truth

UNREADABLE: Final = object()
_STEPS = r"(?:\.\w+|\[\s*'[^']+'\s*\]|\[\s*\"[^\"]+\"\s*\]|\[\s*\d+\s*\])+"
_STEP = re.compile(r"\.(\w+)|\[\s*['\"]([^'\"]+)['\"]\s*\]|\[\s*(\d+)\s*\]")
_WORD = r"'[^']*'|\"[^\"]*\"|-?\d+(?:\.\d+)?|[Tt]rue|[Ff]alse"
_VALUE = rf"(?P<value>value_json(?P<path>{_STEPS})|value)(?P<filters>(?:\s*\|\s*\w+(?:\([^()]*\))?)*)"
_ASKED = rf"(?P<no>not\s+)?\(?\s*{_VALUE}\s*\)?(?:\s*(?P<how>==|!=)\s*(?P<other>{_WORD}))?"
_PLAIN = re.compile(rf"\{{\{{-?\s*{_VALUE}\s*-?\}}\}}")
_CHOICE = re.compile(rf"\{{\{{-?\s*(?P<yes>{_WORD})\s+if\s+{_ASKED}\s+else\s+(?P<nay>{_WORD})\s*-?\}}\}}")
_BLOCK = re.compile(
    rf"\{{%-?\s*if\s+{_ASKED}\s*-?%\}}(?P<yes>[^{{}}]*)\{{%-?\s*else\s*-?%\}}(?P<nay>[^{{}}]*)\{{%-?\s*endif\s*-?%\}}"
)
_FILTER = re.compile(r"\|\s*(\w+)(?:\(([^()]*)\))?")


class Template(Struct, frozen=True):
    """``words``: what it says where its question is answered yes, and where no; empty where it gives the value."""

    path: tuple[str | int, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    other: object = None
    is_not: bool = False
    is_raw: bool = False


@lru_cache(maxsize=2048)
def template(text: str) -> Template | None:
    """None where it is not one of these."""
    text = text.strip()
    found = _PLAIN.fullmatch(text) or _CHOICE.fullmatch(text) or _BLOCK.fullmatch(text)
    if found is None:
        return None
    told = found.groupdict()
    filters = tuple(_FILTER.findall(told["filters"]))
    if any(name not in _FILTERS for name, _ in filters):
        return None
    path = tuple(
        int(index) if index else dotted or quoted for dotted, quoted, index in _STEP.findall(told["path"] or "")
    )
    if "yes" not in told:
        return Template(path, filters, is_raw=told["path"] is None)
    is_block = found.re is _BLOCK
    words = tuple(told[key].strip() if is_block else str(_literal(told[key])) for key in ("yes", "nay"))
    other = _literal(told["other"]) if told["other"] else None
    is_not = bool(told["no"]) is not (told["how"] == "!=")
    return Template(path, filters, words, other, is_not, is_raw=told["path"] is None)


def value_by(text: str, payload: bytes) -> object:
    """What the template makes of a body: None where the body says nothing of it, UNREADABLE where nobody can tell."""
    read = template(text)
    if read is None:
        return UNREADABLE
    try:
        value = payload.decode(errors="replace").strip() if read.is_raw else value_at(read_json(payload), read.path)
    except BodyError:
        return None
    for name, given in read.filters:
        value = _FILTERS[name](value, given)
    if not read.words or value is None:
        return value
    is_so = bool(value) if read.other is None else value == read.other
    return read.words[0 if is_so is not read.is_not else 1]


def value_at(body: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        if isinstance(body, dict):
            body = body.get(step if isinstance(step, str) else str(step))
        else:
            body = body[step] if isinstance(body, list) and isinstance(step, int) and step < len(body) else None
    return body


def _literal(text: str) -> object:
    if text[0] in "'\"":
        return text[1:-1]
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return float(text) if "." in text else int(text)


def _whole(value: object, _given: str) -> object:
    try:
        return None if value is None else int(float(value)) if isinstance(value, str | int | float) else 0
    except (ValueError, OverflowError):
        return 0  # as Jinja has it


def _word(change: Callable[[str], str]) -> Callable[[object, str], object]:
    return lambda value, _given: value if value is None else change(str(value))


def _default(value: object, given: str) -> object:
    given = given.partition(",")[0].strip()
    return _literal(given) if value is None and re.fullmatch(_WORD, given) else value


def _as_it_is(value: object, _given: str) -> object:
    return value


_FILTERS: Final[Mapping[str, Callable[[object, str], object]]] = {
    "int": _whole,
    "bool": lambda value, _given: truth(value),
    "lower": _word(str.lower),
    "upper": _word(str.upper),
    "string": _word(str),
    "trim": _word(str.strip),
    "default": _default,
    # A figure is read as one, however many digits it has.
    "float": _as_it_is,
    "round": _as_it_is,
    "is_defined": _as_it_is,
}
