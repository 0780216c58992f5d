"""The text of a settings file, its values, and on which line each stands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.errors import SettingsError


@dataclass(frozen=True, slots=True)
class SettingsFile:
    path: Path
    text: str
    values: dict[str, Any]

    def line_of(self, key: str) -> int | None:
        pattern = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(key)}["']?\s*[]=.]""")
        return next((number for number, line in enumerate(self.text.splitlines(), 1) if pattern.match(line)), None)


def read_settings_file(path: Path) -> SettingsFile:
    try:
        text = path.read_text(encoding="utf-8")
        return SettingsFile(path, text, tomllib.loads(text))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: expected UTF-8 text; {error.reason} at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"{path}, line {line[1]}" if line else f"{path}, at its end"
        raise SettingsError(f"{place}: not TOML: {error}") from None
