"""The words of the screens: gettext catalogues (``catalogue/<language>.po``) read once into memory."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import structlog
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).parent / "catalogue"
LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
_LOG = structlog.get_logger(__name__)


class Catalogue:
    def __init__(self, folder: Path = CATALOGUE) -> None:
        self._words = {language: _read(folder / f"{language}.po") for language in LANGUAGES}
        self._missed: set[tuple[str, str]] = set()

    def words(self, language: str) -> Mapping[str, str]:
        """Key → text, for the modules in the browser."""
        return self._words[language]

    def translate(self, language: str, key: str, values: Mapping[str, object]) -> str:
        """The text of a key with ``{name}`` filled in; the key itself where nobody has written one."""
        text = self._words[language].get(key)
        if text is None:
            self._tell_once(language, key)
            text = key
        return text.format_map(_Values(values)) if values else text

    def _tell_once(self, language: str, key: str) -> None:
        if (language, key) not in self._missed:
            self._missed.add((language, key))
            _LOG.warning("no text for a key", language=language, key=key)


class _Values(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


@cache  # a tenth of a second for both, and they do not change while the monitor runs
def _read(path: Path) -> Mapping[str, str]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        entries = read_po(file)
    return {
        entry.id: entry.string
        for entry in entries
        if isinstance(entry.id, str) and isinstance(entry.string, str) and entry.id and entry.string
    }
