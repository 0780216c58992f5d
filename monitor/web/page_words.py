"""Which words a page's modules may say: only those travel with it, a fifth of the catalogue instead of all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from monitor.web.scripts import lean
from monitor.web.static_files import STATIC

_TEMPLATES = Path(__file__).parent / "templates"
_ENTRY = re.compile(r"static\('js/([\w.]+\.js)'\)")
_IMPORT = re.compile(r"""(?:from|import) "\./([\w.]+\.js)";""")
# A part that is fetched later, when the page stands.
_LATER = re.compile(r"""\bimport\("\./([\w.]+\.js)"\)""")
# "alarm.kind.fire", and `alarm.kind.${kind}`: a family of them.
_KEY = re.compile(r"""["'`]([a-z]+(?:\.[a-z_0-9]+)+)["'`]""")
_FAMILY = re.compile(r"""["'`]((?:[a-z_]+\.)+)\$\{""")
# What every page has where its template names no module of its own.
_PLAIN = "page.js"


def words_of(template: str, catalogue: Mapping[str, str]) -> dict[str, str]:
    """Those of ``catalogue`` that the modules of this template name."""
    keys, families = _named(template)
    return {key: text for key, text in catalogue.items() if key in keys or key.startswith(families)}


@cache
def _named(template: str) -> tuple[frozenset[str], tuple[str, ...]]:
    modules = dict[str, str]()
    for entry in _ENTRY.findall((_TEMPLATES / template).read_text("utf-8")) or [_PLAIN]:
        _gather(entry, modules)
    text = "\n".join(modules.values())
    return frozenset(_KEY.findall(text)), tuple(sorted(set(_FAMILY.findall(text))))


def _gather(name: str, modules: dict[str, str]) -> None:
    if name in modules:
        return
    modules[name] = (STATIC / "js" / name).read_text("utf-8")
    for other in _imports(modules[name]):
        _gather(other, modules)


def _imports(text: str) -> Iterator[str]:
    yield from _IMPORT.findall(text)
    yield from _LATER.findall(lean(text))
